"""The audit trail of a channel, page by page, for one person alone."""

from collections.abc import Mapping, Sequence

from bot.domain.audit import BY_API, BY_FILE, BY_OPERATOR, Act, Entry
from bot.slack.blocks import wording
from bot.slack.blocks.commands import typed
from bot.slack.blocks.layout import Listing, lay_out, listed_text
from bot.slack.blocks.message import Message, context, section
from bot.slack.blocks.problems import one_section
from bot.slack.blocks.text import channel_name, date, inline, mention

PER_PAGE = 10

_DONE: Mapping[str, str] = {
    Act.RERUN_ASKED: "asked for a rerun of {run}",
    Act.RERUN_STARTED: "the rerun of {run} was started; the new run",
    Act.RERUN_REFUSED: "QA.tech refused the rerun of {run}",
    Act.RERUN_UNKNOWN: "QA.tech did not say whether the rerun of {run} was started",
    Act.RERUN_FORBIDDEN: "may not start reruns, and tried one of {run}",
    Act.RULES_SET: "set the rules",
    Act.MUTED: "muted the alerts",
    Act.UNMUTED: "unmuted the alerts",
    Act.CASE_MUTED: "muted a test case",
    Act.CASE_UNMUTED: "unmuted a test case",
    Act.RULES_FORBIDDEN: "may not change rules or mutes, and tried to",
    Act.WATCH_STOPPED: "stopped the watch of {run}",
    Act.NOTICE_RETRIED: "put back what had been given up",
}
"""What was done; the detail follows it."""
_WHO: Mapping[str, str] = {
    BY_API: "CI",
    BY_FILE: "The configuration file",
    BY_OPERATOR: "The operator",
}
_DETAIL = 300


def audit_page(entries: Sequence[Entry], *, total: int, page: int, channel: str) -> Message:
    """One page of the `total` entries of a channel, the newest first."""
    where = channel_name(channel)
    if not total:
        return one_section(f"Nothing that I keep a record of has been done in {where} yet.")
    opening = f"*Audit trail of {where}*: {wording.many(total, 'entry', 'entries')}, newest first."
    lines = list(map(_line, entries))
    listing = Listing(
        heading="",
        lines=lines,
        total=len(lines),
        more=lambda left: f"and {left:,} more on this page, left out for their length",
    )
    guide = _guide(page, pages_of(total))
    return lay_out(
        listed_text([opening], [listing], guide, most=PER_PAGE),
        [section(opening)],
        [listing],
        [context("\n".join(guide))] if guide else [],
    )


def pages_of(total: int) -> int:
    """How many pages so many entries make."""
    return max(-(-total // PER_PAGE), 1)


def _guide(page: int, pages: int) -> list[str]:
    if pages == 1:
        return []
    following = page % pages + 1
    word = "Older" if following > page else "Newest"
    return [f"Page {page:,} of {pages:,}. {word}: {typed('audit', str(following))}."]


def _line(entry: Entry) -> str:
    who = _WHO.get(entry.who) or mention(entry.who) or inline(entry.who, 40, empty="Somebody")
    run = f"run {wording.run_name(entry.run)}" if entry.run else "a run"
    done = _DONE.get(entry.act, inline(entry.act, 40)).replace("{run}", run)
    detail = inline(entry.detail, _DETAIL)
    return f"• {date(entry.at)}, {who}: {done}{f': {detail}' if detail else ''}"
