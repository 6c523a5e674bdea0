"""What a person types, as Slack's client sends it: names as mentions, addresses as links."""

import re

from bot.playground.slack_world import World

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKED = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?<![\w@#])@(?P<person>[\w.-]+)|(?<![\w@#])#(?P<channel>[\w-]+)"
)


def as_slack(world: World, typed: str, *, with_names: bool = False) -> str:
    """The text in Slack's markup.

    Args:
        world: whose people and channels are known by name.
        typed: as it stands in the message box.
        with_names: mentions carry the name too, as in the text of a slash command.
    """
    people = {user.name: user.id for user in world.users.values()}
    channels = {each.name: each.id for each in world.channels.values() if not each.is_im}

    def marked(match: "re.Match[str]") -> str:
        found = match.groupdict()
        if url := found["url"]:
            return f"<{url}>"
        if person := people.get(found["person"]):
            return f"<@{person}|{found['person']}>" if with_names else f"<@{person}>"
        if channel := channels.get(found["channel"]):
            return f"<#{channel}|{found['channel']}>"
        return match[0]

    whole = typed.encode("utf-8", "replace").decode()  # no half of a surrogate pair
    return _MARKED.sub(marked, whole.translate(_ENTITIES)).strip()
