// The simulated QA.tech: its runs, its time, a run of one's own, and what can go wrong.

import { act } from "./connection.js";
import { stands } from "./completion.js";
import { button, byId, el, keepingFocus, toast } from "./dom.js";
import { guideButtons } from "./guide.js";
import { channelById, on, show, state } from "./state.js";
import { troubleSwitch } from "./troubles.js";

const SPEEDS = [0, 1, 2, 5, 10, 30, 60];
const MARKS = { PASSED: "✅", FAILED: "❌", ERROR: "⚠️", CANCELLED: "🚫" };

export function watchQATech() {
  on("everything", draw);
  on("status", refresh);
}

function draw() {
  byId("qatech").replaceChildren(
    el("h2", {}, "QA.tech, simulated"),
    part("Try this", guideButtons({ brief: true })),
    part("Runs", el("ul", { class: "runs", id: "runs" })),
    part("Speed of time", speedSlider()),
    part("Break something", el("ul", { class: "troubles" }, state.troubles.map(troubleSwitch))),
    part("A run of your own", ownRun()),
  );
  refresh();
}

function part(title, content) {
  return el("details", { class: "part", open: true }, el("summary", {}, el("h3", {}, title)), content);
}

function refresh() {
  const runs = byId("runs");
  if (!runs) return;
  for (const run of state.status.runs) drawRun(runs, run);
  const at = SPEEDS.indexOf(state.status.speed);
  const slider = byId("speed");
  if (at >= 0 && document.activeElement !== slider) slider.value = at;
  sayspeed();
  for (const input of document.querySelectorAll("[data-trouble]")) {
    input.checked = state.status.on.includes(input.dataset.trouble);
    byId(`trouble-${input.dataset.trouble}`).hidden = !input.checked;
  }
}

function drawRun(list, run) {
  const now = JSON.stringify(run);
  const known = list.querySelector(`[data-run="${CSS.escape(run.id)}"]`);
  if (known?.dataset.now === now) return;
  const mark = run.share === 1 ? (MARKS[run.result] ?? MARKS[run.status] ?? "❔") : run.status ? "⏳" : "⚪";
  const node = el(
    "li",
    { data: { run: run.id, now } },
    el(
      "div",
      { class: "run-line" },
      el("span", { "aria-hidden": "true" }, mark),
      el("code", {}, run.id),
      el("strong", {}, run.title),
      button("Ask", () => ask(run.id), { class: "element small", "aria-label": `Ask about ${run.id}`, data: { key: `ask/${run.id}` } }),
    ),
    el("p", { class: "about" }, run.about),
    run.status ? progress(run) : null,
  );
  keepingFocus(list, () => (known ? known.replaceWith(node) : list.append(node)));
}

function progress(run) {
  if (run.share === 1) return el("p", { class: "unseen" }, `Ended: ${stands(run)}`);
  const said = `${run.status.toLowerCase()}, ${run.finished} of ${run.cases} test cases`;
  return el(
    "p",
    { class: "run-state" },
    el("progress", { max: 100, value: Math.round(run.share * 100), "aria-label": `Progress of ${run.id}` }),
    el("span", {}, said),
  );
}

async function ask(id) {
  document.body.dataset.pane = "slack";
  const channel = channelById(state.channel);
  if (!channel.im && channel.has_bot) state.tab = "messages";
  else show(state.channels.find((each) => each.name === "qa").id);
  await act("say", { channel: state.channel, text: `/qarun ${id}`, thread_ts: null });
}

function speedSlider() {
  const slider = el("input", {
    type: "range",
    id: "speed",
    min: 0,
    max: SPEEDS.length - 1,
    step: 1,
    "aria-label": "Speed of time",
    on: {
      input: sayspeed,
      change: () => act("speed", { speed: SPEEDS[slider.value] }),
    },
  });
  slider.value = 1;
  return el("div", { class: "speed" }, slider, el("output", { id: "speed-said", for: "speed" }));
}

function sayspeed() {
  const speed = SPEEDS[byId("speed").value];
  const said = speed > 1 ? `${speed} × as fast` : speed ? "as it is" : "stands still";
  byId("speed-said").textContent = said;
  byId("speed").setAttribute("aria-valuetext", said);
}

function ownRun() {
  const number = (name, label, value, min, max) =>
    el("label", {}, label, el("input", { class: "field", type: "number", name, value, min, max, required: true }));
  return el(
    "form",
    { class: "own-run", on: { submit: begin } },
    number("cases", "Test cases", 12, 1, 200),
    number("failures", "Failures", 2, 0, 200),
    number("issues", "Accessibility issues", 3, 0, 100),
    number("seconds", "Seconds", 30, 1, 3600),
    el("button", { class: "element primary" }, "Begin and ask"),
  );
}

async function begin(event) {
  event.preventDefault();
  const wanted = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, Number(value)]));
  const begun = await act("run", wanted);
  if (!begun) return;
  toast(`Run ${begun.id} has begun.`, "done");
  await ask(begun.id);
}
