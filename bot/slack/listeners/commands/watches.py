"""`/qarun list` and `/qarun stop <run>`."""

from datetime import UTC, datetime

from bot.slack.blocks import answers
from bot.slack.blocks.message import Message
from bot.slack.blocks.rule_lines import with_mutes
from bot.slack.listeners.commands.request import Desk, Request

_MOST_LINKS = 15
"""Links asked of Slack for one answer; asking for each of hundreds would take too long."""


async def list_watches(desk: Desk, request: Request) -> Message:
    """The runs watched in this channel, and what is muted in it."""
    channel = request.asker.channel
    watched = await desk.watching.watches_in(channel)
    links = {}
    for each in watched[:_MOST_LINKS]:
        if ts := each.watch.live_ts:
            link = await desk.permalink(channel, ts)
            if link is None:
                break
            links[each.watch.id] = link
    now = datetime.now(UTC)
    listed = answers.watch_list(
        watched,
        channel=channel,
        now=now,
        links=links,
        refusals=await desk.watching.refusals(),
    )
    rule = (await desk.ruling.standing(channel)).rule
    return with_mutes(listed, rule, now, in_full=True)


async def stop(desk: Desk, request: Request) -> Message:
    """Stop watching a run here; the run itself goes on."""
    word = request.only_word("Which run? `/qarun list` shows those watched in this channel.")
    stopped = await desk.watching.stop(word, request.asker)
    say = answers.stopped if stopped.was_watched else answers.nothing_to_stop
    return say(stopped.key)
