// The one dialog of the page: forms to fill in, panels to read, and the options.

import { showBlocks } from "./blocks.js";
import { announce, byId, h, icon } from "./dom.js";
import { field, readField } from "./fields.js";
import { placeOf } from "./reconcile.js";
import { t } from "./words.js";

const dialog = byId("dialog");
const drafts = new Map(); // what was typed into forms that were closed unsent, by form
let opener = null;
let current = null;

dialog.addEventListener("close", () => {
  keepDraft();
  current = null;
  dialog.replaceChildren();
  giveFocusBack();
});
// A click beside the dialog closes it, like Escape. Unsent words are kept.
dialog.addEventListener("mousedown", (event) => {
  if (event.target === dialog) dialog.close();
});

/** Who gets the focus when the dialog closes: the pressed button, or what took its place. */
function giveFocusBack() {
  const element = opener?.();
  opener = null;
  (element?.isConnected ? element : byId("composer")).focus({ preventScroll: true });
}

function open(element) {
  if (dialog.open) return;
  const from = element || document.activeElement;
  const root = from.closest(".row-body, .home-card");
  opener = root ? placeOf(from, root) : () => from;
  dialog.showModal();
}

function frame(title, lang, close) {
  return h(
    "header.dialog-head",
    {},
    h("h2", { id: "dialog-title", lang, tabindex: "-1" }, title),
    h("button.icon", { type: "button", "aria-label": t("close"), title: t("close"), onclick: close }, icon("close")),
  );
}

/** A panel of the page's own, such as the options. */
export function openPanel(title, content, element) {
  current = null;
  dialog.replaceChildren(frame(title, null, () => dialog.close()), h("div.dialog-body", {}, content));
  open(element);
  byId("dialog-title").focus();
}

export const closeDialog = () => dialog.open && dialog.close();
export const dialogOpen = () => dialog.open;

/**
 * Show a form or panel (`Form` as JSON). `element` opened it; `send(values)` and `press(button, element)` go to the
 * server.
 */
export function openForm(form, { element, send, press }) {
  keepDraft();
  const lang = form.language;
  // without fields there is nothing inside to scroll along with by keyboard
  const body = h("div.dialog-body", { lang, tabindex: form.fields?.length ? null : "0" });
  const words = h("div.blocks");
  showBlocks(words, form.blocks || [], { lang, level: 3, press });
  const fields = (form.fields || []).map((each) => field(each, lang));
  const trouble = h("p.form-trouble", { role: "alert" });
  if (form.blocks?.length) body.append(words);
  body.append(...fields.map((each) => each.element), trouble);
  const foot = h("footer.dialog-foot", { lang });
  const inner = { lang, level: 3, press };
  if (form.buttons?.length) {
    const more = h("div.blocks.more");
    showBlocks(more, [{ kind: "buttons", buttons: form.buttons }], inner);
    foot.append(more);
  }
  const close = h("button.btn", { type: "button", onclick: () => dialog.close() });
  close.textContent = t(form.submit && form.fields?.length ? "cancel" : "close", {}, lang);
  foot.append(close);
  let submit = null;
  if (form.submit) foot.append((submit = h("button.btn.primary", { type: "submit" }, form.submit)));
  const shell = h(
    "form.dialog-form",
    { novalidate: true, method: "dialog" },
    frame(form.title, lang, () => dialog.close()),
    body,
    foot,
  );
  current = { form, fields, trouble, submit, sent: false };
  shell.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit && submit.getAttribute("aria-disabled") !== "true") submitForm(send);
  });
  const kept = fillDraft(form, fields);
  dialog.replaceChildren(shell);
  open(element);
  if (kept) trouble.before(h("p.note", {}, t("kept", {}, lang)));
  const wrong = fields.find((each) => each.wrong());
  const first = wrong || fields[0];
  if (first) first.focus();
  else byId("dialog-title").focus();
  body.scrollTop = wrong ? body.scrollTop : 0;
}

async function submitForm(send) {
  const mine = current;
  mine.trouble.textContent = "";
  const values = {};
  const errors = {};
  for (const each of mine.fields) {
    const { value, error } = await readField(each);
    if (error) errors[each.name] = error;
    values[each.name] = value;
  }
  if (Object.keys(errors).length) return showErrors(errors);
  busy(mine.submit, true);
  mine.sent = true;
  const said = await send(values);
  mine.sent = said === true;
  busy(mine.submit, false);
  if (typeof said === "string" && current === mine) {
    mine.trouble.textContent = said;
  }
  return undefined;
}

export function busy(element, on) {
  if (!element) return;
  if (on) element.setAttribute("aria-disabled", "true");
  else element.removeAttribute("aria-disabled");
  element.classList.toggle("busy", on);
}

/** What is wrong with the open form, field by field; the first of them gets the focus. */
export function showErrors(errors) {
  if (!current) return;
  const { fields, form, trouble } = current;
  for (const each of fields) each.setError(errors[each.name] || "");
  const known = new Set(fields.map((each) => each.name));
  const other = Object.entries(errors).filter(([name]) => !known.has(name));
  trouble.textContent = other.length ? other.map(([, words]) => words).join(" ") : t("check_form", {}, form.language);
  fields.find((each) => each.wrong())?.focus();
}

/** The form was accepted: nothing of it needs to be kept. */
export function formAccepted() {
  if (!current) return;
  current.sent = true;
  drafts.delete(draftName(current.form));
}

const draftName = (form) => `${form.action} ${form.title}`;

function keepDraft() {
  if (!current || current.sent || !current.form.submit) return;
  const typed = {};
  for (const each of current.fields) {
    const text = each.draft?.();
    if (text !== undefined && text !== each.initial) typed[each.name] = text;
  }
  if (Object.keys(typed).length) drafts.set(draftName(current.form), typed);
  else drafts.delete(draftName(current.form));
}

function fillDraft(form, fields) {
  const typed = drafts.get(draftName(form));
  if (!typed) return false;
  for (const each of fields) if (typed[each.name] !== undefined) each.setDraft?.(typed[each.name]);
  announce(t("kept", {}, form.language));
  return true;
}
