from typing import Any

from tests.playground.slack_app import served
from tests.playground.test_slack_chat import error_of
from tests.playground.test_slack_interactions import modal


async def test_a_trigger_opens_one_view_within_three_seconds() -> None:
    async with served() as site:
        client, tickets = site.client(), site.workspace.tickets

        def opening(trigger_id: str) -> Any:
            return client.views_open(trigger_id=trigger_id, view=modal())

        assert await error_of(opening("1.2.3")) == "invalid_trigger_id"
        used = tickets.trigger(site.ann.id).id
        answer = await opening(used)
        assert answer["view"]["root_view_id"] == answer["view"]["id"]
        assert await error_of(opening(used)) == "exchanged_trigger_id"
        late = tickets.trigger(site.ann.id).id
        site.clock.now += 3.1
        assert await error_of(opening(late)) == "expired_trigger_id"
        assert await error_of(client.views_open(trigger_id=used, view={})) == "invalid_arguments"
        missing = client.api_call("views.open", json={"trigger_id": used})
        assert await error_of(missing) == "invalid_arguments"


async def test_views_are_pushed_three_deep_and_only_onto_one() -> None:
    async with served() as site:
        client, tickets = site.client(), site.workspace.tickets

        def pushing() -> Any:
            return client.views_push(trigger_id=tickets.trigger(site.ann.id).id, view=modal())

        assert await error_of(pushing()) == "not_found"
        await client.views_open(trigger_id=tickets.trigger(site.ann.id).id, view=modal())
        await pushing()
        await pushing()
        assert await error_of(pushing()) == "push_limit_reached"


async def test_a_view_is_updated_by_either_id_unless_it_changed_meanwhile() -> None:
    async with served() as site:
        client = site.client()
        trigger_id = site.workspace.tickets.trigger(site.ann.id).id
        view = (await client.views_open(trigger_id=trigger_id, view=modal(external_id="mine")))[
            "view"
        ]
        change = client.views_update
        changed = await change(view_id=view["id"], hash=view["hash"], view=modal("New"))
        assert changed["view"]["title"]["text"] == "New"
        stale = change(view_id=view["id"], hash=view["hash"], view=modal())
        assert await error_of(stale) == "hash_conflict"
        site.workspace.modal(site.ann).given["external_id"] = "mine"
        assert (await change(external_id="mine", view=modal("Again")))["view"]["id"] == view["id"]
        assert await error_of(change(view_id="V404", view=modal())) == "not_found"
        without = client.api_call("views.update", json={"view": modal()})
        assert await error_of(without) == "invalid_arguments"
        await site.workspace.close(site.ann)
        assert await error_of(change(view_id=view["id"], view=modal())) == "not_found"
