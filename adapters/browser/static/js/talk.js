// The conversation on the stage: its messages, dividers, and where it is scrolled.

import { get } from "./api.js";
import { showBlocks } from "./blocks.js";
import { announce, byId, h, icon } from "./dom.js";
import { avatar } from "./people.js";
import { reconcile } from "./reconcile.js";
import { clock, dayKey, dayName, momentInFull } from "./times.js";
import { spoken, t } from "./words.js";

const log = byId("log");
const newer = byId("newer");
const NEAR = 80; // pixels from the bottom that still count as being there
const TOGETHER = 3 * 60_000; // rows of one author within this time stand together

/** Rows of every room that was opened, and how they are shown. `press(button, element, row)` goes to the server. */
export class Talk {
  constructor({ me, press, read, retry, discard }) {
    Object.assign(this, { me, press, read, retry, discard });
    this.rooms = new Map();
    this.place = null;
    this.pending = () => [];
    this.stuck = true;
    this.waiting = 0;
    log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    newer.addEventListener("click", () => {
      this.toBottom();
      log.focus({ preventScroll: true });
    });
    new ResizeObserver(() => this.stuck && this.toBottom()).observe(log);
    document.addEventListener("visibilitychange", () => this.seen());
  }

  room(id) {
    if (!this.rooms.has(id)) this.rooms.set(id, { rows: new Map(), extras: [], more: false, loaded: false });
    return this.rooms.get(id);
  }

  /** Show a conversation; its messages are fetched when they are not known yet. */
  async open(place) {
    this.place = place;
    const room = this.room(place.id);
    log.replaceChildren();
    newer.hidden = true;
    this.waiting = 0;
    if (!room.loaded) {
      log.setAttribute("aria-busy", "true");
      const found = await get(`rooms/${place.id}`).catch(() => null);
      if (found) {
        for (const row of found.rows) this.keep(row);
        room.more = found.more;
        room.loaded = true;
      }
      if (this.place !== place && this.place?.id !== place.id) return;
      log.removeAttribute("aria-busy");
    }
    room.newAfter = place.unread ? place.read_to : null;
    this.draw();
    const divider = log.querySelector(".new-line");
    if (divider) this.toTop(divider);
    else this.toBottom();
    this.scrolled();
  }

  close() {
    this.place = null;
  }

  keep(row) {
    const { rows } = this.room(row.room);
    const known = rows.get(row.id);
    if (known && known.rev > row.rev) return null;
    if (row.deleted) rows.delete(row.id);
    else rows.set(row.id, row);
    return known ? "changed" : "new";
  }

  /** Take rows from the server, from wherever they come: an answer, live news, a repetition. */
  take(rows) {
    let arrived = [];
    for (const row of rows) {
      if (!this.rooms.get(row.room)?.loaded) continue;
      const how = this.keep(row);
      const here = row.room === this.place?.id;
      if (how === "new" && here && !row.deleted && !row.mine) arrived.push(row);
    }
    if (!this.place) return arrived;
    this.draw();
    arrived = arrived.filter((row) => this.room(row.room).rows.has(row.id));
    this.follow(arrived);
    for (const row of arrived) announce(`${this.author(row)}: ${this.summary(row)}`, row.message?.language);
    return arrived;
  }

  /** Go along with what is new when we were at the end; otherwise say how much there is. */
  follow(arrived) {
    if (this.stuck) {
      const first = arrived.length && log.querySelector(`[data-row="${arrived[0].id}"]`);
      if (first && first.offsetHeight > log.clientHeight * 0.85) this.toTop(first);
      else this.toBottom();
    } else this.waiting += arrived.length;
    this.scrolled();
  }

  author(row) {
    if (row.author === null) return t("bot");
    return row.mine ? t("you") : row.name || t("forgotten");
  }

  summary(row) {
    return row.message ? row.message.summary : row.text;
  }

  /** Something for this moment only, at the end of the conversation: a file, a last word. */
  extra(roomId, make) {
    this.room(roomId).extras.push({ key: `extra ${Math.random()}`, make });
    if (this.place?.id === roomId) {
      this.draw();
      this.toBottom();
    }
  }

  draw() {
    const room = this.room(this.place.id);
    const rows = [...room.rows.values()].sort((a, b) => a.id - b.id);
    const specs = [];
    if (room.loaded) specs.push(room.more ? this.earlier(room, rows[0]) : this.beginning(rows.length));
    let day = "";
    let before = null;
    let line = room.newAfter;
    for (const row of rows) {
      const key = dayKey(row.at, this.me.zone);
      if (key !== day) specs.push(this.dayLine((day = key), row.at));
      if (line !== null && line !== undefined && row.id > line && !row.mine) {
        specs.push({ key: "new line", make: () => h("p.new-line", {}, h("span", {}, t("new_messages"))) });
        line = null;
        before = null;
      }
      const joined = before && before.author === row.author && new Date(row.at) - new Date(before.at) < TOGETHER;
      specs.push(this.rowSpec(row, Boolean(joined && Boolean(before.only) === Boolean(row.only))));
      before = row;
    }
    const sent = new Set(rows.map((row) => row.client).filter(Boolean));
    for (const words of this.pending(this.place.id)) if (!sent.has(words.client)) specs.push(this.pendingSpec(words));
    reconcile(log, [...specs, ...room.extras]);
  }

  earlier(room, first) {
    const make = () => {
      const button = h("button.btn.quiet", { type: "button" }, t("earlier"));
      button.addEventListener("click", async () => {
        const found = await get(`rooms/${this.place.id}?before=${first.id}`).catch(() => null);
        if (!found) return;
        const height = log.scrollHeight;
        for (const row of found.rows) this.keep(row);
        room.more = found.more;
        const anchor = log.querySelector(`[data-row="${first.id}"]`);
        this.draw();
        log.scrollTop += log.scrollHeight - height;
        anchor?.focus({ preventScroll: true });
      });
      return h("div.earlier", {}, button);
    };
    return { key: `earlier ${first?.id}`, make };
  }

  beginning(some) {
    const words = some ? "start" : "empty";
    return { key: words, make: () => h("p.beginning", {}, t(words)) };
  }

  dayLine(key, at) {
    const make = () => h("p.day-line", {}, h("span", {}, dayName(at, this.me.zone)));
    return { key: `day ${key}`, make };
  }

  rowSpec(row, joined) {
    return {
      key: `row ${row.id}`,
      make: () => this.article(row),
      update: (element) => {
        element.classList.toggle("joined", joined);
        if (element.rev === row.rev) return;
        const changing = element.rev !== undefined;
        element.rev = row.rev;
        this.fill(element, row, changing);
      },
    };
  }

  article(row) {
    const kind = row.author === null ? "bot" : row.mine ? "mine" : "theirs";
    const name = `name-${row.id}`;
    const head = h(
      "h2.row-head",
      { id: name },
      h("span.row-name", {}, this.author(row)),
      row.author === null ? h("span.row-app", {}, t("app")) : null,
      " ",
      h("time", { datetime: row.at, title: momentInFull(row.at, spoken(), this.me.zone) }, clock(row.at, this.me.zone)),
      h("span.row-signs"),
    );
    const body = h("div.row-body");
    const picture = row.mine ? null : avatar(row.author === null ? null : this.author(row));
    return h(
      `article.row.${kind}`,
      { "data-row": row.id, "aria-labelledby": name, tabindex: "-1" },
      picture,
      h("div.row-main", {}, head, body),
    );
  }

  fill(element, row, changing) {
    const body = element.querySelector(".row-body");
    const signs = element.querySelector(".row-signs");
    signs.replaceChildren();
    if (row.only) signs.append(h("span.row-only", {}, icon("lock"), t("only_you")));
    if (row.edited) signs.append(h("span.row-edited", {}, t("edited")));
    if (!row.message) return body.replaceChildren(h("p.said", {}, row.text));
    const lang = row.message.language;
    body.lang = lang;
    const press = (button, at) => this.press(button, at, row);
    return showBlocks(body, row.message.blocks || [], { lang, level: 3, press }, { changing });
  }

  pendingSpec(words) {
    const state = () => (words.failed ? `failed ${words.failed}` : words.sending ? "sending" : "waiting");
    const make = () => {
      const status = words.failed ? words.failed : t(words.sending ? "sending" : "waiting");
      const foot = h("p.pending-state", { role: "status" }, status);
      if (words.failed) {
        foot.append(
          " ",
          h("button.link", { type: "button", onclick: () => this.retry(words) }, t("try_again")),
          " ",
          h("button.link", { type: "button", onclick: () => this.discard(words) }, t("discard")),
        );
      }
      return h("article.row.mine.pending", {}, h("div.row-main", {}, h("div.row-body", {}, h("p.said", {}, words.text)), foot));
    };
    return { key: `pending ${words.client} ${state()}`, make };
  }

  atEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  }

  toTop(element) {
    log.scrollTop += element.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
  }

  toBottom() {
    log.scrollTop = log.scrollHeight;
    this.scrolled();
  }

  scrolled() {
    this.stuck = this.atEnd();
    if (this.stuck) this.waiting = 0;
    newer.hidden = this.stuck || !this.place;
    const words = this.waiting ? t("newer", { n: this.waiting }) : t("to_bottom");
    newer.replaceChildren(icon("down"), h("span", {}, words));
    newer.classList.toggle("loud", this.waiting > 0);
    this.seen();
  }

  /** Tell the server how far one has read, when the last message is really to be seen. */
  seen() {
    if (!this.place || document.hidden) return;
    const last = [...this.room(this.place.id).rows.keys()].sort((a, b) => a - b).pop();
    const element = last && log.querySelector(`[data-row="${last}"]`);
    if (!element || element.offsetTop - log.offsetTop > log.scrollTop + log.clientHeight) return;
    this.read(this.place, last);
  }

  /** Put the focus on a message, for somebody who just asked for it. */
  focusRow(id) {
    const element = log.querySelector(`[data-row="${id}"]`);
    if (!element) return;
    if (element.offsetHeight > log.clientHeight) this.toTop(element);
    else element.scrollIntoView({ block: "nearest" });
    element.focus({ preventScroll: true });
  }
}
