"""The simulated QA.tech's world: keys, projects, runs, a clock that can be sped up, a journal."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from bot.playground.qatech_faults import Faults
from bot.playground.qatech_script import CaseNow, RunNow, Script, mint

_JOURNAL_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Project:
    """A project: its `proj…` short ID, and its slug in links."""

    short_id: str
    slug: str


WEBSHOP = Project("proj-fjord-supply_h3Kd9x", "fjord-supply")
"""The project that everything belongs to unless told otherwise."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key and what it may do.

    Attributes:
        projects: short IDs of the projects it may see.
        organisation: an organisation's key must name the project with each request; a project's
            key implies it.
        can_write: may start reruns.
    """

    token: str
    projects: frozenset[str] = frozenset({WEBSHOP.short_id})
    organisation: bool = False
    can_write: bool = True


DEMO_KEY = ApiKey("qat-demo-key")
"""A key of `WEBSHOP` that may do everything."""


@dataclass(slots=True)
class SimulatedRun:
    """A script that has been put on; `began_at` is None until it is first asked for."""

    script: Script
    project: str
    began_at: float | None
    reruns: int = 0


@dataclass(slots=True)
class Asked:
    """A request as the journal keeps it.

    Attributes:
        at: moment of the simulation's clock, in seconds.
        status: of the answer; None as long as there is none.
        body: as far as it was read; a fault may answer before that.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    at: float
    status: int | None = None
    body: bytes = b""

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(slots=True)
class QATechWorld:
    """All that the simulated QA.tech knows.

    Attributes:
        time_source: seconds since the epoch; tests step it by hand.
        keys: those that are let in.
        projects: those that exist.
        reruns_left: the quota; None is no limit.
        faults: what goes wrong just now.
        journal: the requests so far, the newest last (at most 10,000).
    """

    time_source: Callable[[], float] = time.time
    keys: tuple[ApiKey, ...] = (DEMO_KEY,)
    projects: tuple[Project, ...] = (WEBSHOP,)
    reruns_left: int | None = None
    faults: Faults = field(default_factory=Faults)
    journal: deque[Asked] = field(default_factory=lambda: deque(maxlen=_JOURNAL_ENTRIES))
    _runs: dict[str, SimulatedRun] = field(default_factory=dict)
    _speed: float = 1.0
    _anchor: tuple[float, float] | None = None

    @property
    def speed(self) -> float:
        """Simulated seconds in a second of the time source; it may change at any moment."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._anchor = self.time_source(), self.now()
        self._speed = speed

    def now(self) -> float:
        """The simulation's clock, in seconds since the epoch."""
        if self._anchor is None:
            moment = self.time_source()
            self._anchor = moment, moment
        real, simulated = self._anchor
        return simulated + (self.time_source() - real) * self._speed

    def add(
        self,
        script: Script,
        *,
        project: Project = WEBSHOP,
        age: float = 0.0,
        when_asked: bool = False,
    ) -> SimulatedRun:
        """Put a run on.

        Args:
            script: what happens; a run of the same short ID is replaced.
            project: where it belongs.
            age: seconds since it began.
            when_asked: it begins with the first request for it instead.
        """
        began_at = None if when_asked else self.now() - age
        run = SimulatedRun(script, project.short_id, began_at)
        self._runs[script.short_id] = run
        return run

    def run(self, short_id: str) -> SimulatedRun | None:
        """The run with this short ID."""
        return self._runs.get(short_id)

    def runs(self) -> tuple[SimulatedRun, ...]:
        """All runs, in the order in which they were put on or started."""
        return tuple(self._runs.values())

    def look(self, run: SimulatedRun) -> RunNow:
        """How the run stands; it begins now if it was waiting to be asked for."""
        if run.began_at is None:
            run.began_at = self.now()
        return run.script.at(self.now() - run.began_at)

    def find_case(self, short_id: str) -> tuple[SimulatedRun, CaseNow] | None:
        """The run test case with this short ID, and its run."""
        for run in self._runs.values():
            if run.began_at is None:
                continue  # asking for a test case does not begin a run
            for case in self.look(run).cases:
                if case.short_id == short_id:
                    return run, case
        return None

    def rerun(self, run: SimulatedRun, *, chosen: frozenset[str]) -> SimulatedRun:
        """Start the chosen test cases (by their `project_case_id`) as a new run."""
        run.reruns += 1
        if self.reruns_left is not None:
            self.reruns_left -= 1
        cases = [case for case in run.script.cases if case.project_case_id in chosen]
        script = run.script.rerun(
            mint(f"{run.script.short_id}/rerun/{run.reruns}", 5), chosen=cases
        )
        fresh = SimulatedRun(script, run.project, self.now())
        self._runs[script.short_id] = fresh
        return fresh

    def moment(self, run: SimulatedRun, elapsed: float | None) -> str | None:
        """So many seconds after the run began, as QA.tech writes a time."""
        if elapsed is None or run.began_at is None:
            return None
        stamp = datetime.fromtimestamp(run.began_at + elapsed, UTC)
        return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def slug(self, project: str) -> str:
        """The slug of a project in links."""
        return next(item.slug for item in self.projects if item.short_id == project)
