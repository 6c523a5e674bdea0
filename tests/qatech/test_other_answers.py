import json
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.domain.errors import (
    AccessDenied,
    NothingToRerun,
    QATechError,
    UnexpectedAnswer,
    UsageLimitReached,
)
from bot.qatech.answers import Answer, read_rerun, read_test_case

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def answer(body: object, status: int = 200) -> Answer:
    return Answer(status, {}, json.dumps(body).encode(), SecretStr("k"))


def test_a_rerun_gives_the_new_run() -> None:
    body = {
        "success": True,
        "run": {"id": "r2", "shortId": "Nw1", "url": "https://x.example/Nw1", "testCount": 3},
    }
    rerun = read_rerun(answer(body), NOW)
    assert (rerun.id, rerun.short_id, rerun.url, rerun.test_count) == (
        "r2",
        "Nw1",
        "https://x.example/Nw1",
        3,
    )


def test_a_rerun_needs_no_more_than_the_new_short_id() -> None:
    assert read_rerun(answer({"run": {"shortId": "Nw1"}}), NOW).url is None


@pytest.mark.parametrize(
    ("status", "error"), [(400, NothingToRerun), (402, UsageLimitReached), (403, AccessDenied)]
)
def test_a_refused_rerun_says_why(status: int, error: type[QATechError]) -> None:
    with pytest.raises(error, match="because"):
        read_rerun(answer({"message": "because"}, status), NOW)


def test_a_rerun_that_did_not_succeed_is_unexpected() -> None:
    body = {"success": False, "run": {"shortId": "Nw1"}, "message": "no"}
    with pytest.raises(UnexpectedAnswer, match="did not succeed"):
        read_rerun(answer(body), NOW)


@pytest.mark.parametrize("body", [{"success": True}, {"run": {}}, {"run": None}])
def test_a_rerun_without_its_run_is_unexpected(body: object) -> None:
    with pytest.raises(UnexpectedAnswer):
        read_rerun(answer(body), NOW)


def test_details_need_no_more_than_an_id() -> None:
    details = read_test_case(answer({"id": "t1"}), NOW)
    assert (details.id, details.short_id, details.url, details.started_at) == ("t1", "", None, None)


def test_details_keep_all_that_is_told() -> None:
    details = read_test_case(
        answer(
            {
                "id": "t1",
                "shortId": "c1",
                "name": "Checkout",
                "status": "COMPLETED",
                "result": "FAILED",
                "runShortId": "UkxK",
                "projectTestCaseId": "p1",
                "startedAt": "2026-01-02T03:00:00.000Z",
                "completedAt": "2026-01-02T03:03:00Z",
                "durationMs": 180000,
                "url": "https://app.qa.tech/p/x/results/test/c1",
                "screenshotUrl": "https://media.example/1.png",
                "recordingUrl": "https://media.example/1.webm",
            }
        ),
        NOW,
    )
    assert details.run_short_id == "UkxK"
    assert details.project_test_case_id == "p1"
    assert details.started_at == datetime(2026, 1, 2, 3, tzinfo=UTC)
    assert details.completed_at == datetime(2026, 1, 2, 3, 3, tzinfo=UTC)
    assert details.duration_ms == 180000
    assert details.url == "https://app.qa.tech/p/x/results/test/c1"
    assert details.screenshot_url == "https://media.example/1.png"
    assert details.recording_url == "https://media.example/1.webm"
    assert details.name == "Checkout"


def test_times_and_numbers_that_make_no_sense_are_left_out() -> None:
    details = read_test_case(
        answer({"id": "t1", "startedAt": "yesterday", "completedAt": [], "durationMs": "long"}),
        NOW,
    )
    assert (details.started_at, details.completed_at, details.duration_ms) == (None, None, None)
