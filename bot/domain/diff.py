"""What differs between two runs.

The test cases of two runs are matched by name: `RunTestCase.shortId` names a test case *of a run*
and differs from run to run, and the specification gives no identity beyond it. Issues are matched
by `shortId`, which QA.tech keeps across runs (`facts/QATECH.md`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.domain.answer import CaseLine, IssueLine
from bot.domain.answer_rows import case_line, issue_line
from bot.domain.listing import label, listed_cases, listed_issues
from bot.domain.reply import ComparisonAnswer, ComparisonTotals
from bot.domain.run import Outcome, Run

SHOWN = 10
"""The most that one list of a comparison shows."""

SHARED_AT_LEAST = 0.5
"""The share of a run's test cases that another must have to be comparable with it."""

_BROKEN = frozenset({Outcome.FAILED, Outcome.ERRORED})
_Key = tuple[str, int]


def compare(run: Run, before: Run) -> ComparisonAnswer:
    """What changed from `before` to `run`; both are whole answers of QA.tech.

    A test case that was not in the run before and fails now is a new failure; one that is not in
    this run any more is neither fixed nor failing.
    """
    now, then = _by_name(run), _by_name(before)
    broken_now = {key for key, line in now.items() if line.outcome in _BROKEN}
    broken_then = {key for key, line in then.items() if line.outcome in _BROKEN}
    new = _in_order(now[key] for key in broken_now - broken_then)
    still = _in_order(now[key] for key in broken_now & broken_then)
    mended = (now[key] for key in broken_then - broken_now if key in now)
    fixed = _in_order(line for line in mended if line.outcome is Outcome.PASSED)
    appeared, gone = _issues(run, before), _issues(before, run)
    totals = ComparisonTotals(
        new_failures=len(new),
        still_failing=len(still),
        fixed=len(fixed),
        new_issues=len(appeared),
        gone_issues=len(gone),
    )
    shared = len(now.keys() & then.keys())
    return ComparisonAnswer(
        heading=_heading(run, before, totals, shared, failed_then=bool(broken_then)),
        run=run.short_id,
        before=before.short_id,
        shared=shared,
        new_failures=tuple(new[:SHOWN]),
        still_failing=tuple(still[:SHOWN]),
        fixed=tuple(fixed[:SHOWN]),
        new_issues=appeared[:SHOWN],
        gone_issues=gone[:SHOWN],
        totals=totals,
    )


def _in_order(lines: Iterable[CaseLine]) -> list[CaseLine]:
    """By the numbers that stand before them."""
    return sorted(lines, key=lambda line: line.number)


def _by_name(run: Run) -> dict[_Key, CaseLine]:
    """The test cases by name; of several with one name the n-th is matched with the n-th."""
    seen: Counter[str] = Counter()
    found: dict[_Key, CaseLine] = {}
    numbers = {case.short_id: number for number, case in enumerate(listed_cases(run), 1)}
    for case in run.run_test_cases:
        name = label(case)
        found[name, seen[name]] = case_line(numbers[case.short_id], case)
        seen[name] += 1
    return found


def _issues(run: Run, other: Run) -> tuple[IssueLine, ...]:
    """The issues of `run` that `other` does not have; none where either was not asked for them."""
    if run.issues is None or other.issues is None:
        return ()
    known = {issue.short_id for issue in other.issues}
    return tuple(
        issue_line(number, issue)
        for number, issue in enumerate(listed_issues(run), 1)
        if issue.short_id not in known
    )


def _heading(
    run: Run, before: Run, totals: ComparisonTotals, shared: int, *, failed_then: bool
) -> str:
    if not shared:
        return (
            f"Run {run.short_id} and run {before.short_id} have no test case in common, so there "
            "is nothing to compare."
        )
    parts: Sequence[str] = [
        f"{count} {what}"
        for count, what in (
            (totals.new_failures, "new " + ("failure" if totals.new_failures == 1 else "failures")),
            (totals.still_failing, "still failing"),
            (totals.fixed, "fixed"),
        )
        if count
    ]
    # What failed then may have been skipped now, or not be there any more: that is not "fixed".
    none = "nothing fails any more" if failed_then else "no failures in either"
    told = ", ".join(parts) if parts else none
    return f"Run {run.short_id} compared with run {before.short_id}: {told}."
