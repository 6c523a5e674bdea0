"""Who belongs to the bot's own workspace: a payload of Slack's, read for where it comes from.

In a channel that is shared with others (Slack Connect), and within an Enterprise organisation,
people of other workspaces see the bot's messages and press its buttons. An app that is installed
in a second workspace has that one's payloads signed with the same secret.
"""

from collections.abc import Collection, Mapping
from typing import Any

from bot.slack.identity import Identity

_SAID = frozenset({"message", "app_mention"})
"""The events in which `team` is the workspace of the person who spoke."""


def is_foreign(
    body: Mapping[str, Any], *, home: Identity | None, allowed: Collection[str] | None
) -> bool:
    """Whether a payload comes from somebody whom the bot does not serve.

    Args:
        body: of a command, an action, a view or an event.
        home: who the bot is; without its workspace nobody can be told apart.
        allowed: IDs of further workspaces (`T…`) and organisations (`E…`); None: everybody.
    """
    if allowed is None or home is None or not home.team_id:
        return False
    ours = {home.team_id, *allowed}
    if home.enterprise_id:
        # Where people belong to the whole organisation, Slack gives its ID as that of their team.
        ours.add(home.enterprise_id)
    if body.get("type") == "event_callback":
        return _is_foreign_event(body, home, allowed, ours)
    return _is_foreign_act(body, home, allowed, ours)


def _is_foreign_act(
    body: Mapping[str, Any], home: Identity, allowed: Collection[str], ours: set[str]
) -> bool:
    """A command, an action or a view."""
    place = _id(body.get("team")) or _word(body.get("team_id"))
    user = body.get("user")
    person = (_word(user.get("team_id")) if isinstance(user, Mapping) else None) or place
    if person is None or person in ours:
        return False
    # Installed in the whole organisation, the bot serves everybody in their own workspace there.
    return not (place in {None, person} and _is_of_served_organisation(body, home, allowed))


def _is_foreign_event(
    body: Mapping[str, Any], home: Identity, allowed: Collection[str], ours: set[str]
) -> bool:
    event = body.get("event")
    event = event if isinstance(event, Mapping) else {}
    if event.get("user") == home.user_id:
        return False  # the bot itself was invited, or hears itself
    given = [body.get("team_id"), body.get("context_team_id")]
    given += [one.get("team_id") for one in _authorizations(body)]
    through = set(filter(None, map(_word, given)))
    is_organisations = _is_of_served_organisation(body, home, allowed)
    if through and not through & ours and not is_organisations:
        return True
    person = _word(event.get("user_team")) or _word(event.get("source_team"))
    if person is None and event.get("type") in _SAID:
        person = _id(event.get("team"))
    is_shared = body.get("is_ext_shared_channel") is True
    if person is None:
        return is_shared  # whose link it is, in a channel shared with others, nobody says
    return person not in ours and (is_shared or not is_organisations)


def _is_of_served_organisation(
    body: Mapping[str, Any], home: Identity, allowed: Collection[str]
) -> bool:
    """Whether it comes from within an organisation that the bot serves as a whole."""
    served = {*allowed, *([home.enterprise_id] if home.is_enterprise_install else [])}
    given = [body.get("enterprise"), body.get("enterprise_id"), body.get("context_enterprise_id")]
    given += [one.get("enterprise_id") for one in _authorizations(body)]
    return not served.isdisjoint(filter(None, map(_id, given)))


def _authorizations(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The installations that an event is shown to."""
    return [one for one in body.get("authorizations") or () if isinstance(one, Mapping)]


def _id(value: Any) -> str | None:
    """The ID of what Slack gives as an object here and as a word there."""
    return _word(value.get("id")) if isinstance(value, Mapping) else _word(value)


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
