import pytest
from slack_sdk.errors import SlackApiError

from tests.playground.slack_app import Site, served

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


async def error_of(call: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call  # type: ignore[misc]  # any of the client's coroutines
    return str(caught.value.response["error"])


async def post(site: Site, **args: object) -> str:
    answer = await site.client().chat_postMessage(
        **{"channel": site.general.id, "text": "hi", **args}  # type: ignore[arg-type]  # of any of its parameters
    )
    return str(answer["ts"])


async def test_a_message_is_posted_with_a_ts_that_only_grows() -> None:
    async with served() as site:
        first = await post(site)
        second = await post(site, text="again", blocks=[SECTION])
        assert first == "1700000000.000100"
        assert second == "1700000000.000200"
        said = site.general.messages[1]
        assert (said.text, said.blocks[0]["text"], said.author) == (
            "again",
            SECTION["text"],
            site.workspace.bot,
        )
        assert said.blocks[0]["block_id"]


async def test_a_reply_can_be_broadcast_to_the_channel() -> None:
    async with served() as site:
        root = await post(site)
        quiet = await post(site, thread_ts=root)
        loud = await post(site, thread_ts=root, reply_broadcast=True)
        assert [m.ts for m in site.general.thread(root)] == [root, quiet, loud]
        assert [m.ts for m in site.general.top_level] == [root, loud]
        assert site.general.messages[2].payload()["subtype"] == "thread_broadcast"


async def test_a_thread_that_does_not_exist_is_refused_and_so_is_the_ts_of_a_reply() -> None:
    async with served() as site:
        reply = await post(site, thread_ts=await post(site))
        for thread_ts in ("1.0", reply):
            call = site.client().chat_postMessage(
                channel=site.general.id, text="hi", thread_ts=thread_ts
            )
            assert await error_of(call) == "thread_not_found"


async def test_a_message_to_a_person_goes_to_their_direct_messages() -> None:
    async with served() as site:
        answer = await site.client().chat_postMessage(channel=site.ann.id, text="psst")
        opened = await site.client().conversations_open(users=site.ann.id)
        assert answer["channel"] == opened["channel"]["id"]
        assert site.workspace.direct_messages(site.ann.id).messages[0].text == "psst"


async def test_where_the_bot_may_post_depends_on_membership_and_scope() -> None:
    async with served() as site:
        client = site.client()
        await client.chat_postMessage(channel=site.random.id, text="hi")
        site.workspace.scopes.remove("chat:write.public")
        say = client.chat_postMessage
        assert await error_of(say(channel=site.random.id, text="hi")) == "not_in_channel"
        assert await error_of(say(channel=site.secret.id, text="hi")) == "channel_not_found"
        assert await error_of(say(channel="C404", text="hi")) == "channel_not_found"
        site.general.is_archived = True
        assert await error_of(say(channel=site.general.id, text="hi")) == "is_archived"


async def test_a_refusal_of_blocks_points_at_the_culprit() -> None:
    async with served() as site:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
        with pytest.raises(SlackApiError) as caught:
            await site.client().chat_postMessage(channel=site.general.id, text="x", blocks=blocks)
        assert caught.value.response["error"] == "invalid_blocks"
        assert caught.value.response["response_metadata"]["messages"] == [
            "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
        ]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": "nonsense"}, "invalid_blocks_format"),
        ({"blocks": "{}"}, "invalid_blocks_format"),
        ({"blocks": [SECTION] * 51}, "invalid_blocks"),
        (
            {"blocks": [{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5},
            "msg_blocks_too_long",
        ),
        ({"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"metadata": "[]"}, "invalid_metadata_format"),
    ],
)
async def test_a_message_beyond_a_limit_is_refused(args: dict[str, object], error: str) -> None:
    async with served() as site:
        call = site.client().api_call(
            "chat.postMessage", json={"channel": site.general.id, "text": "hi", **args}
        )
        assert await error_of(call) == error
        assert site.general.messages == []


async def test_a_form_is_taken_like_json() -> None:
    async with served() as site:
        await site.client().api_call(
            "chat.postMessage",
            data={"channel": site.general.id, "text": "hi", "blocks": '[{"type": "divider"}]'},
        )
        assert site.general.messages[0].blocks[0]["type"] == "divider"


async def test_an_edit_keeps_the_metadata_and_drops_blocks_that_are_left_out() -> None:
    async with served() as site:
        metadata = {"event_type": "notice", "event_payload": {"id": "n1"}}
        ts = await post(site, blocks=[SECTION], metadata=metadata)
        await site.client().chat_update(
            channel=site.general.id, ts=ts, text="new", blocks=[{"type": "divider"}]
        )
        said = site.general.messages[0]
        assert "edited" not in said.payload()
        await site.client().chat_update(channel=site.general.id, ts=ts, text="newer")
        assert (said.text, said.blocks, said.metadata) == ("newer", [], metadata)
        assert said.edited is not None
        assert said.edited["user"] == site.workspace.bot.id
        assert [(old.text, len(old.blocks)) for old in said.revisions] == [("hi", 1), ("new", 1)]


async def test_an_edit_without_text_keeps_the_blocks() -> None:
    async with served() as site:
        ts = await post(site, blocks=[SECTION])
        await site.client().api_call(
            "chat.update",
            json={
                "channel": site.general.id,
                "ts": ts,
                "attachments": [{"color": "#ff0000"}],
                "metadata": {"event_type": "notice", "event_payload": {}},
            },
        )
        said = site.general.messages[0]
        assert (len(said.blocks), said.attachments) == (1, [{"color": "#ff0000"}])
        assert said.metadata == {"event_type": "notice", "event_payload": {}}


async def test_only_what_the_bot_has_said_can_be_edited_or_deleted() -> None:
    async with served() as site:
        theirs = (await site.workspace.message(site.ann, "general", "mine")).ts
        change, delete = site.client().chat_update, site.client().chat_delete
        where = site.general.id
        assert await error_of(change(channel=where, ts=theirs, text="x")) == "cant_update_message"
        assert await error_of(delete(channel=where, ts=theirs)) == "cant_delete_message"
        assert await error_of(change(channel=where, ts="1.0", text="x")) == "message_not_found"


async def test_an_edit_can_come_too_late_or_to_an_archived_channel() -> None:
    async with served() as site:
        ts = await post(site)
        site.workspace.edit_window_seconds = 60
        change = site.client().chat_update
        site.clock.now += 61
        assert (
            await error_of(change(channel=site.general.id, ts=ts, text="x")) == "edit_window_closed"
        )
        site.workspace.edit_window_seconds = None
        site.general.is_archived = True
        assert await error_of(change(channel=site.general.id, ts=ts, text="x")) == "is_archived"


async def test_a_deleted_message_is_gone_but_the_root_of_a_thread_leaves_a_tombstone() -> None:
    async with served() as site:
        alone, root = await post(site), await post(site)
        await post(site, thread_ts=root, text="reply")
        for ts in (alone, root):
            await site.client().chat_delete(channel=site.general.id, ts=ts)
        assert [m.subtype for m in site.general.messages] == ["tombstone", None]
        call = site.client().chat_update(channel=site.general.id, ts=root, text="x")
        assert await error_of(call) == "message_not_found"


async def test_an_ephemeral_message_is_seen_by_one_person_and_cannot_be_edited() -> None:
    async with served() as site:
        answer = await site.client().chat_postEphemeral(
            channel=site.general.id, user=site.ann.id, text="only you"
        )
        assert [m.text for m in site.workspace.ephemeral_for(site.ann)] == ["only you"]
        assert site.workspace.ephemeral_for(site.ann, site.random.id) == []
        assert site.workspace.ephemeral_for(site.bob.id) == []
        assert site.general.messages == []
        call = site.client().chat_update(channel=site.general.id, ts=answer["message_ts"], text="x")
        assert await error_of(call) == "message_not_found"


async def test_an_ephemeral_message_needs_both_in_the_channel() -> None:
    async with served() as site:
        say = site.client().chat_postEphemeral
        carl = site.workspace.add_user("carl")
        where = site.general.id

        async def refusal(channel: str, user: str) -> str:
            return await error_of(say(channel=channel, user=user, text="x"))

        assert await refusal(site.random.id, site.ann.id) == "not_in_channel"
        assert await refusal(where, "U404") == "user_not_found"
        assert await refusal(where, carl.id) == "user_not_in_channel"
        site.general.is_archived = True
        assert await refusal(where, site.ann.id) == "is_archived"


async def test_a_permalink_leads_to_the_message_and_its_thread() -> None:
    async with served() as site:
        root = await post(site)
        reply = await post(site, thread_ts=root)
        ask = site.client().chat_getPermalink
        plain = await ask(channel=site.general.id, message_ts=root)
        inside = await ask(channel=site.general.id, message_ts=reply)
        assert plain["permalink"].endswith(f"/archives/{site.general.id}/p1700000000000100")
        assert inside["permalink"].endswith(f"?thread_ts={root}&cid={site.general.id}")
        assert await error_of(ask(channel=site.general.id, message_ts="1.0")) == (
            "message_not_found"
        )


async def test_a_link_is_unfurled_where_the_message_holds_it() -> None:
    async with served() as site:
        url = "https://app.qa.tech/p/x/results/UkxK?a=1&b=2"
        said = await site.workspace.share_link(site.ann, "general", url)
        unfurl = site.client().chat_unfurl
        where = site.general.id
        await unfurl(channel=where, ts=said.ts, unfurls={url: {"text": "a run"}})
        assert said.message.unfurls[url]["from_url"] == url
        assert said.message.payload()["attachments"][0]["text"] == "a run"
        other = {"https://app.qa.tech/other": {"text": "x"}}
        assert await error_of(unfurl(channel=where, ts=said.ts, unfurls=other)) == (
            "cannot_unfurl_url"
        )
        assert await error_of(unfurl(channel=where, ts="1.0", unfurls=other)) == (
            "cannot_find_message"
        )
        assert await error_of(unfurl(channel="C404", ts="1.0", unfurls=other)) == (
            "cannot_find_channel"
        )
        assert await error_of(unfurl(channel=where, ts=said.ts, unfurls={})) == "missing_unfurls"


async def test_a_reaction_counts_once() -> None:
    async with served() as site:
        said = await site.workspace.message(site.ann, "general", "thanks")
        react = site.client().reactions_add
        where = site.general.id
        await react(channel=where, timestamp=said.ts, name="heart")
        assert said.message.payload()["reactions"] == [
            {"name": "heart", "users": [site.workspace.bot.id], "count": 1}
        ]
        again = react(channel=where, timestamp=said.ts, name=":heart:")
        assert await error_of(again) == "already_reacted"
        nowhere = react(channel=where, timestamp="1.0", name="heart")
        assert await error_of(nowhere) == "message_not_found"
        there = await site.workspace.message(site.ann, "random", "hi")
        stranger = react(channel=site.random.id, timestamp=there.ts, name="heart")
        assert await error_of(stranger) == "not_in_channel"
