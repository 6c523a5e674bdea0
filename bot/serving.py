"""Serving an ASGI application inside the running event loop; the only file that knows uvicorn."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn

GRACE_SECONDS = 3
"""How long requests under way may go on after the end of the block."""

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept: longer than by the proxies and clients that use it (nginx
and most load balancers 60 s). A request that comes just as it is closed would be lost."""


class _Server(uvicorn.Server):
    """A server that leaves SIGINT and SIGTERM to the process it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own version takes the signals over and raises them again after its end, which
        # would turn a clean stop into "killed by SIGTERM".
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 takes a free one.

    Raises:
        OSError: the address is in use, not ours, or the host name is unknown.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError:  # raised for a name with an empty or too long part
        raise OSError(errno.EINVAL, "not a host name") from None
    family, kind, proto, _, address = found[0]
    listener = socket.socket(family, kind, proto)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


@contextlib.asynccontextmanager
async def serving(
    app: Any, listener: socket.socket, *, grace_seconds: int = GRACE_SECONDS
) -> AsyncIterator[str]:
    """Serve `app` on the listening socket until the block ends; yields its base URL."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        server_header=False,
        timeout_graceful_shutdown=grace_seconds,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="serving")
    try:
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the HTTP server ended before it began")
            await asyncio.sleep(0.005)
        host, port = listener.getsockname()[:2]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await task
        listener.close()
