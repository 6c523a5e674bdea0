"""Requests to QA.tech, built without I/O. What goes out follows `facts/QATECH.md` to the letter."""

import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from bot.services.ports import Look


@dataclass(frozen=True, slots=True)
class ProjectAccess:
    """How one configured project is reached.

    Attributes:
        token: the key that QA.tech is shown.
        project: `proj…` short ID; needed with an organisation key, implied by a project key.
    """

    token: SecretStr
    project: str | None = None


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request: `target` is path and query, percent-encoded; `body` is JSON."""

    method: Literal["GET", "POST"]
    target: str
    body: bytes | None = None


def run_request(short_id: str, look: Look, project: str | None) -> ApiRequest:
    """`GET /v1/run/{shortId}` with its query sent flat, as every known client does."""
    query = {"testCases": look.test_cases, "issues": look.issues, "projectShortId": project}
    return ApiRequest("GET", f"/v1/run/{_segment(short_id)}{_query(query)}")


def rerun_request(short_id: str, *, failed_only: bool, project: str | None) -> ApiRequest:
    """`POST /v1/run/{shortId}`: starts the run anew and bills it."""
    body: dict[str, object] = {}
    if failed_only:
        body["failedOnly"] = True
    if project is not None:
        body["projectShortId"] = project
    return ApiRequest("POST", f"/v1/run/{_segment(short_id)}", json.dumps(body).encode())


def details_request(short_id: str, project: str | None) -> ApiRequest:
    """`GET /v1/run-test-case/{shortId}`."""
    query = _query({"projectShortId": project})
    return ApiRequest("GET", f"/v1/run-test-case/{_segment(short_id)}{query}")


def _segment(text: str) -> str:
    # A segment of dots alone would be resolved away on the way out.
    return quote(text, safe="").replace(".", "%2E")


def _query(values: dict[str, str | None]) -> str:
    given = {name: value for name, value in values.items() if value is not None}
    return f"?{urlencode(given, quote_via=quote, safe='')}" if given else ""
