import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from bot.playground.slack_delivery import Delivery
from bot.serving import listen, serving
from tests.playground.slack_app import Site, in_socket_mode, over_http, served
from tests.playground.test_slack_chat import error_of

BOTH_WAYS = pytest.mark.parametrize("way", ["socket", "http"])


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value), "value": value}


BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "open", "text": plain("Open"), "value": "UkxK"},
            {"type": "button", "action_id": "bare", "text": plain("Bare")},
            {"type": "overflow", "action_id": "more", "options": [option("copy"), option("stop")]},
            {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]},
        ],
    }
]


def modal(title: str = "Ask", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Go"),
        "blocks": [
            {
                "type": "input",
                "block_id": "run",
                "label": plain("Run"),
                "element": {"type": "plain_text_input", "action_id": "id"},
            },
            {
                "type": "section",
                "block_id": "refresh",
                "text": plain("Stale?"),
                "accessory": {"type": "button", "action_id": "again", "text": plain("Again")},
            },
        ],
        **more,
    }


class Asked:
    """A small app: opens a modal at a button, and answers a submission as it is told to."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.answer = answer or {}
        self.bodies: list[dict[str, Any]] = []

    def register(self, app: AsyncApp) -> None:
        async def on_action(ack: Any, body: dict[str, Any], client: Any) -> None:
            self.bodies.append(body)
            await ack()
            if body["actions"][0]["action_id"] == "open":
                await client.views_open(trigger_id=body["trigger_id"], view=modal())

        async def on_submission(ack: Any, body: dict[str, Any]) -> None:
            self.bodies.append(body)
            await ack(**self.answer)

        async def on_closed(ack: Any, body: dict[str, Any]) -> None:
            self.bodies.append(body)
            await ack()

        async def on_home() -> None:
            """Publishing is the test's affair."""

        for name in ("open", "bare", "more", "pick", "again"):
            app.action(name)(on_action)
        app.view("")(on_submission)
        app.view_closed("")(on_closed)
        app.event("app_home_opened")(on_home)


@contextlib.asynccontextmanager
async def running(site: Site, asked: Asked, way: str = "socket") -> AsyncIterator[None]:
    connect = in_socket_mode if way == "socket" else over_http
    async with connect(site, asked.register):
        yield


async def posted(site: Site, **args: Any) -> str:
    answer = await site.client().chat_postMessage(
        channel=site.general.id, text="report", blocks=BUTTONS, **args
    )
    await site.workspace.courier.idle()
    return str(answer["ts"])


async def opened(site: Site) -> Delivery:
    delivery = await site.workspace.press(site.ann, "general", await posted(site), "open")
    await site.workspace.wait_for(lambda: site.workspace.views.modals.get(site.ann.id))
    return delivery


@BOTH_WAYS
async def test_a_button_brings_the_message_and_opens_a_modal(way: str) -> None:
    asked = Asked()
    async with served() as site, running(site, asked, way):
        delivery = (await opened(site)).require_ack()
        body = asked.bodies[0]
        assert body == delivery.payload
        assert body["container"] == {
            "type": "message",
            "message_ts": "1700000000.000100",
            "channel_id": site.general.id,
            "is_ephemeral": False,
        }
        assert body["message"]["text"] == "report"
        action = body["actions"][0]
        assert (action["type"], action["block_id"], action["value"]) == ("button", "row", "UkxK")
        assert body["state"]["values"]["row"]["pick"] == {
            "type": "static_select",
            "selected_option": None,
        }
        assert site.workspace.modal(site.ann).title == "Ask"


async def test_what_is_chosen_in_a_message_is_told_and_kept() -> None:
    asked = Asked()
    async with served() as site, running(site, asked):
        ts = await posted(site)
        press = site.workspace.press
        await press(site.ann, "general", ts, "more", "stop")
        await press(site.ann, "general", ts, "pick", "b", block_id="row")
        await press(site.bob, "general", ts, "bare")
        more, pick, bare = asked.bodies
        assert more["actions"][0]["selected_option"]["value"] == "stop"
        assert pick["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "b"
        assert "value" not in bare["actions"][0]
        assert bare["state"] == pick["state"]


async def test_nothing_can_be_pressed_that_nobody_sees() -> None:
    async with served() as site:
        ts = await posted(site)
        press = site.workspace.press
        with pytest.raises(LookupError, match="row/open"):
            await press(site.ann, "general", ts, "absent")
        with pytest.raises(LookupError, match="nothing to use"):
            await press(site.ann, "general", ts, "open", block_id="elsewhere")
        with pytest.raises(LookupError, match="sees no message"):
            await press(site.ann, "general", "1.0", "open")
        with pytest.raises(LookupError, match="value is 'UkxK'"):
            await press(site.ann, "general", ts, "open", "other")
        with pytest.raises(LookupError, match="no option 'z'"):
            await press(site.ann, "general", ts, "pick", "z")
        await site.client().chat_postEphemeral(
            channel=site.general.id, user=site.ann.id, text="x", blocks=BUTTONS
        )
        (secret,) = site.workspace.ephemeral_for(site.ann)
        with pytest.raises(LookupError, match="sees no message"):
            await press(site.bob, "general", secret.ts, "open")


async def test_an_ephemeral_message_and_a_thread_are_told_by_the_container() -> None:
    asked = Asked()
    async with served() as site, running(site, asked):
        root = await posted(site)
        reply = await posted(site, thread_ts=root)
        await site.client().chat_postEphemeral(
            channel=site.general.id, user=site.ann.id, text="x", blocks=BUTTONS
        )
        (secret,) = site.workspace.ephemeral_for(site.ann)
        await site.workspace.press(site.ann, "general", reply, "bare")
        await site.workspace.press(site.ann, "general", secret.ts, "bare")
        in_thread, ephemeral = asked.bodies
        assert in_thread["container"]["thread_ts"] == root
        assert ephemeral["container"]["is_ephemeral"] is True
        assert "message" not in ephemeral


@BOTH_WAYS
async def test_a_submission_brings_what_was_typed_and_closes_the_modal(way: str) -> None:
    asked = Asked()
    async with served() as site, running(site, asked, way):
        await opened(site)
        view = site.workspace.modal(site.ann)
        delivery = await site.workspace.submit(site.ann, {"id": "UkxK"}, view.id)
        assert (delivery.acknowledged, delivery.problem) == (True, None)
        values = asked.bodies[-1]["view"]["state"]["values"]
        assert values == {"run": {"id": {"type": "plain_text_input", "value": "UkxK"}}}
        with pytest.raises(LookupError, match="no modal open"):
            site.workspace.modal(site.ann)


async def test_what_slack_would_not_let_anybody_submit_is_an_error() -> None:
    asked = Asked()
    async with served() as site, running(site, asked):
        await opened(site)
        submit = site.workspace.submit
        with pytest.raises(ValueError, match="run/id is required"):
            await submit(site.ann)
        with pytest.raises(LookupError, match="nothing to use"):
            await submit(site.ann, {"run": {"absent": "x"}})
        with pytest.raises(LookupError, match="is not on top"):
            await submit(site.ann, {"id": "x"}, "V404")
        view = site.workspace.modal(site.ann)
        del view.given["submit"]
        with pytest.raises(ValueError, match="no submit button"):
            await submit(site.ann, {"id": "x"})


@BOTH_WAYS
async def test_errors_in_the_answer_stay_beneath_their_inputs(way: str) -> None:
    asked = Asked({"response_action": "errors", "errors": {"run": "No such run"}})
    async with served() as site, running(site, asked, way):
        await opened(site)
        delivery = await site.workspace.submit(site.ann, {"run": {"id": "x"}})
        assert delivery.problem is None
        assert site.workspace.modal(site.ann).errors == {"run": "No such run"}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"response_action": "errors", "errors": {"refresh": "x"}}, "no inputs: refresh"),
        ({"response_action": "errors", "errors": {}}, "errors are missing"),
        ({"response_action": "update", "view": modal("x" * 25)}, "must be less than 25"),
        ({"response_action": "explode"}, "unknown response_action"),
    ],
)
async def test_an_answer_that_slack_would_refuse_is_reported(
    answer: dict[str, Any], problem: str
) -> None:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(answer)

    async with served() as site:
        trigger_id = site.workspace.tickets.trigger(site.ann.id).id
        await site.client().views_open(trigger_id=trigger_id, view=modal())
        router = Router([Route("/slack/events", endpoint, methods=["POST"])])
        async with serving(router, listen("127.0.0.1", 0)) as url:
            site.workspace.connect_http(f"{url}/slack/events", "x")
            delivery = await site.workspace.submit(site.ann, {"id": "x"})
        assert problem in str(delivery.problem)
        assert site.workspace.modal(site.ann).title == "Ask"


async def test_a_modal_stays_open_while_its_submission_is_not_acknowledged() -> None:
    async with served() as site:
        trigger_id = site.workspace.tickets.trigger(site.ann.id).id
        await site.client().views_open(trigger_id=trigger_id, view=modal())
        delivery = await site.workspace.submit(site.ann, {"id": "x"})
        assert not delivery.acknowledged
        assert site.workspace.modal(site.ann).title == "Ask"


async def test_an_answer_may_update_push_or_clear() -> None:
    asked = Asked({"response_action": "push", "view": modal("Second")})
    async with served() as site, running(site, asked):
        await opened(site)
        workspace = site.workspace
        await workspace.submit(site.ann, {"id": "x"})
        first, second = workspace.views.modals[site.ann.id]
        assert (second.title, second.root_id, second.previous_id) == ("Second", first.id, first.id)
        asked.answer = {"response_action": "update", "view": modal("Changed")}
        before = second.hash
        await workspace.submit(site.ann, {"id": "y"})
        assert (second.title, second.values["run"]["id"]["value"]) == ("Changed", "y")
        assert second.hash != before
        asked.answer = {"response_action": "push", "view": modal("Third")}
        await workspace.submit(site.ann, {"id": "z"})
        delivery = await workspace.submit(site.ann, {"id": "z"})
        assert delivery.problem == "push_limit_reached"
        asked.answer = {"response_action": "clear"}
        await workspace.submit(site.ann, {"id": "z"})
        assert workspace.views.modals[site.ann.id] == []


async def test_a_view_that_is_closed_is_told_of_only_where_it_asks_for_it() -> None:
    asked = Asked()
    async with served() as site, running(site, asked):
        await opened(site)
        assert await site.workspace.close(site.ann) is None
        await opened(site)
        view = site.workspace.modal(site.ann)
        view.given["notify_on_close"] = True
        delivery = await site.workspace.close(site.ann, view.id)
        assert delivery is not None
        assert delivery.require_ack().payload["type"] == "view_closed"
        assert asked.bodies[-1]["is_cleared"] is False


async def test_a_button_in_a_view_brings_the_view() -> None:
    asked = Asked()
    async with served() as site, running(site, asked):
        await opened(site)
        view = site.workspace.modal(site.ann)
        await site.workspace.press_in_view(view, "again")
        body = asked.bodies[-1]
        assert body["container"] == {"type": "view", "view_id": view.id}
        assert body["view"]["id"] == view.id
        assert "response_url" not in body
        assert "message" not in body


async def test_an_app_home_is_published_opened_and_used() -> None:
    asked = Asked()
    async with served() as site, running(site, asked):
        workspace, client = site.workspace, site.client()
        first = await workspace.open_home(site.ann)
        assert first is not None
        assert "view" not in first.payload["event"]
        home = {"type": "home", "blocks": modal()["blocks"]}
        publish = client.views_publish
        view = (await publish(user_id=site.ann.id, view=home))["view"]
        await publish(user_id=site.ann.id, view=home, hash=view["hash"])
        stale = publish(user_id=site.ann.id, view=home, hash=view["hash"])
        assert await error_of(stale) == "hash_conflict"
        assert await error_of(publish(user_id="U404", view=home)) == "user_not_found"
        second = await workspace.open_home(site.ann)
        assert second is not None
        assert second.payload["event"]["view"]["type"] == "home"
        await workspace.press_in_view(workspace.views.homes[site.ann.id], "again")
        assert asked.bodies[-1]["view"]["type"] == "home"


async def test_a_shared_link_is_told_of_for_registered_domains() -> None:
    async with served() as site:
        share = site.workspace.share_link
        ours = await share(site.ann, "random", "https://app.qa.tech/p/x/results/UkxK")
        event = ours.deliveries[-1].payload["event"]
        assert (event["type"], event["is_bot_user_member"]) == ("link_shared", False)
        assert event["links"][0]["domain"] == "app.qa.tech"
        other = await share(site.ann, "random", "https://app.qa.tech.evil/x")
        assert other.deliveries == ()
