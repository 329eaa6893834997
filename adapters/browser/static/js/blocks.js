// Blocks of a message (`bot/messages/blocks.py`) as HTML, and how a message changes in place.

import { h, icon, safeHref } from "./dom.js";
import { keepFocus, reconcile } from "./reconcile.js";
import { line, link, picture, rich } from "./rich.js";
import { percent } from "./times.js";
import { t } from "./words.js";

/**
 * Show `blocks` in `root`. `context`: `lang`, `level` (of a title's heading), `press(button, element)`, and
 * `inert` for samples, in which nothing can be pressed. With `changing`, what is new is marked for a moment.
 */
export function showBlocks(root, blocks, context, { changing = false } = {}) {
  keepFocus(root, () => reconcile(root, specs(blocks, context), { fresh: changing ? "fresh" : null }));
}

function specs(blocks, context) {
  const found = [];
  let group = null;
  let groups = 0;
  for (const block of blocks) {
    if (block.kind !== "item") {
      group = null;
      found.push(spec(block, context));
      continue;
    }
    if (!group) {
      const items = [];
      group = items;
      found.push({
        key: `items ${groups++}`,
        make: () => h("ul.items", { role: "list" }),
        update: (element) => reconcile(element, items, { fresh: element.children.length ? "fresh" : null }),
      });
    }
    group.push(spec(block, context));
  }
  return found;
}

function spec(block, context) {
  return {
    key: `${context.lang} ${JSON.stringify(block)}`,
    make: () => {
      const element = (KINDS[block.kind] || unknown)(block, context);
      element.dataset.block = block.kind;
      return element;
    },
  };
}

const heading = (level, className, text) => h(`h${Math.min(6, level)}.${className}`, {}, text);

const KINDS = {
  title: (block, { level }) => heading(level, "title", block.text),
  section: (block, { level }) => heading(level + 1, "section", block.text),
  text: (block, { lang, level }) => h("div.text", {}, rich(block.rich, lang, level + 1)),
  note: (block, { lang }) => h("p.note", {}, line(block.line, lang)),
  divider: () => h("hr.divider"),
  film,
  item,
  buttons: (block, context) =>
    h(
      "div.buttons",
      { role: "group", "aria-label": block.label || null },
      block.label ? h("span.buttons-label", { "aria-hidden": "true" }, block.label) : null,
      buttons(block.buttons, context),
    ),
  bars,
  steps,
  facts: (block, { lang }) =>
    h(
      "dl.facts",
      {},
      block.pairs.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, line(value, lang)))),
    ),
  table,
  sample,
};

const unknown = () => h("p.note", {}, "…");

function film(block, { lang: outer, inert }) {
  const lang = block.language || outer;
  const source = safeHref(block.url);
  const poster = safeHref(block.poster);
  const about = [t("minutes", { n: block.minutes }, lang)];
  if (block.captions) about.push(t("captions_note", {}, lang));
  const caption = h(
    "figcaption",
    {},
    h("span.film-title", {}, block.title),
    h("span.film-about", {}, `${t("film", {}, lang)} · ${about.join(" · ")}`),
  );
  const transcript = safeHref(block.transcript);
  if (transcript && !inert) caption.append(link(transcript, t("transcript", {}, lang), lang, "film-link"));
  const playable = source && /\.(mp4|m4v|webm|ogv|mov)$/i.test(new URL(source).pathname);
  if (inert || !playable) {
    const still = poster ? picture({ url: poster, alt: block.alt }, lang) : h("p.away", {}, block.alt);
    if (source && !inert) caption.append(link(source, t("open_film", {}, lang), lang, "film-link"));
    return h("figure.film", { lang }, still, caption);
  }
  const video = h("video", {
    src: source,
    controls: true,
    playsinline: true,
    preload: poster ? "none" : "metadata",
    poster,
    "aria-label": `${block.title}. ${block.alt}`,
  });
  const captions = safeHref(block.captions);
  if (captions) {
    const label = t("captions", {}, lang);
    video.append(h("track", { kind: "captions", src: captions, srclang: lang, label, default: true }));
  }
  video.addEventListener(
    "error",
    () => {
      const words = t("film_away", {}, lang);
      video.replaceWith(h("p.away", {}, `${words} `, link(source, t("open_film", {}, lang), lang)));
    },
    { once: true },
  );
  return h("figure.film", { lang }, video, caption);
}

function item(block, context) {
  // signs without letters or digits repeat what the line says, and would be read out one by one
  const bare = !/[\p{L}\p{N}]/u.test(block.mark);
  const done = block.done && !bare ? icon("check") : null;
  const mark = h(bare ? "span.mark.bare" : "span.mark", { "aria-hidden": bare ? "true" : null }, done, block.mark);
  const words = h(
    "div.item-words",
    {},
    h("p", {}, line(block.line, context.lang)),
    block.note?.length ? h("p.item-note", {}, line(block.note, context.lang)) : null,
  );
  const beside = block.buttons?.length ? h("div.item-buttons", {}, buttons(block.buttons, context)) : null;
  return h(block.done ? "li.item.done" : "li.item", {}, mark, h("div.item-main", {}, words, beside));
}

function buttons(all, context) {
  return (all || []).map((button) => pressable(button, context));
}

/** A button, or a link that looks like one. Its name for screen readers begins with what is to be seen. */
function pressable(button, { lang, inert, press }) {
  const look = button.look && button.look !== "normal" ? `.${button.look}` : "";
  if (inert) return h(`span.btn${look}`, {}, button.label);
  const href = safeHref(button.href);
  if (href) return link(href, button.label, lang, `btn ${button.look || ""}`.trim());
  const spoken = button.spoken || "";
  const holds = spoken.toLocaleLowerCase().includes(button.label.toLocaleLowerCase());
  const element = h(
    `button.btn${look}`,
    {
      type: "button",
      "aria-label": spoken && spoken !== button.label ? (holds ? spoken : `${button.label}: ${spoken}`) : null,
      "data-press": button.action,
      "data-typed": button.typed || null,
      lang,
    },
    button.label,
  );
  element.addEventListener("click", () => press(button, element));
  return element;
}

function bars(block, { lang }) {
  const rows = block.bars.map((bar) => {
    const fill = h("span.fill");
    fill.style.inlineSize = `${Math.round(Math.min(1, Math.max(0, bar.share)) * 100)}%`;
    return h(
      bar.mine ? "li.bar.mine" : "li.bar",
      {},
      h(
        "span.bar-words",
        {},
        h("span.bar-label", {}, bar.label, bar.mine ? h("strong.chip", {}, icon("check"), t("mine", {}, lang)) : null),
        h("span.bar-count", {}, `${t("votes", { n: bar.count }, lang)} · ${percent(bar.share, lang)}`),
      ),
      h("span.track", { "aria-hidden": "true" }, fill),
    );
  });
  return h(
    "div.bars",
    { role: "group", "aria-label": block.title },
    h("p.bars-title", {}, block.title),
    h("ul", { role: "list" }, rows),
    block.note?.length ? h("p.note", {}, line(block.note, lang)) : null,
  );
}

function steps(block) {
  const pips = h("span.pips", { "aria-hidden": "true" });
  if (block.total <= 20) {
    for (let n = 1; n <= block.total; n++) pips.append(h(n <= block.filled ? "span.pip.full" : "span.pip"));
  }
  return h("p.steps", {}, block.total <= 20 ? pips : null, h("span", {}, block.label));
}

function table(block, { lang }) {
  // Narrow pages show each row as a card; the roles keep it a table for screen readers all the same.
  const head = block.columns.map((name) => h("th", { role: "columnheader", scope: "col" }, name));
  const rows = block.rows.map((row) =>
    h(
      "tr",
      { role: "row" },
      row.map((cell, n) => h("td", { role: "cell", "data-column": block.columns[n] || "" }, line(cell, lang))),
    ),
  );
  return h(
    "div.table",
    {},
    h(
      "table",
      { role: "table" },
      block.title ? h("caption", {}, block.title) : null,
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
      h("tbody", { role: "rowgroup" }, rows),
    ),
  );
}

function sample(block, context) {
  const inside = h("div.sample-inside", { lang: block.message.language });
  const inner = { ...context, lang: block.message.language, level: context.level + 1, inert: true };
  showBlocks(inside, block.message.blocks, inner);
  return h(
    "figure.sample",
    {},
    h("figcaption", {}, h("span.chip", {}, icon("eye"), t("sample", {}, context.lang)), ` ${block.title}`),
    inside,
  );
}
