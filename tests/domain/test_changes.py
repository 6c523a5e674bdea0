from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import changes as domain_changes
from bot.domain.changes import KEPT, Changes, ChangeTotals, totals_of
from bot.domain.record import HISTORY_RUNS, CaseRecord, IssueRecord, RunRecord, past_of
from bot.domain.run import Blame, Outcome, Verdict
from tests.domain.build import NOW
from tests.domain.test_record import E, F, P, S, record


def changes_of(
    record: RunRecord, history: Sequence[RunRecord], origin: RunRecord | None = None
) -> Changes | None:
    return domain_changes.changes_of(record, past_of(record, history, origin), history)


def with_issues(kept: RunRecord, *short_ids: str, known: bool = True) -> RunRecord:
    issues = tuple(
        IssueRecord(short_id=each, category="accessibility", severity="Major", title=each)
        for each in short_ids
    )
    return kept.model_copy(update={"issues": issues, "issues_known": known})


def test_without_a_comparable_run_before_nothing_is_known_to_have_changed() -> None:
    assert changes_of(record("now", a=F), []) is None
    assert changes_of(record("now", a=F), [record("other", 5, b=F)]) is None


def test_failures_are_new_still_there_or_fixed() -> None:
    now = record("now", a=F, b=E, c=P, d=F, e=P)
    history = [record("r1", 10, a=P, b=F, c=F, e=P), record("r2", 20, a=P, b=F, c=P)]
    changes = changes_of(now, history)
    assert changes is not None
    assert (changes.before, changes.before_ended_at) == ("r1", NOW - timedelta(minutes=10))
    assert [each.name for each in changes.new_failures] == ["a", "d"]
    (still,) = changes.still_failing
    assert (still.name, still.runs, still.since) == ("b", 3, NOW - timedelta(minutes=20))
    assert changes.fixed == ("c",)
    totals = (changes.total_new_failures, changes.total_still_failing, changes.total_fixed)
    assert totals == (2, 1, 1)
    assert not changes.is_empty


def test_a_new_failure_says_who_is_to_blame() -> None:
    missed = CaseRecord(short_id="c", name="a", outcome=E, blame=Blame.PLATFORM)
    now = record("now", a=P).model_copy(update={"cases": (missed,)})
    changes = changes_of(now, [record("r1", 5, a=P)])
    assert changes is not None
    assert [each.blame for each in changes.new_failures] == [Blame.PLATFORM]


def test_a_run_that_ended_with_an_error_says_nothing_of_what_changed() -> None:
    history = [record("r1", 5, a=P)]
    for verdict, is_told in ((Verdict.ERROR, False), (Verdict.CANCELLED, True)):
        now = record("now", a=E).model_copy(update={"verdict": verdict})
        assert (changes_of(now, history) is not None) is is_told


def test_a_rerun_says_what_it_fixed_of_the_run_that_it_is_a_rerun_of() -> None:
    origin = record("nightly", 9, a=F, b=F, c=P, d=P, e=P)
    changes = changes_of(record("now", a=P, b=F), [record("y", 5, a=P, b=P), origin], origin)
    assert changes is not None
    assert changes.before == "nightly"
    assert changes.fixed == ("a",)
    (still,) = changes.still_failing
    assert (still.runs, still.since) == (2, origin.ended_at)


@pytest.mark.parametrize("looked_at", [3, HISTORY_RUNS])
def test_a_row_of_failures_that_began_before_what_was_looked_at_is_at_least_so_long(
    looked_at: int,
) -> None:
    history = [record(f"r{n}", n + 1, a=F) for n in range(looked_at)]
    changes = changes_of(record("now", a=F), history)
    assert changes is not None
    (still,) = changes.still_failing
    assert (still.runs, still.at_least) == (looked_at + 1, looked_at == HISTORY_RUNS)


def test_the_totals_alone_are_what_is_said_in_short() -> None:
    changes = changes_of(record("now", a=F, b=P), [record("r1", 5, a=P, b=F)])
    assert totals_of(changes) == ChangeTotals(total_new_failures=1, total_fixed=1)
    assert totals_of(None) is None


def test_a_test_case_that_was_skipped_or_left_out_is_not_fixed() -> None:
    changes = changes_of(record("now", a=S, b=P), [record("r1", 5, a=F, b=P, c=F)])
    assert changes is not None
    assert changes.fixed == ()
    assert changes.is_empty


def test_accessibility_issues_appear_and_go() -> None:
    now = with_issues(record("now", a=P), "i1", "i2")
    changes = changes_of(now, [with_issues(record("r1", 5, a=P), "i2", "i3")])
    assert changes is not None
    assert [each.short_id for each in changes.new_issues] == ["i1"]
    assert [each.short_id for each in changes.gone_issues] == ["i3"]
    assert (changes.total_new_issues, changes.total_gone_issues) == (1, 1)


def test_where_the_issues_of_one_run_are_not_known_none_is_new_or_gone() -> None:
    known, unknown = with_issues(record("r1", 5, a=P), "i1"), record("now", a=P)
    changes = changes_of(with_issues(unknown, known=False), [known])
    assert changes is not None
    assert (changes.new_issues, changes.gone_issues) == ((), ())


def test_flaky_test_cases_are_marked_where_they_are_broken_or_fixed_now() -> None:
    a, b, c = [P, F, P, F], [F, P, F, F], [P, F, P, P]
    history = [
        record(f"r{n}", n + 1, a=each[0], b=each[1], c=each[2])
        for n, each in enumerate(zip(a, b, c, strict=True))
    ]
    changes = changes_of(record("now", a=F, b=P, c=P), history)
    assert changes is not None
    assert changes.flaky == ("a", "b")  # c is neither: it is not named


def test_long_lists_are_cut_and_their_totals_are_not() -> None:
    names = [f"case {n}" for n in range(KEPT + 5)]
    changes = changes_of(
        record("now", 0, "shop", **dict.fromkeys(names, F)),
        [record("r1", 5, "shop", **dict.fromkeys(names, P))],
    )
    assert changes is not None
    assert (len(changes.new_failures), changes.total_new_failures) == (KEPT, KEPT + 5)


OUTCOMES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([P, F, E, S]), min_size=1)


@given(OUTCOMES, OUTCOMES)
def test_every_broken_test_case_is_either_new_or_still_failing(
    mine: dict[str, Outcome], theirs: dict[str, Outcome]
) -> None:
    now = record("now", 0, "shop", **mine)
    changes = changes_of(now, [record("r1", 5, "shop", **theirs)])
    if changes is not None:
        assert changes.total_new_failures + changes.total_still_failing == len(now.broken)
        assert not set(changes.fixed) & {case.name for case in now.broken}
