// Block Kit as nodes: https://docs.slack.dev/reference/block-kit/blocks

import { el, freshId } from "./dom.js";
import { element } from "./elements.js";
import { mrkdwn, plainText, textObject } from "./mrkdwn.js";

// `surface` tells what an element's use means there: see elements.js.
export function blocks(list, surface) {
  return list.map((block) => (SHAPES[block.type] ?? unknown)(block, surface));
}

const SHAPES = {
  header: (block) => el("h3", { class: "block header" }, plainText(block.text.text)),
  divider: () => el("hr", { class: "block divider" }),
  image: (block) => el("div", { class: "block" }, picture(block, block.title?.text)),
  markdown: (block) => el("div", { class: "block section" }, mrkdwn(block.text)),
  section(block, surface) {
    const words = el("div", { class: "words" });
    if (block.text) words.append(el("div", {}, textObject(block.text)));
    if (block.fields) {
      const fields = block.fields.map((field) => el("div", {}, textObject(field)));
      words.append(el("div", { class: "fields" }, fields));
    }
    const accessory = block.accessory;
    if (!accessory) return el("div", { class: "block section" }, words);
    const label = block.text ? block.text.text.replace(/[*_~`]/g, "").slice(0, 80) : "";
    const used =
      accessory.type === "image" ? picture(accessory) : element(accessory, block, surface, label);
    return el("div", { class: "block section" }, words, el("div", { class: "accessory" }, used));
  },
  context: (block) =>
    el(
      "div",
      { class: "block context" },
      block.elements.map((each) =>
        each.type === "image" ? picture(each) : el("span", {}, textObject(each)),
      ),
    ),
  actions: (block, surface) =>
    el(
      "div",
      { class: "block actions" },
      block.elements.map((each) => element(each, block, surface)),
    ),
  input,
  rich_text: (block) => el("div", { class: "block section" }, block.elements.map(richText)),
  table,
};

function unknown(block) {
  return el("p", { class: "block context" }, `(a block of type “${block.type}”)`);
}

// Nothing is fetched from elsewhere: a picture is shown by its words, unless the bot has uploaded it.
function picture(image, title) {
  if (image.slack_file?.id) {
    const source = `files/${encodeURIComponent(image.slack_file.id)}`;
    return el("img", { class: "upload", src: source, alt: image.alt_text, title });
  }
  return el(
    "span",
    { class: "picture", role: "img", "aria-label": image.alt_text },
    `🖼 ${title ? `${title}: ` : ""}${image.alt_text}`,
  );
}

// The first row names the columns, and the first cell of each other row names the row.
function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (tag, each, column, scope) =>
    el(tag, { scope, class: settings[column]?.align }, each.type === "rich_text" ? each.elements.map(richText) : each.text);
  const [head, ...rows] = block.rows;
  return el(
    "div",
    { class: "block table", tabindex: "0", role: "group", "aria-label": "Table" },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, head.map((each, column) => cell("th", each, column, "col")))),
      el(
        "tbody",
        {},
        rows.map((row) => el("tr", {}, row.map((each, column) => cell(column ? "td" : "th", each, column, column ? undefined : "row")))),
      ),
    ),
  );
}

function input(block, surface) {
  const id = freshId("input");
  const error = surface.errors?.[block.block_id];
  const hint = block.hint ? el("p", { class: "hint", id: `${id}-hint` }, plainText(block.hint.text)) : null;
  const told = error ? el("p", { class: "error", id: `${id}-error` }, error) : null;
  const described = [hint && `${id}-hint`, told && `${id}-error`].filter(Boolean).join(" ");
  const field = element(block.element, block, surface, block.label.text, {
    id,
    described: described || undefined,
    required: !block.optional,
    invalid: Boolean(error),
  });
  const optional = block.optional ? el("span", { class: "optional" }, " (optional)") : null;
  return el(
    "div",
    { class: "block input" },
    el("label", { for: id }, plainText(block.label.text), optional),
    field,
    told,
    hint,
  );
}

function richText(part) {
  const inside = () => (part.elements ?? []).map(richPiece);
  switch (part.type) {
    case "rich_text_list":
      return el(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((each) => el("li", {}, richText(each))));
    case "rich_text_preformatted":
      return el("pre", {}, inside());
    case "rich_text_quote":
      return el("blockquote", {}, inside());
    default:
      return el("div", {}, inside());
  }
}

function richPiece(piece) {
  const text = piece.text ?? piece.url ?? piece.fallback ?? `:${piece.name ?? piece.type}:`;
  const tag = ["bold:strong", "italic:em", "strike:s", "code:code"].find((pair) => piece.style?.[pair.split(":")[0]]);
  return el(tag ? tag.split(":")[1] : "span", {}, plainText(text));
}

