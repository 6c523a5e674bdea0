"""A server of prepared answers, as light as one can be in Python: it must not be what is measured.

Run as a program it serves QA.tech, or Slack's Web API, in a process of its own:
`python -m benchmarks.canned qatech` prints its address and serves until its input ends.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import parse_qs, urlsplit

Answer = Callable[[str, bytes], bytes]
"""Path with query, body → body of the answer; always 200 and JSON."""


class _Connection(asyncio.Protocol):
    """HTTP/1.1, as far as our two clients use it: one request after the other, kept alive."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment] # of a TCP server

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end]
            length = _content_length(head)
            if len(self._received) < end + 4 + length:
                return
            body = self._received[end + 4 : end + 4 + length]
            self._received = self._received[end + 4 + length :]
            target = head.split(b" ", 2)[1].decode()
            answered = self._answer(target, body)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                + str(len(answered)).encode()
                + b"\r\n\r\n"
                + answered
            )


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at < 0:
        return 0
    return int(lowered[at + 15 :].split(b"\r\n", 1)[0])


class Posts:
    """When messages came to Slack: the moments of `chat.postMessage`, told by `/times`."""

    def __init__(self) -> None:
        self._moments: list[float] = []

    def answer(self, target: str, _body: bytes) -> bytes:
        path = urlsplit(target).path
        if path.endswith("/times"):
            told, self._moments = self._moments, []
            return json.dumps(told).encode()
        if path.endswith("/chat.postMessage"):
            self._moments.append(time.time())
            return b'{"ok":true,"ts":"1700000000.%06d","channel":"C1"}' % len(self._moments)
        return _SLACK.get(path.rsplit("/", 1)[-1], b'{"ok":true}')


_SLACK = {
    "auth.test": b'{"ok":true,"url":"https://t.slack.com/","team":"T","user":"qarun",'
    b'"team_id":"T1","user_id":"U0","bot_id":"B0"}',
    "chat.update": b'{"ok":true,"ts":"1700000000.000001","channel":"C1"}',
    "chat.getPermalink": b'{"ok":true,"permalink":"https://t.slack.com/archives/C1/p1"}',
    "conversations.open": b'{"ok":true,"channel":{"id":"D1"}}',
}


def qatech_answer(target: str, _body: bytes) -> bytes:
    """A run in progress, with a dozen test cases where they are asked for."""
    parts = urlsplit(target)
    with_cases = "testCases" in parse_qs(parts.query)
    return _run(parts.path.rsplit("/", 1)[-1], with_cases)


@cache
def _cases() -> list[dict[str, object]]:
    return [
        {
            "id": f"c{number}",
            "shortId": f"case{number}",
            "name": f"Customer can pay by card {number}",
            "status": "COMPLETED" if number < 6 else "RUNNING",
            "result": "PASSED" if number < 6 else None,
            "promptGoal": "Log in, put a product into the cart, pay. " * 4,
            "evaluationThought": "The agent saw the confirmation. " * 8 if number < 6 else None,
        }
        for number in range(12)
    ]


def _run(short_id: str, with_cases: bool) -> bytes:
    answer: dict[str, object] = {"id": "r1", "shortId": short_id, "status": "RUNNING"}
    answer |= {"result": None, "runTestCases": _cases() if with_cases else []}
    return json.dumps(answer).encode()


async def serve(answer: Answer) -> None:
    """Serve on a free port of this machine until standard input ends; prints the address."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: None if sys.stdin.read(1) else ended.set())
    await ended.wait()


@contextlib.contextmanager
def canned(which: str) -> Iterator[str]:
    """The address of such a server in a process of its own, until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.canned", which],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(10)


if __name__ == "__main__":
    asyncio.run(serve(qatech_answer if sys.argv[1] == "qatech" else Posts().answer))
