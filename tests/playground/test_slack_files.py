"""Files in the simulated workspace: their upload in three steps, and messages that show one."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.slack_files import File
from bot.playground.slack_response_url import url_of
from bot.playground.slack_web_api import METHODS
from tests.playground.slack_app import Site, served

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def upload(site: Site, content: bytes = PNG, **more: Any) -> File:
    answer = await site.client().files_upload_v2(filename="a.png", content=content, **more)
    return site.workspace.files.known[str(answer["files"][0]["id"])]


def showing(file_id: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "a chart"}]


async def test_a_file_is_uploaded_as_slack_sdk_does_it() -> None:
    async with served() as site:
        file = await upload(site, title="Trend", alt_txt="A chart.")
        assert (file.name, file.title, file.alt_text) == ("a.png", "Trend", "A chart.")
        assert (file.content, file.media_type) == (PNG, ("image/png", "png"))
        assert file.shown_in == []


async def test_its_content_may_come_as_a_form() -> None:
    async with served() as site, aiohttp.ClientSession() as session:
        begun = await site.client().files_getUploadURLExternal(filename="a.png", length=len(PNG))
        form = aiohttp.FormData()
        form.add_field("filename", PNG, filename="a.png", content_type="image/png")
        async with session.post(begun["upload_url"], data=form) as answer:
            assert answer.status == 200
        assert site.workspace.files.known[begun["file_id"]].content == PNG


async def test_content_of_another_length_is_refused() -> None:
    async with served() as site, aiohttp.ClientSession() as session:
        begun = await site.client().files_getUploadURLExternal(filename="a.png", length=3)
        async with session.post(begun["upload_url"], data=PNG) as answer:
            assert answer.status == 400
        files = [{"id": begun["file_id"]}]
        error = await error_of(site.client().files_completeUploadExternal(files=files))
        assert error == "file_not_found"


async def test_an_upload_url_is_good_once() -> None:
    async with served() as site, aiohttp.ClientSession() as session:
        begun = await site.client().files_getUploadURLExternal(filename="a.png", length=len(PNG))
        for status in (200, 404):
            async with session.post(begun["upload_url"], data=PNG) as answer:
                assert answer.status == status


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filename": "a.png", "length": 0}, "missing_argument"),
        ({"filename": "", "length": 1}, "invalid_arguments"),
        ({"filename": "a", "length": 1, "alt_txt": "x" * 1_001}, "alt_txt_too_large"),
        ({"filename": "a", "length": 2_000_000_000}, "file_upload_size_restricted"),
    ],
)
async def test_an_upload_is_not_begun_with(arguments: dict[str, Any], error: str) -> None:
    async with served() as site:
        assert await error_of(site.client().files_getUploadURLExternal(**arguments)) == error


async def test_uploads_need_their_scope() -> None:
    async with served() as site:
        site.workspace.scopes.discard("files:write")
        error = await error_of(site.client().files_getUploadURLExternal(filename="a.png", length=1))
        assert error == "missing_scope"
        for name in ("files.getUploadURLExternal", "files.completeUploadExternal"):
            assert METHODS[name].tier == 4


async def test_a_message_shows_a_file_once_slack_is_done_with_it() -> None:
    async with served() as site:
        file = await upload(site)
        with pytest.raises(SlackApiError) as caught:
            await site.client().chat_postMessage(
                channel=site.general.id, text="t", blocks=showing(file.id)
            )
        assert caught.value.response["error"] == "invalid_blocks"
        assert caught.value.response["errors"] == [
            "invalid slack file [json-pointer:/blocks/0/slack_file]"
        ]
        site.clock.now += 1
        await site.client().chat_postMessage(
            channel=site.general.id, text="t", blocks=showing(file.id)
        )
        assert file.shown_in == [site.general.id]


@pytest.mark.parametrize("file_id", ["F0000000000", "f1", "", "F1"])
async def test_a_message_cannot_show_a_file_that_nobody_knows(file_id: str) -> None:
    async with served() as site:
        call = site.client().chat_postMessage(
            channel=site.general.id, text="t", blocks=showing(file_id)
        )
        assert await error_of(call) == "invalid_blocks"


async def test_a_file_that_is_no_image_cannot_be_shown() -> None:
    async with served() as site:
        file = await upload(site, b"just text")
        site.clock.now += 1
        call = site.client().chat_postMessage(
            channel=site.general.id, text="t", blocks=showing(file.id)
        )
        assert await error_of(call) == "invalid_blocks"


async def test_a_message_for_one_person_cannot_show_a_file() -> None:
    async with served() as site, aiohttp.ClientSession() as session:
        file = await upload(site)
        site.clock.now += 1
        call = site.client().chat_postEphemeral(
            channel=site.general.id, user=site.ann.id, text="t", blocks=showing(file.id)
        )
        assert await error_of(call) == "invalid_blocks"
        ticket = site.workspace.tickets.response_url(site.ann.id, site.general.id)
        answer = {"text": "t", "blocks": showing(file.id)}
        async with session.post(url_of(site.workspace, ticket), data=json.dumps(answer)) as told:
            assert told.status == 400
