"""The audit trail of a channel: every act in words, hostile details harmless."""

import json
from datetime import timedelta

from bot.domain.audit import BY_API, BY_FILE, BY_OPERATOR, Act, Entry
from bot.domain.short_id import RunKey
from bot.slack.blocks.audit import PER_PAGE, audit_page, pages_of
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits
from tests.slack.blocks.samples import NOW

RUN = RunKey("default", "UkxK")
DETAILS = {
    Act.RERUN_ASKED: "failed test cases",
    Act.RERUN_STARTED: "Bq7Tz",
    Act.RERUN_REFUSED: "QA.tech answered 402: Usage limit reached",
    Act.RERUN_UNKNOWN: "QA.tech gave no whole answer within 8 s",
    Act.RULES_SET: "notify_on: failures → all",
    Act.MUTED: "until 2026-03-02 12:00 UTC",
    Act.CASE_MUTED: "Guest checkout with a card, until 2026-03-02 12:00 UTC",
    Act.CASE_UNMUTED: "Guest checkout with a card",
    Act.NOTICE_RETRIED: "notice 7: run_finished, given up: is_archived",
}


def entry(number: int, act: str, who: str = "U0ADA", detail: str = "") -> Entry:
    about_run = act.startswith("rerun") or act in {Act.WATCH_STOPPED, Act.NOTICE_RETRIED}
    at = NOW - timedelta(minutes=number)
    return Entry(100 - number, at, act, who, "C0QA", RUN if about_run else None, detail)


def test_every_act_is_told_in_words() -> None:
    entries = [entry(n, act, detail=DETAILS.get(act, "")) for n, act in enumerate(Act)]
    others = [
        entry(20, Act.WATCH_STOPPED, BY_API),
        entry(21, Act.RULES_SET, BY_FILE, "as they were"),
        entry(22, Act.NOTICE_RETRIED, BY_OPERATOR, DETAILS[Act.NOTICE_RETRIED]),
        entry(23, "something_newer", "U0ADA", "whatever it was"),
    ]
    message = audit_page([*entries, *others], total=17, page=1, channel="C0QA")
    assert_within_limits(message)
    assert_golden("audit_every_act", message)


def test_the_pages_lead_from_one_to_the_next_and_back() -> None:
    pages = [
        audit_page([entry(1, Act.MUTED)], total=2 * PER_PAGE + 1, page=page, channel="C0QA").text
        for page in (1, 3)
    ]
    assert "Page 1 of 3. Older: `/qarun audit 2`." in pages[0]
    assert "Page 3 of 3. Newest: `/qarun audit 1`." in pages[1]
    assert [pages_of(total) for total in (0, 1, PER_PAGE, PER_PAGE + 1)] == [1, 1, 1, 2]


def test_a_channel_where_nothing_was_done_says_so() -> None:
    message = audit_page([], total=0, page=1, channel="D0ADA")
    assert message.text == (
        "Nothing that I keep a record of has been done in this conversation yet."
    )


def test_the_longest_details_stay_within_the_limits() -> None:
    entries = [entry(n, Act.CASE_MUTED, detail="🧪<&> " * 5_000) for n in range(PER_PAGE)]
    message = audit_page(entries, total=10 * PER_PAGE, page=2, channel="C0QA")
    assert_within_limits(message)
    assert "🧪" in message.text


def test_what_people_wrote_pings_nobody() -> None:
    hostile = "<!channel> <@U0BEN> <https://evil.example|qa.tech> *bold* \u202egnp"
    made_up = entry(1, hostile, hostile, hostile)
    message = audit_page([made_up], total=1, page=1, channel="C0QA")
    shown = message.text + json.dumps(message.blocks, ensure_ascii=False)
    assert "<!channel>" not in shown
    assert "<@U0BEN>" not in shown
    assert "<https" not in shown
    assert "\u202e" not in shown
