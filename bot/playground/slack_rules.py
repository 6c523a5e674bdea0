"""The small language in which Block Kit's limits are written: rules for JSON values.

A rule looks at one value and notes what is wrong with it. The wording of the messages is the one
that Slack itself answers in `response_metadata.messages`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
"""A JSON object."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that Slack would refuse.

    Attributes:
        error: the word of Slack's answer (`invalid_blocks`, `msg_too_long`, …).
        pointer: JSON pointer to the culprit, empty where there is no single one.
    """

    message: str
    pointer: str = ""
    error: str = "invalid_blocks"

    def __str__(self) -> str:
        """The line as it stands in `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


Findings = list[Violation]
Rule = Callable[[Any, str, Findings], None]
"""Notes the violations of a value that stands at a JSON pointer."""

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")


def string(longest: int, shortest: int = 1, *, url: bool = False) -> Rule:
    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, str):
            found.append(Violation("must be a string", at))
        elif len(value) > longest:
            found.append(Violation(f"must be less than {longest + 1} characters", at))
        elif len(value) < shortest:
            found.append(Violation(f"must be more than {shortest - 1} characters", at))
        elif url and not _URL.fullmatch(value):
            found.append(Violation("must be a valid url", at))

    return check


def matching(pattern: str) -> Rule:
    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            found.append(Violation(f"input must match regex pattern: ^{pattern}$", at))

    return check


def url(longest: int = 3000) -> Rule:
    return string(longest, url=True)


def flag(value: Any, at: str, found: Findings) -> None:
    if not isinstance(value, bool):
        found.append(Violation("must be a boolean", at))


def number(least: int, most: int) -> Rule:
    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            found.append(Violation("must be an integer", at))
        elif not least <= value <= most:
            found.append(Violation(f"must be between {least} and {most}", at))

    return check


def one_of(*words: str) -> Rule:
    def check(value: Any, at: str, found: Findings) -> None:
        if value not in words:
            found.append(Violation(f"value must be one of {', '.join(words)}", at))

    return check


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, list):
            found.append(Violation("must be an array", at))
            return
        if len(value) > most:
            found.append(Violation(f"no more than {most} items allowed", at))
        if len(value) < least:
            found.append(Violation(f"must contain at least {least} items", at))
        for index, item in enumerate(value):
            rule(item, f"{at}/{index}", found)

    return check


def shape(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    *,
    also: Rule | None = None,
) -> Rule:
    """An object with these properties and no others; `type` is always among them.

    `also` is asked at the end, for what concerns more than one property.
    """
    known = {**required, **(optional or {})}

    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, dict):
            found.append(Violation("must provide an object", at))
            return
        found.extend(
            Violation(f"missing required field: {name}", at)
            for name in required
            if value.get(name) is None
        )
        for name, item in value.items():
            if name in known:
                if item is not None:
                    known[name](item, f"{at}/{name}", found)
            elif name != "type":
                found.append(Violation(f"invalid additional property: {name}", at))
        if also is not None:
            also(value, at, found)

    return check


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which of the rules it obeys."""

    def check(value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, dict):
            found.append(Violation("must provide an object", at))
            return
        kind = value.get("type")
        if kind is None:
            found.append(Violation("missing required field: type", at))
        elif not isinstance(kind, str) or kind not in kinds:
            found.append(Violation(f"unsupported type: {kind}", f"{at}/type"))
        else:
            kinds[kind](value, at, found)

    return check


def plain_text(longest: int) -> Rule:
    return typed({"plain_text": shape({"text": string(longest)}, {"emoji": flag})})


def text_object(longest: int) -> Rule:
    return typed(
        {
            "plain_text": shape({"text": string(longest)}, {"emoji": flag}),
            "mrkdwn": shape({"text": string(longest)}, {"verbatim": flag}),
        }
    )


def exactly_one(*names: str) -> Rule:
    """For `also`: exactly one of these properties is given."""

    def check(value: Any, at: str, found: Findings) -> None:
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            found.append(Violation(f"must provide exactly one of {', '.join(names)}", at))

    return check


def objects(value: Any, at: str = "") -> Iterator[tuple[str, Json]]:
    """Every object within a JSON value, itself included, with its pointer; outermost first."""
    if isinstance(value, dict):
        yield at, value
        for name, item in value.items():
            yield from objects(item, f"{at}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from objects(item, f"{at}/{index}")
