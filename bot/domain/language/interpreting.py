"""The rules that turn a sentence's senses and names into what it asks, tried in order."""

from collections.abc import Callable

from bot.domain.language.clause import Clause, Interpretation
from bot.domain.language.goal_questions import goal_question
from bot.domain.language.hearing import Heard
from bot.domain.language.issue_questions import in_full, issue_question
from bot.domain.language.lexicon import Sense
from bot.domain.language.names import Names
from bot.domain.language.target import Meant, cases_meant, issues_meant
from bot.domain.language.wishes import comparison, help_wanted, rerun, silence, thanks
from bot.domain.listing import Named
from bot.domain.question import (
    AskCases,
    AskHelp,
    AskLink,
    AskSummary,
    AskWhy,
    BlameGroup,
    CaseGroup,
    Question,
)

_GROUPS = {
    Sense.FAIL: CaseGroup.FAILED,
    Sense.ERROR: CaseGroup.ERRORED,
    Sense.SKIP: CaseGroup.SKIPPED,
    Sense.CANCEL: CaseGroup.CANCELLED,
    Sense.PASSED: CaseGroup.PASSED,
}
_GOES = frozenset({"go", "goes", "going", "went", "look", "looks", "looking", "doing"})
_WELL = frozenset(
    {
        "ok",
        "okay",
        "fine",
        "good",
        "over",
        "ready",
        "alright",
        "well",
        "through",
        "clean",
        "happy",
        "clear",
    }
)
_NOT_KNOWN = frozenset({"who", "whom", "whose", "when"})
"""Runs hold neither people nor times."""
_IDLE = frozenset(
    {Sense.GREETING, Sense.BOT, Sense.FILLER, Sense.SOFT, Sense.PRONOUN, Sense.POLITE}
)


def interpret(heard: Heard, names: Names) -> Interpretation | None:
    """What a sentence asks; None where no rule makes anything of it."""
    clause = Clause.of(heard, names)
    if heard.core and heard.core[0].text in _NOT_KNOWN and not clause.has(Sense.HELP):
        return _who(clause)
    for read in _READERS:
        if (found := read(clause)) is not None:
            return found
    return None


def _who(clause: Clause) -> Interpretation | None:
    """Who "failed" is a test case; who "broke it", nobody knows."""
    if (
        len(clause.heard.core) > 3
        or clause.has(Sense.PRONOUN)
        or not clause.has(Sense.FAIL, Sense.PASSED, Sense.SKIP)
    ):
        return None
    found = _outcomes(clause)
    return Interpretation(found.reading, explained=False) if found else None


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


def _outcomes(clause: Clause) -> Interpretation | None:
    groups = [group for sense, group in _GROUPS.items() if clause.has(sense)]
    if clause.has(Sense.PENDING) and not groups:
        return _pending(clause)
    if not groups:
        return None
    if groups[0] is CaseGroup.FAILED and CaseGroup.PASSED in groups:
        return clause.plainly(AskSummary())
    if groups == [CaseGroup.PASSED] and _asks_whether_all(clause):
        return clause.plainly(AskSummary())
    return clause.plainly(AskCases(group=groups[0]))


def _pending(clause: Clause) -> Interpretation:
    lists = clause.has(Sense.WH, Sense.SHOW, Sense.COUNT, Sense.CASES)
    if lists:
        return clause.plainly(AskCases(group=CaseGroup.IN_PROGRESS))
    return clause.plainly(AskSummary())


def _asks_whether_all(clause: Clause) -> bool:
    """How the whole run went: "did it pass?", "everything green?", "all passed?"."""
    if clause.has(Sense.WH, Sense.SHOW, Sense.COUNT, Sense.ANY, Sense.ONLY):
        return False
    return clause.opens is Sense.AUX or (clause.heard.asks and clause.has(Sense.ALL, Sense.PRONOUN))


def _status(clause: Clause) -> Interpretation | None:
    if not clause.has(Sense.STATUS) and not _asks_how_it_goes(clause):
        return None
    return clause.plainly(AskSummary())


def _asks_how_it_goes(clause: Clause) -> bool:
    texts = {read.text for read in clause.heard.reads}
    return "how" in texts and not texts.isdisjoint(_GOES)


def _well(clause: Clause) -> Interpretation | None:
    """Words too common to be heard where nobody addressed the bot: "all fine?", "what was ok?"."""
    if clause.target is not None or clause.has(Sense.FIRST, Sense.PEOPLE):
        return None
    where = any(read.text == "where" for read in clause.heard.reads)
    if where and clause.has(Sense.RUN, Sense.PRONOUN):
        return Interpretation(AskLink(), explained=False)
    if not any(read.text in _WELL for read in clause.heard.reads):
        return None
    if clause.has(Sense.WH, Sense.COUNT, Sense.SHOW):
        listed = clause.has(Sense.CASES) and clause.opens is Sense.WH
        return Interpretation(AskCases(group=CaseGroup.PASSED), explained=listed)
    if clause.has(Sense.ALL, Sense.RUN, Sense.PRONOUN) and (
        clause.heard.asks or clause.opens is Sense.AUX
    ):
        return Interpretation(AskSummary(), explained=False)
    return None


def _to_be_fixed(clause: Clause) -> Interpretation | None:
    """For instance "what do we need to fix?"; said to the bot only."""
    texts = {read.text for read in clause.heard.reads}
    if clause.heard.core[:1] and clause.heard.core[0].text == "what" and texts & {"fix", "fixing"}:
        return Interpretation(AskCases(group=CaseGroup.FAILED), explained=False)
    return None


def _explained_failures(clause: Clause) -> Interpretation | None:
    """A bare "why?": what failed, each with its reason."""
    if not clause.has(Sense.WHY) or clause.target is not None:
        return None
    return clause.plainly(AskCases(group=CaseGroup.FAILED))


def _all_cases(clause: Clause) -> Interpretation | None:
    listing = clause.has(Sense.SHOW, Sense.COUNT, Sense.WH, Sense.ALL, Sense.DETAIL)
    every = clause.has(Sense.CASES) or (clause.has(Sense.ALL) and clause.has(Sense.CASE))
    if not every or not listing:
        return None
    return clause.plainly(AskCases(group=CaseGroup.ALL))


def _about_run(clause: Clause) -> Interpretation | None:
    """For instance "tell me about this run"."""
    wanted = clause.has(Sense.SHOW, Sense.DETAIL) and clause.has(Sense.RUN)
    if not wanted or clause.target is not None or clause.heard.unread:
        return None
    return clause.plainly(AskSummary())


def _greeting(clause: Clause) -> Interpretation | None:
    if clause.heard.unread or not clause.senses <= _IDLE:
        return None
    if clause.heard.asks and not clause.has(Sense.GREETING, Sense.BOT):
        return Interpretation(AskSummary(), explained=False)  # "and?", "still going?"
    if clause.has(Sense.POLITE, Sense.SOFT):
        return None
    return clause.plainly(AskHelp())


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
    _outcomes,
    _status,
    _well,
    _to_be_fixed,
    _explained_failures,
    _all_cases,
    _about_run,
    _greeting,
)
