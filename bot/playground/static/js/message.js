// One message, as Slack shows it.

import { act } from "./connection.js";
import { blocks } from "./blocks.js";
import { button, copy, el } from "./dom.js";
import { emoji } from "./emoji.js";
import { inspect } from "./inspector.js";
import { mrkdwn } from "./mrkdwn.js";
import { isReply, messagesOf, openThread, repliesTo } from "./state.js";
import { clock } from "./times.js";

// `where` is "channel" or "thread".
export function messageNode(message, where) {
  const { author } = message;
  const app = author.bot ? el("span", { class: "app" }, "APP") : null;
  return el(
    "li",
    {
      class: `message ${message.ephemeral ? "ephemeral" : ""}`,
      tabindex: "-1",
      data: { ts: message.ts, key: `${where}/${message.ts}` },
    },
    el("div", { class: `face ${author.bot ? "bot" : ""}`, "aria-hidden": "true" }, author.name[0]),
    el(
      "div",
      { class: "body" },
      message.ephemeral ? el("p", { class: "only-you" }, "👁 Only visible to you") : null,
      el(
        "p",
        { class: "meta" },
        el("strong", { class: "author" }, author.name),
        app,
        clock(Number(message.ts)),
        message.edited ? el("span", { class: "edited" }, "(edited)") : null,
      ),
      broadcastNote(message, where),
      el("div", { class: "content" }, content(message, where)),
      reactions(message.payload.reactions),
      where === "channel" && !message.ephemeral ? threadButton(message) : null,
    ),
    tools(message, where),
  );
}

function content(message, where) {
  const { payload } = message;
  const surface = {
    scope: `${where}/${message.ts}`,
    values: message.state,
    use: (block, each, value) =>
      act("press", { channel: message.channel, ts: message.ts, block_id: block.block_id, action_id: each.action_id, value }),
  };
  const own = payload.blocks?.length ? blocks(payload.blocks, surface) : [el("div", { class: "block section" }, mrkdwn(payload.text))];
  const attached = (payload.attachments ?? []).map((each) =>
    el(
      "div",
      { class: "attachment" },
      each.blocks?.length ? blocks(each.blocks, surface) : mrkdwn(each.text ?? each.fallback ?? ""),
    ),
  );
  return [...own, ...attached];
}

function broadcastNote(message, where) {
  if (!message.broadcast) return null;
  if (where === "thread") return el("p", { class: "broadcast" }, "Also sent to the channel");
  const root = messagesOf(message.channel).find((each) => each.ts === message.thread_ts);
  const line = root ? firstLine(root) : "a thread";
  return el("p", { class: "broadcast" }, "replied to a thread: ", button(line, () => openThread(message.thread_ts), { class: "link" }));
}

export function firstLine(message) {
  const line = message.payload.text.split("\n")[0];
  const text = el("span", {}, mrkdwn(line)).textContent;
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}

function reactions(list) {
  if (!list?.length) return null;
  const pills = list.map((each) =>
    el("span", { class: "reaction", role: "img", "aria-label": `${each.name}: ${each.count}` }, `${emoji(each.name) ?? `:${each.name}:`} ${each.count}`),
  );
  return el("p", { class: "reactions" }, pills);
}

function threadButton(message) {
  if (isReply(message)) return null;
  const count = repliesTo(message).length;
  if (!count) return null;
  return button(`${count} ${count === 1 ? "reply" : "replies"}`, () => openThread(message.ts), {
    class: "replies",
    data: { key: `replies/${message.ts}` },
  });
}

function tools(message, where) {
  const canReply = where === "channel" && !message.ephemeral;
  const list = message.payload.blocks;
  return el(
    "div",
    { class: "tools" },
    canReply
      ? button("Reply", () => openThread(message.thread_ts ?? message.ts), { title: "Reply in thread", data: { key: `reply/${message.ts}` } })
      : null,
    button("JSON", () => inspect(`Message ${message.ts}`, message.payload), { title: "The message as JSON" }),
    list?.length ? button("Copy blocks", () => copy(JSON.stringify({ blocks: list }, null, 2), "Blocks")) : null,
    message.ephemeral ? button("Dismiss", () => act("dismiss", { channel: message.channel, ts: message.ts })) : null,
  );
}
