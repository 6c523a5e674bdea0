import json
from typing import get_args
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.domain.run import IssueFilter, TestCaseFilter
from bot.qatech.requests import ProjectAccess, details_request, rerun_request, run_request
from bot.services.ports import BARE, WHOLE, Look

CASE_FILTERS = get_args(TestCaseFilter)
ISSUE_FILTERS = get_args(IssueFilter)


def test_a_bare_look_asks_for_nothing_beyond_the_run() -> None:
    request = run_request("UkxK", BARE, None)
    assert (request.method, request.target, request.body) == ("GET", "/v1/run/UkxK", None)


def test_the_query_is_sent_flat() -> None:
    target = run_request("UkxK", WHOLE, "proj-web shop_a/b&c").target
    assert target == (
        "/v1/run/UkxK?testCases=all&issues=all&projectShortId=proj-web%20shop_a%2Fb%26c"
    )


@pytest.mark.parametrize("cases", CASE_FILTERS)
@pytest.mark.parametrize("issues", ISSUE_FILTERS)
def test_every_word_of_both_filters_is_sent_as_it_is(
    cases: TestCaseFilter, issues: IssueFilter
) -> None:
    target = run_request("UkxK", Look(cases, issues), None).target
    assert parse_qs(urlsplit(target).query) == {"testCases": [cases], "issues": [issues]}


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_no_short_id_leads_to_another_path(short_id: str) -> None:
    for target in (
        run_request(short_id, BARE, None).target,
        rerun_request(short_id, failed_only=False, project=None).target,
        details_request(short_id, None).target,
    ):
        path = urlsplit(f"https://api.example{target}").path
        assert path.count("/") == 3
        assert not {".", ".."} & set(path.split("/"))


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_the_project_survives_its_encoding(project: str) -> None:
    query = urlsplit(details_request("ab", project).target).query
    assert parse_qs(query, strict_parsing=True) == {"projectShortId": [project]}


@pytest.mark.parametrize(
    ("failed_only", "project", "body"),
    [
        (False, None, {}),
        (True, None, {"failedOnly": True}),
        (False, "proj_a", {"projectShortId": "proj_a"}),
        (True, "proj_a", {"failedOnly": True, "projectShortId": "proj_a"}),
    ],
)
def test_a_rerun_says_in_its_body_what_to_run(
    failed_only: bool, project: str | None, body: dict[str, object]
) -> None:
    request = rerun_request("UkxK", failed_only=failed_only, project=project)
    assert (request.method, request.target) == ("POST", "/v1/run/UkxK")
    assert json.loads(request.body or b"") == body


def test_an_access_never_shows_its_token() -> None:
    assert "qat-secret" not in repr(ProjectAccess(SecretStr("qat-secret"), "proj_a"))
