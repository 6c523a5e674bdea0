// The dialog that asks before a press counts.

import { button, el } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

// Resolves to whether the person wants it; at once where nothing is to be asked.
export function confirmed(question) {
  if (!question) return Promise.resolve(true);
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "window small", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" });
    const end = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const danger = question.style === "danger" ? "danger" : "primary";
    dialog.append(
      el("h2", { id: "confirm-title" }, plainText(question.title.text)),
      el("p", { id: "confirm-text" }, textObject(question.text)),
      el(
        "div",
        { class: "closing" },
        button(plainText(question.deny.text), () => end(false), { class: "element" }),
        button(plainText(question.confirm.text), () => end(true), { class: `element ${danger}` }),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
