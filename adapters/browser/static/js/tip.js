// The typed form of a button, shown beside it: on hover and on keyboard focus, gone with Escape.

import { byId } from "./dom.js";
import { t } from "./words.js";

const tip = byId("tip");
let shownFor = null;
let timer = 0;

function show(element) {
  if (!element.isConnected) return;
  shownFor = element;
  tip.textContent = t("or_type", { typed: element.dataset.typed }, element.lang || null);
  tip.lang = element.lang || "";
  // an open dialog covers the page: the tip has to be inside it to be seen; elsewhere it belongs to a landmark
  (element.closest("dialog, main") || byId("main")).append(tip);
  tip.hidden = false;
  const box = element.getBoundingClientRect();
  const width = tip.offsetWidth;
  const left = Math.max(8, Math.min(box.left + box.width / 2 - width / 2, innerWidth - width - 8));
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? box.bottom + 4 : box.top - tip.offsetHeight - 4}px`;
  element.setAttribute("aria-describedby", "tip");
}

function hide() {
  clearTimeout(timer);
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
  tip.hidden = true;
}

function soon(element, delay) {
  clearTimeout(timer);
  if (element === shownFor) return;
  timer = setTimeout(() => show(element), delay);
}

export function startTips() {
  const target = (event) => event.target.closest?.("[data-typed]");
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const element = target(event);
    if (element) soon(element, 500);
    else if (shownFor && !tip.contains(event.target) && document.activeElement !== shownFor) hide();
    else if (!shownFor) clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const element = target(event);
    if (element?.matches(":focus-visible")) soon(element, 150);
    else hide();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", () => shownFor && hide(), { capture: true, passive: true });
  document.addEventListener("click", hide);
}
