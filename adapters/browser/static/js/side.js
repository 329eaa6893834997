// The side bar: where one can go, what is unread there, and who one is.

import { byId, h, icon } from "./dom.js";
import { avatar } from "./people.js";
import { reconcile } from "./reconcile.js";
import { t } from "./words.js";

export const hashOf = (place) => (place.direct ? "#talk" : `#room/${place.id}`);
export const nameOf = (place) => (place.direct ? t("direct") : place.name);

export function drawSide(places, here) {
  const direct = places.filter((place) => place.direct);
  const rooms = places.filter((place) => !place.direct);
  const home = { key: `home ${here === "home"}`, make: () => entry("#home", "home", t("home"), 0, here === "home") };
  reconcile(byId("places"), [home, ...direct.map((place) => spec(place, "chat", here))]);
  reconcile(byId("rooms"), rooms.length ? rooms.map((place) => spec(place, "room", here)) : [nothing()]);
}

const nothing = () => ({ key: "none", make: () => h("li.no-rooms", {}, t("no_rooms")) });

function spec(place, sign, here) {
  const current = here === place.id;
  const unread = current ? 0 : place.unread;
  const make = () => entry(hashOf(place), place.closed ? "lock" : sign, nameOf(place), unread, current, place.closed);
  return { key: JSON.stringify([place.id, place.name, unread, current, place.closed]), make };
}

function entry(href, sign, name, unread, current, closed = false) {
  const said = [name, closed ? t("closed") : "", unread ? t("unread", { n: unread }) : ""].filter(Boolean).join(", ");
  return h(
    "li",
    {},
    h(
      closed ? "a.place.closed" : "a.place",
      { href, "aria-label": said, "aria-current": current ? "page" : null },
      icon(sign),
      h("span.place-name", {}, name),
      unread ? h("span.unread", {}, unread > 99 ? "99+" : String(unread)) : null,
    ),
  );
}

export function drawMe(me, open, framed, showOptions) {
  const button = h(
    "button.me",
    { type: "button", "aria-haspopup": "dialog", "aria-label": `${me.name}, ${note(me)}. ${t("options")}` },
    avatar(me.name),
    h("span.me-words", {}, h("span.me-name", {}, me.name), h("span.me-note", {}, note(me))),
    h("span.me-more", { "aria-hidden": "true" }, "···"),
  );
  button.addEventListener("click", () => showOptions(button));
  const parts = [button];
  if (open && !framed) {
    const words = h("span", {}, t("side_by_side"));
    parts.push(h("a.side-link", { href: `/chat/side?left=${encodeURIComponent(me.ref)}` }, icon("columns"), words));
  }
  byId("me").replaceChildren(...parts);
}

/** What a sample person stands for, in the page's language. */
export function note(person) {
  const known = person.note && t(person.note);
  return known || (person.ref ? `@${person.ref}` : "");
}
