"""Every way in which a run reaches the bot without a command: CI, links, other bots, reruns."""

import asyncio
from pathlib import Path
from typing import Any

from bot.playground.qatech_script import Script
from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Channel
from tests.e2e.rules_form import rule
from tests.e2e.stage import (
    Installation,
    about,
    installed,
    outside_threads,
    poll_until,
    replies,
    value,
    whole_text,
)

SLUG = "fjord-supply"


def link(run: str) -> str:
    return f"https://app.qa.tech/p/{SLUG}/results/{run}"


def given(installation: Installation, *scripts: Script) -> None:
    for script in scripts:
        installation.stage.qatech.add(script)


async def asked(installation: Installation, run: str) -> None:
    """Until QA.tech has been asked for a run."""
    await poll_until(lambda: value(installation.asked_for(run)), bool)


# --- links


async def test_links_of_people_and_of_other_bots_are_watched_where_the_rule_says_so(
    installation: Installation,
) -> None:
    slack, qa = installation.slack, installation.qa
    other = installation.channel("without-rules")
    await rule(installation, notify_on="all")
    runs = ["Text1", "Block1", "Attach1", "Start1"]
    given(installation, *(all_passed(run, duration=100) for run in runs))
    test_case = f"https://app.qa.tech/p/{SLUG}/results/test/Text1"
    await slack.message(installation.ada, other, f"<{link('Text1')}>")
    await slack.message(installation.ada, qa, f"see <{test_case}|this case>")
    await slack.message(installation.ada, qa, f"see <{link('Text1')}|the run>, <{link('Text1')}/>")
    bot = slack.other_bot.id
    element = {"type": "button", "action_id": "x", "text": {"type": "plain_text", "text": "Open"}}
    actions = {"type": "actions", "elements": [element | {"url": link("Block1")}]}
    await slack.message(bot, qa, "Deployed", blocks=[actions])
    attached = {"fallback": "", "fields": [{"title": "Tests", "value": link("Attach1")}]}
    await slack.message(bot, qa, "", attachments=[attached])
    words = {"type": "section", "text": {"type": "mrkdwn", "text": "*Run #Start1* started"}}
    await slack.message(bot, qa, "QA.tech", blocks=[words])
    await slack.message(installation.ben, qa, f"again: {link('Text1')}")
    for run in runs:
        await asked(installation, run)
    installation.runs.step(101)
    reports = [await installation.told(run) for run in runs]
    assert [m for m in outside_threads(qa) if m.author == slack.bot] == sorted(
        reports, key=lambda message: message.ts
    )
    assert not any(about(run, other) for run in runs)


async def test_a_link_is_answered_in_its_thread_and_lively_as_the_rule_says(
    installation: Installation,
) -> None:
    await rule(installation, notify_on="failures", place="yes", broadcast="no")
    live = installation.channel("live")
    await rule(installation, live, notify_on="all", which="yes", live="yes", place="yes")
    given(installation, three_failed("Link1", duration=100), three_failed("Link2", duration=100))
    first = await installation.slack.message(installation.ada, installation.qa, link("Link1"))
    second = await installation.slack.message(installation.ada, live, link("Link2"))
    shown = await installation.until(
        lambda: [m for m in replies(live) if m.text.startswith("Run Link2 is in progress")]
    )
    assert shown[0].thread_ts == second.ts
    await asked(installation, "Link1")
    installation.runs.step(101)
    (quiet,) = await installation.until(lambda: replies(installation.qa))
    assert (quiet.thread_ts, quiet.is_broadcast) == (first.ts, False)
    verdict = (await installation.until(lambda: replies(live)[1:]))[0]
    assert (verdict.thread_ts, verdict.is_broadcast) == (second.ts, True)
    assert "Run Link2 failed" in shown[0].text  # the live message has become the report
    assert "<@" not in verdict.text  # who posts a link has not asked for anything


async def test_a_link_that_the_rule_leaves_alone_is_neither_watched_nor_shown(
    installation: Installation,
) -> None:
    await rule(installation, notify_on="all", links="no")
    given(installation, all_passed("Left1", duration=100))
    said = await installation.slack.share_link(installation.ada, installation.qa, link("Left1"))
    # Told elsewhere all the same: the rule is about links alone.
    elsewhere = installation.channel("elsewhere")
    await installation.type("Left1", where=elsewhere)
    await installation.live("Left1", elsewhere)
    assert not said.message.unfurls
    assert "No run is being watched" in (await installation.answer_to("list")).text


# --- previews


def preview_of(message: Any) -> str:
    return whole_text(
        type(message)(
            ts="",
            channel="",
            author=message.author,
            text="",
            blocks=[block for each in message.unfurls.values() for block in each["blocks"]],
        )
    )


async def test_a_link_is_previewed_with_the_short_report_or_the_live_state(
    everywhere: Installation,
) -> None:
    given(everywhere, three_failed("Done1", duration=0), all_passed("Going1", duration=100))
    everywhere.runs.step(50)
    slack = everywhere.slack
    ended = await slack.share_link(everywhere.ada, everywhere.qa, link("Done1"))
    going = await slack.share_link(everywhere.ada, everywhere.qa, link("Going1"))
    unknown = await slack.share_link(everywhere.ada, everywhere.qa, link("Nobody"))
    other = await slack.share_link(everywhere.ada, everywhere.qa, f"https://app.qa.tech/p/{SLUG}")
    await everywhere.until(lambda: ended.message.unfurls and going.message.unfurls)
    short = preview_of(ended.message)
    assert "Run Done1 failed" in short
    assert "3 failed (all product failures)" in short
    assert "Accessibility" in short
    assert "Run Going1 is in progress" in preview_of(going.message)
    assert "%" in preview_of(going.message)
    assert not unknown.message.unfurls
    assert not other.message.unfurls


# --- reruns


async def test_a_rerun_that_the_bot_makes_is_followed_and_held_against_its_run(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation, installation.running():
        installation.reruns = 1
        given(installation, three_failed("Orig1", duration=100))
        await rule(installation, notify_on="failures")
        elsewhere = installation.channel("elsewhere")
        await installation.type("Orig1", where=elsewhere)
        await installation.live("Orig1", elsewhere)
        installation.runs.step(101)
        report = await installation.told("Orig1", elsewhere)
        await installation.told("Orig1")
        await installation.slack.press(installation.ada, elsewhere, report.ts, "rerun_failed")
        live = await installation.until(lambda: rerun_in(elsewhere))
        installation.runs.step(400)
        await installation.until(lambda: "Against run `Orig1`" in live.text)
        assert "fixed" in live.text
        rerun = live.text.split()[1]
        told = await installation.told(rerun)  # the other channel hears of it by its rule
        assert "Against run `Orig1`" in told.text


def rerun_in(channel: Channel) -> Any:
    shown = [m for m in replies(channel) if "is in progress" in m.text.split("\n")[0]]
    return shown[0] if shown else None


async def test_a_burst_of_links_makes_one_watch_for_each_run(installation: Installation) -> None:
    await rule(installation, notify_on="all")
    names = ["Many1", "Many2", "Many3"]
    given(installation, *(all_passed(name, duration=100) for name in names))
    said = (
        installation.slack.message(installation.ada, installation.qa, link(name))
        for name in names * 3
    )
    await asyncio.gather(*said)
    for name in names:
        await asked(installation, name)
    installation.runs.step(101)
    for name in names:
        await installation.told(name)
    reports = [m for m in outside_threads(installation.qa) if m.author == installation.slack.bot]
    assert len(reports) == len(names)
