"""A bot installed between the two simulated neighbours, for the end-to-end tests.

The workspace grants what `manifest.yml` asks for and nothing more. Runs stand still until a test
moves their clock, so that a run ends when the test says so.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import yaml

import bot
from bot.app import DIGEST_SECONDS, Bot
from bot.config import given_settings
from bot.playground.slack import Workspace
from bot.playground.slack_delivery import ACK_SECONDS
from bot.playground.slack_state import Channel, Message, User
from bot.playground.stage import SIGNING_SECRET, Stage, setting
from bot.store.database import Database
from tests.fakes.shifted_clock import ShiftedClock
from tests.fakes.stepped_time import SteppedTime

T = TypeVar("T")

ROOT = Path(bot.__file__).parents[1]
LIVE_EDIT_SECONDS = 0.4
"""Least time between two edits in the tests, instead of 15 s."""
TICK_SECONDS = 0.15
"""Between two sweeps, instead of 1 s."""
CATCH_UP_SECONDS = 1.0
"""Time in which what ended while the bot was away is gathered, instead of 10 s."""
PATIENCE = 30.0
"""Seconds for what must happen; far more than it takes, for busy machines."""


@dataclass
class Installation:
    """A workspace, a QA.tech, and a bot that can be started and stopped between them.

    Attributes:
        runs: the clock that simulated runs go by.
        clock: the bot's own.
        digest_seconds: between two looks for digests that are due.
        variables: the settings that the next start is given.
        reruns: how many reruns QA.tech is to have been asked for when the test is over.
    """

    stage: Stage
    directory: Path
    runs: SteppedTime
    over_http: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    digest_seconds: float = DIGEST_SECONDS
    reruns: int = 0
    ada: User = field(init=False)
    ben: User = field(init=False)
    qa: Channel = field(init=False)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.variables = {
            **self.stage.settings(over_http=self.over_http),
            "QARUN_DATABASE_URL": f"sqlite:///{self.directory / 'qarun.db'}",
            "QARUN_PORT": str(self.port),
            "QARUN_POLL_MIN_SECONDS": "0.1",
            "QARUN_POLL_MAX_SECONDS": "0.2",
            "QARUN_QATECH_MAX_RPS": "1000",
            **self.variables,
        }
        granted = yaml.safe_load((ROOT / "manifest.yml").read_text())
        self.slack.scopes = set(granted["oauth_config"]["scopes"]["bot"])
        self.slack.events = set(granted["settings"]["event_subscriptions"]["bot_events"])
        self.ada = self.slack.add_user("ada")
        self.ben = self.slack.add_user("ben")
        self.qa = self.channel("qa")
        if self.over_http:
            self.slack.connect_http(f"{self.url}/slack/events", SIGNING_SECRET)

    @property
    def slack(self) -> Workspace:
        return self.stage.slack

    def channel(self, name: str, *, private: bool = False, with_bot: bool = True) -> Channel:
        """A channel with both people in it."""
        return self.slack.add_channel(
            name, private=private, members=[self.ada, self.ben], with_bot=with_bot
        )

    @contextlib.asynccontextmanager
    async def running(self, **variables: str) -> AsyncIterator[None]:
        """The bot, in this process, ready at the beginning of the block and gone at its end.

        With another `QARUN_PORT` it is a replica beside one that runs already.
        """
        settings = given_settings({**self.variables, **variables})
        stop = asyncio.Event()
        async with Database.open(settings.qarun_database_url.get_secret_value()) as database:
            # Alembic prepares one database at a time, and some tests restart several at once.
            if not (self.directory / "qarun.db").exists():
                await database.migrate()
            running_bot = Bot(
                settings,
                database,
                live_edit_seconds=LIVE_EDIT_SECONDS,
                tick_seconds=TICK_SECONDS,
                catch_up_seconds=CATCH_UP_SECONDS,
                digest_seconds=self.digest_seconds,
                clock=self.clock,
            )
            task = asyncio.create_task(running_bot.run(stop), name="bot")
            try:
                await self.ready()
                yield
            finally:
                stop.set()
                await task
                await running_bot.close()

    async def ready(self) -> None:
        """Until `/readyz` says so."""
        await poll_until(lambda: self.get("/readyz"), lambda answer: answer.status_code == 200)

    async def get(self, path: str) -> httpx.Response:
        """One request to the bot's own HTTP server; 503 where nobody listens yet."""
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                return await client.get(f"{self.url}{path}")
            except httpx.TransportError:
                return httpx.Response(503)

    async def type(
        self,
        text: str,
        *,
        by: User | None = None,
        where: Channel | None = None,
        within: float = ACK_SECONDS,
    ) -> None:
        """Type `/qarun …` and see it acknowledged in time: Slack's own, unless told otherwise.

        Bot, neighbours and test share one thread: a busy machine is not the bot's fault.
        """
        delivery = await self.slack.command(by or self.ada, where or self.qa, text)
        seconds = delivery.require_ack().ack_seconds
        assert seconds is not None
        assert seconds < within

    async def answer_to(
        self, text: str, *, by: User | None = None, where: Channel | None = None
    ) -> Message:
        """Type `/qarun …` and wait for the ephemeral answer."""
        person, place = by or self.ada, where or self.qa
        before = len(self.slack.ephemeral_for(person, place.id))
        await self.type(text, by=person, where=place)
        seen = await self.until(lambda: self.slack.ephemeral_for(person, place.id)[before:])
        return seen[0]

    async def until(self, predicate: Callable[[], T | None], within: float = PATIENCE) -> T:
        """What the predicate returns as soon as that is true."""
        found = await self.slack.wait_for(predicate, within)
        assert found is not None
        return found

    async def told(self, run: str, where: Channel | None = None) -> Message:
        """The report of a run, once it stands in the channel."""
        place = where or self.qa
        return await self.until(lambda: report_of(run, place))

    async def live(self, run: str, where: Channel | None = None) -> Message:
        """The message that shows a run in progress, once it stands in the channel."""
        place = where or self.qa
        return await self.until(lambda: live_message_of(run, place))

    async def confirmed(self, run: str, where: Channel | None = None) -> None:
        """Until the live message shows what QA.tech says of the run."""
        place = where or self.qa
        await self.until(lambda: [m for m in about(run, place) if "is in progress" in m.text])

    async def verdict(self, where: Channel | None = None) -> Message:
        """The first reply in any thread of the channel, once there is one."""
        place = where or self.qa
        return (await self.until(lambda: replies(place)))[0]

    async def edited(self, message: Message) -> None:
        """Until a message has been edited once more than now."""
        edits = len(message.revisions)
        await self.until(lambda: len(message.revisions) > edits)

    async def polled(self, run: str, times: int = 1) -> None:
        """Until QA.tech has been asked for this run so many times more."""
        before = len(self.asked_for(run))
        await poll_until(
            lambda: value(self.asked_for(run)), lambda asked: len(asked) >= before + times
        )

    async def post(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """One request to the bot's own HTTP API, with its token."""
        headers = {"Authorization": f"Bearer {self.variables['QARUN_API_TOKEN']}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(f"{self.url}{path}", json=body, headers=headers)

    def asked_for(self, run: str) -> list[dict[str, str]]:
        """The queries of the requests for a run, in their order."""
        asked = self.stage.qatech.journal
        return [each.parameters for each in asked if each.path == f"/v1/run/{run}"]


@contextlib.asynccontextmanager
async def installed(
    directory: Path, *, over_http: bool = False, **variables: str
) -> AsyncIterator[Installation]:
    """Both neighbours, served, and an installation of the bot that is not running yet.

    At the end everything that was said and asked is checked for what must hold of all of it.
    """
    async with setting() as stage:
        # What the rates are held against is tested with the clock of the workspace itself.
        runs = SteppedTime(time.time())
        stage.qatech.time_source = runs
        installation = Installation(stage, directory, runs, over_http, dict(variables))
        yield installation
        check_manners(installation)


def check_manners(installation: Installation) -> None:
    """What must hold of everything that was ever said and asked, whatever the test was about."""
    slack, qatech = installation.slack, installation.stage.qatech
    written = [asked for asked in qatech.journal if asked.method != "GET"]
    assert len(written) == installation.reruns, f"QA.tech was written to: {written}"
    # What Slack still works on has to be tried: it tells nobody when it is done.
    unready = "invalid slack file"
    refused = [
        call
        for call in slack.calls
        if (why := call.answer.get("errors")) and unready not in str(why)
    ]
    assert not refused, f"a message broke a limit of Slack: {refused[0].answer}"
    secrets = [slack.bot_token, slack.app_token, SIGNING_SECRET]
    for call in slack.calls:
        assert not any(secret in str(call.args) for secret in secrets), f"{call.method}: a secret"
    unknown = [call.method for call in slack.calls if call.answer.get("error") == "unknown_method"]
    assert not unknown, f"Slack has no such method: {unknown}"
    scopes = [call.answer for call in slack.calls if "needed" in call.answer]
    assert not scopes, f"manifest.yml lacks a scope: {scopes[0]}"


async def value(now: T) -> T:
    """For `poll_until` where what is looked at needs no waiting."""
    return now


async def poll_until(look: Callable[[], Any], holds: Callable[[Any], bool]) -> None:
    """For what no workspace announces: look again and again until it holds.

    Raises:
        TimeoutError: it did not within the patience of the tests.
    """
    async with asyncio.timeout(PATIENCE):
        while True:
            if holds(await look()):
                return
            await asyncio.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def whole_text(message: Message) -> str:
    """Every word of a message, of its blocks too."""
    words: list[str] = [message.text]

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            text = part.get("text")
            if isinstance(text, str):
                words.append(text)
            for inner in part.values():
                collect(inner)
        elif isinstance(part, list):
            for inner in part:
                collect(inner)

    collect(message.blocks)
    return "\n".join(words)


def outside_threads(channel: Channel) -> list[Message]:
    """The messages of a channel that are no replies."""
    return [m for m in channel.messages if m.thread_ts in (None, m.ts)]


def replies(channel: Channel) -> list[Message]:
    """The replies in all threads of a channel."""
    return [m for m in channel.messages if m.thread_ts not in (None, m.ts)]


def about(run: str, channel: Channel) -> list[Message]:
    """The messages outside threads that begin with this run's name."""
    return [m for m in outside_threads(channel) if f"Run {run}" in m.text.split("\n")[0]]


def is_live(message: Message) -> bool:
    """Whether it shows a run in progress, or one that QA.tech has not confirmed yet."""
    title = message.text.split("\n")[0]
    return "is in progress" in title or "waiting for QA.tech" in title


def report_of(run: str, channel: Channel) -> Message | None:
    """The message in the channel that reports an end of this run, None while there is none."""
    return next((m for m in about(run, channel) if not is_live(m)), None)


def live_message_of(run: str, channel: Channel) -> Message | None:
    """The message in the channel that shows this run in progress, None while there is none."""
    return next((m for m in about(run, channel) if is_live(m)), None)
