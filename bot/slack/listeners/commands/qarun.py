"""The slash command: acknowledge, find the subcommand, answer."""

from rapidfuzz.distance import OSA
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import UserError
from bot.domain.short_id import looks_like_a_run
from bot.services.watching import Asker
from bot.slack.blocks import problems
from bot.slack.blocks.commands import COMMAND, help_message
from bot.slack.blocks.message import Message
from bot.slack.inbox import REQUEST_KEY
from bot.slack.listeners.commands.alerts import alerts
from bot.slack.listeners.commands.ask import ask
from bot.slack.listeners.commands.audit import audit
from bot.slack.listeners.commands.failed import failed
from bot.slack.listeners.commands.issues import issues
from bot.slack.listeners.commands.mute import mute, unmute
from bot.slack.listeners.commands.request import PRIVATE, Desk, Handler, Request, split_words
from bot.slack.listeners.commands.rerun import rerun
from bot.slack.listeners.commands.trend import trend
from bot.slack.listeners.commands.watch import watch
from bot.slack.listeners.commands.watches import list_watches, stop
from bot.slack.listeners.reply import Reply
from bot.slack.listeners.trouble import explain
from bot.slack.listeners.turns import Turns


async def show_help(desk: Desk, request: Request) -> Message:
    """What can be typed."""
    return help_message()


SUBCOMMANDS: dict[str, Handler] = {
    "failed": failed,
    "issues": issues,
    "watch": watch,
    "list": list_watches,
    "stop": stop,
    "rerun": rerun,
    "trend": trend,
    "alerts": alerts,
    "mute": mute,
    "unmute": unmute,
    "audit": audit,
    "help": show_help,
}


class QarunCommand:
    """The listener of `/qarun`."""

    def __init__(self, desk: Desk, client: AsyncWebClient) -> None:
        self._desk = desk
        self._client = client
        self._turns = Turns()

    def register(self, app: AsyncApp) -> None:
        app.command(COMMAND)(self.listen)

    async def listen(
        self,
        ack: AsyncAck,
        command: dict[str, str],
        respond: AsyncRespond,
        context: AsyncBoltContext,
    ) -> None:
        """Acknowledge at once, whatever was typed; answer when the answer is known."""
        await ack()
        async with self._turns:
            await self._serve(command, respond, context)

    async def _serve(
        self, command: dict[str, str], respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        asker = Asker(
            user=command.get("user_id", ""),
            channel=command.get("channel_id", ""),
            request_id=context.get(REQUEST_KEY) or command.get("trigger_id", ""),
            response_url=command.get("response_url"),
        )
        reply = Reply(self._client, respond, channel=asker.channel, user=asker.user)
        try:
            text, trigger_id = command.get("text", ""), command.get("trigger_id", "")
            message = await self._answer(text, asker, trigger_id)
        except UserError as error:
            message = problems.user_error(str(error))
        except Exception as error:  # noqa: BLE001 - the edge: nothing typed may make us silent
            message = explain(error, "command_crashed", channel=asker.channel)
        if message is not None:
            await reply(message)

    async def _answer(self, text: str, asker: Asker, trigger_id: str) -> Message | None:
        words = split_words(text)
        if not words:
            return help_message()
        if handler := SUBCOMMANDS.get(words[0].lower()):
            request = Request(asker, tuple(words[1:]), trigger_id=trigger_id)
            return await handler(self._desk, request)
        run = tuple(word for word in words if word.lower() != PRIVATE)
        near = nearest(run)
        if len(run) != 1 or near:
            return help_message(not_understood=text, nearest=near)
        return await ask(self._desk, Request(asker, run, private=len(run) < len(words)))


def nearest(words: tuple[str, ...]) -> str | None:
    """The whole command that was probably meant, without its name; None when none is near."""
    if not words:
        return None
    first = words[0].lower()
    near = min(SUBCOMMANDS, key=lambda name: OSA.distance(first, name))
    if words[0].isalpha() and OSA.distance(first, near) <= (1 if len(first) < 6 else 2):
        return " ".join((near, *words[1:]))
    runs = [word for word in words if looks_like_a_run(word)]
    return runs[0] if len(words) > 1 and len(runs) == 1 else None
