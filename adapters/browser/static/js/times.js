// Moments and numbers, written the way the language writes them.

import { spoken, t } from "./words.js";

const LOCALES = { en: "en-CA", fr: "fr-CA" };
const locale = (language) => LOCALES[language] || "en-CA";

function format(at, language, zone, options) {
  try {
    return new Intl.DateTimeFormat(locale(language), { ...options, timeZone: zone || undefined }).format(at);
  } catch {
    return new Intl.DateTimeFormat(locale(language), options).format(at); // a zone this browser does not know
  }
}

const DAY = { weekday: "short", day: "numeric", month: "short" };
// the 24-hour clock in both languages, as in the sentences of the bot ("Tuesday at 9:00", "mardi à 9 h 00")
const TIME = { hour: "numeric", minute: "2-digit", hourCycle: "h23" };

const timeOf = (date, language, zone) => format(date, language, zone, TIME).replace(/^0(?=\d)/, "");

/** A moment of a message: `day`, `time` or `both`. */
export function moment(at, language, zone, style) {
  const date = new Date(at);
  const day = format(date, language, zone, DAY);
  const time = timeOf(date, language, zone);
  if (style === "day") return day;
  return style === "time" ? time : `${day}, ${time}`;
}

/** The same in full, with the name of the zone. */
export function momentInFull(at, language, zone) {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric", ...TIME, timeZoneName: "short" };
  return format(new Date(at), language, zone, options);
}

export const clock = (at, zone) => timeOf(new Date(at), spoken(), zone);

/** Which day a moment is on, for comparing. */
export function dayKey(at, zone) {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" };
  return format(new Date(at), "en", zone, options);
}

export function dayName(at, zone, now = new Date()) {
  const key = dayKey(at, zone);
  if (key === dayKey(now, zone)) return t("today");
  if (key === dayKey(now - 86_400_000, zone)) return t("yesterday");
  const options = { weekday: "long", day: "numeric", month: "long" };
  if (new Date(at).getFullYear() !== new Date(now).getFullYear()) options.year = "numeric";
  return format(new Date(at), spoken(), zone, options);
}

export const percent = (share, language) =>
  new Intl.NumberFormat(locale(language), { style: "percent", maximumFractionDigits: 0 }).format(share);
