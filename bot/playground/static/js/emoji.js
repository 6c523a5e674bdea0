// Names of emoji that bots like to use; one that is not here stays as it was typed, as in Slack.

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", no_entry: "⛔",
  no_entry_sign: "🚫", octagonal_sign: "🛑", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  arrow_forward: "▶️", fast_forward: "⏩", double_vertical_bar: "⏸️", grey_question: "❔",
  question: "❓", exclamation: "❗", bell: "🔔", no_bell: "🔕", mute: "🔇", eyes: "👀",
  rocket: "🚀", fire: "🔥", bug: "🐛", tada: "🎉", wave: "👋", mag: "🔍", link: "🔗", gear: "⚙️",
  lock: "🔒", robot_face: "🤖", bulb: "💡", memo: "📝", pray: "🙏", ok_hand: "👌", heart: "❤️",
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", slightly_smiling_face: "🙂",
  large_green_circle: "🟢", red_circle: "🔴", large_yellow_circle: "🟡", repeat: "🔁",
  arrows_counterclockwise: "🔄", wheelchair: "♿", globe_with_meridians: "🌐", zap: "⚡",
};

export function emoji(name) {
  return EMOJI[name.split("::")[0]];
}

export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);
}
