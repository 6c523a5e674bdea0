"""Uploads: a message's picture becomes a file that Slack has, and its image block points to it.

The file is shared nowhere by itself: the message that shows it carries the notice's key, so that
the outbox can tell whether it was posted. Slack works on a new file for a moment and refuses
messages that show it until then.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks.message import Message, Picture
from bot.slack.web_errors import describe, error_code

_UPLOAD_SECONDS = 6.0
"""For drawing and all three requests: an attempt at a notice must have time for the rest."""
PAUSES: Sequence[float] = (0.5, 1.0, 1.5, 2.0)
"""Seconds before each try at posting a message with a new file."""
_NOT_READY = "invalid slack file"
"""What Slack says in `errors`, beside `invalid_blocks`, of a file that it still works on."""

_log = structlog.stdlib.get_logger("qarun.slack")


class Uploads:
    """Gives Slack pictures, `draw` makes them PNG."""

    def __init__(
        self,
        client: AsyncWebClient,
        draw: Callable[[str], bytes],
        *,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._client = client
        self._draw = draw
        self.pauses = pauses

    async def forms(self, message: Message) -> Sequence[Message]:
        """The forms of a message in which its picture is shown or missed, the best one first.

        Never raises: whatever keeps the picture from Slack, its message can go without.
        """
        if message.picture is None:
            return [message]
        file_id = await self._upload(message.picture)
        without = message.without_picture()
        return [without] if file_id is None else [message.with_picture(file_id), without]

    async def _upload(self, picture: Picture) -> str | None:
        """The ID of its file; None where Slack has not taken it."""
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                png = await asyncio.to_thread(self._draw, picture.svg)
                answer = await self._client.files_upload_v2(
                    filename=picture.file_name,
                    content=png,
                    title=picture.title,
                    alt_txt=picture.alternative,
                )
                return _file_id(answer.get("files"))
        except Exception as error:  # noqa: BLE001 - the picture is the lesser part of its message
            why = describe(error) if isinstance(error, SlackApiError) else repr(error)
            _log.warning("picture_not_uploaded", file=picture.file_name, why=why[:200])
            return None


def shows_file(message: Message) -> bool:
    """Whether a message shows a file that Slack may still be working on."""
    return any("slack_file" in block for block in message.blocks)


def is_not_ready(error: Exception) -> bool:
    """Whether Slack refuses a message because it does not know the file yet, or not at all."""
    if not isinstance(error, SlackApiError) or error_code(error) != "invalid_blocks":
        return False
    return _NOT_READY in str(error.response.get("errors") or "")


def _file_id(files: Any) -> str | None:
    first = files[0] if isinstance(files, list) and files else None
    found = first.get("id") if isinstance(first, dict) else None
    return str(found) if found else None
