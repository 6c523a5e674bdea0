// Slack's markup as nodes: https://docs.slack.dev/messaging/formatting-message-text

import { el } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { channelById, show, state } from "./state.js";
import { slackDate } from "./times.js";
import { outsideLink } from "./links.js";

const WORD = "[\\p{L}\\p{N}]";
const marked = (mark) => `(?<!${WORD})${mark}(?=\\S)([^${mark}\\n]*?[^\\s${mark}])${mark}(?!${WORD})`;
const INLINE = new RegExp(
  "`([^`\\n]+)`" + "|<([^<>\\n]+)>" + "|:([a-z0-9_+-]+):" + `|${marked("\\*")}|${marked("_")}|${marked("~")}|(\\n)`,
  "gu",
);
const FENCE = /```\n?([\s\S]+?)\n?```/g;

export function mrkdwn(text) {
  const nodes = [];
  let end = 0;
  for (const fence of text.matchAll(FENCE)) {
    nodes.push(...lines(text.slice(end, fence.index)), el("pre", {}, decode(fence[1])));
    end = fence.index + fence[0].length;
  }
  return [...nodes, ...lines(text.slice(end))];
}

export function textObject(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plainText(object.text);
}

export function plainText(text) {
  const nodes = [];
  withEmoji(decode(text)).split("\n").forEach((line, index) => nodes.push(index ? el("br") : null, line));
  return nodes;
}

function lines(text) {
  const nodes = [];
  for (const part of text.split(/((?:^&gt; ?.*(?:\n|$))+)/m)) {
    if (part.startsWith("&gt;")) {
      nodes.push(el("blockquote", {}, inline(part.trimEnd().replace(/^&gt; ?/gm, ""))));
    } else if (part) {
      nodes.push(...inline(part));
    }
  }
  return nodes;
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(decode(text.slice(end, found.index)), styled(found));
    end = found.index + found[0].length;
  }
  nodes.push(decode(text.slice(end)));
  return nodes;
}

function styled([whole, code, angled, name, bold, italic, struck]) {
  if (code) return el("code", {}, decode(code));
  if (angled) return reference(angled);
  if (name) return emoji(name) ?? whole;
  if (bold) return el("strong", {}, inline(bold));
  if (italic) return el("em", {}, inline(italic));
  if (struck) return el("s", {}, inline(struck));
  return el("br");
}

function reference(angled) {
  const bar = angled.indexOf("|");
  const target = bar < 0 ? angled : angled.slice(0, bar);
  const label = bar < 0 ? "" : decode(angled.slice(bar + 1));
  if (target.startsWith("@")) return person(target.slice(1), label);
  if (target.startsWith("#")) return channel(target.slice(1), label);
  if (target.startsWith("!date^")) return slackDate(target, label);
  if (target.startsWith("!subteam^")) return el("span", { class: "mention" }, label || "@group");
  if (target.startsWith("!")) return el("span", { class: "mention loud" }, `@${target.slice(1)}`);
  return outsideLink(decode(target), label || decode(target)) ?? decode(`<${angled}>`);
}

function person(id, label) {
  const name = state.users.find((user) => user.id === id)?.name ?? (label || id);
  return el("span", { class: id === state.me?.id ? "mention me" : "mention" }, `@${name}`);
}

function channel(id, label) {
  const known = channelById(id);
  if (!known) return el("span", { class: "mention" }, `#${label || id}`);
  return el(
    "button",
    { type: "button", class: "mention", on: { click: () => show(id) } },
    `#${known.name}`,
  );
}

function decode(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
