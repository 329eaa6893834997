// Talking to the server: JSON there and back, patient, and harmless to repeat.

const query = new URLSearchParams(location.search);

/** Which sample person this page is, where one may choose; empty where a personal link decides. */
export const AS = query.get("as") || "";

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** The server cannot be reached, or did not answer in time. */
export class Away extends Error {}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function once(method, path, body, patience) {
  const headers = { Accept: "application/json" };
  if (AS) headers["X-Chat-As"] = AS;
  if (body) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const response = await fetch(`/chat/api/${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : undefined,
      signal: stop.signal,
      cache: "no-store",
    });
    if (response.ok) return await response.json();
    if (response.status >= 500) throw new Away(String(response.status));
    throw new Refused(response.status, await response.text());
  } catch (error) {
    if (error instanceof Refused || error instanceof Away) throw error;
    throw new Away(error.message);
  } finally {
    clearTimeout(timer);
  }
}

export const get = (path, patience = 15_000) => once("GET", path, null, patience);

/** Tell the server something once. With `client` in the body it may be told again: the server recognises it. */
export async function post(path, body, { tries = 1, patience = 25_000 } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once("POST", path, body, patience);
    } catch (error) {
      const passing = error instanceof Away || error.status === 429;
      if (!passing || attempt >= tries) throw error;
      await wait(500 * 2 ** attempt);
    }
  }
}

export function liveAddress(after) {
  const url = new URL("/chat/api/live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("after", after);
  if (AS) url.searchParams.set("as", AS);
  return url.href;
}
