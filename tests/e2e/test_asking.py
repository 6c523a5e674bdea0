"""What a person may type, and what comes back."""

import asyncio
from pathlib import Path

from bot.playground.qatech_faults import hang
from bot.playground.scenarios import all_passed, three_failed
from tests.e2e.stage import (
    Installation,
    installed,
    outside_threads,
    poll_until,
    replies,
    report_of,
    value,
    whole_text,
)

LINK = "https://app.qa.tech/p/fjord-supply/results/UkxK"
FORMS = (
    "UkxK",
    "#UkxK",
    "  UkxK  ",
    "`UkxK`",
    "*UkxK*",
    "default/UkxK",
    LINK,
    f"<{LINK}>",
    f"<{LINK}|app.qa.tech/p/fjord-supply/results/UkxK>",
    f"<{LINK}/?tab=overview&amp;case=7|the nightly run>",
    "<https://app.qa.tech/dashboard/p/fjord-supply/results/UkxK>",
    "<https://app.qa.tech/projects/fjord-supply/results/UkxK/>",
)


async def test_every_form_of_a_run_that_has_ended_brings_its_report(
    everywhere: Installation,
) -> None:
    everywhere.stage.qatech.add(all_passed(duration=0))
    rooms = [everywhere.channel(f"room-{number}") for number in range(len(FORMS))]
    for form, room in zip(FORMS, rooms, strict=True):
        await everywhere.type(form, where=room)
    for form, room in zip(FORMS, rooms, strict=True):
        report = await everywhere.told("UkxK", room)
        assert "Run UkxK passed" in report.text, form
        assert outside_threads(room) == [report]
        assert "/results/UkxK" in str(report.blocks)
    assert not everywhere.slack.ephemeral
    assert everywhere.asked_for("UkxK")[1] == {"testCases": "all", "issues": "all"}


async def test_a_command_is_acknowledged_while_qatech_hangs_and_survives_a_stop(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as installation:
        qatech, slack = installation.stage.qatech, installation.slack
        qatech.add(all_passed("Hung1", duration=100))
        async with installation.running():
            qatech.faults.inject(hang())
            for text in ("Hung1", "Hung1 private", "failed Hung1", "issues Hung1 console"):
                await installation.type(text, within=1)
            assert "What you can type" in (await installation.answer_to("help")).text
            await poll_until(
                lambda: value(installation.asked_for("Hung1")), lambda asked: len(asked) == 4
            )
        said = [m.text for m in slack.ephemeral_for(installation.ada)]
        assert len(said) == 5
        assert sum("I have stored your wish" in text for text in said) == 1
        qatech.faults.clear()
        async with installation.running():
            await installation.live("Hung1")


async def test_a_run_that_is_watched_already_is_linked_and_not_followed_twice(
    everywhere: Installation,
) -> None:
    everywhere.stage.qatech.add(all_passed("Busy1", duration=100))
    await everywhere.type("Busy1")
    live = await everywhere.live("Busy1")
    answer = await everywhere.answer_to("#Busy1", by=everywhere.ben)
    assert everywhere.slack.permalink(live) in answer.text
    assert outside_threads(everywhere.qa) == [live]


async def test_two_people_who_ask_at_once_share_one_live_message(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(three_failed("Busy2", duration=100))
    await asyncio.gather(
        installation.type("Busy2", by=installation.ada),
        installation.type("Busy2", by=installation.ben),
    )
    await installation.live("Busy2")
    (answer,) = await installation.until(lambda: installation.slack.ephemeral)
    (live,) = outside_threads(installation.qa)
    assert installation.slack.permalink(live) in answer.text
    installation.runs.step(100)
    await installation.told("Busy2")
    await installation.verdict()
    assert len(installation.qa.messages) == 2


async def test_the_answers_for_one_person_alone_are_complete(everywhere: Installation) -> None:
    qatech, answer_to = everywhere.stage.qatech, everywhere.answer_to
    qatech.add(three_failed(duration=0))
    assert "`/qarun stop &lt;run&gt;`" in whole_text(await answer_to("help"))
    assert "What you can type" in (await answer_to("")).text
    assert "No run is being watched" in (await answer_to("list")).text
    assert "not being watched" in (await answer_to("stop Bq7Tz")).text
    failed = (await answer_to("failed Bq7Tz")).text
    assert "3 failed" in failed
    assert "“Pay now” stays disabled" in failed
    for category, word in (
        ("accessibility", "Accessibility"),
        ("a11y", "Accessibility"),
        ("console", "Console"),
        ("hosting", "Hosting"),
        ("failed_test", "“Pay now” stays disabled"),
        ("", "Accessibility"),
    ):
        assert word in whole_text(await answer_to(f"issues Bq7Tz {category}")), category
    asked = [query.get("issues") for query in everywhere.asked_for("Bq7Tz")[1:]]
    assert asked == ["accessibility"] * 2 + ["console", "hosting", "failed_test", "all"]
    assert "no such category" in (await answer_to("issues Bq7Tz colours")).text
    assert "Which run" in (await answer_to("failed")).text
    assert "Which run" in (await answer_to("issues")).text
    report = await answer_to("Bq7Tz private")
    assert "Run Bq7Tz failed" in report.text
    assert not everywhere.qa.messages


async def test_a_run_in_progress_can_be_listed_stopped_and_looked_into(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(three_failed("Busy3", duration=100))
    await installation.type("Busy3")
    live = await installation.live("Busy3")
    installation.runs.step(90)
    assert "so far" in (await installation.answer_to("failed Busy3")).text
    answer = await installation.answer_to("Busy3", by=installation.ben)
    assert installation.slack.permalink(live) in answer.text
    listed = await installation.answer_to("list", by=installation.ben)
    assert "Busy3" in listed.text
    assert installation.slack.permalink(live) in whole_text(listed)
    assert "stopped watching" in (await installation.answer_to("stop Busy3")).text
    await installation.until(lambda: "no longer watched" in live.text)
    assert "No run is being watched" in (await installation.answer_to("list")).text
    installation.runs.step(20)
    await installation.type("Busy3")
    await installation.until(lambda: len(outside_threads(installation.qa)) == 2)
    assert not replies(installation.qa)


async def test_a_run_in_progress_asked_for_privately_is_followed_in_a_direct_message(
    installation: Installation,
) -> None:
    installation.stage.qatech.add(all_passed("Busy4", duration=100))
    answer = await installation.answer_to("private Busy4")
    assert "direct messages" in answer.text
    direct = installation.slack.direct_messages(installation.ada.id)
    live = await installation.live("Busy4", direct)
    installation.runs.step(100)
    await installation.until(lambda: report_of("Busy4", direct) is live)
    await installation.verdict(direct)
    assert not installation.qa.messages


async def test_whatever_is_typed_is_answered(installation: Installation) -> None:
    slack, ada, qa = installation.slack, installation.ada, installation.qa
    weird = {
        "fialed UkxK": "failed UkxK",
        "lsit": "list",
        "stpo UkxK": "stop UkxK",
        "help me please": "What you can type",
        "private": "What you can type",
        "failed private": "QA.tech knows no run private",
        "🙂": "is not a run",
        "🙂 🙂 🙂": "What you can type",
        "<!channel>": "is not a run",
        "<@U00000001>": "is not a run",
        "<https://example.com/a|UkxK>": "not one of a QA.tech run",
        "<https://app.qa.tech/p/fjord-supply/results/test/abc>": "one test case",
        "nowhere/UkxK": "nowhere",
        "failed UkxK 0": "Pages are counted from 1",
        "failed UkxK 99999999999999999999": "QA.tech knows no run UkxK",
        "stop": "Which run",
        "issues UkxK console 1 2 3": "at most one category",
        "x" * 3000: "is not a run",
        "a b " * 750: "What you can type",
        "😀" * 3000: "is not a run",
        "\n\t": "What you can type",
        "\u202e\u200b\x00": "is not a run",
        "UkxK'; DROP TABLE watches;--": "What you can type",
        "Nope1": "QA.tech knows no run Nope1",
    }
    for text, wanted in weird.items():
        answer = await installation.answer_to(text)
        assert wanted in whole_text(answer), f"{text[:40]!r}: {answer.text[:200]}"
    assert len(slack.ephemeral_for(ada, qa.id)) == len(weird)
    assert not qa.messages
