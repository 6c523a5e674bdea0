"""What the person at the page does: type, press, fill in; and what they do to QA.tech."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from bot.playground.page_feed import Feed
from bot.playground.page_own_run import OwnRun
from bot.playground.page_typing import as_slack
from bot.playground.slack_delivery import Delivery
from bot.playground.slack_rules import Json
from bot.playground.slack_views import View

_NAME = Field(max_length=300)
_TEXT = Field(max_length=4_000)
MAX_SPEED = 100.0

Name = Annotated[str, _NAME]
Text = Annotated[str, _TEXT]
FilledIn = dict[str, dict[str, Any]]
"""Block ID, action ID, what was typed or chosen."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Typed(_Body):
    """A line from the message box."""

    channel: Name
    text: Text
    thread_ts: Name | None = None


class MessagePlace(_Body):
    """A message."""

    channel: Name
    ts: Name


class Pressed(MessagePlace):
    """An element of a message, and what was chosen in it."""

    block_id: Name
    action_id: Name
    value: Any = None


class PressedInView(_Body):
    """An element of a modal or of the App Home, what was chosen in it, and what is filled in."""

    view_id: Name
    block_id: Name
    action_id: Name
    value: Any = None
    values: FilledIn = Field(default_factory=dict)


class Submitted(_Body):
    """A modal that was filled in."""

    view_id: Name
    values: FilledIn


class Closed(_Body):
    """A modal that was closed."""

    view_id: Name


class Speed(_Body):
    """How fast the simulation's time goes."""

    speed: float = Field(ge=0, le=MAX_SPEED)


class Switched(_Body):
    """A switch of `page_troubles`."""

    name: Name
    on: bool


class Wanted(_Body):
    """A run of one's own."""

    cases: int
    failures: int
    issues: int
    seconds: int


def actions(feed: Feed) -> APIRouter:
    """The routes, each a POST with a JSON body; an error is `{"detail": sentence}`."""
    router = APIRouter(prefix="/do")
    slack, me = feed.scene.stage.slack, feed.scene.me

    @router.post("/say")
    async def say(said: Typed) -> Json:
        return await _say(feed, said)

    @router.post("/press")
    async def press(pressed: Pressed) -> Json:
        return _done(
            await slack.press(
                me,
                pressed.channel,
                pressed.ts,
                pressed.action_id,
                pressed.value,
                block_id=pressed.block_id,
            )
        )

    @router.post("/press-in-view")
    async def press_in_view(pressed: PressedInView) -> Json:
        view = _view(feed, pressed.view_id)
        slack.fill_in(view, pressed.values)
        return _done(
            await slack.press_in_view(view, pressed.action_id, pressed.value, pressed.block_id)
        )

    @router.post("/submit")
    async def submit(submitted: Submitted) -> Json:
        delivery = await slack.submit(me, submitted.values, submitted.view_id)
        if delivery.problem:
            raise HTTPException(
                502, f"The bot's answer is none that Slack takes: {delivery.problem}"
            )
        _done(delivery)
        still_open = slack.views.find(submitted.view_id)
        return {"ok": True, "errors": still_open.errors if still_open else {}}

    @router.post("/close")
    async def close(closed: Closed) -> Json:
        await slack.close(me, closed.view_id)
        return {"ok": True}

    @router.post("/dismiss")
    async def dismiss(place: MessagePlace) -> Json:
        message = slack.find_message(slack.channel(place.channel).id, place.ts)
        if message is None or message.visible_to != me.id:
            raise LookupError("the message is gone already")
        slack.delete(message)
        return {"ok": True}

    @router.post("/open-home")
    async def open_home() -> Json:
        delivery = await slack.open_home(me)
        return {"ok": True} if delivery is None else _done(delivery)

    @router.post("/speed")
    async def speed(wanted: Speed) -> Json:
        feed.scene.stage.qatech.speed = wanted.speed
        return {"ok": True}

    @router.post("/switch")
    async def switch(switched: Switched) -> Json:
        await feed.troubles.switch(switched.name, on=switched.on)
        return {"ok": True}

    @router.post("/run")
    async def run(wanted: Wanted) -> Json:
        return {"ok": True, "id": feed.scene.begin(OwnRun(**wanted.model_dump()))}

    return router


async def _say(feed: Feed, said: Typed) -> Json:
    slack, me = feed.scene.stage.slack, feed.scene.me
    channel = slack.channel(said.channel)
    if not said.text.strip():
        raise ValueError("There is nothing to send.")
    if said.text.startswith("/"):
        name, _, rest = said.text.partition(" ")
        if said.thread_ts is not None:
            raise ValueError(f"{name} is not supported in threads. Sorry!")
        if name == "/invite":
            if rest.strip().lstrip("@") != slack.bot.name:
                raise ValueError(f"Only @{slack.bot.name} can be invited here.")
            await slack.invite_bot(channel, me)
            return {"ok": True}
        if name != "/qarun":
            raise ValueError(f"{name} is not a valid command.")
        text = as_slack(slack, rest, with_names=True)
        return _done(await slack.command(me, channel, text), f"{name} failed: ")
    text = as_slack(slack, said.text)
    heard = await slack.message(me, channel, text, said.thread_ts)
    for delivery in heard.deliveries:
        _done(delivery, "Your message is sent, but the bot was not told of it: ")
    return {"ok": True, "ts": heard.ts}


def _view(feed: Feed, view_id: str) -> View:
    view = feed.scene.stage.slack.views.find(view_id)
    if view is None or view.user != feed.scene.me.id:
        raise LookupError("the window is closed already")
    return view


def _done(delivery: Delivery, before: str = "") -> Json:
    """The answer where the bot has acknowledged.

    Raises:
        HTTPException: it has not; in the words of Slack's client.
    """
    if delivery.acknowledged:
        return {"ok": True}
    if delivery.had_no_consumer:
        why = "no socket of the bot is open (dispatch_failed)."
    else:
        why = "the bot did not respond in time (operation_timeout)."
    raise HTTPException(504, f"{before}{why}")
