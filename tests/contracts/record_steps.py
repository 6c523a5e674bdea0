"""Steps that the contracts of the records share."""

from functools import partial

from bot.domain.notice import NewNotice
from bot.domain.record import CaseRecord, RunRecord
from bot.domain.run import Outcome, Run, Verdict
from bot.domain.short_id import RunKey
from bot.services.ports import Store
from tests.contracts.store_steps import at, report


def record(
    short_id: str, seconds: float, *cases: str, project: str = "default", verdict: str = "passed"
) -> RunRecord:
    """A run that ended at that moment."""
    return RunRecord(
        project=project,
        short_id=short_id,
        verdict=Verdict(verdict),
        ended_at=at(seconds),
        cases=tuple(
            CaseRecord(short_id=f"{short_id}-{name}", name=name, outcome=Outcome.PASSED)
            for name in cases or ("Login", "Checkout")
        ),
    )


def _asked_for(key: RunKey, run_id: int) -> NewNotice:
    return report(f"asked:{key}", run_id=run_id)


async def remember(store: Store, *records: RunRecord) -> None:
    """As when somebody asks about a run that has ended."""
    for each in records:
        key = RunKey(each.project, each.short_id)
        await store.save_ended(
            key,
            run=Run(short_id=each.short_id, status="COMPLETED"),
            url=None,
            notice_for=partial(_asked_for, key),
            now=each.ended_at,
            record=each,
        )


async def ids(store: Store, before: float, **options: int) -> list[str]:
    found = await store.history("default", before=at(before), **options)
    return [each.short_id for each in found]
