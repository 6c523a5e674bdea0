"""Notices: what a change owes to a watch, and where each is told."""

from typing import Any

import pytest

from bot.domain.facts import RunFinished, RunProgressed, VerdictGiven, WatchEnded, WatchEndedReply
from bot.domain.notice import (
    NewNotice,
    Notice,
    Priority,
    Telling,
    ended_notices,
    final_notices,
    live_key,
    progress_notice,
)
from bot.domain.watch import TrackedRun, Watch, WatchEnd
from tests.domain.build import NOW, run, tracked_run, watch

LIVE_TS = "1700000000.000100"


def _telling(new: NewNotice, of: Watch | None, tracked: TrackedRun | None = None) -> Telling:
    notice = Notice(
        id=1,
        dedupe_key=new.dedupe_key,
        channel=new.channel,
        fact=new.fact,
        run_id=new.run_id,
        watch_id=new.watch_id,
        thread_ts=new.thread_ts,
        asked_by=new.asked_by,
        response_url=new.response_url,
        created_at=NOW,
        version=1,
        attempts=1,
        uncertain=False,
        told_aside=False,
    )
    return Telling(notice, of, tracked)


def test_a_notice_carries_what_its_watch_knows() -> None:
    of = watch(thread_ts="1.2", response_url="https://hooks.test/1")
    notice = progress_notice(of)
    assert notice.dedupe_key == live_key(of.id)
    assert (notice.channel, notice.thread_ts, notice.asked_by) == ("C1", "1.2", "U1")
    assert (notice.run_id, notice.watch_id) == (1, "w1")
    assert notice.response_url == "https://hooks.test/1"


def test_only_progress_is_live() -> None:
    everything = [
        progress_notice(watch()),
        *final_notices(watch()),
        *ended_notices(watch(), WatchEnd.EXPIRED),
    ]
    assert [notice.priority for notice in everything] == [Priority.LIVE] + [Priority.FINAL] * 4
    assert Priority.FINAL < Priority.LIVE


def test_each_fact_of_a_watch_has_its_own_key() -> None:
    facts = [
        progress_notice(watch()),
        *final_notices(watch()),
        *ended_notices(watch(), WatchEnd.EXPIRED),
        *final_notices(watch(id="w2")),
    ]
    assert len({notice.dedupe_key for notice in facts}) == len(facts)


def test_the_end_of_a_run_is_a_report_and_a_verdict_below_a_live_message() -> None:
    assert [notice.fact for notice in final_notices(watch())] == [RunFinished(), VerdictGiven()]
    assert [notice.fact for notice in final_notices(watch(live=False))] == [RunFinished()]


@pytest.mark.parametrize("why", [WatchEnd.EXPIRED, WatchEnd.VANISHED, WatchEnd.REFUSED])
def test_a_watch_that_is_given_up_tells_who_asked(why: WatchEnd) -> None:
    assert [notice.fact for notice in ended_notices(watch(), why)] == [
        WatchEnded(why=why),
        WatchEndedReply(why=why),
    ]
    (only,) = ended_notices(watch(live=False), why)
    assert only.fact == WatchEnded(why=why)


def test_a_watch_that_was_stopped_pings_nobody() -> None:
    (only,) = ended_notices(watch(), WatchEnd.STOPPED, by="U2")
    assert only.fact == WatchEnded(why=WatchEnd.STOPPED, by="U2")


@pytest.mark.parametrize(
    ("of", "edits"),
    [(watch(live_ts=LIVE_TS), True), (watch(), True), (watch(live=False), False)],
)
def test_a_report_takes_the_place_of_the_live_message(of: Watch, edits: bool) -> None:
    telling = _telling(final_notices(of)[0], of)
    assert (telling.edits_live_message, telling.is_reply) == (edits, False)
    assert telling.thread_ts is None


def test_a_notice_without_a_watch_stands_for_itself() -> None:
    telling = _telling(NewNotice("asked:1", "C1", RunFinished(), thread_ts="1.2"), None)
    assert not telling.edits_live_message
    assert (telling.thread_ts, telling.broadcast) == ("1.2", False)


def test_a_verdict_is_told_below_the_live_message() -> None:
    of = watch(live_ts=LIVE_TS)
    telling = _telling(final_notices(of)[1], of)
    assert (telling.is_reply, telling.edits_live_message) == (True, False)
    assert telling.thread_ts == LIVE_TS


def test_a_verdict_of_a_watch_in_a_thread_stays_in_that_thread() -> None:
    of = watch(live_ts=LIVE_TS, thread_ts="1.2")
    assert _telling(final_notices(of)[1], of).thread_ts == "1.2"


@pytest.mark.parametrize(
    ("status", "result", "broadcast"),
    [
        ("COMPLETED", "PASSED", False),
        ("COMPLETED", "FAILED", True),
        ("COMPLETED", None, True),
        ("ERROR", None, True),
        ("CANCELLED", "PASSED", True),
    ],
)
def test_a_verdict_is_broadcast_unless_the_run_passed(
    status: str, result: str | None, broadcast: bool
) -> None:
    of = watch(live_ts=LIVE_TS)
    tracked = tracked_run(run=run(status, result))
    report, verdict = final_notices(of)
    assert _telling(verdict, of, tracked).broadcast is broadcast
    assert not _telling(report, of, tracked).broadcast


@pytest.mark.parametrize("tracked", [None, tracked_run()])
def test_the_end_of_a_watch_without_a_run_is_broadcast(tracked: Any) -> None:
    of = watch(live_ts=LIVE_TS)
    reply = ended_notices(of, WatchEnd.VANISHED)[1]
    assert _telling(reply, of, tracked).broadcast


def test_facts_are_read_leniently_and_kept_as_they_were() -> None:
    fact = WatchEnded(why=WatchEnd.STOPPED, by="U2")
    assert WatchEnded.model_validate_json(fact.model_dump_json()) == fact
    assert RunProgressed.model_validate({"kind": "run_progressed", "later": 1}) == RunProgressed()
