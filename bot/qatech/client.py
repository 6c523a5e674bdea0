"""The client: one request to QA.tech at a time, each tried once; the only file that knows httpx."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeVar

import httpx
from pydantic import SecretStr

from bot.domain.addresses import is_loopback
from bot.domain.errors import (
    AccessDenied,
    QATechError,
    Unavailable,
    UnexpectedAnswer,
)
from bot.domain.run import Rerun, Run, TestCaseDetails
from bot.domain.short_id import RunKey
from bot.qatech.answers import Answer, clean, read_rerun, read_retry_after, read_run, read_test_case
from bot.qatech.breaker import Permit
from bot.qatech.events import Call, QATechEvents, Unheard
from bot.qatech.requests import (
    ApiRequest,
    ProjectAccess,
    details_request,
    rerun_request,
    run_request,
)
from bot.qatech.throttle import Throttle
from bot.services.ports import Clock, Look

T = TypeVar("T")

MAX_BODY_BYTES = 32 * 1024 * 1024
_MAX_ERROR_BODY_BYTES = 64 * 1024
_ERROR_BODY_SECONDS = 2.0
_CONNECTIONS = 12
"""httpx slows down with the number of its connections (DESIGN §6)."""
_STOPPING = "QA.tech is not asked any more: the bot is being stopped"


@dataclass(slots=True)
class _Request:
    """One call on its way: for which run, and how long QA.tech took, None until it was asked."""

    key: RunKey
    api: ApiRequest
    access: ProjectAccess
    seconds: float | None = None


class QATech:
    """QA.tech for the configured projects: `RunSource`, `Reruns` and `TestCases`.

    A call ends within `timeout_seconds` for the whole request, the body included, after waiting at
    most half as long for its turn under `max_rps`. Nothing is retried: whoever calls decides.
    """

    def __init__(
        self,
        base_url: str,
        projects: Mapping[str, ProjectAccess],
        *,
        max_rps: float,
        version: str,
        timeout_seconds: float = 10.0,
        rest_seconds: tuple[float, float] = (5.0, 30.0),
        events: QATechEvents | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Clock = lambda: datetime.now(UTC),
    ) -> None:
        """Opens no connection yet.

        Args:
            base_url: with or without a path and a trailing slash.
            projects: access by project alias.
            max_rps: most requests a second, evenly spaced, over all projects.
            version: of qarun, told in the `User-Agent`.
            timeout_seconds: see above.
            rest_seconds: see `Throttle`.
            events: told of every call.
            clock: monotonic seconds, for holding back and for how long QA.tech takes.
            now: for a `Retry-After` that is a date.
        """
        self._base_url = base_url.rstrip("/")
        self._projects = dict(projects)
        self._timeout = timeout_seconds
        self._now = now
        self._clock = clock
        self._events = events or Unheard()
        self._throttle = Throttle(
            clock,
            max_rps=max_rps,
            longest_wait=timeout_seconds / 2,
            rest_seconds=rest_seconds,
            on_change=self._events.qatech_breaker,
        )
        self._http = httpx.AsyncClient(
            headers={"User-Agent": f"qarun/{version}", "Accept": "application/json"},
            timeout=timeout_seconds,
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
            ),
            follow_redirects=False,
            # Proxies and certificates of the environment count, except on the way to ourselves.
            trust_env=not is_loopback(httpx.URL(base_url).host),
            # A cookie set for one project's key must not travel with another's.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def get_run(self, key: RunKey, look: Look) -> Run:
        """One look at a run; see `RunSource`."""
        access = self._access(key.project)
        request = run_request(key.short_id, look, access.project)
        return await self._call("run", _Request(key, request, access), read_run)

    async def rerun(self, key: RunKey, *, failed_only: bool) -> Rerun:
        """Start a run anew; see `Reruns`."""
        access = self._access(key.project)
        request = rerun_request(key.short_id, failed_only=failed_only, project=access.project)
        return await self._call("rerun", _Request(key, request, access), read_rerun)

    async def get_test_case(self, key: RunKey, short_id: str) -> TestCaseDetails:
        """One test case of a run; see `TestCases`."""
        access = self._access(key.project)
        request = details_request(short_id, access.project)
        return await self._call("test_case", _Request(key, request, access), read_test_case)

    def problem(self) -> str | None:
        """Why QA.tech is not asked at this moment; None when it is."""
        return self._throttle.problem()

    async def aclose(self) -> None:
        """Close every connection; the client is of no use afterwards."""
        await self._http.aclose()

    def _access(self, alias: str) -> ProjectAccess:
        access = self._projects.get(alias)
        if access is None:
            raise AccessDenied(f"no QA.tech project is configured as {alias!r}")
        token = access.token.get_secret_value()
        if not (token.isascii() and token.isprintable()) or " " in token or not token:
            raise AccessDenied(f"the key of project {alias!r} holds characters that no key has")
        return access

    async def _call(
        self, call: Call, request: _Request, read: Callable[[Answer, datetime], T]
    ) -> T:
        try:
            result = read(await self._send(request), self._now())
        except QATechError as error:
            if not self._http.is_closed:
                self._events.qatech_failed(request.key, call, error, request.seconds)
            raise
        self._events.qatech_answered(request.key, call, request.seconds or 0.0)
        return result

    async def _send(self, request: _Request) -> Answer:
        permit = await self._throttle.turn(request.key)
        began = self._clock()
        try:
            answer = await self._exchange(request, permit)
        finally:
            permit.given_up()
            request.seconds = self._clock() - began
        if answer.status == 429:
            asked = read_retry_after(answer.headers.get("retry-after"), self._now())
            self._throttle.too_many(request.key.project, asked)
        return answer

    async def _exchange(self, request: _Request, permit: Permit) -> Answer:
        """Ask, and tell the breaker what came of it."""
        token = request.access.token
        if self._http.is_closed:
            raise Unavailable(_STOPPING)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._http_exchange(token, request.api)
        except TimeoutError:
            permit.failed(unreachable=False)
            raise Unavailable(f"QA.tech gave no whole answer within {self._timeout:g} s") from None
        except UnexpectedAnswer:
            permit.succeeded()
            raise
        except httpx.DecodingError as error:
            permit.succeeded()
            raise UnexpectedAnswer(
                f"QA.tech's answer cannot be unpacked: {clean(str(error), token)}"
            ) from None
        except httpx.HTTPError as error:
            if self._http.is_closed:
                raise Unavailable(_STOPPING) from None
            permit.failed(unreachable=isinstance(error, httpx.ConnectError | httpx.ConnectTimeout))
            why = clean(str(error), token)
            raise Unavailable(
                f"QA.tech cannot be reached: {type(error).__name__}" + (f": {why}" if why else "")
            ) from None
        if answer.status >= 500:
            permit.failed(unreachable=False)
        else:
            permit.succeeded()
        return answer

    async def _http_exchange(self, token: SecretStr, request: ApiRequest) -> Answer:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        url = self._base_url + request.target
        async with self._http.stream(
            request.method, url, headers=headers, content=request.body
        ) as response:
            body = await (_whole if response.status_code == 200 else _beginning)(response)
            return Answer(response.status_code, response.headers, body, secret=token)


async def _whole(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise UnexpectedAnswer(
                f"QA.tech's answer is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB"
            )
    return bytes(body)


async def _beginning(response: httpx.Response) -> bytes:
    """As much of an error's body as is worth quoting; its status counts even if it is cut."""
    body = bytearray()
    with contextlib.suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(_ERROR_BODY_SECONDS):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _MAX_ERROR_BODY_BYTES:
                    break
    return bytes(body)
