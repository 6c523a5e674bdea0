"""Answers: what a run says to a question, as facts in the order they are shown.

Nothing here is markup. A `heading` is a sentence of its own that says what matters even where the
rest is not shown; it and every name may hold text from an AI or a web page, so whoever renders it
escapes it. Lists are paged: `total` counts all, `remaining` what comes after this page.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.domain.question import BlameGroup, CaseGroup, Choice, Severity
from bot.domain.run import Blame, IssueCategory, Outcome, Progress, Verdict

PAGE_SIZE = 10


class AnswerPart(BaseModel):
    """Every part of an answer is frozen, and survives a trip through JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CaseLine(AnswerPart):
    """A test case in a list; `number` is what a person may call it by."""

    number: int
    short_id: str
    name: str
    outcome: Outcome
    blame: Blame | None
    """None where there is nothing to blame anybody for."""
    reason: str | None
    """QA.tech's one-line reason (`resultTitle`)."""


class IssueLine(AnswerPart):
    """An issue in a list; `number` is None for one that the list does not hold."""

    number: int | None
    short_id: str
    title: str
    category: str
    severity: str
    affected: int
    """How many of the run's test cases it was found in."""


class SeverityCount(AnswerPart):
    """How many issues of one severity; the word is QA.tech's own."""

    severity: str
    count: int


class CategoryCount(AnswerPart):
    """How many issues of one category, split by severity, the gravest first."""

    category: str
    count: int
    severities: tuple[SeverityCount, ...]


class SummaryAnswer(AnswerPart):
    """How a run went, or how far it is."""

    kind: Literal["summary"] = "summary"
    heading: str
    run: str
    status: str
    result: str | None
    verdict: Verdict | None
    """None while it has not ended."""
    progress: Progress
    product_failures: int
    agent_failures: int
    """The test agent's and the platform's."""
    issues: tuple[CategoryCount, ...] | None
    """None where QA.tech was not asked for issues."""


class CasesAnswer(AnswerPart):
    """A page of test cases."""

    kind: Literal["cases"] = "cases"
    heading: str
    group: CaseGroup
    blame: BlameGroup | None
    cases: tuple[CaseLine, ...]
    unlisted: tuple[IssueLine, ...]
    """Failures that an older QA.tech tells as issues only; on the last page."""
    total: int
    offset: int
    remaining: int


class CaseAnswer(AnswerPart):
    """One test case: how it went, and why."""

    kind: Literal["case"] = "case"
    heading: str
    case: CaseLine
    status: str
    result: str | None
    error_code: str | None
    reasoning: str | None
    """The evaluator's reasoning (`evaluationThought`)."""
    expected_to_fail: bool
    """`classification` NEGATIVE; the result has taken it into account."""
    issues: tuple[IssueLine, ...]


class GoalAnswer(AnswerPart):
    """What one test case tests."""

    kind: Literal["goal"] = "goal"
    heading: str
    case: CaseLine
    goal: str | None
    examples: str | None


class IssuesAnswer(AnswerPart):
    """A page of issues."""

    kind: Literal["issues"] = "issues"
    heading: str
    category: IssueCategory | None
    severities: tuple[Severity, ...]
    case: CaseLine | None
    issues: tuple[IssueLine, ...]
    counts: tuple[SeverityCount, ...]
    """Of all that were asked for, not only of this page."""
    total: int
    offset: int
    remaining: int
    known: bool = True
    """False where QA.tech was not asked for issues, so that an empty list says nothing."""


class AffectedCase(AnswerPart):
    """A test case that an issue was found in; `number` is None where the run does not list it."""

    number: int | None
    short_id: str
    name: str


class IssueAnswer(AnswerPart):
    """One issue in full."""

    kind: Literal["issue"] = "issue"
    heading: str
    issue: IssueLine
    status: str
    description: str | None
    help_url: str | None
    tags: tuple[str, ...]
    cases: tuple[AffectedCase, ...]


class LinkAnswer(AnswerPart):
    """The run to link to; where it is seen is known to the tracked run, not to the run."""

    kind: Literal["link"] = "link"
    heading: str
    run: str


class HelpAnswer(AnswerPart):
    """What can be asked: three questions that fit this run."""

    kind: Literal["help"] = "help"
    heading: str
    examples: tuple[str, ...]


class UnknownAnswer(AnswerPart):
    """The run has no such thing; `nearest` are those whose names look most like it."""

    kind: Literal["unknown"] = "unknown"
    heading: str
    nearest: tuple[Choice, ...]


Answer = Annotated[
    SummaryAnswer
    | CasesAnswer
    | CaseAnswer
    | GoalAnswer
    | IssuesAnswer
    | IssueAnswer
    | LinkAnswer
    | HelpAnswer
    | UnknownAnswer,
    Field(discriminator="kind"),
]

ANSWERS: TypeAdapter[Answer] = TypeAdapter(Answer)
"""Reads and writes any answer as JSON."""
