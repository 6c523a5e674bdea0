"""What can be pressed: the actions' names, and the values that say what a press is about.

Buttons outlive the version that made them: a value carries all that is needed to answer its press,
so that an old message works after a restart, and the version of its form, so that a form of
another time is recognised. Reading never raises; what cannot be read is None, and the person is
told what to type instead (`pressing.old_button`).
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final, get_args

from bot.domain.question import QUESTIONS, Question
from bot.domain.run import IssueCategory
from bot.domain.short_id import SHORT_ID, RunKey

OPEN_RUN: Final = "open_run"
"""Slack reports a press of a link button too: it is only to be acked."""
FAILED_CASES: Final = "failed_cases"
ACCESSIBILITY: Final = "accessibility"
RERUN_FAILED: Final = "rerun_failed"
MORE: Final = "more"
"""An overflow menu; `read_more_value` tells what was chosen."""
NEXT_PAGE: Final = "next_page"
CHOOSE: Final = "choose"
CASE_PAGE: Final = "case_page"
CASE_DETAILS: Final = "case_details"
ISSUE_PAGE: Final = "issue_page"
ISSUE_FILTER: Final = "issue_filter"
SHOW_RUN: Final = "show_run"
LOOK_UP: Final = "look_up"
"""The field of the App Home; Enter in it is an action whose `value` is what was typed."""

REFRESH: Final = "refresh"
STOP_WATCHING: Final = "stop"
COPY_ID: Final = "copy"

ALL_SEVERITIES: Final = "all"
"""The value of the filter's option that filters nothing."""

MAX_VALUE = 2_000
MAX_OPTION_VALUE = 150
_VERSION = 1
_ALIAS = re.compile("[^/\x00-\x1f\x7f\ud800-\udfff]{1,64}")
"""The operator chooses the aliases: anything but what separates them from the short ID."""
_CATEGORIES: tuple[str, ...] = get_args(IssueCategory)
_MOST_OFFSET = 1_000_000
_LONGEST_SEVERITY = 40


def every(action: str) -> re.Pattern[str]:
    """The `action_id`s of one kind: where a message has several, each has `:` and more behind it.

    Listeners register with this, so that they hear old messages and new ones alike.
    """
    return re.compile(rf"^{re.escape(action)}(:.*)?$")


def run_value(key: RunKey) -> str:
    """The value of a button that is about a run and nothing more."""
    return _write(_name(key))


def read_run_value(value: str | None) -> RunKey | None:
    parts = _read(value, 1)
    return _key(parts[0]) if parts else None


def can_carry(key: RunKey) -> bool:
    """Whether buttons can name this run: every run that a person could type, and few others."""
    return _key(_name(key)) == key and len(more_value(REFRESH, key)) <= MAX_OPTION_VALUE


def more_value(what: str, key: RunKey) -> str:
    """The value of an overflow option, at most 150 characters for a run that `can_carry`."""
    return _write(what, _name(key))


def read_more_value(value: str | None) -> tuple[str, RunKey] | None:
    """What was chosen (`REFRESH`, `STOP_WATCHING`, `COPY_ID`), and for which run."""
    parts = _read(value, 2)
    key = _key(parts[1]) if parts else None
    if parts is None or key is None or parts[0] not in (REFRESH, STOP_WATCHING, COPY_ID):
        return None
    return parts[0], key


def page_value(key: RunKey, question: Question, offset: int) -> str | None:
    """The value of "Next 10": the question that was answered, and where its next page begins.

    None where the question is too long for a button, or holds what Slack would not give back.
    """
    asked = QUESTIONS.dump_python(question, mode="json", exclude_defaults=True)
    value = _write(_name(key), offset, asked | {"kind": question.kind})
    return value if read_page_value(value) == (key, question, offset) else None


def read_page_value(value: str | None) -> tuple[RunKey, Question, int] | None:
    parts = _read(value, 3)
    if parts is None:
        return None
    key, offset, asked = _key(parts[0]), parts[1], parts[2]
    if key is None or not _is_number(offset, 0, _MOST_OFFSET):
        return None
    try:
        return key, QUESTIONS.validate_python(asked), offset
    except (ValueError, TypeError):
        return None


def choice_value(key: RunKey, question: Question) -> str | None:
    """The value of a button that chooses what was meant; None as for `page_value`."""
    return page_value(key, question, 0)


def read_choice_value(value: str | None) -> tuple[RunKey, Question] | None:
    read = read_page_value(value)
    return (read[0], read[1]) if read else None


def case_value(key: RunKey, short_id: str) -> str | None:
    """The value of "Details"; None where the test case's ID does not fit."""
    value = _write(_name(key), short_id)
    return value if read_case_value(value) == (key, short_id) else None


def read_case_value(value: str | None) -> tuple[RunKey, str] | None:
    """The run and the short ID of its test case."""
    parts = _read(value, 2)
    key = _key(parts[0]) if parts else None
    if parts is None or key is None or not isinstance(parts[1], str) or not parts[1].strip():
        return None
    return key, parts[1]


def cases_page_value(key: RunKey, page: int) -> str:
    """The value of "Previous" and "Next" below the failed cases, and that view's metadata."""
    return _write(_name(key), page)


def read_cases_page_value(value: str | None) -> tuple[RunKey, int] | None:
    parts = _read(value, 2)
    key = _key(parts[0]) if parts else None
    if parts is None or key is None or not _is_number(parts[1], 1, _MOST_OFFSET):
        return None
    return key, parts[1]


@dataclass(frozen=True, slots=True)
class IssuesPlace:
    """Which issues of a run a view shows; `category` and `severity` None stand for all."""

    key: RunKey
    category: str | None = "accessibility"
    severity: str | None = None
    page: int = 1


def issues_value(place: IssuesPlace) -> str:
    """The value of "Previous" and "Next" below the issues, and that view's metadata."""
    return _write(_name(place.key), place.category, place.severity, place.page)


def read_issues_value(value: str | None) -> IssuesPlace | None:
    parts = _read(value, 4)
    if parts is None:
        return None
    key, category, severity, page = _key(parts[0]), *parts[1:]
    if key is None or not _is_number(page, 1, _MOST_OFFSET):
        return None
    if category is not None and category not in _CATEGORIES:
        return None
    if severity is not None and not (
        isinstance(severity, str) and 0 < len(severity) <= _LONGEST_SEVERITY
    ):
        return None
    return IssuesPlace(key, category, severity, page)


def _write(*parts: Any) -> str:
    """A JSON list in ASCII that begins with the version of its form."""
    return json.dumps([_VERSION, *parts], separators=(",", ":"))


def _read(value: Any, length: int) -> list[Any] | None:
    """The parts behind the version; None for anything but a list of this version and length."""
    if not isinstance(value, str) or len(value) > MAX_VALUE:
        return None
    try:
        parts = json.loads(value)
        json.dumps(parts, ensure_ascii=False).encode()  # JSON can hold half a character, Slack not
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or len(parts) != length + 1:
        return None
    return parts[1:] if _is_number(parts[0], _VERSION, _VERSION) else None


def _name(key: RunKey) -> str:
    return f"{key.project}/{key.short_id}"


def _key(name: Any) -> RunKey | None:
    if not isinstance(name, str):
        return None
    project, _, short_id = name.partition("/")
    if not _ALIAS.fullmatch(project) or not SHORT_ID.fullmatch(short_id):
        return None
    return RunKey(project, short_id)


def _is_number(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
