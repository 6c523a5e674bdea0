"""A wire between the bot and a PostgreSQL server, which can be cut, closed and held still."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit, urlunsplit

_PORT = 5432
_PIECE = 65536


@dataclass(slots=True)
class Wire:
    """Carries bytes both ways.

    Attributes:
        url: the database's, by this wire.
        is_refusing: nobody gets through any more, as where the server does not run.
        flowing: while cleared, what has been sent is never answered.
    """

    url: str
    is_refusing: bool = False
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """End every connection now, without a word."""
        for end in self._ends:
            end.transport.abort()

    def down(self) -> None:
        """The server is gone."""
        self.is_refusing = True
        self.cut()

    def up(self) -> None:
        """It is back."""
        self.is_refusing = False
        self.flowing.set()

    async def carry(
        self, socket: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection of the bot's until it ends."""
        if self.is_refusing:
            writer.transport.abort()
            return
        theirs, ours = await asyncio.open_unix_connection(socket)
        self._ends |= {writer, ours}
        try:
            await asyncio.gather(self._pour(reader, ours), self._pour(theirs, writer))
        finally:
            self._ends -= {writer, ours}

    async def _pour(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(_PIECE):
                await self.flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.close()


@contextlib.asynccontextmanager
async def wired(server_url: str) -> AsyncIterator[Wire]:
    """A wire to the server of this URL, which listens on a socket in its home."""
    parts = urlsplit(server_url)
    query = parse_qs(parts.query)
    socket = f"{query['host'][0]}/.s.PGSQL.{_PORT}"
    wire = Wire("")
    wire.flowing.set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await wire.carry(socket, reader, writer)

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    place = f"{parts.username}:{parts.password}@127.0.0.1:{port}"
    wire.url = urlunsplit(parts._replace(netloc=place, query=""))
    try:
        yield wire
    finally:
        wire.up()
        wire.cut()
        listener.close()
