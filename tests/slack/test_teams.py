"""Whose payload it is: the bot's own workspace, its organisation, or somebody else."""

from typing import Any

import pytest

from bot.slack.identity import Identity
from bot.slack.teams import is_foreign

Body = dict[str, Any]


def home(**more: Any) -> Identity:
    known = {"user_id": "U0BOT", "bot_id": "B0BOT", "name": "qarun", "team_id": "T1"}
    return Identity(**{**known, "team": "Ours", "url": "https://x/", "scopes": None, **more})


def command(team: str, **more: Any) -> Body:
    return {"command": "/qarun", "team_id": team, "user_id": "U1", **more}


def act(team: str | None, *, place: str | None = "T1", **more: Any) -> Body:
    """A press or a submission by somebody of a workspace, seen from another."""
    return {
        "type": "block_actions",
        "user": {"id": "U1"} | ({"team_id": team} if team else {}),
        "team": {"id": place} if place else None,
        **more,
    }


def event(
    *, through: str = "T1", shared: bool = False, outer: Body | None = None, **event: Any
) -> Body:
    return {
        "type": "event_callback",
        "team_id": through,
        "authorizations": [{"team_id": through, "enterprise_id": None}],
        "is_ext_shared_channel": shared,
        "event": {"type": "message", "user": "U1", "channel": "C1", **event},
        **(outer or {}),
    }


ORGANISATION = home(enterprise_id="E1", is_enterprise_install=True)
WITHIN = home(enterprise_id="E1")


@pytest.mark.parametrize(
    ("body", "who"),
    [
        (command("T1"), home()),
        (command("T1", enterprise_id="E9"), home()),
        ({"command": "/qarun"}, home()),
        (act("T1"), home()),
        (act(None), home()),
        (act(None, place=None), home()),
        (event(), home()),
        (event(team="T1"), home()),
        (event(team="T1", user_team="T1", source_team="T1", shared=True), home()),
        (event(type="link_shared"), home()),
        (event(type="app_home_opened"), home()),
        (event(type="member_joined_channel", user="U0BOT", team="T1", shared=True), home()),
        # The sender's workspace may stand outside, and the bot's among the authorizations.
        (
            event(
                team="T1",
                shared=True,
                outer={"team_id": "T2", "authorizations": [{"team_id": "T1"}]},
            ),
            home(),
        ),
        (command("T2", enterprise_id="E1"), ORGANISATION),
        (act("T2", place="T2", enterprise={"id": "E1"}), ORGANISATION),
        (act("T2", place=None, enterprise={"id": "E1"}), ORGANISATION),
        (event(through="T2", team="T2", outer={"enterprise_id": "E1"}), ORGANISATION),
        (event(team="T1", user_team="E1", shared=True), WITHIN),
        # What Slack does not say of itself cannot be held against anybody.
        (command("T2"), home(team_id="")),
        (command("T2"), None),
    ],
)
def test_who_belongs_here_is_served(body: Body, who: Identity | None) -> None:
    assert not is_foreign(body, home=who, allowed=())


@pytest.mark.parametrize(
    ("body", "who"),
    [
        (command("T2"), home()),
        (command("T2", enterprise_id="E1"), WITHIN),
        (command("T2", enterprise_id="E2"), ORGANISATION),
        (act("T2"), home()),
        (act(None, place="T2"), home()),
        (act("T2", place="T2"), home()),
        (act("T2", place="T1", enterprise={"id": "E1"}), ORGANISATION),
        ({**act("T2"), "type": "view_submission"}, home()),
        (event(through="T2"), home()),
        (event(team="T2"), home()),
        (event(team="T1", user_team="T2", shared=True), home()),
        (event(team="T1", source_team="T2"), home()),
        (event(team="T1", user_team="E2", shared=True), WITHIN),
        (event(team="T2", shared=True, outer={"enterprise_id": "E1"}), ORGANISATION),
        (event(type="app_mention", team="T2"), home()),
        (event(type="link_shared", shared=True), home()),
        (event(shared=True), home()),
    ],
)
def test_who_comes_from_elsewhere_is_not(body: Body, who: Identity) -> None:
    assert is_foreign(body, home=who, allowed=())


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (command("T2"), ["T2"]),
        (command("T2", enterprise_id="E2"), ["E2"]),
        (command("T2", enterprise_id="E1"), ["E1"]),
        (act("T2"), ["T3", "T2"]),
        (event(team="T1", user_team="T2", shared=True), ["T2"]),
        (event(type="link_shared", shared=True), None),
        (command("T9"), None),
    ],
)
def test_who_is_let_in_is_served(body: Body, allowed: list[str] | None) -> None:
    assert not is_foreign(body, home=WITHIN, allowed=allowed)
    assert is_foreign(body, home=WITHIN, allowed=["T0"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "event_callback"},
        {"type": "event_callback", "event": "nonsense", "authorizations": ["nonsense"]},
        {"type": "block_actions", "user": "U1", "team": 7},
        {"command": "/qarun", "team_id": ["T1"]},
    ],
)
def test_nonsense_does_not_break_it(body: Body) -> None:
    assert not is_foreign(body, home=home(), allowed=())
