"""`/api/v1`: CI says which run is to be watched where, and looks what has become of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, FastAPI, Path, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from starlette.routing import Match

from bot.domain.errors import AccessDenied, DatabaseError, RunNotFound
from bot.services.remote import FieldError, RemoteWatches
from bot.web.guard import API_PREFIX, ApiGuard
from bot.web.models import Problem, WatchAnswer, WatchRequest

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_WatchId = Annotated[str, Path(description="The `id` of a watch.")]

_log = structlog.stdlib.get_logger("qarun.web")

_bearer = HTTPBearer(auto_error=False, description="The token of `QARUN_API_TOKEN`.")
"""For the OpenAPI page alone: `ApiGuard` has let nobody else through by then."""


def _problem(description: str) -> dict[str, Any]:
    return {"model": Problem, "description": description}


_ALWAYS: dict[int | str, dict[str, Any]] = {
    401: _problem("The token is missing or wrong."),
    408: _problem("The body did not come in time."),
    413: _problem("The body is too large."),
    429: _problem("Too many requests. The header `Retry-After` says for how long to wait."),
    503: _problem("The database cannot be used at the moment. Nothing was changed: try again."),
}
_UNKNOWN_WATCH: dict[int | str, dict[str, Any]] = {
    404: _problem("There is no such watch."),
    "default": _problem("Anything else."),  # else FastAPI promises a 422 of its own
}
_LINKS = {
    name: {"operationId": name, "parameters": {"watch_id": "$response.body#/id"}}
    for name in ("show_watch", "stop_watch")
}
_OPENING: dict[int | str, dict[str, Any]] = {
    200: {
        "model": WatchAnswer,
        "description": "The run is watched in that channel already.",
        "links": _LINKS,
    },
    202: {"description": "The run is watched from now on.", "links": _LINKS},
    400: _problem("The body is not JSON."),
    404: _problem("QA.tech knows no such run."),
    415: _problem("The body is not sent as JSON."),
    422: _problem("A field cannot be used: which one, and why."),
    502: _problem("QA.tech refuses the bot's key. Nothing was stored."),
}


def add_api(web: FastAPI, *, remote: RemoteWatches, token: str, max_rps: float) -> None:
    """Give the application its `/api/v1`; `token` is what each request must carry."""
    web.include_router(_router(remote))
    web.add_middleware(ApiGuard, token=token, max_rps=max_rps)
    web.add_exception_handler(RequestValidationError, _invalid)
    web.add_exception_handler(405, _not_allowed)


def _router(remote: RemoteWatches) -> APIRouter:
    router = APIRouter(
        prefix=API_PREFIX, tags=["watches"], dependencies=[Security(_bearer)], responses=_ALWAYS
    )

    @router.post(
        "/watches",
        operation_id="open_watch",
        status_code=202,
        response_model=WatchAnswer,
        responses=_OPENING,
    )
    async def open_watch(wanted: WatchRequest, response: Response) -> Any:
        """Have a run watched in a channel.

        The same run and channel again is the same watch. A run that has ended already is reported
        at once. Where QA.tech cannot be asked, the watch is stored with the state `unverified`.
        """

        async def opened() -> Any:
            followed, is_new = await remote.open(wanted.wish())
            response.status_code = 202 if is_new else 200
            return WatchAnswer.of(followed)

        return await _answered(opened)

    @router.get(
        "/watches/{watch_id}",
        operation_id="show_watch",
        response_model=WatchAnswer,
        responses=_UNKNOWN_WATCH,
    )
    async def show_watch(watch_id: _WatchId) -> Any:
        """A watch: its state, how often QA.tech was asked, and whether each notice was told."""

        async def shown() -> Any:
            followed = await remote.find(watch_id) if _may_be(watch_id) else None
            return _unknown_watch() if followed is None else WatchAnswer.of(followed)

        return await _answered(shown)

    @router.delete(
        "/watches/{watch_id}",
        operation_id="stop_watch",
        status_code=204,
        response_class=Response,
        response_model=None,
        responses=_UNKNOWN_WATCH,
    )
    async def stop_watch(watch_id: _WatchId) -> Any:
        """Stop a watch; the run itself goes on. One that has ended is left as it is."""

        async def stopped() -> Any:
            is_known = _may_be(watch_id) and await remote.stop(watch_id)
            return Response(status_code=204) if is_known else _unknown_watch()

        return await _answered(stopped)

    return router


async def _answered(answer: Callable[[], Awaitable[Any]]) -> Any:
    """The answer, or the reason why there is none, in one sentence."""
    try:
        return await answer()
    except FieldError as error:
        return _refusal(422, f"{error.field}: {error}")
    except RunNotFound:
        return _refusal(404, "QA.tech knows no such run, or the bot's key may not see it.")
    except AccessDenied:
        return _refusal(502, "QA.tech refuses the bot's key, so the run could not be looked up.")
    except Exception as error:  # noqa: BLE001 - the edge: whoever asks is told that it failed
        if not isinstance(error, DatabaseError):  # which has been logged, once
            _log.exception("api_failed")
        return _refusal(503, "The bot cannot use its database at the moment. Try again.")


def _may_be(watch_id: str) -> bool:
    """Whether the database can be asked for it; PostgreSQL takes no NUL, for one."""
    return watch_id.isascii() and watch_id.isalnum()


def _unknown_watch() -> JSONResponse:
    return _refusal(404, "There is no watch with this ID.")


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """What is wrong with a body, field by field, in one sentence."""
    found: Sequence[Mapping[str, Any]] = (
        error.errors() if isinstance(error, RequestValidationError) else ()
    )
    if any(each["type"] == "json_invalid" for each in found):
        return _refusal(400, "The body is not JSON.")
    return _refusal(422, "; ".join(dict.fromkeys(map(_sentence, found))))


async def _not_allowed(request: Request, error: Exception) -> JSONResponse:
    """All that is allowed at a path: Starlette's own answer knows one of its routes alone."""
    methods = [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    refusal = _refusal(405, f"There is no {request.method} here.")
    refusal.headers["Allow"] = ", ".join(methods)
    return refusal


def _sentence(found: Mapping[str, Any]) -> str:
    field = ".".join(str(part) for part in found["loc"] if part != "body") or "body"
    return f"{field[:100]}: {found['msg']}"


def _refusal(status: int, why: str) -> JSONResponse:
    # What was sent may be quoted in it, and a lone surrogate cannot be sent back.
    return JSONResponse({"detail": why.encode("utf-8", "replace").decode()}, status)
