"""What every listener of actions does: acknowledge, read the press, answer, never raise."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import SlackError, UserError
from bot.slack.blocks import problems
from bot.slack.listeners.actions.press import Press, read_press
from bot.slack.listeners.reply import Reply
from bot.slack.listeners.trouble import explain

_log = structlog.stdlib.get_logger("qarun.slack")


class ActionListener:
    """The edge of all action listeners; a subclass answers the press in `answer`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def listen(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond
    ) -> None:
        """Acknowledge at once; a message of any age is answered, if only with an explanation."""
        await ack()
        press = read_press(body, action)
        reply = Reply(self._client, respond, channel=press.channel, user=press.user)
        try:
            await self.answer(press, reply)
        except UserError as error:
            await reply(problems.user_error(str(error)))
        except SlackError as error:
            _log.warning(
                "press_failed", action=press.action_id, channel=press.channel, why=str(error)
            )
            await reply(problems.failure_of_ours())
        except Exception as error:  # noqa: BLE001 - the edge: a press must not end in silence
            about = {"action": press.action_id, "channel": press.channel}
            await reply(explain(error, "press_crashed", **about))

    async def answer(self, press: Press, reply: Reply) -> None:
        """Answer one press."""
        raise NotImplementedError
