"""A run of one's own making: so many test cases, failures and issues, in so many seconds."""

from dataclasses import dataclass, replace

from bot.playground.qatech_script import Case, Finding, Script
from bot.playground.qatech_webshop import FINDINGS, REGRESSION

MOST_CASES = 200
MOST_ISSUES = 100
MOST_SECONDS = 3600

_AT_FAULT = (
    "The page stayed empty, and its spinner never went away.",
    "The button stayed grey although all fields were filled in.",
    "The shop answered “Something went wrong” and kept the old value.",
    "A banner covered the button, so that nobody could press it.",
)


@dataclass(frozen=True, slots=True)
class OwnRun:
    """What the run shall be like.

    Attributes:
        seconds: from its start to its end, on the simulation's clock.

    Raises:
        ValueError: more failures than test cases, or a number out of bounds.
    """

    cases: int
    failures: int
    issues: int
    seconds: int

    def __post_init__(self) -> None:
        for name, number, least, most in (
            ("test cases", self.cases, 1, MOST_CASES),
            ("failures", self.failures, 0, self.cases),
            ("accessibility issues", self.issues, 0, MOST_ISSUES),
            ("seconds", self.seconds, 1, MOST_SECONDS),
        ):
            if not least <= number <= most:
                raise ValueError(f"Choose {least} to {most} {name}.")


def own_script(short_id: str, wanted: OwnRun) -> Script:
    """The script of such a run; its failures are spread over its time."""
    failing = {(2 * n + 1) * wanted.cases // (2 * wanted.failures) for n in range(wanted.failures)}
    cases = tuple(_case(index, fails=index in failing) for index in range(wanted.cases))
    return Script(
        short_id,
        cases,
        tuple(_finding(index, cases) for index in range(wanted.issues)),
        duration=float(wanted.seconds),
        queued=wanted.seconds * 0.05,
    )


def _case(index: int, *, fails: bool) -> Case:
    lap, place = divmod(index, len(REGRESSION))
    case = REGRESSION[place]
    name = f"{case.name} ({lap + 1})" if lap else case.name
    if not fails:
        return replace(case, name=name)
    reason = _AT_FAULT[index % len(_AT_FAULT)]
    return replace(
        case,
        name=name,
        result="FAILED",
        error_code="TEST_FAILED",
        reason=reason,
        thought=f"I followed the steps as far as I could. {reason} Trying again changed nothing.",
    )


def _finding(index: int, cases: tuple[Case, ...]) -> Finding:
    known = [finding for finding in FINDINGS if finding.issue_type == "ACCESSIBILITY"]
    lap, place = divmod(index, len(known))
    finding = known[place]
    title = f"{finding.title} ({lap + 1})" if lap else finding.title
    return replace(finding, title=title, cases=(cases[index % len(cases)].name,))
