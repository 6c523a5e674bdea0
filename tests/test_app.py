"""The composition root: that what it builds does what the settings say."""

from datetime import timedelta
from pathlib import Path

from bot.app import PRUNE_AT, Bot, utc_now
from bot.config import given_settings
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.store.database import Database
from bot.store.store import SqlStore
from tests.contracts.store_steps import report
from tests.domain.test_record import P, record

RETENTION_DAYS = 30


async def test_every_night_what_is_older_than_the_retention_is_forgotten(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'qarun.db'}"
    settings = given_settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "QATECH_API_TOKEN": "key",
            "QARUN_RETENTION_DAYS": str(RETENTION_DAYS),
        }
    )
    async with Database.open(url) as database:
        await database.migrate()
        store = SqlStore(database)
        for name, days in (("old", RETENTION_DAYS + 1), ("young", RETENTION_DAYS - 1)):
            ended_at = utc_now() - timedelta(days=days)
            await store.save_ended(
                RunKey("default", name),
                run=Run(short_id=name, status="COMPLETED", result="PASSED"),
                url=None,
                notice_for=lambda run_id: report(f"asked:{run_id}", run_id=run_id),
                now=ended_at,
                record=record(name, project="default", a=P).model_copy(
                    update={"ended_at": ended_at}
                ),
            )
        bot = Bot(settings, database)
        try:
            assert PRUNE_AT.split()[2:] == ["*", "*", "*"]  # every day
            await bot.prune()
        finally:
            await bot.close()
        left = await store.history("default", before=utc_now())
        assert [each.short_id for each in left] == ["young"]
