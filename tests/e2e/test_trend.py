"""`/qarun trend`: the last runs as a picture and as a table, public, private, and refused."""

import asyncio

from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import Channel, Message
from tests.e2e.stage import Installation, outside_threads


def trends(channel: Channel) -> list[Message]:
    return [m for m in outside_threads(channel) if m.text.startswith("The last ")]


def kinds(message: Message) -> list[str]:
    return [str(block["type"]) for block in message.blocks]


async def ended(installation: Installation) -> Channel:
    """Two runs have ended and been told elsewhere, the first failed, the second passed."""
    elsewhere = installation.channel("elsewhere")
    for make, run in ((three_failed, "Fail1"), (all_passed, "Pass1")):
        installation.stage.qatech.add(make(run, duration=0))
        await installation.type(run, where=elsewhere)
        await installation.told(run, elsewhere)
    return elsewhere


async def test_a_trend_is_shown_in_the_channel_as_a_picture_and_as_a_table(
    everywhere: Installation,
) -> None:
    await ended(everywhere)
    await everywhere.type("trend")
    (told,) = await everywhere.until(lambda: trends(everywhere.qa))
    assert kinds(told) == ["header", "section", "image", "context", "table"]
    files = everywhere.slack.files
    file = files.known[told.blocks[2]["slack_file"]["id"]]
    assert file.media_type == ("image/png", "png")
    assert file.shown_in == [everywhere.qa.id]
    assert "• Run Pass1 passed" in told.text
    assert "18 of 24 test cases passed, 3 failed, 3 not tested" in told.text
    rows = told.blocks[4]["rows"]
    assert [row[0]["text"] for row in rows] == ["Run", "Pass1", "Fail1"]
    assert rows[0][1]["text"] == "Ended (Europe/Stockholm)", "as in the profile of who asked"


async def test_how_many_runs_can_be_said_and_nonsense_is_answered(
    installation: Installation,
) -> None:
    await ended(installation)
    await installation.type("trend 1")
    (told,) = await installation.until(lambda: trends(installation.qa))
    assert told.text.startswith("The last run")
    assert "Pass1" in told.text
    assert "Fail1" not in told.text
    for words in ("trend many", "trend 3 4"):
        assert "how many runs" in (await installation.answer_to(words)).text
    assert "At least one run" in (await installation.answer_to("trend 0")).text


async def test_a_private_trend_goes_into_the_direct_messages(installation: Installation) -> None:
    await ended(installation)
    answer = await installation.answer_to("trend private")
    assert "in our direct messages" in answer.text
    direct = installation.slack.direct_messages(installation.ada.id)
    (told,) = await installation.until(lambda: trends(direct))
    assert "image" in kinds(told)
    assert trends(installation.qa) == []


async def test_where_slack_takes_no_files_the_table_is_told_and_says_so(
    installation: Installation,
) -> None:
    await ended(installation)
    installation.slack.faults.add(
        "files.getUploadURLExternal", "error", error="file_uploads_disabled", times=None
    )
    await installation.type("trend")
    (told,) = await installation.until(lambda: trends(installation.qa))
    assert "table" in kinds(told)
    assert "image" not in kinds(told)
    assert "The picture is missing" in told.text


async def test_in_a_private_channel_without_the_bot_the_asker_gets_the_table(
    installation: Installation,
) -> None:
    await ended(installation)
    secret = installation.channel("secret", private=True, with_bot=False)
    answer = await installation.answer_to("trend", where=secret)
    assert "/invite @qarun" in answer.text
    assert "The picture is missing" in answer.text
    assert "table" in kinds(answer)


async def test_without_a_run_there_is_nothing_to_show(installation: Installation) -> None:
    assert "no run that has ended yet" in (await installation.answer_to("trend")).text


async def test_a_trend_whose_answer_was_lost_is_not_told_twice(
    installation: Installation,
) -> None:
    await ended(installation)
    installation.slack.faults.add("chat.postMessage", "lost_answer")
    await installation.type("trend")
    await installation.until(lambda: trends(installation.qa))
    await installation.until(lambda: installation.slack.calls_of("conversations.history"))
    await asyncio.sleep(0.5)
    assert len(trends(installation.qa)) == 1
