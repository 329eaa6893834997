// What was written and has not arrived yet. It survives a reload, leaves in order, and arrives once.

import { Away, post } from "./api.js";
import { clientId } from "./dom.js";
import { t } from "./words.js";

const PAUSE = 3_000;

export class Outbox {
  /** `answered(answer, words)` gets every answer; `changed()` is told when what waits has changed. */
  constructor(who, answered, changed) {
    this.name = `chatcourse.outbox.${who}`;
    this.answered = answered;
    this.changed = changed;
    this.words = this.load();
    this.running = false;
  }

  load() {
    try {
      return JSON.parse(localStorage.getItem(this.name) || "[]");
    } catch {
      return [];
    }
  }

  save() {
    try {
      const kept = this.words.map(({ client, room, text, failed }) => ({ client, room, text, failed }));
      localStorage.setItem(this.name, JSON.stringify(kept));
    } catch {
      // storage may be full or forbidden: the words are still sent from memory
    }
    this.changed();
  }

  pending(room) {
    return this.words.filter((words) => words.room === room);
  }

  add(room, text) {
    this.words.push({ client: clientId(), room, text });
    this.save();
    this.send();
  }

  retry(words) {
    delete words.failed;
    this.save();
    this.send();
  }

  discard(words) {
    this.words = this.words.filter((other) => other !== words);
    this.save();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.running) return;
    this.running = true;
    for (;;) {
      const words = this.words.find((each) => !each.failed);
      if (!words) break;
      words.sending = true;
      this.changed();
      try {
        const { client, room, text } = words;
        const answer = await post("say", { client, room, text });
        this.discard(words);
        this.answered(answer, words);
      } catch (error) {
        words.sending = false;
        if (error instanceof Away || error.status === 429) {
          this.timer = setTimeout(() => this.send(), PAUSE);
          this.changed();
          break;
        }
        words.failed = error.status === 409 ? t("room_closed") : t("not_sent");
        this.save();
      }
    }
    this.running = false;
  }
}
