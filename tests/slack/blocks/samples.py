"""Runs, watches and notices in the situations that messages must tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.changes import KEPT, Changes, ChangeTotals, NewFailure, StillFailing
from bot.domain.facts import Fact
from bot.domain.notice import Notice, Telling
from bot.domain.record import IssueRecord
from bot.domain.run import AffectedTestCase, Blame, Issue, Progress, Run, RunTestCase
from bot.domain.short_id import DEFAULT_PROJECT, RunKey
from bot.domain.watch import TrackedRun, Watch, WatchState

NOW = datetime(2026, 3, 4, 12, 4, 30, tzinfo=UTC)
KEY = RunKey(DEFAULT_PROJECT, "UkxK")
URL = "https://app.qa.tech/p/shop/results/UkxK"


def case(number: int, name: str, **fields: Any) -> RunTestCase:
    values: dict[str, Any] = {"status": "COMPLETED", "result": "PASSED"} | fields
    return RunTestCase(id=f"id-{number}", short_id=f"c{number}", name=name, **values)


def failed(number: int, name: str, code: str | None = "TEST_FAILED", **fields: Any) -> RunTestCase:
    return case(number, name, result="FAILED", error_code=code, **fields)


def issue(number: int, title: str, severity: str, kind: str = "ACCESSIBILITY", **f: Any) -> Issue:
    cases = tuple(AffectedTestCase(short_id=f"x{n}", name=n) for n in f.pop("cases", ()))
    values: dict[str, Any] = {"status": "Active", "test_cases": cases} | f
    return Issue(
        id=f"i-{number}",
        short_id=f"i{number}",
        title=title,
        severity=severity,
        issue_type=kind,
        **values,
    )


def run(
    *cases: RunTestCase,
    status: str = "COMPLETED",
    result: str | None = "PASSED",
    issues: tuple[Issue, ...] | None = (),
) -> Run:
    return Run(
        short_id="UkxK", status=status, result=result, run_test_cases=cases, issues=issues, id="r"
    )


def passing(count: int, first: int = 1) -> list[RunTestCase]:
    return [case(n, f"Story {n}") for n in range(first, first + count)]


AXE = "https://dequeuniversity.com/rules/axe/4.10"


def three_failed() -> Run:
    """3 of 24 failed, with issues of every category."""
    return run(
        failed(1, "Checkout with credit card", result_title="The total shown was $0.00"),
        failed(2, "Log in with SSO", "AGENT_STUCK", result_title="The agent found no button"),
        failed(
            3,
            "Search returns results",
            evaluation_thought="The search box did not react.\nTried three times.",
        ),
        case(4, "Pay by invoice", result="SKIPPED", result_title="Depends on Checkout"),
        *passing(20, 5),
        result="FAILED",
        issues=(
            issue(
                1,
                "Images must have alternative text",
                "Critical",
                help_url=f"{AXE}/image-alt",
                tags=("wcag2a", "wcag111"),
                cases=("Checkout with credit card", "Story 7"),
            ),
            issue(
                2,
                "Elements must meet minimum color contrast ratio thresholds",
                "Major",
                help_url=f"{AXE}/color-contrast",
                tags=("wcag2aa",),
                cases=("Story 5", "Story 6", "Story 7", "Story 8", "Story 9"),
            ),
            issue(3, "Heading levels should only increase by one", "minor", cases=("Story 5",)),
            issue(4, "Page must have one main landmark", "BLOCKER"),
            issue(5, "Uncaught TypeError: x is undefined", "Major", "CONSOLE", cases=("Story 8",)),
            issue(6, "Failed to load /favicon.ico", "Minor", "CONSOLE"),
            issue(7, "Slow answer from /api/cart", "Minor", "HOSTING"),
            issue(8, "Link without text", "Minor", status="Ignored"),
            Issue(
                id="f",
                short_id="f1",
                title="Checkout with credit card failed",
                severity="Critical",
                issue_type="FAILED_TEST",
                status="Active",
                test_cases=(AffectedTestCase(short_id="c1", name="Checkout with credit card"),),
            ),
        ),
    )


def monster(failures: int = 500, issues: int = 400) -> Run:
    """Large and hostile."""
    spite = "<!channel> *_~`<https://evil.example|qa.tech>` \u202egnp.exe\u0000\n&amp; 👩‍👩‍👧 " * 40
    return run(
        *(
            failed(n, f"{n} {spite}", ("TEST_FAILED", "AGENT_X", None)[n % 3], result_title=spite)
            for n in range(failures)
        ),
        result="FAILED",
        issues=tuple(
            issue(
                n,
                f"{n} {spite}",
                ("Critical", "Major", "minor", spite)[n % 4],
                ("ACCESSIBILITY", "CONSOLE", "HOSTING", spite)[n // 4 % 4],
                help_url=f"https://evil.example/|<{n}>",
                tags=(spite,) * 5,
                cases=(spite,) * 10,
            )
            for n in range(issues)
        ),
    )


def hostile_changes() -> Changes:
    """As much as there can be, in the worst of words."""
    spite = "<!channel> *_~`<https://evil.example|qa.tech>` \u202egnp.exe\u0000\n&amp; 👩‍👩‍👧 " * 40
    issue_ = IssueRecord(short_id="i", category="accessibility", severity=spite, title=spite)
    return Changes(
        before=spite,
        before_ended_at=NOW,
        new_failures=(NewFailure(name=spite, blame=Blame.PLATFORM),) * KEPT,
        still_failing=(StillFailing(name="&" * 999, runs=2, since=NOW),) * KEPT,
        fixed=("🧪" * 999,) * KEPT,
        new_issues=(issue_,) * KEPT,
        gone_issues=(issue_,) * KEPT,
        flaky=(spite,) * KEPT,
        **dict.fromkeys(ChangeTotals.model_fields, 1_000),
    )


def tracked(seen: Run | None = None, **fields: Any) -> TrackedRun:
    """A tracked run; an ended one keeps the whole answer."""
    values: dict[str, Any] = {
        "id": 1,
        "key": KEY,
        "url": URL,
        "active": seen is None or not seen.has_ended,
        "status": seen.status if seen else "",
        "result": seen.result if seen else None,
        "progress": Progress.of(seen.run_test_cases) if seen else Progress(),
        "run": seen if seen and seen.has_ended else None,
        "watched_since": NOW - timedelta(minutes=4, seconds=10),
        "changed_at": NOW,
        "cases_seen_at": NOW if seen else None,
        "next_poll_at": NOW,
        "live": True,
    }
    return TrackedRun(**(values | fields))


def watch(**fields: Any) -> Watch:
    values: dict[str, Any] = {
        "id": "w1",
        "run_id": 1,
        "key": KEY,
        "channel": "C0SHOP",
        "thread_ts": None,
        "asked_by": "U0ADA",
        "live": True,
        "live_ts": "1700000000.000100",
        "state": WatchState.ACTIVE,
        "response_url": None,
        "created_at": NOW - timedelta(minutes=4, seconds=10),
    }
    return Watch(**(values | fields))


def telling(fact: Fact, of: TrackedRun | None, **fields: Any) -> Telling:
    values: dict[str, Any] = {
        "id": 7,
        "dedupe_key": "k",
        "channel": "C0SHOP",
        "fact": fact,
        "run_id": 1,
        "watch_id": "w1",
        "thread_ts": None,
        "asked_by": "U0ADA",
        "response_url": None,
        "created_at": NOW,
        "version": 1,
        "attempts": 1,
        "uncertain": False,
        "told_aside": False,
    }
    return Telling(notice=Notice(**(values | fields)), watch=watch(), tracked=of)
