"""Words as they are spelt: slips are read as the word of the vocabulary that was meant."""

from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.language.everyday import CORRECT_WORDS
from bot.domain.language.lexicon import VOCABULARY, Sense
from bot.domain.language.names import Names
from bot.domain.language.naming import number_in, similarity
from bot.domain.language.phrases import PHRASES
from bot.domain.language.wording import Word

_COMMANDS = frozenset({Sense.RERUN, Sense.MUTE, Sense.UNMUTE, Sense.STOP, Sense.COMPARE})
STARTS = frozenset(
    {
        *("run", "start", "execute", "trigger", "do", "try", "launch"),
        *("kick off", "kick it off", "fire it off"),
    }
)
"""What "again" makes a rerun of."""
_LONG_WORD = 7
_SHORTEST_SLIP = 4
_IN_PHRASES = {word for phrase in PHRASES for word in phrase}
_SLIP_TARGETS = [w for w in sorted({*VOCABULARY, *_IN_PHRASES}) if len(w) >= _SHORTEST_SLIP]
_QUESTION_WORDS = ("what", "which", "why", "how")


def parted(word: Word, names: Names) -> tuple[Word, ...]:
    """Two words, where the space between them was forgotten: "whatfailed"."""
    if word.text in VOCABULARY or word.text in names.words:
        return (word,)
    for first in _QUESTION_WORDS:
        rest = word.text.removeprefix(first)
        if rest != word.text and len(rest) > _SHORTEST_SLIP and rest in VOCABULARY:
            return replace(word, text=first), replace(word, text=rest, paused=False)
    return (word,)


def spelt(word: Word, names: Names) -> Word:
    """The word as the vocabulary spells it, where it is one of its words with a slip."""
    if word.quoted or word.is_link or looks_like_id(word.raw) or names.identified(word):
        return word
    return replace(word, text=_known(word.text, names))


def _known(text: str, names: Names) -> str:
    """The word of the vocabulary that this is, allowing for a slip; else the word itself."""
    if text in VOCABULARY or text in names.words or text in CORRECT_WORDS or text in _IN_PHRASES:
        return text
    if len(text) < _SHORTEST_SLIP or number_in(text) is not None or text in STARTS:
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
    if any(VOCABULARY.get(known) in _COMMANDS and _is_inflected(text, known) for known in near):
        return text  # who "muted" or "reran" something tells of it
    known = max(near, key=lambda word: OSA.normalized_similarity(text, word))
    nearest_name = max((similarity(text, name) for name in names.words), default=0.0)
    return text if nearest_name > OSA.normalized_similarity(text, known) else known


def _is_inflected(text: str, known: str) -> bool:
    return text in {f"{known}d", f"{known}ed", f"{known}s", f"{known}ing", f"{known[:-1]}ing"}


def looks_like_id(raw: str) -> bool:
    """Digits beside letters, or capitals inside: `abc123`, `UkxK`."""
    inner = raw.lstrip("#")
    letters = any(mark.isalpha() for mark in inner)
    if letters and any(mark.isdigit() for mark in inner) and inner.lower() not in VOCABULARY:
        return True
    return any(mark.islower() for mark in inner) and any(mark.isupper() for mark in inner[1:])
