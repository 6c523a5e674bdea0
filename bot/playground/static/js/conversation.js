// The channel in the middle and the thread beside it.

import { act } from "./connection.js";
import { blocks } from "./blocks.js";
import { announce, button, byId, el, keepingFocus, refill } from "./dom.js";
import { composer } from "./composer.js";
import { guideCards, hintLine } from "./guide.js";
import { firstLine, messageNode } from "./message.js";
import { viewSurface } from "./modal.js";
import { channelById, isImHome, isReply, messagesOf, on, openThread, show, state } from "./state.js";
import { troubleBanner } from "./troubles.js";

const lists = { channel: null, thread: null };

export function watchConversation() {
  on("everything place", () => {
    drawChannel();
    drawThread();
  });
  on("channels", drawChannel);
  on("thread", () => {
    drawThread();
    byId("thread").querySelector("textarea")?.focus();
  });
  on("message", ({ message, before }) => {
    update(message);
    tell(message, before);
  });
  on("gone", ({ channel, ts }) => {
    if (channel === state.channel) {
      for (const list of Object.values(lists)) nodeIn(list, ts)?.remove();
    }
  });
  on("views", () => isImHome() && drawHome());
}

function drawChannel() {
  const channel = channelById(state.channel);
  const place = byId("conversation");
  place.setAttribute("aria-label", channel.im ? channel.name : `#${channel.name}`);
  if (isImHome()) {
    lists.channel = null;
    refill(place, heading(channel), troubleBanner(), el("div", { class: "home scroll", id: "home", tabindex: "0", role: "region", "aria-label": "App Home" }));
    drawHome();
    act("open-home");
    return;
  }
  lists.channel = el("ol", { class: "messages", "aria-label": "Messages" });
  const scroller = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Messages" }, lists.channel);
  refill(place, heading(channel), troubleBanner(), scroller, hintLine(), composer(null));
  for (const message of messagesOf(channel.id)) update(message, true);
  showEmptiness();
  scroller.scrollTop = scroller.scrollHeight;
}

function heading(channel) {
  if (channel.im) {
    const tab = (name, label) =>
      button(label, () => show(channel.id, { tab: name }), { "aria-current": state.tab === name ? "page" : undefined, data: { key: `tab/${name}` } });
    return el(
      "div",
      { class: "heading" },
      el("h2", {}, state.bot.name, el("span", { class: "app" }, "APP")),
      el("nav", { class: "tabs", "aria-label": "Of the app" }, tab("home", "Home"), tab("messages", "Messages")),
    );
  }
  const note = channel.has_bot
    ? `@${state.bot.name} is here`
    : `@${state.bot.name} is not here. Type /invite @${state.bot.name}`;
  return el("div", { class: "heading" }, el("h2", {}, `# ${channel.name}`), el("p", {}, note));
}

function drawHome() {
  const home = byId("home");
  if (!home) return;
  const view = state.home;
  refill(home, view ? blocks(view.view.blocks, viewSurface(view)) : el("p", { class: "empty" }, "The bot is preparing its home…"));
}

function drawThread() {
  const pane = byId("thread");
  document.body.toggleAttribute("data-thread", Boolean(state.thread));
  pane.hidden = !state.thread;
  lists.thread = null;
  if (!state.thread) {
    pane.replaceChildren();
    return;
  }
  lists.thread = el("ol", { class: "messages", "aria-label": "Messages in the thread" });
  const scroller = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Thread" }, lists.thread);
  refill(
    pane,
    el("div", { class: "heading" }, el("h2", {}, "Thread"), button("×", closeThread, { class: "quiet", "aria-label": "Close the thread" })),
    scroller,
    composer(state.thread),
  );
  for (const message of messagesOf(state.channel)) update(message, true);
  scroller.scrollTop = scroller.scrollHeight;
}

function closeThread() {
  const root = state.thread;
  openThread(null);
  const back = document.querySelector(`[data-key="${CSS.escape(`replies/${root}`)}"], [data-key="${CSS.escape(`reply/${root}`)}"]`);
  (back ?? byId("conversation")).focus();
}

// Puts a message where it belongs, in place of what it was before.
function update(message, isFirst = false) {
  if (message.channel !== state.channel) return;
  const inThread = state.thread && (message.ts === state.thread || message.thread_ts === state.thread);
  if (lists.thread && inThread) put(lists.thread, message, "thread");
  if (!lists.channel) return;
  if (!isReply(message) || message.broadcast) put(lists.channel, message, "channel");
  const root = isReply(message) && !isFirst && messagesOf(message.channel).find((each) => each.ts === message.thread_ts);
  if (root) put(lists.channel, root, "channel");
  if (!isFirst) showEmptiness();
}

function put(list, message, where) {
  const scroller = list.parentElement;
  const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
  const fresh = messageNode(message, where);
  const known = nodeIn(list, message.ts);
  if (known?.querySelector(".menu")) {
    // Somebody is choosing from its menu; the change is shown when that is closed.
    known.addEventListener("menuclosed", () => setTimeout(() => update(latest(message))), { once: true });
    return;
  }
  keepingFocus(list, () => {
    if (known) known.replaceWith(fresh);
    else {
      const later = [...list.children].find((node) => node.dataset.ts > message.ts);
      list.insertBefore(fresh, later ?? null);
    }
  });
  if (wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
}

function latest(message) {
  return state.messages.get(message.channel)?.get(message.ts) ?? message;
}

function nodeIn(list, ts) {
  return list?.querySelector(`:scope > [data-ts="${CSS.escape(ts)}"]`);
}

function showEmptiness() {
  const scroller = lists.channel.parentElement;
  scroller.querySelector(".start")?.remove();
  if (!lists.channel.children.length) scroller.append(guideCards());
}

// A screen reader hears what is new, not each tick of a live message.
function tell(message, before) {
  if (message.author.id === state.me.id) return;
  const line = firstLine(message);
  if (before && firstLine(before) === line) return;
  const place = message.channel === state.channel ? "" : ` in #${channelById(message.channel)?.name}`;
  announce(`${message.author.name}${place}${message.ephemeral ? ", only to you" : ""}: ${line}`);
}
