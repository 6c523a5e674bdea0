"""The form of a channel's rule: the names of its fields, and reading what was filled in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.question import Severity
from bot.domain.rules import MentionRule, NotifyOn, Rule
from bot.slack.blocks.digest_form import read_digest

CALLBACK: Final = "rules"
PREVIEW: Final = "rules_preview"
ANOTHER_ROW: Final = "rules_row"
MOST_ROWS: Final = 5

PROJECTS: Final = "projects"
WHICH: Final = "which"
NOTIFY_ON: Final = "notify_on"
ACCESSIBILITY: Final = "accessibility_from"
ACCESSIBILITY_NEW: Final = "accessibility_new"
PATTERN: Final = "pattern"
SEVERITY: Final = "severity"
PEOPLE: Final = "people"
GROUPS: Final = "groups"
LIVE: Final = "live"
PLACE: Final = "place"
BROADCAST: Final = "broadcast"
LINKS: Final = "links"
MUTED_UNTIL: Final = "muted_until"

TRIED: Final = (PROJECTS, WHICH, NOTIFY_ON, ACCESSIBILITY, ACCESSIBILITY_NEW)
"""The fields that decide what is told: when one changes, the rule is tried anew."""

NONE: Final = "none"
YES: Final = "yes"
NO: Final = "no"
"""The values of options; each field is a block whose `block_id` and `action_id` are its name."""

_VERSION = 2


@dataclass(frozen=True, slots=True)
class FormPlace:
    """What the modal carries: its channel, how it can be answered, how many rows it shows.

    `time_zone` is that of who opened it: what a digest begins with.
    """

    channel: str
    response_url: str | None = field(repr=False)
    rows: int
    time_zone: str

    def written(self) -> str:
        parts = [_VERSION, self.channel, self.response_url, self.rows, self.time_zone]
        return json.dumps(parts)


def read_place(metadata: str | None) -> FormPlace | None:
    """Never raises; None for what another version wrote."""
    try:
        version, channel, response_url, rows, time_zone = json.loads(metadata or "")
    except (ValueError, TypeError):
        return None
    if version != _VERSION or not isinstance(channel, str) or not isinstance(rows, int):
        return None
    url = response_url if isinstance(response_url, str) else None
    return FormPlace(channel, url, min(max(rows, 1), MOST_ROWS), str(time_zone))


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in, as a rule; `errors` has a sentence for each field that is wrong."""

    rule: Rule
    errors: Mapping[str, str] = field(default_factory=dict)


class _State:
    """The state of a view, by the field's name; a field that is not shown keeps what was."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def has(self, name: str) -> bool:
        return name in self._values

    def _of(self, name: str) -> Mapping[str, Any]:
        found = (self._values.get(name) or {}).get(name)
        return found if isinstance(found, dict) else {}

    def option(self, name: str) -> str | None:
        return (self._of(name).get("selected_option") or {}).get("value")

    def options(self, name: str) -> tuple[str, ...]:
        chosen = self._of(name).get("selected_options") or ()
        return tuple(str(one.get("value")) for one in chosen)

    def users(self, name: str) -> tuple[str, ...]:
        return tuple(self._of(name).get("selected_users") or ())

    def text(self, name: str) -> str | None:
        return str(self._of(name).get("value") or "").strip() or None

    def moment(self, name: str) -> datetime | None:
        chosen = self._of(name).get("selected_date_time")
        return datetime.fromtimestamp(int(chosen), UTC) if chosen else None

    def flag(self, name: str, *, before: bool) -> bool:
        return {YES: True, NO: False}.get(self.option(name) or "", before)


def read_rule(values: Mapping[str, Any], before: Rule, now: datetime, *, rows: int) -> Filled:
    """The rule that a form's state means, on top of the one that stands."""
    state = _State(values)
    errors: dict[str, str] = {}
    mentions = []
    for row in range(1, rows + 1):
        found = _mention(state, row, before, errors)
        if found is not None:
            mentions.append(found)
    muted_until = state.moment(MUTED_UNTIL)
    if muted_until is not None and muted_until <= now:
        errors[MUTED_UNTIL] = "This moment is over. Choose a later one, or leave it empty."
    notify_on, severity = state.option(NOTIFY_ON), state.option(ACCESSIBILITY)
    rule = before.model_copy(
        update={
            "projects": state.options(PROJECTS) if state.has(PROJECTS) else before.projects,
            "only_watched": state.flag(WHICH, before=before.only_watched),
            "notify_on": NotifyOn(notify_on) if notify_on in set(NotifyOn) else before.notify_on,
            "accessibility_from": _severity(severity)
            if state.has(ACCESSIBILITY)
            else before.accessibility_from,
            "accessibility_new_only": state.flag(
                ACCESSIBILITY_NEW, before=before.accessibility_new_only
            ),
            "mentions": (*mentions, *before.mentions[rows:]),
            "live": state.flag(LIVE, before=before.live),
            "in_thread": state.flag(PLACE, before=before.in_thread),
            "broadcast": state.flag(BROADCAST, before=before.broadcast),
            "watch_links": state.flag(LINKS, before=before.watch_links),
            "muted_until": muted_until,
            "digest": read_digest(values, before.digest, errors),
        }
    )
    return Filled(rule, errors)


def of_row(name: str, row: int) -> str:
    """The name of a field of one row of mentions, counted from 1."""
    return f"{name}_{row}"


def _mention(state: _State, row: int, before: Rule, errors: dict[str, str]) -> MentionRule | None:
    pattern, people = state.text(of_row(PATTERN, row)), state.users(of_row(PEOPLE, row))
    severity = _severity(state.option(of_row(SEVERITY, row)))
    groups = state.options(of_row(GROUPS, row))
    if not state.has(of_row(GROUPS, row)) and row <= len(before.mentions):
        groups = tuple(who for who in before.mentions[row - 1].who if who.startswith("S"))
    who = (*people, *groups)
    if who:
        return MentionRule(who=who, pattern=pattern, severity=severity)
    if pattern or severity:
        errors[of_row(PEOPLE, row)] = "Choose who is mentioned, or empty this row."
    return None


def _severity(value: str | None) -> Severity | None:
    return Severity(value) if value in set(Severity) else None
