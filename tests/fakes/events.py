"""What polls and deliveries tell the operator, kept for the tests."""

from dataclasses import dataclass, field

from bot.domain.digest_rule import Period
from bot.domain.notice import Telling
from bot.domain.observe import Observation
from bot.domain.rules import Decision, Reason
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.services.digest import DigestOutcome
from bot.services.ports import TellResult


@dataclass(slots=True)
class FakeEvents:
    """`PollingEvents`, `AlertEvents`, `DeliveryEvents` and `DigestEvents`.

    Attributes:
        observations: each poll's run, what it came to, and whether it was saved.
        told_results: each attempt's `dedupe_key` and result.
        crashes: the run or channel of each crash.
        decisions: run, channel and reason of each decision about an alert.
        digests: channel, key of the period and outcome of each digest that was due.
        returns: how often the bot came back after it had been away.
    """

    observations: list[tuple[str, Observation, bool]] = field(default_factory=list)
    told_results: list[tuple[str, TellResult]] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    decisions: list[tuple[str, str, Reason]] = field(default_factory=list)
    digests: list[tuple[str, str, DigestOutcome]] = field(default_factory=list)
    returns: int = 0

    def came_back(self, runs: int) -> None:
        self.returns += 1

    def alert_decided(self, key: RunKey, channel: str, decision: Decision) -> None:
        self.decisions.append((str(key), channel, decision.reason))

    def polled(self, tracked: TrackedRun, observation: Observation, *, saved: bool) -> None:
        self.observations.append((str(tracked.key), observation, saved))

    def poll_crashed(self, tracked: TrackedRun) -> None:
        self.crashes.append(str(tracked.key))

    def told(self, telling: Telling, result: TellResult) -> None:
        self.told_results.append((telling.notice.dedupe_key, result))

    def delivery_crashed(self, channel: str) -> None:
        self.crashes.append(channel)

    def digest_decided(self, channel: str, period: Period, outcome: DigestOutcome) -> None:
        self.digests.append((channel, period.key, outcome))

    def digest_crashed(self, channel: str) -> None:
        self.crashes.append(channel)
