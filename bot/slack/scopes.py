"""The scopes of the bot token, each with what it is for; `manifest.yml` asks for just these."""

from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "commands": "the slash command",
    "chat:write": "posting and editing messages",
    "chat:write.public": "posting in public channels that the bot was not invited to",
    "channels:history": "looking for a message before posting it again, in public channels",
    "groups:history": "the same in private channels",
    "im:history": "the same in direct messages",
    "mpim:history": "the same in group messages",
    "channels:read": "hearing of invitations to public channels, and `qarun doctor`",
    "groups:read": "the same for private channels",
    "app_mentions:read": "answering where the bot is mentioned",
    "links:read": "hearing of links to runs",
    "links:write": "previews of links to runs",
    "reactions:write": "a reaction to thanks",
    "files:write": "the picture of `/qarun trend`",
    "users:read": "the time zone of who sets a digest",
    "usergroups:read": "user groups in QARUN_RERUN_ALLOWED, QARUN_RULES_ALLOWED and rules",
    "im:write": "`private`: following a run, or a trend, in a direct message",
}
