// News from the server as they happen. The page knows up to which number it has heard everything and asks from there,
// so a restart of the server, a broken line or a night's sleep lose nothing.

import { get, liveAddress, Refused } from "./api.js";

const SILENCE = 40_000; // the server beats every 15 seconds
const SLOWEST = 10_000;

export class Live {
  /** `heard(news)` for every piece of news, `state("on" | "off" | "gone" | "out")` when the line changes. */
  constructor(after, heard, state) {
    this.after = after;
    this.heard = heard;
    this.state = state;
    this.failures = 0;
    this.socket = null;
    this.alive = Date.now();
    setInterval(() => this.check(), 5_000);
    addEventListener("online", () => this.hurry());
    addEventListener("pageshow", (event) => event.persisted && this.hurry());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.check();
    });
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.alive = Date.now();
    const socket = new WebSocket(liveAddress(this.after));
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.alive = Date.now();
      this.state("on");
    };
    socket.onmessage = (event) => {
      this.alive = Date.now();
      this.take(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.again();
    };
  }

  take(news) {
    if (news.gone) this.end("gone");
    else if (news.upto !== undefined) {
      this.after = Math.max(this.after, news.upto);
      this.heard(news);
    }
  }

  end(how) {
    this.ended = true;
    clearTimeout(this.timer);
    this.socket?.close();
    this.state(how);
  }

  /** The line is cut: ask once in the plain way (some networks let nothing else through), then try again. */
  async again() {
    if (this.ended) return;
    this.failures++;
    this.socket = null;
    try {
      const news = await get(`changes?after=${this.after}`, 8_000);
      this.take(news);
      if (this.failures > 1) this.state("on");
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return this.end("out");
      this.state("off");
    }
    if (this.ended || this.socket) return;
    const pause = Math.min(SLOWEST, 400 * 2 ** Math.min(this.failures, 5)) * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => this.connect(), this.failures === 1 ? 100 : pause);
  }

  check() {
    if (this.socket && Date.now() - this.alive > SILENCE) this.hurry();
  }

  hurry() {
    if (this.ended) return;
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.connect();
  }
}
