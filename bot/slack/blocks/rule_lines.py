"""A channel's rule in words, and the short answers about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.muting import muted_cases
from bot.domain.preview import Preview
from bot.domain.question import Severity
from bot.domain.rules import MentionRule, NotifyOn, Rule
from bot.slack.blocks import wording
from bot.slack.blocks.commands import typed
from bot.slack.blocks.digest_form import digest_words
from bot.slack.blocks.message import (
    MAX_BLOCKS,
    MAX_COST,
    MAX_TEXT,
    Block,
    Message,
    context,
    cost,
    header,
    section,
    sections_of,
    size,
)
from bot.slack.blocks.problems import one_section
from bot.slack.blocks.text import channel_name, code, date, inline, mention

NOTIFY_WORDS: Mapping[NotifyOn, str] = {
    NotifyOn.ALL: "Every run that ends",
    NotifyOn.FAILURES: "Runs that did not pass",
    NotifyOn.CHANGES: "Runs that end differently from the one before, recovery too",
}
_MOST_NAMES = 5
_MOST_CHANNELS = 15
_NAME = 80
_ASIDE = 700
"""Room that is left for what `problems.not_in_channel` may put before a message."""


def rule_lines(rule: Rule, now: datetime) -> list[str]:
    """What a rule says, in lines of mrkdwn; of one that nobody has set, what is muted."""
    if rule.mutes_only:
        return mute_lines(rule, now)
    lines = [f"{NOTIFY_WORDS[rule.notify_on]}, in {_which(rule)}."]
    if rule.accessibility_from is not None:
        what = "when they are new" if rule.accessibility_new_only else "every time"
        severity = _or_graver(rule.accessibility_from)
        lines.append(f"Accessibility issues, {severity}, {what}, even when the run passed.")
    lines += [_mention_line(each) for each in rule.mentions[:_MOST_NAMES]]
    if len(rule.mentions) > _MOST_NAMES:
        lines.append(f"and {len(rule.mentions) - _MOST_NAMES:,} more rules of whom to mention.")
    lines += _manner(rule)
    if rule.digest is not None:
        lines.append(digest_words(rule.digest))
    return [*lines, *mute_lines(rule, now)]


def _manner(rule: Rule) -> list[str]:
    """When and where it is told."""
    live = "A live message shows each run in progress" if rule.live else "A run is told at its end"
    if not rule.watch_links:
        links = "links to runs are left alone"
    elif rule.in_thread:
        links = "links to runs are watched and answered in their thread"
    else:
        links = "links to runs are watched"
    lines = [f"{live}; {links}."]
    if not rule.broadcast and (rule.live or rule.in_thread):
        lines.append("Replies in threads are not shown in the channel.")
    return lines


def mute_lines(rule: Rule | None, now: datetime) -> list[str]:
    """What is muted at this moment; none where nothing is."""
    if rule is None:
        return []
    lines = []
    if rule.muted_until is not None and rule.is_muted(now):
        lines.append(f"🔕 Alerts here are muted until {date(rule.muted_until)}.")
    if muted := muted_cases(rule, now):
        names = [f"{_name(mute.name)} until {date(mute.until)}" for mute in muted[:_MOST_NAMES]]
        more = f"; and {len(muted) - _MOST_NAMES:,} more" if len(muted) > _MOST_NAMES else ""
        lines.append(f"🔕 Muted test cases: {'; '.join(names)}{more}.")
    return lines


def preview_line(found: Preview) -> str:
    """What a rule would have told: “4 of the last 30 runs”."""
    if not found.looked_at:
        return "I remember no run of these projects yet, so there is nothing to try the rules on."
    runs = "run" if found.looked_at == 1 else "runs"
    line = (
        f"These rules would have told this channel of *{len(found.told):,} of the last "
        f"{found.looked_at:,} {runs}*"
    )
    names = [code(record.short_id, 40) for record, _ in found.told[:_MOST_NAMES]]
    left = len(found.told) - len(names)
    return (
        f"{line}{': ' if names else ''}{', '.join(names)}{f' and {left:,} more' if left else ''}."
    )


def rules_saved(channel: str, rule: Rule, now: datetime, *, is_member: bool = True) -> Message:
    """The rules have been set; where the bot is not in the channel, that little comes of it."""
    missing = (
        "⚠️ I am not in this channel: I cannot see links here, and may not be able to post. "
        "Type `/invite` to invite me."
    )
    return one_section(
        f"The rules of {channel_name(channel)} are set.",
        *(f"• {line}" for line in rule_lines(rule, now)),
        *([] if is_member else [missing]),
        f"To change them: {typed('alerts')}.",
    )


def muted(rule: Rule, now: datetime, *, nearest: str | None = None) -> Message:
    """Something has been muted; `nearest` is a test case that may have been meant."""
    hint = (
        [f"I remember no test case of that name. Did you mean “{_name(nearest)}”?"]
        if nearest
        else []
    )
    return one_section(*mute_lines(rule, now), *hint, f"To hear again: {typed('unmute')}.")


def unmuted(channel: str, rule: Rule, now: datetime, *, name: str | None) -> Message:
    """Nothing is muted any more, or this test case is not."""
    said = (
        f"Test case “{_name(name)}” is news again in {channel_name(channel)}."
        if name
        else f"Nothing is muted in {channel_name(channel)} any more."
    )
    return one_section(said, *mute_lines(rule, now))


def nothing_muted(channel: str, rule: Rule, now: datetime, *, name: str | None) -> Message:
    """There was nothing to unmute; what else is muted."""
    what = f"Test case “{_name(name)}” is not muted" if name else "Nothing is muted"
    return one_section(f"{what} in {channel_name(channel)}.", *mute_lines(rule, now))


def with_mutes(
    message: Message, rule: Rule | None, now: datetime, *, in_full: bool = False
) -> Message:
    """A message that says at its end what is muted in its channel, where that fits."""
    note = "\n".join(mute_lines(rule, now)) if in_full else _mute_note(rule, now)
    if not note:
        return message
    text = f"{message.text}\n{note}"
    block = context(note)
    blocks = (*message.blocks, block)
    fits = len(blocks) <= MAX_BLOCKS and sum(map(cost, blocks)) <= MAX_COST - _ASIDE
    return Message(
        text=text if size(text) <= MAX_TEXT else message.text,
        blocks=blocks if message.blocks and fits else message.blocks,
    )


def _mute_note(rule: Rule | None, now: datetime) -> str | None:
    """One short line."""
    if rule is None:
        return None
    if rule.muted_until is not None and rule.is_muted(now):
        return f"🔕 Alerts here are muted until {date(rule.muted_until)}."
    muted = muted_cases(rule, now)
    if not muted:
        return None
    return f"🔕 {wording.many(len(muted), 'test case')} muted here: {typed('list')} names them."


def home_rules(rules: Mapping[str, Rule], now: datetime) -> Sequence[Block]:
    """The section of the App Home about the rules of a person's channels."""
    blocks = [header("What your channels want to hear")]
    shown = {channel: lines for channel, rule in rules.items() if (lines := rule_lines(rule, now))}
    for channel, lines in list(shown.items())[:_MOST_CHANNELS]:
        listed = [f"*{channel_name(channel)}*", *(f"• {line}" for line in lines)]
        blocks += map(section, sections_of(listed))
    if not shown:
        blocks.append(section(f"None has rules yet. Type {typed('alerts')} in one to set them."))
    if len(shown) > _MOST_CHANNELS:
        blocks.append(context(f"and {len(shown) - _MOST_CHANNELS:,} more"))
    return blocks


def _which(rule: Rule) -> str:
    names = [code(alias, 64) for alias in rule.projects[:10]]
    noun = "project" if len(names) == 1 else "projects"
    projects = f"{noun} {wording.joined(names)}" if names else "all projects"
    return f"{projects}, if they are watched here" if rule.only_watched else projects


def _mention_line(rule: MentionRule) -> str:
    who = " ".join(found for one in rule.who[:20] if (found := mention(one)))
    parts = []
    if rule.pattern is not None:
        parts.append(f"a test case like {code(rule.pattern, _NAME)} newly fails")
    if rule.severity is not None:
        parts.append(f"a new accessibility issue is {_or_graver(rule.severity)}")
    return f"Mentions {who or 'nobody'} when {' or '.join(parts) or 'anything newly fails'}."


def _or_graver(severity: Severity) -> str:
    return severity.value if severity is Severity.CRITICAL else f"{severity.value} or graver"


def _name(name: str) -> str:
    return inline(name, _NAME, empty="(no name)")
