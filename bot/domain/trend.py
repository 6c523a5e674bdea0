"""Trend: the last runs of a channel, one beside the other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.record import RunRecord
from bot.domain.run import Outcome, Verdict
from bot.domain.short_id import RunKey

SHOWN_RUNS = 20
MOST_RUNS = 30
"""More bars than these could not be told apart, and a table of them would be too long for Slack."""

_TESTED = (Outcome.PASSED, Outcome.FAILED)


class TrendRun(BaseModel):
    """One run of a trend; `counts` is empty where its test cases are not known."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    project: str
    short_id: str
    verdict: Verdict
    ended_at: datetime
    counts: Mapping[Outcome, int] = Field(default_factory=dict)

    @property
    def key(self) -> RunKey:
        return RunKey(self.project, self.short_id)

    @property
    def passed(self) -> int:
        return self.counts.get(Outcome.PASSED, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(Outcome.FAILED, 0)

    @property
    def untested(self) -> int:
        """Test cases that errored, were skipped or canceled, or have no known result."""
        return sum(count for outcome, count in self.counts.items() if outcome not in _TESTED)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def trend_of(records: Sequence[RunRecord]) -> tuple[TrendRun, ...]:
    """The trend of these runs, as they are given."""
    return tuple(
        TrendRun(
            project=record.project,
            short_id=record.short_id,
            verdict=record.verdict,
            ended_at=record.ended_at,
            counts=dict(Counter(case.outcome for case in record.cases)),
        )
        for record in records
    )
