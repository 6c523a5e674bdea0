"""Digests: what a channel is told of all the runs of a period."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.run import Blame, Verdict

KEPT = 10
"""The most lines that one list of a digest keeps; its total counts all."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Tally(_Part):
    """How the runs of a period ended, and how their test cases did.

    Attributes:
        cases: those that passed or failed; problems of the test agent or the platform, skipped and
            canceled ones say nothing about the product.
    """

    verdicts: Mapping[Verdict, int] = Field(default_factory=dict)
    cases: int = 0
    cases_passed: int = 0

    @property
    def runs(self) -> int:
        return sum(self.verdicts.values())

    @property
    def passed(self) -> int:
        return self.verdicts.get(Verdict.PASSED, 0)

    @property
    def decided(self) -> int:
        """The runs that passed or failed: the others say nothing about the product."""
        return self.passed + self.verdicts.get(Verdict.FAILED, 0)

    @property
    def pass_rate(self) -> float | None:
        """Of the runs, 0 to 1; None where none passed or failed."""
        return self.passed / self.decided if self.decided else None

    @property
    def case_pass_rate(self) -> float | None:
        """The same of the test cases."""
        return self.cases_passed / self.cases if self.cases else None


class FailingCase(_Part):
    """A test case that broke in `broken` of the `runs` it was in; `blame` where always the same."""

    project: str
    name: str
    broken: int
    runs: int
    blame: Blame | None = None


class FlakyCase(_Part):
    """A test case that flips from run to run."""

    project: str
    name: str
    flips: int


class OpenIssue(_Part):
    """A critical accessibility issue of the newest run that looked for it."""

    project: str
    short_id: str
    title: str


class MutedCase(_Part):
    """A test case that was muted, and in how many runs of the period it broke."""

    name: str
    until: datetime
    broken: int


class Digest(_Part):
    """What is told of a period; each list is cut at `KEPT`.

    Attributes:
        before: the period before; None where it is not remembered, or nothing ran in it.
        issues_known: False where no run of the period was asked for issues.
        several_projects: whether the names of projects tell anything.
    """

    tally: Tally
    before: Tally | None = None
    failing: tuple[FailingCase, ...] = ()
    total_failing: int = 0
    flaky: tuple[FlakyCase, ...] = ()
    total_flaky: int = 0
    critical: tuple[OpenIssue, ...] = ()
    total_critical: int = 0
    issues_known: bool = False
    muted_until: datetime | None = None
    muted_cases: tuple[MutedCase, ...] = ()
    total_muted_cases: int = 0
    several_projects: bool = False
