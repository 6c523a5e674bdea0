"""Who may do what, and what is kept of it: `QARUN_…_ALLOWED` and `/qarun audit`."""

from pathlib import Path

from bot.playground.scenarios import three_failed
from bot.playground.slack_views import View
from tests.e2e.stage import Installation, installed, whole_text

RUN = "Perm1"


async def test_who_may_not_is_refused_and_it_is_all_in_the_trail(tmp_path: Path) -> None:
    async with installed(tmp_path) as installation:
        ada, ben = installation.ada, installation.ben
        installation.variables |= {"QARUN_RULES_ALLOWED": ada.id, "QARUN_RERUN_ALLOWED": ada.id}
        installation.stage.qatech.add(three_failed(RUN, duration=100))
        async with installation.running():
            assert "Nothing that I keep a record of" in (await installation.answer_to("audit")).text
            await installation.type(RUN, by=ben)
            await installation.live(RUN)
            refused = await installation.answer_to("mute 1h", by=ben)
            assert "not among those who may change" in refused.text
            refused = await installation.answer_to(f"rerun {RUN}", by=ben)
            assert "reruns" in refused.text
            assert "muted until" in (await installation.answer_to("mute 1h")).text
            await installation.answer_to(f"stop {RUN}", by=ben)
            trail = (await installation.answer_to("audit", by=ben)).text
            await refused_elsewhere(installation)
    lines = [line for line in trail.split("\n") if line.startswith("• ")]
    told = [(line.partition("<@")[2].partition(">")[0], line.partition(">: ")[2]) for line in lines]
    assert [who for who, _ in told] == [ben.id, ada.id, ben.id, ben.id]
    assert told[0][1] == f"stopped the watch of run {RUN}"
    assert told[1][1].startswith("muted the alerts: until 20")
    assert told[2][1] == f"may not start reruns, and tried one of run {RUN}: all test cases"
    assert told[3][1] == "may not change rules or mutes, and tried to"


async def refused_elsewhere(installation: Installation) -> None:
    """The form is shown for reading alone; the trail is that of the channel alone."""
    slack, ben = installation.slack, installation.ben
    await installation.type("alerts", by=ben)

    def shown() -> View | None:
        stack = slack.views.modals.get(ben.id)
        return stack[-1] if stack and "Loading" not in str(stack[-1].blocks) else None

    view = await installation.until(shown)
    assert view.given.get("submit") is None
    assert "which you may not change" in str(view.blocks)
    other = installation.channel("other")
    assert "Nothing that I keep a record of" in whole_text(
        await installation.answer_to("audit", where=other)
    )
    wrong = await installation.answer_to("audit 7")
    assert "There is no page 7; the last one is 1" in wrong.text
    assert "number of a page" in (await installation.answer_to("audit me")).text
