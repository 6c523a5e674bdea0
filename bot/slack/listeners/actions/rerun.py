"""The button that reruns the failed test cases; Slack has asked for confirmation already."""

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.short_id import RunKey
from bot.services.ports import DirectMessages
from bot.services.rerunning import (
    NotAllowed,
    Refused,
    RerunOutcome,
    RerunService,
    RunningAlready,
    Started,
    Unfollowed,
)
from bot.slack.blocks import pressing
from bot.slack.blocks.buttons import RERUN_FAILED, every, read_run_value
from bot.slack.blocks.message import Message
from bot.slack.listeners.actions.listener import ActionListener
from bot.slack.listeners.actions.press import Press
from bot.slack.listeners.reply import Reply


class RerunAction(ActionListener):
    """Starts a rerun; its live message in the thread is the answer that everybody sees."""

    def __init__(
        self, client: AsyncWebClient, rerunning: RerunService, direct: DirectMessages
    ) -> None:
        super().__init__(client)
        self._rerunning = rerunning
        self._direct = direct

    def register(self, app: AsyncApp) -> None:
        app.action(every(RERUN_FAILED))(self.listen)

    async def answer(self, press: Press, reply: Reply) -> None:
        """Pressed where nobody else sees it, it is followed in a direct message."""
        key = read_run_value(press.value)
        if key is None:
            await reply(pressing.old_button(None))
            return
        channel, where = press.channel, pressing.IN_THREAD
        if channel is None or press.is_ephemeral:
            channel = await self._direct.open_direct(press.user)
            where = pressing.IN_DIRECT_MESSAGES
        outcome = await self._rerunning.rerun(
            key,
            failed_only=True,
            user=press.user,
            channel=channel,
            thread_ts=press.thread_ts,
            request_id=press.trigger_id or None,
        )
        await reply(rerun_message(key, outcome, where=where))


def rerun_message(key: RunKey, outcome: RerunOutcome, *, where: str) -> Message:
    """What the person who asked is told, and nobody else."""
    match outcome:
        case Started(watch=watch):
            return pressing.rerun_started(key, watch.key, where=where)
        case RunningAlready(by=by, new_key=new_key):
            return pressing.rerun_running_already(key, new_key, by, where=where)
        case NotAllowed():
            return pressing.rerun_not_allowed()
        case Unfollowed(new_key=new_key):
            return pressing.rerun_unfollowed(key, new_key)
        case Refused(error=error):
            return pressing.rerun_refused(error, key)
