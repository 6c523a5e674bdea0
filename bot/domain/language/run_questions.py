"""Questions about the run as a whole: how it went, and which test cases ended in which way."""

from bot.domain.language.clause import Clause, Interpretation
from bot.domain.language.lexicon import Sense
from bot.domain.question import AskCases, AskHelp, AskLink, AskSummary, CaseGroup

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
_IDLE = frozenset(
    {Sense.GREETING, Sense.BOT, Sense.FILLER, Sense.SOFT, Sense.PRONOUN, Sense.POLITE}
)


def outcomes(clause: Clause) -> Interpretation | None:
    """Lists by how test cases ended; where both ways are asked for, the run as a whole."""
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


def status(clause: Clause) -> Interpretation | None:
    """How the run went."""
    if not clause.has(Sense.STATUS) and not _asks_how_it_goes(clause):
        return None
    return clause.plainly(AskSummary())


def _asks_how_it_goes(clause: Clause) -> bool:
    texts = {read.text for read in clause.heard.reads}
    return "how" in texts and not texts.isdisjoint(_GOES)


def well(clause: Clause) -> Interpretation | None:
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


def to_be_fixed(clause: Clause) -> Interpretation | None:
    """For instance "what do we need to fix?"; said to the bot only."""
    texts = {read.text for read in clause.heard.reads}
    if clause.heard.core[:1] and clause.heard.core[0].text == "what" and texts & {"fix", "fixing"}:
        return Interpretation(AskCases(group=CaseGroup.FAILED), explained=False)
    return None


def explained_failures(clause: Clause) -> Interpretation | None:
    """A bare "why?": what failed, each with its reason."""
    if not clause.has(Sense.WHY) or clause.target is not None:
        return None
    return clause.plainly(AskCases(group=CaseGroup.FAILED))


def all_cases(clause: Clause) -> Interpretation | None:
    """All of them, however they ended."""
    listing = clause.has(Sense.SHOW, Sense.COUNT, Sense.WH, Sense.ALL, Sense.DETAIL)
    every = clause.has(Sense.CASES) or (clause.has(Sense.ALL) and clause.has(Sense.CASE))
    if not every or not listing:
        return None
    return clause.plainly(AskCases(group=CaseGroup.ALL))


def about_run(clause: Clause) -> Interpretation | None:
    """For instance "tell me about this run"."""
    wanted = clause.has(Sense.SHOW, Sense.DETAIL) and clause.has(Sense.RUN)
    if not wanted or clause.target is not None or clause.heard.unread:
        return None
    return clause.plainly(AskSummary())


def greeting(clause: Clause) -> Interpretation | None:
    """Nothing but a greeting is answered with what can be asked; an "and?" with how it goes."""
    if clause.heard.unread or not clause.senses <= _IDLE:
        return None
    if clause.heard.asks and not clause.has(Sense.GREETING, Sense.BOT):
        return Interpretation(AskSummary(), explained=False)  # "and?", "still going?"
    if clause.has(Sense.POLITE, Sense.SOFT):
        return None
    return clause.plainly(AskHelp())


def who(clause: Clause) -> Interpretation | None:
    """Who "failed" is a test case; who "broke it", nobody knows."""
    if (
        len(clause.heard.core) > 3
        or clause.has(Sense.PRONOUN)
        or not clause.has(Sense.FAIL, Sense.PASSED, Sense.SKIP)
    ):
        return None
    found = outcomes(clause)
    return Interpretation(found.reading, explained=False) if found else None
