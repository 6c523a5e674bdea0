"""The order in which a run's test cases and issues are listed and numbered.

A person says "number 2" of what a report showed, so the report, the modals and the answers all
number by these two functions and by nothing else.
"""

from bot.domain.run import Issue, Outcome, Run, RunTestCase, severity_rank

CASE_ORDER = (
    Outcome.FAILED,
    Outcome.ERRORED,
    Outcome.NO_RESULT,
    Outcome.CANCELLED,
    Outcome.SKIPPED,
    Outcome.IN_PROGRESS,
    Outcome.PASSED,
)
"""What needs a look comes first; within an outcome QA.tech's own order stands."""

_CASE_RANKS = {outcome: rank for rank, outcome in enumerate(CASE_ORDER)}
Named = RunTestCase | Issue
"""What a list holds and a person may name."""

_CATEGORY_ORDER = ("accessibility", "console", "hosting")


def listed_cases(run: Run) -> tuple[RunTestCase, ...]:
    """All test cases in the order of the list; number n is the n-th, counted from 1."""
    return tuple(sorted(run.run_test_cases, key=lambda case: _CASE_RANKS[case.outcome]))


def listed_issues(run: Run) -> tuple[Issue, ...]:
    """All active issues but the `failed_test` ones, in the order of the list.

    Accessibility comes first, so that the numbers of the accessibility list are those of the
    whole; then console, hosting, and what is newer than this bot. Within a category the most
    severe come first. A failed test is told as a test case, never a second time as an issue.
    """
    found = [
        (issue.category, issue)
        for issue in run.issues or ()
        if issue.is_active and issue.category != "failed_test"
    ]
    newer = sorted({category for category, _ in found}.difference(_CATEGORY_ORDER))
    ranks = {category: rank for rank, category in enumerate((*_CATEGORY_ORDER, *newer))}
    found.sort(key=lambda pair: (ranks[pair[0]], severity_rank(pair[1].severity)))
    return tuple(issue for _, issue in found)


def label(named: Named) -> str:
    """The name of a test case, the title of an issue; its short ID where that is empty."""
    text = named.name if isinstance(named, RunTestCase) else named.title
    return text.strip() or named.short_id
