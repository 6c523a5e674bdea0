"""Every button and menu of every message: pressed over the socket and over signed HTTP."""

import asyncio
from pathlib import Path

from bot.domain.short_id import RunKey
from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Message
from bot.slack.blocks import buttons
from tests.e2e.stage import Installation, installed, is_live, replies, whole_text
from tests.e2e.talk import aside, modal, next_reply, press, reply_to, reported, said_by_bot, usable

KEY = RunKey("default", "Bq7Tz")
BELOW_A_REPORT = {
    buttons.FAILED_CASES,
    buttons.ACCESSIBILITY,
    buttons.RERUN_FAILED,
    buttons.OPEN_RUN,
    buttons.MORE,
}


def kinds(message: Message) -> set[str]:
    """What can be pressed in a message."""
    return {action.partition(":")[0] for action, _ in usable(message.blocks)}


def choices(message: Message) -> list[str]:
    """The options of its menu."""
    ((_, menu),) = usable(message.blocks, buttons.MORE)
    return [option["text"]["text"] for option in menu["options"]]


async def test_the_buttons_below_a_report(everywhere: Installation) -> None:
    report = await reported(everywhere, three_failed(duration=0))
    assert kinds(report) == BELOW_A_REPORT  # that of the rerun is pressed in test_rerun.py
    assert choices(report) == ["Refresh", "Copy the run's ID"]
    await press(everywhere, report, buttons.FAILED_CASES)
    await modal(everywhere, "Failed cases", "Guest checkout with a card", "stays disabled")
    await press(everywhere, report, buttons.ACCESSIBILITY)
    await modal(everywhere, "Accessibility issues", "Buttons must have discernible text")
    await press(everywhere, report, buttons.OPEN_RUN)
    await press(everywhere, report, buttons.MORE, buttons.more_value(buttons.COPY_ID, KEY))
    assert "`Bq7Tz`" in (await aside(everywhere, "The ID of this run")).text
    await press(everywhere, report, buttons.MORE, buttons.more_value(buttons.REFRESH, KEY))
    await aside(everywhere, "I have looked at run Bq7Tz again")
    await everywhere.until(lambda: report.revisions)
    assert "Run Bq7Tz failed" in report.text


async def test_the_menu_of_a_live_message(everywhere: Installation) -> None:
    key = RunKey("default", "Live1")
    everywhere.stage.qatech.add(all_passed("Live1", duration=100))
    await everywhere.type("Live1")
    live = await everywhere.live("Live1")
    await everywhere.confirmed("Live1")
    assert kinds(live) == {buttons.OPEN_RUN, buttons.MORE}
    assert choices(live) == ["Refresh", "Stop watching", "Copy the run's ID"]
    await press(everywhere, live, buttons.OPEN_RUN)
    await press(everywhere, live, buttons.MORE, buttons.more_value(buttons.COPY_ID, key))
    await aside(everywhere, "`Live1`")
    await press(everywhere, live, buttons.MORE, buttons.more_value(buttons.REFRESH, key))
    await aside(everywhere, "looking at run Live1 now")
    await press(everywhere, live, buttons.MORE, buttons.more_value(buttons.STOP_WATCHING, key))
    await aside(everywhere, "stopped watching")
    await everywhere.until(lambda: not is_live(live))
    assert kinds(live) == {buttons.OPEN_RUN, buttons.MORE}
    assert choices(live) == ["Copy the run's ID"]
    await press(everywhere, live, buttons.MORE, buttons.more_value(buttons.COPY_ID, key))


async def test_the_buttons_of_a_report_that_one_person_alone_sees(
    everywhere: Installation,
) -> None:
    everywhere.stage.qatech.add(three_failed(duration=0))
    report = await everywhere.answer_to("Bq7Tz private")
    assert kinds(report) == BELOW_A_REPORT
    await press(everywhere, report, buttons.FAILED_CASES)
    await modal(everywhere, "Failed cases", "Guest checkout with a card")
    await press(everywhere, report, buttons.ACCESSIBILITY)
    await modal(everywhere, "Accessibility issues")
    await press(everywhere, report, buttons.MORE, buttons.more_value(buttons.COPY_ID, KEY))
    await aside(everywhere, "The ID of this run")
    before = len(everywhere.slack.ephemeral_for(everywhere.ada))
    await press(everywhere, report, buttons.MORE, buttons.more_value(buttons.REFRESH, KEY))
    shown = await everywhere.until(lambda: everywhere.slack.ephemeral_for(everywhere.ada)[before:])
    assert "Run Bq7Tz failed" in shown[0].text
    assert not everywhere.qa.messages


async def test_the_buttons_of_answers(everywhere: Installation) -> None:
    report = await reported(everywhere, three_failed(duration=0))
    summary = await reply_to(everywhere, "status", report)
    assert kinds(summary) == {buttons.FAILED_CASES, buttons.ACCESSIBILITY, buttons.OPEN_RUN}
    await press(everywhere, summary, buttons.FAILED_CASES)
    await modal(everywhere, "Failed cases", "Guest checkout with a card")
    await press(everywhere, summary, buttons.ACCESSIBILITY)
    await modal(everywhere, "Accessibility issues", "Form elements must have labels")
    why = await reply_to(everywhere, "why did guest checkout fail?", report)
    assert kinds(why) == {buttons.CASE_DETAILS}
    await press(everywhere, why, buttons.CASE_DETAILS)
    await modal(everywhere, "Test case", "stays disabled", "Started:", "Took")
    asked = await reply_to(everywhere, "why did checkout fail?", report)
    assert kinds(asked) == {buttons.CHOOSE}
    for number, (action, button) in enumerate(usable(asked.blocks)):
        before = len(said_by_bot(everywhere, report))
        await press(everywhere, asked, action)
        chosen = await next_reply(everywhere, report, before)
        assert button["text"]["text"].partition(". ")[2] in chosen.text, number


async def test_old_buttons_work_after_a_restart_and_with_an_empty_database(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        async with installation.running():
            report = await reported(installation, three_failed(duration=0))
            asked = await reply_to(installation, "why did checkout fail?", report)
        for is_new in (False, True):
            if is_new:
                installation.variables["QARUN_DATABASE_URL"] = f"sqlite:///{tmp_path}/new.db"
                installation.directory = tmp_path / "elsewhere"
            async with installation.running():
                await press(installation, report, buttons.FAILED_CASES)
                await modal(installation, "Failed cases", "Guest checkout with a card")
                await installation.slack.close(installation.ada)
                before = len(said_by_bot(installation, report))
                await press(installation, asked, usable(asked.blocks)[1 if is_new else 0][0])
                await next_reply(installation, report, before)


async def test_buttons_of_another_version_are_explained(installation: Installation) -> None:
    slack, qa = installation.slack, installation.qa
    old = slack.post(
        Message(
            "",
            qa.id,
            slack.bot,
            "From another version",
            blocks=[
                {
                    "type": "actions",
                    "block_id": "old",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": action,
                            "text": {"type": "plain_text", "text": "Press"},
                            "value": value,
                        }
                        for action, value in (
                            (buttons.FAILED_CASES, "UkxK"),
                            ("retired_action", "[1]"),
                            (f"{buttons.RERUN_FAILED}:x", '[99,"default/UkxK"]'),
                        )
                    ],
                }
            ],
        )
    )
    for action, _ in usable(old.blocks):
        await press(installation, old, action)
    told = await installation.until(lambda: slack.ephemeral if len(slack.ephemeral) == 3 else None)
    assert all("another version of me" in message.text for message in told)
    assert not replies(qa)


async def test_a_person_who_is_quick_and_one_who_is_slow_press_at_once(
    installation: Installation,
) -> None:
    report = await reported(installation, three_failed(duration=0))
    await asyncio.gather(
        *(
            press(installation, report, buttons.FAILED_CASES, by=person)
            for person in (installation.ada, installation.ben)
        )
    )
    for person in (installation.ada, installation.ben):
        await modal(installation, "Failed cases", "Guest checkout", by=person)
    assert "Guest checkout with a card" in whole_text(report)
