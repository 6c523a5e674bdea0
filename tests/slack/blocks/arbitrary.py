"""Arbitrary runs: hostile text, any size, words that nobody has seen before."""

from hypothesis import strategies as st

from bot.domain.run import AffectedTestCase, Issue, Run, RunTestCase

SPITE = (
    "<!channel>",
    "<!here|@here>",
    "<@U0EVE>",
    "<https://evil.example|app.qa.tech>",
    "<!subteam^S1>",
    "*bold",
    "`code",
    "```",
    "_it_",
    "~x~",
    "&amp;",
    "&",
    "<" * 300,
    "&" * 900,
    "👩‍👩‍👧" * 60,
    "\u202egnp.exe",
    "\x00\x07",
    "\ud83d",
    "a\nb\r\nc",
    "|",
    ">",
    "שלום",
    "e" + "\u0301" * 200,
    "and 7 more: type `/qarun`",
    "1. *Forged* (product failure)",
    "x" * 20_000,
    " ",
    "",
)
hostile = st.one_of(
    st.sampled_from(SPITE),
    st.lists(st.sampled_from(SPITE), min_size=2, max_size=4).map(" ".join),
    st.text(st.characters(), max_size=80),
)
urls = st.one_of(
    st.none(),
    hostile,
    hostile.map(lambda text: f"https://evil.example/{text}"),
    st.just("https://dequeuniversity.com/rules/axe/4.10/image-alt"),
    st.just("https://qa.tech/?" + "&" * 2_900),
)
statuses = st.sampled_from(["INITIATED", "RUNNING", "COMPLETED", "ERROR", "CANCELLED"]) | hostile
results = st.sampled_from([None, "PASSED", "FAILED", "SKIPPED"]) | hostile
codes = st.sampled_from([None, "TEST_FAILED", "AGENT_X", "PLATFORM_Y"]) | hostile
cases = st.builds(
    RunTestCase,
    id=hostile,
    short_id=st.sampled_from(["a", "b", "c"]) | hostile,
    name=hostile,
    status=statuses,
    result=results,
    result_title=st.none() | hostile,
    evaluation_thought=st.none() | hostile,
    error_code=codes,
)
affected = st.builds(AffectedTestCase, short_id=st.sampled_from(["a", "b"]) | hostile, name=hostile)
issues = st.builds(
    Issue,
    id=hostile,
    short_id=hostile,
    title=hostile,
    description=st.none() | hostile,
    severity=st.sampled_from(["Critical", "MAJOR", "serious", "minor"]) | hostile,
    issue_type=st.sampled_from(["ACCESSIBILITY", "CONSOLE", "HOSTING", "FAILED_TEST"]) | hostile,
    help_url=urls,
    tags=st.lists(hostile, max_size=4).map(tuple),
    status=st.sampled_from(["Active", "IGNORED", "resolved"]) | hostile,
    test_cases=st.lists(affected, max_size=4).map(tuple),
)


def repeated(total: int) -> st.SearchStrategy[int]:
    return st.sampled_from([0, 1, 2, 11, total])


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Runs of 0 to 600 test cases and 0 to 400 issues; the large ones repeat a few kinds."""
    some_cases = draw(st.lists(cases, min_size=1, max_size=4))
    some_issues = draw(st.lists(issues, min_size=1, max_size=4))
    many_cases = draw(repeated(600))
    many_issues = draw(st.none() | repeated(400))
    return Run(
        short_id="UkxK",
        status=draw(statuses),
        result=draw(results),
        run_test_cases=tuple(some_cases[n % len(some_cases)] for n in range(many_cases)),
        issues=None
        if many_issues is None
        else tuple(some_issues[n % len(some_issues)] for n in range(many_issues)),
    )
