"""Answers about test cases: lists of them, why one failed, what one tests."""

from bot.domain.answer import Answer, CaseAnswer, CasesAnswer, GoalAnswer
from bot.domain.answer_rows import (
    affects,
    case_line,
    issue_line,
    no_such_thing,
    numbered_case,
    page_of,
)
from bot.domain.heading import case_heading, cases_heading
from bot.domain.listing import listed_cases, listed_issues
from bot.domain.question import AskCases, AskGoal, AskUnknown, AskWhy, BlameGroup, CaseGroup
from bot.domain.run import Blame, Issue, Outcome, Run, RunTestCase

_OUTCOMES = {
    CaseGroup.FAILED: (Outcome.FAILED, Outcome.ERRORED),
    CaseGroup.PASSED: (Outcome.PASSED,),
    CaseGroup.SKIPPED: (Outcome.SKIPPED,),
    CaseGroup.ERRORED: (Outcome.ERRORED,),
    CaseGroup.CANCELLED: (Outcome.CANCELLED,),
    CaseGroup.IN_PROGRESS: (Outcome.IN_PROGRESS,),
    CaseGroup.ALL: tuple(Outcome),
}
BLAMES = {
    BlameGroup.PRODUCT: frozenset({Blame.PRODUCT}),
    BlameGroup.AGENT: frozenset({Blame.AGENT, Blame.PLATFORM}),
}


def cases_asked_for(question: AskCases, run: Run, offset: int, limit: int) -> CasesAnswer:
    wanted = [
        (number, case)
        for number, case in enumerate(listed_cases(run), 1)
        if case.outcome in _OUTCOMES[question.group]
        and (question.blame is None or case.blame in BLAMES[question.blame])
    ]
    unlisted: tuple[Issue, ...] = ()
    if question.group is CaseGroup.FAILED and question.blame is None:
        unlisted = run.failures_known_as_issues_only()
    total = len(wanted) + len(unlisted)
    everything: list[tuple[int, RunTestCase] | Issue] = [*wanted, *unlisted]
    page, start, remaining = page_of(everything, offset, limit)
    errored = sum(case.outcome is Outcome.ERRORED for _, case in wanted)
    return CasesAnswer(
        heading=cases_heading(run, question.group, question.blame, total=total, errored=errored),
        group=question.group,
        blame=question.blame,
        cases=tuple(case_line(*item) for item in page if isinstance(item, tuple)),
        unlisted=tuple(issue_line(None, item) for item in page if isinstance(item, Issue)),
        total=total,
        offset=start,
        remaining=remaining,
    )


def one_case(question: AskWhy | AskGoal, run: Run) -> Answer:
    found = numbered_case(run, question.case)
    if found is None:
        return no_such_thing(AskUnknown(what="case", text=question.case), run)
    number, case = found
    line = case_line(number, case)
    if isinstance(question, AskGoal):
        told = case.prompt_goal or case.prompt_examples
        heading = f"What {line.name} tests" if told else f"{line.name} states no goal"
        return GoalAnswer(
            heading=f"{heading}.", case=line, goal=case.prompt_goal, examples=case.prompt_examples
        )
    return CaseAnswer(
        heading=case_heading(line.name, case.outcome, case.result_title),
        case=line,
        status=case.status,
        result=case.result,
        error_code=case.error_code,
        reasoning=case.evaluation_thought,
        expected_to_fail=(case.classification or "").upper() == "NEGATIVE",
        issues=tuple(
            issue_line(at, issue)
            for at, issue in enumerate(listed_issues(run), 1)
            if affects(issue, case.short_id)
        ),
    )
