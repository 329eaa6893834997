// Puts the page together: who am I, where am I, what is new.

import { AS, Away, get, post, Refused } from "./api.js";
import { Composer } from "./composer.js";
import { announce, byId, clientId, h, icon, knownAs } from "./dom.js";
import { busy, closeDialog, dialogOpen, formAccepted, openForm, showErrors } from "./forms.js";
import { Home } from "./home.js";
import { Live } from "./live.js";
import { openOptions } from "./options.js";
import { Outbox } from "./outbox.js";
import { drawMe, drawSide, hashOf, nameOf } from "./side.js";
import { Talk } from "./talk.js";
import { startTips } from "./tip.js";
import { toast } from "./toast.js";
import { fillWords, speak, t } from "./words.js";

const FRAMED = window !== window.top;
const app = byId("app");

class Page {
  constructor(state) {
    this.state = state;
    this.me = state.me;
    this.reading = new Map();
    knownAs(state.public);
    speak(this.me.language || navigator.language.slice(0, 2));
    if (!this.me.zone) this.tellZone();
    this.talk = new Talk({
      me: this.me,
      press: (button, element, row) => this.press(button, element, { room: row.room, row: row.id }),
      read: (place, row) => this.read(place, row),
      retry: (words) => this.outbox.retry(words),
      discard: (words) => this.outbox.discard(words),
    });
    this.home = new Home((button, element) => this.press(button, element, { home: true }));
    this.outbox = new Outbox(
      this.me.ref,
      (answer, words) => this.carry(answer, { room: words.room }),
      () => this.talk.place && this.talk.draw(),
    );
    this.talk.pending = (room) => this.outbox.pending(room);
    this.composer = new Composer((text) => this.write(text));
    byId("back").append(icon("back"));
    byId("back").addEventListener("click", () => (location.hash = "#list"));
    byId("send").append(icon("send"));
    addEventListener("hashchange", () => this.go(true));
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault(); // the hash says where one is, so it cannot be used for skipping
      (byId("composer-form").hidden ? byId("name") : byId("composer")).focus();
    });
    document.addEventListener("visibilitychange", () => this.side());
    startTips();
    this.words();
    this.go(false);
    this.outbox.send();
    this.live = new Live(
      state.upto,
      (news) => this.heard(news),
      (how) => this.line(how),
    );
  }

  words() {
    fillWords();
    drawMe(this.me, this.state.open, FRAMED, (element) =>
      openOptions(this.state, FRAMED, element, (language) => this.relanguage(language)),
    );
    if (FRAMED) app.classList.add("framed");
  }

  relanguage(language) {
    this.me.language = language;
    location.reload(); // everything on the page is said anew
  }

  tellZone() {
    this.me.zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    post("me", { zone: this.me.zone }).catch(() => null);
  }

  // where

  get direct() {
    return this.state.places.find((place) => place.direct);
  }

  place() {
    const room = location.hash.match(/^#room\/(\d+)$/);
    return (room && this.state.places.find((place) => place.id === Number(room[1]))) || this.direct;
  }

  async go(moved) {
    const view = location.hash === "#list" ? "list" : location.hash === "#home" ? "home" : "talk";
    const wide = matchMedia("(min-width: 721px)").matches;
    app.dataset.view = view === "list" && wide ? "talk" : view;
    byId("home").hidden = view !== "home";
    byId("log").hidden = view === "home";
    byId("composer-form").hidden = view === "home";
    if (view === "home") {
      this.talk.close();
      byId("newer").hidden = true;
      this.title(t("home"), t("home_topic"));
      this.side();
      await this.home.open();
    } else if (view === "list" && !wide) {
      this.talk.close();
      this.side();
      document.title = this.count(t("places"));
      if (moved) document.querySelector(".side a[href]").focus();
      return;
    } else {
      const place = this.place();
      if (!place) return this.line("gone");
      this.title(nameOf(place), place.direct ? t("direct_topic") : place.topic);
      byId("log").setAttribute("aria-label", t("messages_in", { name: nameOf(place) }));
      this.composer.address(place.direct ? t("write_direct") : t("write_to", { name: place.name }), place.closed);
      byId("trouble").classList.toggle("calm", place.closed);
      if (place.closed) byId("trouble").textContent = t("room_closed");
      else if (this.lineState !== "off") byId("trouble").textContent = "";
      await this.talk.open(place);
      this.side();
    }
    if (moved) byId("name").focus({ preventScroll: true });
  }

  title(name, topic) {
    byId("name").textContent = name;
    byId("topic").textContent = topic;
    this.named = name;
    document.title = this.count(`${name} · ${this.me.name}`);
  }

  count(words) {
    // what is on the stage is being read, as long as the page itself is to be seen
    const elsewhere = this.state.places.filter((place) => document.hidden || place.id !== this.talk.place?.id);
    const unread = elsewhere.reduce((sum, place) => sum + place.unread, 0);
    return `${unread ? `(${unread}) ` : ""}${words} · Chatcourse`;
  }

  side() {
    const here = app.dataset.view === "home" ? "home" : this.talk.place?.id;
    drawSide(this.state.places, here);
    if (this.named) document.title = this.count(`${this.named} · ${this.me.name}`);
  }

  // news

  heard(news) {
    if (news.places) {
      const known = new Set(this.state.places.map((place) => place.id));
      this.state.places = news.places;
      if (news.places.some((place) => !known.has(place.id))) this.side();
      const here = news.places.find((place) => place.id === this.talk.place?.id);
      if (this.talk.place && (!here || here.closed !== this.talk.place.closed)) this.go(false);
      else if (here) this.talk.place = here;
    }
    this.talk.take(news.rows);
    for (const row of news.rows) this.tellElsewhere(row);
    if (app.dataset.view === "home" && news.rows.length) this.home.refresh();
    this.side();
  }

  tellElsewhere(row) {
    if (row.mine || row.deleted || row.edited || row.room === this.talk.place?.id) return;
    const place = this.state.places.find((each) => each.id === row.room);
    if (place?.unread) announce(`${nameOf(place)}: ${t("unread", { n: place.unread })}`);
  }

  line(how) {
    const trouble = byId("trouble");
    const before = this.lineState;
    this.lineState = how;
    app.classList.toggle("off", how !== "on");
    trouble.classList.remove("calm");
    if (how === "off") trouble.textContent = t("offline");
    else if (how === "gone") trouble.textContent = t("gone");
    else if (how === "out") trouble.textContent = t("signed_out");
    else {
      const closed = this.talk.place?.closed;
      trouble.textContent = closed ? t("room_closed") : "";
      trouble.classList.toggle("calm", Boolean(closed));
      if (before === "off") {
        announce(t("back_again"));
        this.outbox.send();
        if (app.dataset.view === "home") this.home.refresh();
      }
    }
    if (how === "gone" || how === "out") byId("composer-form").hidden = true;
  }

  read(place, row) {
    if (row <= place.read_to || this.reading.get(place.id) >= row) return;
    this.reading.set(place.id, row);
    place.unread = 0;
    this.side();
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => {
      for (const [room, last] of this.reading) post("read", { room, row: last }).catch(() => this.reading.delete(room));
    }, 400);
  }

  // acts

  write(text) {
    const { place } = this.talk;
    if (!place) return;
    this.talk.stuck = true;
    this.outbox.add(place.id, text);
    this.talk.toBottom();
  }

  async press(button, element, origin) {
    if (element.getAttribute("aria-disabled") === "true") return;
    toast.clear();
    busy(element, true);
    const body = { action: button.action, client: clientId(), ...origin, form: dialogOpen() };
    try {
      const answer = await post("press", body, { tries: 4, patience: 15_000 });
      busy(element, false);
      this.carry(answer, { ...origin, element });
    } catch (error) {
      toast.show(this.excuse(error), { lasting: true });
    } finally {
      busy(element, false);
    }
  }

  async submit(form, values, origin) {
    const body = { action: form.action, values, client: clientId(), room: origin.room, row: origin.row, home: origin.home };
    try {
      const answer = await post("submit", { ...body, form: true }, { tries: 4, patience: 15_000 });
      if (answer.errors) {
        showErrors(answer.errors);
        return false;
      }
      formAccepted();
      this.carry(answer, origin);
      if (!answer.form) closeDialog();
      return true;
    } catch (error) {
      return this.excuse(error);
    }
  }

  excuse(error) {
    if (error instanceof Away) return t("no_answer");
    return error.status === 429 ? t("too_fast") : t("refused");
  }

  /** Put what the server answered where it belongs. */
  carry(answer, origin) {
    if (answer.rows?.length) this.talk.take(answer.rows);
    if (answer.close) closeDialog();
    if (answer.home) this.home.show(answer.home);
    if (answer.file) this.file(answer.file, origin);
    if (answer.last) this.lastWord(answer.last, origin);
    if (answer.form) {
      openForm(answer.form, {
        element: origin.element,
        send: (values) => this.submit(answer.form, values, origin),
        press: (button, element) => this.press(button, element, origin.home ? { home: true } : { room: origin.room, row: origin.row }),
      });
    }
    if (answer.notice) toast.show(answer.notice);
    const said = answer.rows?.find((row) => row.author === null && row.room === this.direct?.id);
    if (origin.home && said) this.showInTalk(said);
  }

  /** Something pressed on the home card was answered in the conversation: go there. */
  async showInTalk(row) {
    closeDialog();
    history.pushState(null, "", hashOf(this.direct));
    await this.go(false);
    this.talk.focusRow(row.id);
  }

  file(file, origin) {
    const bytes = Uint8Array.from(atob(file.content), (letter) => letter.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: file.media_type }));
    const make = () =>
      h(
        "div.file",
        {},
        icon("file"),
        h("p", {}, h("strong", {}, t("file_ready", { name: file.name })), h("span", {}, `${file.alt}. ${t("only_here")}`)),
        h("a.btn", { href: url, download: file.name }, t("download"), h("span.hidden", {}, ` ${file.name}`)),
      );
    if (origin.room) this.talk.extra(origin.room, make);
    else this.home.extra(make);
    announce(t("file_ready", { name: file.name }));
    h("a", { href: url, download: file.name }).click();
  }

  lastWord(message, origin) {
    const room = origin.room ?? this.talk.place?.id;
    if (room) this.talk.extra(room, () => h("p.beginning", { lang: message.language }, message.summary));
    toast.show(message.summary, { lasting: true });
  }
}

async function start() {
  for (let pause = 500; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return new Page(await get("state"));
    } catch (error) {
      speak(document.documentElement.lang);
      fillWords();
      if (error instanceof Refused) {
        byId("trouble").textContent = t(AS ? "gone" : "signed_out");
        return null;
      }
      byId("trouble").textContent = t("offline");
      await new Promise((resolve) => setTimeout(resolve, pause));
      byId("trouble").textContent = "";
    }
  }
}

start();
