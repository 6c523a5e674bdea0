"""The rules that turn a sentence's senses and names into what it asks, tried in order."""

from collections.abc import Callable

from bot.domain.language.clause import Clause, Interpretation
from bot.domain.language.goal_questions import goal_question
from bot.domain.language.hearing import Heard
from bot.domain.language.issue_questions import in_full, issue_question
from bot.domain.language.lexicon import Sense
from bot.domain.language.names import Names
from bot.domain.language.run_questions import (
    about_run,
    all_cases,
    explained_failures,
    greeting,
    outcomes,
    status,
    to_be_fixed,
    well,
    who,
)
from bot.domain.language.target import Meant, cases_meant, issues_meant
from bot.domain.language.wishes import comparison, help_wanted, rerun, silence, thanks
from bot.domain.listing import Named
from bot.domain.question import (
    AskCases,
    AskLink,
    AskWhy,
    BlameGroup,
    CaseGroup,
    Question,
)

_NOT_KNOWN = frozenset({"who", "whom", "whose", "when"})
"""Runs hold neither people nor times."""


def interpret(heard: Heard, names: Names) -> Interpretation | None:
    """What a sentence asks; None where no rule makes anything of it."""
    clause = Clause.of(heard, names)
    if heard.core and heard.core[0].text in _NOT_KNOWN and not clause.has(Sense.HELP):
        return who(clause)
    for read in _READERS:
        if (found := read(clause)) is not None:
            return found
    return None


def _link(clause: Clause) -> Interpretation | None:
    typed = any(read.sense is Sense.LINK for read in clause.heard.reads)
    if not typed or clause.has(
        Sense.WHY, Sense.NOT, Sense.ISSUE, Sense.A11Y, Sense.CONSOLE, Sense.HOSTING
    ):
        return None
    cases = cases_meant(clause.target, clause.names) if clause.target else Meant()
    issues = issues_meant(clause.target, clause.names) if clause.target else Meant()
    if issues.score > cases.score:
        return clause.about(issues, in_full, "issue")
    named = clause.target is None or bool(cases.found)
    spent = clause.target.spent if clause.target else frozenset()
    return Interpretation(AskLink(), explained=named, spent=spent)


def _blamed(clause: Clause) -> Interpretation | None:
    """Product failures only, or the agent's and the platform's only."""
    if not clause.has(Sense.AGENT, Sense.PRODUCT):
        return None
    if clause.has(Sense.STATUS) and not clause.has(Sense.FAIL, Sense.ISSUE):
        return None
    if clause.target is not None and clause.has(Sense.WHY):
        return None
    others = {Sense.FAIL, Sense.ERROR, Sense.ISSUE, Sense.CASES, Sense.CASE, Sense.ONLY, Sense.WH}
    if not clause.heard.asks and not clause.has(*others, Sense.SHOW, Sense.COUNT, Sense.ANY):
        return None
    blame = BlameGroup.AGENT if clause.has(Sense.AGENT) else BlameGroup.PRODUCT
    if clause.target is not None:
        meant = cases_meant(clause.target, clause.names, failing_first=True)
        if meant.found:
            return clause.about(meant, _why)
    return clause.plainly(AskCases(group=CaseGroup.FAILED, blame=blame))


def _why(case: Named) -> Question:
    return AskWhy(case=case.short_id)


def _named(clause: Clause) -> Interpretation | None:
    """A sentence about one test case: why it failed, whether it passed, or just its name."""
    target = clause.target
    if target is None or target.weak:
        return None
    failing = clause.has(Sense.FAIL, Sense.ERROR, Sense.WHY)
    cases = cases_meant(target, clause.names, failing_first=failing)
    issues = issues_meant(target, clause.names) if target.number is None else Meant()
    if issues.found and issues.score > cases.score:
        return clause.about(issues, in_full, "issue")
    if cases.found:
        return clause.about(cases, _why)
    certain = target.number is not None or target.quoted or target.within
    if certain or clause.has(Sense.WHY, Sense.GOAL) or _asks_about_it(clause):
        return clause.about(Meant(), _why) if _is_about_run(clause) else None
    return None


def _is_about_run(clause: Clause) -> bool:
    return not clause.has(Sense.FIRST, Sense.SECOND, Sense.PEOPLE) and clause.has(
        Sense.WHY, Sense.GOAL, Sense.FAIL, Sense.PASSED, Sense.ERROR, Sense.SKIP, Sense.STATUS,
        Sense.DETAIL, Sense.CASE,
    )  # fmt: skip


def _asks_about_it(clause: Clause) -> bool:
    """A name between two verbs: "did payments pass?"."""
    return clause.opens is Sense.AUX and clause.has(Sense.PASSED, Sense.FAIL, Sense.SKIP)


_READERS: tuple[Callable[[Clause], Interpretation | None], ...] = (
    thanks,
    help_wanted,
    silence,
    comparison,
    rerun,
    _link,
    goal_question,
    issue_question,
    _blamed,
    _named,
    outcomes,
    status,
    well,
    to_be_fixed,
    explained_failures,
    all_cases,
    about_run,
    greeting,
)
