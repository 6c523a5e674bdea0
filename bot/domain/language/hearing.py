"""A sentence with the sense of each word, heard against the names of a run.

Words that belong to a name keep out of the vocabulary: in "why did the help page fail?" the word
"help" asks for nothing where a test case is called "Help page opens".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.language.everyday import COMMON_WORDS
from bot.domain.language.lexicon import SOFT_WORDS, VOCABULARY, Sense
from bot.domain.language.naming import by_short_id, number_in, similarity
from bot.domain.language.phrases import PHRASES, SOFT_PHRASES
from bot.domain.language.wording import Sentence, Word, words_of
from bot.domain.listing import Named, label, listed_cases, listed_issues
from bot.domain.run import Issue, Run, RunTestCase

OPENINGS = frozenset({Sense.GREETING, Sense.BOT, Sense.FILLER, Sense.POLITE, Sense.THANKS})
"""What may stand before a question without being a part of it."""
_LONGEST_PHRASE = max(len(phrase) for phrase in PHRASES)
_LONG_WORD = 8
_SHORTEST_SLIP = 4
_IN_PHRASES = {word for phrase in PHRASES for word in phrase}
_SLIP_TARGETS = [w for w in sorted({*VOCABULARY, *_IN_PHRASES}) if len(w) >= _SHORTEST_SLIP]
_EDGES = frozenset({Sense.FILLER, Sense.WITHIN, Sense.AUX, Sense.PRONOUN, Sense.ANY, Sense.ALL})
_RUNS = frozenset({"run", "start", "execute", "trigger"})
_STARTS = _RUNS | {"do", "try", "launch", "kick off", "kick it off", "fire it off"}
_OPPOSITES = {
    Sense.PASSED: Sense.FAIL,
    Sense.FAIL: Sense.PASSED,
    Sense.PRODUCT: Sense.AGENT,
    Sense.AGENT: Sense.PRODUCT,
}
_PARTICLES = frozenset({"in", "out", "up", "on", "off"})
_ID_LETTERS = 3


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


class Names:
    """The names of one run, prepared for hearing sentences about it."""

    def __init__(self, run: Run) -> None:
        self.cases: tuple[RunTestCase, ...] = listed_cases(run)
        self.issues: tuple[Issue, ...] = listed_issues(run)
        named: list[Named] = [*self.cases, *self.issues]
        self.all: tuple[Named, ...] = tuple(named)
        self._words = [words_of(label(one)) for one in named]
        self.pairs = {pair for words in self._words for pair in pairwise(words)}
        self.joined = {a + b for a, b in self.pairs}
        self.words = {word for words in self._words for word in words} | self.joined
        self.whole = {words for words in self._words if len(words) > 1}

    def identified(self, word: Word) -> Named | None:
        """The one whose short ID this token is; everyday words are never taken for one."""
        plain_word = word.text in VOCABULARY or word.text in COMMON_WORDS
        if plain_word and not word.raw.startswith("#") and not word.is_link:
            return None
        if len(word.raw) < _ID_LETTERS:
            return None
        return by_short_id(word.raw, self.all)


def hear(sentence: Sentence, names: Names) -> Heard:
    """Give every word of a sentence its sense."""
    words = _rejoined([_spelt(word, names) for word in sentence.words], names)
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
    if part_of_name or word.quoted or word.is_link or _looks_like_id(word.raw):
        return plain
    return replace(plain, sense=VOCABULARY.get(word.text), soft=word.text in SOFT_WORDS)


def _spelt(word: Word, names: Names) -> Word:
    """The word as the vocabulary spells it, where it is one of its words with a slip."""
    if word.quoted or word.is_link or _looks_like_id(word.raw) or names.identified(word):
        return word
    return replace(word, text=_known(word.text, names))


def _known(text: str, names: Names) -> str:
    """The word of the vocabulary that this is, allowing for a slip; else the word itself."""
    if text in VOCABULARY or text in names.words or text in COMMON_WORDS or text in _IN_PHRASES:
        return text
    if len(text) < _SHORTEST_SLIP or number_in(text) is not None or text in _STARTS:
        return text
    if text.endswith("in") and f"{text}g" in VOCABULARY:
        return f"{text}g"  # "lookin", "workin"
    slips = 2 if len(text) >= _LONG_WORD else 1
    near = [
        known
        for known, _, _ in process.extract(
            text, _SLIP_TARGETS, scorer=OSA.distance, score_cutoff=slips, limit=8
        )
        if (known[0] == text[0] or sorted(known[:2]) == sorted(text[:2]))
        and (len(text) > _SHORTEST_SLIP or len(known) > len(text) or sorted(known) == sorted(text))
    ]
    if not near:
        return text
    known = max(near, key=lambda word: OSA.normalized_similarity(text, word))
    nearest_name = max((similarity(text, name) for name in names.words), default=0.0)
    return text if nearest_name > OSA.normalized_similarity(text, known) else known


def _looks_like_id(raw: str) -> bool:
    """Digits beside letters, or capitals inside: `abc123`, `UkxK`."""
    inner = raw.lstrip("#")
    letters = any(mark.isalpha() for mark in inner)
    if letters and any(mark.isdigit() for mark in inner) and inner.lower() not in VOCABULARY:
        return True
    return any(mark.islower() for mark in inner) and any(mark.isupper() for mark in inner[1:])


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
        (at for at, read in enumerate(reads) if read.text in _STARTS or read.sense not in lead),
        None,
    )
    if runs is None or reads[runs].text not in _STARTS:
        return reads
    again = [at for at, read in enumerate(reads) if read.sense is Sense.AGAIN and at > runs]
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
