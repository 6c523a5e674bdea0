"""QA.tech in memory: `RunSource`, `Reruns` and `TestCases` for the tests of the services."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from bot.domain.errors import NothingToRerun, RunNotFound
from bot.domain.run import Outcome, Rerun, Run, RunTestCase
from bot.domain.run import TestCaseDetails as CaseDetails
from bot.domain.short_id import RunKey
from bot.services.ports import Look

_TOLD_BY_FAILED = {Outcome.FAILED, Outcome.SKIPPED, Outcome.ERRORED}


@dataclass(slots=True)
class FakeQATech:
    """Give it runs, and let it fail.

    Attributes:
        asked: every look so far.
        rerun_asked: every rerun so far, with `failed_only`.
        gate: while set and not open, every call waits for it, as for a QA.tech that hangs.
    """

    asked: list[tuple[RunKey, Look]] = field(default_factory=list)
    rerun_asked: list[tuple[RunKey, bool]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    _runs: dict[RunKey, deque[Run]] = field(default_factory=dict)
    _details: dict[tuple[str, str], CaseDetails] = field(default_factory=dict)
    _errors: list[tuple[Exception, int | None, RunKey | None, Look | None]] = field(
        default_factory=list
    )

    def put(self, key: RunKey, *runs: Run) -> None:
        """The run as the next looks see it, one after the other; the last one stays."""
        if not runs:
            raise ValueError("give at least one run")
        self._runs[key] = deque(runs)

    def remove(self, key: RunKey) -> None:
        """The run vanishes."""
        del self._runs[key]

    def put_test_case(self, project: str, details: CaseDetails) -> None:
        """The details of one test case, beyond what the run says of it."""
        self._details[project, details.short_id] = details

    def fail(
        self,
        error: Exception,
        *,
        times: int | None = None,
        key: RunKey | None = None,
        look: Look | None = None,
    ) -> None:
        """Raise this for the next calls, or until `recover`.

        For one run or one kind of look only, where `key` or `look` is set. Of several errors, the
        oldest that fits is raised.
        """
        self._errors.append((error, times, key, look))

    def recover(self) -> None:
        """Let everything go well again."""
        self._errors.clear()

    async def get_run(self, key: RunKey, look: Look) -> Run:
        """See `RunSource`."""
        self.asked.append((key, look))
        await self._pass(key, look)
        runs = self._known(key)
        return _seen(runs.popleft() if len(runs) > 1 else runs[0], look)

    async def rerun(self, key: RunKey, *, failed_only: bool) -> Rerun:
        """See `Reruns`; the new run is there to be asked for, INITIATED."""
        self.rerun_asked.append((key, failed_only))
        await self._pass(key)
        cases = self._known(key)[0].run_test_cases
        if failed_only:
            cases = tuple(case for case in cases if case.outcome in _TOLD_BY_FAILED)
        if not cases:
            raise NothingToRerun("QA.tech answered 400: No test cases to rerun")
        short_id = f"rerun{len(self.rerun_asked)}"
        fresh = tuple(
            RunTestCase(
                id=f"{short_id}-{case.id}",
                short_id=f"{short_id}-{case.short_id}",
                name=case.name,
                status="INITIATED",
                prompt_goal=case.prompt_goal,
            )
            for case in cases
        )
        run = Run(short_id=short_id, id=short_id, status="INITIATED", run_test_cases=fresh)
        self.put(RunKey(key.project, short_id), run)
        return Rerun(
            id=short_id,
            short_id=short_id,
            url=f"https://app.qa.tech/p/fake/results/{short_id}",
            test_count=len(cases),
        )

    async def get_test_case(self, key: RunKey, short_id: str) -> CaseDetails:
        """See `TestCases`."""
        await self._pass(key)
        if details := self._details.get((key.project, short_id)):
            return details
        for run_key, runs in self._runs.items():
            for case in runs[0].run_test_cases:
                if run_key.project == key.project and case.short_id == short_id:
                    return CaseDetails(**case.model_dump(), run_short_id=runs[0].short_id)
        raise RunNotFound("QA.tech answered 404: Test case not found")

    async def _pass(self, key: RunKey, look: Look | None = None) -> None:
        if self.gate is not None:
            await self.gate.wait()
        for index, (error, times, only, at) in enumerate(self._errors):
            if only in {None, key} and at in {None, look}:
                if times is not None:
                    if times > 1:
                        self._errors[index] = (error, times - 1, only, at)
                    else:
                        del self._errors[index]
                raise error

    def _known(self, key: RunKey) -> deque[Run]:
        runs = self._runs.get(key)
        if runs is None:
            raise RunNotFound("QA.tech answered 404: Run not found")
        return runs


def _seen(run: Run, look: Look) -> Run:
    """As much of the run as the look asks for."""
    cases = run.run_test_cases
    if look.test_cases is None:
        cases = ()
    elif look.test_cases == "failed":
        cases = tuple(case for case in cases if case.outcome in _TOLD_BY_FAILED)
    issues = run.issues or ()
    if look.issues not in {None, "all"}:
        issues = tuple(issue for issue in issues if issue.category == look.issues)
    return run.model_copy(
        update={"run_test_cases": cases, "issues": None if look.issues is None else issues}
    )
