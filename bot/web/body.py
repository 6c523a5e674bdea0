"""Reading the body of a request: only so much of it, and only for so long."""

import asyncio

from starlette.types import Receive

BODY_SECONDS = 10.0
"""A body that takes longer holds a connection that others need."""

PATIENCE_BYTES = 4_000_000
"""So much of a body that is too large is read, and thrown away, before its client is cut off."""


class BodyRefused(Exception):
    """The body is not read to its end; `status` says why in HTTP's words."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def read_body(
    receive: Receive, *, length: str, most: int, seconds: float = BODY_SECONDS
) -> bytes:
    """The body, however it is sent: with its length beforehand (`length`), or in chunks.

    What goes beyond `most` bytes is read for a while, and thrown away: a client that is cut off in
    the middle of its body does not read why.

    Raises:
        BodyRefused: it is larger than `most`, or has not come within `seconds`.
    """
    too_large = BodyRefused(413, f"The body is larger than {most} bytes.")
    if length.isdecimal() and (len(length) > 12 or int(length) > most + PATIENCE_BYTES):
        raise too_large
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(seconds):
            while size <= most + PATIENCE_BYTES:
                message = await receive()
                if message["type"] != "http.request":
                    break  # the client has gone; whatever answers it finds nobody
                part = message.get("body", b"")
                size += len(part)
                if size <= most:
                    body += part
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        if size > most:
            raise too_large from None
        raise BodyRefused(408, f"The body did not come within {seconds:g} s.") from None
    if size > most:
        raise too_large
    return bytes(body)
