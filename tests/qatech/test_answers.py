import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.domain.errors import (
    AccessDenied,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
)
from bot.qatech.answers import (
    Answer,
    read_rerun,
    read_retry_after,
    read_run,
    read_test_case,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "qat-secret"
RUN: dict[str, Any] = {
    "id": "r1",
    "shortId": "UkxK",
    "status": "RUNNING",
    "result": None,
    "runTestCases": [],
}
READERS = [read_run, read_rerun, read_test_case]
Reader = Callable[[Answer, datetime], object]


def answer(body: bytes | object, status: int = 200, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, lines, content, SecretStr(SECRET))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, AccessDenied),
        (403, AccessDenied),
        (404, RunNotFound),
        (429, RateLimited),
        (408, Unavailable),
        (425, Unavailable),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (599, Unavailable),
        (418, UnexpectedAnswer),
        (302, UnexpectedAnswer),
        (204, UnexpectedAnswer),
        (201, UnexpectedAnswer),
    ],
)
def test_each_status_has_its_error(reader: Reader, status: int, error: type[QATechError]) -> None:
    with pytest.raises(error, match=str(status)) as raised:
        reader(answer({"message": "that is why"}, status), NOW)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("header", "seconds"),
    [({}, None), ({"retry_after": "7"}, 7.0), ({"retry_after": "86400"}, 300.0)],
)
def test_a_5xx_may_say_when_to_come_back_but_not_for_long(
    header: dict[str, str], seconds: float | None
) -> None:
    with pytest.raises(Unavailable) as raised:
        read_run(answer({}, 503, **header), NOW)
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "Run not found"}, "QA.tech answered 404: Run not found"),
        ({"statusText": "Not Found"}, "QA.tech answered 404: Not Found"),
        ({"message": "", "error": "gone"}, "QA.tech answered 404: gone"),
        ({"message": ["a is bad", "b too"]}, "QA.tech answered 404: a is bad; b too"),
        ({"message": "two\nlines\x00 \u202eand more"}, "QA.tech answered 404: two lines and more"),
        ({"message": {"nested": 1}}, "QA.tech answered 404 (text/plain)"),
        (["message"], "QA.tech answered 404 (text/plain)"),
        (b"<html>no</html>", "QA.tech answered 404 (text/plain)"),
        (b"[" * 100_000, "QA.tech answered 404 (text/plain)"),
        (b"", "QA.tech answered 404 (text/plain)"),
    ],
)
def test_an_error_quotes_what_was_said_in_one_line(body: object, said: str) -> None:
    with pytest.raises(RunNotFound) as raised:
        read_run(answer(body, 404, content_type="text/plain"), NOW)
    assert str(raised.value) == said


def test_an_error_without_any_words_is_its_status() -> None:
    with pytest.raises(Unavailable, match=r"^QA.tech answered 503$"):
        read_run(answer(b"", 503), NOW)


def test_what_is_quoted_is_clipped_to_200_characters() -> None:
    with pytest.raises(Unavailable) as raised:
        read_run(answer({"message": "x" * 5000}, 500), NOW)
    assert str(raised.value) == "QA.tech answered 500: " + "x" * 199 + "…"


@pytest.mark.parametrize(
    "refusal",
    [
        answer({"message": f"{'x' * 195}{SECRET} is no key"}, 401),
        answer(b"", 302, location=f"https://evil.example/?key={SECRET}"),
        answer(b"", 500, content_type=SECRET),
        answer(b"<html>", 200, content_type=SECRET),
    ],
)
def test_the_key_is_never_repeated_even_if_the_server_does(refusal: Answer) -> None:
    with pytest.raises(QATechError) as raised:
        read_run(refusal, NOW)
    assert SECRET[:5] not in str(raised.value)
    assert SECRET not in repr(refusal)


def test_a_redirect_is_named_and_not_followed() -> None:
    with pytest.raises(UnexpectedAnswer, match=r"307, a redirect to https://elsewhere\.example/"):
        read_run(answer(b"", 307, location="https://elsewhere.example/"), NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("999999999999999999999", 3600.0),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60.0),
        ("Fri, 02 Jan 2026 03:05:05 -0000", 60.0),
        ("Fri, 02 Jan 2026 04:05:05 +0100", 60.0),
        ("Fri, 02 Jan 2026 03:00:00 GMT", 0.0),
        ("Fri, 02 Jan 2036 03:00:00 GMT", 3600.0),
        ("Fri, 99 Jan 2026 03:00:00 GMT", None),
        ("soon", None),
        ("", None),
        ("-3", None),
        ("nan", None),
        ("1e9", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(
    value: str | None, seconds: float | None
) -> None:
    assert read_retry_after(value, NOW) == seconds


@given(st.text())
def test_no_retry_after_can_break_its_reader(value: str) -> None:
    seconds = read_retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 3600


def test_rate_limited_carries_how_long_to_wait() -> None:
    with pytest.raises(RateLimited) as raised:
        read_run(answer({"message": "slow down"}, 429, **{"retry-after": "12"}), NOW)
    assert raised.value.retry_after == 12.0


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"<html>hello</html>", "not JSON"),
        (b"", "not JSON"),
        (b'{"shortId": "UkxK", "status": "RUN', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "the answer as a whole"),
        (b"null", "the answer as a whole"),
        (b'"RUNNING"', "the answer as a whole"),
        (b"{}", r"shortId: Field required \(and 1 more\)"),
        (json.dumps(RUN | {"status": ["RUNNING"]}).encode(), "status: "),
        (json.dumps(RUN | {"runTestCases": "no"}).encode(), "runTestCases: "),
        (json.dumps(RUN | {"runTestCases": [{"id": 1}]}).encode(), r"runTestCases\.0\.id: "),
        (b'{"shortId": "UkxK", "status": NaN, "x": "\\ud800"}', "status: "),
    ],
)
def test_what_is_no_run_is_an_unexpected_answer(broken: bytes, why: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=why):
        read_run(answer(broken, content_type="text/html"), NOW)


def test_wrong_values_are_not_quoted() -> None:
    with pytest.raises(UnexpectedAnswer) as raised:
        read_run(answer(RUN | {"status": {SECRET: "<!channel>"}}), NOW)
    assert "<!channel>" not in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (rb"a\ud800b", "a\ufffdb"),
        (rb"\udc00\ud83d", "\ufffd\ufffd"),
        (rb"\ud83d\ude00\ud83d", "😀\ufffd"),
        (b"a\xffb", "a\ufffdb"),
        (b"two\nlines\x01", "two\nlines\x01"),
        (b"a\\u0000b", "a\x00b"),
        (b"\\\\ud800", "\\ud800"),
    ],
)
def test_odd_texts_do_not_lose_a_run(sent: bytes, read: str) -> None:
    case = b'{"id": "1", "shortId": "c1", "name": "' + sent + b'"}'
    body = b'{"shortId": "UkxK", "status": "RUNNING", "runTestCases": [' + case + b"]}"
    assert read_run(answer(body), NOW).run_test_cases[0].name == read


@pytest.mark.parametrize(
    "extra",
    [b"NaN", b"-Infinity", b"1" * 5000, b"1e999", b"[" * 300 + b"]" * 300, b'"\\ud800"'],
)
def test_odd_values_in_unknown_fields_do_not_lose_a_run(extra: bytes) -> None:
    body = b'{"shortId": "UkxK", "status": "RUNNING", "isNew": ' + extra + b"}"
    assert read_run(answer(body), NOW).short_id == "UkxK"


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert read_run(answer(b"\xef\xbb\xbf" + json.dumps(RUN).encode()), NOW).short_id == "UkxK"


@given(st.binary())
def test_no_bytes_can_raise_anything_but_an_unexpected_answer(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        read_run(answer(body), NOW)
