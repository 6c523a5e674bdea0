// A button that opens a menu: arrow keys, Home, End and Escape work as in a desktop application.

import { button, el } from "./dom.js";

export function menuButton(label, name, choices, key) {
  const opener = button(label, () => toggle(), {
    class: "element overflow",
    "aria-label": name,
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    data: { key },
  });
  const root = el("span", { class: "menu-root" }, opener);
  let menu = null;

  function toggle() {
    if (menu) close(true);
    else open();
  }

  function open() {
    const items = choices.map((choice) =>
      button(
        choice.label,
        () => {
          close(true);
          choice.choose();
        },
        { role: "menuitem", tabindex: "-1" },
      ),
    );
    menu = el("div", { class: "menu", role: "menu", "aria-label": name, on: { keydown: (event) => move(event, items) } }, items);
    root.append(menu);
    place();
    opener.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside, true);
    root.addEventListener("focusout", left);
    items[0]?.focus({ preventScroll: true });
  }

  // Beside the button, wherever there is room: the list of messages would cut it off.
  function place() {
    const from = opener.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const below = from.bottom + 4;
    const fits = below + height < window.innerHeight - 8;
    menu.style.top = `${fits ? below : Math.max(8, from.top - height - 4)}px`;
    menu.style.left = `${Math.max(8, Math.min(from.left, window.innerWidth - width - 8))}px`;
    document.addEventListener("scroll", onScroll, true);
  }

  function onScroll() {
    close(false);
  }

  function close(back) {
    if (!menu) return;
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("scroll", onScroll, true);
    root.removeEventListener("focusout", left);
    menu.remove();
    menu = null;
    opener.setAttribute("aria-expanded", "false");
    if (back) opener.focus();
    root.dispatchEvent(new Event("menuclosed", { bubbles: true }));
  }

  function outside(event) {
    if (!root.contains(event.target)) close(false);
  }

  function left(event) {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) close(false);
  }

  function move(event, items) {
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items.at(to % items.length).focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      close(true);
    }
  }

  return root;
}
