"""When a run in progress is likely to end: several voices, each heard as far as it has been right.

Each voice is a distribution of the moment of the end. Where its moment has passed without an end
it loses its weight, so that no single one of them is trusted for long against what is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erfc, log, sqrt

from bot.domain.pace import Pace

_PACE_SPREAD, _PACE_SPREAD_OF_ONE = 0.35, 0.25
_WAVES_SPREAD = 0.4
_LAST_WAVE = 0.7
_USUAL_SPREAD = 0.12
_DONE_WEIGHT, _DONE_SHAPE = 3.0, 2.0
_ANYTHING_WEIGHT = 0.02
_LEAST_WEIGHT = 1e-6
_SHORT = 2.0
"""In units of the shortest interval: what is too short to conclude anything from."""


@dataclass(frozen=True, slots=True)
class _Sudden:
    """It may end at any moment; the longer it has lasted, the longer it may still (Pareto)."""

    weight: float
    lasted: float
    shape: float

    def lasts(self, seconds: float) -> float:
        """How probable it is that the run is still in progress so much later."""
        return float((self.lasted / (self.lasted + seconds)) ** self.shape)


@dataclass(frozen=True, slots=True)
class _About:
    """It takes about so long; `spread` is the relative error to expect (log-normal)."""

    weight: float
    lasted: float
    median: float
    spread: float
    survived: float

    def lasts(self, seconds: float) -> float:
        """As above."""
        return _survival(self.lasted + seconds, self.median, self.spread) / self.survived


@dataclass(frozen=True, slots=True)
class Forecast:
    """The voices, their weights adding up to 1."""

    voices: Sequence[_Sudden | _About]

    def ended_within(self, seconds: float) -> float:
        """How probable it is that the run ends within so many seconds from now."""
        return 1.0 - sum(voice.weight * voice.lasts(seconds) for voice in self.voices)


def forecast(pace: Pace, age: float, unit: float) -> Forecast:
    """The forecast at `age` seconds of watching a run.

    - *Usual*: as long as this very suite took before, counted from the start of the run; 12 % more
      or less.
    - *Pace*: the test cases left take as long, each, as those that finished while we watched. While
      some have not begun, the end is at least one test case away: how long one takes follows from
      how many are under way and how many have finished (Little's law). The fewer are left, the
      less certain: the last one may hang.
    - *Done*: every test case has finished; the run itself ends within seconds.
    - *Anything*: a run may break off at any moment, or all of the above be wrong.

    `unit` is the shortest interval between two looks: all else is measured in what was seen, so
    that the forecast does not care whether runs take minutes or hours.
    """
    voices: list[_Sudden | _About] = [_Sudden(_ANYTHING_WEIGHT, age + _SHORT * unit, 1.0)]
    if pace.usual and pace.started is not None:
        for seconds in pace.usual:
            lasted = age - pace.started
            voices += _about(1.0 / len(pace.usual), lasted, seconds, _USUAL_SPREAD)
    if pace.is_done:
        done_for = max(age - (pace.first_at if pace.moved is None else pace.moved), 0.0)
        voices.append(_Sudden(_DONE_WEIGHT, done_for + _SHORT * unit, _DONE_SHAPE))
    elif pace.left:
        voices += _by_pace(pace, age, unit)
    weight = sum(voice.weight for voice in voices)
    return Forecast([replace(voice, weight=voice.weight / weight) for voice in voices])


def _by_pace(pace: Pace, age: float, unit: float) -> list[_About]:
    if pace.cases_at is None or pace.started is None:
        return []
    began = max(pace.started, pace.first_at) if pace.first_finished else pace.started
    gained = pace.finished - pace.first_finished
    if pace.waiting and pace.working and (gained or not pace.first_finished):
        watched = max(pace.cases_at - began, unit)
        each = pace.working * watched / (gained + pace.working / 2)
        rest = each * (pace.waiting / pace.working + _LAST_WAVE)
        return _about(1.0, age - pace.cases_at, rest, _WAVES_SPREAD)
    if not gained or pace.moved is None:
        return []
    rest = max(pace.moved - began, unit) * pace.left / gained
    return _about(1.0, age - pace.moved, rest, _PACE_SPREAD + _PACE_SPREAD_OF_ONE / sqrt(pace.left))


def _about(weight: float, lasted: float, median: float, spread: float) -> list[_About]:
    """The voice, unless it has been proved wrong."""
    if median <= 0:
        return []
    lasted = max(lasted, 1e-3)
    survived = _survival(lasted, median, spread)
    if weight * survived < _LEAST_WEIGHT:
        return []
    return [_About(weight * survived, lasted, median, spread, survived)]


def _survival(seconds: float, median: float, spread: float) -> float:
    return 0.5 * erfc(log(seconds / median) / (spread * sqrt(2)))
