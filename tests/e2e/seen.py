"""What the operator sees of a running bot: its log, its metrics, its readiness."""

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import LABELS
from tests.e2e.stage import Installation, poll_until, value

Lines = list[Any]


async def readiness(installation: Installation) -> tuple[int, Mapping[str, Any]]:
    """The status and the body of `/readyz`."""
    answer = await installation.get("/readyz")
    return answer.status_code, answer.json()


async def metric(installation: Installation, name: str, **labels: str) -> float:
    """The sum of a metric's samples of this name with these labels; 0 where there is none."""
    text = (await installation.get("/metrics")).text
    check_labels(text)
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def check_labels(text: str) -> None:
    """Every label has one of the values that are known beforehand."""
    for family in text_string_to_metric_families(text):
        known = LABELS.get(family.name, {})
        for sample in family.samples:
            for label, given in sample.labels.items():
                if label not in {"le", "version"}:
                    assert given in known[label], f"{sample.name}: {label}={given!r}"


def logged(log: Lines, *events: str) -> list[Any]:
    """The lines of these events, in their order."""
    return [line for line in log if line["event"] in events]


async def heard(log: Lines, *events: str, about: Mapping[str, Any] | None = None) -> list[Any]:
    """The lines of these events with these fields, once there is one; a log announces nothing."""
    fields = (about or {}).items()

    def found() -> list[Any]:
        return [line for line in logged(log, *events) if fields <= line.items()]

    await poll_until(lambda: value(found()), bool)
    return found()


def names(lines: Iterable[Any]) -> list[str]:
    return [str(line["event"]) for line in lines]
