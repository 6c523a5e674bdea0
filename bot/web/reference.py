"""`/docs`: the OpenAPI document as a page, with nothing fetched from elsewhere and no script."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: .25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
th { font-weight: 600; } tr { border-top: 1px solid #8884; }
h2 { margin-top: 2.5rem; }
"""

Json = Mapping[str, Any]


def add_reference(web: FastAPI) -> None:
    """Give the application its `/docs`; it is drawn from what `/openapi.json` says."""

    @web.get("/docs", include_in_schema=False)
    async def reference() -> HTMLResponse:
        return HTMLResponse(page(web.openapi()))


def page(document: Json) -> str:
    """The whole page."""
    title = escape(f"{document['info']['title']} {document['info']['version']}")
    schemas = document.get("components", {}).get("schemas", {})
    parts = [
        part
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for part in _operation(method, path, operation)
    ]
    for name, schema in schemas.items():
        parts += [f'<h2 id="{escape(name)}">{escape(name)}</h2>', *_schema(schema)]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        '<p>The same as a document for machines: <a href="/openapi.json">openapi.json</a>.</p>'
        f"{''.join(parts)}</body></html>"
    )


def _operation(method: str, path: str, operation: Json) -> Iterator[str]:
    yield f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
    yield _paragraph(operation.get("description", ""))
    if operation.get("security"):
        yield "<p>Needs the header <code>Authorization: Bearer …</code>.</p>"
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield f"<p>Body: {_kind(content['schema'])}</p>"
    rows = [
        (f"<code>{escape(status)}</code>", escape(answer.get("description", "")), _body(answer))
        for status, answer in operation["responses"].items()
    ]
    yield _table(("answer", "means", "body"), rows)


def _schema(schema: Json) -> Iterator[str]:
    yield _paragraph(schema.get("description", ""))
    needed = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(name)}</code>{' (needed)' if name in needed else ''}",
            _kind(field),
            _text(field.get("description", "")),
        )
        for name, field in schema.get("properties", {}).items()
    ]
    if rows:
        yield _table(("field", "is", "means"), rows)
    elif "enum" in schema:
        yield f"<p>{_kind(schema)}</p>"


def _body(answer: Json) -> str:
    kinds = [_kind(content.get("schema", {})) for content in answer.get("content", {}).values()]
    return " or ".join(kinds)


def _kind(schema: Json) -> str:
    """What a value may be, in a few words."""
    if reference := schema.get("$ref"):
        name = escape(reference.rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if choices := schema.get("anyOf"):
        return " or ".join(_kind(choice) for choice in choices)
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(word))}</code>" for word in schema["enum"])
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    said = escape(str(schema.get("format") or schema.get("type", "anything")))
    if pattern := schema.get("pattern"):
        said += f" <code>{escape(pattern)}</code>"
    return said


def _paragraph(text: str) -> str:
    return "".join(f"<p>{_text(part)}</p>" for part in text.split("\n\n") if part.strip())


def _text(text: str) -> str:
    """Text whose words in backticks are code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def row(cells: tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"

    return f"<table>{row(head, 'th')}{''.join(row(each, 'td') for each in rows)}</table>"
