// Two people side by side: two whole pages, each of one sample person.

import { byId, h } from "./dom.js";
import { note } from "./side.js";
import { fillWords, speak, t } from "./words.js";

const SIDES = ["left", "right"];

async function start() {
  speak(navigator.language.slice(0, 2));
  fillWords();
  document.title = `${t("side_title")} · Chatcourse`;
  const wanted = new URLSearchParams(location.search);
  const response = await fetch("/chat/api/people").catch(() => null);
  const { people } = response?.ok ? await response.json() : { people: [] };
  if (!people.length) {
    byId("trouble").textContent = t("offline");
    return;
  }
  const named = (ref) => people.find((person) => person.ref === ref);
  const left = (named(wanted.get("left")) || people[0]).ref;
  const right = named(wanted.get("right")) || people.find((person) => person.ref !== left) || people[0];
  const chosen = { left, right: right.ref };
  for (const side of SIDES) {
    const select = byId(side);
    const words = (person) => `${person.name}, ${note(person)}`;
    select.append(...people.map((person) => h("option", { value: person.ref }, words(person))));
    select.value = chosen[side];
    select.addEventListener("change", () => {
      chosen[side] = select.value;
      show(side, select.value, people);
      history.replaceState(null, "", `?${new URLSearchParams(chosen)}`);
    });
    show(side, chosen[side], people);
  }
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      byId("panes").dataset.shown = button.dataset.show;
      for (const each of document.querySelectorAll("[data-show]")) {
        each.setAttribute("aria-pressed", String(each === button));
      }
    });
  }
}

function show(side, ref, people) {
  const person = people.find((each) => each.ref === ref);
  const frame = byId(`${side}-frame`);
  frame.title = person.name;
  frame.src = `/chat/?as=${encodeURIComponent(ref)}`;
  const pane = frame.closest(".pane");
  pane.querySelector(".alone").href = frame.src;
  document.querySelector(`[data-show="${side}"]`).textContent = person.name;
}

start();
