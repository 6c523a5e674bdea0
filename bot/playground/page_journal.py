"""Everything that goes between the bot and its two neighbours, as entries to look at."""

import itertools
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.page_shown import parsed
from bot.playground.qatech_world import Asked, QATechWorld
from bot.playground.slack_changes import ApiCall
from bot.playground.slack_delivery import Delivery
from bot.playground.slack_rules import Json

_MOST_ENTRIES = 400


@dataclass(slots=True)
class Entry:
    """One line of the list.

    Attributes:
        way: `slack` is a call of the bot's, `delivery` one of Slack's, `qatech` a request.
        at: real seconds since 1970.
        detail: the whole of it; worked out when somebody looks.
    """

    number: int
    way: str
    title: str
    note: str
    ok: bool
    at: float
    detail: Callable[[], Json]

    def line(self) -> Json:
        names = ("number", "way", "title", "note", "ok", "at")
        return {name: getattr(self, name) for name in names}


class Journal:
    """The newest entries."""

    def __init__(self, qatech: QATechWorld) -> None:
        self._qatech = qatech
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._numbers = itertools.count(1)
        self._deliveries: dict[int, int] = {}
        self._open: list[tuple[int, Asked]] = []
        self._newest: Asked | None = None

    def lines(self) -> list[Json]:
        """All entries, the oldest first."""
        return [entry.line() for entry in self._entries.values()]

    def detail(self, number: int) -> Json | None:
        """The whole of one entry; None where it is gone."""
        entry = self._entries.get(number)
        return entry.detail() if entry else None

    def called(self, call: ApiCall) -> Json:
        """The bot has called the Web API, or a `response_url`."""
        status = "no answer" if call.status is None else str(call.status)
        note = status if call.ok else f"{status} {call.answer.get('error', '')}".strip()

        def detail() -> Json:
            return {
                "method": call.method,
                "arguments": parsed(call.args),
                "status": call.status,
                "answer": call.answer,
            }

        ok = call.ok and call.status == 200
        return self._keep(Entry(0, "slack", call.method, note, ok, call.at, detail))

    def delivered(self, delivery: Delivery, at: float) -> Json:
        """Slack has tried to hand a payload over; a later attempt changes the same entry."""
        seconds = delivery.ack_seconds
        failed = delivery.attempts[-1].problem if delivery.attempts else None
        note = f"not acknowledged: {failed}" if seconds is None else f"ack {seconds * 1000:.0f} ms"

        def detail() -> Json:
            attempts = [
                {"number": a.number, "seconds": a.seconds, "problem": a.problem, "body": a.body}
                for a in delivery.attempts
            ]
            return {
                "kind": delivery.kind.value,
                "payload": delivery.payload,
                "attempts": attempts,
                "problem": delivery.problem,
            }

        number = self._deliveries.get(id(delivery), 0)
        entry = Entry(number, "delivery", _title(delivery), note, seconds is not None, at, detail)
        line = self._keep(entry)
        self._deliveries[id(delivery)] = entry.number
        return line

    def asked(self, to_real: Callable[[float], float]) -> list[Json]:
        """Lines for the requests to QA.tech since the last time, and those answered since.

        Args:
            to_real: turns the simulation's clock into real seconds.
        """
        lines = []
        for number, asked in self._open:
            if asked.status is not None:
                lines.append(self._keep(_request(number, asked, to_real)))
        self._open = [(number, asked) for number, asked in self._open if asked.status is None]
        for asked in self._unseen():
            line = self._keep(_request(0, asked, to_real))
            lines.append(line)
            if asked.status is None:
                self._open.append((line["number"], asked))
        return lines

    def _unseen(self) -> list[Asked]:
        newest, self._newest = self._newest, next(reversed(self._qatech.journal), None)
        unseen = itertools.takewhile(
            lambda each: each is not newest, reversed(self._qatech.journal)
        )
        return list(unseen)[::-1]

    def _keep(self, entry: Entry) -> Json:
        if entry.number:
            known = self._entries.get(entry.number)
            entry.at = known.at if known else entry.at
        else:
            entry.number = next(self._numbers)
        self._entries[entry.number] = entry
        while len(self._entries) > _MOST_ENTRIES:
            self._entries.popitem(last=False)
        return entry.line()


def _title(delivery: Delivery) -> str:
    payload = delivery.payload
    if "command" in payload:
        return f"{payload['command']} {payload['text']}".strip()
    if "event" in payload:
        return str(payload["event"]["type"])
    actions = payload.get("actions") or [{}]
    return f"{payload['type']} {actions[0].get('action_id', '')}".strip()


def _request(number: int, asked: Asked, to_real: Callable[[float], float]) -> Entry:
    address = f"{asked.path}?{asked.query}" if asked.query else asked.path
    note = "no answer yet" if asked.status is None else str(asked.status)

    def detail() -> Json:
        return {
            "method": asked.method,
            "path": asked.path,
            "query": asked.parameters,
            "headers": asked.headers,
            "status": asked.status,
        }

    ok = asked.status is not None and asked.status < 400
    return Entry(number, "qatech", f"{asked.method} {address}", note, ok, to_real(asked.at), detail)
