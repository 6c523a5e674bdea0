"""Runs in messages: in texts, attachments and blocks, by people and by other apps."""

from typing import Any

import pytest

from bot.domain.short_id import RunReference
from bot.services.linking import Mentioned
from bot.slack.mentioned import mentioned_in

RUN = "https://app.qa.tech/p/shop/results/UkxK"


def event(**parts: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "ts": "1.1", "user": "U1", "text": ""} | parts


def heard(**parts: Any) -> Mentioned | None:
    return mentioned_in(event(**parts), bot_user="UBOT", bot_id="BBOT")


def linked(**parts: Any) -> list[str]:
    found = heard(**parts)
    return [run.short_id for run in found.runs] if found else []


def started(**parts: Any) -> list[str]:
    found = heard(**parts)
    return [run.short_id for run in found.started] if found else []


APP = {"user": "UQA", "bot_id": "BQA"}


@pytest.mark.parametrize(
    "text",
    [
        RUN,
        f"<{RUN}>",
        f"<{RUN}|the run>",
        f"look (at {RUN}).",
        f"*{RUN}*, `{RUN}`",
        f"{RUN}?a=1&amp;b=2",
        f"<{RUN}/?tab=issues|run>!",
    ],
)
def test_a_link_in_the_text_counts_once_however_it_is_written(text: str) -> None:
    assert linked(text=text) == ["UkxK"]


@pytest.mark.parametrize(
    "parts",
    [
        {"attachments": [{"title": "Run", "title_link": RUN}]},
        {"attachments": [{"fields": [{"title": "x", "value": f"<{RUN}|open>"}]}]},
        {"attachments": [{"actions": [{"type": "button", "url": RUN}]}]},
        {"attachments": [{"blocks": [{"type": "section", "text": {"text": f"<{RUN}|x>"}}]}]},
        {"blocks": [{"type": "actions", "elements": [{"type": "button", "url": RUN}]}]},
        {
            "blocks": [
                {"type": "rich_text", "elements": [{"elements": [{"type": "link", "url": RUN}]}]}
            ]
        },
        {"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": RUN}]}]},
    ],
)
def test_links_in_attachments_and_blocks_count_as_well(parts: dict[str, Any]) -> None:
    assert linked(**parts) == ["UkxK"]
    assert linked(**parts, **APP) == ["UkxK"]


def test_who_said_it_where_is_known_and_an_app_is_no_person() -> None:
    runs = (RunReference("UkxK", slug="shop", url=RUN),)
    expected = Mentioned("C1", ts="1.1", thread_ts="1.0", user="U1", runs=runs)
    assert heard(text=RUN, thread_ts="1.0") == expected
    found = heard(text=RUN, **APP)
    assert found is not None
    assert found.user is None


@pytest.mark.parametrize(
    "parts",
    [
        {"user": "UBOT"},
        {"user": "UX", "bot_id": "BBOT"},
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"edited": {"ts": "1.2"}},
    ],
)
def test_the_bots_own_messages_and_edits_do_not_count(parts: dict[str, Any]) -> None:
    assert heard(text=RUN, **parts) is None


def test_a_message_without_a_run_is_nothing() -> None:
    assert heard(text="good morning") is None
    assert heard(text="https://app.qa.tech/p/shop/results/test/c1") is None
    assert heard(text=None, blocks=None, attachments="nonsense") is None


@pytest.mark.parametrize(
    "parts",
    [
        {"text": "Run #UkxK started"},
        {"text": "", "attachments": [{"fallback": "Run #UkxK started"}]},
        {
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": "*Run #UkxK* started"}}
            ]
        },
        {
            "blocks": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "Run "},
                        {"type": "link", "url": "https://x.test", "text": "#UkxK"},
                        {"type": "text", "text": " started"},
                    ],
                }
            ]
        },
    ],
)
def test_the_words_of_qatechs_own_app_count_and_the_same_words_of_a_person_do_not(
    parts: dict[str, Any],
) -> None:
    assert started(**APP, **parts) == ["UkxK"]
    assert started(subtype="bot_message", user=None, bot_id="BQA", **parts) == ["UkxK"]
    assert started(**parts) == []


def test_a_message_of_any_depth_and_size_is_read_in_bounds() -> None:
    deep: dict[str, Any] = {"text": RUN}
    for _ in range(5_000):
        deep = {"elements": [deep]}
    assert linked(blocks=[deep]) == []
    many = [{"text": "x"}] * 100_000
    assert linked(text=RUN, blocks=many) == ["UkxK"]
