"""Whatever the specification allows is parsed, and every field of it survives."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel, SecretStr

from bot.domain.run import AffectedTestCase, Issue, Run, RunTestCase
from bot.qatech.answers import Answer, read_run
from tests.specification.schema import GET_RUN, instances, json_schema

SCHEMAS: dict[str, Any] = yaml.safe_load(GET_RUN.read_text())["components"]["schemas"]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MODELS: dict[str, type[BaseModel]] = {
    "GetRunResponse": Run,
    "RunTestCase": RunTestCase,
    "RunIssue": Issue,
    "RunIssueTestCase": AffectedTestCase,
}


@given(sent=instances(json_schema("GetRunResponse")))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_answer_that_the_specification_allows_is_read_whole(sent: dict[str, Any]) -> None:
    body = json.dumps(sent).encode()
    run = read_run(Answer(200, {}, body, SecretStr("k")), NOW)
    kept = json.loads(run.model_dump_json(by_alias=True))
    assert_kept(sent, kept, "GetRunResponse")
    assert (run.issues is None) == ("issues" not in sent)


@pytest.mark.parametrize("name", MODELS)
def test_the_models_know_every_field_of_the_specification(name: str) -> None:
    known = {field.alias for field in MODELS[name].model_fields.values()}
    assert set(SCHEMAS[name]["properties"]) <= known


def assert_kept(sent: Mapping[str, Any], kept: Mapping[str, Any], name: str) -> None:
    for field, schema in SCHEMAS[name]["properties"].items():
        if field not in sent:
            continue
        if schema["type"] == "array" and "$ref" in schema["items"]:
            inner = schema["items"]["$ref"].rsplit("/", 1)[-1]
            assert len(sent[field]) == len(kept[field])
            for one, other in zip(sent[field], kept[field], strict=True):
                assert_kept(one, other, inner)
        else:
            assert kept[field] == whole_text(sent[field]), field


def whole_text(value: Any) -> Any:
    """Half of a surrogate pair cannot be kept: it is replaced."""
    if isinstance(value, list):
        return [whole_text(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value
