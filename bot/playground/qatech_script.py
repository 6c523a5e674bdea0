"""Scripts of simulated runs: what a run is made of, and what it looks like at any moment.

Pure: a script is asked how the run stands so many seconds after its start.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_AT_ONCE = 4
"""How many test cases run side by side."""


def mint(seed: str, length: int = 6) -> str:
    """A short ID as QA.tech forms them; the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode("utf-8", "replace")).digest()[:16], "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)


def mint_uuid(seed: str) -> str:
    """A UUID that is the same for the same seed."""
    safe = seed.encode("utf-8", "replace").decode()
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://qa.tech/{safe}"))


@dataclass(frozen=True, slots=True)
class Case:
    """One test case and how it will end; the words are those of the specification.

    Attributes:
        reason: `resultTitle`, one line.
        thought: `evaluationThought`, the evaluator's reasoning.
        short_id: of this case in this run; minted from run and place where empty.
        flaky: passes when it is run again.
    """

    name: str
    result: str | None = "PASSED"
    status: str = "COMPLETED"
    reason: str | None = None
    thought: str | None = None
    error_code: str | None = None
    classification: str | None = "POSITIVE"
    goal: str | None = None
    examples: str | None = None
    short_id: str = ""
    flaky: bool = False

    @property
    def went_wrong(self) -> bool:
        """Whether `testCases=failed` tells it: failed, skipped or errored."""
        return self.result in {"FAILED", "SKIPPED"} or self.status == "ERROR"

    @property
    def project_case_id(self) -> str:
        """The test case behind it, the same in every run."""
        return mint_uuid(f"case/{self.name}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One issue; `cases` are the names of the test cases that it was found in.

    `short_id` is minted from type and title where empty: the same issue in the next run has the
    same one, as QA.tech de-duplicates across runs.
    """

    title: str
    issue_type: str = "ACCESSIBILITY"
    severity: str = "Major"
    description: str | None = None
    help_url: str | None = None
    tags: tuple[str, ...] = ()
    status: str = "Active"
    cases: tuple[str, ...] = ()
    short_id: str = ""

    @property
    def known_as(self) -> str:
        return self.short_id or mint(f"issue/{self.issue_type}/{self.title}")


@dataclass(frozen=True, slots=True)
class CaseNow:
    """A test case at one moment: `began` and `ended` are seconds after the run's start."""

    short_id: str
    case: Case
    status: str
    began: float | None
    ended: float | None

    @property
    def is_over(self) -> bool:
        return self.ended is not None


@dataclass(frozen=True, slots=True)
class RunNow:
    """A run at one moment."""

    status: str
    result: str | None
    cases: tuple[CaseNow, ...]
    issues: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A run, from its start to its end.

    Attributes:
        short_id: the run's.
        duration: seconds from start to end, on the simulation's clock; 0 is a run that has ended.
        queued: seconds of INITIATED before the first test case begins.
        ending: the status it ends with; other words than the specification's are allowed.
        result: the run's result; worked out from the cases where empty, None where there is none.
        failures_as_issues: QA.tech files a `failed_test` issue for each failed case.
    """

    short_id: str
    cases: tuple[Case, ...] = ()
    findings: tuple[Finding, ...] = ()
    duration: float = 0.0
    queued: float = 0.0
    ending: str = "COMPLETED"
    result: str | None = ""
    failures_as_issues: bool = True
    _issues: tuple[Finding, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.queued <= self.duration:
            raise ValueError("a run is queued for a part of its duration, and neither is negative")
        failures = [_failure_as_issue(case) for case in self.cases if case.result == "FAILED"]
        added = failures if self.failures_as_issues else []
        object.__setattr__(self, "_issues", (*self.findings, *added))

    @property
    def id(self) -> str:
        return mint_uuid(f"run/{self.short_id}")

    @property
    def final_result(self) -> str | None:
        if self.result != "":
            return self.result
        if self.ending != "COMPLETED":
            return None
        results = [case.result for case in self.cases]
        if "FAILED" in results or any(case.status == "ERROR" for case in self.cases):
            return "FAILED"
        if results and all(result == "SKIPPED" for result in results):
            return "SKIPPED"
        return "PASSED"

    def at(self, elapsed: float) -> RunNow:
        """The run so many seconds after its start; test cases finish one by one."""
        over = elapsed >= self.duration
        waiting = elapsed < self.queued and not over
        cases = tuple(self._case_at(index, elapsed) for index in range(len(self.cases)))
        done = {now.case.name for now in cases if now.is_over}
        issues = tuple(
            replace(issue, cases=tuple(name for name in issue.cases if name in done))
            for issue in self._issues
            if over or any(name in done for name in issue.cases)
        )
        status = "INITIATED" if waiting else self.ending if over else "RUNNING"
        return RunNow(status, self.final_result if over else None, cases, issues)

    def rerun(self, short_id: str, *, chosen: Sequence[Case]) -> "Script":
        """The run that a rerun of the chosen cases starts; the flaky ones pass in it."""
        cases = tuple(
            replace(case, short_id="")
            if not case.flaky
            else replace(
                case,
                short_id="",
                status="COMPLETED",
                result="PASSED",
                error_code=None,
                reason="Passed when it was run again.",
                thought="Every step was completed and the expected outcome was seen.",
            )
            for case in chosen
        )
        names = {case.name for case in cases}
        findings = tuple(
            replace(finding, cases=tuple(name for name in finding.cases if name in names))
            for finding in self.findings
            if names.intersection(finding.cases)
        )
        share = len(cases) / len(self.cases) if self.cases else 1.0
        return replace(
            self,
            short_id=short_id,
            cases=cases,
            findings=findings,
            duration=self.queued + (self.duration - self.queued) * share,
            ending="COMPLETED",
            result="",
        )

    def _case_at(self, index: int, elapsed: float) -> CaseNow:
        case = self.cases[index]
        short_id = case.short_id or mint(f"{self.short_id}/{index}")
        slot = (self.duration - self.queued) / len(self.cases)
        begins = self.queued + slot * max(0, index + 1 - _AT_ONCE)
        # What has no result when the run breaks off is given up at its end, all at one time.
        broken_off = self.ending != "COMPLETED" and case.result is None
        ends = self.duration if broken_off else self.queued + slot * (index + 1)
        if index == len(self.cases) - 1:
            ends = self.duration  # not a rounding error later than the run
        if elapsed >= min(ends, self.duration):
            return CaseNow(short_id, case, case.status, begins, ends)
        if elapsed >= begins and elapsed >= self.queued:
            return CaseNow(short_id, case, "RUNNING", begins, None)
        return CaseNow(short_id, case, "INITIATED", None, None)


def _failure_as_issue(case: Case) -> Finding:
    return Finding(
        title=case.reason or f"{case.name} failed",
        issue_type="FAILED_TEST",
        severity="Critical" if case.error_code == "TEST_FAILED" else "Major",
        description=case.thought,
        cases=(case.name,),
        short_id=mint(f"failed/{case.name}"),
    )
