"""Answers of QA.tech, read without I/O: into a model, or into the error that says what went wrong.

The words of an error are for the operator. They quote what QA.tech said, clipped to one short
line, and never the key.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from bot.domain.errors import (
    AccessDenied,
    NothingToRerun,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
    UsageLimitReached,
)
from bot.domain.run import Rerun, Run, TestCaseDetails
from bot.qatech.holds import LONGEST_SECONDS

_QUOTED_CHARS = 200
_TRANSIENT = frozenset({408, 425})
"""4xx that ask for another try: request time-out, too early."""
_LONGEST_OUTAGE = 300.0
"""Seconds for which a 5xx may send us away: it speaks of one run, and is often too pessimistic."""
_SECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `headers` by lower-case name; `body` whole for 200, its beginning else."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secret: SecretStr = field(repr=False)
    """The key that was shown, which no error may repeat even where the server does."""


class _Rerun(BaseModel):
    run: Rerun
    success: bool = True


def read_run(answer: Answer, now: datetime) -> Run:
    """The run in an answer to `run_request`; `now` is for a `Retry-After` given as a date.

    Raises:
        RunNotFound, AccessDenied, RateLimited, Unavailable, UnexpectedAnswer.
    """
    _raise_unless_ok(answer, now)
    return _parse(Run, answer)


def read_test_case(answer: Answer, now: datetime) -> TestCaseDetails:
    """The details in an answer to `details_request`.

    Raises:
        RunNotFound, AccessDenied, RateLimited, Unavailable, UnexpectedAnswer.
    """
    _raise_unless_ok(answer, now)
    return _parse(TestCaseDetails, answer)


def read_rerun(answer: Answer, now: datetime) -> Rerun:
    """The new run in an answer to `rerun_request`.

    Raises:
        NothingToRerun, UsageLimitReached, and what `read_run` raises.
    """
    if answer.status == 400:
        raise NothingToRerun(_sentence(answer))
    if answer.status == 402:
        raise UsageLimitReached(_sentence(answer))
    _raise_unless_ok(answer, now)
    parsed = _parse(_Rerun, answer)
    if not parsed.success:
        raise UnexpectedAnswer(f"{_sentence(answer)}, which says that it did not succeed")
    return parsed.run


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds in a `Retry-After` of seconds or of an HTTP date, at most an hour.

    None where it is absent or makes no sense.
    """
    if value is None:
        return None
    if match := _SECONDS.fullmatch(value):
        return min(float(match[1]), LONGEST_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000": UTC, of a source that does not say so
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_SECONDS)


def clean(text: str, secret: SecretStr) -> str:
    """Foreign text as it may stand in an error: one line, clipped, without the key."""
    key = secret.get_secret_value()
    hidden = text.replace(key, "***") if key else text
    line = _UNPRINTABLE.sub(" ", hidden).strip()
    return line if len(line) <= _QUOTED_CHARS else line[: _QUOTED_CHARS - 1] + "…"


def _raise_unless_ok(answer: Answer, now: datetime) -> None:
    if answer.status != 200:
        raise _refusal(answer, now)


def _refusal(answer: Answer, now: datetime) -> QATechError:
    sentence = _sentence(answer)
    match answer.status:
        case 401 | 403:
            return AccessDenied(sentence)
        case 404:
            return RunNotFound(sentence)
        case 429:
            return RateLimited(sentence, read_retry_after(answer.headers.get("retry-after"), now))
        case status if status >= 500 or status in _TRANSIENT:
            after = read_retry_after(answer.headers.get("retry-after"), now)
            return Unavailable(sentence, None if after is None else min(after, _LONGEST_OUTAGE))
        case status if 300 <= status < 400:
            target = clean(answer.headers.get("location", "nowhere"), answer.secret)
            return UnexpectedAnswer(
                f"QA.tech answered {status}, a redirect to {target}, which is not followed"
            )
    return UnexpectedAnswer(sentence)


def _sentence(answer: Answer) -> str:
    """Status, kind of body, and what a JSON body says about it."""
    said = _said(answer.body)
    if said:
        return f"QA.tech answered {answer.status}: {clean(said, answer.secret)}"
    kind = clean(answer.headers.get("content-type", ""), answer.secret)
    return f"QA.tech answered {answer.status}" + (f" ({kind})" if kind else "")


def _said(body: bytes) -> str | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        for name in ("message", "statusText", "error"):
            said = value.get(name)
            if isinstance(said, list):  # validators list one sentence for each field
                said = "; ".join(str(item) for item in said)
            if isinstance(said, str) and said.strip():
                return said
    return None


def _parse(model: type[_Model], answer: Answer) -> _Model:
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] != "json_invalid":
            raise _wrong_types(error) from None
        why = first["msg"]
    try:
        return model.model_validate(_mended(answer.body))
    except ValidationError as error:
        raise _wrong_types(error) from None
    except (ValueError, RecursionError):
        kind = clean(answer.headers.get("content-type", "no content type"), answer.secret)
        raise UnexpectedAnswer(
            f"QA.tech answered 200 with what is not JSON ({kind}): {clean(why, answer.secret)}"
        ) from None


def _mended(body: bytes) -> Any:
    """What this JSON means, read leniently; no text of it holds half of a surrogate pair.

    Texts written by an AI or taken from web pages arrive with such halves, with bytes that are
    not UTF-8, with raw control characters: none of it is a reason to lose a run.
    """
    value = json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_int=_number)
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(_LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text))


def _number(digits: str) -> int | float:
    # Python refuses to read integers of more than 4,300 digits.
    return int(digits) if len(digits) < 300 else math.inf


def _wrong_types(error: ValidationError) -> UnexpectedAnswer:
    """Names the field, not its value: that is untrusted and may be long."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the answer as a whole"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return UnexpectedAnswer(f"QA.tech answered 200, but {place}: {first['msg']}{more}")
