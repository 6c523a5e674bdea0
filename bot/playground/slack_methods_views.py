"""The methods `views.*`."""

from bot.playground.slack_call import ApiError, Call, Method, refuse
from bot.playground.slack_limits import check_view
from bot.playground.slack_rules import Json
from bot.playground.slack_views import MAX_DEPTH, View


def open_view(call: Call) -> Json:
    given = _given(call, home=False)
    return _answer(call, call.world.views.open_modal(_trigger(call), given, on_top=False))


def push(call: Call) -> Json:
    given = _given(call, home=False)
    user = _trigger(call)
    stack = call.world.views.modals.get(user, [])
    if not stack:
        raise ApiError("not_found")
    if len(stack) >= MAX_DEPTH:
        raise ApiError("push_limit_reached")
    return _answer(call, call.world.views.open_modal(user, given, on_top=True))


def update(call: Call) -> Json:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise ApiError("invalid_arguments")
    view = call.world.views.find(view_id, external_id)
    if view is None:
        raise ApiError("not_found")
    given = _given(call, home=view.given["type"] == "home")
    _check_hash(call, view)
    call.world.views.change(view, given)
    return _answer(call, view)


def publish(call: Call) -> Json:
    user = call.needed("user_id")
    if user not in call.world.users:
        raise ApiError("user_not_found")
    given = _given(call, home=True)
    view = call.world.views.homes.get(user)
    if view is None:
        return _answer(call, call.world.views.publish_home(user, given))
    _check_hash(call, view)
    call.world.views.change(view, given)
    return _answer(call, view)


def _given(call: Call, *, home: bool) -> Json:
    view = call.object("view", "invalid_arguments")
    if view is None:
        raise ApiError("invalid_arguments")
    refuse(check_view(view, home=home))
    return view


def _trigger(call: Call) -> str:
    """The person whose trigger it is; it is used up."""
    trigger, error = call.world.tickets.use_trigger(call.needed("trigger_id"))
    if trigger is None:
        raise ApiError(str(error))
    return trigger.user


def _check_hash(call: Call, view: View) -> None:
    expected = call.text("hash")
    if expected and expected != view.hash:
        raise ApiError("hash_conflict")


def _answer(call: Call, view: View) -> Json:
    return {"view": view.payload(call.world.team_id, call.world.bot)}


VIEWS_METHODS = {
    "views.open": Method(open_view, tier=4),
    "views.push": Method(push, tier=4),
    "views.update": Method(update, tier=4),
    "views.publish": Method(publish, tier=4),
}
