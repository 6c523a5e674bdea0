"""The runs that the simulated QA.tech is delivered with; times are in simulated seconds."""

from dataclasses import replace

from bot.playground.qatech_monster import MONSTER_CASES, MONSTER_FINDINGS
from bot.playground.qatech_script import Case, Script
from bot.playground.qatech_webshop import (
    DISCOUNT,
    FINDINGS,
    GUEST,
    HISTORY,
    KLARNA,
    PASSWORD,
    PICK_UP,
    REGRESSION,
    SMOKE,
)

PASSED_ID = "UkxK"
FAILED_ID = "Bq7Tz"
ERROR_ID = "Ie5Rp"
CANCELLED_ID = "Cn8Wd"
MONSTER_ID = "M9nstr"

_DISCOUNT_FAILS = replace(
    DISCOUNT,
    result="FAILED",
    error_code="TEST_FAILED",
    reason="The discount code is accepted but the total does not change.",
    thought=(
        "I entered WELCOME10 and pressed “Apply”. The shop answered “Code applied” in green, but "
        "the total stayed at €129.00; €116.10 was expected. Reloading the page and entering the "
        "code again gave the same. The console shows a TypeError at that moment, so the new total "
        "was probably never worked out."
    ),
)
_GUEST_FAILS = replace(
    GUEST,
    result="FAILED",
    error_code="TEST_FAILED",
    reason="“Pay now” stays disabled although all fields are filled in.",
    thought=(
        "Name, address and card were filled in and each field showed a green tick. The button "
        "“Pay now” stayed grey. I waited 30 seconds, changed the card's date and came back to the "
        "page, without effect. A guest cannot finish an order."
    ),
)
_PICK_UP_FAILS = replace(
    PICK_UP,
    result="FAILED",
    error_code="TEST_FAILED",
    reason="The map of pick-up points never finishes loading.",
    thought=(
        "After the postcode 10115 was entered, the map showed its spinner for more than a minute "
        "and no list appeared. “Deliver to my address” still works."
    ),
    flaky=True,
)
_KLARNA_LOST = replace(
    KLARNA,
    status="ERROR",
    result=None,
    error_code="AGENT_STEP_LIMIT",
    reason="The agent lost its way in Klarna's window and ran out of steps.",
    thought=(
        "Klarna asked for a phone number that the test does not have. I went back and forth "
        "between two pages until no steps were left. This says nothing about the shop."
    ),
    flaky=True,
)
_PASSWORD_DOWN = replace(
    PASSWORD,
    status="ERROR",
    result=None,
    error_code="PLATFORM_INBOX_UNAVAILABLE",
    reason="The test inbox could not be reached.",
    thought=None,
    flaky=True,
)
_HISTORY_SKIPPED = replace(
    HISTORY,
    result="SKIPPED",
    reason="Skipped: it needs the order of “Guest checkout with a card”.",
    thought=None,
)

_CHANGED = {
    case.name: case
    for case in (
        _DISCOUNT_FAILS,
        _GUEST_FAILS,
        _PICK_UP_FAILS,
        _KLARNA_LOST,
        _PASSWORD_DOWN,
        _HISTORY_SKIPPED,
    )
}


def all_passed(short_id: str = PASSED_ID, *, duration: float = 300.0) -> Script:
    """The smoke run: 8 test cases, all well."""
    return Script(short_id, SMOKE, duration=duration, queued=duration * 0.05)


def three_failed(short_id: str = FAILED_ID, *, duration: float = 1800.0) -> Script:
    """The nightly run on a bad evening.

    Of 24 test cases, 3 fail, the agent and the platform miss one each, one is skipped; with
    accessibility issues of three severities, console and hosting issues.
    """
    cases = tuple(_CHANGED.get(case.name, case) for case in REGRESSION)
    return Script(short_id, cases, FINDINGS, duration=duration, queued=duration * 0.02)


def infrastructure_error(short_id: str = ERROR_ID, *, duration: float = 240.0) -> Script:
    """A run that breaks off because its browsers could not be started: ERROR without a result."""
    lost = "PLATFORM_BROWSER_START_FAILED"
    cases = SMOKE[:2] + tuple(
        _broken_off(case, "ERROR", "No browser could be started.", lost) for case in SMOKE[2:]
    )
    return Script(short_id, cases, duration=duration, queued=duration * 0.05, ending="ERROR")


def cancelled(short_id: str = CANCELLED_ID, *, duration: float = 600.0) -> Script:
    """A nightly run that somebody stopped after 9 of 24 test cases: CANCELLED without a result."""
    cases = REGRESSION[:9] + tuple(_broken_off(case, "CANCELLED") for case in REGRESSION[9:])
    return Script(short_id, cases, duration=duration, queued=duration * 0.02, ending="CANCELLED")


def monster(short_id: str = MONSTER_ID, *, duration: float = 0.0) -> Script:
    """500 failures and 400 other issues in hostile words; has ended unless given a duration."""
    return Script(short_id, MONSTER_CASES, MONSTER_FINDINGS, duration=duration)


def all_scenarios() -> tuple[Script, ...]:
    """One of each."""
    return all_passed(), three_failed(), infrastructure_error(), cancelled(), monster()


def _broken_off(
    case: Case, status: str, reason: str | None = None, error_code: str | None = None
) -> Case:
    return replace(
        case, status=status, result=None, reason=reason, thought=None, error_code=error_code
    )
