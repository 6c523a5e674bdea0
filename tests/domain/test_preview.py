"""What a rule would have told: “4 of the last 30 runs”."""

from datetime import timedelta

from bot.domain.preview import PREVIEW_RUNS, preview
from bot.domain.record import RunRecord
from bot.domain.rules import CaseMute, NotifyOn, Reason, Rule
from bot.domain.run import Verdict
from tests.domain.build import NOW
from tests.domain.test_record import F, P, record

EVER = NOW + timedelta(days=99)


def past(verdicts: str) -> list[RunRecord]:
    """Runs that passed (`p`) or failed (`f`), the newest first."""
    return [
        record(f"r{n}", n, a=P if letter == "p" else F).model_copy(
            update={"verdict": Verdict.PASSED if letter == "p" else Verdict.FAILED}
        )
        for n, letter in enumerate(verdicts)
    ]


def told(rule: Rule, records: list[RunRecord]) -> tuple[list[str], int]:
    found = preview(rule, records, NOW)
    return [each.short_id for each, _ in found.told], found.looked_at


def test_a_rule_is_tried_on_each_run_with_the_one_before_it() -> None:
    records = past("ppfffp")
    assert told(Rule(notify_on=NotifyOn.ALL), records)[0] == ["r0", "r1", "r2", "r3", "r4", "r5"]
    assert told(Rule(), records) == (["r2", "r3", "r4"], 6)
    assert told(Rule(notify_on=NotifyOn.CHANGES), records) == (["r1", "r4"], 6)


def test_the_reasons_are_those_of_the_rule() -> None:
    found = preview(Rule(notify_on=NotifyOn.CHANGES), past("pf"), NOW)
    assert [decision.reason for _, decision in found.told] == [
        Reason.RECOVERED,
        Reason.VERDICT_CHANGED,
    ]


def test_thirty_runs_are_looked_at_and_older_ones_only_compared_with() -> None:
    records = past("p" * PREVIEW_RUNS + "f")
    found = preview(Rule(notify_on=NotifyOn.CHANGES), records, NOW)
    assert found.looked_at == PREVIEW_RUNS == 30
    assert [each.short_id for each, _ in found.told] == ["r29"]  # the recovery after the oldest


def test_only_runs_of_the_rules_projects_are_looked_at() -> None:
    records = past("ff")
    mobile = records[0].model_copy(update={"project": "mobile", "short_id": "m"})
    assert told(Rule(projects=("mobile",)), [*records, mobile]) == (["m"], 1)
    assert told(Rule(projects=("nobody",)), records) == ([], 0)


def test_what_is_muted_for_a_while_is_shown_as_it_is_after() -> None:
    mute = CaseMute(name="a", until=EVER)
    assert told(Rule(muted_until=EVER, muted_cases=(mute,)), past("fp")) == (["r0"], 2)
