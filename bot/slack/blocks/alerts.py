"""Many alerts as one message, and the word that a channel refuses them."""

from collections import Counter
from collections.abc import Mapping

from bot.domain.facts import AlertLine, AlertsGrouped, ChannelRefused, Gathered
from bot.slack.blocks import wording
from bot.slack.blocks.changes import changes_in_short
from bot.slack.blocks.commands import typed
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Message, header, section
from bot.slack.blocks.problems import one_section
from bot.slack.blocks.text import code, inline, link, mention, safe_url

_MOST_IN_TEXT = 20


def about_alerts(fact: Gathered | ChannelRefused, *, bot_name: str) -> Message:
    """The message of a fact that is about alerts rather than about one run."""
    if isinstance(fact, ChannelRefused):
        return channel_refused(fact.channel, fact.why, bot_name=bot_name)
    return gathered(fact)


def gathered(fact: Gathered) -> Message:
    """Several runs that ended, the newest first."""
    if isinstance(fact, AlertsGrouped):
        title = f"While I was away, {wording.many(fact.total, 'run')} ended"
        reason = "I was not running for a while; this is what I would have told one by one."
    else:
        title = f"{wording.many(fact.total, 'more run')} ended in a short time"
        reason = "So many in ten minutes are listed here rather than told one by one."
    listing = Listing(
        heading=f"{_counts(fact)}.",
        lines=[_line(line) for line in reversed(fact.lines)],
        total=fact.total,
        more=lambda left: f"and {left:,} more, ended earlier",
    )
    closing = f"To see one: {typed('<run>')}."
    return lay_out(
        listed_text([f"{title}. {reason}"], [listing], [closing], most=_MOST_IN_TEXT),
        [header(title), section(reason)],
        [listing],
        [section(closing)],
    )


def _counts(fact: Gathered) -> str:
    said = wording.verdict_counts(Counter(line.verdict for line in fact.lines))
    listed = f" (of the last {len(fact.lines):,})" if fact.total > len(fact.lines) else ""
    return f"{said}{listed}"


def _line(line: AlertLine) -> str:
    verdict = f"{wording.VERDICT_EMOJI[line.verdict]} {wording.headline(line.key, line.verdict)}"
    url = safe_url(line.url, limit=500)
    opened = link(url, "open in QA.tech") if url else None
    changed = changes_in_short(line.changes)
    who = " ".join(found for each in line.mentions if (found := mention(each)))
    return " · ".join(part for part in (f"• {verdict}", changed, opened, who) if part)


def channel_refused(channel: str, why: str, *, bot_name: str) -> Message:
    """To the person who wanted alerts in a channel: it does not take them."""
    invitation = code(f"/invite @{bot_name.removeprefix('@') or 'qarun'}", 100)
    return one_section(
        f"The alerts that you asked for in <#{inline(channel, 30)}> cannot be told there: Slack "
        f"says “{inline(why, 200, empty='nothing')}”.",
        _CURES.get(why, f"If the bot is not in it any more, type {invitation} there.")
        + " Until then nothing reaches that channel; I say this only once.",
    )


def refusal_lines(refusals: Mapping[str, str], channel: str) -> list[str]:
    """Which channels refuse alerts, said in `channel`, the first of them with the reason."""
    others = [each for each in refusals if each != channel]
    lines = []
    if channel in refusals:
        why = inline(refusals[channel], 200, empty="nothing")
        lines.append(f"⚠️ Alerts cannot be told in this channel: Slack says “{why}”.")
    if others:
        named = [f"<#{inline(each, 30)}>" for each in others]
        listed = wording.some_of(named, _MOST_CHANNELS, len(named))
        lines.append(f"⚠️ Alerts are refused in {listed}.")
    return lines


_MOST_CHANNELS = 10
_CURES = {
    "is_archived": "The channel is archived: bring it back, or set the alerts up in another one.",
    "restricted_action": "Only some people may post there: ask an admin of the workspace.",
}
