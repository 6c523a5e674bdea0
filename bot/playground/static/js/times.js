// Moments, in the reader's own time zone.

import { el } from "./dom.js";

const format = (options) => (date) => new Intl.DateTimeFormat(undefined, options).format(date);
const SHAPES = {
  date_num: (date) => date.toISOString().slice(0, 10),
  date: format({ dateStyle: "long" }),
  date_short: format({ dateStyle: "medium" }),
  date_long: format({ dateStyle: "full" }),
  time: format({ timeStyle: "short" }),
  time_secs: format({ timeStyle: "medium" }),
};

export function slackDate(target, fallback) {
  const [, seconds, shape] = target.split("^");
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime()) || !shape) return fallback;
  const shown = shape.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name.endsWith("_pretty")) return pretty(date) ?? SHAPES[name.slice(0, -7)]?.(date) ?? whole;
    return SHAPES[name]?.(date) ?? whole;
  });
  return el("time", { datetime: date.toISOString(), title: fallback }, shown);
}

function pretty(date) {
  const day = (moment) => moment.toDateString();
  const now = Date.now();
  const names = { [day(new Date(now))]: "today", [day(new Date(now - 864e5))]: "yesterday" };
  return names[day(date)] ?? { [day(new Date(now + 864e5))]: "tomorrow" }[day(date)];
}

export function clock(seconds, style = "short") {
  const date = new Date(seconds * 1000);
  return el("time", { datetime: date.toISOString() }, format({ timeStyle: style })(date));
}
