"""Which test case or issue a name means: part of it, misspelt, a short ID, or a number.

Scores run from 0 to 1: the share of what was typed that a name explains, where a word that few
names have weighs more than one that all of them have.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from bot.domain.language.everyday import COMMON_WORDS
from bot.domain.language.lexicon import VOCABULARY, WEAK_NOUNS
from bot.domain.language.wording import plain, words_of
from bot.domain.listing import Named, label

_MATCHES_FROM = 0.6
"""A name that explains less than this of the words was not meant."""
_NEAR = 0.08
"""Scores that lie closer than this are near matches."""
_SIMILAR_FROM = 78.0
_PREFIX_LETTERS = 3
_WORDS_OF_A_NAME = 40
_ORDINALS = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), 1
    )
} | {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
    )
}


@dataclass(frozen=True, slots=True)
class Match:
    """A name that may be meant.

    Attributes:
        score: 1.0 when it explains every word; a little more when it is the whole name.
        complete: whether it leaves no word over but "page" and the like.
    """

    named: Named
    score: float
    complete: bool = True


def number_in(word: str) -> int | None:
    """The position that a word like "2", "2nd", "second" or "last" gives; -1 is the last."""
    digits = word.removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th")
    if digits.isascii() and digits.isdigit() and len(digits) <= 6:
        return int(digits)
    return -1 if word == "last" else _ORDINALS.get(word)


def by_short_id(raw: str, among: Sequence[Named]) -> Named | None:
    """The one that this token is the short ID of, or the link of."""
    last = raw.rstrip("/").split("?")[0].rsplit("/", 1)[-1].lstrip("#")
    for named in among:
        if named.short_id == last:
            return named
    if not any(mark.isdigit() for mark in last):
        return None  # "cart" is no slip of the ID "cArT"
    folded = [named for named in among if named.short_id.casefold() == last.casefold()]
    return folded[0] if len(folded) == 1 else None


def matches(words: Sequence[str], among: Sequence[Named]) -> tuple[Match, ...]:
    """Every name that explains at least `_MATCHES_FROM` of the words, the best first."""
    if len(words) > _WORDS_OF_A_NAME:
        return ()
    scored = (match for match in _scored(words, among) if match.score >= _MATCHES_FROM)
    return tuple(sorted(scored, key=lambda match: -match.score))


def best_of(found: Sequence[Match]) -> tuple[Match, ...]:
    """The matches that lie near the best: one where it is clear which was meant."""
    return tuple(match for match in found if match.score > found[0].score - _NEAR)


def nearest(text: str, among: Sequence[Named], limit: int = 3) -> tuple[Named, ...]:
    """The names that look most like a text that matched none."""
    typed = words_of(text)[:_WORDS_OF_A_NAME]
    alike = sorted(
        _scored(typed, among),
        key=lambda match: -match.score - fuzz.WRatio(" ".join(typed), _shown(match.named)) / 200,
    )
    return tuple(match.named for match in alike[:limit])


def similarity(word: str, other: str) -> float:
    """How far two words are the same: 1 equal, 0.9 one begins with the other, less for slips."""
    if word == other:
        return 1.0
    if word in COMMON_WORDS:
        return 0.0
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) >= _PREFIX_LETTERS and shorter not in VOCABULARY and longer.startswith(shorter):
        return 0.9
    if len(shorter) <= _PREFIX_LETTERS or (word[0] != other[0] and len(shorter) < 6):
        return 0.0
    ratio = fuzz.ratio(word, other)
    return ratio / 110 if ratio >= _SIMILAR_FROM else 0.0


def _shown(named: Named) -> str:
    return " ".join(words_of(label(named))[:_WORDS_OF_A_NAME])


def _scored(words: Sequence[str], among: Sequence[Named]) -> list[Match]:
    names = [_words_with_joints(label(named)) for named in among]
    frequency = Counter(word for name in names for word in set(name))
    weights = [_weight(word, frequency, len(names)) for word in words]
    total = sum(weights) or 1.0
    typed = plain(" ".join(words))
    found = []
    alike = [_alike(word, frequency) for word in words]
    for named, name in zip(among, names, strict=True):
        shares = [max((shared.get(other, 0.0) for other in name), default=0.0) for shared in alike]
        if typed == " ".join(words_of(label(named))):
            found.append(Match(named, 1.0 + _NEAR))
            continue
        explained = sum(share * weight for share, weight in zip(shares, weights, strict=True))
        complete = all(
            share or word in WEAK_NOUNS for share, word in zip(shares, words, strict=True)
        )
        found.append(Match(named, explained / total, complete))
    return found


def _alike(word: str, others: Iterable[str]) -> dict[str, float]:
    """Those words that are the same or nearly so, each with how far."""
    shared = ((other, similarity(word, other)) for other in others)
    return {other: share for other, share in shared if share}


def _weight(word: str, frequency: Counter[str], names: int) -> float:
    if word in WEAK_NOUNS:
        return 0.3 if word in frequency else 0.1
    if word not in frequency and (len(word) <= _PREFIX_LETTERS or word in COMMON_WORDS):
        return 0.3  # no part of a name, or a misspelt "did" or "the"
    return 1.0 + math.log((1 + names) / (1 + frequency[word])) / 3


def _words_with_joints(name: str) -> tuple[str, ...]:
    """A name's words, and neighbours written as one: "log in" is also "login"."""
    words = words_of(name)[:_WORDS_OF_A_NAME]
    return words + tuple(a + b for a, b in pairwise(words))
