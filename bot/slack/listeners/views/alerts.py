"""The modal of a channel's rules: opened by `/qarun alerts`, tried, extended, saved."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import DatabaseError, UserError
from bot.domain.rules import Rule
from bot.services.ruling import RulingService
from bot.slack.blocks import problems
from bot.slack.blocks.buttons import every
from bot.slack.blocks.message import Message
from bot.slack.blocks.modal import View, problem_view
from bot.slack.blocks.pressing import old_button
from bot.slack.blocks.rule_lines import preview_line, rules_saved
from bot.slack.blocks.rules_form import (
    ANOTHER_ROW,
    CALLBACK,
    MOST_ROWS,
    PREVIEW,
    TRIED,
    Filled,
    FormPlace,
    read_place,
    read_rule,
)
from bot.slack.blocks.rules_view import (
    TITLE,
    Choices,
    fixed_rules_view,
    loading_rules,
    rules_view,
)
from bot.slack.listeners.actions.listener import ActionListener
from bot.slack.listeners.actions.press import Press
from bot.slack.listeners.reply import Reply
from bot.slack.listeners.trouble import explain
from bot.slack.membership import Membership, Memberships
from bot.slack.web_errors import describe, error_code

_SAVE_SECONDS = 2.0
"""Slack waits 3 s for the answer to a submission."""
_GROUPS_SECONDS = 2.0
_MOST_NAME = 75

_log = structlog.stdlib.get_logger("qarun.slack")
_SLACK_ERRORS = (SlackApiError, aiohttp.ClientError, TimeoutError)


class RulesModal(ActionListener):
    """Shows, tries and saves the rules of channels."""

    def __init__(
        self,
        client: AsyncWebClient,
        ruling: RulingService,
        *,
        memberships: Memberships,
        time_zone_of: Callable[[str], Awaitable[str]],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(client)
        self._ruling = ruling
        self._memberships = memberships
        self._time_zone_of = time_zone_of
        self._clock = clock

    def register(self, app: AsyncApp) -> None:
        app.view(CALLBACK)(self.submitted)
        app.action(every(PREVIEW))(self.listen)
        app.action(every(ANOTHER_ROW))(self.listen)
        for name in TRIED:
            app.action(every(name))(self.listen)

    async def open(
        self, *, trigger_id: str, channel: str, user: str, response_url: str | None
    ) -> Message | None:
        """Open the modal in time, then fill it; what to say where Slack did not open it."""
        try:
            answer = await self._client.views_open(trigger_id=trigger_id, view=loading_rules())
        except _SLACK_ERRORS as error:
            _log.warning("view_not_opened", channel=channel, why=describe(error))
            return problems.user_error(
                "Slack gave me too little time to open the rules. Please type it again."
            )
        try:
            zone = await self._time_zone_of(user)
            view = await self._first_view(channel, response_url, zone, user)
        except Exception as error:  # noqa: BLE001 - a view that loads for ever would be worse
            view = problem_view(TITLE, explain(error, "view_crashed", channel=channel))
        await self._put(str(answer["view"]["id"]), view)
        return None

    async def answer(self, press: Press, reply: Reply) -> None:
        """The form as it is filled in: tried anew, and longer where “Another row” was pressed."""
        view = press.view or {}
        place = read_place(view.get("private_metadata"))
        if place is None or press.view_id is None:
            await reply(old_button(None))
            return
        filled = await self._filled(view, place)
        if press.action_id.startswith(ANOTHER_ROW):
            rows = min(place.rows + 1, MOST_ROWS)
            place = replace(place, rows=rows)
        tried = await self._tried(filled)
        await self._put(press.view_id, await self._form(filled.rule, place, tried))

    async def submitted(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Save what was filled in, or say at each field what is wrong with it."""
        user = str((body.get("user") or {}).get("id") or "")
        place = read_place(view.get("private_metadata"))
        try:
            async with asyncio.timeout(_SAVE_SECONDS):
                if place is None:
                    gone = problem_view(TITLE, old_button(None))
                    await ack(response_action="update", view=gone)
                    return
                saved = await self._save(ack, view, place, user)
        except UserError as error:
            refused = problem_view(TITLE, problems.user_error(str(error)))
            await ack(response_action="update", view=refused)
            return
        except Exception as error:  # noqa: BLE001 - the edge: the window must not hang
            if isinstance(error, TimeoutError):  # only the database takes that long
                error = DatabaseError("no answer in time", uncertain=True)
            why = explain(error, "rules_crashed", channel=place.channel if place else None)
            await ack(response_action="update", view=problem_view(TITLE, why))
            return
        if saved is not None:
            _log.info("rules_set", channel=place.channel, user=user)
            await self._confirm(place, user, saved)

    async def _save(
        self, ack: AsyncAck, view: dict[str, Any], place: FormPlace, user: str
    ) -> Rule | None:
        if (await self._ruling.standing(place.channel)).in_file:
            zone = place.time_zone
            fixed = await self._first_view(place.channel, place.response_url, zone, user)
            await ack(response_action="update", view=fixed)
            return None
        filled = await self._filled(view, place)
        if filled.errors:
            await ack(response_action="errors", errors=dict(filled.errors))
            return None
        saved = await self._ruling.set(place.channel, filled.rule, by=user)
        await ack()
        return saved

    async def _confirm(self, place: FormPlace, user: str, rule: Rule) -> None:
        respond = AsyncRespond(response_url=place.response_url)
        reply = Reply(self._client, respond, channel=place.channel, user=user)
        membership = await self._memberships.of(place.channel, user=user)
        is_member = membership is not Membership.MISSING
        await reply(rules_saved(place.channel, rule, self._clock(), is_member=is_member))

    async def _first_view(
        self, channel: str, response_url: str | None, time_zone: str, user: str
    ) -> View:
        standing = await self._ruling.standing(channel)
        rule = standing.rule
        if standing.in_file or not await self._ruling.may_change(user):
            return fixed_rules_view(rule, channel, self._clock(), in_file=standing.in_file)
        rows = min(max(len(rule.mentions), 1), MOST_ROWS)
        place = FormPlace(channel, response_url, rows, time_zone)
        return await self._form(rule, place, await self._tried(Filled(rule)))

    async def _form(self, rule: Rule, place: FormPlace, tried: str) -> View:
        standing = await self._ruling.standing(place.channel)
        choices = Choices(self._ruling.aliases, await self._groups())
        return rules_view(
            rule, place, choices, is_set=standing.is_set, tried=tried, now=self._clock()
        )

    async def _filled(self, view: dict[str, Any], place: FormPlace) -> Filled:
        values = (view.get("state") or {}).get("values") or {}
        before = (await self._ruling.standing(place.channel)).rule
        return read_rule(values, before, self._clock(), rows=place.rows)

    async def _tried(self, filled: Filled) -> str:
        if filled.errors:
            return " ".join(filled.errors.values())
        return preview_line(await self._ruling.preview(filled.rule))

    async def _groups(self) -> dict[str, str]:
        """ID → name of the user groups; none where Slack does not tell in time."""
        try:
            async with asyncio.timeout(_GROUPS_SECONDS):
                answer = await self._client.usergroups_list()
        except _SLACK_ERRORS as error:
            _log.warning("usergroups_unknown", why=describe(error))
            return {}
        found = answer.get("usergroups") or ()
        return {
            str(group["id"]): f"@{group.get('handle') or group['id']}"[:_MOST_NAME]
            for group in found
        }

    async def _put(self, view_id: str, view: View) -> None:
        try:
            await self._client.views_update(view_id=view_id, view=view)
        except _SLACK_ERRORS as error:
            if error_code(error) != "not_found":  # closed in the meantime
                _log.error("view_refused", why=describe(error))
