"""From a sentence to a question: deterministic, forgiving, grounded only in the run's data.

No service and no model: a closed vocabulary, the names of the run, and the order of the rules in
`interpreting`. A sentence that was said to the bot always gets a question, a choice or examples;
one that was not is answered only where `attention` finds it clearly meant for the bot.
"""

import re

from bot.domain.language.attention import is_idle, is_meant_for_bot, is_vocative
from bot.domain.language.hearing import hear
from bot.domain.language.interpreting import interpret
from bot.domain.language.names import Names
from bot.domain.language.wording import Wording, read_wording
from bot.domain.question import AskHelp, LeaveAlone, NotUnderstood, Reading, Thanks
from bot.domain.run import Run
from bot.domain.suggestion import examples

_CODE = re.compile(r"[={}\[\]\\|$~^](?![^<>]*>)")
"""Marks that pasted code has and questions have not, outside Slack's `<…|…>`."""

LONGEST_QUESTION = 300
"""Characters. Nobody asks a question about a run in more; a pasted log is none."""


def understand(sentence: str, run: Run, *, addressed: bool) -> Reading:
    """Read a message in a run's thread as a question about that run.

    Args:
        sentence: the message as Slack sent it, markup and all.
        run: the run with its test cases and issues; names are settled against it.
        addressed: whether the bot was mentioned, or written to directly. Such a message is
            always answered; another only where it is clearly a question to the bot.

    Returns:
        A question; `Ambiguous` where several names match about as well; `NotUnderstood` with three
        examples (addressed only); `LeaveAlone` (unaddressed only).
    """
    if not addressed and (len(sentence) > LONGEST_QUESTION or _CODE.search(sentence)):
        return LeaveAlone()
    wording = read_wording(sentence[: 8 * LONGEST_QUESTION])
    if wording.to_people and not addressed:
        return LeaveAlone()
    names = Names(run)
    if addressed:
        reading = _addressed(wording, names)
        return reading if reading is not None else NotUnderstood(examples=examples(run))
    return _overheard(wording, names)


def _addressed(wording: Wording, names: Names) -> Reading | None:
    """The first sentence that asks for something; greetings and thanks only when none does."""
    if not wording.sentences:
        return AskHelp()
    found = [interpret(hear(sentence, names), names) for sentence in wording.sentences]
    readings = [one.reading for one in found if one is not None]
    if None in found and all(isinstance(reading, AskHelp) for reading in readings):
        readings = []  # "Hi! <something not understood>" is no wish for help
    asking = [reading for reading in readings if not isinstance(reading, AskHelp | Thanks)]
    for reading in (*asking, *readings):
        return reading
    whole = interpret(hear(wording.joined, names), names)
    return whole.reading if whole is not None else None


def _overheard(wording: Wording, names: Names) -> Reading:
    """Every sentence must be meant for the bot; the first that asks for something is read."""
    heard = [hear(sentence, names) for sentence in wording.sentences]
    if any(is_vocative(one) for one in heard):
        return _addressed(wording, names) or LeaveAlone()
    found: list[Reading] = []
    for one in heard:
        meaning = interpret(one, names)
        if meaning is None or not is_meant_for_bot(one, meaning):
            if is_idle(one):
                continue
            return LeaveAlone()
        found.append(meaning.reading)
    asking = [reading for reading in found if not isinstance(reading, Thanks)]
    return next(iter([*asking, *found]), LeaveAlone())
