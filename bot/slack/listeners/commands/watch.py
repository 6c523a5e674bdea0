"""`/qarun watch <run> [#channel] [failures|changes|all]`."""

import re

from bot.domain.errors import QATechError, UserError
from bot.domain.rules import NotifyOn
from bot.slack.blocks import problems, watching
from bot.slack.blocks.message import Message
from bot.slack.listeners.commands.request import Desk, Request
from bot.slack.membership import Membership

_CHANNEL = re.compile(r"<#(?P<id>[CGD][A-Z0-9]+)(?:\|[^>]*)?>")
_WORDS = {
    "all": NotifyOn.ALL,
    "always": NotifyOn.ALL,
    "failure": NotifyOn.FAILURES,
    "failures": NotifyOn.FAILURES,
    "failed": NotifyOn.FAILURES,
    "change": NotifyOn.CHANGES,
    "changes": NotifyOn.CHANGES,
}
_EXPECTED = "After the run I understand a channel (`#qa`) and one of `failures`, `changes`, `all`."


async def watch(desk: Desk, request: Request) -> Message:
    """Have a run watched in this channel or another one, without a live message."""
    if not request.words:
        raise UserError(
            "Which run? Type `/qarun watch UkxK` for this channel, or `/qarun watch UkxK #qa "
            "failures` to have another one told when it fails."
        )
    run, *more = request.words
    channel, notify_on = _read(more)
    asker = request.asker
    where = channel or asker.channel
    key, url = desk.watching.resolve(run)
    if refused := await _refusal(desk, where, asker.user):
        return refused
    try:
        outcome = await desk.watching.watch(
            key,
            url,
            channel=where,
            source="command",
            asked_by=asker.user,
            notify_on=notify_on,
            mention=(),
            live=False,
        )
    except QATechError as error:
        return problems.qatech_problem(error, key, stored=False)
    return watching.watched(outcome.watch, outcome.tracked, is_new=outcome.created)


def _read(words: list[str]) -> tuple[str | None, NotifyOn | None]:
    """The channel and the word that stand behind the run, in any order.

    Raises:
        UserError: something else stands there, or one of them twice.
    """
    channel: str | None = None
    notify_on: NotifyOn | None = None
    for word in words:
        if found := _CHANNEL.fullmatch(word):
            if channel is not None:
                raise UserError(f"I can only tell one channel at a time. {_EXPECTED}")
            channel = found["id"]
        elif (known := _WORDS.get(word.lower())) is not None:
            if notify_on is not None:
                raise UserError(f"Only one of `failures`, `changes`, `all`. {_EXPECTED}")
            notify_on = known
        elif word.startswith("#"):
            raise UserError(f"Slack does not know that channel, or not to you. {_EXPECTED}")
        else:
            raise UserError(_EXPECTED)
    return channel, notify_on


async def _refusal(desk: Desk, channel: str, user: str) -> Message | None:
    """Why nothing could be told there; None where it can."""
    match await desk.memberships.of(channel, user=user):
        case Membership.MEMBER:
            return None
        case Membership.MISSING:
            return watching.not_a_member(channel)
        case Membership.ARCHIVED:
            return watching.archived(channel)
        case Membership.UNKNOWN:
            return watching.membership_unknown(channel)
