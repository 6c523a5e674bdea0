"""What ASGI has no words for: cutting a connection, and waiting until the other side has."""

import asyncio
import contextlib

from starlette.types import Receive, Send
from starlette.websockets import WebSocket


def abort(connection: Send | WebSocket) -> bool:
    """Cut the TCP connection behind an ASGI `send` or a websocket, without a goodbye.

    uvicorn hands `send` out as a method of the object that holds the transport. Under another
    server there may be none: False then, and the caller has to make do.
    """
    send = connection._send if isinstance(connection, WebSocket) else connection
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.Transport):
        return False
    transport.abort()
    return True


async def gone(receive: Receive, within: float | None = None) -> bool:
    """Wait until the client has hung up, at most `within` seconds; whether it has.

    To be called only when the request has been read whole.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    return False
