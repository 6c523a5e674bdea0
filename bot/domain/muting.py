"""Muting: the test cases that are no news for a while, and what `/qarun mute …` means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import UserError
from bot.domain.rules import CaseMute, Rule

MOST_CASES = 50
"""Muted test cases of one channel; whoever needs more mutes the channel."""
LONGEST_MINUTES = 366 * 24 * 60
_LONGEST_NAME = 300
_UNITS = {
    "m min mins minute minutes": 1,
    "h hr hrs hour hours": 60,
    "d day days": 24 * 60,
    "w week weeks": 7 * 24 * 60,
}
_UNIT_MINUTES = {word: minutes for words, minutes in _UNITS.items() for word in words.split()}
_PART = re.compile(r"(?P<number>\d{1,15}(?:\.\d)?) ?(?P<unit>[a-z]+) ?")


@dataclass(frozen=True, slots=True)
class MuteWish:
    """What is to be muted: the channel where `name` is None, else a test case."""

    minutes: int
    name: str | None


def read_mute(words: Sequence[str]) -> MuteWish:
    """The wish behind `2h`, `1h 30m`, or `Checkout with card 3d`; the time stands last.

    Raises:
        UserError: there is no time, or one that nobody can mean.
    """
    wish = _read(words)
    if wish is None:
        raise UserError(
            "For how long? Type `/qarun mute 2h`, or `/qarun mute Checkout 3d` for one test case; "
            "m, h, d and w stand for minutes, hours, days and weeks."
        )
    if wish.minutes > LONGEST_MINUTES:
        raise UserError("I mute for a year at the most.")
    return wish


def _read(words: Sequence[str]) -> MuteWish | None:
    """As many words from the end as are nothing but a time; those before them are the name."""
    for at in range(len(words)):
        minutes = _minutes(" ".join(words[at:]).lower())
        if minutes is not None:
            name = words[: at - 1] if at and words[at - 1].lower() == "for" else words[:at]
            return MuteWish(minutes, case_name(name))
    return None


def _minutes(text: str) -> int | None:
    """The minutes of `2h`, `1h 30m`, `2 hours`; None where anything else stands there, or 0."""
    at, minutes = 0, 0.0
    while at < len(text):
        part = _PART.match(text, at)
        unit = _UNIT_MINUTES.get(part["unit"]) if part else None
        if part is None or unit is None:
            return None
        minutes += float(part["number"]) * unit
        at = part.end()
    return round(minutes) or None


def case_name(words: Sequence[str]) -> str | None:
    """The name of a test case as it was typed, without the quotes around it."""
    return " ".join(words).strip("\"'“”„‘’ ")[:_LONGEST_NAME] or None


def mute_case(rule: Rule, name: str, until: datetime, now: datetime) -> tuple[CaseMute, ...]:
    """The muted test cases with this one among them; those whose time is over are left out.

    Raises:
        UserError: there are too many.
    """
    others = unmute_case(rule, name, now)
    if len(others) >= MOST_CASES:
        raise UserError(f"{MOST_CASES} test cases are muted here already; unmute one first.")
    return (*others, CaseMute(name=name, until=until))


def unmute_case(rule: Rule, name: str, now: datetime) -> tuple[CaseMute, ...]:
    """The muted test cases without this one."""
    return tuple(mute for mute in muted_cases(rule, now) if mute.name.casefold() != name.casefold())


def muted_cases(rule: Rule, now: datetime) -> tuple[CaseMute, ...]:
    """The test cases that are muted at this moment."""
    return tuple(mute for mute in rule.muted_cases if now < mute.until)
