"""Questions: what a person can ask about a run in its thread, and how a sentence was read.

A question is stored in the outbox as a fact and answered when it is told, so each form is a frozen
model with a `kind` and survives a trip through JSON. Names have become short IDs by then: what
"checkout" or "number 2" meant is settled when the sentence is read, against the run it was asked
about.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.domain.run import IssueCategory, severity_rank
from bot.domain.short_id import RunReference


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CaseGroup(StrEnum):
    """Which test cases a question is about."""

    FAILED = "failed"
    """What broke: FAILED, and ERRORED too, for it did not pass either."""
    PASSED = "passed"
    SKIPPED = "skipped"
    ERRORED = "errored"
    CANCELLED = "cancelled"
    IN_PROGRESS = "in_progress"
    ALL = "all"


class BlameGroup(StrEnum):
    """Whose failures a question is about."""

    PRODUCT = "product"
    AGENT = "agent"
    """The test agent's or the platform's: the product is not to blame."""


class Severity(StrEnum):
    """The severities a person may name; axe's "serious" is the product's "major"."""

    CRITICAL = "critical"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"

    @property
    def rank(self) -> int:
        return severity_rank(self.value)


class AskSummary(_Form):
    """How the run went, or how far it is."""

    kind: Literal["summary"] = "summary"


class AskCases(_Form):
    """A list of test cases, or how many there are."""

    kind: Literal["cases"] = "cases"
    group: CaseGroup
    blame: BlameGroup | None = None


class AskWhy(_Form):
    """How one test case went and why."""

    kind: Literal["why"] = "why"
    case: str
    """Short ID of the test case."""


class AskGoal(_Form):
    """What one test case tests."""

    kind: Literal["goal"] = "goal"
    case: str


class AskIssues(_Form):
    """A list of issues; `severities` empty means all of them, `case` None means the whole run."""

    kind: Literal["issues"] = "issues"
    category: IssueCategory | None = None
    severities: tuple[Severity, ...] = ()
    case: str | None = None


class AskIssue(_Form):
    """One issue in full."""

    kind: Literal["issue"] = "issue"
    issue: str
    """Short ID of the issue."""


class AskLink(_Form):
    """Where to see the run in QA.tech."""

    kind: Literal["link"] = "link"


class AskHelp(_Form):
    """What can be asked."""

    kind: Literal["help"] = "help"


class AskUnknown(_Form):
    """A question about something that the run does not have."""

    kind: Literal["unknown"] = "unknown"
    what: Literal["case", "issue"]
    text: str
    """The name or number, as it was typed."""


class Rerun(_Form):
    """Run it again: all of it, what failed, or one test case."""

    kind: Literal["rerun"] = "rerun"
    failed_only: bool = False
    case: str | None = None


class Compare(_Form):
    """Compare with another run; `other` None means the run before this one."""

    kind: Literal["compare"] = "compare"
    other: RunReference | None = None


class Stop(_Form):
    """Stop watching this run."""

    kind: Literal["stop"] = "stop"


class Mute(_Form):
    """Be quiet; `minutes` None means until unmuted."""

    kind: Literal["mute"] = "mute"
    minutes: int | None = None


class Unmute(_Form):
    """Speak again."""

    kind: Literal["unmute"] = "unmute"


class Thanks(_Form):
    """Gratitude: a reaction, no words."""

    kind: Literal["thanks"] = "thanks"


Inquiry = (
    AskSummary | AskCases | AskWhy | AskGoal | AskIssues | AskIssue | AskLink | AskHelp | AskUnknown
)
"""Answered from the run's data alone, by `bot.domain.answer`."""

Wish = Rerun | Compare | Stop | Mute | Unmute | Thanks
"""Something to be done, by a service."""

Question = Annotated[Inquiry | Wish, Field(discriminator="kind")]


class Choice(_Form):
    """One of the things that an ambiguous question may have meant."""

    label: str
    """The name of the test case or issue: untrusted text."""
    question: Question


class Ambiguous(_Form):
    """Several names match about as well: ask which one was meant. The best matches come first."""

    kind: Literal["ambiguous"] = "ambiguous"
    text: str
    choices: tuple[Choice, ...]


class NotUnderstood(_Form):
    """Said to the bot, and not understood; `examples` are three questions that fit this run.

    None where they have been given in this thread already.
    """

    kind: Literal["not_understood"] = "not_understood"
    examples: tuple[str, ...]


class LeaveAlone(_Form):
    """Not clearly said to the bot: people talk to each other in threads too."""

    kind: Literal["leave_alone"] = "leave_alone"


Reading = Annotated[
    Inquiry | Wish | Ambiguous | NotUnderstood | LeaveAlone, Field(discriminator="kind")
]
"""What `bot.domain.language.understanding.understand` makes of a sentence."""

QUESTIONS: TypeAdapter[Question] = TypeAdapter(Question)
"""Reads and writes any question as JSON."""

READINGS: TypeAdapter[Reading] = TypeAdapter(Reading)
