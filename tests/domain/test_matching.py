"""Which test cases are newly failing, still failing and fixed: the one rule for all who compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diff import compare
from bot.domain.matching import difference, keyed, not_among
from bot.domain.record import CaseRecord, IssueRecord, record_of
from bot.domain.run import Blame, Outcome, Run, RunTestCase
from tests.domain.build import NOW, case, issue, run

P, F, E, S = Outcome.PASSED, Outcome.FAILED, Outcome.ERRORED, Outcome.SKIPPED
C, N, I = Outcome.CANCELLED, Outcome.NO_RESULT, Outcome.IN_PROGRESS  # noqa: E741 - as the others
A, D, U = Blame.AGENT, Blame.PRODUCT, Blame.UNKNOWN
Kind = tuple[Outcome, Blame | None]


def one(kind: Kind | None) -> dict[tuple[str, int], CaseRecord]:
    """A run of one test case, or of none."""
    if kind is None:
        return {}
    return keyed([("a", CaseRecord(short_id="c", name="a", outcome=kind[0], blame=kind[1]))])


@pytest.mark.parametrize(
    ("now", "then", "word"),
    [
        ((F, D), None, "new"),
        ((F, D), (P, None), "new"),
        ((F, D), (S, None), "new"),
        ((F, D), (C, None), "new"),
        ((F, D), (F, D), "still"),
        ((F, D), (E, U), "still"),
        ((F, D), (E, A), "new"),  # the agent had missed; now the product fails
        ((E, A), (F, D), "still"),
        ((E, A), (E, A), "still"),
        ((E, A), (P, None), "new"),
        ((F, U), (F, U), "still"),
        ((P, None), (F, D), "fixed"),
        ((P, None), (E, A), "fixed"),
        ((P, None), (P, None), None),
        ((P, None), None, None),
        ((S, None), (F, D), None),  # nobody knows whether it is fixed
        ((C, None), (F, D), None),
        ((N, None), (F, D), None),
        ((I, None), (F, D), None),
        (None, (F, D), None),  # it is not there any more
    ],
)
def test_a_test_case_is_new_still_failing_or_fixed(
    now: Kind | None, then: Kind | None, word: str | None
) -> None:
    differs = difference(one(now), one(then))
    words = {"new": differs.new, "still": differs.still, "fixed": differs.fixed}
    assert [each for each, keys in words.items() if keys] == ([word] if word else [])
    assert differs.shared == (now is not None and then is not None)


def test_of_several_test_cases_with_one_name_the_nth_is_matched_with_the_nth() -> None:
    def run_of(*outcomes: Outcome) -> dict[tuple[str, int], CaseRecord]:
        cases = [CaseRecord(short_id="c", name="a", outcome=each) for each in outcomes]
        return keyed((each.name, each) for each in cases)

    differs = difference(run_of(P, F, F), run_of(F, F))
    assert (differs.fixed, differs.still, differs.new) == (
        (("a", 0),),
        (("a", 1),),
        (("a", 2),),
    )


def test_issues_are_matched_by_their_short_id() -> None:
    def found(short_id: str, title: str) -> IssueRecord:
        return IssueRecord(short_id=short_id, category="a", severity="", title=title)

    now, then = [found("i1", "Old"), found("i2", "Same title")], [found("i3", "Same title")]
    assert not_among([*now, found("i3", "Renamed")], then) == tuple(now)


CASES = st.lists(
    st.builds(
        RunTestCase,
        id=st.just("x"),
        short_id=st.just("x"),
        name=st.sampled_from(["a", "b", "c", "d"]),
        status=st.sampled_from(["COMPLETED", "ERROR", "CANCELLED"]),
        result=st.sampled_from(["PASSED", "FAILED", "SKIPPED", None]),
        error_code=st.sampled_from([None, "TEST_FAILED", "AGENT_LOST"]),
    ),
    max_size=6,
)


@given(CASES, CASES)
def test_a_comparison_that_is_asked_for_says_what_the_report_says(
    mine: list[RunTestCase], theirs: list[RunTestCase]
) -> None:
    def run_of(cases: list[RunTestCase]) -> Run:
        numbered = [each.model_copy(update={"short_id": f"c{n}"}) for n, each in enumerate(cases)]
        return run("COMPLETED", "FAILED", run_test_cases=tuple(numbered), issues=())

    now, then = run_of(mine), run_of(theirs)
    asked = compare(now, then)
    kept, before = (record_of(each, "shop", NOW) for each in (now, then))
    told = difference(kept.by_key, before.by_key)
    for lines, keys in (
        (asked.new_failures, told.new),
        (asked.still_failing, told.still),
        (asked.fixed, told.fixed),
    ):
        assert [line.name for line in lines] == [name for name, _ in keys]
    assert len(told.new) + len(told.still) == len(kept.broken)
    assert not set(told.fixed) & {key for key, each in kept.by_key.items() if each.is_broken}


def test_an_issue_that_somebody_has_resolved_is_gone_for_both() -> None:
    seen = (issue("i1"), issue("i2", status="Resolved"))
    now = run("COMPLETED", "PASSED", run_test_cases=(case("a"),), issues=seen)
    then = run(
        "COMPLETED", "PASSED", run_test_cases=(case("a"),), issues=(issue("i1"), issue("i2"))
    )
    assert [line.short_id for line in compare(now, then).gone_issues] == ["i2"]
    kept, before = (record_of(each, "shop", NOW) for each in (now, then))
    assert [each.short_id for each in not_among(before.issues, kept.issues)] == ["i2"]
