"""What people do in the thread of a run, and what comes of it.

All of it is acknowledged in Slack's own time; within a second where a test insists, for bot,
neighbours and test share one thread, and a busy machine is not the bot's fault.
"""

from collections.abc import Callable, Iterator
from typing import Any

from bot.playground.qatech_script import Script
from bot.playground.slack_delivery import ACK_SECONDS
from bot.playground.slack_elements import elements
from bot.playground.slack_state import Channel, Message, User
from bot.playground.slack_talk import Said
from bot.playground.slack_views import View
from tests.e2e.stage import Installation, whole_text

AT_ONCE = 1.0
"""Seconds, where QA.tech hangs; Slack itself would wait three."""


async def reported(
    installation: Installation,
    script: Script,
    where: Channel | None = None,
    *,
    ended: bool = False,
) -> Message:
    """The report of a run that has ended, asked for by Ada.

    `ended`: by now, though it took its time; its reruns take theirs.
    """
    installation.stage.qatech.add(script)
    if ended:
        installation.runs.step(script.duration + 1)
    await installation.type(script.short_id, where=where)
    return await installation.told(script.short_id, where)


async def say(
    installation: Installation,
    text: str,
    thread: Message | None = None,
    *,
    by: User | None = None,
    where: Channel | None = None,
    within: float = ACK_SECONDS,
) -> Said:
    """Say something, in a thread or outside; every event of it is acknowledged in time."""
    place = thread.channel if thread else (where or installation.qa).id
    root = (thread.thread_ts or thread.ts) if thread else None
    said = await installation.slack.message(by or installation.ada, place, text, root)
    for delivery in said.deliveries:
        seconds = delivery.require_ack().ack_seconds
        assert seconds is not None
        assert seconds < within
    return said


def mention(installation: Installation, text: str) -> str:
    """The same, said to the bot."""
    return f"<@{installation.slack.bot.id}> {text}"


def said_by_bot(installation: Installation, thread: Message) -> list[Message]:
    """The bot's replies in a thread."""
    place = installation.slack.channels[thread.channel]
    bot = installation.slack.bot.id
    return [m for m in place.replies(thread.thread_ts or thread.ts) if m.author.id == bot]


async def reply_to(
    installation: Installation, text: str, thread: Message, *, by: User | None = None
) -> Message:
    """Say something in a thread and wait for the bot's reply to it."""
    before = len(said_by_bot(installation, thread))
    await say(installation, text, thread, by=by)
    return await next_reply(installation, thread, before)


async def next_reply(installation: Installation, thread: Message, before: int) -> Message:
    """The bot's first reply in a thread after so many others."""
    return (await installation.until(lambda: said_by_bot(installation, thread)[before:]))[0]


async def press(
    installation: Installation,
    message: Message,
    action_id: str,
    value: Any = None,
    *,
    by: User | None = None,
    within: float = ACK_SECONDS,
) -> None:
    """Use an element of a message; acknowledged in time."""
    pressed = await installation.slack.press(
        by or installation.ada, message.channel, message.ts, action_id, value
    )
    seconds = pressed.require_ack().ack_seconds
    assert seconds is not None
    assert seconds < within


async def press_in(
    installation: Installation,
    view: View,
    action_id: str,
    value: Any = None,
    *,
    within: float = ACK_SECONDS,
) -> None:
    """Use an element of a modal or of an App Home; acknowledged in time."""
    pressed = await installation.slack.press_in_view(view, action_id, value)
    seconds = pressed.require_ack().ack_seconds
    assert seconds is not None
    assert seconds < within


async def aside(installation: Installation, words: str, *, to: User | None = None) -> Message:
    """What one person alone is told, once one such message holds these words."""
    person = to or installation.ada
    return await installation.until(
        lambda: next(
            (m for m in installation.slack.ephemeral_for(person) if words in whole_text(m)), None
        )
    )


async def turned(installation: Installation, view: View, before: str) -> None:
    """Until a view says something else than before."""
    await installation.until(lambda: view_text(view) != before)


async def modal(installation: Installation, *words: str, by: User | None = None) -> View:
    """The modal that a person has on top, once it holds all these words."""
    person = by or installation.ada

    def look() -> View | None:
        for view in installation.slack.views.modals.get(person.id, [])[-1:]:
            if all(word in view_text(view) for word in words):
                return view
        return None

    return await installation.until(look)


def view_text(view: View) -> str:
    """Every word of a view, its title too."""
    return "\n".join([view.title, *_texts(view.blocks)])


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for inner in part.values():
            yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)


def usable(blocks: list[dict[str, Any]], begins: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The elements whose action begins so, each with its action ID."""
    return [
        (str(element["action_id"]), element)
        for _, element in elements(blocks)
        if str(element["action_id"]).startswith(begins)
    ]


def has_words(message: Message, *words: str) -> Callable[[], bool]:
    """Whether a message holds all these words by now."""
    return lambda: all(word in whole_text(message) for word in words)
