// The guided start: three things to click, and what to look at afterwards.

import { act } from "./connection.js";
import { button, el, refill } from "./dom.js";
import { on, show, state } from "./state.js";

const BROKEN =
  "QA.tech is down, so the bot keeps the wish and says so. Now press Repair above and watch it recover.";
const SUGGESTIONS = [
  {
    title: "Ask about a run that is still going",
    about: "One message, edited in place until it is the report.",
    async start() {
      await say("/qarun UkxK");
      hint("That typed /qarun UkxK. Watch the message change as the run goes on. When it ends, a reply in its thread says how. Impatient? Speed up time.");
    },
  },
  {
    title: "A run with accessibility issues",
    about: "What failed, whose fault it is, and what keeps people out.",
    async start() {
      await say("/qarun Bq7Tz");
      hint("That typed /qarun Bq7Tz. Press Accessibility or Failed cases. Or press Reply and ask: why did checkout fail?");
    },
  },
  {
    title: "Break QA.tech",
    about: "Ask while it is down, repair it, and see that nothing is lost.",
    async start() {
      await act("switch", { name: "qatech_down", on: true });
      await say("/qarun Rc4Lm");
      hint(BROKEN);
    },
  },
];

let said = "";

export function guideButtons({ brief = false } = {}) {
  return el(
    "div",
    { class: brief ? "suggestions brief" : "suggestions" },
    SUGGESTIONS.map(({ title, about, start }, index) =>
      el(
        "button",
        { type: "button", class: "suggestion", on: { click: () => begin(start) }, data: { key: `guide/${brief}/${index}` } },
        el("strong", {}, title),
        brief ? null : el("span", {}, about),
      ),
    ),
  );
}

// In a channel in which nobody has said anything yet.
export function guideCards() {
  return el(
    "div",
    { class: "start" },
    el("h3", {}, "Start here"),
    el(
      "p",
      {},
      "You are ",
      el("strong", {}, `@${state.me.name}`),
      ", and your team tests its web shop with QA.tech. The bot is real; Slack and QA.tech are simulated. Click one, or type ",
      el("code", {}, "/qarun"),
      " below.",
    ),
    guideButtons(),
  );
}

export function hintLine() {
  const line = el("div", { class: "hint-line", role: "status", id: "hint", hidden: true });
  fill(line);
  return line;
}

function hint(text) {
  said = text;
  fill(document.getElementById("hint"));
}

function fill(line) {
  if (!line) return;
  line.hidden = !said;
  if (said) refill(line, el("p", {}, el("span", { "aria-hidden": "true" }, "👉 "), said), button("×", () => hint(""), { class: "quiet", "aria-label": "Dismiss the hint" }));
}

async function begin(start) {
  document.body.dataset.pane = "slack";
  const channel = state.channels.find((each) => each.name === "qa").id;
  if (state.channel !== channel) show(channel);
  await start();
  document.querySelector('[data-key="composer/channel"]')?.focus();
}

function say(text) {
  return act("say", { channel: state.channel, text, thread_ts: null });
}

// The last hint is of no use once what it speaks of is repaired.
on("status", () => {
  if (said === BROKEN && !state.status.on.includes("qatech_down")) {
    hint("Repaired: the message goes on by itself, and nothing was lost.");
  }
});
on("place", () => {
  said = "";
});
