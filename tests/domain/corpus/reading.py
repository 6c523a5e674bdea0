"""The corpus: sentences with the reading expected of each, and how a reading is written there."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bot.domain.question import (
    Ambiguous,
    AskCases,
    AskGoal,
    AskIssue,
    AskIssues,
    AskUnknown,
    AskWhy,
    Compare,
    Mute,
    Reading,
    Rerun,
)
from bot.domain.run import Run
from tests.domain.corpus.runs import RUNS

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of the corpus; `source` is the file that it stands in."""

    sentence: str
    run: Run
    addressed: bool
    expected: str
    source: str


def corpus() -> list[Said]:
    """All sentences: each counts once mentioned, once not, as its group says."""
    return [said for path in sorted(HERE.glob("*.toml")) for said in sentences_in(path)]


def sentences_in(path: Path) -> list[Said]:
    groups = tomllib.loads(path.read_text(encoding="utf-8"))["said"]
    return [
        Said(sentence, RUNS[group["run"]], addressed, expected, path.stem)
        for group in groups
        for addressed in {"yes": (True,), "no": (False,), "both": (True, False)}[group["addressed"]]
        for expected, sentences in group["reads"].items()
        for sentence in sentences
    ]


def shorthand(reading: Reading) -> str:
    """A reading in a line, as the corpus writes it: "issues accessibility critical in tcB2"."""
    match reading:
        case AskCases():
            words = ["cases", reading.group.value, reading.blame.value if reading.blame else ""]
        case AskWhy() | AskGoal():
            words = [reading.kind, reading.case]
        case AskIssues():
            severities = [severity.value for severity in reading.severities]
            within = ["in", reading.case] if reading.case else []
            words = ["issues", reading.category or "", *severities, *within]
        case AskIssue():
            words = ["issue", reading.issue]
        case AskUnknown():
            words = ["unknown", reading.what]
        case Rerun():
            words = ["rerun", "failed" if reading.failed_only else "", reading.case or ""]
        case Compare():
            words = ["compare", reading.other.short_id if reading.other else ""]
        case Mute():
            words = ["mute", str(reading.minutes or "")]
        case Ambiguous():
            words = ["which", *sorted(shorthand(choice.question) for choice in reading.choices)]
        case _:
            words = [reading.kind]
    return " ".join(word for word in words if word)
