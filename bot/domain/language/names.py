"""The names of one run: of its test cases and issues."""

from itertools import pairwise

from bot.domain.language.everyday import COMMON_WORDS
from bot.domain.language.lexicon import VOCABULARY
from bot.domain.language.naming import by_short_id
from bot.domain.language.wording import Word, words_of
from bot.domain.listing import Named, label, listed_cases, listed_issues
from bot.domain.run import Issue, Run, RunTestCase

_ID_LETTERS = 3


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
