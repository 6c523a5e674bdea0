"""The client: one request to QA.tech at a time, each tried once; the only file that knows httpx."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from aiolimiter import AsyncLimiter
from pydantic import SecretStr

from bot.domain.addresses import is_loopback
from bot.domain.errors import AccessDenied, RateLimited, Unavailable, UnexpectedAnswer
from bot.domain.run import Rerun, Run, TestCaseDetails
from bot.domain.short_id import RunKey
from bot.qatech.answers import Answer, clean, read_rerun, read_retry_after, read_run, read_test_case
from bot.qatech.holds import Holds
from bot.qatech.requests import (
    ApiRequest,
    ProjectAccess,
    details_request,
    rerun_request,
    run_request,
)
from bot.services.ports import Clock, Look

MAX_BODY_BYTES = 32 * 1024 * 1024
_MAX_ERROR_BODY_BYTES = 64 * 1024
_ERROR_BODY_SECONDS = 2.0
_CONNECTIONS = 12
"""httpx slows down with the number of its connections (DESIGN §6)."""


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
            clock: monotonic seconds, for holding back after a 429.
            now: for a `Retry-After` that is a date.
        """
        self._base_url = base_url.rstrip("/")
        self._projects = dict(projects)
        self._timeout = timeout_seconds
        self._now = now
        self._holds = Holds(clock)
        # A bucket of one: no burst comes on top of the rate that the operator allowed.
        self._limiter = AsyncLimiter(1, 1 / max_rps)
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
        return read_run(await self._send(key.project, access, request), self._now())

    async def rerun(self, key: RunKey, *, failed_only: bool) -> Rerun:
        """Start a run anew; see `Reruns`."""
        access = self._access(key.project)
        request = rerun_request(key.short_id, failed_only=failed_only, project=access.project)
        return read_rerun(await self._send(key.project, access, request), self._now())

    async def get_test_case(self, key: RunKey, short_id: str) -> TestCaseDetails:
        """One test case of a run; see `TestCases`."""
        access = self._access(key.project)
        request = details_request(short_id, access.project)
        return read_test_case(await self._send(key.project, access, request), self._now())

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

    async def _send(self, project: str, access: ProjectAccess, request: ApiRequest) -> Answer:
        self._raise_if_held(project)
        await self._wait_for_turn()
        self._raise_if_held(project)  # the 429 may have come while this one waited
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._exchange(access.token, request)
        except TimeoutError:
            raise Unavailable(f"QA.tech gave no whole answer within {self._timeout:g} s") from None
        except httpx.DecodingError as error:
            raise UnexpectedAnswer(
                f"QA.tech's answer cannot be unpacked: {clean(str(error), access.token)}"
            ) from None
        except httpx.HTTPError as error:
            why = clean(str(error), access.token)
            raise Unavailable(
                f"QA.tech cannot be reached: {type(error).__name__}" + (f": {why}" if why else "")
            ) from None
        if answer.status == 429:
            asked = read_retry_after(answer.headers.get("retry-after"), self._now())
            self._holds.begin(project, asked)
        return answer

    async def _wait_for_turn(self) -> None:
        longest = self._timeout / 2
        try:
            async with asyncio.timeout(longest):
                await self._limiter.acquire()
        except TimeoutError:
            # QA.tech is not to blame, so this is not `Unavailable`.
            raise RateLimited(
                f"no request was made within {longest:g} s: more are waiting than "
                "QARUN_QATECH_MAX_RPS allows",
                longest,
            ) from None

    def _raise_if_held(self, project: str) -> None:
        remaining = self._holds.remaining(project)
        if remaining > 0:
            raise RateLimited(
                f"QA.tech answered 429 a moment ago and is left alone for {remaining:.0f} s",
                remaining,
            )

    async def _exchange(self, token: SecretStr, request: ApiRequest) -> Answer:
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
