"""`/api/v1` against its own OpenAPI page: schemathesis asks whatever that allows, and forbids.

Everything that is answered must be declared there, and be as declared.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.domain.errors import AccessDenied, QATechError, Unavailable
from bot.domain.watch import NewWatch
from bot.services.ports import Opened
from tests.fakes.store import FakeStore
from tests.web.remote import BEARER, Site

_REFUSED = ["400", "401", "403", "404", "405", "413", "415", "422", "429", "5xx"]
"""How a request that the schema forbids may be refused; one may be too large, too."""
_CONFIG = SchemathesisConfig.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": _REFUSED}}}
)

_Test = TypeVar("_Test", bound=Callable[..., object])


def asks(schema: Any, operation: str, *, examples: int = 25) -> Callable[[_Test], _Test]:
    """A test that is given requests to one operation of a schema.

    One alone: schemathesis gives the tests of several operations one and the same name, of which
    pytest-xdist would run one.
    """
    asked = settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )

    def parametrized(test: _Test) -> _Test:
        given: _Test = schema.include(operation_id=operation).parametrize()(asked(test))
        return given

    return parametrized


class _Broken(FakeStore):
    """A database that cannot be written to."""

    async def open_watch(self, new: NewWatch, **rest: Any) -> Opened:
        raise OSError("disk full")


def served(error: QATechError | None = None, store: FakeStore | None = None) -> Any:
    """The schema of a site that has one run, `UkxK`, or whose QA.tech fails."""
    site = Site(store=store or FakeStore())
    if error is not None:
        site.qatech.fail(error)
    return schemathesis.openapi.from_asgi("/openapi.json", site.web(), config=_CONFIG)


WELL = served()
DOWN = served(Unavailable("QA.tech is down"))
REFUSED = served(AccessDenied("QA.tech answered 403"))
BROKEN = served(store=_Broken())

SEEN: Mapping[str, Counter[tuple[str, int]]] = defaultdict(Counter)
"""Site → how often each method was answered with each status."""

NOT_IN_A_SCHEMA = [positive_data_acceptance]
"""Whether there is such a project, and whether a word is a run, no schema can say: 422."""


def ask(case: Any, site: str, **but: Any) -> Any:
    """One request with the token; the answer is held against the schema."""
    answer = case.call_and_validate(
        headers=BEARER, excluded_checks=[*NOT_IN_A_SCHEMA, *but.get("but", ())]
    )
    SEEN[site][case.method, answer.status_code] += 1
    return answer


@asks(WELL, "open_watch")
def test_every_answer_to_opening_a_watch_is_as_the_page_says(case: Any) -> None:
    ask(case, "well")


@asks(WELL, "show_watch")
def test_every_answer_to_showing_a_watch_is_as_the_page_says(case: Any) -> None:
    ask(case, "well")


@asks(WELL, "stop_watch")
def test_every_answer_to_stopping_a_watch_is_as_the_page_says(case: Any) -> None:
    ask(case, "well")


def opened() -> dict[str, str]:
    """The path of a watch that there is."""
    opening = WELL.find_operation_by_id("open_watch")
    body = {"run": "UkxK", "channel": "C0123456789"}
    answer = ask(opening.Case(body=body, media_type="application/json"), "well")
    return {"watch_id": answer.json()["id"]}


@asks(WELL, "show_watch", examples=5)
def test_a_watch_that_there_is_is_shown_as_the_page_says(case: Any) -> None:
    case.path_parameters = opened()
    ask(case, "well")  # without the token too, and with other methods


@asks(WELL, "stop_watch", examples=5)
def test_a_watch_that_there_is_is_stopped_as_the_page_says(case: Any) -> None:
    case.path_parameters = opened()
    ask(case, "well")


@pytest.mark.parametrize("name", ["open_watch", "show_watch", "stop_watch"])
def test_without_the_token_every_operation_is_refused_as_the_page_says(name: str) -> None:
    # A site of its own: wrong tokens are answered only so often.
    operation = served().find_operation_by_id(name)
    case = operation.Case(path_parameters={"watch_id": "0" * 32})
    answer = case.call(headers={"Authorization": "Bearer somebody else's"})
    case.validate_response(answer, checks=[status_code_conformance, response_schema_conformance])
    assert answer.status_code == 401


@asks(DOWN, "open_watch")
def test_while_qatech_cannot_be_asked_a_watch_is_stored_unverified(case: Any) -> None:
    answer = ask(case, "down")
    if case.method == "POST" and answer.status_code < 300:
        assert answer.json()["state"] == "unverified"


@asks(REFUSED, "open_watch")
def test_a_key_that_qatech_refuses_is_a_declared_answer(case: Any) -> None:
    ask(case, "refused", but=[not_a_server_error])


@asks(BROKEN, "open_watch")
def test_a_database_that_fails_is_a_declared_answer(case: Any) -> None:
    ask(case, "broken", but=[not_a_server_error])


@pytest.mark.parametrize(
    ("site", "answers"),
    [
        ("well", {("POST", 202), ("POST", 200), ("POST", 404), ("POST", 422)}),
        ("well", {("GET", 404), ("DELETE", 404), ("GET", 200), ("DELETE", 204)}),
        ("down", {("POST", 202), ("POST", 200), ("POST", 422)}),
        ("refused", {("POST", 502), ("POST", 422)}),
        ("broken", {("POST", 503), ("POST", 422)}),
    ],
)
def test_every_promised_answer_has_been_seen(site: str, answers: set[tuple[str, int]]) -> None:
    if site not in SEEN:
        pytest.skip("the tests above, which ask, did not run")
    assert answers <= set(SEEN[site])
