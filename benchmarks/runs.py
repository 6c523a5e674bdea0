"""Ended runs to report: what a whole answer of QA.tech holds, in natural proportions."""

import json
from typing import Any

from bot.domain.run import Run


def ended_run(short_id: str, cases: int) -> Run:
    """A run that failed; see `answer`."""
    return Run.model_validate(answer(short_id, cases))


def answer(short_id: str, cases: int) -> dict[str, Any]:
    """QA.tech's whole answer: every eighth test case failed, an issue for every fourth."""
    return {
        "id": "8b7c6a54-0000-4000-8000-000000000000",
        "shortId": short_id,
        "status": "COMPLETED",
        "result": "FAILED",
        "runTestCases": [_case(number) for number in range(cases)],
        "issues": [_issue(number) for number in range(0, cases, 4)],
    }


def answer_bytes(short_id: str, cases: int) -> bytes:
    return json.dumps(answer(short_id, cases)).encode()


def _case(number: int) -> dict[str, Any]:
    failed = number % 8 == 0
    return {
        "id": f"8b7c6a54-0000-4000-8000-{number:012d}",
        "shortId": f"case{number}",
        "name": f"Customer {number} can pay with a saved card & <change> it",
        "status": "COMPLETED",
        "result": "FAILED" if failed else "PASSED",
        "resultTitle": "The button *Pay* could not be found."
        if failed
        else "The order was placed.",
        "evaluationThought": "The agent opened the cart and looked for the button. " * 12,
        "errorCode": ("TEST_FAILED" if number % 16 else "AGENT_LOST") if failed else None,
        "classification": "POSITIVE",
        "promptGoal": "Log in, put a product into the cart, pay with the saved card. " * 4,
        "promptExamples": None,
    }


def _issue(number: int) -> dict[str, Any]:
    kinds = ("ACCESSIBILITY", "ACCESSIBILITY", "CONSOLE", "FAILED_TEST")
    return {
        "id": f"9b7c6a54-0000-4000-8000-{number:012d}",
        "shortId": f"issue{number}",
        "title": f"Elements must meet minimum color contrast ratio thresholds ({number})",
        "description": "The element has insufficient color contrast of 2.9. " * 4,
        "severity": ("Minor", "Major", "Critical")[number % 3],
        "issueType": kinds[number // 4 % 4],
        "helpUrl": "https://dequeuniversity.com/rules/axe/4.10/color-contrast",
        "tags": ["wcag2aa", "wcag143"],
        "status": "Active",
        "testCases": [{"shortId": f"case{number}", "name": f"Customer {number} can pay"}],
    }
