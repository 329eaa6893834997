// A short word about what just happened, above the composer. It never holds anything that one must catch in time: the
// effect is to be seen in the message, and trouble stays until one does something.

import { announce, byId, h, icon } from "./dom.js";
import { t } from "./words.js";

const SHOWN = 7_000;
let element = null;
let timer = 0;

function clear() {
  clearTimeout(timer);
  element?.remove();
  element = null;
}

function show(words, { lasting = false } = {}) {
  clear();
  const close = h("button.icon", { type: "button", "aria-label": t("close"), onclick: clear }, icon("close"));
  element = h(lasting ? "div.toast.lasting" : "div.toast", {}, lasting ? null : icon("check"), h("p", {}, words), close);
  const dialog = byId("dialog");
  if (dialog.open) dialog.querySelector(".dialog-body").after(element); // a dialog covers everything else
  else byId("stage").append(element);
  announce(words);
  if (lasting) return;
  const start = () => {
    timer = setTimeout(clear, SHOWN);
  };
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", start);
  element.addEventListener("focusin", () => clearTimeout(timer));
  start();
}

export const toast = { show, clear };
