"""One heard sentence with what it is about, as the interpreting rules look at it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.language.hearing import Heard
from bot.domain.language.lexicon import Sense
from bot.domain.language.names import Names
from bot.domain.language.target import Meant, Target, question_about, target_of
from bot.domain.listing import Named
from bot.domain.question import Ambiguous, Question


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
    def opens(self) -> Sense | None:
        """The sense of the first word that matters."""
        core = self.heard.core
        return core[0].sense if core else None

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
