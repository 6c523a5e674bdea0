"""What a sentence is about: the words, number or short ID that name a test case or an issue."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.language.everyday import COMMON_WORDS
from bot.domain.language.hearing import Heard, Read
from bot.domain.language.lexicon import WEAK_NOUNS, Sense
from bot.domain.language.names import Names
from bot.domain.language.naming import Match, best_of, matches, number_in
from bot.domain.listing import Named, label
from bot.domain.question import Ambiguous, AskUnknown, Choice, Question
from bot.domain.run import Issue, Outcome, RunTestCase

_PREFERRED_WITHIN = 0.2
_DURATION = re.compile(r"\d+(?:m|min|mins|h|hr|hrs|d)(?:\d+m)?")
_NUMBER_LED = frozenset({"number", "num", "nr", "no", "case", "test", "testcase", "issue"})
_SINGULAR = frozenset({"failure", "issue", "problem", "error", "finding", "violation", "failed"})
_CARDINALS = frozenset(
    {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
)
_DIGITS = re.compile(r"\d{1,6}(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Target:
    """What was named.

    Attributes:
        text: as it was typed, for an answer that has to say that there is no such thing.
        number: a position in the list, -1 for the last.
        named: the one whose short ID was typed.
        within: a preposition led it in: "in checkout", "on the login page".
        quoted: it stood in quotation marks.
        weak: nothing but "page", "user" and the like.
        spent: positions of the words that it was read from.
    """

    words: tuple[str, ...]
    text: str
    number: int | None = None
    named: Named | None = None
    within: bool = False
    quoted: bool = False
    spent: frozenset[int] = frozenset()

    weak: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """What a target matched, the best first; `explained` when no word was left over."""

    found: tuple[Named, ...] = ()
    explained: bool = False
    score: float = 0.0


def target_of(heard: Heard, names: Names) -> Target | None:
    """The name, number or short ID in a sentence; None where it is about the run as a whole."""
    numbers = {at: number for at in range(len(heard.reads)) if (number := _number(heard, at))}
    named = [
        (at, read)
        for at, read in enumerate(heard.reads)
        if at in numbers or (read.sense is None and not _is_passing(read, heard, at, names))
    ]
    if not named:
        return None
    first = named[0][0]
    within = any(
        heard.reads[at].sense is Sense.WITHIN
        and all(read.sense in _BETWEEN for read in heard.reads[at + 1 : first])
        for at in range(first)
    )
    words = [(at, read) for at, read in named if at not in numbers]
    if words:
        # "Customer 17" is a name where one has that number; else it is foreign to the name.
        named = [(at, read) for at, read in named if at not in numbers or read.text in names.words]
        words = named
    identified = next((read.named for _, read in words if read.named is not None), None)
    return Target(
        words=tuple(read.text for _, read in words),
        text=_as_typed([read for _, read in words or named]),
        number=next(iter(numbers.values()), None) if not words else None,
        named=identified,
        within=within,
        quoted=any(read.quoted for _, read in words),
        spent=frozenset(at for at, _ in named),
        weak=not numbers and {read.text for _, read in words} <= WEAK_NOUNS,
    )


_BETWEEN = frozenset({Sense.FILLER, Sense.CASE, Sense.CASES, Sense.PRONOUN, None})


def cases_meant(target: Target, names: Names, *, failing_first: bool = False) -> Meant:
    """The test cases that a target may mean; `failing_first` where it was said to have failed."""
    if isinstance(target.named, RunTestCase):
        return Meant((target.named,), explained=True, score=1.0)
    if target.number is not None:
        broken = [case for case in names.cases if _is_failing(case)] if failing_first else []
        from_end = target.number < 0 and broken  # "the last one failed": the last of those
        return _numbered(target.number, broken if from_end else names.cases)
    found = matches(target.words, names.cases)
    if not found:
        return Meant()
    meant = best_of(found)
    if failing_first:
        wider = [match for match in found if match.score > found[0].score - _PREFERRED_WITHIN]
        failing = [match for match in wider if _is_failing(match.named)]
        meant = best_of(failing) if failing else meant
    return _meant(meant)


def issues_meant(target: Target, names: Names) -> Meant:
    """The issues that a target may mean."""
    if isinstance(target.named, Issue):
        return Meant((target.named,), explained=True, score=1.0)
    if target.number is not None:
        return _numbered(target.number, names.issues)
    found = matches(target.words, names.issues)
    if not found:
        return Meant()
    meant = best_of(found)
    return _meant(meant)


def question_about(
    meant: Meant, target: Target, ask: Callable[[Named], Question], what: str
) -> Question | Ambiguous:
    """The question about the one that was meant; a choice of several; or that there is none."""
    if len(meant.found) == 1:
        return ask(meant.found[0])
    if meant.found:
        choices = tuple(Choice(label=label(one), question=ask(one)) for one in meant.found)
        return Ambiguous(text=target.text, choices=choices)
    return AskUnknown(what="issue" if what == "issue" else "case", text=target.text)


def _meant(near: Sequence[Match]) -> Meant:
    best = near[0].score
    return Meant(tuple(match.named for match in near), near[0].complete, best)


def _numbered(number: int, among: Sequence[Named]) -> Meant:
    at = number - 1 if number > 0 else len(among) + number
    found = (among[at],) if 0 <= at < len(among) else ()
    return Meant(found, explained=bool(found), score=float(bool(found)))


def _is_failing(named: Named) -> bool:
    return isinstance(named, RunTestCase) and named.outcome in {Outcome.FAILED, Outcome.ERRORED}


def _is_passing(read: Read, heard: Heard, at: int, names: Names) -> bool:
    """Whether a word names nothing: a count, or an everyday word that no name of the run has."""
    everyday = read.text in COMMON_WORDS and read.text not in names.words
    if read.is_link:
        return read.named is None  # it leads elsewhere; the word "link" in a name is not meant
    return (everyday and not read.quoted) or _is_count(heard, at)


def _number(heard: Heard, at: int) -> int | None:
    """The position in the list that the word there gives, if it gives one."""
    read = heard.reads[at]
    number = number_in(read.text)
    if number is None or read.quoted:
        return None
    if read.raw.startswith("#"):
        return number
    if _DIGITS.fullmatch(read.text):
        return None if _is_count(heard, at) else number
    if read.text in _CARDINALS:
        led = at > 0 and heard.reads[at - 1].text in _NUMBER_LED
        return number if led else None
    following = heard.reads[at + 1 : at + 4]
    singular = any(one.sense is Sense.CASE or one.text in _SINGULAR for one in following)
    return number if singular else None


def _is_count(heard: Heard, at: int) -> bool:
    """A number of things, not the number of one: "3 tests", "the 2 failures"."""
    text = heard.reads[at].text
    if _DURATION.fullmatch(text):
        return False
    if not text.isdigit() and text not in _CARDINALS:
        return False
    after = heard.reads[at + 1] if at + 1 < len(heard.reads) else None
    if heard.reads[at].raw.startswith("#") or after is None:
        return False
    led = at > 0 and heard.reads[at - 1].text in _NUMBER_LED | {"is", "was", "did", "does", "why"}
    plural = after.sense is Sense.CASES or after.text in {"failures", "issues", "problems"}
    return plural or (not led and after.text in {"failed", "failing", "broken", "red"})


def _as_typed(reads: Sequence[Read]) -> str:
    """The words as they were typed, each token once."""
    typed: list[str] = []
    for read in reads:
        if not typed or typed[-1] != read.raw:
            typed.append(read.raw)
    return " ".join(typed)
