// Links out of a message. Only http and https; what is simulated is said to be.

import { el, toast } from "./dom.js";
import { channelById, show, state } from "./state.js";

const SIMULATED = /(^|\.)qa\.tech$/;

export function outsideLink(address, label) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !["http:", "https:"].includes(url.protocol)) return null;
  return el(
    "a",
    {
      href: url.href,
      target: "_blank",
      rel: "noopener noreferrer",
      on: { click: (event) => leave(url) || event.preventDefault() },
    },
    label,
  );
}

// True where the browser may go there; a place of the simulation is shown or named instead.
function leave(url) {
  if (url.hostname === `${state.domain}.slack.com`) {
    goTo(url);
    return false;
  }
  if (SIMULATED.test(url.hostname)) {
    sayWhere(url.href);
    return false;
  }
  return true;
}

export function sayWhere(address) {
  toast(`This leads to ${address}. The run is simulated, so there is nothing to see.`, "note");
}

function goTo(url) {
  const [, channel, digits] = url.pathname.match(/^\/archives\/(\w+)\/p(\d+)$/) ?? [];
  if (!channelById(channel)) return;
  const ts = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  show(channel, { thread: url.searchParams.get("thread_ts"), tab: "messages" });
  const message = document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  message?.scrollIntoView({ block: "center" });
  message?.focus();
}
