// What a line in the message box can go on with: commands, runs, people, channels.

import { state } from "./state.js";

const CATEGORIES = ["accessibility", "console", "hosting", "failed_test"];
const TIMES = ["30m", "1h", "8h", "1d"];
const MOST = 20;

// A list of {text, show, does}: `text` is the whole line after taking it.
export function completions(line, { inThread }) {
  const word = line.match(/(?:^|\s)([@#])([\w-]*)$/);
  if (word) return mentions(line, word[1], word[2]);
  if (inThread || !line.startsWith("/")) return [];
  const found = line.startsWith("/qarun ") ? afterCommand(line) : commands();
  return found.filter((each) => each.text.startsWith(line) && each.text.trim() !== line.trim()).slice(0, MOST);
}

function mentions(line, sign, begun) {
  const names = sign === "@" ? state.users.map((user) => user.name) : state.channels.filter((each) => !each.im).map((each) => each.name);
  return names
    .filter((name) => name.startsWith(begun) && name !== begun)
    .map((name) => ({ text: `${line.slice(0, line.length - begun.length)}${name} `, show: `${sign}${name}`, does: "" }));
}

function commands() {
  const own = state.commands.map(({ usage, does }) => {
    const literal = usage.split(" ")[0].startsWith("<") ? "" : usage.split(" ")[0];
    return { text: `/qarun ${literal}${literal && usage.includes(" ") ? " " : ""}`, show: `/qarun ${usage}`, does };
  });
  const invite = { text: `/invite @${state.bot.name}`, show: `/invite @${state.bot.name}`, does: "Let the bot into this channel" };
  return [...own, invite].map((each) => ({ ...each, text: each.text.trimEnd() === "/qarun" ? "/qarun " : each.text }));
}

// Walks along each command's usage; where the line stands, its next part says what fits.
function afterCommand(line) {
  const words = line.slice("/qarun ".length).split(" ");
  const given = words.slice(0, -1);
  const found = new Map();
  for (const { usage, does } of state.commands) {
    const parts = usage.split(" ").filter(Boolean);
    const next = partAfter(parts, given);
    for (const { word, about } of next === null ? [] : fits(next)) {
      const text = `/qarun ${[...given, word].join(" ")}`;
      const isSubcommand = !given.length && !next.startsWith("<");
      if (!found.has(text)) found.set(text, { text: isSubcommand && parts.length > 1 ? `${text} ` : text, show: isSubcommand ? usage : word, does: about || (isSubcommand ? does : "") });
    }
  }
  return [...found.values()];
}

// The part of a usage that stands after the words given; null where they do not fit it.
function partAfter(parts, given) {
  let at = 0;
  for (const word of given) {
    while (at < parts.length && !matches(parts[at], word) && parts[at].startsWith("[")) at += 1;
    if (at >= parts.length || !matches(parts[at], word)) return null;
    at += 1;
  }
  return parts[at] ?? null;
}

function matches(part, word) {
  if (part === "<run>") return !state.commands.some(({ usage }) => usage.split(" ")[0] === word);
  return fits(part).some((each) => each.word === word) || (!part.startsWith("[") && part.startsWith("<"));
}

function fits(part) {
  const name = part.replace(/[<>[\]]/g, "");
  if (part === "<run>") return state.status.runs.map((run) => ({ word: run.id, about: `${run.title}: ${stands(run)}` }));
  if (name === "category") return CATEGORIES.map((word) => ({ word }));
  if (name === "time") return TIMES.map((word) => ({ word }));
  if (name === "#channel") return state.channels.filter((each) => !each.im).map((each) => ({ word: `#${each.name}` }));
  if (name === "page" || part.startsWith("<")) return [];
  return name.split("|").map((word) => ({ word }));
}

export function stands(run) {
  if (!run.status) return "waits for you";
  if (run.share < 1) return `${Math.floor(run.share * 100)} % done`;
  return (run.result ?? run.status).toLowerCase();
}
