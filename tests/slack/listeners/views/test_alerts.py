"""The modal of a channel's rules: opened in time, saved, or told what is wrong with it."""

from bot.domain.rules import NotifyOn
from bot.playground.slack_delivery import DeliveryKind
from bot.slack.blocks.rules_form import CALLBACK
from bot.slack.blocks.rules_view import TITLE
from tests.slack.listeners.bench import Bench


async def open_rules(bench: Bench) -> None:
    typed = await bench.slack.command(bench.ada, bench.room, "alerts")
    typed.require_ack()
    await bench.finished()


async def test_it_opens_and_what_is_submitted_is_saved(bench: Bench) -> None:
    await open_rules(bench)
    assert bench.slack.modal(bench.ada).title == TITLE
    submitted = await bench.slack.submit(bench.ada)
    submitted.require_ack()
    await bench.finished()
    assert submitted.problem is None
    rule = await bench.store.rule_of(bench.room.id)
    assert rule is not None
    assert isinstance(rule.notify_on, NotifyOn)
    assert not bench.slack.views.modals[bench.ada.id]
    assert bench.slack.ephemeral_for(bench.ada), "what was saved is confirmed"


async def test_a_trigger_that_is_too_old_is_explained(bench: Bench) -> None:
    bench.slack.faults.add("views.open", "error", error="expired_trigger_id")
    await open_rules(bench)
    await bench.aside("too little time")


async def test_a_form_of_another_version_is_explained_in_its_place(bench: Bench) -> None:
    await open_rules(bench)
    view = bench.slack.modal(bench.ada)
    for metadata in ("", "{}", '[9,"C1"]', "x" * 3000):
        payload = {
            "type": "view_submission",
            "user": {"id": bench.ada.id},
            "team": {"id": bench.slack.team_id},
            "view": {
                "id": view.id,
                "type": "modal",
                "callback_id": CALLBACK,
                "private_metadata": metadata,
                "state": {"values": {}},
            },
        }
        sent = await bench.send(DeliveryKind.INTERACTIVE, payload)
        assert "another version of me" in str(sent.body)
    await bench.finished()
    assert await bench.store.rule_of(bench.room.id) is None
