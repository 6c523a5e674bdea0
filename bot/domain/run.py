"""A run of QA.tech as its API tells it, and how its words are read.

The models follow `facts/qatech-get-run.openapi.yaml`. Only what identifies a thing is demanded;
what older servers leave out has a default, and unknown words are kept as they came.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel

TestCaseFilter = Literal["failed", "all"]
IssueCategory = Literal["accessibility", "console", "hosting", "failed_test"]
IssueFilter = Literal["all", "accessibility", "console", "hosting", "failed_test"]

TERMINAL_STATUSES = frozenset({"COMPLETED", "ERROR", "CANCELLED"})
_IN_PROGRESS_STATUSES = frozenset({"INITIATED", "RUNNING"})

Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""A string that a careless server may send as null: read as empty."""


def _empty_for_null(value: Any) -> Any:
    return () if value is None else value


def _none_for_nonsense(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


class _Answer(BaseModel):
    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore"
    )


class AffectedTestCase(_Answer):
    """A test case that an issue was found in (`RunIssueTestCase`)."""

    short_id: str
    name: Text = ""


class Issue(_Answer):
    """A finding, de-duplicated over the run's test cases and, by `short_id`, across runs."""

    id: str
    short_id: str
    title: Text = ""
    description: str | None = None
    severity: Text = ""
    issue_type: Text = ""
    help_url: str | None = None
    tags: Annotated[tuple[str, ...], BeforeValidator(_empty_for_null)] = ()
    status: Text = ""
    test_cases: Annotated[tuple[AffectedTestCase, ...], BeforeValidator(_empty_for_null)] = ()

    @property
    def category(self) -> str:
        """`issueType` as the query spells it: lower case. Unknown types are kept."""
        return self.issue_type.lower()

    @property
    def is_active(self) -> bool:
        """False for issues that somebody has ignored or resolved in QA.tech."""
        return self.status.lower() not in {"ignored", "resolved"}


class Outcome(StrEnum):
    """How one test case went; every test case has exactly one."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    NO_RESULT = "no_result"
    """Ended, and neither result nor status says how."""
    IN_PROGRESS = "in_progress"


class Blame(StrEnum):
    """Who is to blame for a test case that did not pass, by `errorCode`."""

    PRODUCT = "product"
    """`TEST_FAILED`: a real failure of the product under test."""
    AGENT = "agent"
    """`AGENT_…`: the test agent missed; the product is not to blame."""
    PLATFORM = "platform"
    """`PLATFORM_…`: QA.tech's platform failed; the product is not to blame."""
    UNKNOWN = "unknown"
    """No code, as older servers send, or one that is not known."""


class RunTestCase(_Answer):
    """One test case within a run.

    `classification` NEGATIVE means "expected to fail"; `result` has taken that into account
    already and is never inverted here.
    """

    id: str
    short_id: str
    name: Text = ""
    status: Text = ""
    result: str | None = None
    result_title: str | None = None
    evaluation_thought: str | None = None
    error_code: str | None = None
    classification: str | None = None
    prompt_goal: str | None = None
    prompt_examples: str | None = None

    @property
    def outcome(self) -> Outcome:
        """The one outcome of this test case: its result where it has one, else its status."""
        by_result = _OUTCOME_OF_RESULT.get((self.result or "").upper())
        if by_result is not None:
            return by_result
        if self.result:
            return Outcome.NO_RESULT  # an unknown result: shown as it is, counted apart
        return _OUTCOME_OF_STATUS.get(self.status.upper(), Outcome.IN_PROGRESS)

    @property
    def blame(self) -> Blame:
        """Who is to blame; only meaningful for FAILED and ERRORED."""
        code = (self.error_code or "").upper()
        if code == "TEST_FAILED":
            return Blame.PRODUCT
        if code.startswith("AGENT_"):
            return Blame.AGENT
        if code.startswith("PLATFORM_"):
            return Blame.PLATFORM
        return Blame.UNKNOWN


_OUTCOME_OF_RESULT = {
    "PASSED": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "SKIPPED": Outcome.SKIPPED,
}
_OUTCOME_OF_STATUS = {
    "ERROR": Outcome.ERRORED,
    "CANCELLED": Outcome.CANCELLED,
    "COMPLETED": Outcome.NO_RESULT,
}


class TestCaseDetails(RunTestCase):
    """The answer of `GET /v1/run-test-case/{shortId}`: one test case of a run, with its places.

    It has no specification, so that all but `id` may be absent, and a time or a number that
    cannot be read is None rather than an error. Screenshot and recording links may expire; `url`
    is durable.
    """

    short_id: Text = ""
    run_short_id: str | None = None
    project_test_case_id: str | None = None
    started_at: Annotated[datetime | None, WrapValidator(_none_for_nonsense)] = None
    completed_at: Annotated[datetime | None, WrapValidator(_none_for_nonsense)] = None
    duration_ms: Annotated[float | None, WrapValidator(_none_for_nonsense)] = None
    url: str | None = None
    screenshot_url: str | None = None
    recording_url: str | None = None


class Rerun(_Answer):
    """The run that a rerun has started (`run` in the answer of `POST /v1/run/{shortId}`)."""

    short_id: str
    id: Text = ""
    url: str | None = None
    test_count: int | None = None


class Verdict(StrEnum):
    """How a run as a whole ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    """The infrastructure failed; it says nothing about the product."""
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """Ended with a result that is null or not known; the words of the answer are shown."""


class Run(_Answer):
    """The answer of `GET /v1/run/{shortId}`.

    `run_test_cases` is empty and `issues` None unless the look asked for them: an empty `issues`
    means "none found", None means "not asked".
    """

    short_id: str
    status: Text
    result: str | None = None
    id: str = ""
    run_test_cases: Annotated[tuple[RunTestCase, ...], BeforeValidator(_empty_for_null)] = ()
    issues: tuple[Issue, ...] | None = None

    @property
    def has_ended(self) -> bool:
        return has_ended(self.status, self.result)

    @property
    def verdict(self) -> Verdict:
        """How the run ended; call it only for a run that has."""
        return verdict(self.status, self.result)

    def cases(self, *outcomes: Outcome) -> tuple[RunTestCase, ...]:
        """The test cases with one of these outcomes, in QA.tech's order."""
        return tuple(case for case in self.run_test_cases if case.outcome in outcomes)

    def issues_of(self, category: str, *, active: bool = True) -> tuple[Issue, ...]:
        """Issues of one category, the most severe first; none where they were not asked for."""
        found = (
            issue
            for issue in self.issues or ()
            if issue.category == category and (issue.is_active or not active)
        )
        return tuple(sorted(found, key=lambda issue: severity_rank(issue.severity)))

    def failures_known_as_issues_only(self) -> tuple[Issue, ...]:
        """`failed_test` issues whose test cases the answer does not hold.

        QA.tech files a `failed_test` issue for every failed test case, so those of listed test
        cases would count a failure twice. An older server that leaves out the test cases still
        tells its failures this way.
        """
        listed = {case.short_id for case in self.run_test_cases}
        return tuple(
            issue
            for issue in self.issues_of("failed_test")
            if not any(case.short_id in listed for case in issue.test_cases)
            and not (listed and not issue.test_cases)
        )


def has_ended(status: str, result: str | None) -> bool:
    """Whether a run is over: one of the three terminal statuses, or an unknown one with a result.

    The specification gives `result` as null while a run is in progress, so a result beside a
    status word that is newer than this bot still means the end.
    """
    word = status.upper()
    return word in TERMINAL_STATUSES or (word not in _IN_PROGRESS_STATUSES and bool(result))


def verdict(status: str, result: str | None) -> Verdict:
    """The verdict from a run's two words; ERROR and CANCELLED outrank any result beside them."""
    match status.upper():
        case "ERROR":
            return Verdict.ERROR
        case "CANCELLED":
            return Verdict.CANCELLED
    match (result or "").upper():
        case "PASSED":
            return Verdict.PASSED
        case "FAILED":
            return Verdict.FAILED
        case "SKIPPED":
            return Verdict.SKIPPED
    return Verdict.UNKNOWN


_SEVERITY_RANKS = {
    "critical": 0,
    "major": 1,
    "serious": 1,
    "moderate": 2,
    "minor": 3,
}


def severity_rank(severity: str) -> int:
    """Order of severities, the gravest first; axe's own words stand beside the product's.

    Unknown words come last. The API's casing is unknown, so it is not looked at.
    """
    return _SEVERITY_RANKS.get(severity.lower(), len(_SEVERITY_RANKS))


class Progress(BaseModel):
    """How far a run in progress has come: the number of test cases for each outcome."""

    model_config = ConfigDict(frozen=True)

    counts: Mapping[Outcome, int] = Field(default_factory=dict)

    @classmethod
    def of(cls, cases: Iterable[RunTestCase]) -> "Progress":
        return cls(counts=dict(Counter(case.outcome for case in cases)))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def finished(self) -> int:
        return self.total - self.counts.get(Outcome.IN_PROGRESS, 0)

    def __getitem__(self, outcome: Outcome) -> int:
        return self.counts.get(outcome, 0)
