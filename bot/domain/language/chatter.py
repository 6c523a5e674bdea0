"""Sentences of known words that people say to each other all the same."""

from collections.abc import Sequence

from bot.domain.language.headings import ENDINGS, NOUN_SENSES, NOUNS, VERBS
from bot.domain.language.hearing import Read
from bot.domain.language.lexicon import Sense
from bot.domain.question import AskIssues, Reading

_SEVERITIES = frozenset({Sense.CRITICAL, Sense.MAJOR, Sense.MODERATE, Sense.MINOR})
_SINGULAR = frozenset({"issue", "error", "problem", "failure", "test", "case", "run", "report"})


def is_among_people(core: Sequence[Read], reading: Reading) -> bool:
    """Whether it cries out, wonders at what was said, suggests, or is about somebody's work."""
    senses = [read.sense for read in core]
    if senses[0] is Sense.PRONOUN or senses[:2] == [Sense.WHY, Sense.NOT]:
        return True  # "it works?", "why not …"
    if senses[0] is Sense.SHOW and any(read.paused for read in core[1:2]):
        return True  # "name: failed tests"
    if isinstance(reading, AskIssues) and Sense.NOT in senses:
        return True  # "nothing major?"
    return _is_outcry(core) or _is_about_work(core)


def asks_back(core: Sequence[Read], reading: Reading) -> bool:
    """Whether it questions what somebody said: "what issue?", "is that critical?"."""
    plain = [read for read in core if read.sense not in {Sense.AUX, Sense.FILLER}]
    if core[0].text in {"what", "which"} and len(plain) == 2 and plain[1].text in _SINGULAR:
        return True
    if [read.sense for read in core[:2]] == [Sense.AUX, Sense.PRONOUN]:
        return ENDINGS.isdisjoint(read.sense for read in core)
    return isinstance(reading, AskIssues) and _is_predicate(core)


def _is_outcry(core: Sequence[Read]) -> bool:
    """Whether it is no more than "failed?!", "green?" or "failed how?"."""
    told = [r for r in core if r.sense not in {Sense.FILLER, Sense.WH, Sense.WITHIN}]
    cried = VERBS | {Sense.PRODUCT, Sense.AGENT}
    begins = core[0].sense in cried | {Sense.WITHIN}
    return begins and len(told) == 1 and told[0].sense in cried and told[0].text not in NOUNS


def _is_about_work(core: Sequence[Read]) -> bool:
    """Whether it asks about what somebody did: "did it work?", "does this work now?"."""
    senses = {read.sense for read in core}
    worked = any(read.text.startswith("work") for read in core)
    return worked and Sense.PRONOUN in senses and senses.isdisjoint(NOUN_SENSES - {Sense.AUX})


def _is_predicate(core: Sequence[Read]) -> bool:
    """Whether a severity only judges what was said before: "is that critical?"."""
    senses = {read.sense for read in core}
    judged = core[0].sense is Sense.AUX or core[0].text == "how"
    return judged and senses <= _SEVERITIES | {Sense.AUX, Sense.PRONOUN, Sense.FILLER, Sense.WH}
