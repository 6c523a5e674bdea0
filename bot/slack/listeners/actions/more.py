"""The overflow menu of a message: refresh, stop watching, copy the ID."""

from datetime import UTC, datetime

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import QATechError
from bot.domain.short_id import RunKey
from bot.domain.watch import TrackedRun
from bot.services.known_runs import KnownRuns
from bot.services.watching import AlreadyWatched, Asker, Reported, WatchService
from bot.slack.blocks import answers, problems
from bot.slack.blocks.buttons import (
    COPY_ID,
    MORE,
    REFRESH,
    STOP_WATCHING,
    every,
    read_more_value,
)
from bot.slack.blocks.message import Message
from bot.slack.blocks.pressing import copy_id, old_button
from bot.slack.blocks.report import report
from bot.slack.listeners.actions.listener import ActionListener
from bot.slack.listeners.actions.press import Press
from bot.slack.listeners.reply import Reply


class MoreAction(ActionListener):
    """Does what was chosen from the menu."""

    def __init__(self, client: AsyncWebClient, *, watching: WatchService, runs: KnownRuns) -> None:
        super().__init__(client)
        self._watching = watching
        self._runs = runs

    def register(self, app: AsyncApp) -> None:
        app.action(every(MORE))(self.listen)

    async def answer(self, press: Press, reply: Reply) -> None:
        """Old menus that cannot be read say so."""
        chosen = read_more_value(press.value)
        match chosen:
            case (what, key) if what == COPY_ID:
                await reply(copy_id(key))
            case (what, key) if what == REFRESH and press.channel:
                await self._refresh(press, press.channel, key, reply)
            case (what, key) if what == STOP_WATCHING and press.channel:
                stopped = await self._watching.stop_key(key, press.channel, by=press.user)
                say = answers.stopped if stopped.was_watched else answers.nothing_to_stop
                await reply(say(key))
            case _:
                await reply(old_button(chosen[1] if chosen else None))

    async def _refresh(self, press: Press, channel: str, key: RunKey, reply: Reply) -> None:
        if press.is_ephemeral:
            await reply(await self._seen_now(key))
            return
        asker = Asker(press.user, channel, f"refresh:{press.action_ts}", thread_ts=press.thread_ts)
        try:
            asked = await self._watching.refresh(key, asker, message_ts=press.message_ts)
        except QATechError as error:
            await reply(problems.qatech_problem(error, key, stored=False))
            return
        if isinstance(asked, AlreadyWatched):
            await reply(answers.looking_again(key))
        if isinstance(asked, Reported):
            await reply(answers.refreshed(key))

    async def _seen_now(self, key: RunKey) -> Message:
        """What one look at the run shows, for a report that one person alone has seen."""
        try:
            looked = await self._runs.whole(key, fresh=True)
        except QATechError as error:
            return problems.qatech_problem(error, key, stored=False)
        return report(TrackedRun.looked_at(key, looked.url, looked.run, datetime.now(UTC)))
