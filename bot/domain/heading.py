"""The sentence that an answer begins with: plain, complete, true without the list below it."""

from collections.abc import Sequence

from bot.domain.question import BlameGroup, CaseGroup, Severity
from bot.domain.run import Outcome, Progress, Run, Verdict

_GROUP_VERBS = {
    CaseGroup.PASSED: "passed",
    CaseGroup.SKIPPED: "was skipped|were skipped",
    CaseGroup.ERRORED: "ended with an error",
    CaseGroup.CANCELLED: "was cancelled|were cancelled",
    CaseGroup.IN_PROGRESS: "is still in progress|are still in progress",
}
_OUTCOME_WORDS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.ERRORED: "ended with an error",
    Outcome.SKIPPED: "was skipped",
    Outcome.CANCELLED: "was cancelled",
    Outcome.NO_RESULT: "ended without a known result",
    Outcome.IN_PROGRESS: "is still in progress",
}
_VERDICT_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.SKIPPED: "was skipped",
    Verdict.ERROR: "ended with an infrastructure error",
    Verdict.CANCELLED: "was cancelled",
}
_BLAME_WORDS = {
    BlameGroup.PRODUCT: "because of the product",
    BlameGroup.AGENT: "because of the test agent or the platform",
}


def run_heading(run: Run) -> str:
    """How the run went, as in "Run UkxK failed: 24 test cases, 3 failed, 21 passed."."""
    progress = Progress.of(run.run_test_cases)
    if not run.has_ended:
        state = f"Run {run.short_id} is still in progress"
        if not progress.total:
            return f"{state}."
        return f"{state}: {progress.finished} of {cases_of(progress.total)} finished."
    word = _VERDICT_WORDS.get(run.verdict)
    if word is None:
        word = f"ended as {' / '.join(filter(None, (run.status, run.result)))}"
    return f"Run {run.short_id} {word}{_tally(progress)}."


def _tally(progress: Progress) -> str:
    told = [
        f"{progress[outcome]} {word}"
        for outcome, word in (
            (Outcome.FAILED, "failed"),
            (Outcome.ERRORED, "with an error"),
            (Outcome.SKIPPED, "skipped"),
            (Outcome.CANCELLED, "cancelled"),
            (Outcome.NO_RESULT, "without a known result"),
            (Outcome.IN_PROGRESS, "not finished"),
            (Outcome.PASSED, "passed"),
        )
        if progress[outcome]
    ]
    return f": {cases_of(progress.total)}, {', '.join(told)}" if told else ""


def cases_heading(
    run: Run, group: CaseGroup, blame: BlameGroup | None, *, total: int, errored: int
) -> str:
    """How many test cases a list holds, of how many; `errored` of the failed ones had no result."""
    of = cases_of(len(run.run_test_cases)) if run.run_test_cases else ""
    so_far = "" if run.has_ended else " so far"
    if group is CaseGroup.ALL:
        return f"This run has {of}." if of else f"No test case is known{so_far}."
    if group is not CaseGroup.FAILED:
        one, _, many = _GROUP_VERBS[group].partition("|")
        return _told(total, of, one, many or one, so_far)
    cause = f" {_BLAME_WORDS[blame]}" if blame else ""
    if not errored or not total:
        return _told(total, of, f"failed{cause}", f"failed{cause}", so_far)
    failed = total - errored
    with_error = f"{errored} ended with an error"
    of = f" of {of}" if of else ""
    both = f"{failed} failed and {with_error}" if failed else with_error
    return f"{both}{cause}{so_far}{',' if of else ''}{of}.".replace(", of", ", out of")


def _told(total: int, of: str, one: str, many: str, so_far: str) -> str:
    if not total:
        return f"No test case {one}{so_far}."
    return f"{total}{f' of {of}' if of else ''} {one if total == 1 else many}{so_far}."


def case_heading(name: str, outcome: Outcome, reason: str | None) -> str:
    """How a test case went, as in "Checkout failed: The pay button stays grey"."""
    told = f"{name} {_OUTCOME_WORDS[outcome]}"
    return f"{told}: {reason}" if reason else f"{told}."


def issues_heading(
    total: int,
    category: str | None,
    severities: Sequence[Severity],
    case: str | None,
    *,
    ended: bool,
) -> str:
    """How many issues a list holds, in the words of the question."""
    named = [" or ".join(severity.value for severity in severities), (category or "")]
    words = [word for word in named if word]
    where = f" in {case}" if case else ""
    so_far = "" if ended else " so far"
    noun = " ".join([*words, "issue" if total == 1 or not total else "issues"])
    return f"{total or 'No'} {noun}{where}{so_far}."


def cases_of(count: int) -> str:
    """A number of test cases, as in "24 test cases"."""
    return f"{count} test case{'' if count == 1 else 's'}"
