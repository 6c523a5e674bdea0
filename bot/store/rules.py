"""What each channel wants to hear, as it is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import NewEntry
from bot.domain.rules import Rule
from bot.store.audit import write_entries
from bot.store.database import Database
from bot.store.tables import rules
from bot.store.upserting import upsert


class SqlRules:
    """See `Rules`, which says what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rule_of(self, channel: str) -> Rule | None:
        async with self._database.reading() as connection:
            return await read_rule(connection, channel)

    async def save_rule(
        self, channel: str, rule: Rule, now: datetime, *, audit: Sequence[NewEntry] = ()
    ) -> None:
        values = {"channel": channel, "rule": rule.model_dump_json(), "changed_at": now}
        async with self._database.writing() as connection:
            await upsert(connection, rules, ["channel"], values, {"rule", "changed_at"})
            await write_entries(connection, audit, now)

    async def all_rules(self) -> Mapping[str, Rule]:
        query = select(rules.c.channel, rules.c.rule).order_by(rules.c.channel)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).all()
        read = ((row.channel, _rule(row.rule)) for row in found)
        return {channel: rule for channel, rule in read if rule is not None}

    async def rules_covering(self, project: str) -> Mapping[str, Rule]:
        found = await self.all_rules()
        return {channel: rule for channel, rule in found.items() if rule.covers(project)}


async def read_rule(connection: AsyncConnection, channel: str) -> Rule | None:
    """The rule of a channel, inside the caller's transaction."""
    text = await connection.scalar(select(rules.c.rule).where(rules.c.channel == channel))
    return None if text is None else _rule(text)


def _rule(text: str) -> Rule | None:
    """A rule that only a newer version can read must not keep a run from ending."""
    try:
        return Rule.model_validate_json(text)
    except ValidationError:
        return None
