"""Whether a sentence that nobody addressed to the bot is clearly meant for it.

People talk to each other in a thread, and to be interrupted is worse for them than to have to
mention the bot. So every word must be explained by the vocabulary or by the run's names, and the
sentence must have the form of a question, of a command, or of a bare heading ("failed tests").
"""

from collections.abc import Sequence
from itertools import pairwise

from bot.domain.hearing import Heard, Read
from bot.domain.lexicon import Sense
from bot.domain.question import (
    AskGoal,
    AskHelp,
    AskIssues,
    AskSummary,
    AskUnknown,
    AskWhy,
    Mute,
    NotUnderstood,
    Reading,
    Rerun,
    Stop,
    Thanks,
    Unmute,
)

_TO_PEOPLE = frozenset({Sense.PEOPLE, Sense.FIRST, Sense.SECOND, Sense.AGAIN})
_OPENINGS = frozenset({Sense.GREETING, Sense.BOT, Sense.FILLER, Sense.POLITE, Sense.THANKS})
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
_ASKING = frozenset({Sense.WH, Sense.COUNT, Sense.ANY})
_NOUN_SENSES = frozenset({Sense.RUN, Sense.CASE, Sense.CASES, Sense.ISSUE, Sense.AUX})
_VERBS = frozenset({Sense.FAIL, Sense.PASS, Sense.SKIP, Sense.ERROR, Sense.CANCEL})
_STOPPABLE = frozenset(
    {Sense.STOP, Sense.MUTE, Sense.UNMUTE, Sense.NOTIFY, Sense.RUN, Sense.PRONOUN, Sense.WITHIN}
)
_SEVERITIES = frozenset({Sense.CRITICAL, Sense.MAJOR, Sense.MODERATE, Sense.MINOR})
_RERUNNABLE = frozenset(
    {
        *(Sense.FILLER, Sense.PRONOUN, Sense.RUN, Sense.CASE, Sense.CASES, Sense.FAIL),
        *(Sense.ERROR, Sense.ALL, Sense.ONLY, Sense.AUX, Sense.WITHIN, None),
    }
)
_IMPERATIVES = frozenset({"skip", "fail", "pass", "break", "crash", "cancel", "abort"})
_HEADINGS = frozenset({"failed", "failures", "failure", "skipped", "errors", "problems", "issues"})
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
    return all(read.sense in _OPENINGS for read in heard.reads)


def is_meant_for_bot(
    heard: Heard, reading: Reading, *, explained: bool, spent: frozenset[int]
) -> bool:
    """Whether an unaddressed sentence is to be answered.

    Args:
        heard: the whole message.
        reading: what it would ask, were it addressed.
        explained: every name in it is one of the run's.
        spent: positions of the words that the reading took for a name or a number.
    """
    if isinstance(reading, NotUnderstood | AskUnknown) or not explained:
        return False
    rest = [read for at, read in enumerate(heard.reads) if at not in spent]
    stopping = isinstance(reading, Stop | Mute | Unmute)
    if any(read.sense is None or read.sense in _TO_PEOPLE for read in rest):
        return False
    expected = Sense.NOTIFY if stopping else Sense.VERIFY if isinstance(reading, AskGoal) else None
    if any(read.soft and read.sense is not expected for read in rest):
        return False
    if isinstance(reading, Thanks):
        return all(read.sense in _GRATEFUL for read in rest)
    if isinstance(reading, AskHelp) and is_idle(heard):
        return False
    polite = any(read.sense is Sense.POLITE for read in rest)
    core = _without_openings(heard.reads)
    if not core or (polite and core[0].sense not in _COMMANDS):
        return False
    return _has_form(core, heard, reading)


def _has_form(core: Sequence[Read], heard: Heard, reading: Reading) -> bool:
    senses = [read.sense for read in core]
    first = senses[0]
    match reading:
        case Stop() | Mute() | Unmute():
            return all(sense in _STOPPABLE or sense in {None, Sense.FILLER} for sense in senses)
        case Rerun():
            return first is Sense.RERUN and not {Sense.AUX, Sense.PASS, Sense.NOT} & set(
                senses[1:2]
            )
        case AskHelp():
            return all(sense in {Sense.HELP, Sense.FILLER, Sense.BOT} for sense in senses)
    if first is Sense.WHY:
        return bool(_VERBS & set(senses)) or isinstance(reading, AskWhy)
    if isinstance(reading, AskIssues) and _is_predicate(core):
        return False
    if first in _ASKING or first in _OPEN_COMMANDS:
        return True
    if heard.asks:
        return any(sense not in {None, Sense.FILLER, Sense.WITHIN} for sense in senses)
    if first is Sense.AUX:
        return len(senses) > 1 and senses[1] not in _VERBS
    begins = len(heard.reads) - len(core)
    determined = begins > 0 and heard.reads[begins - 1].text in {"the", "a", "an"}
    return not determined and _is_heading(core, reading)


def _is_predicate(core: Sequence[Read]) -> bool:
    """Whether a severity only judges what was said before: "is that critical?"."""
    senses = {read.sense for read in core}
    judged = core[0].sense is Sense.AUX or core[0].text == "how"
    return judged and senses <= _SEVERITIES | {Sense.AUX, Sense.PRONOUN, Sense.FILLER, Sense.WH}


def _is_heading(core: Sequence[Read], reading: Reading) -> bool:
    """No verb, so no statement: "failed tests", "console errors", "status of checkout"."""
    senses = [read.sense for read in core]
    finite = any(
        read.sense is Sense.AUX and before.text not in {"that", "which"}
        for before, read in pairwise(core)
    )
    loose = any(
        read.sense is Sense.PRONOUN and after not in _NOUN_SENSES
        for read, after in zip(core, [*senses[1:], None], strict=True)
    )
    if finite or loose or Sense.NOT in senses:
        return False
    if isinstance(reading, AskSummary | AskWhy) and senses[0] is not Sense.STATUS:
        return False
    if any(read.text in _STATES | _IMPERATIVES for read in core):
        return False
    last = next(read for read in reversed(core) if read.sense is not Sense.FILLER)
    if len(core) == 1 or last is core[0]:
        return last.sense not in _VERBS or last.text in _HEADINGS
    return last.sense not in _VERBS or last.text in _NOUNS


def _without_openings(reads: Sequence[Read]) -> Sequence[Read]:
    start = 0
    while start < len(reads) and reads[start].sense in _OPENINGS:
        start += 1
    return reads[start:]
