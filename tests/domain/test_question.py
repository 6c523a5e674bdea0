"""Questions as they are stored: JSON and back."""

import pytest
from pydantic import ValidationError

from bot.domain.language.understanding import understand
from bot.domain.question import (
    QUESTIONS,
    READINGS,
    AskIssues,
    AskSummary,
    Compare,
    Question,
    Severity,
)
from bot.domain.short_id import RunReference
from tests.domain.corpus.reading import corpus


def test_every_reading_of_the_corpus_survives_json() -> None:
    for said in corpus():
        reading = understand(said.sentence, said.run, addressed=said.addressed)
        assert READINGS.validate_json(READINGS.dump_json(reading)) == reading


@pytest.mark.parametrize(
    "question",
    [
        AskIssues(category="accessibility", severities=(Severity.CRITICAL,), case="tc1"),
        Compare(other=RunReference("abc123", slug="shop", url="https://app.qa.tech/p/shop")),
    ],
)
def test_a_question_with_all_its_parts_survives_json(question: Question) -> None:
    assert QUESTIONS.validate_json(QUESTIONS.dump_json(question)) == question


def test_fields_of_a_later_version_do_not_break_an_older_one() -> None:
    assert QUESTIONS.validate_python({"kind": "summary", "tone": "dry"}) == AskSummary()


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValidationError):
        QUESTIONS.validate_python({"kind": "horoscope"})


def test_severities_are_ordered_from_the_gravest() -> None:
    assert [severity.rank for severity in Severity] == sorted(s.rank for s in Severity)
