// Where one writes. Typing "/" offers what one can ask for.

import { get } from "./api.js";
import { announce, byId, h } from "./dom.js";
import { spoken, t } from "./words.js";

const MOST = 60; // the list scrolls

export class Composer {
  /** `send(text)` takes what was written. */
  constructor(send) {
    this.form = byId("composer-form");
    this.input = byId("composer");
    this.list = byId("suggestions");
    this.send = send;
    this.offers = [];
    this.active = -1;
    this.last = "";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => {
      this.grow();
      this.suggest();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.hide(), 150));
  }

  /** Who is written to; `closed` rooms take nothing. */
  address(label, closed) {
    byId("composer-label").textContent = label;
    this.input.placeholder = label;
    this.form.hidden = closed;
    this.commands = null;
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.last = text;
    this.input.value = "";
    this.hide();
    this.grow();
    this.send(text);
    this.input.focus();
  }

  put(text) {
    this.input.value = text;
    this.grow();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  grow() {
    this.input.style.blockSize = "auto";
    this.input.style.blockSize = `${Math.min(this.input.scrollHeight + 2, 180)}px`;
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.choose((this.active + step + this.offers.length) % this.offers.length);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      this.hide();
    } else if (open && this.active >= 0 && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      event.preventDefault();
      this.take(this.offers[this.active]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.input.value && this.last) {
      event.preventDefault();
      this.put(this.last);
    }
  }

  async suggest() {
    const text = this.input.value;
    if (!text.startsWith("/") || text.includes("\n")) return this.hide();
    const all = await this.known();
    if (this.input.value !== text) return undefined; // typed on meanwhile: a later call shows what fits
    const wanted = text.slice(1).trim().toLocaleLowerCase();
    const matches = (command) => command.typed.toLocaleLowerCase().slice(1).startsWith(wanted);
    const inside = (command) => `${command.typed} ${command.help}`.toLocaleLowerCase().includes(wanted);
    const close = all.filter(matches);
    this.offers = [...close, ...all.filter((command) => !close.includes(command) && inside(command))].slice(0, MOST);
    return this.offers.length ? this.show() : this.hide();
  }

  /** The commands, fetched once; again when that did not work. */
  known() {
    this.commands ??= get(`commands?language=${spoken()}`).then(
      (found) => found.commands,
      () => {
        this.commands = null;
        return [];
      },
    );
    return this.commands;
  }

  show() {
    const was = this.list.hidden ? 0 : this.list.children.length;
    this.list.replaceChildren(
      ...this.offers.map((command, n) =>
        h(
          "div.suggestion",
          { role: "option", id: `suggestion-${n}`, "aria-selected": "false", onmousedown: (event) => this.pick(event, n) },
          h("code", {}, command.typed),
          h("span", {}, command.help),
        ),
      ),
    );
    this.list.hidden = false;
    this.input.setAttribute("aria-controls", "suggestions");
    this.choose(-1);
    if (was !== this.offers.length) announce(t("suggestions_n", { n: this.offers.length }));
  }

  pick(event, n) {
    event.preventDefault();
    this.take(this.offers[n]);
  }

  choose(n) {
    this.active = n;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === n)));
    if (n < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", `suggestion-${n}`);
    return this.list.children[n].scrollIntoView({ block: "nearest" });
  }

  take(command) {
    this.hide();
    this.put(`${command.typed.replace(/\s*[[<(…].*$/u, "")} `);
  }

  hide() {
    this.list.hidden = true;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.input.removeAttribute("aria-controls");
  }
}
