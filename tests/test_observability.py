"""What operators rely on: metrics, log lines, dashboard and alerts are those that there are."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric

from bot.metrics import LABELS, Metrics

DOCS = Path(__file__).parents[1] / "docs" / "operating"
BOT = Path(__file__).parents[1] / "bot"

_EVENT = re.compile(r"[a-z]+(?:_[a-z0-9]+)*")
_LOGGING = {
    *("debug", "info", "warning", "error", "critical", "exception", "log"),
    *("_crashed", "explain"),
}
"""The methods that write a line, and the functions that are given the name of one."""
_NO_EVENTS = {"sweep", "deliver", "measure", "prune", "digest", "poll", "delivery"}


def exposed() -> dict[str, Metric]:
    return {family.name: family for family in Metrics().registry.collect()}


def rows(page: str, heading: str) -> dict[str, list[str]]:
    """The table below a heading: first cell, which stands in backticks → the other cells."""
    text = (DOCS / page).read_text()
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    found = {}
    for line in section.splitlines():
        cells = re.split(r"\s*\|\s*", line.strip().strip("|").strip())
        if line.startswith("|") and cells[0].startswith("`"):
            found[cells[0].strip("`")] = cells[1:]
    return found


def series() -> dict[str, set[str]]:
    """Every name that a query may use → the labels that it has."""
    found: dict[str, set[str]] = {}
    for name, family in exposed().items():
        labels = set(LABELS.get(name, {}))
        match family.type:
            case "counter":
                found[f"{name}_total"] = labels
            case "histogram":
                found |= {f"{name}_{part}": labels for part in ("sum", "count")}
                found[f"{name}_bucket"] = labels | {"le"}
            case "info":
                found[f"{name}_info"] = {"version"}
            case _:
                found[name] = labels
    return found


# --- metrics


def test_the_page_lists_exactly_the_metrics_that_are_exposed() -> None:
    listed = rows("metrics.md", "Metrics")
    there = {name: (family.type, set(LABELS.get(name, {}))) for name, family in exposed().items()}
    assert {
        name: (cells[0], set(re.findall(r"`(\w+)`", cells[1]))) for name, cells in listed.items()
    } == there


def test_the_page_lists_exactly_the_values_that_each_label_can_have() -> None:
    listed = {
        name: set(re.findall(r"`([\w.]+)`", cells[0]))
        for name, cells in rows("metrics.md", "Labels").items()
    }
    there = {
        f"{metric} {label}": set(values)
        for metric, labels in LABELS.items()
        for label, values in labels.items()
    }
    assert listed == there


def test_every_label_is_one_whose_values_are_known() -> None:
    metrics = Metrics()
    for collector in vars(metrics).values():
        names = getattr(collector, "_labelnames", ())
        if names:
            assert set(names) == set(LABELS[collector._name])


# --- log lines


def events_in(path: Path) -> Iterator[str]:
    """The names of the events that a module may log."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in _LOGGING:
            for argument in node.args:
                said = argument.value if isinstance(argument, ast.Constant) else None
                if isinstance(said, str) and _EVENT.fullmatch(said):
                    yield said


def test_the_page_lists_exactly_the_events_that_are_logged() -> None:
    logged = {
        event
        for path in BOT.rglob("*.py")
        if "playground" not in path.parts
        for event in events_in(path)
    }
    assert set(rows("logs.md", "Events")) == logged - _NO_EVENTS


# --- alerts and dashboard


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((DOCS / "alerts.yml").read_text())["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "grafana.json").read_text())
    return found


def expressions() -> Iterator[tuple[str, str]]:
    for rule in alerts():
        yield rule["alert"], rule["expr"]
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


_FUNCTIONS = {
    *("sum", "max", "min", "avg", "by", "without", "rate", "increase", "histogram_quantile"),
    *("absent", "or", "and", "unless", "count", "on", "ignoring", "clamp_min"),
}
_SELECTOR = re.compile(r"(?P<name>[a-z_]\w*)(?:\{(?P<matchers>[^}]*)\})?", re.IGNORECASE)
_MATCHER = re.compile(r'\s*(?P<label>\w+)\s*(?P<how>=~|!~|!=|=)\s*"(?P<value>[^"]*)"\s*')
_BY = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
_RANGE = re.compile(r"\[[^\]]*\]")


def check(expression: str) -> set[str]:
    """The metrics that an expression names; every metric, label and value of a label is one."""
    known = series()
    assert expression.count("(") == expression.count(")"), expression
    assert expression.count("{") == expression.count("}"), expression
    grouped = {label.strip() for labels in _BY.findall(expression) for label in labels.split(",")}
    used = set()
    rest = _RANGE.sub("", _BY.sub("", expression))
    for found in _SELECTOR.finditer(rest):
        name, matchers = found["name"], found["matchers"]
        if name in _FUNCTIONS or name.startswith("__"):
            continue
        assert name in known, f"{expression}: there is no {name}"
        used.add(name)
        for matcher in filter(None, (matchers or "").split(",")):
            parsed = _MATCHER.fullmatch(matcher)
            assert parsed, f"{expression}: {matcher}"
            assert parsed["label"] in known[name], f"{expression}: {name} has no {parsed['label']}"
            family = next(each for each in LABELS if name.startswith(each))
            for value in parsed["value"].split("|"):
                assert value in LABELS[family][parsed["label"]], f"{expression}: {value}"
    labels = set.union(*(known[name] for name in used))
    assert grouped <= labels, f"{expression}: grouped by {grouped - labels}"
    return used


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_an_expression_names_only_what_there_is(where: str, expression: str) -> None:
    assert check(expression), where


@pytest.mark.parametrize(
    "expression",
    [
        "max(qarun_no_such_metric)",
        'rate(qarun_deliveries_total{result="lost"}[5m])',
        'rate(qarun_deliveries_total{outcome="sent"}[5m])',
        "sum by (channel) (rate(qarun_deliveries_total[5m]))",
        "max(qarun_outbox_depth",
    ],
)
def test_an_expression_that_names_something_else_would_be_seen(expression: str) -> None:
    with pytest.raises(AssertionError):
        check(expression)


def test_there_are_five_alerts_and_each_says_what_to_do() -> None:
    rules = alerts()
    assert len(rules) == 5
    for rule in rules:
        assert rule["for"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        assert "docs/" in rule["annotations"]["runbook"]
        page, _, anchor = (
            rule["annotations"]["runbook"].removeprefix("docs/operating/").partition("#")
        )
        headings = re.findall(r"^#+ (.+)$", (DOCS / page).read_text(), re.MULTILINE)
        assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_promtool_takes_the_alerts_too() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; the names in the rules are checked all the same")
    checked = subprocess.run(
        [promtool, "check", "rules", str(DOCS / "alerts.yml")], capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_dashboard_shows_every_metric() -> None:
    shown = {name for _, expression in expressions() for name in check(expression)}
    families = {next(each for each in exposed() if name.startswith(each)) for name in shown}
    assert families == set(exposed())


def test_the_dashboard_can_be_imported() -> None:
    found = dashboard()
    assert found["title"] == "qarun"
    assert found["uid"]
    ids = [panel["id"] for panel in found["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in found["panels"]:
        assert {"type", "title", "gridPos"} <= set(panel)
        for target in panel.get("targets", ()):
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    (variable,) = found["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == (
        "datasource",
        "datasource",
        "prometheus",
    )
