"""Messages with a picture, against the simulated workspace: shown, shown late, or told without."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.facts import TrendShown
from bot.domain.run import Outcome, Verdict
from bot.domain.trend import TrendRun
from bot.playground.slack import Workspace, serving_slack
from bot.playground.slack_response_url import url_of
from bot.playground.slack_state import Channel, Message
from bot.services.delivery import ATTEMPT_SECONDS
from bot.services.ports import Retry, Sent, TellResult
from bot.serving import listen
from bot.slack.blocks import message as blocks
from bot.slack.messenger import SlackMessenger
from bot.slack.uploads import PAUSES, Uploads
from tests.slack.blocks.samples import NOW, telling

QUICK = (0.0, 0.02, 0.02)
PNG = b"\x89PNG\r\n\x1a\n"
FACT = TrendShown(
    asked=20,
    runs=(
        TrendRun(
            project="default",
            short_id="UkxK",
            verdict=Verdict.FAILED,
            ended_at=NOW,
            counts={Outcome.PASSED: 7, Outcome.FAILED: 1},
        ),
    ),
)


@dataclass
class Room:
    """A channel, and a messenger whose pictures are drawn by `draw`."""

    slack: Workspace
    session: aiohttp.ClientSession
    drawn: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ada = self.slack.add_user("ada")
        self.channel = self.slack.add_channel("qa", members=[self.ada])
        self.slack.files.processing_seconds = 0.0

    def draw(self, svg: str) -> bytes:
        self.drawn.append(svg)
        return PNG

    async def tell(
        self, channel: Channel | None = None, pauses: Sequence[float] = QUICK, **fields: object
    ) -> TellResult:
        client = AsyncWebClient(
            token=self.slack.bot_token,
            base_url=f"{self.slack.base_url}/api/",
            session=self.session,
            retry_handlers=[],
        )
        messenger = SlackMessenger(
            client,
            bot_name=lambda: "qarun",
            webhook=lambda url: AsyncWebhookClient(url, session=self.session, retry_handlers=[]),
            uploads=Uploads(client, self.draw, pauses=pauses),
            clock=lambda: datetime.now(UTC),
        )
        place = {"channel": (channel or self.channel).id, "created_at": datetime.now(UTC)}
        notice = telling(FACT, None, dedupe_key="trend:r1", asked_by=self.ada.id, **place | fields)
        now = datetime.now(UTC)
        return await messenger.tell(
            notice, edit_ts=None, now=now, before=now + timedelta(minutes=1)
        )

    def told(self, channel: Channel | None = None) -> Message:
        (message,) = (channel or self.channel).messages
        return message


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    slack = Workspace()
    async with serving_slack(slack, listen("127.0.0.1", 0)), aiohttp.ClientSession() as session:
        yield Room(slack, session)


def kinds(message: Message) -> list[str]:
    return [str(block["type"]) for block in message.blocks]


async def test_a_trend_is_told_with_its_picture_and_its_table(room: Room) -> None:
    result = await room.tell()
    message = room.told()
    assert result == Sent(message.ts)
    assert kinds(message) == ["header", "section", "image", "context", "table"]
    (file,) = room.slack.files.known.values()
    image = message.blocks[2]
    assert image["slack_file"] == {"id": file.id}
    assert image["alt_text"] == file.alt_text
    assert image["alt_text"].startswith("Bar chart of the last run")
    assert file.content == PNG
    assert file.shown_in == [room.channel.id], "it is shared by the message, not by the upload"
    assert message.metadata is not None, "so that it is not told twice"
    assert message.metadata["event_payload"] == {"notice": "trend:r1"}


async def test_a_file_that_slack_still_works_on_is_waited_for(room: Room) -> None:
    room.slack.files.processing_seconds = 0.03
    assert isinstance(await room.tell(), Sent)
    assert "image" in kinds(room.told())
    posts = room.slack.calls_of("chat.postMessage")
    assert [call.ok for call in posts][-1]
    assert len(posts) > 1


async def test_a_file_that_never_becomes_ready_does_not_keep_the_table_back(room: Room) -> None:
    room.slack.files.processing_seconds = 600.0
    assert isinstance(await room.tell(), Sent)
    message = room.told()
    assert kinds(message) == ["header", "section", "context", "context", "table"]
    assert "The picture is missing" in message.text


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]
)
@pytest.mark.parametrize("kind", ["status", "error", "rate_limited", "drop", "lost_answer"])
async def test_an_upload_that_fails_leaves_the_table_which_says_so(
    room: Room, method: str, kind: str
) -> None:
    room.slack.faults.add(method, kind, error="file_uploads_disabled")
    assert isinstance(await room.tell(), Sent)
    message = room.told()
    assert "image" not in kinds(message)
    assert "The picture is missing" in message.text
    assert "table" in kinds(message)


async def test_without_the_scope_the_table_is_told_alone(room: Room) -> None:
    room.slack.scopes.discard("files:write")
    assert isinstance(await room.tell(), Sent)
    assert "The picture is missing" in room.told().text


async def test_a_picture_that_cannot_be_drawn_does_not_keep_the_table_back(room: Room) -> None:
    def broken(svg: str) -> bytes:
        raise ValueError("no such font")

    room.draw = broken  # type: ignore[method-assign]  # the renderer is what breaks
    assert isinstance(await room.tell(), Sent)
    assert "table" in kinds(room.told())


async def test_a_table_that_slack_refuses_is_told_as_text(room: Room) -> None:
    room.slack.faults.add("chat.postMessage", "error", error="invalid_blocks", times=2)
    assert isinstance(await room.tell(), Sent)
    message = room.told()
    assert set(kinds(message)) == {"section"}
    assert "7 of 8 test cases passed, 1 failed" in message.text


async def test_in_a_public_channel_without_the_bot_it_is_shown_too(room: Room) -> None:
    elsewhere = room.slack.add_channel("random", members=[room.ada], with_bot=False)
    assert isinstance(await room.tell(elsewhere), Sent)
    assert "image" in kinds(room.told(elsewhere))


async def test_in_a_private_channel_without_the_bot_the_asker_gets_the_table(room: Room) -> None:
    secret = room.slack.add_channel("secret", private=True, members=[room.ada], with_bot=False)
    url = url_of(room.slack, room.slack.tickets.response_url(room.ada.id, secret.id))
    assert await room.tell(secret, response_url=url) == Sent(None)
    (answer,) = room.slack.ephemeral_for(room.ada)
    assert "/invite @qarun" in answer.text
    assert "The picture is missing" in answer.text
    assert "image" not in kinds(answer)
    assert "table" in kinds(answer)


async def test_slack_that_does_not_take_the_message_is_tried_again(room: Room) -> None:
    room.slack.faults.add("chat.postMessage", "rate_limited", retry_after=7)
    result = await room.tell()
    assert isinstance(result, Retry)
    assert result.after == 7


async def test_a_message_without_a_picture_has_one_form_and_asks_slack_for_nothing(
    room: Room,
) -> None:
    plain = blocks.Message("text")
    assert await Uploads(AsyncWebClient(), room.draw).forms(plain) == [plain]
    assert room.drawn == []


def test_waiting_for_a_file_leaves_time_for_the_rest_of_the_attempt() -> None:
    assert sum(PAUSES) < ATTEMPT_SECONDS / 2
