"""Rules as `qarun.toml` holds them, `[rules.<channel id>]`, for those who keep them in git."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, ConfigDict

from bot.domain.digest_rule import DigestRule
from bot.domain.rules import CaseMute, MentionRule, Rule
from bot.domain.time_zones import is_time_zone
from bot.setting_types import setting_problem

_WHO = re.compile(r"[UWS][A-Z0-9]+")


def _channel(channel: str) -> str:
    if not re.fullmatch(r"[CGD][A-Z0-9]{1,30}", channel):
        raise setting_problem(
            "is not the ID of a channel; it looks like C0123ABCD and stands at the end of the "
            "channel's details in Slack"
        )
    return channel


def _who(who: tuple[str, ...]) -> tuple[str, ...]:
    if not who or not all(_WHO.fullmatch(one) for one in who):
        raise setting_problem("needs in `who` IDs of Slack users (U…) or user groups (S…)")
    return who


class FileMention(MentionRule):
    """See `MentionRule`; a misspelt name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: Annotated[tuple[str, ...], AfterValidator(_who)]


def _muted_by_command(muted: tuple[CaseMute, ...]) -> tuple[CaseMute, ...]:
    if muted:
        raise setting_problem("cannot stand here; mute test cases with /qarun mute")
    return muted


def _person(person: str | None) -> str | None:
    if person is not None and not re.fullmatch(r"[UW][A-Z0-9]+", person):
        raise setting_problem("is not the ID of a Slack user (U…)")
    return person


def _zone(name: str) -> str:
    if not is_time_zone(name):
        raise setting_problem(
            "needs in `time_zone` the name of a time zone, such as Europe/Stockholm"
        )
    return name


class FileDigest(DigestRule):
    """See `DigestRule`; a misspelt name is refused. When it was set, the database knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    since: None = None


class FileRule(Rule):
    """See `Rule`; a misspelt name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mentions: tuple[FileMention, ...] = ()
    muted_until: AwareDatetime | None = None
    muted_cases: Annotated[tuple[CaseMute, ...], AfterValidator(_muted_by_command)] = ()
    set_by: Annotated[str | None, AfterValidator(_person)] = None
    mutes_only: Literal[False] = False
    digest: FileDigest | None = None


ChannelId = Annotated[str, AfterValidator(_channel)]
