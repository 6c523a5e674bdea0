"""The specification's components as JSON Schema, for generators and validators."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

GET_RUN = Path(__file__).parent / "qatech-get-run.openapi.yaml"
GET_RUN_FLAT = Path(__file__).parent / "qatech-get-run.flat.openapi.yaml"


def json_schema(name: str) -> dict[str, Any]:
    """One component, its references resolved, OpenAPI 3.0's `nullable` turned into a type."""
    schemas = yaml.safe_load(GET_RUN.read_text())["components"]["schemas"]
    resolved = _resolved(schemas[name], schemas)
    assert isinstance(resolved, dict)
    return resolved


def instances(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema of `json_schema` allows, unknown properties and odd texts among them.

    hypothesis-jsonschema 0.23 does this for any schema, but not with today's Hypothesis. Raises
    KeyError for a type that the specification has not used so far.
    """
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_OF_TYPE[name](schema) for name in types])


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    properties = {name: instances(part) for name, part in schema["properties"].items()}
    required = {name: properties.pop(name) for name in schema.get("required", ())}
    extra = st.dictionaries(
        st.text(max_size=8).filter(lambda name: name not in schema["properties"]),
        st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
        max_size=2,
    )
    known = st.fixed_dictionaries(required, optional=properties)
    return st.builds(lambda one, other: other | one, known, extra)


_TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
"""With halves of surrogate pairs, which JSON can carry."""
_OF_TYPE: dict[str, Callable[[dict[str, Any]], st.SearchStrategy[Any]]] = {
    "object": _objects,
    "array": lambda schema: st.lists(instances(schema["items"]), max_size=3),
    "string": lambda schema: st.sampled_from(schema["enum"]) if "enum" in schema else _TEXTS,
    "null": lambda _: st.none(),
}


def _resolved(part: Any, schemas: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_resolved(item, schemas) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _resolved(schemas[part["$ref"].rsplit("/", 1)[-1]], schemas)
    resolved = {key: _resolved(value, schemas) for key, value in part.items() if key != "nullable"}
    if part.get("nullable"):
        resolved["type"] = [resolved["type"], "null"]
    return resolved
