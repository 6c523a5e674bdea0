"""`/qarun <run>` and `/qarun <run> private`."""

import asyncio
from datetime import UTC, datetime
from typing import assert_never

from bot.domain.errors import QATechError, SlackError
from bot.domain.watch import TrackedRun, Watch
from bot.services.watching import (
    AlreadyWatched,
    Asked,
    Looked,
    Reported,
    Waiting,
    Watching,
)
from bot.slack.blocks import answers, problems
from bot.slack.blocks.message import Message
from bot.slack.blocks.report import report
from bot.slack.listeners.commands.request import Desk, Request

_LOOKS_FOR_MESSAGE = 20
_PAUSE_SECONDS = 0.1
"""Two seconds in all for a live message that is on its way."""


async def ask(desk: Desk, request: Request) -> Message | None:
    """Report a run that has ended, follow one that has not."""
    word = request.only_word("Which run?")
    key, _ = desk.watching.resolve(word)
    try:
        if request.private:
            return await _privately(desk, request, word)
        return await _answer(desk, await desk.watching.ask(word, request.asker))
    except QATechError as error:
        return problems.qatech_problem(error, key, stored=False)


async def _privately(desk: Desk, request: Request, word: str) -> Message | None:
    try:
        asked = await desk.watching.ask_privately(word, request.asker)
    except SlackError as error:
        return answers.no_direct_message(error.code)
    match asked:
        case Looked(key=key, url=url, run=run):
            return report(TrackedRun.looked_at(key, url, run, datetime.now(UTC)))
        case Watching(watch=watch):
            return answers.watching_privately(watch.key)
        case _:
            return await _answer(desk, asked)


async def _answer(desk: Desk, asked: Asked) -> Message | None:
    match asked:
        case Reported() | Watching():
            return None  # the channel sees it
        case AlreadyWatched(watch=watch, ended=True):
            return answers.just_ended(watch.key, await _link(desk, watch))
        case AlreadyWatched(watch=watch):
            return answers.already_watched(watch.key, await _link(desk, watch))
        case Waiting(watch=watch, error=error):
            return problems.qatech_problem(error, watch.key, stored=True)
        case _:
            assert_never(asked)


async def _link(desk: Desk, watch: Watch) -> str | None:
    ts = watch.live_ts or await _awaited_ts(desk, watch)
    return await desk.permalink(watch.channel, ts) if ts else None


async def _awaited_ts(desk: Desk, watch: Watch) -> str | None:
    """The live message's `ts`; it may be on its way to Slack, as when two ask at once."""
    for _ in range(_LOOKS_FOR_MESSAGE):
        watched = await desk.watching.watches_in(watch.channel)
        same = next((each.watch for each in watched if each.watch.id == watch.id), None)
        if same is None or same.live_ts:
            return same.live_ts if same else None
        await asyncio.sleep(_PAUSE_SECONDS)
    return None
