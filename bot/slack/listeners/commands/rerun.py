"""`/qarun rerun <run> [failed]`."""

from bot.domain.errors import UserError
from bot.slack.blocks import pressing
from bot.slack.blocks.message import Message
from bot.slack.listeners.actions.rerun import rerun_message
from bot.slack.listeners.commands.request import Desk, Request

FAILED = frozenset({"failed", "fails", "failures", "failing"})


async def rerun(desk: Desk, request: Request) -> Message:
    """Start a run again, all of it or what failed, and follow it in this channel."""
    if not request.words:
        raise UserError(
            "Which run? Type `/qarun rerun UkxK` for all test cases, or `/qarun rerun UkxK "
            "failed` for those that failed."
        )
    run, *more = request.words
    if len(more) > 1 or (more and more[0].lower() not in FAILED):
        raise UserError("After the run I only understand `failed`: rerun what failed.")
    key, _ = desk.watching.resolve(run)
    outcome = await desk.rerunning.rerun(
        key,
        failed_only=bool(more),
        user=request.asker.user,
        channel=request.asker.channel,
        thread_ts=None,
        request_id=request.asker.request_id,
    )
    return rerun_message(key, outcome, where=pressing.IN_CHANNEL)
