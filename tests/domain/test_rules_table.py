"""Rule × outcome × previous outcome: the reason of every cell."""

from datetime import timedelta
from itertools import product

import pytest

from bot.domain.question import Severity
from bot.domain.record import RunRecord
from bot.domain.rules import TOLD, CaseMute, NotifyOn, Reason, Rule, decide
from bot.domain.run import Verdict
from tests.domain.build import NOW
from tests.domain.test_rules import a11y, held_against, record

# The rules: what is news; the whole channel muted; another project; the one test case that fails
# (“Pay”) muted; accessibility issues told, of which each run has a new critical one. The run before
# stands from left to right; "none" where no comparable run is remembered.
TABLE = """
rule          this run  | none      passed    failed    skipped   error     cancelled unknown
all           passed    | ALL       ALL       ALL       ALL       ALL       ALL       ALL
all           failed    | ALL       ALL       ALL       ALL       ALL       ALL       ALL
all           skipped   | ALL       ALL       ALL       ALL       ALL       ALL       ALL
all           error     | ALL       ALL       ALL       ALL       ALL       ALL       ALL
all           cancelled | ALL       ALL       ALL       ALL       ALL       ALL       ALL
all           unknown   | ALL       ALL       ALL       ALL       ALL       ALL       ALL
failures      passed    | NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS
failures      failed    | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
failures      skipped   | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
failures      error     | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
failures      cancelled | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
failures      unknown   | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
changes       passed    | NOT_NEWS  NOT_NEWS  RECOVERED RECOVERED RECOVERED RECOVERED RECOVERED
changes       failed    | CHANGED   CHANGED   NOT_NEWS  CHANGED   CHANGED   CHANGED   CHANGED
changes       skipped   | CHANGED   CHANGED   CHANGED   NOT_NEWS  CHANGED   CHANGED   CHANGED
changes       error     | CHANGED   CHANGED   CHANGED   CHANGED   NOT_NEWS  CHANGED   CHANGED
changes       cancelled | CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   NOT_NEWS  CHANGED
changes       unknown   | CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   NOT_NEWS
muted         passed    | MUTED     MUTED     MUTED     MUTED     MUTED     MUTED     MUTED
muted         failed    | MUTED     MUTED     MUTED     MUTED     MUTED     MUTED     MUTED
muted         skipped   | MUTED     MUTED     MUTED     MUTED     MUTED     MUTED     MUTED
muted         error     | MUTED     MUTED     MUTED     MUTED     MUTED     MUTED     MUTED
muted         cancelled | MUTED     MUTED     MUTED     MUTED     MUTED     MUTED     MUTED
muted         unknown   | MUTED     MUTED     MUTED     MUTED     MUTED     MUTED     MUTED
other         passed    | OTHER     OTHER     OTHER     OTHER     OTHER     OTHER     OTHER
other         failed    | OTHER     OTHER     OTHER     OTHER     OTHER     OTHER     OTHER
other         skipped   | OTHER     OTHER     OTHER     OTHER     OTHER     OTHER     OTHER
other         error     | OTHER     OTHER     OTHER     OTHER     OTHER     OTHER     OTHER
other         cancelled | OTHER     OTHER     OTHER     OTHER     OTHER     OTHER     OTHER
other         unknown   | OTHER     OTHER     OTHER     OTHER     OTHER     OTHER     OTHER
pay/all       passed    | ALL       ALL       ALL       ALL       ALL       ALL       ALL
pay/all       failed    | ALL       ALL       ALL       ALL       ALL       ALL       ALL
pay/all       skipped   | ALL       ALL       ALL       ALL       ALL       ALL       ALL
pay/all       error     | ALL       ALL       ALL       ALL       ALL       ALL       ALL
pay/all       cancelled | ALL       ALL       ALL       ALL       ALL       ALL       ALL
pay/all       unknown   | ALL       ALL       ALL       ALL       ALL       ALL       ALL
pay/failures  passed    | NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS  NOT_NEWS
pay/failures  failed    | PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED
pay/failures  skipped   | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
pay/failures  error     | PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED
pay/failures  cancelled | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
pay/failures  unknown   | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
pay/changes   passed    | NOT_NEWS  NOT_NEWS  NOT_NEWS  RECOVERED NOT_NEWS  RECOVERED RECOVERED
pay/changes   failed    | PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED
pay/changes   skipped   | CHANGED   CHANGED   CHANGED   NOT_NEWS  CHANGED   CHANGED   CHANGED
pay/changes   error     | PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED PAY_MUTED
pay/changes   cancelled | CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   NOT_NEWS  CHANGED
pay/changes   unknown   | CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   NOT_NEWS
a11y/failures passed    | A11Y      A11Y      A11Y      A11Y      A11Y      A11Y      A11Y
a11y/failures failed    | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
a11y/failures skipped   | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
a11y/failures error     | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
a11y/failures cancelled | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
a11y/failures unknown   | FAILED    FAILED    FAILED    FAILED    FAILED    FAILED    FAILED
a11y/changes  passed    | A11Y      A11Y      RECOVERED RECOVERED RECOVERED RECOVERED RECOVERED
a11y/changes  failed    | CHANGED   CHANGED   A11Y      CHANGED   CHANGED   CHANGED   CHANGED
a11y/changes  skipped   | CHANGED   CHANGED   CHANGED   A11Y      CHANGED   CHANGED   CHANGED
a11y/changes  error     | CHANGED   CHANGED   CHANGED   CHANGED   A11Y      CHANGED   CHANGED
a11y/changes  cancelled | CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   A11Y      CHANGED
a11y/changes  unknown   | CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   CHANGED   A11Y
"""
SHORT = {
    "ALL": "WANTS_ALL",
    "CHANGED": "VERDICT_CHANGED",
    "OTHER": "OTHER_PROJECT",
    "PAY_MUTED": "CASES_MUTED",
    "A11Y": "ACCESSIBILITY",
}
PAY_MUTED = (CaseMute(name="pay", until=NOW + timedelta(days=3)),)
RULES = {
    "all": Rule(notify_on=NotifyOn.ALL),
    "failures": Rule(notify_on=NotifyOn.FAILURES),
    "changes": Rule(notify_on=NotifyOn.CHANGES),
    "muted": Rule(notify_on=NotifyOn.ALL, muted_until=NOW + timedelta(seconds=1)),
    "other": Rule(notify_on=NotifyOn.ALL, projects=("mobile",)),
    "pay/all": Rule(notify_on=NotifyOn.ALL, muted_cases=PAY_MUTED),
    "pay/failures": Rule(notify_on=NotifyOn.FAILURES, muted_cases=PAY_MUTED),
    "pay/changes": Rule(notify_on=NotifyOn.CHANGES, muted_cases=PAY_MUTED),
    "a11y/failures": Rule(accessibility_from=Severity.CRITICAL),
    "a11y/changes": Rule(notify_on=NotifyOn.CHANGES, accessibility_from=Severity.CRITICAL),
}
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
BEFORE = [None if word == "none" else Verdict(word) for word in HEAD[4:]]
CELLS = [
    (rule, Verdict(verdict), before, Reason[SHORT.get(word, word)])
    for rule, verdict, _, *words in ROWS
    for before, word in zip(BEFORE, words, strict=True)
]


def run_of(verdict: Verdict, short_id: str) -> RunRecord:
    """A run as the table means it: where test cases break, it is “Pay”."""
    broken = ("Pay",) if verdict in {Verdict.FAILED, Verdict.ERROR} else ()
    passed = ("Login",) if broken else ("Login", "Pay")
    return record(
        verdict, *broken, passed=passed, issues=(a11y(f"of {short_id}"),), short_id=short_id
    )


@pytest.mark.parametrize(("rule", "verdict", "before", "expected"), CELLS)
def test_every_cell_of_the_table_has_its_reason(
    rule: str, verdict: Verdict, before: Verdict | None, expected: Reason
) -> None:
    was = None if before is None else run_of(before, "before")
    decision = decide(RULES[rule], run_of(verdict, "now"), held_against(was), NOW)
    assert decision.reason is expected
    assert decision.tell is (expected in TOLD)


def test_the_table_has_every_rule_every_verdict_and_every_reason() -> None:
    assert {cell[:3] for cell in CELLS} == set(product(RULES, Verdict, [None, *Verdict]))
    assert len(CELLS) == len(RULES) * 6 * 7
    assert {cell[3] for cell in CELLS} == set(Reason)
