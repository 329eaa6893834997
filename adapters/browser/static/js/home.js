// The home card: what comes next and how far one is, always as it is now.

import { post } from "./api.js";
import { showBlocks } from "./blocks.js";
import { byId, h } from "./dom.js";
import { t } from "./words.js";

export class Home {
  constructor(press) {
    this.root = byId("home");
    this.card = h("div.home-card");
    this.extras = h("div.home-extras");
    this.root.append(this.card, this.extras);
    this.press = press;
  }

  async open() {
    this.extras.replaceChildren();
    await this.load();
  }

  /** Something happened that may show here; several things at once are one look. */
  refresh() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 600);
  }

  async load() {
    const answer = await post("home", {}, { tries: 3, patience: 12_000 }).catch(() => null);
    if (answer?.home) this.show(answer.home);
    else if (!this.card.children.length) this.card.replaceChildren(h("p.note", {}, t("home_away")));
  }

  show(message) {
    this.card.lang = message.language;
    const press = (button, element) => this.press(button, element);
    const changing = this.card.children.length > 0;
    const [first, ...rest] = message.blocks || [];
    // the page has said "Home" already
    const blocks = first?.kind === "title" && first.text === byId("name").textContent ? rest : message.blocks;
    showBlocks(this.card, blocks || [], { lang: message.language, level: 2, press }, { changing });
  }

  extra(make) {
    this.extras.append(make());
  }
}
