// What goes between the bot and its neighbours, and any of it as JSON.

import { detailOf } from "./connection.js";
import { button, byId, copy, el, refill } from "./dom.js";
import { on, state } from "./state.js";
import { clock } from "./times.js";

const WAYS = {
  all: "All",
  slack: "Bot → Slack",
  delivery: "Slack → bot",
  qatech: "Bot → QA.tech",
};
let way = "all";

export function watchInspector() {
  on("everything", draw);
  on("entry", (entry) => {
    byId("entry-count").textContent = String(state.entries.size);
    const list = byId("entries");
    const fresh = line(entry);
    const known = list.querySelector(`[data-number="${entry.number}"]`);
    if (known) known.replaceWith(fresh);
    else list.prepend(fresh);
    while (list.children.length > 400) list.lastChild.remove();
  });
}

function draw() {
  const pane = byId("inspector");
  const choice = el(
    "select",
    { class: "field", "aria-label": "Which requests", on: { change: (event) => filter(event.target.value) } },
    Object.entries(WAYS).map(([value, label]) => el("option", { value, selected: value === way }, label)),
  );
  pane.replaceChildren(
    el(
      "div",
      { class: "heading" },
      button(
        [el("span", { class: "title" }, "Under the hood"), " ", el("span", { class: "count", id: "entry-count" }, String(state.entries.size)), el("span", { class: "unseen" }, " requests")],
        toggle,
        { class: "quiet", id: "inspector-toggle", "aria-expanded": String(isOpen()), "aria-controls": "inspector-body" },
      ),
      choice,
    ),
    el(
      "div",
      { class: "inspector-body", id: "inspector-body" },
      el("ol", { class: "entries", id: "entries", reversed: true, "aria-label": "Requests, the newest first", data: { way } }, [...state.entries.values()].map(line).reverse()),
      el("div", { class: "detail", id: "detail" }, el("p", { class: "empty" }, "Every request between the bot, Slack and QA.tech. Choose one to see it as JSON.")),
    ),
  );
}

function line(entry) {
  return el(
    "li",
    { data: { number: entry.number, way: entry.way } },
    button(
      [
        clock(entry.at, "medium"),
        el("span", { class: "way" }, WAYS[entry.way]),
        el("span", { class: "what" }, entry.title),
        el("span", { class: entry.ok ? "note" : "note bad" }, entry.note),
      ],
      async () => inspect(entry.title, await detailOf(entry.number)),
      { class: "entry" },
    ),
  );
}

function filter(chosen) {
  way = chosen;
  byId("entries").dataset.way = chosen;
}

function isOpen() {
  return document.body.hasAttribute("data-inspecting");
}

function toggle() {
  document.body.toggleAttribute("data-inspecting");
  byId("inspector-toggle").setAttribute("aria-expanded", String(isOpen()));
}

export function inspect(title, value) {
  if (!isOpen()) toggle();
  document.body.dataset.pane = "inspector";
  const found = blocksIn(value);
  const text = JSON.stringify(value, null, 2);
  refill(
    byId("detail"),
    el(
      "div",
      { class: "detail-head" },
      el("h3", { tabindex: "-1" }, title),
      button("Copy JSON", () => copy(text, "JSON"), { class: "element small" }),
      found ? button("Copy blocks", () => copy(JSON.stringify({ blocks: found }, null, 2), "Blocks"), { class: "element small" }) : null,
    ),
    el("pre", { tabindex: "0", role: "region", "aria-label": `${title} as JSON` }, text),
  );
  byId("detail").querySelector("h3").focus();
}

// The first list of blocks in a payload, wherever it stands.
function blocksIn(value) {
  if (!value || typeof value !== "object") return null;
  if (Array.isArray(value.blocks) && value.blocks.length) return value.blocks;
  for (const inner of Object.values(value)) {
    const found = blocksIn(inner);
    if (found) return found;
  }
  return null;
}
