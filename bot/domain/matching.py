"""What differs between two runs, test case by test case: the one place that decides it.

The test cases of two runs are matched by name: `RunTestCase.shortId` names a test case *of a run*
and differs from run to run, and the specification gives no identity beyond it. Of several with one
name the n-th is matched with the n-th. Issues are matched by `shortId`, which QA.tech keeps across
runs (`facts/QATECH.md`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeVar

from bot.domain.run import Blame, Outcome

CaseKey = tuple[str, int]
"""The name of a test case, and how many of that name stand before it in its run."""


class State(IntEnum):
    """How a test case stands, as far as a comparison is concerned; worse is more."""

    UNBROKEN = 0
    """It passed, or says nothing: skipped, canceled, without a result."""
    MISSED = 1
    """The test agent or the platform failed; nothing is known of the product."""
    BROKEN = 2
    """The product failed, or nobody says whose fault it is."""


class _Case(Protocol):
    @property
    def outcome(self) -> Outcome: ...

    @property
    def blame(self) -> Blame | None: ...


class _Issue(Protocol):
    @property
    def short_id(self) -> str: ...


_C = TypeVar("_C", bound=_Case)
_I = TypeVar("_I", bound=_Issue)


@dataclass(frozen=True, slots=True)
class Difference:
    """The keys of test cases, each kind in the order of the run that is compared.

    Attributes:
        new: broken now and not before, or the product's fault now and not before.
        still: broken now and before.
        fixed: passed now and broken before; one that was skipped or left out is not fixed.
        shared: how many test cases both runs have.
    """

    new: tuple[CaseKey, ...]
    still: tuple[CaseKey, ...]
    fixed: tuple[CaseKey, ...]
    shared: int


def keyed(cases: Iterable[tuple[str, _C]]) -> dict[CaseKey, _C]:
    """Test cases, each given with its name, by key and in their order."""
    found: dict[CaseKey, _C] = {}
    again: Counter[str] = Counter()
    for name, case in cases:
        key = (name, 0)
        if key in found:
            again[name] += 1
            key = (name, again[name])
        found[key] = case
    return found


def state_of(case: _Case) -> State:
    """How bad it is."""
    if case.outcome not in {Outcome.FAILED, Outcome.ERRORED}:
        return State.UNBROKEN
    return State.MISSED if case.blame in {Blame.AGENT, Blame.PLATFORM} else State.BROKEN


def difference(now: Mapping[CaseKey, _C], then: Mapping[CaseKey, _C]) -> Difference:
    """What differs between the test cases of a run and those of one before it."""
    was = {key: state_of(case) for key, case in then.items()}
    new, still, fixed = [], [], []
    for key, case in now.items():
        before, state = was.get(key, State.UNBROKEN), state_of(case)
        if state > before:
            new.append(key)
        elif state is not State.UNBROKEN:
            still.append(key)
        elif case.outcome is Outcome.PASSED and before is not State.UNBROKEN:
            fixed.append(key)
    return Difference(tuple(new), tuple(still), tuple(fixed), len(now.keys() & was.keys()))


def not_among(issues: Sequence[_I], others: Sequence[_Issue]) -> tuple[_I, ...]:
    """The issues that are not among the others."""
    known = {issue.short_id for issue in others}
    return tuple(issue for issue in issues if issue.short_id not in known)
