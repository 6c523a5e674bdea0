// The list of channels, and the switch between the parts of the page on a narrow screen.

import { button, byId, el, refill } from "./dom.js";
import { on, show, state } from "./state.js";

const PANES = { slack: "Slack", qatech: "QA.tech", inspector: "Requests" };

export function watchPlaces() {
  on("everything channels place message status", draw);
  drawPanes();
  new MutationObserver(drawPanes).observe(document.body, { attributeFilter: ["data-pane"] });
}

function draw() {
  const now = JSON.stringify([state.channels, state.channel, [...state.unread], state.status.sockets]);
  const places = byId("places");
  if (places.dataset.now === now) return;
  places.dataset.now = now;
  const rooms = state.channels.filter((channel) => !channel.im);
  const apps = state.channels.filter((channel) => channel.im);
  refill(places, list("Channels", rooms.map(place)), list("Apps", apps.map(place)));
}

function list(title, items) {
  return [el("h2", {}, title), el("ul", {}, items)];
}

function place(channel) {
  const unread = state.unread.get(channel.id) ?? 0;
  const name = channel.im ? state.bot.name : channel.name;
  return el(
    "li",
    {},
    button(
      [
        el("span", { class: "sign", "aria-hidden": "true" }, channel.im ? "●" : "#"),
        el("span", { class: "name" }, name),
        unread ? el("span", { class: "unread" }, String(unread), el("span", { class: "unseen" }, " unread")) : null,
      ],
      () => show(channel.id),
      {
        class: "place",
        "aria-current": channel.id === state.channel ? "page" : undefined,
        data: { key: `place/${channel.id}`, app: channel.im ? (state.status.sockets ? "on" : "off") : "" },
      },
    ),
  );
}

function drawPanes() {
  refill(
    byId("panes"),
    Object.entries(PANES).map(([name, label]) =>
      button(
        label,
        () => {
          document.body.dataset.pane = name;
          if (name === "inspector") document.body.setAttribute("data-inspecting", "");
        },
        { "aria-current": document.body.dataset.pane === name ? "page" : undefined, data: { key: `pane/${name}` } },
      ),
    ),
  );
}
