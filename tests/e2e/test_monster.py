"""500 failures, 400 issues and names that mean harm: everything is told within Slack's limits."""

from bot.playground.scenarios import monster
from bot.playground.slack_limits import check_message
from bot.playground.slack_mentions import active_mentions
from bot.playground.slack_state import Message
from tests.e2e.stage import Installation, whole_text

OURS = (
    "https://app.qa.tech/p/fjord-supply/results/",
    "https://dequeuniversity.com/rules/axe/",
    "https://playground.slack.com/archives/",
)
CATEGORIES = ("", "accessibility", "console", "hosting", "failed_test")


async def test_a_monster_is_told_within_all_limits_and_harms_nobody(
    everywhere: Installation,
) -> None:
    everywhere.stage.qatech.add(monster("Big1"))
    everywhere.stage.qatech.add(monster("Big2", duration=100))
    await everywhere.type("Big1")
    report = await everywhere.told("Big1")
    assert "500 failed" in report.text
    assert "more" in report.text
    room = everywhere.channel("live")
    await everywhere.type("Big2", where=room)
    live = await everywhere.live("Big2", room)
    everywhere.runs.step(50)
    await everywhere.edited(live)
    pages = [await everywhere.answer_to(f"failed Big1 {page}") for page in (1, 2, 37, 50, 51)]
    assert "There is no page 51" in whole_text(pages[-1])
    pages += [
        await everywhere.answer_to(f"issues Big1 {category} {page}")
        for category in CATEGORIES
        for page in (1, 2, 20)
    ]
    pages.append(await everywhere.answer_to("list", where=room))
    everywhere.runs.step(50)
    await everywhere.told("Big2", room)
    await everywhere.verdict(room)
    for message in [*pages, *everywhere.qa.messages, *room.messages]:
        assert_harmless(message, everywhere)


def assert_harmless(message: Message, installation: Installation) -> None:
    """Within every limit; it calls nobody but who asked, and leads nowhere but where it says."""
    assert not check_message(message.text, message.blocks)
    for mention in active_mentions(message.text, message.blocks):
        match mention.kind:
            case "user":
                assert mention.target == installation.ada.id
            case "channel":
                assert mention.target in installation.slack.channels
            case "link":
                assert mention.target.startswith(OURS), mention
            case kind:
                assert kind == "date", mention
