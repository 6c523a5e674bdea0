"""The whole store: what the composition root gives to the services."""

from bot.store.audit import SqlAuditTrail
from bot.store.conversations import SqlConversations
from bot.store.dead_letters import SqlDeadLetters
from bot.store.deliveries import SqlDeliveries
from bot.store.heartbeats import SqlHeartbeats
from bot.store.inbox import SqlInbox
from bot.store.leases import SqlLeases
from bot.store.outbox import SqlOutbox
from bot.store.polls import SqlPolls
from bot.store.quiet import SqlQuiet
from bot.store.records import SqlRecords
from bot.store.refusals import SqlRefusals
from bot.store.reruns import SqlRerunLog
from bot.store.rules import SqlRules
from bot.store.turns import SqlTurns
from bot.store.watches import SqlWatches


class SqlStore(
    SqlWatches,
    SqlPolls,
    SqlOutbox,
    SqlConversations,
    SqlRerunLog,
    SqlLeases,
    SqlRules,
    SqlRecords,
    SqlRefusals,
    SqlQuiet,
    SqlHeartbeats,
    SqlDeliveries,
    SqlAuditTrail,
    SqlDeadLetters,
    SqlInbox,
    SqlTurns,
):
    """See `Store`. It owns nothing: whoever opened the database closes it."""

    async def ping(self) -> None:
        await self._database.ping()

    async def problem(self) -> str | None:
        """Why the database cannot be used at this moment; None when all is well."""
        return await self._database.problem()
