"""What a trend tells of each run."""

from bot.domain.record import CaseRecord, RunRecord
from bot.domain.run import Outcome, Verdict
from bot.domain.trend import trend_of
from tests.domain.build import NOW


def test_each_run_is_told_by_its_verdict_and_counts() -> None:
    outcomes = [Outcome.PASSED] * 3 + [Outcome.FAILED, Outcome.ERRORED, Outcome.SKIPPED]
    record = RunRecord(
        project="shop",
        short_id="UkxK",
        verdict=Verdict.FAILED,
        ended_at=NOW,
        cases=tuple(
            CaseRecord(short_id=f"c{n}", name=f"Case {n}", outcome=outcome)
            for n, outcome in enumerate(outcomes)
        ),
    )
    (told,) = trend_of([record])
    assert (told.passed, told.failed, told.untested, told.total) == (3, 1, 2, 6)
    assert (told.project, told.short_id, told.verdict) == ("shop", "UkxK", Verdict.FAILED)


def test_a_run_whose_test_cases_are_not_known_has_no_counts() -> None:
    record = RunRecord(project="shop", short_id="a", verdict=Verdict.ERROR, ended_at=NOW)
    (told,) = trend_of([record])
    assert told.total == 0
