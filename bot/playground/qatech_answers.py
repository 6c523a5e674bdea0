"""Answers of the simulated QA.tech as plain JSON values.

They follow `facts/qatech-get-run.openapi.yaml`. Nothing here is shared with the client's models,
so that a mistake in one of the two shows in the other.
"""

from typing import Any

from bot.playground.qatech_script import CaseNow, RunNow, Script, mint_uuid


def run_json(script: Script, now: RunNow) -> dict[str, Any]:
    """A whole `GetRunResponse`, with all test cases and issues."""
    shown = {item.case.name: item.short_id for item in now.cases}
    return {
        "id": script.id,
        "shortId": script.short_id,
        "status": now.status,
        "result": now.result,
        "runTestCases": [case_json(script, item) for item in now.cases],
        "issues": [
            {
                "id": mint_uuid(f"issue/{issue.known_as}"),
                "shortId": issue.known_as,
                "title": issue.title,
                "description": issue.description,
                "severity": issue.severity,
                "issueType": issue.issue_type,
                "helpUrl": issue.help_url,
                "tags": list(issue.tags),
                "status": issue.status,
                "testCases": [{"shortId": shown[name], "name": name} for name in issue.cases],
            }
            for issue in now.issues
        ],
    }


def case_json(script: Script, now: CaseNow) -> dict[str, Any]:
    """A `RunTestCase`; what only the end of it tells is null before."""
    case, over = now.case, now.is_over
    return {
        "id": mint_uuid(f"run/{script.short_id}/{now.short_id}"),
        "shortId": now.short_id,
        "name": case.name,
        "status": now.status,
        "result": case.result if over else None,
        "resultTitle": case.reason if over else None,
        "evaluationThought": case.thought if over else None,
        "errorCode": case.error_code if over else None,
        "classification": case.classification,
        "promptGoal": case.goal,
        "promptExamples": case.examples,
    }
