"""The simulated QA.tech: an ASGI application that is as strict as the facts say.

It follows `facts/qatech-get-run.openapi.yaml` and, for the other two calls, `facts/QATECH.md`:
authentication first, then the project, the query's words, and the run itself.
"""

import json
import re
import uuid
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.playground.qatech_answers import case_json, run_json
from bot.playground.qatech_faults import Message, Receive, Send, TrueAnswer, send_answer
from bot.playground.qatech_world import ApiKey, Asked, QATechWorld, SimulatedRun

_CASE_FILTERS = {"failed", "all"}
_ISSUE_FILTERS = {"all", "accessibility", "console", "hosting", "failed_test"}
_PROJECT = re.compile(r"proj(-.+_.+|_.+)")


class SimulatedQATech:
    """The application over a world; serve it with `bot.serving`."""

    def __init__(self, world: QATechWorld) -> None:
        self.world = world
        api = FastAPI(openapi_url=None, exception_handlers={HTTPException: _tell})
        api.get("/v1/run/{short_id}")(self._get_run)
        api.post("/v1/run/{short_id}")(self._rerun)
        api.get("/v1/run-test-case/{short_id}")(self._get_test_case)
        self._api = api

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Note the request in the journal, let a fault befall it, else answer truly."""
        asked = Asked(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers={
                name.decode("latin-1"): value.decode("latin-1")
                for name, value in scope["headers"]
                if name != b"authorization"
            },
            at=self.world.now(),
        )
        self.world.journal.append(asked)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
            await send(message)

        async def hearing() -> Message:
            message = await receive()
            asked.body += message.get("body", b"")
            return message

        async def compute() -> TrueAnswer:
            return await self._compute(scope, hearing)

        fault = self.world.faults.take(asked.path.rsplit("/", 1)[-1])
        if fault is None:
            await send_answer(await compute(), noting)
        else:
            await fault(compute, receive, noting)

    async def _compute(self, scope: Message, receive: Receive) -> TrueAnswer:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await self._api(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in sent)
        return TrueAnswer(sent[0]["status"], tuple(sent[0]["headers"]), body)

    async def _get_run(self, request: Request, short_id: str) -> JSONResponse:
        query = request.query_params
        project = self._project(self._key(request), query.get("projectShortId"))
        cases = _one_of(_CASE_FILTERS, "testCases", query.get("testCases"))
        issues = _one_of(_ISSUE_FILTERS, "issues", query.get("issues"))
        run = self._run(short_id, project)
        now = self.world.look(run)
        answer = run_json(run.script, now)
        if cases is None:
            answer["runTestCases"] = []
        elif cases == "failed":
            answer["runTestCases"] = [
                case_json(run.script, item)
                for item in now.cases
                if item.is_over and item.case.went_wrong
            ]
        if issues is None:
            del answer["issues"]
        elif issues != "all":
            answer["issues"] = [
                issue for issue in answer["issues"] if issue["issueType"].lower() == issues
            ]
        return _json(answer)

    async def _rerun(self, request: Request, short_id: str) -> JSONResponse:
        key = self._key(request)
        body = _object(await request.body())
        named = body.get("projectShortId", request.query_params.get("projectShortId"))
        project = self._project(key, named)
        if not key.can_write:
            raise HTTPException(403, "This API key is read-only")
        failed_only, ids = _rerun_filters(body)
        run = self._run(short_id, project)
        cases = run.script.cases
        over = {item.case.project_case_id for item in self.world.look(run).cases if item.is_over}
        if failed_only:
            cases = tuple(
                case for case in cases if case.went_wrong and case.project_case_id in over
            )
        if ids is not None:
            cases = tuple(case for case in cases if case.project_case_id in ids)
        if not cases:
            raise HTTPException(400, "No test cases to rerun")
        if self.world.reruns_left == 0:
            raise HTTPException(402, "Usage limit reached")
        fresh = self.world.rerun(run, chosen=frozenset(case.project_case_id for case in cases))
        new_id = fresh.script.short_id
        described = {
            "id": fresh.script.id,
            "shortId": new_id,
            "url": f"https://app.qa.tech/p/{self.world.slug(fresh.project)}/results/{new_id}",
            "testCount": len(fresh.script.cases),
        }
        return _json({"success": True, "run": described})

    async def _get_test_case(self, request: Request, short_id: str) -> JSONResponse:
        project = self._project(self._key(request), request.query_params.get("projectShortId"))
        found = self.world.find_case(short_id)
        if found is None or found[0].project != project:
            raise HTTPException(404, "Test case not found")
        run, item = found
        answer = case_json(run.script, item)
        answer["runShortId"] = run.script.short_id
        answer["projectTestCaseId"] = item.case.project_case_id
        answer["startedAt"] = self.world.moment(run, item.began)
        answer["completedAt"] = self.world.moment(run, item.ended)
        lasted = None if item.began is None or item.ended is None else item.ended - item.began
        answer["durationMs"] = None if lasted is None else round(lasted * 1000)
        slug = self.world.slug(run.project)
        answer["url"] = f"https://app.qa.tech/p/{slug}/results/test/{item.short_id}"
        if item.is_over and item.case.result is not None:
            media = f"https://media.qa.tech/{item.short_id}"
            answer["screenshotUrl"] = f"{media}/last-step.png"
            answer["recordingUrl"] = f"{media}/recording.webm"
        return _json(answer)

    def _key(self, request: Request) -> ApiKey:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        for key in self.world.keys:
            if scheme.lower() == "bearer" and token == key.token:
                return key
        raise HTTPException(401, "Missing or invalid API key")

    def _project(self, key: ApiKey, named: Any) -> str:
        """Short ID of the project that the request is about."""
        if named is None:
            if key.organisation:
                raise HTTPException(400, "projectShortId is required for organization API keys")
            return min(key.projects)
        if not isinstance(named, str) or not _PROJECT.fullmatch(named):
            raise HTTPException(400, "Invalid projectShortId")
        if all(named != project.short_id for project in self.world.projects):
            raise HTTPException(404, "Project not found")
        if named not in key.projects:
            raise HTTPException(403, "This API key has no access to the project")
        return named

    def _run(self, short_id: str, project: str) -> SimulatedRun:
        run = self.world.run(short_id)
        if run is None or run.project != project:
            raise HTTPException(404, "Run not found")
        return run


async def _tell(_: Request, error: HTTPException) -> JSONResponse:
    return JSONResponse({"message": error.detail}, error.status_code, error.headers)


def _json(answer: dict[str, Any]) -> JSONResponse:
    # Escaped, so that every text can be sent: JSON has a form for half of a surrogate pair.
    return _Escaped(answer)


class _Escaped(JSONResponse):
    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


def _one_of(words: set[str], name: str, given: str | None) -> str | None:
    if given is not None and given not in words:
        raise HTTPException(400, f"Invalid {name}: expected one of {', '.join(sorted(words))}")
    return given


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise HTTPException(400, "The body must be a JSON object")
    return value


def _rerun_filters(body: dict[str, Any]) -> tuple[bool, set[str] | None]:
    failed_only = body.get("failedOnly", False)
    ids = body.get("projectTestCaseIds")
    if not isinstance(failed_only, bool):
        raise HTTPException(400, "failedOnly must be a boolean")
    if ids is None:
        return failed_only, None
    if failed_only:
        raise HTTPException(400, "Give either failedOnly or projectTestCaseIds, not both")
    if not isinstance(ids, list) or not all(_is_uuid(item) for item in ids):
        raise HTTPException(400, "projectTestCaseIds must be a list of UUIDs")
    return False, set(ids)


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False
