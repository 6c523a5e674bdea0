"""A sentence with the sense of each word, heard against the names of a run.

Words that belong to a name keep out of the vocabulary: in "why did the help page fail?" the word
"help" asks for nothing where a test case is called "Help page opens".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.domain.language.lexicon import SOFT_WORDS, VOCABULARY, Sense
from bot.domain.language.names import Names
from bot.domain.language.phrases import PHRASES, SOFT_PHRASES
from bot.domain.language.spelling import STARTS, looks_like_id, parted, spelt
from bot.domain.language.wording import Sentence, Word
from bot.domain.listing import Named

OPENINGS = frozenset({Sense.GREETING, Sense.BOT, Sense.FILLER, Sense.POLITE, Sense.THANKS})
"""What may stand before a question without being a part of it."""
_LONGEST_PHRASE = max(len(phrase) for phrase in PHRASES)
_EDGES = frozenset({Sense.FILLER, Sense.WITHIN, Sense.AUX, Sense.PRONOUN, Sense.ANY, Sense.ALL})
_RUNS = frozenset({"run", "start", "execute", "trigger"})
_OPPOSITES = {
    Sense.PASSED: Sense.FAIL,
    Sense.FAIL: Sense.PASSED,
    Sense.PRODUCT: Sense.AGENT,
    Sense.AGENT: Sense.PRODUCT,
}
_PARTICLES = frozenset({"in", "out", "up", "on", "off"})


@dataclass(frozen=True, slots=True)
class Read:
    """A word or phrase with its sense; None where it may be a name, a number or foreign."""

    text: str
    raw: str
    sense: Sense | None
    quoted: bool = False
    paused: bool = False
    soft: bool = False
    """Understood only where the bot is addressed."""
    named: Named | None = None
    """It is the short ID of this one."""

    @property
    def is_link(self) -> bool:
        return "://" in self.raw


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence as it was heard."""

    reads: tuple[Read, ...]
    asks: bool

    @property
    def core(self) -> tuple[Read, ...]:
        """Without the greeting, the politeness and the bot's name that it begins with."""
        start = 0
        while start < len(self.reads) and self.reads[start].sense in OPENINGS:
            start += 1
        return self.reads[start:]

    @property
    def senses(self) -> frozenset[Sense]:
        return frozenset(read.sense for read in self.reads if read.sense is not None)

    @property
    def unread(self) -> tuple[Read, ...]:
        """What has no sense of its own: names, numbers, foreign words."""
        return tuple(read for read in self.reads if read.sense is None)


def hear(sentence: Sentence, names: Names) -> Heard:
    """Give every word of a sentence its sense."""
    apart = [part for word in sentence.words for part in parted(word, names)]
    words = _rejoined([spelt(word, names) for word in apart], names)
    in_name = _in_names([word.text for word in words], names)
    reads: list[Read] = []
    at = 0
    while at < len(words):
        length, sense = _phrase(words, in_name, at)
        word = words[at]
        if sense is not None:
            text = " ".join(part.text for part in words[at : at + length])
            soft = tuple(text.split()) in SOFT_PHRASES
            reads.append(Read(text, word.raw, sense, paused=word.paused, soft=soft))
        else:
            reads.append(_read(word, names, part_of_name=at in in_name))
        at += length
    return Heard(tuple(_run_again(_negated(reads))), sentence.asks)


def _read(word: Word, names: Names, *, part_of_name: bool) -> Read:
    plain = Read(word.text, word.raw, None, quoted=word.quoted, paused=word.paused)
    if (identified := names.identified(word)) is not None:
        return replace(plain, named=identified)
    if part_of_name or word.quoted or word.is_link or looks_like_id(word.raw):
        return plain
    return replace(plain, sense=VOCABULARY.get(word.text), soft=word.text in SOFT_WORDS)


def _rejoined(words: Sequence[Word], names: Names) -> list[Word]:
    """Neighbours that a name writes as one: "log in" where a test case is called "Login"."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last is not None and _is_one_word(last, word, names):
            joined[-1] = replace(last, text=last.text + word.text)
        else:
            joined.append(word)
    return joined


def _is_one_word(first: Word, second: Word, names: Names) -> bool:
    whole = first.text + second.text
    if first.raw == second.raw and whole in VOCABULARY:
        return True  # "re-trigger"
    apart = (first.text, second.text) in names.pairs
    return whole in names.words and not apart and not second.paused


def _in_names(texts: Sequence[str], names: Names) -> set[int]:
    """Positions of the words that stand together as they do in a name."""
    found: set[int] = set()
    for at, pair in enumerate(pairwise(texts)):
        if pair in names.pairs and not (pair[0] in VOCABULARY and pair[1] in VOCABULARY):
            found |= {at, at + 1}
    for at in sorted(found):
        if at - 1 not in found and VOCABULARY.get(texts[at]) in _EDGES:
            found.discard(at)
    for at in sorted(found, reverse=True):
        particle = texts[at] in _PARTICLES and at - 1 in found
        if at + 1 not in found and VOCABULARY.get(texts[at]) in _EDGES and not particle:
            found.discard(at)
    for whole in names.whole:
        for at in range(len(texts) - len(whole) + 1):
            if tuple(texts[at : at + len(whole)]) == whole:
                found |= set(range(at, at + len(whole)))
    return found


def _phrase(words: Sequence[Word], in_name: set[int], at: int) -> tuple[int, Sense | None]:
    """The longest phrase that begins here: how many words it takes and its sense."""
    for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
        span = words[at : at + length]
        if any(position in in_name for position in range(at, at + length)):
            continue
        if any(word.quoted or word.is_link for word in span):
            continue
        if (sense := PHRASES.get(tuple(word.text for word in span))) is not None:
            return length, sense
    return 1, None


def _run_again(reads: list[Read]) -> list[Read]:
    """Read "run the failed ones again" as "rerun the failed ones"."""
    lead = {Sense.FILLER, Sense.POLITE, Sense.BOT, Sense.GREETING}
    runs = next(
        (at for at, read in enumerate(reads) if read.text in STARTS or read.sense not in lead),
        None,
    )
    if runs is None or reads[runs].text not in STARTS:
        return reads
    again = [
        at
        for at, read in enumerate(reads)
        if at > runs and (read.sense is Sense.AGAIN or read.text in {"new", "another", "fresh"})
    ]
    if not again:
        return reads
    verb = replace(reads[runs], sense=Sense.RERUN, soft=reads[runs].text not in _RUNS)
    changed = {runs: verb, again[0]: replace(reads[again[0]], sense=Sense.FILLER)}
    return [changed.get(at, read) for at, read in enumerate(reads)]


def _negated(reads: Iterable[Read]) -> list[Read]:
    """Turn what is denied: "did not pass" is a failure, "did not fail" is none."""
    out: list[Read] = []
    denied: int | None = None
    for read in reads:
        if read.sense is Sense.NOT:
            denied = len(out)
        elif denied is not None and read.sense in {*_OPPOSITES}:
            out[denied] = replace(out[denied], sense=Sense.AUX)
            out.append(replace(read, sense=_OPPOSITES[read.sense]))
            denied = None
            continue
        out.append(read)
    return out
