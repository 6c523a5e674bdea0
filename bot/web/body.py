"""Reading the body of a request: only so much of it, and only for so long."""

import asyncio

from starlette.types import Receive

BODY_SECONDS = 10.0
"""A body that takes longer holds a connection that others need."""


class BodyRefused(Exception):
    """The body is not read to its end; `status` says why in HTTP's words."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def read_body(
    receive: Receive, *, length: str, most: int, seconds: float = BODY_SECONDS
) -> bytes:
    """The body, however it is sent: with its length beforehand (`length`), or in chunks.

    Raises:
        BodyRefused: it is larger than `most` bytes, of which no more than that is read, or has not
            come within `seconds`.
    """
    if length.isdecimal() and (len(length) > 12 or int(length) > most):
        raise BodyRefused(413, f"The body is larger than {most} bytes.")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return bytes(body)  # the client has gone; whatever answers it finds nobody
                body += message.get("body", b"")
                if len(body) > most:
                    raise BodyRefused(413, f"The body is larger than {most} bytes.")
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise BodyRefused(408, f"The body did not come within {seconds:g} s.") from None
