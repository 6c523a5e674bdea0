"""Preview: what a rule would have told of the runs that are remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.record import RunRecord, past_of
from bot.domain.rules import Decision, Rule, decide

PREVIEW_RUNS = 30
"""A rule is tried on the newest runs, so many at the most."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have told, newest first, of the `looked_at` newest runs."""

    told: tuple[tuple[RunRecord, Decision], ...]
    looked_at: int


def preview(rule: Rule, records: Sequence[RunRecord], now: datetime) -> Preview:
    """Try a rule on remembered runs.

    `records` is newest first and may hold more than the runs it is tried on: those are compared
    with the older ones. Mutes are left aside, for they pass: the rule is shown as it is after.
    """
    unmuted = rule.model_copy(update={"muted_until": None, "muted_cases": ()})
    tried = [record for record in records if rule.covers(record.project)][:PREVIEW_RUNS]
    told = []
    for record in tried:
        decision = decide(unmuted, record, past_of(record, records), now)
        if decision.tell:
            told.append((record, decision))
    return Preview(tuple(told), len(tried))
