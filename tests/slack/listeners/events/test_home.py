"""The App Home: published when somebody opens it, and its field looks up a run."""

from typing import Any

from bot.playground.slack_delivery import DeliveryKind
from bot.slack.blocks import buttons
from tests.slack.blocks.samples import case, three_failed
from tests.slack.blocks.samples import run as run_of
from tests.slack.listeners.bench import KEY, Bench

GOING = run_of(case(1, "Search", status="RUNNING", result=None), status="RUNNING", result=None)


def home_of(bench: Bench) -> str:
    view = bench.slack.views.homes.get(bench.ada.id)
    return str(view.given) if view else ""


async def test_it_shows_what_is_watched_and_what_ended(bench: Bench) -> None:
    await bench.watched(GOING)
    await bench.slack.open_home(bench.ada)
    await bench.finished()
    assert "UkxK" in home_of(bench)
    assert "Look up a run" in home_of(bench)
    await bench.slack.open_home(bench.ben)
    await bench.finished()
    bens = str(bench.slack.views.homes[bench.ben.id].given)
    assert bens.index("Watched in your channels") < bens.rindex("UkxK")


async def test_the_tab_of_messages_is_none_of_ours(bench: Bench) -> None:
    await bench.slack.open_home(bench.ada, tab="messages")
    event: dict[str, Any] = {"type": "app_home_opened", "tab": "home", "channel": "D1"}
    await bench.send(DeliveryKind.EVENT, bench.event(**event))
    await bench.finished()
    assert not bench.slack.views.homes


async def test_where_slack_does_not_tell_the_channels_the_own_watches_are_shown(
    bench: Bench,
) -> None:
    await bench.watched(GOING)
    bench.slack.faults.add("users.conversations", "error", error="missing_scope")
    await bench.slack.open_home(bench.ada)
    await bench.finished()
    assert "UkxK" in home_of(bench)


async def test_all_pages_of_a_person_s_channels_count(bench: Bench) -> None:
    for number in range(250):
        bench.slack.add_channel(f"more-{number}", members=[bench.ben])
    bench.room = bench.slack.add_channel("last", members=[bench.ada, bench.ben])
    await bench.watched(GOING)
    await bench.slack.open_home(bench.ben)
    await bench.finished()
    assert "*UkxK*" in str(bench.slack.views.homes[bench.ben.id].given)


async def test_a_home_that_slack_refuses_is_logged_and_no_more(
    bench: Bench, log: list[Any]
) -> None:
    bench.slack.faults.add("views.publish", "error", error="internal_error")
    await bench.slack.open_home(bench.ada)
    await bench.finished()
    assert "home_refused" in [line["event"] for line in log]


async def test_its_field_looks_up_a_run_in_any_of_its_forms(bench: Bench) -> None:
    bench.qatech.put(KEY, three_failed())
    await bench.slack.open_home(bench.ada)
    await bench.finished()
    home = bench.slack.views.homes[bench.ada.id]
    for typed in ("UkxK", " #UkxK ", "https://app.qa.tech/p/shop/results/UkxK?tab=1"):
        pressed = await bench.slack.press_in_view(home, buttons.LOOK_UP, typed)
        pressed.require_ack()
        await bench.modal("Run", "Run UkxK failed")
        await bench.slack.close(bench.ada)
    await bench.slack.press_in_view(home, buttons.LOOK_UP, "no run at all")
    await bench.modal("Run", "is not a run")
    await bench.slack.close(bench.ada)
    await bench.slack.press_in_view(home, buttons.LOOK_UP, "Nope1")
    await bench.modal("Run", "knows no run")
