"""`/qarun mute <time>`, `mute <test case> <time>`, `unmute [<test case>]`."""

from datetime import UTC, datetime

from rapidfuzz import process, utils

from bot.domain.muting import case_name, muted_cases, read_mute
from bot.slack.blocks import rule_lines
from bot.slack.blocks.message import Message
from bot.slack.listeners.commands.request import Desk, Request

_ALIKE = 70


async def mute(desk: Desk, request: Request) -> Message:
    """Tell nothing here for a while, or nothing of one test case."""
    wish = read_mute(request.words)
    channel, user = request.asker.channel, request.asker.user
    if wish.name is None:
        rule = await desk.ruling.mute(channel, wish.minutes, by=user)
        return rule_lines.muted(rule, datetime.now(UTC))
    known = {name.casefold(): name for name in await desk.ruling.case_names()}
    name = known.get(wish.name.casefold())
    near = None
    if name is None and known:
        near = process.extractOne(
            wish.name, known.values(), processor=utils.default_process, score_cutoff=_ALIKE
        )
    rule = await desk.ruling.mute_case(channel, name or wish.name, wish.minutes, by=user)
    return rule_lines.muted(rule, datetime.now(UTC), nearest=near[0] if near else None)


async def unmute(desk: Desk, request: Request) -> Message:
    """Tell again what was muted here, or one test case."""
    channel, user = request.asker.channel, request.asker.user
    name = case_name(request.words)
    now = datetime.now(UTC)
    before = (await desk.ruling.standing(channel)).rule
    if name is None:
        if not before.is_muted(now) and not muted_cases(before, now):
            return rule_lines.nothing_muted(channel, before, now, name=None)
        rule = await desk.ruling.unmute(channel, by=user)
    else:
        if not before.mutes(name, now):
            return rule_lines.nothing_muted(channel, before, now, name=name)
        rule = await desk.ruling.unmute_case(channel, name, by=user)
    return rule_lines.unmuted(channel, rule, now, name=name)
