"""Runs for those who look back: as stored when they have ended, else as QA.tech tells them now."""

from bot.domain.short_id import RunKey, RunReference
from bot.services.ports import WHOLE, Conversations, Projects, RunSource
from bot.services.watching import Looked


class KnownRuns:
    """Gives whole runs, with test cases and issues; changes nothing."""

    def __init__(
        self, *, conversations: Conversations, qatech: RunSource, projects: Projects
    ) -> None:
        self._conversations = conversations
        self._qatech = qatech
        self._projects = projects

    async def whole(self, key: RunKey, *, fresh: bool = False) -> Looked:
        """The stored snapshot of a run that has ended, else (or when `fresh`) a look at QA.tech.

        Raises:
            UserError: its project is not configured any more.
            QATechError: it is not stored, and QA.tech does not give it.
        """
        _, url = self._projects.resolve(RunReference(key.short_id, alias=key.project))
        known = await self._conversations.known_run(key)
        if known is not None:
            url = known.url or url
            if known.run is not None and known.has_ended and not fresh:
                return Looked(key, url, known.run)
        return Looked(key, url, await self._qatech.get_run(key, WHOLE))
