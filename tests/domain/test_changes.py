from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.changes import KEPT, changes_of
from bot.domain.record import IssueRecord, RunRecord
from bot.domain.run import Outcome
from tests.domain.build import NOW
from tests.domain.test_record import E, F, P, S, record


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
    assert changes.new_failures == ("a", "d")
    (still,) = changes.still_failing
    assert (still.name, still.runs, still.since) == ("b", 3, NOW - timedelta(minutes=20))
    assert changes.fixed == ("c",)
    totals = (changes.total_new_failures, changes.total_still_failing, changes.total_fixed)
    assert totals == (2, 1, 1)
    assert not changes.is_empty


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


def test_flaky_test_cases_are_marked_where_they_are_broken_now() -> None:
    outcomes = [P, F, P, F]
    history = [record(f"r{n}", n + 1, a=each, b=each) for n, each in enumerate(outcomes)]
    changes = changes_of(record("now", a=F, b=P), history)
    assert changes is not None
    assert changes.flaky == ("a",)


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
