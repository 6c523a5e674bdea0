"""The methods `auth.test`, `users.*` and `usergroups.*`."""

from bot.playground.slack_call import ApiError, Call, Method
from bot.playground.slack_rules import Json
from bot.playground.slack_state import User


def auth_test(call: Call) -> Json:
    world = call.world
    return {
        "url": f"https://{world.domain}.slack.com/",
        "team": world.team_name,
        "user": world.bot.name,
        "team_id": world.team_id,
        "user_id": world.bot.id,
        "bot_id": world.bot.bot_id,
        "is_enterprise_install": False,
    }


def user_info(call: Call) -> Json:
    user = call.world.users.get(call.needed("user", "user_not_found"))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": _shown(call, user)}


def lookup_by_email(call: Call) -> Json:
    email = call.needed("email", "users_not_found").lower()
    for user in call.world.users.values():
        if user.email and user.email.lower() == email:
            return {"user": _shown(call, user)}
    raise ApiError("users_not_found")


def list_users(call: Call) -> Json:
    page, cursor = call.page(list(call.world.users.values()), 1000)
    return {
        "members": [_shown(call, user) for user in page],
        "response_metadata": {"next_cursor": cursor},
    }


def list_usergroups(call: Call) -> Json:
    groups: list[Json] = []
    for group in call.world.usergroups.values():
        shown: Json = {
            "id": group.id,
            "team_id": call.world.team_id,
            "is_usergroup": True,
            "name": group.name,
            "handle": group.handle,
            "date_delete": 0,
            "user_count": len(group.users),
        }
        if call.flag("include_users"):
            shown["users"] = list(group.users)
        groups.append(shown)
    return {"usergroups": groups}


def list_usergroup_users(call: Call) -> Json:
    group = call.world.usergroups.get(call.needed("usergroup", "no_such_subteam"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


def _shown(call: Call, user: User) -> Json:
    profile: Json = {"real_name": user.real_name, "display_name": user.name}
    if user.email and "users:read.email" in call.world.scopes:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": user.bot_id, "api_app_id": user.app_id}
    return {
        "id": user.id,
        "team_id": call.world.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "is_bot": user.is_bot,
        "tz": user.time_zone,
        "profile": profile,
    }


PEOPLE_METHODS = {
    "auth.test": Method(auth_test),
    "users.info": Method(user_info, ("users:read",), tier=4),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), tier=3),
    "users.list": Method(list_users, ("users:read",), tier=2),
    "usergroups.list": Method(list_usergroups, ("usergroups:read",), tier=2),
    "usergroups.users.list": Method(list_usergroup_users, ("usergroups:read",), tier=2),
}
