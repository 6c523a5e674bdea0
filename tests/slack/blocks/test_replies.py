"""Replies in a thread, as the golden messages show them."""

import re

import pytest

from bot.domain.diff import compare
from bot.domain.facts import QuestionAnswered
from bot.domain.question import (
    Ambiguous,
    AskCases,
    AskGoal,
    AskHelp,
    AskIssue,
    AskIssues,
    AskLink,
    AskSummary,
    AskUnknown,
    AskWhy,
    BlameGroup,
    CaseGroup,
    Choice,
    Inquiry,
    NotUnderstood,
    Rerun,
    Severity,
)
from bot.domain.reply import Reply, WishAnswer
from bot.domain.responding import answer
from bot.domain.run import AffectedTestCase, Run
from bot.domain.short_id import RunKey
from bot.slack.blocks import buttons
from bot.slack.blocks.message import Message
from bot.slack.blocks.notices import render
from bot.slack.blocks.replies import render_reply
from tests.slack.blocks.goldens import assert_golden
from tests.slack.blocks.limits import assert_within_limits, lines_of
from tests.slack.blocks.samples import (
    AXE,
    KEY,
    NOW,
    URL,
    case,
    failed,
    issue,
    passing,
    run,
    telling,
    three_failed,
    tracked,
)
from tests.slack.blocks.test_notices import HALFWAY, MIXED, OLD_SERVER

IN_TWO = (
    AffectedTestCase(short_id="x0", name="Checkout with credit card"),
    AffectedTestCase(short_id="x1", name="Story 7"),
)
IN_CHECKOUT = (AffectedTestCase(short_id="c1", name="Checkout with credit card"),)
REASONING = (
    "The agent put two articles into the basket and went to the checkout.\n\n"
    "The total shown was $0.00, while the basket said $41.80. "
    "The step “the total is the sum of the articles” is therefore not met.\n"
    "> quoted *and* `marked` <!channel>"
)
TOLD = run(
    failed(
        1,
        "Checkout with credit card",
        result_title="The total shown was $0.00",
        evaluation_thought=REASONING,
        prompt_goal="A visitor can pay with a credit card.\nThe total is right.",
        prompt_examples="Card 4242 4242 4242 4242",
        classification="NEGATIVE",
    ),
    failed(2, "Checkout as a guest", "AGENT_STUCK"),
    case(3, "Export", result="FLAKY", result_title="Passed on the third try"),
    *passing(4, 4),
    result="FAILED",
    issues=(
        issue(1, "Images must have alternative text", "Critical", help_url=f"{AXE}/image-alt"),
        issue(
            2,
            "Form elements must have labels",
            "serious",
            help_url=f"{AXE}/label",
            description="Each field needs a label.\nA placeholder is none.",
            tags=("wcag2a", "wcag412"),
        ).model_copy(update={"test_cases": IN_TWO}),
        issue(3, "Uncaught TypeError: x is undefined", "Major", "CONSOLE"),
    ),
)
FORTY = run(
    *(failed(n, f"Story {n}", result_title="It broke") for n in range(1, 38)), result="FAILED"
)


def told(reply: Reply, *, key: RunKey | None = KEY, url: str | None = URL) -> Message:
    message = render_reply(reply, key=key, url=url, question=None)
    assert_within_limits(message)
    return message


def asked(question: Inquiry, seen: Run, offset: int = 0) -> Message:
    message = render_reply(
        answer(question, seen, offset=offset), key=KEY, url=URL, question=question
    )
    assert_within_limits(message)
    return message


def elements(message: Message) -> list[dict[str, object]]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element for row in rows for element in row]


@pytest.mark.parametrize(
    ("name", "question", "seen", "offset"),
    [
        ("summary_failed", AskSummary(), three_failed(), 0),
        ("summary_in_progress", AskSummary(), HALFWAY, 0),
        ("summary_error", AskSummary(), run(status="ERROR", result=None), 0),
        ("summary_passed", AskSummary(), run(*passing(3)), 0),
        ("summary_every_outcome", AskSummary(), MIXED, 0),
        ("cases_failed", AskCases(group=CaseGroup.FAILED), MIXED, 0),
        ("cases_all", AskCases(group=CaseGroup.ALL), MIXED, 0),
        ("cases_passed", AskCases(group=CaseGroup.PASSED), TOLD, 0),
        ("cases_none", AskCases(group=CaseGroup.SKIPPED), TOLD, 0),
        (
            "cases_agent_only",
            AskCases(group=CaseGroup.FAILED, blame=BlameGroup.AGENT),
            TOLD,
            0,
        ),
        ("cases_page_1", AskCases(group=CaseGroup.FAILED), FORTY, 0),
        ("cases_page_2", AskCases(group=CaseGroup.FAILED), FORTY, 10),
        ("cases_last_page", AskCases(group=CaseGroup.FAILED), FORTY, 30),
        ("cases_known_as_issues_only", AskCases(group=CaseGroup.FAILED), OLD_SERVER, 0),
        ("case_failed", AskWhy(case="c1"), TOLD, 0),
        ("case_agent_without_reasons", AskWhy(case="c2"), TOLD, 0),
        ("case_without_known_result", AskWhy(case="c3"), TOLD, 0),
        ("case_passed", AskWhy(case="c5"), TOLD, 0),
        ("goal", AskGoal(case="c1"), TOLD, 0),
        ("goal_unstated", AskGoal(case="c2"), TOLD, 0),
        ("issues_all", AskIssues(), three_failed(), 0),
        ("issues_critical", AskIssues(severities=(Severity.CRITICAL,)), three_failed(), 0),
        ("issues_unknown", AskIssues(), HALFWAY, 0),
        ("issue", AskIssue(issue="i2"), TOLD, 0),
        ("issue_bare", AskIssue(issue="i3"), TOLD, 0),
        ("link", AskLink(), TOLD, 0),
        ("help", AskHelp(), TOLD, 0),
        ("unknown", AskUnknown(what="case", text="chekout"), TOLD, 0),
        ("unknown_without_nearest", AskUnknown(what="issue", text="zzz"), run(), 0),
    ],
)
def test_a_question_is_answered(name: str, question: Inquiry, seen: Run, offset: int) -> None:
    assert_golden(f"reply_{name}", asked(question, seen, offset))


BEFORE = run(
    failed(1, "Checkout as a guest"),
    failed(2, "Story 4"),
    *passing(2, 5),
    result="FAILED",
    issues=(issue(9, "Page must have a title", "Minor"),),
)


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("comparison", compare(TOLD, BEFORE)),
        ("comparison_nothing_shared", compare(TOLD, run(*passing(1, 90)))),
        ("comparison_long", compare(FORTY, run(*passing(37)))),
        ("wish", WishAnswer(heading="I stopped watching this run here.")),
        (
            "ambiguous",
            Ambiguous(
                text="checkout",
                choices=(
                    Choice(label="Checkout with credit card", question=AskWhy(case="c1")),
                    Choice(label="Checkout as a guest", question=AskWhy(case="c2")),
                ),
            ),
        ),
        (
            "ambiguous_alike",
            Ambiguous(
                text="",
                choices=tuple(
                    Choice(label="Story" if n else "", question=question)
                    for n, question in enumerate(
                        (
                            AskWhy(case="c1"),
                            AskGoal(case="c2"),
                            AskIssue(issue="i1"),
                            Rerun(case="c4"),
                            AskWhy(case="c5"),
                            AskWhy(case="c6"),
                            AskWhy(case="c7"),
                        )
                    )
                ),
            ),
        ),
        (
            "not_understood",
            NotUnderstood(examples=('why did "Checkout" fail?', "what failed?", "rerun failed")),
        ),
    ],
)
def test_a_reply_that_is_no_answer(name: str, reply: Reply) -> None:
    assert_golden(f"reply_{name}", told(reply))


def test_what_was_not_understood_again_is_said_in_a_word() -> None:
    said = told(NotUnderstood(examples=())).text
    assert said == "I did not understand that. Say `help` to see what I know."


def test_the_pages_of_an_answer_lead_from_one_to_the_next_and_hold_everything_once() -> None:
    numbers, offset = [], 0
    while True:
        message = asked(AskCases(group=CaseGroup.FAILED), FORTY, offset)
        found = [re.match(r"(\d+)\. \*", line) for line in lines_of(message)]
        numbers += [int(match[1]) for match in found if match]
        buttons_here = elements(message)
        if not buttons_here:
            break
        read = buttons.read_page_value(str(buttons_here[0]["value"]))
        assert read is not None
        assert read[:2] == (KEY, AskCases(group=CaseGroup.FAILED))
        offset = read[2]
    assert numbers == list(range(1, 38))


@pytest.mark.parametrize(
    "question",
    [
        AskCases(group=CaseGroup.FAILED, blame=BlameGroup.PRODUCT),
        AskIssues(category="accessibility", severities=(Severity.MINOR,), case="c1"),
    ],
)
def test_a_reply_stored_without_its_question_still_has_a_next_page(question: Inquiry) -> None:
    seen = FORTY.model_copy(
        update={
            "issues": tuple(
                issue(n, f"Rule {n}", "Minor").model_copy(update={"test_cases": IN_CHECKOUT})
                for n in range(12)
            )
        }
    )
    message = told(answer(question, seen))
    read = buttons.read_page_value(str(elements(message)[0]["value"]))
    assert read == (KEY, question, 10)


def test_where_no_button_can_lead_on_the_command_is_told() -> None:
    odd = RunKey("default", "not a run")
    message = told(answer(AskCases(group=CaseGroup.FAILED), FORTY), key=odd)
    assert "Showing 1–10 of 37." in message.text
    assert "type `/qarun failed not a run`" in message.text
    issues = run(issues=tuple(issue(n, f"Rule {n}", "Minor") for n in range(12)))
    told_issues = told(answer(AskIssues(category="accessibility"), issues), key=odd)
    assert "type `/qarun issues not a run accessibility`" in told_issues.text


def test_a_reasoning_longer_than_a_message_is_clipped_and_said_to_be() -> None:
    long = failed(1, "Checkout", evaluation_thought="The total was wrong.\n" * 2_000)
    message = asked(AskWhy(case="c1"), run(long, result="FAILED"))
    (line,) = [line for line in lines_of(message) if "more characters are not shown" in line]
    assert line.endswith("press Details.")
    assert "more characters are not shown" in message.text


def test_a_test_case_with_many_issues_says_how_many_it_left_out() -> None:
    found = tuple(
        issue(n, f"Rule {n}", "Minor").model_copy(update={"test_cases": IN_CHECKOUT})
        for n in range(14)
    )
    message = asked(AskWhy(case="c1"), run(failed(1, "Checkout"), result="FAILED", issues=found))
    assert "and 4 more issues" in message.text


def test_an_issue_found_everywhere_lists_what_fits_and_counts_the_rest() -> None:
    wide = issue(1, "Images", "Critical", cases=[f"Story {n}" for n in range(90)])
    message = asked(AskIssue(issue="i1"), run(issues=(wide,)))
    assert "and 30 more test cases" in "\n".join(lines_of(message))


def test_an_issue_with_very_many_tags_counts_the_rest() -> None:
    tagged = issue(1, "Images", "Critical", tags=tuple(f"t{n}" for n in range(25)))
    assert "t19 and 5 more." in asked(AskIssue(issue="i1"), run(issues=(tagged,))).text


def test_severities_beyond_the_usual_are_counted_together() -> None:
    odd = tuple(issue(n, "x", f"Grade {n}") for n in range(9))
    assert "3 of other severity" in asked(AskIssues(), run(issues=odd)).text


def test_many_categories_are_counted_for_the_first_few_and_numbered_for_the_rest() -> None:
    kinds = tuple(issue(n, "x", "Minor", f"KIND_{n}") for n in range(9))
    assert "3 more categories." in asked(AskSummary(), run(issues=kinds)).text


@pytest.mark.parametrize(
    ("key", "url", "words"),
    [
        (KEY, None, "`QATECH_PROJECT_SLUG`"),
        (None, None, "run UkxK"),
        (RunKey("shop", "UkxK"), None, "`slug` of the project `shop`"),
        (KEY, "https://qa.tech/" + "x" * 900, "press the button"),
    ],
)
def test_a_link_that_cannot_be_shown_is_explained(
    key: RunKey | None, url: str | None, words: str
) -> None:
    assert words in told(answer(AskLink(), TOLD), key=key, url=url).text


@pytest.mark.parametrize(
    "question",
    [AskSummary(), AskCases(group=CaseGroup.FAILED), AskWhy(case="c1"), AskGoal(case="c1")],
)
def test_a_reply_about_a_run_that_is_not_known_any_more_has_no_buttons(question: Inquiry) -> None:
    message = told(answer(question, FORTY), key=None, url=None)
    assert elements(message) == []


def test_an_ambiguous_reply_about_an_unknown_run_asks_in_words_alone() -> None:
    reply = Ambiguous(text="x", choices=(Choice(label="Pay", question=AskWhy(case="c1")),))
    message = told(reply, key=None)
    assert "1. Pay" in message.text
    assert "Press" not in message.text


def test_an_answer_is_told_by_its_notice_with_and_without_its_run() -> None:
    question = AskWhy(case="c1")
    fact = QuestionAnswered(reply=answer(question, TOLD), question=question)
    with_run = render(telling(fact, tracked(TOLD)), now=NOW, bot_name="qarun")
    assert with_run == asked(question, TOLD)
    without = render(telling(fact, None), now=NOW, bot_name="qarun")
    assert "Checkout with credit card" in without.text
    assert elements(without) == []


def test_test_cases_with_too_much_of_everything_lose_words_before_their_number() -> None:
    heavy = [failed(n, "👍" * 200, result_title="🚨" * 400) for n in range(1, 11)]
    message = asked(AskCases(group=CaseGroup.FAILED), run(*heavy, result="FAILED"))
    assert len([line for line in lines_of(message) if re.match(r"\d+\. \*", line)]) == 10


def test_issues_with_too_much_of_everything_lose_words_before_their_number() -> None:
    heavy = tuple(issue(n, "👍" * 200, "🚨" * 200, cases=("Pay",)) for n in range(1, 11))
    message = asked(AskIssues(), run(issues=heavy))
    assert len([line for line in lines_of(message) if re.match(r"\d+\. \*", line)]) == 10
