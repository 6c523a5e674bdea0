"""Test cases as lines of a message."""

from collections.abc import Collection, Iterable, Iterator

from bot.domain.listing import label, listed_cases
from bot.domain.run import Blame, Outcome, Run, RunTestCase
from bot.slack.blocks.message import line_cost
from bot.slack.blocks.text import inline
from bot.slack.blocks.wording import BLAME_WORDS, FLAKY, UNCLASSIFIED, WORD_LIMIT

MAX_CASE_COST = 850
"""The most that one test case may take of a message, so that every page of ten fits."""

NO_REASON = "no reason given"
LIMITS = ((120, 240), (80, 120), (40, 60), (16, 20))
"""Characters of a name and of a reason; the longest form that fits is shown."""
_BLAMED = frozenset({Outcome.FAILED, Outcome.ERRORED})

Numbered = tuple[int, RunTestCase]

HEADINGS = {
    Outcome.FAILED: "Failed",
    Outcome.ERRORED: "Errored (did not run properly)",
    Outcome.NO_RESULT: "Without a known result",
    Outcome.CANCELLED: "Canceled",
    Outcome.SKIPPED: "Skipped",
    Outcome.IN_PROGRESS: "Not finished",
}
"""The outcomes that a report lists: all but PASSED."""


def numbered_by_outcome(run: Run) -> dict[Outcome, list[Numbered]]:
    """The test cases with the numbers that people call them by, in the order of the list."""
    groups: dict[Outcome, list[Numbered]] = {}
    for number, case in enumerate(listed_cases(run), start=1):
        groups.setdefault(case.outcome, []).append((number, case))
    return groups


def unpassed(run: Run) -> list[Numbered]:
    """The test cases that did not pass, in the order of the list.

    Those still in progress are among them once the run has ended without finishing them.
    """
    return [
        (number, case)
        for number, case in enumerate(listed_cases(run), start=1)
        if case.outcome is not Outcome.PASSED
        and (run.has_ended or case.outcome is not Outcome.IN_PROGRESS)
    ]


def case_lines(
    cases: Iterable[Numbered], *, most: int = MAX_CASE_COST, flaky: Collection[str] = ()
) -> Iterator[str]:
    """One line each, rendered one by one; `flaky` are names of test cases to be marked so."""
    return (
        case_line(number, case, most=most, is_flaky=label(case) in flaky) for number, case in cases
    )


def case_line(
    number: int, case: RunTestCase, *, most: int = MAX_CASE_COST, is_flaky: bool = False
) -> str:
    """Number, name, whose fault, and the reason in one line.

    It takes no more than `most` of a message where clipping can bring that about, and never more
    than `MAX_CASE_COST`.
    """
    line = ""
    for name_limit, reason_limit in LIMITS:
        line = _line(number, case, name_limit, reason_limit, is_flaky=is_flaky)
        if line_cost(line) <= most:
            break
    return line


def _line(
    number: int, case: RunTestCase, name_limit: int, reason_limit: int, *, is_flaky: bool
) -> str:
    parts = [f"{number}. *{inline(case.name, name_limit, empty='(no name)')}*"]
    aside = [_kind(case, reason_limit), FLAKY if is_flaky else ""]
    if any(aside):
        parts.append(f" ({', '.join(filter(None, aside))})")
    if reason := reason_of(case, reason_limit):
        parts.append(f": {reason}")
    elif case.outcome in _BLAMED:
        parts.append(f": {NO_REASON}")
    return "".join(parts)


def reason_of(case: RunTestCase, limit: int) -> str:
    """`resultTitle`, else the first line of the evaluator's thought; empty where neither says."""
    return inline(case.result_title or "", limit) or _first_line(case.evaluation_thought, limit)


def _first_line(text: str | None, limit: int) -> str:
    head = (text or "").lstrip()[: 8 * limit]
    return inline(head.splitlines()[0], limit) if head else ""


def _kind(case: RunTestCase, limit: int) -> str:
    """Whose fault it is, or, where nobody's is known, QA.tech's own word for what happened."""
    words = min(limit, WORD_LIMIT)
    match case.outcome:
        case Outcome.FAILED | Outcome.ERRORED:
            if case.blame is not Blame.UNKNOWN:
                return BLAME_WORDS[case.blame]
            error_code = inline(case.error_code or "", words)
            return f"{UNCLASSIFIED}{f': {error_code}' if error_code else ''}"
        case Outcome.NO_RESULT:
            return inline(case.result or "", words) or "no result"
        case Outcome.IN_PROGRESS:
            return inline(case.status, words) or "no status"
    return ""
