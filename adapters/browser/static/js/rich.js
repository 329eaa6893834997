// Formatted text (`bot/model/richtext.py`) as HTML.

import { h, leaving, safeHref } from "./dom.js";
import { moment, momentInFull } from "./times.js";
import { t } from "./words.js";

/** Words with their looks. `lang` is the language of the message. */
export function line(parts, lang) {
  return (parts || []).map((part) => (part.kind === "moment" ? time(part, lang) : span(part, lang)));
}

function time(part, lang) {
  const words = moment(part.at, lang, part.zone, part.style || "both");
  return h("time", { datetime: part.at, title: momentInFull(part.at, lang, part.zone) }, words);
}

function span(part, lang) {
  let node = part.text || "";
  if (part.code) node = h("code", {}, node);
  if (part.italic) node = h("em", {}, node);
  if (part.bold) node = h("strong", {}, node);
  const href = safeHref(part.href);
  return href ? link(href, node, lang) : node;
}

/** A link that opens beside the chat, and says so. */
export function link(href, content, lang, className = "") {
  const mail = href.startsWith("mailto:");
  const anchor = h("a", mail ? { href } : { href, ...leaving }, content);
  if (className) anchor.className = className;
  if (!mail) anchor.append(h("span.hidden", { lang: null }, ` (${t("opens_new", {}, lang)})`));
  return anchor;
}

/** Blocks of text; `level` is the level of the headings an author calls 3. */
export function rich(blocks, lang, level) {
  return (blocks || []).map((block) => textBlock(block, lang, level));
}

function textBlock(block, lang, level) {
  switch (block.kind) {
    case "paragraph":
      return h("p", {}, line(block.line, lang));
    case "heading":
      return h(`h${Math.min(6, level + (block.level || 3) - 3)}`, {}, line(block.line, lang));
    case "bullets": {
      const items = block.items.map((item) => h("li", {}, rich(item, lang, level)));
      if (block.start === undefined || block.start === null) return h("ul", {}, items);
      return h("ol", { start: block.start }, items);
    }
    case "quote":
      return h("blockquote", {}, rich(block.blocks, lang, level));
    case "code":
      return h("pre", {}, h("code", {}, block.text));
    case "picture":
      return picture(block, lang);
    case "rule":
      return h("hr");
    default:
      return h("p", {}, "…");
  }
}

/** A picture; where it cannot be shown, what it shows in words, and where it is. */
export function picture({ url, alt }, lang) {
  const href = safeHref(url);
  const away = () => {
    const words = `${t("picture_away", {}, lang)}: ${alt}`;
    return h("p.away", {}, href ? link(href, words, lang) : words);
  };
  if (!href) return away();
  const image = h("img", { src: href, alt, loading: "lazy", onerror: () => image.replaceWith(away()) });
  return image;
}
