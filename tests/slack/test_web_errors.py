"""What Slack's refusals mean, and how they are told to the operator."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.web_errors import Refusal, describe, error_code, refusal, retry_after


def _refused(
    code: object, *, status: int = 200, headers: dict[str, object] | None = None, **more: object
) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={"headers": {"Authorization": "Bearer xoxb-very-secret"}},
        data={"ok": False, "error": code, **more},
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("The request to the Slack API failed.", response)


class _NotJson:
    """aiohttp's own response, which slack_sdk hands on when the body is not JSON."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}


@pytest.mark.parametrize(
    ("error", "group"),
    [
        (_refused("ratelimited", status=429), Refusal.RATE_LIMITED),
        (_refused("anything", status=429), Refusal.RATE_LIMITED),
        (_refused("rate_limited"), Refusal.RATE_LIMITED),
        (_refused("service_unavailable", status=503), Refusal.NOT_SENT),
        (_refused("internal_error"), Refusal.UNCERTAIN),
        (_refused("fatal_error"), Refusal.UNCERTAIN),
        (_refused("invalid_blocks"), Refusal.TOO_COMPLEX),
        (_refused("msg_too_long"), Refusal.TOO_COMPLEX),
        (_refused("msg_blocks_too_long"), Refusal.TOO_COMPLEX),
        (_refused("not_in_channel"), Refusal.NOT_A_MEMBER),
        (_refused("channel_not_found"), Refusal.NOT_A_MEMBER),
        (_refused("message_not_found"), Refusal.GONE),
        (_refused("cant_update_message"), Refusal.GONE),
        (_refused("edit_window_closed"), Refusal.GONE),
        (_refused("token_revoked"), Refusal.OPERATOR),
        (_refused("missing_scope"), Refusal.OPERATOR),
        (_refused("is_archived"), Refusal.FINAL),
        (_refused("restricted_action"), Refusal.FINAL),
        (_refused("a_word_of_tomorrow"), Refusal.FINAL),
        (_refused("a_word_of_tomorrow", status=500), Refusal.UNCERTAIN),
        (_refused(None), Refusal.UNCERTAIN),
        (_refused({"not": "a word"}), Refusal.UNCERTAIN),
        (SlackApiError("not JSON", _NotJson(502)), Refusal.UNCERTAIN),
        (SlackApiError("not JSON", _NotJson(429)), Refusal.RATE_LIMITED),
        (SlackApiError("nothing", {}), Refusal.UNCERTAIN),
        (TimeoutError(), Refusal.UNCERTAIN),
        (aiohttp.ServerDisconnectedError(), Refusal.UNCERTAIN),
        (
            aiohttp.ClientConnectorError(
                connection_key=None,  # type: ignore[arg-type]  # not looked at
                os_error=OSError("refused"),
            ),
            Refusal.NOT_SENT,
        ),
        (ValueError("a bug of the client's"), Refusal.UNCERTAIN),
    ],
)
def test_each_failure_says_what_to_do(error: Exception, group: Refusal) -> None:
    assert refusal(error) is group


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (_refused("is_archived"), "is_archived"),
        (_refused("missing_scope", needed="im:write"), "missing_scope: needs im:write"),
        (_refused("missing_scope"), "missing_scope: needs a scope it did not name"),
        (_refused(None, status=500), "HTTP 500"),
        (SlackApiError("not JSON", _NotJson(502)), "HTTP 502"),
        (SlackApiError("nothing", {}), "HTTP 0"),
        (TimeoutError(), "Slack did not answer in time"),
        (aiohttp.ServerDisconnectedError(), "no answer: ServerDisconnectedError"),
    ],
)
def test_a_failure_is_described_in_a_few_words(error: Exception, words: str) -> None:
    assert describe(error) == words


def test_no_description_holds_a_token_or_an_address() -> None:
    address = "https://hooks.slack.com/commands/very-secret"
    for error in (
        _refused("invalid_auth"),
        aiohttp.InvalidURL(address),
        aiohttp.ClientPayloadError(address),
    ):
        assert "very-secret" not in describe(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": ["7"]}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-1"}, 0.0),
        ({"Retry-After": "1e300"}, 3600.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": []}, None),
        ({"Other": "1"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_where_it_can_be_read(
    headers: dict[str, object], seconds: float | None
) -> None:
    assert retry_after(_refused("ratelimited", status=429, headers=headers)) == seconds


def test_an_error_without_a_response_asks_for_no_wait() -> None:
    assert retry_after(TimeoutError()) is None
    assert error_code(TimeoutError()) == ""
    assert retry_after(SlackApiError("not JSON", _NotJson(429, {"Retry-After": "3"}))) == 3.0
