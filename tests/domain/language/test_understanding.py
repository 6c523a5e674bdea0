"""What holds for any sentence and any run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.language.understanding import LONGEST_QUESTION, understand
from bot.domain.question import (
    READINGS,
    Ambiguous,
    AskCases,
    AskIssue,
    AskUnknown,
    AskWhy,
    Compare,
    LeaveAlone,
    NotUnderstood,
)
from bot.domain.run import Run
from bot.domain.suggestion import examples
from tests.domain.corpus.later_runs import TRAVEL
from tests.domain.corpus.runs import BANK, GREEN, LIVE, SHOP

WORDS = """
why what which did is failed passed checkout login transfer issues critical a11y rerun stop mute
2h compare abc123 # 2 #1 <@U1> <#C1|x> <https://a.b/results/x|y> &amp; "checkout" ' " ? . \n >
I you thanks help not console about tests the of in :tada: first last again
"""
words = st.sampled_from([*WORDS.split(" "), "\n"])
names = st.text(max_size=30)
runs = st.builds(
    lambda cases, issues, status: Run.model_validate(
        {
            "shortId": "r",
            "status": status,
            "runTestCases": [
                {"id": str(n), "shortId": f"case{n}", "name": name, "result": result}
                for n, (name, result) in enumerate(cases)
            ],
            "issues": [
                {"id": str(n), "shortId": f"issue{n}", "title": title, "issueType": "CONSOLE"}
                for n, title in enumerate(issues)
            ],
        }
    ),
    st.lists(st.tuples(names, st.sampled_from(["PASSED", "FAILED", None])), max_size=5),
    st.lists(names, max_size=3),
    st.sampled_from(["RUNNING", "COMPLETED", "ERROR"]),
)


@given(st.lists(words, max_size=12).map(" ".join), runs, st.booleans())
def test_sentences_of_known_words_always_have_a_reading_that_survives_json(
    sentence: str, run: Run, addressed: bool
) -> None:
    reading = understand(sentence, run, addressed=addressed)
    assert READINGS.validate_json(READINGS.dump_json(reading)) == reading
    assert isinstance(reading, LeaveAlone) <= (not addressed)
    assert isinstance(reading, NotUnderstood) <= addressed


@given(st.text(max_size=200), st.booleans())
def test_any_text_has_a_reading(sentence: str, addressed: bool) -> None:
    reading = understand(sentence, SHOP, addressed=addressed)
    assert isinstance(reading, LeaveAlone) <= (not addressed)


@given(runs)
def test_the_three_examples_of_any_run_are_understood(run: Run) -> None:
    offered = examples(run)
    assert len(offered) == 3
    for example in offered:
        reading = understand(example, run, addressed=True)
        assert not isinstance(reading, NotUnderstood | AskUnknown)


@given(runs)
def test_a_test_case_is_found_by_its_number_and_its_short_id(run: Run) -> None:
    for number in range(1, len(run.run_test_cases) + 1):
        reading = understand(f"why did #{number} fail?", run, addressed=True)
        assert isinstance(reading, AskWhy)
        by_id = understand(f"why {reading.case}", run, addressed=True)
        assert by_id == reading


def test_what_is_not_understood_gets_examples_from_this_run() -> None:
    reading = understand("purple monkeys", SHOP, addressed=True)
    assert isinstance(reading, NotUnderstood)
    assert reading.examples == (
        'why did "Checkout with credit card" fail?',
        "what failed?",
        "critical accessibility issues",
    )


def test_a_passed_run_gets_other_examples() -> None:
    assert examples(GREEN) == (
        'what does "User can sign up" test?',
        "summary",
        "any accessibility issues?",
    )


def test_a_choice_shows_names_and_holds_the_question_that_each_would_be() -> None:
    reading = understand("why did the transfer fail?", BANK, addressed=False)
    assert isinstance(reading, Ambiguous)
    assert reading.text == "transfer"
    assert [(choice.label, choice.question) for choice in reading.choices] == [
        ("Transfer to own account", AskWhy(case="bkTr1")),
        ("Transfer to another bank", AskWhy(case="bkTr2")),
    ]


def test_a_name_that_nothing_matches_is_kept_as_it_was_typed() -> None:
    reading = understand("Why did the Gift Cards test fail?", SHOP, addressed=True)
    assert reading == AskUnknown(what="case", text="Gift Cards")


def test_a_number_beyond_the_list_is_unknown() -> None:
    reading = understand("why did number 42 fail?", SHOP, addressed=True)
    assert reading == AskUnknown(what="case", text="42")


def test_the_link_of_a_test_case_names_it() -> None:
    sentence = "why did <https://app.qa.tech/p/shop/results/test/tcB2|this one> fail?"
    assert understand(sentence, SHOP, addressed=True) == AskWhy(case="tcB2")


def test_a_quoted_name_is_a_name_whatever_its_words_mean_elsewhere() -> None:
    assert understand('why did "help page" fail', BANK, addressed=True) == AskWhy(case="bkHp5")


def test_the_last_of_the_list_can_be_asked_for() -> None:
    assert understand("show the last test", SHOP, addressed=True) == AskWhy(case="tcH8")


def test_the_last_of_the_list_that_failed_is_the_last_of_the_failures() -> None:
    assert understand("why did the last test fail?", SHOP, addressed=True) == AskWhy(case="tcF6")


def test_an_issue_is_found_by_its_number() -> None:
    assert understand("issue #4", SHOP, addressed=True) == AskIssue(issue="isD4")


def test_a_long_text_that_nobody_addressed_to_the_bot_is_left_alone() -> None:
    sentence = "what failed? " * (LONGEST_QUESTION // 10)
    assert understand(sentence, SHOP, addressed=False) == LeaveAlone()
    assert understand(sentence, SHOP, addressed=True) == AskCases(group="failed")


@pytest.mark.parametrize(
    "sentence",
    [
        "<https://github.com/acme/shop/pull/12>",
        "result = 1",
        "what failed = []",
        "going to rerun",
        "name: failed tests",
    ],
)
def test_links_code_and_plans_are_no_questions_for_the_bot(sentence: str) -> None:
    assert understand(sentence, TRAVEL, addressed=False) == LeaveAlone()


@pytest.mark.parametrize("sentence", ["", "   ", ":tada:", "```what failed?```", "> what failed?"])
def test_a_message_without_own_words_is_left_alone(sentence: str) -> None:
    assert understand(sentence, SHOP, addressed=False) == LeaveAlone()


def test_a_question_below_a_quotation_is_read_without_it() -> None:
    sentence = "&gt; everything passed\nwhat failed?"
    assert understand(sentence, SHOP, addressed=False) == AskCases(group="failed")


def test_a_run_in_progress_gets_examples_about_how_far_it_is() -> None:
    assert examples(LIVE) == ("status", "what was skipped?", "all issues")


def test_a_question_mark_after_an_exclamation_still_asks() -> None:
    assert understand("wow! what failed ! ?", SHOP, addressed=True) == AskCases(group="failed")


def test_a_message_that_is_quoted_as_a_whole_is_read() -> None:
    assert understand('"what failed?"', SHOP, addressed=True) == AskCases(group="failed")


def test_a_link_that_leads_to_no_run_is_none_to_compare_with() -> None:
    sentence = "compare with <https://example.com/somewhere>"
    assert understand(sentence, SHOP, addressed=True) == Compare()


def test_a_word_that_differs_from_a_short_id_in_case_only_is_no_short_id() -> None:
    run = SHOP.model_copy(
        update={
            "run_test_cases": tuple(
                case.model_copy(update={"short_id": f"CaRt{'abcdefgh'[n]}"})
                for n, case in enumerate(SHOP.run_test_cases)
            )
        }
    )
    assert understand("why carta", run, addressed=True) != AskWhy(case="CaRta")
    assert understand("why CaRta", run, addressed=True) == AskWhy(case="CaRta")
    assert understand("why TCB2", SHOP, addressed=True) == AskWhy(case="tcB2")


def test_names_of_many_words_are_no_trouble() -> None:
    sentence = "why did " + "purple monkeys dance " * 40 + "fail"
    assert isinstance(understand(sentence, SHOP, addressed=True), AskUnknown)
