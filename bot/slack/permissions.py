"""Who may do what: everyone, or the people and user groups that the operator names."""

import time
from collections.abc import Callable, Sequence

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.web_errors import describe

_MEMBERS_SECONDS = 300.0
"""How long the members of a user group are remembered."""

_log = structlog.stdlib.get_logger("qarun.slack")


class AllowedPeople:
    """`allowed` holds IDs (`U…`, `W…`, `S…`), None lets everyone."""

    def __init__(
        self,
        client: AsyncWebClient,
        allowed: Sequence[str] | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._users = None if allowed is None else frozenset(allowed)
        self._groups = [one for one in allowed or () if one.startswith("S")]
        self._clock = clock
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def include(self, user: str) -> bool:
        """Whether this person may; a group that Slack does not tell has no members."""
        if self._users is None or user in self._users:
            return True
        for group in self._groups:
            if user in await self._members_of(group):
                return True
        return False

    async def _members_of(self, group: str) -> frozenset[str]:
        until, members = self._members.get(group, (0.0, frozenset[str]()))
        if self._clock() < until:
            return members
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            _log.warning("usergroup_unknown", group=group, why=describe(error))
            return members
        members = frozenset(answer.get("users") or ())
        self._members[group] = self._clock() + _MEMBERS_SECONDS, members
        return members


class ConfiguredPermissions:
    """Implements `Permissions` and `RulePermissions`."""

    def __init__(self, *, rerun: AllowedPeople, rules: AllowedPeople) -> None:
        self._rerun = rerun
        self._rules = rules

    async def may_rerun(self, user: str) -> bool:
        """Whether this person may start reruns."""
        return await self._rerun.include(user)

    async def may_rule(self, user: str) -> bool:
        """Whether this person may change rules and mutes."""
        return await self._rules.include(user)
