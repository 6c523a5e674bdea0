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
from bot.domain.errors import (
    AccessDenied,
    LeftAlone,
    NothingToRerun,
    QATechError,
    RateLimited,
    RunNotFound,
    UsageLimitReached,
)
from bot.domain.question import Ambiguous, NotUnderstood
from bot.domain.short_id import RunKey


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


def trouble(error: QATechError, key: RunKey) -> WishAnswer:
    """Why a question about a run cannot be answered now: what happened, whose fault, what to do."""
    match error:
        case RunNotFound():
            why = f"QA.tech knows no run {key}, or the bot's key may not see it."
        case AccessDenied():
            why = (
                f"QA.tech does not accept the bot's key, so I cannot look at run {key}. Whoever "
                "runs this bot must check QATECH_API_TOKEN."
            )
        case RateLimited():
            why = f"QA.tech says that I ask too often, so I cannot look at run {key} now."
        case _:
            why = (
                f"QA.tech does not answer as it should, so I cannot look at run {key} now. That "
                "is on its side; please ask again in a minute."
            )
    return WishAnswer(heading=why)


def rerun_trouble(error: QATechError, key: RunKey) -> WishAnswer:
    """Why a rerun was not started, or why nobody knows whether it was."""
    match error:
        case NothingToRerun():
            why = f"QA.tech says that there is nothing to rerun in run {key}."
        case UsageLimitReached():
            why = "QA.tech did not start the rerun: the usage limit of your plan is reached."
        case AccessDenied():
            why = (
                "QA.tech did not start the rerun: the bot's key may only read. Whoever runs this "
                "bot must set a key with write scope as QATECH_API_TOKEN."
            )
        case RunNotFound():
            why = f"QA.tech knows no run {key} any more, so it cannot be rerun."
        case RateLimited():
            why = "QA.tech says that I ask too often. The rerun was not started; try again soon."
        case LeftAlone():
            why = (
                "QA.tech did not answer a moment ago, so I did not ask it for a rerun. None was "
                "started; try again in a minute."
            )
        case _:
            why = (
                "QA.tech did not say whether it started the rerun. Look there before you ask "
                "again, so that you do not pay for two."
            )
    return WishAnswer(heading=why)
