// What is broken just now, and how to repair it.

import { act } from "./connection.js";
import { button, el, refill } from "./dom.js";
import { on, state } from "./state.js";

export function troubleBanner() {
  const banner = el("div", { class: "banner", role: "status", id: "banner" });
  fill(banner);
  return banner;
}

export function watchTroubles() {
  on("status everything", () => fill(document.getElementById("banner")));
}

function fill(banner) {
  if (!banner) return;
  const broken = state.troubles.filter((trouble) => state.status.on.includes(trouble.name));
  const now = broken.map((trouble) => trouble.name).join();
  if (banner.dataset.now === now) return;
  banner.dataset.now = now;
  banner.hidden = !broken.length;
  refill(
    banner,
    el("p", {}, el("strong", {}, "Broken now: "), broken.map((trouble) => trouble.title).join(" · ")),
    button("Repair", repair, { class: "element", data: { key: "repair" } }),
  );
}

export async function repair() {
  for (const name of state.status.on) await act("switch", { name, on: false });
}

export function troubleSwitch(trouble) {
  const id = `trouble-${trouble.name}`;
  return el(
    "li",
    {},
    el(
      "label",
      { class: "switch" },
      el("input", {
        type: "checkbox",
        role: "switch",
        "aria-describedby": id,
        data: { trouble: trouble.name },
        on: { change: (event) => act("switch", { name: trouble.name, on: event.target.checked }) },
      }),
      el("span", { class: "track", "aria-hidden": "true" }),
      trouble.title,
    ),
    el("p", { class: "about", id }, trouble.coping),
  );
}
