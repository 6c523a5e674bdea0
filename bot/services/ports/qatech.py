"""What the services need of QA.tech, as Protocols."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.run import IssueFilter, Rerun, Run, TestCaseDetails, TestCaseFilter
from bot.domain.short_id import RunKey, RunReference


@dataclass(frozen=True, slots=True)
class Look:
    """How much of a run one request asks for (the query of `GET /v1/run/{shortId}`)."""

    test_cases: TestCaseFilter | None = None
    issues: IssueFilter | None = None


BARE = Look()
"""Status and result only."""
CASES = Look(test_cases="all")
"""What a live message shows."""
WHOLE = Look(test_cases="all", issues="all")
"""What a report shows: the final look."""


class Projects(Protocol):
    """The configured QA.tech projects."""

    @property
    def aliases(self) -> Sequence[str]:
        """Of all of them; the one that is meant where nobody says which stands first."""
        ...

    def resolve(self, reference: RunReference) -> tuple[RunKey, str | None]:
        """The key of the run that is meant and the link to it, where one is known.

        Raises:
            UserError: no project has that alias; the sentence names those there are.
        """
        ...


class RunSource(Protocol):
    """QA.tech."""

    async def get_run(self, key: RunKey, look: Look) -> Run:
        """One look at a run; tried once, within a bounded time.

        Raises:
            RunNotFound, AccessDenied, RateLimited, Unavailable, UnexpectedAnswer.
        """
        ...


class Reruns(Protocol):
    """QA.tech, for starting runs anew."""

    async def rerun(self, key: RunKey, *, failed_only: bool) -> Rerun:
        """Start the run's test cases, or the failed ones, as a new run; **billed**, tried once.

        After `Unavailable` and `UnexpectedAnswer` nobody knows whether it was started; after
        `LeftAlone`, which is an `Unavailable`, it was not.

        Raises:
            RunNotFound, AccessDenied (also: the key may only read), NothingToRerun,
            UsageLimitReached, RateLimited, Unavailable, UnexpectedAnswer.
        """
        ...


class TestCases(Protocol):
    """QA.tech, for one test case of a run."""

    async def get_test_case(self, key: RunKey, short_id: str) -> TestCaseDetails:
        """The details of the test case with this short ID, in the project of run `key`.

        Raises:
            RunNotFound: there is no such test case, or none that this key may see.
            AccessDenied, RateLimited, Unavailable, UnexpectedAnswer.
        """
        ...
