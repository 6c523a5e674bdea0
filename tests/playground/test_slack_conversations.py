import pytest

from tests.playground.slack_app import Site, served
from tests.playground.test_slack_chat import error_of


async def talk(site: Site, count: int) -> list[str]:
    """Messages in #general, a minute apart."""
    stamps = []
    for number in range(count):
        stamps.append((await site.workspace.message(site.ann, "general", f"m{number}")).ts)
        site.clock.now += 60
    return stamps


async def test_history_comes_newest_first_without_replies_but_with_broadcast_ones() -> None:
    async with served() as site:
        client = site.client()
        root, later = await talk(site, 2)
        where = site.general.id
        await client.chat_postMessage(channel=where, text="in thread", thread_ts=root)
        loud = await client.chat_postMessage(
            channel=where, text="loud", thread_ts=root, reply_broadcast=True
        )
        messages = (await client.conversations_history(channel=where))["messages"]
        assert [message["ts"] for message in messages] == [loud["ts"], later, root]
        assert (messages[2]["reply_count"], messages[2]["latest_reply"]) == (2, loud["ts"])


async def test_history_comes_in_pages() -> None:
    async with served() as site:
        stamps = await talk(site, 5)
        pages = await site.client().conversations_history(channel=site.general.id, limit=2)
        seen = [[message["ts"] for message in page["messages"]] async for page in pages]
        newest = stamps[::-1]
        assert seen == [newest[0:2], newest[2:4], newest[4:]]


@pytest.mark.parametrize(("inclusive", "expected"), [(False, ["m2"]), (True, ["m3", "m2", "m1"])])
async def test_history_is_bounded_by_oldest_and_latest(
    inclusive: bool, expected: list[str]
) -> None:
    async with served() as site:
        stamps = await talk(site, 5)
        answer = await site.client().conversations_history(
            channel=site.general.id, oldest=stamps[1], latest=stamps[3], inclusive=inclusive
        )
        assert [message["text"] for message in answer["messages"]] == expected
        wrong = site.client().conversations_history(channel=site.general.id, oldest="soon")
        assert await error_of(wrong) == "invalid_ts_latest"


async def test_metadata_is_shown_only_when_asked_for() -> None:
    async with served() as site:
        client, where = site.client(), site.general.id
        metadata = {"event_type": "notice", "event_payload": {"id": "n1"}}
        root = (await client.chat_postMessage(channel=where, text="a", metadata=metadata))["ts"]
        await client.chat_postMessage(channel=where, text="b", metadata=metadata, thread_ts=root)
        for ask in (client.conversations_history, client.conversations_replies):
            without = await ask(channel=where, ts=root)
            asked = await ask(channel=where, ts=root, include_all_metadata=True)
            assert all("metadata" not in message for message in without["messages"])
            assert all(message["metadata"] == metadata for message in asked["messages"])


async def test_replies_begin_with_the_root_whichever_message_is_named() -> None:
    async with served() as site:
        client, where = site.client(), site.general.id
        (root,) = await talk(site, 1)
        reply = await client.chat_postMessage(channel=where, text="r", thread_ts=root)
        for ts in (root, reply["ts"]):
            messages = (await client.conversations_replies(channel=where, ts=ts))["messages"]
            assert [message["text"] for message in messages] == ["m0", "r"]
        assert messages[1]["parent_user_id"] == site.ann.id
        assert await error_of(client.conversations_replies(channel=where, ts="1.0")) == (
            "thread_not_found"
        )


async def test_a_channel_is_read_only_by_its_members_and_with_the_scope_of_its_kind() -> None:
    async with served() as site:
        client = site.client()
        for ask in (client.conversations_history, client.conversations_replies):
            assert await error_of(ask(channel=site.random.id, ts="1.0")) == "not_in_channel"
            assert await error_of(ask(channel=site.secret.id, ts="1.0")) == "channel_not_found"
        site.workspace.scopes.remove("channels:history")
        refused = client.conversations_history(channel=site.general.id)
        assert await error_of(refused) == "missing_scope"
        assert site.workspace.calls[-1].answer["needed"] == "channels:history"


async def test_a_channel_is_described_and_its_members_listed() -> None:
    async with served() as site:
        client = site.client()
        about = await client.conversations_info(channel=site.random.id, include_num_members=True)
        assert (about["channel"]["is_member"], about["channel"]["num_members"]) == (False, 2)
        members = await client.conversations_members(channel=site.general.id)
        assert members["members"] == [site.ann.id, site.bob.id, site.workspace.bot.id]


async def test_channels_are_listed_as_far_as_the_bot_may_know_them() -> None:
    async with served() as site:
        client = site.client()
        site.workspace.add_channel("ours", private=True)
        site.workspace.add_channel("old").is_archived = True
        site.workspace.direct_messages(site.ann.id)

        async def names(**args: object) -> list[str]:
            answer = await client.api_call("conversations.list", params=args)
            return [channel.get("name", "im") for channel in answer["channels"]]

        assert await names() == ["general", "random", "old"]
        assert await names(exclude_archived="true") == ["general", "random"]
        assert await names(types="private_channel,im") == ["ours", "im"]
        joined = await client.users_conversations(types="public_channel")
        assert [channel["name"] for channel in joined["channels"]] == ["general", "old"]
        anns = await client.users_conversations(user=site.ann.id, types="public_channel")
        assert [channel["name"] for channel in anns["channels"]] == ["general", "random"]
        assert await error_of(client.conversations_list(types="planet")) == "invalid_types"
        assert await error_of(client.users_conversations(user="U404")) == "user_not_found"


async def test_the_bot_joins_public_channels_only() -> None:
    async with served() as site:
        client = site.client()
        assert (await client.conversations_join(channel=site.random.id))["channel"]["is_member"]
        again = await client.conversations_join(channel=site.random.id)
        assert again["warning"] == "already_in_channel"
        private = site.workspace.add_channel("ours", private=True)
        assert await error_of(client.conversations_join(channel=private.id)) == (
            "method_not_supported_for_channel_type"
        )
        site.random.is_archived = True
        assert await error_of(client.conversations_join(channel=site.random.id)) == "is_archived"


async def test_direct_messages_are_opened_with_one_person_who_exists() -> None:
    async with served() as site:
        open_with = site.client().conversations_open
        answer = await open_with(users=site.ann.id, return_im=True)
        assert answer["channel"]["user"] == site.ann.id
        assert await error_of(open_with(users="U404")) == "user_not_found"
        assert await error_of(open_with(users="")) == "users_list_not_supplied"
        assert await error_of(open_with(users=[site.ann.id, site.bob.id])) == (
            "method_not_supported"
        )


async def test_a_channel_is_found_by_name_and_an_unknown_one_is_an_error() -> None:
    async with served() as site:
        assert site.workspace.channel("general") is site.workspace.channel(site.general.id)
        with pytest.raises(LookupError, match="nowhere"):
            site.workspace.channel("nowhere")
