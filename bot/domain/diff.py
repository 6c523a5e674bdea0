"""The answer to `compare`: what differs between two runs, as whole answers of QA.tech."""

from collections.abc import Sequence

from bot.domain.answer import CaseLine, IssueLine
from bot.domain.answer_rows import case_line, issue_line
from bot.domain.listing import label, listed_cases, listed_issues
from bot.domain.matching import CaseKey, State, difference, keyed, not_among, state_of
from bot.domain.reply import ComparisonAnswer, ComparisonTotals
from bot.domain.run import Run

SHOWN = 10
"""The most that one list of a comparison shows."""


def compare(run: Run, before: Run) -> ComparisonAnswer:
    """What changed from `before` to `run`; both are whole answers of QA.tech.

    A test case that was not in the run before and fails now is a new failure; one that is not in
    this run any more is neither fixed nor failing.
    """
    now, then = _by_name(run), _by_name(before)
    differs = difference(now, then)
    new, still, fixed = (
        sorted((now[key] for key in keys), key=lambda line: line.number)
        for keys in (differs.new, differs.still, differs.fixed)
    )
    appeared, gone = _issues(run, before), _issues(before, run)
    totals = ComparisonTotals(
        new_failures=len(new),
        still_failing=len(still),
        fixed=len(fixed),
        new_issues=len(appeared),
        gone_issues=len(gone),
    )
    failed_then = any(state_of(line) is not State.UNBROKEN for line in then.values())
    return ComparisonAnswer(
        heading=_heading(run, before, totals, differs.shared, failed_then=failed_then),
        run=run.short_id,
        before=before.short_id,
        shared=differs.shared,
        new_failures=tuple(new[:SHOWN]),
        still_failing=tuple(still[:SHOWN]),
        fixed=tuple(fixed[:SHOWN]),
        new_issues=appeared[:SHOWN],
        gone_issues=gone[:SHOWN],
        totals=totals,
    )


def _by_name(run: Run) -> dict[CaseKey, CaseLine]:
    """The test cases by name, with the numbers that people call them by."""
    numbers = {case.short_id: number for number, case in enumerate(listed_cases(run), 1)}
    return keyed(
        (label(case), case_line(numbers[case.short_id], case)) for case in run.run_test_cases
    )


def _issues(run: Run, other: Run) -> tuple[IssueLine, ...]:
    """The issues of `run` that `other` does not have; none where either was not asked for them."""
    if run.issues is None or other.issues is None:
        return ()
    lines = [issue_line(number, issue) for number, issue in enumerate(listed_issues(run), 1)]
    return not_among(lines, listed_issues(other))


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
