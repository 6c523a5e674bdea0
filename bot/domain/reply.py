"""Replies: everything that may be said to a person who speaks to the bot in a thread."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bot.domain.answer import (
    AnswerPart,
    CaseAnswer,
    CaseLine,
    CasesAnswer,
    GoalAnswer,
    HelpAnswer,
    IssueAnswer,
    IssueLine,
    IssuesAnswer,
    LinkAnswer,
    SummaryAnswer,
    UnknownAnswer,
)
from bot.domain.question import Ambiguous, NotUnderstood


class ComparisonAnswer(AnswerPart):
    """What differs between two runs; each list is cut at `SHOWN`, the totals are not.

    `shared` is how many test cases both runs have, by name.
    """

    kind: Literal["comparison"] = "comparison"
    heading: str
    run: str
    before: str
    shared: int
    new_failures: tuple[CaseLine, ...]
    still_failing: tuple[CaseLine, ...]
    fixed: tuple[CaseLine, ...]
    new_issues: tuple[IssueLine, ...]
    gone_issues: tuple[IssueLine, ...]
    totals: "ComparisonTotals"


class ComparisonTotals(AnswerPart):
    """How long the lists of a comparison really are."""

    new_failures: int
    still_failing: int
    fixed: int
    new_issues: int
    gone_issues: int


class WishAnswer(AnswerPart):
    """What became of something that was to be done: one or two sentences, without markup."""

    kind: Literal["wish"] = "wish"
    heading: str


ComparisonAnswer.model_rebuild()

Reply = Annotated[
    SummaryAnswer
    | CasesAnswer
    | CaseAnswer
    | GoalAnswer
    | IssuesAnswer
    | IssueAnswer
    | LinkAnswer
    | HelpAnswer
    | UnknownAnswer
    | ComparisonAnswer
    | WishAnswer
    | Ambiguous
    | NotUnderstood,
    Field(discriminator="kind"),
]

REPLIES: TypeAdapter[Reply] = TypeAdapter(Reply)
"""Reads and writes any reply as JSON."""
