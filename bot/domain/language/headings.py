"""Bare headings, which ask for a list without a verb: "failed tests", "console errors"."""

from collections.abc import Sequence
from itertools import pairwise

from bot.domain.language.hearing import Heard, Read
from bot.domain.language.lexicon import Sense
from bot.domain.question import AskSummary, AskWhy, Reading

VERBS = frozenset({Sense.FAIL, Sense.PASSED, Sense.SKIP, Sense.ERROR, Sense.CANCEL})
"""How a test case can end, as people say it: "failed" may be a verb or not."""
ENDINGS = VERBS | {Sense.STATUS, Sense.PENDING}
NOUNS = frozenset(
    {
        *("failure", "failures", "fails", "skips", "error", "errors", "crashes", "faults"),
        *("cause", "reason"),
    }
)
"""Words of the senses in `VERBS` that are no verbs."""
NOUN_SENSES = frozenset({Sense.RUN, Sense.CASE, Sense.CASES, Sense.ISSUE, Sense.AUX})
_IMPERATIVES = frozenset({"skip", "fail", "pass", "break", "crash", "cancel", "abort"})
_STATES = frozenset({"finished", "done", "ended", "complete", "completed", "happened", "reports"})


def is_heading(heard: Heard, reading: Reading) -> bool:
    """No verb, so no statement: "failed tests", "console errors", "status of checkout"."""
    core = heard.core
    before = heard.reads[-len(core) - 1 : -len(core)]
    if before and before[0].text in {"the", "a", "an"}:
        return False
    senses = [read.sense for read in core]
    if _is_finite(core) or _points_back(core) or Sense.NOT in senses:
        return False
    bare = senses[0] in VERBS and core[0].text not in NOUNS
    if bare and NOUN_SENSES.isdisjoint(senses):
        return False
    named_first = senses[0] is Sense.RUN and Sense.STATUS in senses[1:2]  # "run status"
    if isinstance(reading, AskSummary | AskWhy) and not (senses[0] is Sense.STATUS or named_first):
        return False
    if any(read.text in _STATES | _IMPERATIVES for read in core):
        return False
    last = next(read for read in reversed(core) if read.sense is not Sense.FILLER)
    return last.sense not in VERBS or last.text in NOUNS


def _is_finite(core: Sequence[Read]) -> bool:
    """Whether an auxiliary makes it a statement: "the tests are red", but not "that are red"."""
    return any(
        read.sense is Sense.AUX and (before is core[0] or before.text not in {"that", "which"})
        for before, read in pairwise(core)
    )


def _points_back(core: Sequence[Read]) -> bool:
    """Whether a pronoun stands alone, for what somebody has said."""
    following = [*(read.sense for read in core[1:]), None]
    return any(
        read.sense is Sense.PRONOUN and after not in NOUN_SENSES
        for read, after in zip(core, following, strict=True)
    )
