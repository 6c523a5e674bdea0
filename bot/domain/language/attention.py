"""Whether a sentence that nobody addressed to the bot is clearly meant for it.

People talk to each other in a thread, and to be interrupted is worse for them than to have to
mention the bot. So every word must be explained by the vocabulary or by the run's names, and the
sentence must have the form of a question, of a command, or of a bare heading ("failed tests").
"""

from bot.domain.language.chatter import asks_back, is_among_people
from bot.domain.language.clause import Interpretation
from bot.domain.language.headings import ENDINGS, VERBS, is_heading
from bot.domain.language.hearing import OPENINGS, Heard, Read
from bot.domain.language.lexicon import Sense
from bot.domain.question import (
    Ambiguous,
    AskGoal,
    AskHelp,
    AskIssue,
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
_STATED = ENDINGS | {Sense.WHY, Sense.GOAL, Sense.VERIFY, Sense.ISSUE, Sense.DETAIL, Sense.A11Y}
_OPEN_COMMANDS = frozenset({Sense.SHOW, Sense.DETAIL, Sense.COMPARE})
_COMPARING = frozenset({Sense.COMPARE, Sense.WH, Sense.SHOW, Sense.ANY, Sense.AUX})
_WH_WORDS = frozenset({"what", "how", "where"})
_ASKING = frozenset({Sense.WH, Sense.COUNT, Sense.ANY})
_STOPPABLE = frozenset(
    {
        *(Sense.STOP, Sense.MUTE, Sense.UNMUTE, Sense.NOTIFY, Sense.RUN, Sense.PRONOUN),
        *(Sense.WITHIN, Sense.FILLER, None),
    }
)
_RERUNNABLE = frozenset(
    {
        *(Sense.FILLER, Sense.PRONOUN, Sense.RUN, Sense.CASE, Sense.CASES, Sense.FAIL, None),
        *(Sense.ERROR, Sense.ALL, Sense.ONLY, Sense.AUX, Sense.WITHIN, Sense.RERUN, Sense.THANKS),
    }
)
_PLEASE = frozenset({"please", "pls", "plz", "plse", "kindly", "ok", "okay", "just"})
"""What may stand before "rerun": not "going to", which tells of a plan."""


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
    if asks_back(heard.core, reading):
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
    match reading.choices[0].question if isinstance(reading, Ambiguous) else reading:
        case Stop() | Mute() | Unmute():
            return not read.soft or read.sense is Sense.NOTIFY
        case AskGoal():
            return not read.soft or read.sense is Sense.VERIFY
    return not read.soft


def _wants_something_done(heard: Heard, wish: Wish) -> bool:
    core, before = heard.core, heard.reads[: len(heard.reads) - len(heard.core)]
    senses = {read.sense for read in core}
    if any(read.sense is Sense.POLITE for read in before) and not (
        isinstance(wish, Rerun) and len(core) > 1
    ):
        return False  # "could you retry?" is said to somebody
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
    senses = [read.sense for read in heard.core]
    if is_among_people(heard.core, reading):
        return False
    if isinstance(reading, AskHelp):
        return set(senses) <= {Sense.HELP, Sense.FILLER, Sense.BOT}
    if senses[0] is Sense.WHY:
        return isinstance(reading, AskWhy) or not VERBS.isdisjoint(senses)
    if _names_only(reading) and _STATED.isdisjoint(senses):
        return senses[0] is Sense.AUX and heard.core[-1].text in {"ok", "okay"}
    return _has_form_of_question(heard) or is_heading(heard, reading)


def _has_form_of_question(heard: Heard) -> bool:
    core = heard.core
    senses = [read.sense for read in core]
    if (
        senses[0] in _OPEN_COMMANDS | _ASKING
        or core[0].text.split()[0] in _WH_WORDS
        or senses[-1] is Sense.WHY
    ):
        return True  # "checkout, why?" asks too
    if heard.asks:
        return not set(senses) <= {None, Sense.FILLER, Sense.WITHIN}
    if senses[0] is Sense.AUX:
        return len(senses) > 1 and (senses[1] not in VERBS or senses[-1] is Sense.ANY)
    return False


def _names_only(reading: Reading) -> bool:
    """Whether a name alone may have made it a question, so that more words must speak for one."""
    asked = reading.choices[0].question if isinstance(reading, Ambiguous) else reading
    return isinstance(asked, AskWhy | AskIssue)
