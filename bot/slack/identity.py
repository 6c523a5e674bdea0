"""Who the bot is in its workspace, as `auth.test` tells it."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot as Slack knows it.

    Attributes:
        name: the user name to type after `/invite @`.
        url: address of the workspace, with a slash at its end.
        scopes: the scopes of the token; None where Slack did not name them.
        enterprise_id: of the organisation that the workspace belongs to, None where to none.
        is_enterprise_install: whether it is installed in that organisation as a whole.
    """

    user_id: str
    bot_id: str
    name: str
    team_id: str
    team: str
    url: str
    scopes: frozenset[str] | None
    enterprise_id: str | None = None
    is_enterprise_install: bool = False


async def fetch_identity(client: AsyncWebClient) -> Identity:
    """Ask Slack who the token belongs to.

    Raises:
        slack_sdk.errors.SlackApiError: Slack refused the token.
        aiohttp.ClientError, TimeoutError: Slack did not answer.
    """
    answer = await client.auth_test()
    scopes = next(
        (value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), None
    )
    return Identity(
        user_id=answer.get("user_id") or "",
        bot_id=answer.get("bot_id") or "",
        name=answer.get("user") or "qarun",
        team_id=answer.get("team_id") or "",
        team=answer.get("team") or "",
        url=(answer.get("url") or "").rstrip("/") + "/",
        scopes=None if scopes is None else frozenset(s.strip() for s in scopes.split(",")),
        enterprise_id=answer.get("enterprise_id") or None,
        is_enterprise_install=answer.get("is_enterprise_install") is True,
    )
