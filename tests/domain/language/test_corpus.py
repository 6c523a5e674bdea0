"""Every sentence of the corpus is read as expected; the share read rightly is printed."""

import sys
from collections import Counter

import pytest

from bot.domain.language.everyday import CORRECT_WORDS
from bot.domain.language.lexicon import VOCABULARY
from bot.domain.language.names import Names
from bot.domain.language.naming import similarity
from bot.domain.language.spelling import spelt
from bot.domain.language.understanding import understand
from bot.domain.language.wording import read_wording
from tests.domain.corpus.reading import Said, corpus, shorthand

CORPUS = corpus()
KINDS = {
    *("summary", "cases failed", "cases passed", "cases skipped", "cases errored", "why", "goal"),
    *("issues", "issue", "link", "rerun", "compare", "stop", "mute", "help", "thanks"),
    *("cases failed product", "cases failed agent", "issues accessibility", "issues console"),
    *("issues hosting", "rerun failed", "issues accessibility critical"),
}


def read(said: Said) -> str:
    return shorthand(understand(said.sentence, said.run, addressed=said.addressed))


def audience(said: Said) -> str:
    if said.expected == "leave_alone":
        return "left alone"
    return "with a mention" if said.addressed else "without a mention"


def test_every_sentence_is_read_as_expected_and_the_share_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said_by = Counter((said.source, audience(said)) for said in CORPUS)
    readings = [(said, read(said)) for said in CORPUS]
    wrong = [(said, got) for said, got in readings if got != said.expected]
    wrong_by = Counter((said.source, audience(said)) for said, _ in wrong)
    with capsys.disabled():
        sys.stdout.write("\n")
        for group, count in sorted(said_by.items()):
            right = count - wrong_by[group]
            share = f"{right} of {count} read rightly ({right / count:.1%})"
            sys.stdout.write(f"{group[0]}, {group[1]}: {share}\n")
    assert [f"{said.sentence!r}: {got} instead of {said.expected}" for said, got in wrong] == []


def test_the_corpus_is_large_enough_to_tell_something() -> None:
    assert len({said.sentence for said in CORPUS}) >= 220
    left_alone = {said.sentence for said in CORPUS if said.expected == "leave_alone"}
    assert len(left_alone) >= 80


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_intent_has_at_least_six_wordings(kind: str) -> None:
    wordings = {
        said.sentence.lower()
        for said in CORPUS
        if said.expected == kind or said.expected.startswith(f"{kind} ")
    }
    assert len(wordings) >= 6


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_intent_has_a_wording_that_is_misspelt(kind: str) -> None:
    ours = [
        said for said in CORPUS if said.expected == kind or said.expected.startswith(f"{kind} ")
    ]
    assert any(is_misspelt(said) for said in ours)


def is_misspelt(said: Said) -> bool:
    """Whether a word of it stands in no list, and is read as one that does."""
    names = Names(said.run)
    words = [w for sentence in read_wording(said.sentence).sentences for w in sentence.words]
    read = [spelt(word, names).text for word in words]
    near = [
        any(0 < similarity(word.text, name) < 0.9 for name in names.words)
        for word in words
        if word.text.isalpha() and word.text not in names.words | CORRECT_WORDS | set(VOCABULARY)
    ]
    return any(near) or any(word.text != text for word, text in zip(words, read, strict=True))


def test_a_sentence_that_is_answered_unaddressed_is_read_the_same_when_addressed() -> None:
    for said in CORPUS:
        if not said.addressed and said.expected != "leave_alone":
            assert shorthand(understand(said.sentence, said.run, addressed=True)) == said.expected
