"""One heard sentence with what it is about, as the interpreting rules look at it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.hearing import Heard, Names, Read
from bot.domain.lexicon import Sense
from bot.domain.naming import Named
from bot.domain.question import Ambiguous, Question
from bot.domain.target import Meant, Target, question_about, target_of

_OPENINGS = frozenset({Sense.GREETING, Sense.BOT, Sense.FILLER, Sense.POLITE, Sense.THANKS})


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a sentence asks.

    Attributes:
        explained: no word was left over that neither the vocabulary nor a name explains.
        spent: positions of the words that were read as a name, a number or a time.
    """

    reading: Question | Ambiguous
    explained: bool
    spent: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, its senses and its target."""

    heard: Heard
    names: Names
    senses: frozenset[Sense]
    target: Target | None

    @classmethod
    def of(cls, heard: Heard, names: Names) -> "Clause":
        return cls(heard, names, heard.senses, target_of(heard, names))

    def has(self, *senses: Sense) -> bool:
        """Whether any of these senses occurs."""
        return not self.senses.isdisjoint(senses)

    @property
    def core(self) -> tuple[Read, ...]:
        """The sentence without greeting, politeness and the bot's name at its beginning."""
        reads = self.heard.reads
        start = 0
        while start < len(reads) and reads[start].sense in _OPENINGS:
            start += 1
        return reads[start:]

    @property
    def opens(self) -> Sense | None:
        """The sense of the first word that matters."""
        return self.core[0].sense if self.core else None

    def plainly(self, reading: Question | Ambiguous) -> Interpretation:
        """A reading that needs no name: explained where the sentence holds none."""
        return Interpretation(reading, explained=self.target is None)

    def about(
        self, meant: Meant, ask: Callable[[Named], Question], what: str = "case"
    ) -> Interpretation:
        """A reading about what the target meant."""
        if self.target is None:
            raise ValueError("a sentence without a target is about the run as a whole")
        reading = question_about(meant, self.target, ask, what)
        return Interpretation(reading, meant.explained, self.target.spent)
