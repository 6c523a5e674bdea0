import aiohttp
import pytest

from bot.playground.slack_changes import ChangeKind
from tests.playground.slack_app import Site, served
from tests.playground.test_slack_chat import error_of


async def test_auth_test_names_the_bot_and_its_scopes() -> None:
    async with served() as site:
        answer = await site.client().auth_test()
        assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (
            "U0QARUN",
            "B0QARUN",
            "T0PLAYGRND",
        )
        assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_a_method_that_does_not_exist_is_unknown() -> None:
    async with served() as site:
        assert await error_of(site.client().api_call("chat.shout")) == "unknown_method"


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_tokens_are_refused_by_their_kind_and_state(error: str) -> None:
    async with served() as site:
        workspace = site.workspace
        assert await error_of(site.client("xoxb-nobody").auth_test()) == "invalid_auth"
        assert await error_of(site.client(workspace.app_token).auth_test()) == (
            "not_allowed_token_type"
        )
        opening = site.client(workspace.bot_token).apps_connections_open(
            app_token=workspace.bot_token
        )
        assert await error_of(opening) == "not_allowed_token_type"
        workspace.token_errors[workspace.bot_token] = error
        assert await error_of(site.client().auth_test()) == error


async def test_a_token_may_come_as_an_argument_and_stays_out_of_the_journal() -> None:
    async with served() as site, aiohttp.ClientSession() as http:
        token = site.workspace.bot_token
        async with http.post(f"{site.api_url}auth.test", data={"token": token}) as response:
            assert (await response.json())["ok"]
        async with http.post(f"{site.api_url}auth.test") as response:
            assert (await response.json())["error"] == "not_authed"
        assert [call.args for call in site.workspace.calls] == [{}, {}]
        assert [call.ok for call in site.workspace.calls] == [True, False]


async def test_a_missing_scope_is_named() -> None:
    async with served() as site:
        site.workspace.scopes = {"commands", "users:read"}
        answer = await site.client().auth_test()
        assert answer.headers["x-oauth-scopes"] == "commands,users:read"
        call = site.client().chat_postMessage(channel=site.general.id, text="hi")
        assert await error_of(call) == "missing_scope"
        refusal = site.workspace.calls[-1].answer
        assert (refusal["needed"], refusal["provided"]) == ("chat:write", "commands,users:read")


async def test_a_body_that_is_neither_form_nor_json_is_refused() -> None:
    bodies = {
        ("application/json", "{"): "invalid_json",
        ("application/json", "[]"): "json_not_object",
        ("text/plain", "channel=C1"): "invalid_post_type",
    }
    async with served() as site, aiohttp.ClientSession() as http:
        for (content_type, body), error in bodies.items():
            headers = {"Content-Type": content_type}
            url = f"{site.api_url}chat.postMessage"
            async with http.post(url, data=body, headers=headers) as response:
                assert (await response.json())["error"] == error


async def test_wrong_arguments_are_named() -> None:
    async with served() as site:
        client = site.client()
        history = client.api_call(
            "conversations.history", json={"channel": site.general.id, "limit": "many"}
        )
        assert await error_of(history) == "invalid_arguments"
        assert await error_of(client.api_call("views.publish", json={})) == "invalid_arguments"
        assert site.workspace.calls[-1].answer["response_metadata"]["messages"] == [
            "[ERROR] missing required field: user_id [json-pointer:/user_id]"
        ]


async def test_the_journal_and_the_subscribers_hear_of_each_call() -> None:
    async with served() as site:
        queue = site.workspace.subscribe()
        await site.client().chat_postMessage(channel=site.general.id, text="hi")
        kinds = [queue.get_nowait().kind for _ in range(queue.qsize())]
        assert kinds[:2] == [ChangeKind.MESSAGE_POSTED, ChangeKind.CALLED]
        site.workspace.unsubscribe(queue)
        await site.client().auth_test()
        call = site.workspace.calls_of("chat.postMessage")[0]
        assert (call.args["text"], call.status, call.at) == ("hi", 200, site.clock.now)
        assert ChangeKind.CALLED not in [queue.get_nowait().kind for _ in range(queue.qsize())]


async def test_waiting_for_something_ends_with_what_happened_last() -> None:
    async with served() as site:
        await site.client().auth_test()
        with pytest.raises(TimeoutError, match=r"auth\.test"):
            await site.workspace.wait_for(lambda: site.general.messages, 0.01)


async def test_messages_to_one_channel_are_limited_to_about_one_a_second() -> None:
    async with served() as site:
        site.workspace.rates.is_enabled = True
        site.workspace.rates.message_burst = 2
        say = site.client().chat_postMessage
        for _ in range(2):
            await say(channel=site.general.id, text="hi")
        assert await error_of(say(channel=site.general.id, text="hi")) == "ratelimited"
        limited = site.workspace.calls[-1]
        assert limited.status == 429
        await say(channel=site.random.id, text="elsewhere")
        site.clock.now += 1
        await say(channel=site.general.id, text="hi")


async def test_a_method_beyond_its_tier_answers_with_retry_after() -> None:
    async with served() as site, aiohttp.ClientSession() as http:
        site.workspace.rates.is_enabled = True
        headers = {"Authorization": f"Bearer {site.workspace.bot_token}"}
        url = f"{site.api_url}users.list"
        for _ in range(20):
            async with http.get(url, headers=headers) as response:
                assert response.status == 200
        async with http.get(url, headers=headers) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "3")


async def people(site: Site) -> None:
    group = site.workspace.add_usergroup("qa", [site.ann, site.bob])
    client = site.client()
    ann = (await client.users_info(user=site.ann.id))["user"]
    found = (await client.users_lookupByEmail(email="ANN@example.com"))["user"]
    assert ann == found
    assert ann["profile"]["email"] == "ann@example.com"
    bot = (await client.users_info(user=site.workspace.bot.id))["user"]
    assert (bot["is_bot"], bot["profile"]["bot_id"]) == (True, "B0QARUN")
    assert await error_of(client.users_info(user="U404")) == "user_not_found"
    assert await error_of(client.users_lookupByEmail(email="x@y")) == "users_not_found"
    groups = (await client.usergroups_list(include_users=True))["usergroups"]
    assert [(g["handle"], g["users"]) for g in groups] == [("qa", [site.ann.id, site.bob.id])]
    assert "users" not in (await client.usergroups_list())["usergroups"][0]
    users = await client.usergroups_users_list(usergroup=group.id)
    assert users["users"] == [site.ann.id, site.bob.id]
    assert await error_of(client.usergroups_users_list(usergroup="S4")) == "no_such_subteam"


async def test_people_and_user_groups_can_be_looked_up() -> None:
    async with served() as site:
        await people(site)


async def test_addresses_are_shown_only_with_their_own_scope() -> None:
    async with served() as site:
        site.workspace.scopes.remove("users:read.email")
        ann = (await site.client().users_info(user=site.ann.id))["user"]
        assert "email" not in ann["profile"]


async def test_a_list_of_users_comes_in_pages() -> None:
    async with served() as site:
        pages = await site.client().users_list(limit=3)
        names = [[member["name"] for member in page["members"]] async for page in pages]
        assert names == [["qarun", "deploys", "ann"], ["bob"]]
        wrong = site.client().users_list(cursor="page:x")
        assert await error_of(wrong) == "invalid_cursor"
