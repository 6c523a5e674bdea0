// The message box, with completion: a combobox in the sense of ARIA.

import { act } from "./connection.js";
import { completions } from "./completion.js";
import { button, el, freshId } from "./dom.js";
import { channelById, state } from "./state.js";

const QUESTIONS = ["what failed?", "why did checkout fail?", "critical accessibility issues?", "thanks!"];
const drafts = new Map();

export function composer(thread) {
  const place = `${state.channel}/${thread ?? ""}`;
  const id = freshId("complete");
  const name = channelById(state.channel).im ? state.bot.name : `#${channelById(state.channel).name}`;
  const list = el("ul", { class: "completions", role: "listbox", id, "aria-label": "Completions", hidden: true });
  const label = thread ? "Reply in the thread" : `Message ${name}`;
  const box = el("textarea", {
    rows: 1,
    "aria-label": label,
    placeholder: thread ? "Ask about this run" : `Message ${name}: type / for commands`,
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
    value: drafts.get(place) ?? "",
    data: { key: `composer/${thread ? "thread" : "channel"}` },
  });
  let found = [];
  let at = -1;

  const refresh = () => {
    drafts.set(place, box.value);
    box.rows = Math.min(6, box.value.split("\n").length);
    found = completions(box.value, { inThread: Boolean(thread) });
    at = -1;
    draw();
  };
  const draw = () => {
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(found.length > 0));
    list.replaceChildren(
      ...found.map((each, index) =>
        el(
          "li",
          {
            role: "option",
            id: `${id}-${index}`,
            "aria-selected": String(index === at),
            on: { mousedown: (event) => event.preventDefault(), click: () => take(index) },
          },
          el("span", { class: "what" }, each.show),
          el("span", { class: "does" }, each.does),
        ),
      ),
    );
    if (at >= 0) box.setAttribute("aria-activedescendant", `${id}-${at}`);
    else box.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const take = (index) => {
    box.value = found[index].text;
    refresh();
    box.focus();
  };
  const close = () => {
    found = [];
    at = -1;
    draw();
  };
  const send = async () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    refresh();
    const sent = await act("say", { channel: state.channel, text, thread_ts: thread });
    if (!sent && !box.value && text.startsWith("/")) {
      box.value = text; // what was refused can be put right
      drafts.set(place, text);
    }
  };
  box.addEventListener("input", refresh);
  box.addEventListener("blur", () => setTimeout(close, 150));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (found.length && step) {
      event.preventDefault();
      at = at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length;
      draw();
    } else if (found.length && event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (found.length && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      take(Math.max(at, 0));
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (at >= 0) take(at);
      else send();
    }
  });
  const chips = QUESTIONS.map((question) =>
    button(question, () => {
      box.value = question;
      send();
      box.focus();
    }, { class: "chip" }),
  );
  return el(
    "div",
    { class: "composer" },
    thread ? el("div", { class: "chips", role: "group", "aria-label": "Questions to try" }, chips) : null,
    list,
    el("div", { class: "box" }, box, button("Send", send, { class: "element primary" })),
  );
}
