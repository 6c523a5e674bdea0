"""Sentences that ask what a test case tests."""

from dataclasses import replace
from itertools import pairwise

from bot.domain.language.clause import Clause, Interpretation
from bot.domain.language.issue_questions import in_full
from bot.domain.language.lexicon import Sense
from bot.domain.language.target import cases_meant, issues_meant
from bot.domain.listing import Named
from bot.domain.question import AskGoal, Question

_PASSIVE = frozenset({"tested", "checked", "covered", "verified"})
_DOES = frozenset({"should", "does", "do", "did", "is"})
_TESTS = frozenset(
    {
        "testing",
        "checking",
        "verifying",
        "test",
        "tests",
        "check",
        "do",
        "for",
        "about",
        "verify",
        "cover",
        "validate",
    }
)
_TELLS = frozenset({"tests", "testing", "checks", "checking", "does", "doing", "verifies", "about"})


def goal_question(clause: Clause) -> Interpretation | None:
    if clause.target is None:
        return None
    if _asks_how_it_works(clause):
        meant = cases_meant(clause.target, clause.names)
        return replace(clause.about(meant, _goal_of), explained=False) if meant.found else None
    if not clause.has(Sense.GOAL) and not _asks_what_it_tests(clause):
        return None
    cases = cases_meant(clause.target, clause.names)
    issues = issues_meant(clause.target, clause.names)
    if issues.score > cases.score and not clause.has(Sense.GOAL):
        return clause.about(issues, in_full, "issue")
    return clause.about(cases, _goal_of)


def _goal_of(case: Named) -> Question:
    return AskGoal(case=case.short_id)


def _asks_how_it_works(clause: Clause) -> bool:
    """People ask each other so too: only where the bot is addressed it is about the goal."""
    core = clause.heard.core
    return [read.text for read in core[:2]] == ["how", "does"] and core[-1].text == "work"


def _asks_what_it_tests(clause: Clause) -> bool:
    """For instance "what does checkout test?", "what is checked in checkout?"."""
    if clause.target is None or clause.has(
        Sense.FAIL, Sense.PASSED, Sense.WHY, Sense.ISSUE, Sense.AGENT
    ):
        return False
    reads = clause.heard.reads
    if not any(read.text in {"what", "wat", "explain", "describe", "show"} for read in reads):
        return False
    if any(read.text in _PASSIVE for read in reads):
        return True
    for read, following in pairwise(reads):
        if read.text in _TESTS and following.sense is Sense.WITHIN and clause.opens is Sense.WH:
            return True  # "what do we test in checkout?"
    last = max(clause.target.spent)
    after = [read for read in reads[last + 1 :] if read.sense is not Sense.FILLER]
    closing = after[-1].text if after else ""
    asks_what = clause.opens is Sense.WH or clause.has(Sense.SHOW, Sense.DETAIL)
    verb = closing in _TESTS and any(
        read.text in _DOES for read in reads[: min(clause.target.spent)]
    )
    told = closing in _TELLS
    return asks_what and (verb or told)
