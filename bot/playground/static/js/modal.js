// Modals, one on top of the other; the one on top is seen, as in Slack.

import { act } from "./connection.js";
import { blocks } from "./blocks.js";
import { announce, button, byId, el, keepingFocus } from "./dom.js";
import { filledIn } from "./elements.js";
import { plainText } from "./mrkdwn.js";
import { on, state } from "./state.js";

let dialog = null;
let shown = null; // ID of the view that is seen
let opener = null; // what had the focus before

export function viewSurface(view, typed = {}) {
  const values = structuredClone(view.values ?? {});
  for (const [block, fields] of Object.entries(typed)) {
    for (const [action, value] of Object.entries(fields)) {
      // What is being typed outlasts a change of the view, as in Slack.
      if (typeof value === "string" && values[block]?.[action] && "value" in values[block][action]) {
        values[block][action].value = value;
      }
    }
  }
  return {
    scope: view.id,
    values,
    errors: view.errors,
    use: (block, each, value) =>
      act("press-in-view", { view_id: view.id, block_id: block.block_id, action_id: each.action_id, value }),
  };
}

export function watchModals() {
  on("views everything", update);
}

function update() {
  const top = state.modals.at(-1);
  if (!top) {
    closeDialog();
    return;
  }
  const isNew = top.id !== shown;
  if (!dialog) openDialog();
  const typed = isNew ? {} : filledIn(dialog);
  const body = dialog.querySelector(".inside");
  const scroll = isNew ? 0 : (body?.scrollTop ?? 0);
  shown = top.id;
  keepingFocus(dialog, () => dialog.replaceChildren(content(top, typed)));
  const inside = dialog.querySelector(".inside");
  inside.scrollTop = scroll;
  if (isNew || !dialog.contains(document.activeElement)) {
    (dialog.querySelector("[autofocus]") ?? dialog.querySelector("h2")).focus();
  } else {
    announce(`${top.view.title.text}: changed`);
  }
}

function content(view, typed) {
  const given = view.view;
  const submit = given.submit ? el("button", { class: "element primary" }, plainText(given.submit.text)) : null;
  const back = state.modals.length > 1 ? button("‹", close, { class: "quiet", "aria-label": "Back" }) : null;
  return el(
    "form",
    { on: { submit: (event) => send(event, view) } },
    el(
      "div",
      { class: "opening" },
      back,
      el("h2", { id: "modal-title", tabindex: "-1" }, plainText(given.title.text)),
      button("×", close, { class: "quiet", "aria-label": "Close", data: { key: "modal/close" } }),
    ),
    el("div", { class: "inside", tabindex: "0", role: "group", "aria-label": "Content" }, blocks(given.blocks, viewSurface(view, typed))),
    el(
      "div",
      { class: "closing" },
      button(plainText(given.close?.text ?? "Close"), close, { class: "element", data: { key: "modal/closing" } }),
      submit,
    ),
  );
}

async function send(event, view) {
  event.preventDefault();
  if (!view.view.submit) return;
  const inputs = view.view.blocks.filter((block) => block.type === "input").map((block) => block.block_id);
  const all = filledIn(dialog);
  const values = Object.fromEntries(Object.entries(all).filter(([block]) => inputs.includes(block)));
  const answer = await act("submit", { view_id: view.id, values });
  if (answer && Object.keys(answer.errors ?? {}).length) {
    view.errors = answer.errors;
    update();
    dialog.querySelector("[aria-invalid]")?.focus();
  }
}

function close() {
  if (shown) act("close", { view_id: shown });
}

function openDialog() {
  opener = document.activeElement;
  dialog = el("dialog", { class: "window", "aria-labelledby": "modal-title" });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function closeDialog() {
  if (!dialog) return;
  dialog.close();
  dialog.remove();
  dialog = shown = null;
  const key = opener?.dataset?.key;
  const again = opener?.isConnected ? opener : key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  (again || byId("conversation")).focus();
}
