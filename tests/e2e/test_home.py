"""The App Home: what is watched, what ended, the rules, and a field that looks up a run."""

from bot.playground.scenarios import all_passed, three_failed
from bot.playground.slack_state import User
from bot.playground.slack_views import View
from bot.slack.blocks import buttons
from tests.e2e.stage import Installation
from tests.e2e.talk import modal, press_in, usable, view_text


async def opened(installation: Installation, by: User | None = None) -> View:
    """The home of a person, as it is published when it is opened."""
    person = by or installation.ada
    published = installation.slack.views.homes.get(person.id)
    before = published.hash if published else ""
    delivery = await installation.slack.open_home(person)
    assert delivery is not None
    assert delivery.acknowledged

    def look() -> View | None:
        view = installation.slack.views.homes.get(person.id)
        return view if view and view.hash != before else None

    return await installation.until(look)


def part(home: View, heading: str) -> str:
    """What stands under one of its headings."""
    blocks = home.blocks
    heads = [n for n, block in enumerate(blocks) if block["type"] == "header"]
    begin = next(n for n in heads if blocks[n]["text"]["text"] == heading)
    end = next((n for n in heads if n > begin), len(blocks))
    return str(blocks[begin:end])


async def test_the_home_shows_what_is_watched_what_ended_and_the_rules(
    everywhere: Installation,
) -> None:
    qatech, ada, ben = everywhere.stage.qatech, everywhere.ada, everywhere.ben
    empty = view_text(await opened(everywhere))
    assert "No run is being watched" in empty
    assert "No run has ended in your channels yet" in empty
    qatech.add(all_passed("Ada1", duration=1000))
    qatech.add(all_passed("Ben1", duration=1000))
    qatech.add(three_failed("Ended2", duration=10))
    alone = everywhere.slack.add_channel("bens-own", members=[ben])
    await everywhere.type("Ada1")
    await everywhere.type("Ben1", by=ben)
    await everywhere.type("Ended2")
    await everywhere.live("Ended2")
    everywhere.runs.step(11)
    await everywhere.told("Ended2")
    qatech.add(all_passed("Secret1", duration=1000))
    await everywhere.type("Secret1", by=ben, where=alone)
    await everywhere.live("Secret1", alone)
    await everywhere.type("mute 2h")
    home = await opened(everywhere, ada)
    assert "Ada1" in part(home, "Watched for you")
    assert "Ben1" in part(home, "Watched in your channels")
    assert "Run Ended2 failed" in part(home, "Last results")
    assert "Secret1" not in view_text(home), "what goes on elsewhere is nobody's business"
    assert "Secret1" in view_text(await opened(everywhere, ben))
    shows = usable(home.blocks, buttons.SHOW_RUN)
    assert len(shows) == 3
    for action, _ in shows:
        await press_in(everywhere, home, action)
        view = await modal(everywhere, "Run ")
        assert usable(view.blocks, buttons.OPEN_RUN)
        await everywhere.slack.close(ada)


async def test_its_field_looks_up_a_run_and_explains_what_is_none(
    everywhere: Installation,
) -> None:
    everywhere.stage.qatech.add(three_failed(duration=0))
    home = await opened(everywhere)
    await press_in(everywhere, home, buttons.LOOK_UP, "#Bq7Tz")
    view = await modal(everywhere, "Run Bq7Tz failed", "Guest checkout with a card")
    for action, words in (
        (buttons.FAILED_CASES, "Failed cases"),
        (buttons.ACCESSIBILITY, "Accessibility issues"),
    ):
        await press_in(everywhere, view, action)
        on_top = await modal(everywhere, words)
        assert on_top.previous_id == view.id
        await everywhere.slack.close(everywhere.ada)
    (link,) = [action for action, _ in usable(view.blocks, buttons.OPEN_RUN)]
    await press_in(everywhere, view, link)
    await everywhere.slack.close(everywhere.ada)
    for typed, words in (
        ("not a run at all", "is not a run"),
        ("", "The run is missing"),
        ("Nope1", "QA.tech knows no run Nope1"),
        ("nowhere/UkxK", "nowhere"),
    ):
        await press_in(everywhere, home, buttons.LOOK_UP, typed)
        await modal(everywhere, words)
        await everywhere.slack.close(everywhere.ada)
    assert not everywhere.qa.messages
