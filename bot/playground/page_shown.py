"""Messages, views, channels and runs as the JSON that the page is given."""

import json
from collections.abc import Mapping
from typing import Any

from bot.playground.page_scene import Scene, ShownRun
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Channel, Message, User
from bot.playground.slack_views import View
from bot.playground.slack_world import World


def as_text(value: Any) -> str:
    """JSON in ASCII: it has a form for every text, for half of a surrogate pair too."""
    return json.dumps(value, separators=(",", ":"))


def message_json(message: Message) -> Json:
    """A message: `payload` is what the Web API would show, the rest what only a client knows."""
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "author": user_json(message.author),
        "ephemeral": message.is_ephemeral,
        "broadcast": message.is_broadcast,
        "edited": bool(message.edited or message.revisions),
        "state": message.state,
        "payload": message.payload(with_metadata=True),
    }


def user_json(user: User) -> Json:
    return {"id": user.id, "name": user.name, "bot": user.is_bot}


def channel_json(channel: Channel, world: World) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "im": channel.is_im,
        "has_bot": world.bot.id in channel.members,
    }


def view_json(view: View) -> Json:
    """A modal or an App Home, with what is typed and chosen in it and what is wrong with that."""
    return {"id": view.id, "view": view.given, "values": view.values, "errors": view.errors}


def run_json(scene: Scene, shown: ShownRun) -> Json:
    """A run for the list of the simulated QA.tech."""
    now, share = scene.now(shown)
    return {
        "id": shown.script.short_id,
        "title": shown.title,
        "about": shown.about,
        "own": shown.is_own,
        "status": now.status if now else None,
        "result": now.result if now else None,
        "share": round(share, 3),
        "finished": sum(case.is_over for case in now.cases) if now else 0,
        "cases": len(shown.script.cases),
    }


def reruns_of(scene: Scene) -> None:
    """Take runs into the list that the bot has started."""
    for run in scene.stage.qatech.runs():
        if run.script.short_id not in scene.runs:
            about = f"{len(run.script.cases)} test cases, run again."
            scene.runs[run.script.short_id] = ShownRun(run.script, "Rerun", about, is_own=True)


def parsed(args: Mapping[str, Any]) -> Json:
    """The arguments of a call, with those that are JSON in a text unpacked."""
    return {name: _unpacked(value) for name, value in args.items()}


def _unpacked(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
