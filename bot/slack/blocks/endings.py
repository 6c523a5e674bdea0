"""How a watch ends: the reply with the verdict, and the ends that come before the run's own."""

from datetime import datetime

from bot.domain.facts import VerdictGiven
from bot.domain.notice import Telling
from bot.domain.watch import TrackedRun, WatchEnd
from bot.slack.blocks import wording
from bot.slack.blocks.changes import changes_in_short
from bot.slack.blocks.commands import typed
from bot.slack.blocks.message import Message, compose, context, header, section
from bot.slack.blocks.open_button import open_link
from bot.slack.blocks.progress import so_far
from bot.slack.blocks.report import verdict_of
from bot.slack.blocks.run_buttons import ended_row
from bot.slack.blocks.text import code, mention


def verdict_reply(tracked: TrackedRun, telling: Telling) -> Message:
    """The short reply below a report, for who asked; it may be shown in the whole channel."""
    verdict = verdict_of(tracked)
    told = tracked.run or tracked
    tally = wording.Tally.of_tracked(tracked)
    words = [
        f"{wording.headline(tracked.key, verdict)}.",
        wording.explanation(verdict, told.status, told.result),
        tally.told() if tally.progress.total else None,
        tally.acquittal(),
        _since_before(telling),
        *open_link(tracked.url),
    ]
    line = " ".join(word for word in words if word)
    return _reply(telling, f"{wording.VERDICT_EMOJI[verdict]} {line}", line)


def _since_before(telling: Telling) -> str | None:
    fact = telling.notice.fact
    changed = changes_in_short(fact.changes) if isinstance(fact, VerdictGiven) else None
    return f"Against the run before: {changed}." if changed else None


def _reply(telling: Telling, shown: str, spoken: str) -> Message:
    fact = telling.notice.fact
    people = (telling.notice.asked_by, *(fact.mentions if isinstance(fact, VerdictGiven) else ()))
    prefix = "".join(f"{who} " for who in dict.fromkeys(map(mention, people)) if who)
    return compose([prefix + spoken], [section(prefix + shown)])


def ended(
    tracked: TrackedRun, why: WatchEnd, by: str | None, *, now: datetime, bot_name: str
) -> Message:
    """The last form of the live message of a watch that ended before its run."""
    title = f"Run {wording.run_name(tracked.key)}: no longer watched"
    reason = _reason(tracked, why, by, now, bot_name)
    cure = _cure(tracked, why)
    return compose(
        [f"{title}.", reason, _last_seen(tracked), cure, *open_link(tracked.url)],
        [
            header(f"{_EMOJI[why]} {title}"),
            section(f"{reason}\n{cure}"),
            context(_last_seen(tracked)),
            *ended_row(tracked),
        ],
    )


def ended_reply(
    tracked: TrackedRun, why: WatchEnd, telling: Telling, *, now: datetime, bot_name: str
) -> Message:
    """The reply below that message, for who asked."""
    reason = _reason(tracked, why, None, now, bot_name)
    line = f"Run {wording.run_name(tracked.key)} is no longer watched. {reason}"
    spoken = f"{line} {_cure(tracked, why)}"
    return _reply(telling, f"{_EMOJI[why]} {spoken}", spoken)


_EMOJI = {
    WatchEnd.EXPIRED: "⌛",
    WatchEnd.VANISHED: "❔",
    WatchEnd.REFUSED: "🔑",
    WatchEnd.STOPPED: "⏹️",
}


def _reason(
    tracked: TrackedRun, why: WatchEnd, by: str | None, now: datetime, bot_name: str
) -> str:
    """What happened, and whose fault it is."""
    match why:
        case WatchEnd.EXPIRED if tracked.is_verified:
            span = wording.duration(now - tracked.watched_since)
            return f"It has not ended in {span}, so I gave up. It may be stuck in QA.tech."
        case WatchEnd.EXPIRED:
            span = wording.duration(now - tracked.watched_since)
            return f"QA.tech gave no answer about it in {span}, so I gave up. It is not your fault."
        case WatchEnd.VANISHED if tracked.is_verified:
            return "QA.tech does not know it any more. It was probably deleted there."
        case WatchEnd.VANISHED:
            return (
                "QA.tech knows no such run. The short ID may be mistyped, "
                "or the run belongs to another project."
            )
        case WatchEnd.REFUSED:
            return (
                "QA.tech refuses the bot's key. It is not your fault: whoever runs "
                f"{code(bot_name or 'this bot', 80)} must replace `QATECH_API_TOKEN`."
            )
        case WatchEnd.STOPPED:
            who = mention(by)
            return f"{who} stopped the watch." if who else "The watch was stopped."


def _cure(tracked: TrackedRun, why: WatchEnd) -> str:
    """What to do about it."""
    command = typed(str(tracked.key))
    match why:
        case WatchEnd.EXPIRED:
            return f"Look at the run in QA.tech, or type {command} to watch it again."
        case WatchEnd.VANISHED if tracked.is_verified:
            return f"If it is still there, type {command} to watch it again."
        case WatchEnd.VANISHED:
            return f"Check the short ID in QA.tech, then type {command} to try again."
        case WatchEnd.REFUSED:
            return f"After that, type {command} to watch the run again."
        case WatchEnd.STOPPED:
            return f"The run itself goes on in QA.tech. Type {command} to watch it again."


def _last_seen(tracked: TrackedRun) -> str:
    if not tracked.is_verified:
        return "QA.tech never confirmed this run."
    said = wording.status_words(tracked.status, tracked.result)
    return f"Last seen: {said}, {so_far(tracked.progress)}."
