// Modals, one on top of the other; the one on top is seen, as in Slack.

import { act } from "./connection.js";
import { blocks } from "./blocks.js";
import { announce, button, byId, el, keepingFocus } from "./dom.js";
import { filledIn, keepingFilledIn } from "./elements.js";
import { plainText } from "./mrkdwn.js";
import { on, state } from "./state.js";

let dialog = null;
let shown = null; // ID of the view that is seen
let opener = null; // what had the focus before

export function viewSurface(view) {
  return {
    scope: view.id,
    values: view.values ?? {},
    errors: view.errors,
    use: (block, each, value) =>
      act("press-in-view", {
        view_id: view.id,
        block_id: block.block_id,
        action_id: each.action_id,
        value,
        values: shown === view.id ? inputsOf(view) : {},
      }),
  };
}

// What is filled in, also where the bot does not hear of it before the next press.
function inputsOf(view) {
  const inputs = view.view.blocks.filter((block) => block.type === "input").map((block) => block.block_id);
  return Object.fromEntries(Object.entries(filledIn(dialog)).filter(([block]) => inputs.includes(block)));
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
  const body = dialog.querySelector(".inside");
  const scroll = isNew ? 0 : (body?.scrollTop ?? 0);
  shown = top.id;
  keepingFocus(dialog, () => keepingFilledIn(dialog, () => dialog.replaceChildren(content(top))));
  const inside = dialog.querySelector(".inside");
  inside.scrollTop = scroll;
  if (isNew || !dialog.contains(document.activeElement)) {
    (dialog.querySelector("[autofocus]") ?? dialog.querySelector("h2")).focus();
  } else {
    announce(`${top.view.title.text}: changed`);
  }
}

function content(view) {
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
    el("div", { class: "inside", tabindex: "0", role: "group", "aria-label": "Content" }, blocks(given.blocks, viewSurface(view))),
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
  const answer = await act("submit", { view_id: view.id, values: inputsOf(view) });
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
