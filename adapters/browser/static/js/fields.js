// Fields of a form: label, hint and error always belong to their control, for eyes and for screen readers.

import { h, uid } from "./dom.js";
import { t } from "./words.js";

/** A field as `{ name, element, initial, value(), setError(), wrong(), focus(), draft?(), setDraft?() }`. */
export function field(spec, lang) {
  const made = (KINDS[spec.kind] || textField)(spec, lang);
  if (spec.error) made.setError(spec.error);
  return made;
}

/** Its value, or what is wrong with it. */
export async function readField(made) {
  const { spec, lang } = made;
  try {
    const value = await made.value();
    if (spec.required && !value.trim()) {
      return { value, error: t(spec.kind === "file_field" ? "file_empty" : "fill_in", {}, lang) };
    }
    if (spec.max_length && value.length > spec.max_length) {
      return { value, error: t("too_long", { n: spec.max_length }, lang) };
    }
    return { value, error: "" };
  } catch (error) {
    return { value: "", error: error.message };
  }
}

/** The parts that all fields share. `controls` are what may be wrong and gets described. */
function shared(spec, lang, element, controls, parts) {
  const error = h("p.field-error", { id: uid("error"), hidden: true });
  const hint = spec.hint ? h("p.field-hint", { id: uid("hint") }, spec.hint) : null;
  const describe = (wrong) => {
    const ids = [hint?.id, wrong ? error.id : null].filter(Boolean).join(" ");
    for (const control of controls) {
      if (ids) control.setAttribute("aria-describedby", ids);
      else control.removeAttribute("aria-describedby");
      if (wrong) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  };
  describe(false);
  return {
    name: spec.name,
    spec,
    lang,
    element,
    hint,
    error,
    initial: spec.value || "",
    setError(words) {
      error.textContent = words;
      error.hidden = !words;
      element.classList.toggle("wrong", Boolean(words));
      describe(Boolean(words));
    },
    wrong: () => !error.hidden,
    focus: () => controls[0].focus(),
    ...parts,
  };
}

function labelWords(spec, lang) {
  return [spec.label, spec.required ? h("span.required", {}, ` (${t("required", {}, lang)})`) : null];
}

function framed(spec, lang, control, parts) {
  const element = h("div.field");
  const made = shared(spec, lang, element, [control], parts);
  const label = h("label", { for: control.id }, labelWords(spec, lang));
  element.append(...[label, made.hint, control, made.error].filter(Boolean));
  return made;
}

function textField(spec, lang) {
  const lines = spec.lines || 1;
  const required = spec.required ? "true" : null;
  const control = h(lines > 1 ? "textarea" : "input", { id: uid("field"), "aria-required": required });
  if (lines > 1) control.rows = lines;
  else control.type = "text";
  control.maxLength = spec.max_length ?? 3000;
  control.value = spec.value || "";
  return framed({ max_length: 3000, ...spec }, lang, control, {
    value: () => control.value,
    draft: () => control.value,
    setDraft: (text) => {
      control.value = text;
    },
  });
}

function dateField(spec, lang) {
  const control = h("input", { id: uid("field"), type: "date", "aria-required": spec.required ? "true" : null });
  control.value = spec.value || "";
  return framed(spec, lang, control, {
    value: () => control.value,
    draft: () => control.value,
    setDraft: (text) => {
      control.value = text;
    },
  });
}

function fileField(spec, lang) {
  const most = spec.max_bytes ?? 2_000_000;
  const control = h("input", { id: uid("field"), type: "file", accept: ".csv,.txt,text/csv,text/plain" });
  const value = async () => {
    const file = control.files[0];
    if (!file) return "";
    if (file.size > most) throw new Error(t("file_large", { n: Math.floor(most / 1000) }, lang));
    return decode(await file.arrayBuffer());
  };
  return framed(spec, lang, control, { value });
}

/** Spreadsheets still write their old alphabet; names with accents must survive it. */
function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function choiceField(spec, lang) {
  const chosen = new Set((spec.value || "").split(",").filter(Boolean));
  return spec.many || spec.few ? choices(spec, lang, chosen) : select(spec, lang);
}

function select(spec, lang) {
  const control = h("select", { id: uid("field"), "aria-required": spec.required ? "true" : null });
  const known = spec.choices.some((choice) => choice.value === (spec.value || ""));
  if (!known) control.append(h("option", { value: "" }, `${t("choose", {}, lang)} …`));
  for (const choice of spec.choices) control.append(h("option", { value: choice.value }, choice.label));
  control.value = spec.value || "";
  return framed(spec, lang, control, {
    value: () => control.value,
    draft: () => control.value,
    setDraft: (text) => {
      control.value = text;
    },
  });
}

function choices(spec, lang, chosen) {
  const name = uid("choice");
  const boxes = spec.choices.map((choice) => {
    const box = h("input", { type: spec.many ? "checkbox" : "radio", name, id: uid("field"), value: choice.value });
    box.checked = chosen.has(choice.value);
    return box;
  });
  const element = h("fieldset.field");
  const set = (text) => {
    const wanted = new Set(text.split(",").filter(Boolean));
    for (const box of boxes) box.checked = wanted.has(box.value);
  };
  const value = () =>
    boxes
      .filter((box) => box.checked)
      .map((box) => box.value)
      .join(",");
  const parts = { value, draft: value, setDraft: set };
  const made = shared(spec, lang, element, boxes, parts);
  made.focus = () => (boxes.find((box) => box.checked) || boxes[0]).focus();
  element.append(h("legend", {}, labelWords(spec, lang)));
  if (made.hint) element.append(made.hint);
  boxes.forEach((box, n) => {
    element.append(h("label.choice", { for: box.id }, box, h("span", {}, spec.choices[n].label)));
  });
  element.append(made.error);
  return made;
}

const KINDS = {
  text_field: textField,
  date_field: dateField,
  file_field: fileField,
  choice_field: choiceField,
};
