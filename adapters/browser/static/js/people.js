// Pictures of people: their initials on a colour of their own. The app has its mark.

import { h } from "./dom.js";

const COLOURS = 6;

export function initials(name) {
  const parts = name.trim().split(/\s+/);
  const letters = [parts[0]?.[0], parts.length > 1 ? parts[parts.length - 1][0] : ""];
  return letters.join("").toLocaleUpperCase();
}

/** A picture for `name`; null is the app. Hidden from screen readers: the name stands beside it. */
export function avatar(name) {
  if (name === null) {
    const mark = h("img", { src: "/chat/static/mark.svg", alt: "", width: 36, height: 36 });
    return h("span.avatar.app-mark", { "aria-hidden": "true" }, mark);
  }
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return h(`span.avatar.tint-${sum % COLOURS}`, { "aria-hidden": "true" }, initials(name));
}
