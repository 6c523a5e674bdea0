"""What goes into the store comes out of it exactly."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.answer import CaseLine, CasesAnswer, HelpAnswer
from bot.domain.facts import (
    Fact,
    QuestionAnswered,
    RunFinished,
    RunProgressed,
    VerdictGiven,
    WatchEnded,
    WatchEndedReply,
)
from bot.domain.notice import NewNotice
from bot.domain.question import AskCases, CaseGroup
from bot.domain.run import Blame, Issue, Outcome, Run, RunTestCase
from bot.domain.watch import WatchEnd
from bot.services.ports import Store
from tests.contracts.store_steps import (
    FAILED,
    KEY,
    NOW,
    claim_run,
    finish,
    polled,
    replicas,
    report,
    store,
    store_url,
    take,
    watch,
)

__all__ = ["replicas", "store", "store_url"]

_HOSTILE = "NUL \x00 <!channel> 🧪 \u202e \u2028 \\u0000 ' \" ; DROP TABLE notices; %s :x"
_LINE = CaseLine(
    number=1,
    short_id="t1",
    name=_HOSTILE,
    outcome=Outcome.FAILED,
    blame=Blame.PRODUCT,
    reason=_HOSTILE,
)
_FACTS: tuple[Fact, ...] = (
    RunProgressed(),
    RunFinished(),
    VerdictGiven(),
    *(WatchEnded(why=why, by="U1") for why in WatchEnd),
    WatchEnded(why=WatchEnd.EXPIRED),
    *(WatchEndedReply(why=why) for why in WatchEnd),
    QuestionAnswered(
        reply=CasesAnswer(
            heading=_HOSTILE,
            group=CaseGroup.FAILED,
            blame=None,
            cases=(_LINE,) * 3,
            unlisted=(),
            total=13,
            offset=0,
            remaining=10,
        ),
        question=AskCases(group=CaseGroup.FAILED),
    ),
    QuestionAnswered(reply=HelpAnswer(heading="", examples=(_HOSTILE, ""))),
)
_SETTINGS = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("fact", _FACTS, ids=lambda fact: fact.kind)
async def test_every_fact_comes_back_as_it_was_written(store: Store, fact: Fact) -> None:
    new = NewNotice(
        dedupe_key="n1",
        channel="C1",
        fact=fact,
        thread_ts="1.000100",
        asked_by="U1",
        response_url="https://hooks.slack.test/a?b=%20&c=%00",
        edit_ts="2.000200",
    )
    assert await store.add([new], NOW) == 1
    notice = (await take(store, NOW)).telling.notice
    assert notice.fact == fact
    assert type(notice.fact) is type(fact)
    assert (notice.thread_ts, notice.edit_ts) == (new.thread_ts, new.edit_ts)
    assert (notice.asked_by, notice.response_url) == (new.asked_by, new.response_url)


async def test_a_run_of_hostile_words_and_more_than_a_megabyte_is_kept_whole(
    store: Store,
) -> None:
    run = Run(
        short_id=KEY.short_id,
        id=_HOSTILE,
        status="COMPLETED",
        result="FAILED",
        run_test_cases=tuple(
            RunTestCase(
                id=f"c{n}",
                short_id=f"t{n}",
                name=_HOSTILE,
                status="COMPLETED",
                result="FAILED",
                evaluation_thought=_HOSTILE * 40,
            )
            for n in range(500)
        ),
        issues=tuple(
            Issue(id=f"i{n}", short_id=f"i{n}", title=_HOSTILE, tags=(_HOSTILE, ""))
            for n in range(400)
        ),
    )
    assert len(run.model_dump_json()) > 1_000_000
    await store.save_ended(
        KEY, run=run, url=None, notice_for=lambda run_id: report("asked:1", run_id=run_id), now=NOW
    )
    tracked = (await take(store, NOW)).telling.tracked
    assert tracked is not None
    assert tracked.run == run


async def test_a_run_that_was_not_asked_for_issues_stays_so(store: Store) -> None:
    for issues in (None, ()):
        run = FAILED.model_copy(update={"issues": issues})
        await store.save_ended(
            KEY, run=run, url=None, notice_for=lambda _: report("asked:1"), now=NOW
        )
        known = await store.known_run(KEY)
        assert known is not None
        assert known.run == run


@_SETTINGS
@given(microseconds=st.integers(0, 10**6), days=st.integers(0, 20_000))
async def test_moments_keep_their_microseconds(store: Store, microseconds: int, days: int) -> None:
    moment = NOW + timedelta(days=days, microseconds=microseconds)
    await watch(store)
    far = NOW + timedelta(days=20_001)
    tracked = await claim_run(store, far)
    saved = polled(
        tracked,
        NOW,
        changed_at=moment,
        cases_seen_at=moment,
        next_poll_at=moment,
    )
    assert await store.save_poll(saved, owner="one", notices_for=lambda _: (), now=NOW)
    known = await store.known_run(KEY)
    assert known is not None
    assert {known.changed_at, known.cases_seen_at, known.next_poll_at} == {moment}
    assert await store.overdue(moment) == 0
    late = moment + timedelta(microseconds=1)
    assert await store.overdue(late) == pytest.approx(1e-6)


async def test_the_whole_answer_is_the_same_for_everyone_who_reads_it(store: Store) -> None:
    await watch(store, live=False)
    await finish(store, NOW + timedelta(seconds=5))
    last = await store.last_watch(KEY, "C1")
    known = await store.known_run(KEY)
    told = (await take(store, NOW + timedelta(seconds=6))).telling.tracked
    assert last is not None
    assert last.tracked == known == told
