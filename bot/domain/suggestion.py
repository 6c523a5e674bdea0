"""Questions that fit a run: what to say when nothing was understood, and in the help."""

from bot.domain.listing import label, listed_cases, listed_issues
from bot.domain.run import Outcome, Run

HOW_MANY = 3
_LONGEST_NAME = 40


def examples(run: Run) -> tuple[str, ...]:
    """Three questions that this run has an answer to, the most telling first."""
    return tuple(dict.fromkeys(_fitting(run)))[:HOW_MANY]


def _fitting(run: Run) -> list[str]:
    found: list[str] = []
    if run.cases(Outcome.FAILED, Outcome.ERRORED):
        found += [f"why did {_first_name(run)} fail?", "what failed?"]
    elif run.cases(Outcome.SKIPPED):
        found.append("what was skipped?")
    found += _about_issues(run)
    if not run.has_ended:
        found.insert(0, "status")
    elif run.cases(Outcome.FAILED, Outcome.ERRORED):
        found.append("rerun failed")
    if run.run_test_cases:
        found.append(f"what does {_first_name(run)} test?")
    return [*found, "summary", "any accessibility issues?", "link"]


def _about_issues(run: Run) -> list[str]:
    issues = listed_issues(run)
    if not issues:
        return []
    severity, category = issues[0].severity.lower(), issues[0].category
    known = severity in {"critical", "major", "minor", "moderate"}
    if category in {"accessibility", "console", "hosting"}:
        return [f"{severity} {category} issues" if known else f"{category} issues"]
    return ["all issues"]


def _first_name(run: Run) -> str:
    """The first of the list by name, or by number where the name is long or not plain text."""
    name = label(listed_cases(run)[0])
    plain = len(name) <= _LONGEST_NAME and all(part.isalnum() for part in name.split())
    return f'"{name}"' if plain else "number 1"
