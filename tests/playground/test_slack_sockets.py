import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack import Workspace
from bot.playground.slack_delivery import NotAcknowledged
from tests.playground.slack_app import Site, in_socket_mode, served


class Heard:
    """What a small app was told, in order; it acknowledges unless `mute`."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.mute = False

    def register(self, app: AsyncApp) -> None:
        async def on_command(ack: Any, body: dict[str, Any]) -> None:
            self.bodies.append(body)
            if not self.mute:
                await ack(f"you said {body['text']}" if body["text"] else "")

        async def on_event(body: dict[str, Any]) -> None:
            self.bodies.append(body)

        app.command("/qarun")(on_command)
        app.event("message")(on_event)
        app.event("app_mention")(on_event)
        app.event("member_joined_channel")(on_event)

    def events(self) -> list[tuple[str, Any]]:
        return [(b["event"]["type"], b["event"].get("subtype")) for b in self.bodies]


async def test_a_command_is_delivered_and_its_acknowledgement_shown() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        delivery = await site.workspace.command(site.ann, "general", "UkxK")
        assert delivery.require_ack() is delivery
        assert delivery.ack_seconds is not None
        assert delivery.ack_seconds < 1
        (body,) = heard.bodies
        assert (body["command"], body["text"], body["channel_name"]) == (
            "/qarun",
            "UkxK",
            "general",
        )
        assert body["user_id"] == site.ann.id
        assert [m.text for m in site.workspace.ephemeral_for(site.ann)] == ["you said UkxK"]


async def test_an_acknowledgement_that_slack_would_refuse_is_reported() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        delivery = await site.workspace.command(site.ann, "secret", "x" * 40_000)
        assert delivery.problem == "msg_too_long"
        assert heard.bodies[0]["channel_name"] == "privategroup"


async def test_without_a_socket_nothing_is_delivered_and_nothing_replayed() -> None:
    async with served() as site:
        delivery = await site.workspace.command(site.ann, "general", "UkxK")
        assert delivery.had_no_consumer
        with pytest.raises(NotAcknowledged, match="no consumer"):
            delivery.require_ack()
        said = await site.workspace.message(site.ann, "general", "hi")
        assert not said.acknowledged
        (event,) = said.deliveries
        await event.settled()
        assert len(event.attempts) == 1


async def test_a_message_reaches_the_app_and_a_mention_besides() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        said = await site.workspace.message(site.ann, "general", "<@U0QARUN> why?")
        assert said.acknowledged
        assert heard.events() == [("message", None), ("app_mention", None)]
        (message, mention) = (body["event"] for body in heard.bodies)
        assert message["channel_type"] == "channel"
        assert (mention["user"], mention["ts"]) == (site.ann.id, said.ts)
        assert heard.bodies[0]["event_id"] != heard.bodies[1]["event_id"]


async def test_what_the_app_has_no_scope_for_or_is_no_member_of_is_not_delivered() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        say = site.workspace.message
        assert (await say(site.ann, "random", "hi")).deliveries == ()
        site.workspace.scopes.remove("channels:history")
        assert (await say(site.ann, "general", "hi")).deliveries == ()
        assert (await say(site.ann, "general", "<@U0QARUN>")).acknowledged
        site.workspace.events.clear()
        assert (await say(site.ann, "general", "<@U0QARUN>")).deliveries == ()
        assert await site.workspace.invite_bot("random") is None
        assert await site.workspace.open_home(site.ann) is None
        assert heard.events() == [("app_mention", None)]


async def test_edits_and_deletions_are_told_with_what_stood_there_before() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        said = await site.workspace.message(site.ann, "general", "helo")
        await site.workspace.edit_message(site.ann, "general", said.ts, "hello")
        await site.workspace.delete_message("general", said.ts)
        changed, deleted = (body["event"] for body in heard.bodies[1:])
        assert changed["subtype"] == "message_changed"
        assert (changed["message"]["text"], changed["previous_message"]["text"]) == (
            "hello",
            "helo",
        )
        assert changed["message"]["edited"]["user"] == site.ann.id
        assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said.ts)
        there = await site.workspace.message(site.ann, "random", "x")
        edited = await site.workspace.edit_message(site.ann, "random", there.ts, "y")
        removed = await site.workspace.delete_message("random", there.ts)
        assert edited.deliveries == removed.deliveries == ()
        with pytest.raises(LookupError, match="no message"):
            await site.workspace.delete_message("random", there.ts)


async def test_the_app_hears_of_its_own_messages_and_of_those_of_other_bots() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        client = site.client()
        ts = (await client.chat_postMessage(channel=site.general.id, text="mine"))["ts"]
        await client.chat_update(channel=site.general.id, ts=ts, text="new")
        await client.chat_delete(channel=site.general.id, ts=ts)
        await client.conversations_join(channel=site.random.id)
        await site.workspace.courier.idle()
        told = [d.payload["event"] for d in site.workspace.deliveries]
        assert [(event["type"], event.get("subtype")) for event in told] == [
            ("message", None),
            ("message", "message_changed"),
            ("message", "message_deleted"),
            ("member_joined_channel", None),
        ]
        assert told[0]["bot_id"] == site.workspace.bot.bot_id
        other = await site.workspace.message(site.workspace.other_bot, "general", "deployed")
        assert other.deliveries[0].payload["event"]["bot_id"] == "B0OTHER"


async def test_being_invited_is_told_once() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        delivery = await site.workspace.invite_bot("secret", by=site.ann)
        assert delivery is not None
        event = delivery.require_ack().payload["event"]
        assert (event["channel_type"], event["inviter"]) == ("G", site.ann.id)
        assert await site.workspace.invite_bot("secret") is None


async def test_an_event_can_be_delivered_twice_with_the_same_id() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        said = await site.workspace.message(site.ann, "general", "hi")
        again = await site.workspace.redeliver(said.deliveries[0])
        assert again.acknowledged
        assert heard.bodies[0]["event_id"] == heard.bodies[1]["event_id"] == again.event_id


async def test_an_event_whose_acknowledgement_got_lost_is_delivered_again() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        site.workspace.courier.ack_seconds = 0.5
        site.workspace.sockets.acks_to_swallow = 2
        said = await site.workspace.message(site.ann, "general", "hi")
        (delivery,) = said.deliveries
        assert len(delivery.attempts) == 1
        (await delivery.settled()).require_ack()
        assert [(a.number, a.reason, a.problem) for a in delivery.attempts] == [
            (0, None, "timeout"),
            (1, "timeout", "timeout"),
            (2, "timeout", None),
        ]
        assert len({body["event_id"] for body in heard.bodies}) == 1


async def test_a_command_that_is_not_acknowledged_is_not_delivered_again() -> None:
    heard = Heard()
    heard.mute = True
    async with served() as site, in_socket_mode(site, heard.register):
        site.workspace.courier.ack_seconds = 0.1
        delivery = await site.workspace.command(site.ann, "general")
        await site.workspace.courier.idle()
        assert (delivery.acknowledged, len(delivery.attempts)) == (False, 1)


async def test_payloads_go_to_one_connection_each_in_turn() -> None:
    first, second = Heard(), Heard()
    async with (
        served() as site,
        in_socket_mode(site, first.register),
        in_socket_mode(site, second.register),
    ):
        await site.workspace.wait_for(lambda: len(site.workspace.sockets.connections) == 2)
        for _ in range(4):
            (await site.workspace.command(site.ann, "general")).require_ack()
        assert (len(first.bodies), len(second.bodies)) == (2, 2)


async def test_a_disconnect_frame_makes_the_app_reconnect() -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register):
        sockets = site.workspace.sockets
        (before,) = sockets.connections
        await sockets.announce_disconnect("warning")
        await site.workspace.wait_for(
            lambda: sockets.connections and before not in sockets.connections
        )
        (await site.workspace.command(site.ann, "general")).require_ack()


@pytest.mark.parametrize("abruptly", [False, True])
async def test_a_cut_connection_is_opened_again(abruptly: bool) -> None:
    heard = Heard()
    async with served() as site, in_socket_mode(site, heard.register, ping_interval=1):
        sockets = site.workspace.sockets
        (before,) = sockets.connections
        await sockets.cut(abruptly=abruptly)
        await site.workspace.wait_for(
            lambda: sockets.connections and before not in sockets.connections
        )
        (await site.workspace.command(site.ann, "general")).require_ack()


async def test_an_envelope_whose_connection_ends_is_not_acknowledged() -> None:
    async with served() as site, ClientSession() as http:
        answer = await site.client().apps_connections_open(app_token=site.workspace.app_token)
        async with http.ws_connect(answer["url"]) as websocket:
            hello = await websocket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            command = asyncio.create_task(site.workspace.command(site.ann, "general"))
            envelope = await websocket.receive_json()
            assert envelope["type"] == "slash_commands"
            assert envelope["accepts_response_payload"] is True
            await websocket.send_json({"envelope_id": "another"})
        delivery = await command
        assert delivery.attempts[0].problem == "timeout"


async def opened(http: ClientSession, workspace: Workspace, site: Site) -> Any:
    answer = await site.client().apps_connections_open(app_token=workspace.app_token)
    return await http.ws_connect(answer["url"])


async def test_more_than_ten_connections_are_turned_away() -> None:
    async with served() as site, ClientSession() as http:
        workspace = site.workspace
        open_ones = [await opened(http, workspace, site) for _ in range(10)]
        await workspace.wait_for(lambda: len(workspace.sockets.connections) == 10)
        eleventh = await opened(http, workspace, site)
        assert await eleventh.receive_json() == {
            "type": "disconnect",
            "reason": "too_many_websockets",
        }
        for websocket in [*open_ones, eleventh]:
            await websocket.close()
        await workspace.wait_for(lambda: not workspace.sockets.connections)


async def test_a_handshake_is_refused_without_a_ticket_and_when_told_to() -> None:
    async with served() as site, ClientSession() as http:
        answer = await site.client().apps_connections_open(app_token=site.workspace.app_token)
        site.workspace.sockets.is_refusing = True
        with pytest.raises(WSServerHandshakeError):
            await http.ws_connect(answer["url"])
        site.workspace.sockets.is_refusing = False
        with pytest.raises(WSServerHandshakeError):
            await http.ws_connect(answer["url"].split("?")[0])
        async with http.ws_connect(answer["url"]):
            pass
        with pytest.raises(WSServerHandshakeError):
            await http.ws_connect(answer["url"])
