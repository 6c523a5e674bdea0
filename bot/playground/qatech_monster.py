"""A run that is made to break whoever shows it: 500 failures, 400 issues, hostile words."""

from bot.playground.qatech_script import Case, Finding

_FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
_HALF_AN_EMOJI = "\ud83d"
"""What JavaScript leaves of an emoji that it cut in the middle; JSON can carry it."""

HOSTILE = (
    "<!channel> everybody look",
    "<!here|here> <@U0000001> <#C0000001>",
    "<https://evil.example|https://app.qa.tech/p/fjord-supply/results/UkxK>",
    "`code` ```block``` *bold* _italic_ ~struck~",
    "*_~`*_~`",
    "\N{RIGHT-TO-LEFT OVERRIDE}txet desrever\N{POP DIRECTIONAL FORMATTING} سلة التسوق עגלה",
    f"{_FAMILY} \N{WAVING BLACK FLAG}\N{VARIATION SELECTOR-16} Z̸̢̛a̷͝l̶̀g̵o",
    "NUL \x00 bell \x07 escape \x1b[31m",
    "\n\n\nlone\n\n\nlines\r\n\u2028\u2029",
    "&amp; &lt;!channel&gt; & < >",
    f"half an emoji {_HALF_AN_EMOJI} in the middle",
    "   ",
    '"quotes" \'and\' \\backslashes\\ \\u0041 {"json": [1, 2]} %s {0} ${x}',
    ":fire: :+1: <!date^1700000000^{date}|never> <!subteam^S0000001>",
    "> quoted\n• listed\n1. counted\n# headed",
    "日本語の長い文章" * 40,
)

_ERROR_CODES = (
    "TEST_FAILED",
    "TEST_FAILED",
    "AGENT_CONFUSED",
    "PLATFORM_TIMEOUT",
    None,
    "NEW_CODE",
)
_SEVERITIES = ("Critical", "MAJOR", "minor", "Catastrophic")
_STATUSES = ("Active", "ACTIVE", "active", "Ignored", "Resolved")


def _hostile(index: int) -> str:
    return HOSTILE[index % len(HOSTILE)]


def _long(index: int) -> str:
    """5,000 characters, markup from end to end."""
    return (f"{_hostile(index)} <!channel> " * 5000)[:5000]


def _case(index: int) -> Case:
    return Case(
        name=f"Case {index:03} {_hostile(index)}",
        result="FAILED",
        reason=_long(index) if index % 10 == 0 else _hostile(index + 1),
        thought=_long(index + 2) if index % 5 == 0 else _hostile(index + 2),
        error_code=_ERROR_CODES[index % len(_ERROR_CODES)],
        classification="NEGATIVE" if index % 7 == 0 else "POSITIVE",
        goal=_hostile(index + 3),
        examples=None if index % 2 else _hostile(index + 4),
    )


MONSTER_CASES: tuple[Case, ...] = tuple(_case(index) for index in range(500))


def _finding(index: int) -> Finding:
    issue_type = ("ACCESSIBILITY", "ACCESSIBILITY", "CONSOLE", "HOSTING")[index % 4]
    affected = 1 + index % 25
    return Finding(
        title=_long(index) if index % 20 == 0 else f"Issue {index:03} {_hostile(index)}",
        issue_type=issue_type,
        severity=_SEVERITIES[index % len(_SEVERITIES)],
        description=None if index % 3 == 0 else _hostile(index + 5),
        help_url=(
            "javascript:alert(1)|<!channel>"
            if index % 9 == 0
            else "https://dequeuniversity.com/rules/axe/4.10/image-alt?" + "x" * (index * 10)
        ),
        tags=tuple(_hostile(index + step) for step in range(index % 6)),
        status=_STATUSES[index % len(_STATUSES)],
        cases=tuple(MONSTER_CASES[(index + step) % 500].name for step in range(affected)),
        short_id=f"I{index:04}",
    )


MONSTER_FINDINGS: tuple[Finding, ...] = tuple(_finding(index) for index in range(400))
