// Building the page from nodes. There is no way here to turn text into markup, on purpose.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "data") {
      for (const [key, each] of Object.entries(value)) node.dataset[key] = each;
    } else if (name === "value" || name === "checked" || name === "disabled") {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function button(label, onClick, attributes = {}) {
  return el("button", { type: "button", on: { click: onClick }, ...attributes }, label);
}

export function byId(id) {
  return document.getElementById(id);
}

// Replace a node's children; the focus stays on what has the same data-key as before.
export function refill(parent, ...children) {
  keepingFocus(parent, () => parent.replaceChildren(...children.flat(9).filter(Boolean)));
}

export function keepingFocus(parent, change) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  const range = focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  change();
  if (!focused || focused.isConnected || !key) return;
  const again = parent.querySelector(`[data-key="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
  if (again && range && range[0] !== null && "setSelectionRange" in again) again.setSelectionRange(...range);
}

let numbers = 0;
export function freshId(prefix) {
  numbers += 1;
  return `${prefix}-${numbers}`;
}

// Say something to a screen reader, once.
export function announce(text) {
  const line = el("p", {}, text);
  byId("live").append(line);
  setTimeout(() => line.remove(), 4000);
}

export function toast(text, kind = "problem") {
  const node = el("div", { class: `toast ${kind}` }, el("p", {}, text));
  node.append(button("×", () => node.remove(), { "aria-label": "Dismiss", class: "quiet" }));
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 9000);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied.`, "done");
  } catch {
    toast("The browser does not let this page copy; select the text instead.");
  }
}
