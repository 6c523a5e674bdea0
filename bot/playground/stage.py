"""Both neighbours, simulated and served side by side, for the demo and the end-to-end tests."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.playground.qatech import SimulatedQATech
from bot.playground.qatech_world import DEMO_KEY, WEBSHOP, QATechWorld
from bot.playground.slack import Workspace, serving_slack
from bot.serving import listen, serving

SIGNING_SECRET = "not-a-secret-of-anybody"  # noqa: S105 - the simulated workspace's own


@dataclass(slots=True)
class Stage:
    """A QA.tech and a Slack workspace, waiting for a bot."""

    qatech: QATechWorld = field(default_factory=QATechWorld)
    slack: Workspace = field(default_factory=Workspace)
    qatech_url: str = ""
    slack_api_url: str = ""

    def settings(self, *, over_http: bool = False) -> dict[str, str]:
        """The variables that make a bot talk to this stage, but for its database."""
        connection = (
            {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
            if over_http
            else {"SLACK_APP_TOKEN": self.slack.app_token}
        )
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_API_URL": self.slack_api_url,
            "QATECH_API_URL": self.qatech_url,
            "QATECH_API_TOKEN": DEMO_KEY.token,
            "QATECH_PROJECT_SLUG": WEBSHOP.slug,
            "QARUN_PORT": "0",
            **connection,
        }


@contextlib.asynccontextmanager
async def setting() -> AsyncIterator[Stage]:
    """Serve both on free ports of this machine until the block ends."""
    stage = Stage()
    async with (
        serving(SimulatedQATech(stage.qatech), listen("127.0.0.1", 0)) as qatech_url,
        serving_slack(stage.slack, listen("127.0.0.1", 0)) as slack_api_url,
    ):
        stage.qatech_url, stage.slack_api_url = qatech_url, slack_api_url
        yield stage
