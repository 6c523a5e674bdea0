"""Words that several messages share: numbers, times, counts, verdicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.run import Blame, Outcome, Progress, RunTestCase, Verdict
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
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
UNCLASSIFIED = "cause not classified"
FLAKY = "flaky"
"""Of a test case that passes and fails by turns (`domain.record.FLAKY_FLIPS`)."""


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
_VERDICTS_COUNTED = {
    Verdict.FAILED: "failed",
    Verdict.ERROR: "ended with an error",
    Verdict.CANCELLED: "canceled",
    Verdict.SKIPPED: "skipped",
    Verdict.UNKNOWN: "without a clear result",
    Verdict.PASSED: "passed",
}
"""In the order in which they are told: what needs a look comes first."""


def verdict_counts(counts: Mapping[Verdict, int]) -> str:
    """How many runs ended in which way: "2 failed, 10 passed"."""
    return ", ".join(
        f"{counts[verdict]:,} {word}"
        for verdict, word in _VERDICTS_COUNTED.items()
        if counts.get(verdict)
    )


def verdict_word(verdict: Verdict) -> str:
    """One run's verdict, for a cell of a table."""
    return f"{VERDICT_EMOJI[verdict]} {_VERDICTS_COUNTED[verdict]}"


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
    return f"QA.tech says “{said}”, which this bot does not know. Look at the run in QA.tech."


_BLAMED = (Outcome.FAILED, Outcome.ERRORED)


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a run: every test case counted once, and who is to blame for what failed."""

    progress: Progress
    blames: Mapping[Outcome, Mapping[Blame, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: Sequence[RunTestCase]) -> "Tally":
        outcomes: Counter[Outcome] = Counter()
        blames: dict[Outcome, Counter[Blame]] = {outcome: Counter() for outcome in _BLAMED}
        for case in cases:
            outcome = case.outcome
            outcomes[outcome] += 1
            if outcome in blames:
                blames[outcome][case.blame] += 1
        return cls(Progress(counts=dict(outcomes)), blames)

    @classmethod
    def of_tracked(cls, tracked: TrackedRun) -> "Tally":
        run = tracked.run
        return cls.of(run.run_test_cases) if run else cls(tracked.progress)

    def parts(self) -> list[str]:
        """Each number that is not 0 with its word, like "20 passed"."""
        parts = []
        for outcome, word in OUTCOME_WORDS.items():
            if number := self.progress[outcome]:
                cause = _causes(self.blames.get(outcome, {}))
                parts.append(f"{number:,} {word}{f' ({cause})' if cause else ''}")
        return parts

    def told(self) -> str:
        """The counts in one sentence."""
        total = self.progress.total
        if not total:
            return "QA.tech listed no test cases."
        if self.progress[Outcome.PASSED] == total:
            every = f"All {many(total, 'test case')}" if total > 1 else "The only test case"
            return f"{every} passed."
        return f"{many(total, 'test case')}: {', '.join(self.parts())}."

    def acquittal(self) -> str | None:
        """The sentence that says so when no failure is the product's."""
        blames = {blame for counted in self.blames.values() for blame in counted}
        if not blames or blames & {Blame.PRODUCT, Blame.UNKNOWN}:
            return None
        return "No product failure: the test agent or QA.tech's platform is to blame."


def _causes(blames: Mapping[Blame, int]) -> str:
    """How many are whose fault: "2 product failures, 1 test agent problem"."""
    known = {blame: number for blame, number in blames.items() if number}
    if len(known) == 1:
        ((blame, number),) = known.items()
        word = BLAME_WORDS.get(blame, UNCLASSIFIED)
        if number == 1 or blame is Blame.UNKNOWN:
            return word
        return f"all {word}s"
    parts = [many(known[blame], word) for blame, word in BLAME_WORDS.items() if blame in known]
    if number := known.get(Blame.UNKNOWN, 0):
        parts.append(f"{number:,} with the {UNCLASSIFIED}")
    return ", ".join(parts)
