"""Sentences that want something done: rerun, compare, stop, mute, or just give thanks."""

import re

from bot.domain.errors import UserError
from bot.domain.language.clause import Clause, Interpretation
from bot.domain.language.everyday import COMMON_WORDS
from bot.domain.language.hearing import Read
from bot.domain.language.lexicon import Sense
from bot.domain.language.target import cases_meant
from bot.domain.question import AskHelp, Compare, Mute, Rerun, Stop, Thanks, Unmute
from bot.domain.short_id import RunReference, parse_run_reference

_PRAISE = frozenset(
    {
        *("great", "perfect", "nice", "awesome", "cool", "wow", "amazing", "excellent"),
        *("brilliant", "good"),
    }
)
_PRAISED = _PRAISE | {"work", "job", "stuff", "bot", "answer", "summary", "report", "very"}
_FRAME = frozenset(
    {
        *(Sense.THANKS, Sense.FILLER, Sense.BOT, Sense.GREETING, Sense.PRONOUN, Sense.SOFT),
        *(Sense.SECOND, Sense.ALL, Sense.WITHIN, Sense.HELP, Sense.PASSED, Sense.PEOPLE),
        *(Sense.FIRST, Sense.SHOW, Sense.DETAIL, Sense.ONLY, Sense.AUX),
    }
)
_ABILITIES = frozenset(
    {"know", "do", "use", "ask", "work", "understand", "support", "able", "tell", "talk", "say"}
)
_WONDERING = frozenset({"should", "shall", "may", "might", "must"})
_LEADS = frozenset({"with", "to", "against", "from", "run", "since", "than", "and"})
_LONGEST_RUN_WORD = 8
_UNIT_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_DURATION = re.compile(
    r"\b(?P<half>half\s+)?(?P<number>\d{1,4}(?:\.\d)?\s*|an?\s+)"
    r"(?P<unit>m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])"
)
_CARDINALS = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
} | {"couple": "2", "few": "3", "fifteen": "15", "twenty": "20", "thirty": "30", "ninety": "90"}
_AND_A_HALF = re.compile(r"\b(an?|\d{1,3})\s+(hour|day|week)s?\s+and\s+a\s+half\b")
_TIME_WORD = re.compile(
    r"\d+(?:\.\d+)?(?:[a-z]+)?(?:\d+[a-z]+)?|half|an?|mins?|minutes?|hrs?|hours?|days?|weeks?|[mhdw]"
    r"|couple|few|" + "|".join(_CARDINALS)
)


def thanks(clause: Clause) -> Interpretation | None:
    """Gratitude, and praise for the bot itself."""
    if not clause.has(Sense.THANKS) or not clause.senses <= _FRAME:
        return _praise(clause)
    reads = clause.heard.reads
    others = {Sense.PEOPLE, Sense.FIRST, Sense.HELP, Sense.PASSED, Sense.SHOW, Sense.AUX}
    alone = clause.target is None and clause.senses.isdisjoint(others)
    return Interpretation(Thanks(), explained=alone and len(reads) > 0)


def _praise(clause: Clause) -> Interpretation | None:
    """No more than "great!" or "awesome work": the bot is praised where it is addressed."""
    core = clause.heard.core
    if clause.heard.asks or not core or core[0].text not in _PRAISE:
        return None
    only = all(
        read.text in _PRAISED or read.sense in {Sense.FILLER, Sense.BOT} for read in core[1:]
    )
    return Interpretation(Thanks(), explained=False) if only else None


def help_wanted(clause: Clause) -> Interpretation | None:
    blocked = {Sense.LINK, Sense.A11Y, Sense.ISSUE, Sense.FAIL, Sense.NOT, Sense.WHY}
    if not clause.has(Sense.HELP) or clause.has(*blocked):
        return _about_bot(clause)
    return clause.plainly(AskHelp())


def _about_bot(clause: Clause) -> Interpretation | None:
    """A question such as "what do you know?" or "how can I use you?"."""
    texts = {read.text for read in clause.heard.reads}
    if not clause.has(Sense.SECOND, Sense.BOT, Sense.POLITE) or texts.isdisjoint(_ABILITIES):
        return None
    if any(read.text not in _ABILITIES | {"else"} for read in clause.heard.unread):
        return None
    if clause.opens is not Sense.WH:
        return None
    return Interpretation(AskHelp(), explained=False)


def silence(clause: Clause) -> Interpretation | None:
    """Stop, mute and unmute; never from a sentence that denies or asks about it."""
    if clause.has(Sense.NOT) and clause.has(Sense.NOTIFY) and not clause.has(Sense.STOP):
        return Interpretation(Stop(), explained=False)
    if clause.has(Sense.NOT, Sense.WHY, Sense.COUNT) or clause.opens in {Sense.WH, Sense.AUX}:
        return None
    if clause.has(Sense.UNMUTE) or (clause.has(Sense.MUTE) and clause.opens is Sense.STOP):
        return clause.plainly(Unmute())
    if clause.has(Sense.MUTE):
        reads = clause.heard.reads
        minutes = minutes_in(" ".join(read.text for read in reads))
        times = frozenset(at for at, read in enumerate(reads) if _TIME_WORD.fullmatch(read.text))
        foreign = any(read.sense is None for at, read in enumerate(reads) if at not in times)
        return Interpretation(Mute(minutes=minutes), explained=not foreign, spent=times)
    if clause.has(Sense.STOP) and not clause.has(Sense.FAIL, Sense.PASSED, Sense.ERROR):
        return clause.plainly(Stop())
    return None


def minutes_in(text: str) -> int | None:
    """The time that words like "2h", "30 minutes", "1h30m" or "half an hour" give, in minutes."""
    total = 0.0
    spaced = re.sub(r"(?<=[a-z])(?=\d)", " ", text.lower())
    spaced = _AND_A_HALF.sub(
        lambda match: f"{'1' if match[1][0] == 'a' else match[1]}.5 {match[2]}", spaced
    )
    spaced = re.sub(r"\b(?:a )?(couple|few)(?: of)?\b", r"\1", spaced)
    spaced = " ".join(_CARDINALS.get(word, word) for word in spaced.split())
    for match in _DURATION.finditer(spaced):
        number = 1.0 if match["number"].startswith("a") else float(match["number"])
        total += number * _UNIT_MINUTES[match["unit"][0]] * (0.5 if match["half"] else 1)
    return round(total) or None


def comparison(clause: Clause) -> Interpretation | None:
    than_before = clause.has(Sense.PREVIOUS) and clause.has(Sense.OR_WORSE, Sense.BETTER)
    if not (clause.has(Sense.COMPARE) or than_before) or clause.has(Sense.FIRST, Sense.SECOND):
        return Interpretation(Compare(), explained=False) if _asks_for_news(clause) else None
    found = [
        (at, other)
        for at, read in enumerate(clause.heard.reads)
        if (other := _other_run(clause, at, read)) is not None
    ]
    if not found:
        return clause.plainly(Compare())
    at, other = found[-1]
    spent = frozenset(
        n for n, read in enumerate(clause.heard.reads) if read.raw == clause.heard.reads[at].raw
    )
    unread = {n for n, read in enumerate(clause.heard.reads) if read.sense is None}
    word = clause.heard.reads[at].raw
    explained = unread <= spent and not (word.isalpha() and word.islower())
    return Interpretation(Compare(other=other), explained=explained, spent=spent)


def _asks_for_news(clause: Clause) -> bool:
    """For instance "which failures are new?", "what got fixed?", "did it fail before?"."""
    if clause.target is not None or clause.has(Sense.RERUN, Sense.STATUS, Sense.NOT):
        return False
    texts = {read.text for read in clause.heard.reads}
    if texts.isdisjoint({"how", "fix"}) and clause.has(Sense.WH, Sense.ANY, Sense.AUX, Sense.SHOW):
        what = {Sense.FAIL, Sense.ISSUE, Sense.ERROR, Sense.ANY}
        news = {"new", "newly"} & texts and clause.has(*what)
        return bool(news or "fixed" in texts or (clause.has(Sense.PREVIOUS) and clause.heard.asks))
    return "fix" in texts and clause.opens is Sense.AUX and clause.has(Sense.ANY)


def _other_run(clause: Clause, at: int, read: Read) -> RunReference | None:
    """The run that a word names: a link, `#ID`, `alias/ID`, or a word that is no everyday one."""
    if read.sense is not None and not read.raw.startswith("#"):
        return None
    before = clause.heard.reads[at - 1] if at else None
    led = before is not None and (before.text in _LEADS or before.sense is Sense.COMPARE)
    plain = read.raw.isalpha() and (read.raw.islower() or read.raw.isupper())
    if read.text in COMMON_WORDS or (plain and (not led or len(read.raw) > _LONGEST_RUN_WORD)):
        return None
    try:
        return parse_run_reference(read.raw)
    except UserError:
        return None


def rerun(clause: Clause) -> Interpretation | None:
    """Never from a sentence that denies it, or that asks how an earlier rerun went."""
    if not clause.has(Sense.RERUN):
        return _again(clause)
    if clause.has(Sense.NOT, Sense.WHY, Sense.COUNT):
        return None
    if clause.opens in {Sense.WH, Sense.ANY} or _is_told(clause):
        return None
    failed_only = clause.has(Sense.FAIL, Sense.ERROR)
    if clause.target is None or clause.target.weak:
        return clause.plainly(Rerun(failed_only=failed_only))
    meant = cases_meant(clause.target, clause.names, failing_first=True)
    if not meant.found and failed_only:
        return Interpretation(Rerun(failed_only=True), explained=False)
    return clause.about(meant, lambda case: Rerun(case=case.short_id))


def _again(clause: Clause) -> Interpretation | None:
    """A bare "again, please"; never a question, for "again?" only wonders."""
    alone = {Sense.AGAIN, Sense.FILLER, Sense.POLITE, Sense.BOT, Sense.GREETING, Sense.ALL}
    if not clause.has(Sense.AGAIN) or clause.heard.asks or clause.heard.unread:
        return None
    return Interpretation(Rerun(), explained=False) if clause.senses <= alone else None


def _is_told(clause: Clause) -> bool:
    """Whether it only speaks of one, or wonders: "did the rerun pass?", "the rerun is green"."""
    reads, core = clause.heard.reads, clause.heard.core
    if core[0].text in _WONDERING or (len(reads) == 1 and clause.heard.asks):
        return True  # "should I rerun?", "rerun?"
    at = next(n for n, read in enumerate(reads) if read.sense is Sense.RERUN)
    after = reads[at + 1].sense if at + 1 < len(reads) else None
    return (
        after in {Sense.AUX, Sense.PASSED}
        or (at > 0 and reads[at - 1].text in {"the", "that", "this"})
        or clause.opens is Sense.AUX
    )
