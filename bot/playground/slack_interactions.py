"""What people do with the app: commands, buttons, modals; the payloads and what follows."""

from typing import Any

from bot.playground.slack_call import ApiError
from bot.playground.slack_delivery import Delivery, DeliveryKind
from bot.playground.slack_elements import chosen, elements, is_empty
from bot.playground.slack_events import team_of
from bot.playground.slack_limits import check_view, first_error
from bot.playground.slack_response_url import respond, url_of
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Channel, Message
from bot.playground.slack_views import MAX_DEPTH, View
from bot.playground.slack_world import World

_SHOWN_NAMES = {"group": "privategroup", "im": "directmessage"}


async def command(world: World, user: str, channel: Channel, name: str, text: str) -> Delivery:
    """Type a slash command; what the acknowledgement says is shown, as Slack does."""
    ticket = world.tickets.response_url(user, channel.id)
    delivery = await world.courier.deliver(
        DeliveryKind.COMMAND,
        {
            "token": "verification-token",
            "team_id": team_of(world, user),
            "team_domain": world.domain,
            "channel_id": channel.id,
            "channel_name": _SHOWN_NAMES.get(channel.kind, channel.name),
            "user_id": user,
            "user_name": world.users[user].name,
            "command": name,
            "text": text,
            "api_app_id": world.bot.app_id,
            "is_enterprise_install": "false",
            "response_url": url_of(world, ticket),
            "trigger_id": world.tickets.trigger(user).id,
        },
    )
    if delivery.body and (delivery.body.get("text") or delivery.body.get("blocks")):
        try:
            respond(world, ticket, delivery.body)
        except ApiError as error:
            delivery.problem = error.error
    return delivery


async def press_in_message(
    world: World, user: str, message: Message, action_id: str, value: Any, *, block_id: str | None
) -> Delivery:
    """Use an element of a message; `value` names the option where it has several.

    Raises:
        LookupError: the message has no such element, or the element no such option.
    """
    block, element = message.element(action_id, block_id)
    action = chosen(element, value)
    _remember(message.state, block, action_id, action)
    channel = world.channels[message.channel]
    ticket = world.tickets.response_url(
        user,
        channel.id,
        thread_ts=message.thread_ts,
        source=message.ts,
    )
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction(world, user, "block_actions") | {
        "container": container,
        "channel": {"id": channel.id, "name": _SHOWN_NAMES.get(channel.kind, channel.name)},
        "state": {"values": message.state},
        "response_url": url_of(world, ticket),
        "actions": [_action(world, block, action_id, action)],
    }
    if not message.is_ephemeral:
        payload["message"] = channel.shown(message)
    return await world.courier.deliver(DeliveryKind.INTERACTIVE, payload)


def fill_in(view: View, values: Json) -> None:
    """Type and choose by action ID, or by block ID and action ID; the app hears of it at a press.

    Raises:
        LookupError: the view has no such input, or the input no such option.
    """
    for name, value in values.items():
        fields = value.items() if isinstance(value, dict) else [(name, value)]
        for action_id, typed in fields:
            block, element = view.element(action_id, name if isinstance(value, dict) else None)
            _remember(view.values, block, action_id, chosen(element, typed))


async def press_in_view(
    world: World, view: View, action_id: str, value: Any, block_id: str | None
) -> Delivery:
    """Use an element of a modal or of an App Home.

    Raises:
        LookupError: the view has no such element, or the element no such option.
    """
    block, element = view.element(action_id, block_id)
    action = chosen(element, value)
    _remember(view.values, block, action_id, action)
    payload = _interaction(world, view.user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.payload(world.team_id, world.bot),
        "state": {"values": view.values},
        "actions": [_action(world, block, action_id, action)],
    }
    return await world.courier.deliver(DeliveryKind.INTERACTIVE, payload)


async def submit(world: World, view: View, values: Json) -> Delivery:
    """Fill in a modal and submit it; obeys the `response_action` of the acknowledgement.

    Raises:
        LookupError: as `fill_in`.
        ValueError: it has no submit button, or a required input is left empty: Slack would not
            let anybody press it.
    """
    if not view.given.get("submit"):
        raise ValueError("this view has no submit button")
    fill_in(view, values)
    _require_filled_in(view)
    payload = _interaction(world, view.user, "view_submission") | {
        "view": view.payload(world.team_id, world.bot),
        "response_urls": [],
    }
    delivery = await world.courier.deliver(DeliveryKind.INTERACTIVE, payload)
    if delivery.acknowledged:
        delivery.problem = _follow(world, view, delivery.body or {})
    return delivery


async def close(world: World, view: View) -> Delivery | None:
    """Close a modal by its own button; the app is told only where the view asks for it."""
    payload = _interaction(world, view.user, "view_closed") | {
        "view": view.payload(world.team_id, world.bot),
        "is_cleared": bool(view.given.get("clear_on_close")),
    }
    world.views.close(view.user, all_of_them=bool(view.given.get("clear_on_close")))
    if not view.given.get("notify_on_close"):
        return None
    return await world.courier.deliver(DeliveryKind.INTERACTIVE, payload)


def _interaction(world: World, user: str, kind: str) -> Json:
    name = world.users[user].name
    return {
        "type": kind,
        "user": {"id": user, "username": name, "name": name, "team_id": team_of(world, user)},
        "api_app_id": world.bot.app_id,
        "token": "verification-token",
        "team": {"id": world.team_id, "domain": world.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": world.tickets.trigger(user).id,
    }


def _action(world: World, block_id: str, action_id: str, action: Json) -> Json:
    return {**action, "action_id": action_id, "block_id": block_id, "action_ts": world.next_ts()}


def _remember(state: dict[str, dict[str, Json]], block: str, action_id: str, value: Json) -> None:
    """Keep what was chosen, for elements that hold a value: those that are in the state."""
    if action_id in state.get(block, {}):
        state[block][action_id] = value


def _require_filled_in(view: View) -> None:
    optional = {b["block_id"]: b["type"] != "input" or b.get("optional") for b in view.blocks}
    for block_id, element in elements(view.blocks):
        value = view.values.get(block_id, {}).get(element["action_id"])
        if not optional[block_id] and value is not None and is_empty(value):
            raise ValueError(f"the input {block_id}/{element['action_id']} is required")


def _follow(world: World, view: View, answer: Json) -> str | None:
    """Do what the answer to a submission asks for; returns what is wrong with it."""
    action = answer.get("response_action")
    if action is None:
        world.views.close(view.user)
    elif action == "clear":
        world.views.close(view.user, all_of_them=True)
    elif action == "errors":
        return _show_errors(view, answer.get("errors"))
    elif action in ("update", "push"):
        given = answer.get("view")
        if violations := check_view(given):
            return f"{first_error(violations)}: {'; '.join(map(str, violations))}"
        if action == "update":
            world.views.change(view, given or {})
        elif len(world.views.modals[view.user]) >= MAX_DEPTH:
            return "push_limit_reached"
        else:
            world.views.open_modal(view.user, given or {}, on_top=True)
    else:
        return f"unknown response_action {action!r}"
    return None


def _show_errors(view: View, errors: Any) -> str | None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        return "errors are missing"
    if unknown := set(errors) - inputs:
        return f"errors for blocks that are no inputs: {', '.join(sorted(unknown))}"
    view.errors = {block: str(text) for block, text in errors.items()}
    return None
