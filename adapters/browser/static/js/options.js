// Options of the page: who one is (in the demo), its language, its colours.

import { post } from "./api.js";
import { h, icon, uid } from "./dom.js";
import { openPanel } from "./forms.js";
import { avatar } from "./people.js";
import { note } from "./side.js";
import { spoken, t } from "./words.js";

export function openOptions(state, framed, element, relanguage) {
  const parts = [];
  if (state.open && !framed) parts.push(peopleList(state));
  parts.push(
    radios(t("language"), [["en", "English", "en"], ["fr", "Français", "fr"]], spoken(), async (language) => {
      await post("me", { language }, { tries: 3 }).catch(() => null);
      relanguage(language);
    }),
    radios(
      t("theme"),
      [["auto", t("theme_auto")], ["light", t("theme_light")], ["dark", t("theme_dark")]],
      theme(),
      setTheme,
    ),
  );
  if (!state.open) parts.push(h("p", {}, h("button.btn", { type: "button", onclick: leave }, t("leave"))));
  openPanel(t("i_am", { name: state.me.name }), parts, element);
}

function peopleList(state) {
  const id = uid("people");
  const people = state.people.map((person) => {
    const current = person.ref === state.me.ref;
    return h(
      "li",
      {},
      h(
        "a.person",
        { href: `/chat/?as=${encodeURIComponent(person.ref)}`, "aria-current": current ? "true" : null },
        avatar(person.name),
        h("span.me-words", {}, h("span.me-name", {}, person.name), h("span.me-note", {}, note(person))),
        current ? icon("check") : null,
      ),
    );
  });
  return h("section", {}, h("h3", { id }, t("people")), h("ul.people", { role: "list", "aria-labelledby": id }, people));
}

function radios(title, choices, chosen, changed) {
  const name = uid("option");
  const boxes = choices.map(([value, words, lang]) => {
    const box = h("input", { type: "radio", name, value, id: uid("option") });
    box.checked = value === chosen;
    box.addEventListener("change", () => changed(value));
    return h("label.choice", { for: box.id, lang: lang || null }, box, h("span", {}, words));
  });
  return h("fieldset.field.row-choices", {}, h("legend", {}, title), boxes);
}

function theme() {
  try {
    return localStorage.getItem("chatcourse.theme") || "auto";
  } catch {
    return "auto";
  }
}

function setTheme(value) {
  try {
    localStorage.setItem("chatcourse.theme", value);
  } catch {
    return;
  }
  dispatchEvent(new Event("chatcourse:theme"));
}

async function leave() {
  await fetch("/chat/leave", { method: "POST" }).catch(() => null);
  location.reload();
}
