// The elements that can be used: https://docs.slack.dev/reference/block-kit/block-elements
//
// A surface is {scope, use(block, element, value), values, errors}: `scope` tells its elements from
// those of other surfaces, `use` hands a press to the bot, `values` is what was chosen before.

import { button, el } from "./dom.js";
import { confirmed } from "./confirm.js";
import { withEmoji } from "./emoji.js";
import { sayWhere } from "./links.js";
import { menuButton } from "./menu.js";
import { plainText } from "./mrkdwn.js";
import { state } from "./state.js";

export function element(each, block, surface, label, about = {}) {
  const shape = SHAPES[each.type];
  if (!shape) return el("span", { class: "context" }, `(an element of type “${each.type}”)`);
  return shape({ each, block, surface, label, about, key: `${surface.scope}/${block.block_id}/${each.action_id}` });
}

async function use({ each, block, surface }, value, node) {
  if (!(await confirmed(each.confirm))) return;
  node?.setAttribute("aria-busy", "true");
  await surface.use(block, each, value);
  node?.removeAttribute("aria-busy");
}

function pressable(what) {
  const { each, key } = what;
  const node = button(
    plainText(each.text.text),
    async () => {
      if (each.url) sayWhere(each.url);
      await use(what, each.value ?? null, node);
    },
    { class: `element ${each.style ?? ""}`, data: { key, action: each.action_id }, "aria-label": each.accessibility_label },
  );
  return node;
}

function overflow(what) {
  const choices = what.each.options.map((option) => ({
    label: withEmoji(option.text.text),
    choose: () => use(what, option.value),
  }));
  return menuButton("⋯", "More actions", choices, what.key);
}

function field({ each, block, surface, label, about, key }, attributes = {}, tag = "input") {
  const held = surface.values?.[block.block_id]?.[each.action_id]?.value;
  const node = el(tag, {
    class: "field",
    id: about.id,
    "aria-label": about.id ? undefined : label,
    "aria-describedby": about.described,
    "aria-invalid": about.invalid ? "true" : undefined,
    required: about.required,
    placeholder: each.placeholder?.text,
    maxlength: each.max_length,
    minlength: each.min_length,
    autocomplete: "off",
    autofocus: each.focus_on_load,
    value: held ?? each.initial_value ?? "",
    data: { key, block: block.block_id, action: each.action_id },
    ...attributes,
  });
  const onEnter = (each.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes("on_enter_pressed");
  if (block.dispatch_action && onEnter) {
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      surface.use(block, each, node.value || null);
    });
  }
  return node;
}

// A moment, in seconds since 1970 for Slack and in the person's own time zone for the person.
function moment(what) {
  const { each, block, surface } = what;
  const seconds = surface.values?.[block.block_id]?.[each.action_id]?.selected_date_time ?? each.initial_date_time;
  const node = field(what, { type: "datetime-local" });
  if (seconds) {
    const date = new Date(seconds * 1000);
    node.value = new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  if (block.type !== "input") node.addEventListener("change", () => use(what, valueOf(node), node));
  return node;
}

function select(what, options) {
  const { each, block, surface, label, about, key } = what;
  const held = surface.values?.[block.block_id]?.[each.action_id] ?? {};
  const chosen = chosenIn(held, each);
  const isOption = ([value]) => el("option", { value, selected: chosen.includes(value) });
  const node = el("select", {
    class: "field",
    id: about.id,
    "aria-label": about.id ? undefined : label || each.placeholder?.text || "Choose",
    "aria-describedby": about.described,
    required: about.required,
    data: { key, block: block.block_id, action: each.action_id },
  });
  if (!chosen.length) {
    node.append(el("option", { value: "", selected: true, disabled: true }, each.placeholder?.text ?? "Choose…"));
  }
  for (const option of options) {
    const one = isOption(option);
    one.append(option[1]);
    node.append(one);
  }
  if (block.type !== "input" || block.dispatch_action) {
    node.addEventListener("change", () => use(what, node.value, node));
  }
  return node;
}

function chosenIn(held, each) {
  const flat = [held.selected_option, ...(held.selected_options ?? [])].filter(Boolean).map((option) => option.value);
  const ids = [held.selected_user, held.selected_channel, held.selected_conversation, held.selected_users, held.selected_channels, held.selected_conversations];
  const first = each.initial_option ? [each.initial_option.value] : [];
  const found = [...flat, ...ids.flat().filter(Boolean)];
  return found.length ? found : first;
}

function options({ each }) {
  const all = [...(each.options ?? []), ...(each.option_groups ?? []).flatMap((group) => group.options)];
  return all.map((option) => [option.value, withEmoji(option.text.text)]);
}

const people = () => state.users.filter((user) => !user.bot).map((user) => [user.id, `@${user.name}`]);
const channels = () => state.channels.filter((each) => !each.im).map((each) => [each.id, `#${each.name}`]);

function ticks(what, type, list = options(what)) {
  const { each, block, surface, label, about, key } = what;
  const held = surface.values?.[block.block_id]?.[each.action_id];
  const chosen = held ? chosenIn(held, {}) : (each.initial_options ?? [each.initial_option]).filter(Boolean).map((one) => one.value);
  const group = el("div", { class: "ticks", role: "group", id: about.id, "aria-label": label, data: { block: block.block_id, action: each.action_id, ticks: type } });
  for (const [value, text] of list) {
    const tick = el("input", { type, name: key, value, checked: chosen.includes(value), data: { key: `${key}/${value}` } });
    if (block.type !== "input" || block.dispatch_action) {
      tick.addEventListener("change", () => use(what, ticked(group)));
    }
    group.append(el("label", {}, tick, text));
  }
  return group;
}

function ticked(group) {
  const values = [...group.querySelectorAll("input:checked")].map((tick) => tick.value);
  return group.dataset.ticks === "radio" ? (values[0] ?? null) : values;
}

const SHAPES = {
  button: pressable,
  overflow,
  plain_text_input: (what) => (what.each.multiline ? field(what, { rows: 4 }, "textarea") : field(what, { type: "text" })),
  email_text_input: (what) => field(what, { type: "email" }),
  url_text_input: (what) => field(what, { type: "url" }),
  number_input: (what) => field(what, { type: "number", min: what.each.min_value, max: what.each.max_value, step: what.each.is_decimal_allowed ? "any" : 1 }),
  datetimepicker: moment,
  datepicker: (what) => field(what, { type: "date" }),
  timepicker: (what) => field(what, { type: "time" }),
  static_select: (what) => select(what, options(what)),
  multi_static_select: (what) => ticks(what, "checkbox"),
  users_select: (what) => select(what, people()),
  multi_users_select: (what) => ticks(what, "checkbox", people()),
  channels_select: (what) => select(what, channels()),
  multi_channels_select: (what) => ticks(what, "checkbox", channels()),
  conversations_select: (what) => select(what, channels()),
  multi_conversations_select: (what) => ticks(what, "checkbox", channels()),
  radio_buttons: (what) => ticks(what, "radio"),
  checkboxes: (what) => ticks(what, "checkbox"),
};

function valueOf(node) {
  if (node.dataset.ticks) return ticked(node);
  if (node.type === "datetime-local") return node.value ? new Date(node.value).getTime() / 1000 : null;
  return node.value || null;
}

// What is filled in within `root`: block ID, action ID, value.
export function filledIn(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-block][data-action]")) {
    if (node.tagName === "BUTTON") continue;
    const value = valueOf(node);
    values[node.dataset.block] = { ...values[node.dataset.block], [node.dataset.action]: value };
  }
  return values;
}

// What somebody has filled in outlasts a change of the view, as in Slack, where its IDs stay the same.
export function keepingFilledIn(root, change) {
  const fields = () => root.querySelectorAll("input[data-key], select[data-key], textarea[data-key]");
  const before = new Map([...fields()].map((node) => [node.dataset.key, node]));
  change();
  for (const node of fields()) {
    const old = before.get(node.dataset.key);
    if (!old) continue;
    if (["checkbox", "radio"].includes(node.type)) node.checked = old.checked;
    else if (!node.options || [...node.options].some((option) => option.value === old.value)) node.value = old.value;
  }
}
