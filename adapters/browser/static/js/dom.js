// Small help for building HTML. Words are always set as text, so nothing that people or courses say becomes markup.

/** An element: `h("p.note", { lang: "fr" }, "words", child)`. Attributes that are null or false are left out. */
export function h(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const byId = (id) => document.getElementById(id);

const PATHS = {
  home: "M3 11.500 12 4l9 7.500M5.500 10v9.500h13V10M10 19.500v-5h4v5",
  chat: "M5 4.500h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 3.500v-3.500H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z",
  room: "M9.500 4 7.500 20M16.500 4l-2 16M4.500 9h16M3.500 15h16",
  back: "M15 5l-7 7 7 7",
  send: "M4 12 20.500 4.500 15 20l-3.500-6.500zM11.500 13.500 20.500 4.500",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.500l4.500 4.500L19 7.500",
  down: "M12 5v14M6 13l6 6 6-6",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  file: "M7 3.500h7l4.500 4.500v12.500H7zM14 3.500V8h4.500",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  people: "M8.500 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c0-3.500 2.500-6 6-6s6 2.500 6 6M16 4.500a3.500 3.500 0 0 1 0 6.500M17.500 14.500c2.500.500 4 2.700 4 5.500",
  columns: "M4 5h16v14H4zM12 5v14",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M4.500 12h-2M21.500 12h-2M5.500 5.500 7 7M17 17l1.500 1.500M18.500 5.500 17 7M7 17l-1.500 1.500",
  again: "M19.500 12a7.500 7.500 0 1 1-2.500-5.600M19.500 4v4h-4",
};

/** A drawn sign, hidden from screen readers: words beside it say what it means. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("sign");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

let publicOrigin = location.origin;

/** The name under which the outside world knows this server; messages may hold addresses that begin with it. */
export function knownAs(address) {
  if (URL.canParse(address)) publicOrigin = new URL(address).origin;
}

/**
 * An address that may be opened: of the web, of mail, or a path of this app. Everything else is dropped.
 * Our own films have to come from the name that the page itself was opened under ("127.0.0.1", "localhost").
 */
export function safeHref(href) {
  if (!href) return null;
  try {
    let url = new URL(href, location.origin);
    if (url.origin === publicOrigin) url = new URL(url.pathname + url.search + url.hash, location.origin);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Marks an address that leaves the chat, so that it opens beside it. */
export const leaving = { target: "_blank", rel: "noopener noreferrer" };

export const uid = (() => {
  let last = 0;
  return (prefix) => `${prefix}-${++last}`;
})();

/** A name for something done once, which the server recognises when it is told again. */
export function clientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const ANNOUNCED = [];
let announcing = 0;

/** Have a screen reader say something, politely, one thing after the other. */
export function announce(words, lang) {
  if (!words) return;
  ANNOUNCED.push([words, lang]);
  if (!announcing) announcing = setTimeout(announceNext, 100);
}

function announceNext() {
  const region = byId("announce");
  const next = ANNOUNCED.shift();
  region.replaceChildren(next ? h("p", { lang: next[1] || null }, next[0]) : "");
  announcing = ANNOUNCED.length ? setTimeout(announceNext, 900) : 0;
}
