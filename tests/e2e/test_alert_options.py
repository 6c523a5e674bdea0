"""What a rule can say, in the modal and in `qarun.toml`, and a channel that takes no alerts."""

import json
from dataclasses import replace
from pathlib import Path

from bot.playground.qatech_script import Case, Finding, Script
from bot.playground.qatech_world import DEMO_KEY
from bot.playground.slack_state import Channel, Message
from tests.e2e.process import run_to_its_end, serving_process
from tests.e2e.rules_form import opened, rule, words
from tests.e2e.stage import (
    Installation,
    installed,
    outside_threads,
    replies,
    report_of,
)

PAY = Case("Pay by card", result="FAILED", error_code="TEST_FAILED", reason="Declined")
SEARCH = Case("Search", result="FAILED", error_code="TEST_FAILED", reason="Nothing found")
LOGIN = Case("Log in", result="FAILED", error_code="AGENT_LOST", reason="Lost its way")
LABELS = Finding("Form elements must have labels", severity="Critical", cases=("Search",))


def passing(*cases: Case) -> tuple[Case, ...]:
    return tuple(replace(case, result="PASSED", error_code=None, reason=None) for case in cases)


def script(run: str, *broken: Case, findings: tuple[Finding, ...] = ()) -> Script:
    """A run of the suite in which these test cases break."""
    names = {case.name for case in broken}
    others = tuple(case for case in (PAY, SEARCH, LOGIN) if case.name not in names)
    return Script(run, (*broken, *passing(*others)), findings, duration=100)


async def end(
    installation: Installation, elsewhere: Channel, made: Script, project: str = ""
) -> Message:
    """A run that is asked for elsewhere, and has been told there."""
    run = made.short_id
    installation.stage.qatech.add(made)
    await installation.type(f"{project}{run}", where=elsewhere)
    await installation.live(f"{project}{run}", elsewhere)
    installation.runs.step(101)
    return await installation.told(f"{project}{run}", elsewhere)


def told_in(channel: Channel) -> list[str]:
    """Which runs the channel was told of, in this order."""
    return [m.text.split()[1] for m in outside_threads(channel)]


async def test_changes_are_told_both_ways_and_mention_people_for_new_failures_only(
    installation: Installation,
) -> None:
    group = installation.slack.add_usergroup("payments", [installation.ben])
    elsewhere = installation.channel("elsewhere")
    told = await rule(
        installation,
        notify_on="changes",
        pattern_1="pay",
        groups_1=[group.id],
        people_1=[installation.ben.id],
    )
    assert f"<@{installation.ben.id}> <!subteam^{group.id}> when a test case like `pay`" in told
    await end(installation, elsewhere, script("Well1"))
    await end(installation, elsewhere, script("Pay1", PAY))
    first = await installation.told("Pay1")
    assert f"For <@{installation.ben.id}> and <!subteam^{group.id}>." in first.text
    assert "*1 new failure*: Pay by card" in first.text
    again = await end(installation, elsewhere, script("Pay2", PAY, SEARCH))
    assert "1 still failing: Pay by card (2 runs in a row, since" in again.text
    await installation.slack.message(installation.ada, elsewhere, "compare", again.ts)
    asked = await installation.until(
        lambda: [m for m in replies(elsewhere) if "compared with run Pay1" in m.text]
    )
    assert "1 new failure, 1 still failing" in asked[0].text
    well = await end(installation, elsewhere, script("Well2"))
    assert "2 fixed: Pay by card; Search" in well.text
    await end(installation, elsewhere, script("Agent1", LOGIN))
    missed = await installation.told("Agent1")
    assert "*1 new failure*: Log in (test agent problem)" in missed.text
    assert "For <" not in missed.text
    assert told_in(installation.qa) == ["Pay1", "Well2", "Agent1"]


async def test_new_accessibility_issues_are_news_where_the_run_passed(
    installation: Installation,
) -> None:
    elsewhere = installation.channel("elsewhere")
    every = installation.channel("every")
    await rule(
        installation,
        notify_on="failures",
        accessibility_from="critical",
        severity_1="critical",
        people_1=[installation.ben.id],
    )
    await rule(
        installation,
        every,
        notify_on="failures",
        accessibility_from="critical",
        accessibility_new="no",
    )
    minor = replace(LABELS, severity="Minor", title="Heading levels")
    await end(installation, elsewhere, script("Minor1", findings=(minor,)))
    await end(installation, elsewhere, script("Crit1", findings=(minor, LABELS)))
    report = await installation.told("Crit1")
    assert "*1 new accessibility issue*: Form elements must have labels (critical)" in report.text
    assert f"For <@{installation.ben.id}>." in report.text
    await end(installation, elsewhere, script("Crit2", findings=(LABELS,)))
    repeated = await installation.told("Crit2", every)
    assert "1 accessibility issue gone: Heading levels (minor)" in repeated.text
    assert told_in(installation.qa) == ["Crit1"]
    assert told_in(every) == ["Crit1", "Crit2"]


CONFIG = """
[projects.web]
token = {token}

[rules.{qa}]
notify_on = "failures"
mentions = [{{ who = [{ben}, {group}], pattern = "*search*" }}]

[rules.{ops}]
projects = ["web"]
notify_on = "all"
live = true
"""


async def test_the_rules_of_the_file_are_obeyed_and_the_modal_leaves_them_alone(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        ops, elsewhere = installation.channel("ops"), installation.channel("elsewhere")
        group = installation.slack.add_usergroup("search-team")
        config = CONFIG.format(
            token=json.dumps(DEMO_KEY.token),
            qa=installation.qa.id,
            ops=ops.id,
            ben=json.dumps(installation.ben.id),
            group=json.dumps(group.id),
        )
        (tmp_path / "qarun.toml").write_text(config)
        async with serving_process(installation):
            fixed = await opened(installation)
            assert "qarun.toml" in words(fixed)
            assert "submit" not in fixed.given
            await end(installation, elsewhere, script("File1", SEARCH))
            report = await installation.told("File1")
            assert f"For <@{installation.ben.id}> and <!subteam^{group.id}>." in report.text
            await end(installation, elsewhere, script("Web1"), "web/")
            assert told_in(ops) == ["web/Web1"]
            assert report_of("web/Web1", installation.qa) is None


async def test_a_channel_that_refuses_is_noted_told_once_and_shown_everywhere(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        elsewhere = installation.channel("elsewhere")
        async with installation.running():
            await rule(installation, notify_on="all")
            installation.qa.is_archived = True
            for run in ("Gone1", "Gone2"):
                await end(installation, elsewhere, script(run))
            direct = installation.slack.direct_messages(installation.ada.id)
            (word,) = await installation.until(lambda: direct.messages)
            assert f"<#{installation.qa.id}>" in word.text
            assert "is_archived" in word.text
            ready = await installation.get("/readyz")
            assert ready.status_code == 200
            assert ready.json()["warnings"] == {
                f"channel {installation.qa.id}": "refuses: is_archived"
            }
            listed = (await installation.answer_to("list", where=elsewhere)).text
            assert f"Alerts are refused in <#{installation.qa.id}>" in listed
        status, out, _ = await run_to_its_end(
            tmp_path, "doctor", variables=installation.variables | {"COLUMNS": "200"}
        )
        assert status == 1
        assert f"alerts in {installation.qa.id}" in out
        installation.qa.is_archived = False
        async with installation.running():
            await end(installation, elsewhere, script("Back1", PAY))
            await installation.told("Back1")
            assert "warnings" not in (await installation.get("/readyz")).json()
        assert direct.messages == [word]
