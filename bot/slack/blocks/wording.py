"""Words that several messages share: numbers, times, counts, verdicts."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.run import Blame, Outcome, Progress, Run, RunTestCase, Verdict
from bot.domain.short_id import RunKey
from bot.slack.blocks.text import inline

WORD_LIMIT = 40
"""Characters shown of a status, a result or a severity that QA.tech invents."""

OUTCOME_WORDS = {
    Outcome.FAILED: "failed",
    Outcome.ERRORED: "errored",
    Outcome.NO_RESULT: "without a known result",
    Outcome.CANCELLED: "canceled",
    Outcome.SKIPPED: "skipped",
    Outcome.IN_PROGRESS: "not finished",
    Outcome.PASSED: "passed",
}
"""In the order in which counts are told: what needs a look comes first."""

BLAME_WORDS = {
    Blame.PRODUCT: "product failure",
    Blame.AGENT: "test agent problem",
    Blame.PLATFORM: "platform problem",
}


def many(number: int, one: str, more: str | None = None) -> str:
    """A number with its noun: "1 issue", "2 issues"."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Words as a sentence lists them: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def some_of(words: Sequence[str], most: int, total: int) -> str:
    """The first `most` words, and how many of `total` are not among them."""
    shown = list(words[:most])
    return joined([*shown, f"{total - len(shown):,} more"] if total > len(shown) else shown)


def duration(span: timedelta) -> str:
    """A span of time as people say it, in its two largest units."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        said = many(days, "day")
        return f"{said} {hours} h" if hours else said
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else "less than 1 min"


def seconds(number: float) -> str:
    """A waiting time: "1 s", "45 s", "3 min"."""
    whole = max(int(-(-number // 1)), 1)
    return f"{whole} s" if whole < 120 else duration(timedelta(seconds=whole + 59))


def run_name(key: RunKey) -> str:
    """The run as a person would type it, safe in mrkdwn and in plain text."""
    return inline(str(key), 130)


def status_words(status: str, result: str | None) -> str:
    """Both words as QA.tech says them; words that are newer than this bot are kept."""
    words = [inline(word, WORD_LIMIT) for word in (status, result or "")]
    return ", ".join(word for word in words if word) or "no status"


def headline(key: RunKey, verdict: Verdict) -> str:
    """The verdict in words."""
    return f"Run {run_name(key)} {_VERDICT_WORDS[verdict]}"


_VERDICT_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.SKIPPED: "was skipped",
    Verdict.ERROR: "ended with an error",
    Verdict.CANCELLED: "was canceled",
    Verdict.UNKNOWN: "ended without a clear result",
}
VERDICT_EMOJI = {
    Verdict.PASSED: "✅",
    Verdict.FAILED: "❌",
    Verdict.SKIPPED: "⏭️",
    Verdict.ERROR: "⚠️",
    Verdict.CANCELLED: "🚫",
    Verdict.UNKNOWN: "❔",
}


def explanation(verdict: Verdict, status: str, result: str | None) -> str | None:
    """What a verdict means that is neither "passed" nor "failed"."""
    said = status_words(status, result)
    match verdict:
        case Verdict.PASSED | Verdict.FAILED:
            return None
        case Verdict.SKIPPED:
            return f"QA.tech skipped the run ({said}), so it says nothing about your product."
        case Verdict.ERROR:
            return (
                f"QA.tech's infrastructure failed ({said}). "
                "This says nothing about your product. Start the run again in QA.tech."
            )
        case Verdict.CANCELLED:
            return f"It was canceled in QA.tech ({said}), so its test cases may be incomplete."
        case Verdict.UNKNOWN if not result:
            return f"QA.tech gave no result ({said}). Look at the run in QA.tech."
    return f"QA.tech says {said}, which this bot does not know. Look at the run in QA.tech."


def counts(progress: Progress, run: Run | None = None) -> str:
    """Every test case in exactly one number; who is to blame where the run is given."""
    if not progress.total:
        return "QA.tech listed no test cases."
    if progress[Outcome.PASSED] == progress.total:
        if progress.total == 1:
            return "The only test case passed."
        return f"All {many(progress.total, 'test case')} passed."
    parts = []
    for outcome, word in OUTCOME_WORDS.items():
        if number := progress[outcome]:
            cause = causes(run.cases(outcome)) if run and outcome in _BLAMED else ""
            parts.append(f"{number:,} {word}{f' ({cause})' if cause else ''}")
    return f"{many(progress.total, 'test case')}: {', '.join(parts)}."


_BLAMED = (Outcome.FAILED, Outcome.ERRORED)


def causes(cases: Sequence[RunTestCase]) -> str:
    """How many of these are whose fault: "2 product failures, 1 test agent problem"."""
    blames = [case.blame for case in cases]
    parts = [
        many(number, word) for blame, word in BLAME_WORDS.items() if (number := blames.count(blame))
    ]
    if number := blames.count(Blame.UNKNOWN):
        parts.append(f"{number:,} of unclassified cause")
    return ", ".join(parts)


def acquittal(run: Run) -> str | None:
    """The sentence that says so when no failure is the product's."""
    blames = {case.blame for case in run.cases(*_BLAMED)}
    if not blames or blames & {Blame.PRODUCT, Blame.UNKNOWN}:
        return None
    return "No product failure: the test agent or QA.tech's platform is to blame."
