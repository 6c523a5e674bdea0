"""Whether a sentence that nobody addressed to the bot is clearly meant for it.

People talk to each other in a thread, and to be interrupted is worse for them than to have to
mention the bot. So every word must be explained by the vocabulary or by the run's names, and the
sentence must have the form of a question, of a command, or of a bare heading ("failed tests").
"""

from collections.abc import Sequence
from itertools import pairwise

from bot.domain.language.clause import Interpretation
from bot.domain.language.hearing import OPENINGS, Heard, Read
from bot.domain.language.lexicon import Sense
from bot.domain.question import (
    Ambiguous,
    AskGoal,
    AskHelp,
    AskIssue,
    AskIssues,
    AskSummary,
    AskUnknown,
    AskWhy,
    Compare,
    Mute,
    Reading,
    Rerun,
    Stop,
    Thanks,
    Unmute,
    Wish,
)

_TO_PEOPLE = frozenset({Sense.PEOPLE, Sense.FIRST, Sense.SECOND, Sense.AGAIN})
_GRATEFUL = frozenset(
    {Sense.THANKS, Sense.FILLER, Sense.BOT, Sense.GREETING, Sense.SECOND, Sense.PRONOUN}
)
_COMMANDS = frozenset(
    {
        *(Sense.SHOW, Sense.RERUN, Sense.COMPARE, Sense.STOP, Sense.MUTE, Sense.UNMUTE),
        *(Sense.DETAIL, Sense.STATUS),
    }
)
_OPEN_COMMANDS = frozenset({Sense.SHOW, Sense.DETAIL, Sense.COMPARE})
_COMPARING = frozenset({Sense.COMPARE, Sense.WH, Sense.SHOW, Sense.ANY, Sense.AUX})
_WH_WORDS = frozenset({"what", "how", "where"})
_ASKING = frozenset({Sense.WH, Sense.COUNT, Sense.ANY})
_ENDINGS = frozenset(
    {Sense.FAIL, Sense.PASSED, Sense.SKIP, Sense.ERROR, Sense.CANCEL, Sense.STATUS, Sense.PENDING}
)
_STATED = _ENDINGS | {Sense.WHY, Sense.GOAL, Sense.VERIFY, Sense.ISSUE, Sense.DETAIL, Sense.A11Y}
_NOUN_SENSES = frozenset({Sense.RUN, Sense.CASE, Sense.CASES, Sense.ISSUE, Sense.AUX})
_VERBS = frozenset({Sense.FAIL, Sense.PASSED, Sense.SKIP, Sense.ERROR, Sense.CANCEL})
_STOPPABLE = frozenset(
    {
        *(Sense.STOP, Sense.MUTE, Sense.UNMUTE, Sense.NOTIFY, Sense.RUN, Sense.PRONOUN),
        *(Sense.WITHIN, Sense.FILLER, None),
    }
)
_SEVERITIES = frozenset({Sense.CRITICAL, Sense.MAJOR, Sense.MODERATE, Sense.MINOR})
_RERUNNABLE = frozenset(
    {
        *(Sense.FILLER, Sense.PRONOUN, Sense.RUN, Sense.CASE, Sense.CASES, Sense.FAIL),
        *(
            Sense.ERROR,
            Sense.ALL,
            Sense.ONLY,
            Sense.AUX,
            Sense.WITHIN,
            Sense.RERUN,
            None,
            Sense.THANKS,
        ),
    }
)
_PLEASE = frozenset({"please", "pls", "plz", "plse", "kindly", "ok", "okay", "just"})
"""What may stand before "rerun": not "going to", which tells of a plan."""
_SINGULAR = frozenset({"issue", "error", "problem", "failure", "test", "case", "run", "report"})
_IMPERATIVES = frozenset({"skip", "fail", "pass", "break", "crash", "cancel", "abort"})
_STATES = frozenset({"finished", "done", "ended", "complete", "completed", "happened", "reports"})
_NOUNS = frozenset(
    {"failure", "failures", "error", "errors", "crashes", "faults", "cause", "reason"}
)


def is_vocative(heard: Heard) -> bool:
    """Whether it calls the bot by name: "hey bot, …", "bot: …", "…, bot"."""
    reads = heard.reads
    if len(reads) < 2:
        return False
    if reads[0].sense is Sense.GREETING and reads[1].sense is Sense.BOT:
        return True
    if reads[0].sense is Sense.BOT:
        return reads[1].paused or reads[1].sense in _COMMANDS | _ASKING | {Sense.WHY, Sense.POLITE}
    return reads[-1].sense is Sense.BOT and reads[-1].paused


def is_idle(heard: Heard) -> bool:
    """Whether it is a greeting or a please, which goes with any question."""
    return all(read.sense in OPENINGS for read in heard.reads)


def is_meant_for_bot(heard: Heard, found: Interpretation) -> bool:
    """Whether an unaddressed sentence is to be answered; `found` is what it would ask."""
    reading = found.reading
    if isinstance(reading, AskUnknown) or not found.explained:
        return False
    rest = [read for at, read in enumerate(heard.reads) if at not in found.spent]
    if not all(_is_ours(read, reading) for read in rest):
        return False
    if isinstance(reading, Thanks):
        return {read.sense for read in rest} <= _GRATEFUL
    if not heard.core:
        return False
    if any(read.sense is Sense.POLITE for read in rest) and heard.core[0].sense not in _COMMANDS:
        return False
    if _asks_back(heard.core, reading):
        return False
    if isinstance(reading, Wish):
        return _wants_something_done(heard, reading)
    return _asks_something(heard, reading)


def _is_ours(read: Read, reading: Reading) -> bool:
    """Whether a word is explained, and not one that people rather say to each other."""
    if read.sense is None or read.sense in _TO_PEOPLE:
        return False
    if read.sense is Sense.PREVIOUS and not isinstance(reading, Compare):
        return False
    match reading:
        case Stop() | Mute() | Unmute():
            return not read.soft or read.sense is Sense.NOTIFY
        case AskGoal():
            return not read.soft or read.sense is Sense.VERIFY
    return not read.soft


def _wants_something_done(heard: Heard, wish: Wish) -> bool:
    core, before = heard.core, heard.reads[: len(heard.reads) - len(heard.core)]
    senses = {read.sense for read in core}
    match wish:
        case Stop() if not senses & {Sense.NOTIFY, Sense.RUN}:
            return len(core) == 1 and core[0].text != "stop"  # people shout "stop!" themselves
        case Stop() | Mute() | Unmute():
            return senses <= _STOPPABLE
        case Rerun():
            begins = core[0].sense is Sense.RERUN and all(
                read.sense is not Sense.FILLER or read.text in _PLEASE for read in before
            )
            return begins and senses <= _RERUNNABLE
        case _:
            return core[0].sense in _COMPARING


def _asks_something(heard: Heard, reading: Reading) -> bool:
    core = heard.core
    senses = [read.sense for read in core]
    first = senses[0]
    if first is Sense.PRONOUN or (isinstance(reading, AskIssues) and Sense.NOT in senses):
        return False  # "it works?", "nothing major?" wonder at what was said
    if isinstance(reading, AskHelp):
        return set(senses) <= {Sense.HELP, Sense.FILLER, Sense.BOT}
    if first is Sense.WHY:
        if senses[1:2] == [Sense.NOT]:
            return False  # "why not …" suggests
        return isinstance(reading, AskWhy) or not _VERBS.isdisjoint(senses)
    if _names_only(reading) and _STATED.isdisjoint(senses):
        return first is Sense.AUX and core[-1].text in {"ok", "okay"}
    if first in _OPEN_COMMANDS:
        return not any(read.paused for read in core[1:2])  # "name: …" is no command
    if first in _ASKING or core[0].text.split()[0] in _WH_WORDS:
        return True
    if isinstance(reading, AskWhy) and senses[-1] is Sense.WHY:
        return True  # "checkout, why?"
    if heard.asks:
        return not set(senses) <= {None, Sense.FILLER, Sense.WITHIN}
    if first is Sense.AUX:
        return len(senses) > 1 and (senses[1] not in _VERBS or senses[-1] is Sense.ANY)
    return _is_heading(heard, reading)


def _names_only(reading: Reading) -> bool:
    """Whether a name alone may have made it a question, so that more words must speak for one."""
    asked = reading.choices[0].question if isinstance(reading, Ambiguous) else reading
    return isinstance(asked, AskWhy | AskIssue)


def _asks_back(core: Sequence[Read], reading: Reading) -> bool:
    """Whether it questions what somebody said: "what issue?", "is that critical?"."""
    plain = [read for read in core if read.sense not in {Sense.AUX, Sense.FILLER}]
    if core[0].text in {"what", "which"} and len(plain) == 2 and plain[1].text in _SINGULAR:
        return True
    if [read.sense for read in core[:2]] == [Sense.AUX, Sense.PRONOUN]:
        return _ENDINGS.isdisjoint(read.sense for read in core)
    return isinstance(reading, AskIssues) and _is_predicate(core)


def _is_predicate(core: Sequence[Read]) -> bool:
    """Whether a severity only judges what was said before: "is that critical?"."""
    senses = {read.sense for read in core}
    judged = core[0].sense is Sense.AUX or core[0].text == "how"
    return judged and senses <= _SEVERITIES | {Sense.AUX, Sense.PRONOUN, Sense.FILLER, Sense.WH}


def _is_heading(heard: Heard, reading: Reading) -> bool:
    """No verb, so no statement: "failed tests", "console errors", "status of checkout"."""
    core = heard.core
    before = heard.reads[-len(core) - 1 : -len(core)]
    if before and before[0].text in {"the", "a", "an"}:
        return False
    senses = [read.sense for read in core]
    finite = any(
        read.sense is Sense.AUX and (before is core[0] or before.text not in {"that", "which"})
        for before, read in pairwise(core)
    )
    bare = senses[0] in _VERBS and core[0].text not in _NOUNS
    loose = any(
        read.sense is Sense.PRONOUN and after not in _NOUN_SENSES
        for read, after in zip(core, [*senses[1:], None], strict=True)
    )
    if finite or loose or Sense.NOT in senses:
        return False
    if bare and _NOUN_SENSES.isdisjoint(senses):
        return False
    named_first = senses[0] is Sense.RUN and Sense.STATUS in senses[1:2]  # "run status"
    if isinstance(reading, AskSummary | AskWhy) and not (senses[0] is Sense.STATUS or named_first):
        return False
    if any(read.text in _STATES | _IMPERATIVES for read in core):
        return False
    last = next(read for read in reversed(core) if read.sense is not Sense.FILLER)
    return last.sense not in _VERBS or last.text in _NOUNS
