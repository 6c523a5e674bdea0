"""What a person is told when something stands in the way: what, whose fault, what to do."""

from bot.domain.errors import (
    AccessDenied,
    DatabaseError,
    LeftAlone,
    QATechError,
    RateLimited,
    RunNotFound,
    Unavailable,
    UnexpectedAnswer,
)
from bot.domain.short_id import DEFAULT_PROJECT, RunKey
from bot.slack.blocks import wording
from bot.slack.blocks.commands import typed
from bot.slack.blocks.message import Message, compose, section
from bot.slack.blocks.text import channel_name, code, inline, sentence

_STORED = (
    "I have stored your wish: the run is being watched, and you will be told here when it ends."
)

_CANNOT_POST = {
    "is_archived": "the channel is archived",
    "restricted_action": "only some people may post there, and whoever runs the workspace says who",
    "restricted_action_read_only_channel": "nobody but its admins may post there",
}


def one_section(*lines: str) -> Message:
    """A short answer of a few sentences, the same with and without blocks."""
    return compose(lines, [section("\n".join(lines))])


def qatech_problem(
    error: QATechError, key: RunKey, *, stored: bool, nearest: str | None = None
) -> Message:
    """QA.tech did not give the run.

    Args:
        error: what happened.
        key: the run that was asked for.
        stored: whether a watch now waits for QA.tech.
        nearest: the subcommand that was probably meant, when the ID may be a mistyped word.
    """
    lines = [_problem(error, key), _STORED if stored else _try_again(error, key)]
    if nearest and not stored:
        lines.append(f"If you meant a command: {typed(nearest)}.")
    return one_section(*lines)


def _problem(error: QATechError, key: RunKey) -> str:
    name = f"run {wording.run_name(key)}"
    match error:
        case RunNotFound():
            where = "" if key.project == DEFAULT_PROJECT else f" in {inline(key.project, 64)}"
            return f"QA.tech knows no {name}{where}, or the bot's key may not see it."
        case AccessDenied():
            return (
                f"QA.tech refused to show {name}: it does not accept the bot's key. "
                "It is not your fault: whoever runs this bot must check `QATECH_API_TOKEN`."
            )
        case RateLimited(retry_after=after):
            wait = f" and asks to wait {wording.seconds(after)}" if after else ""
            return f"QA.tech says that this bot asks too often{wait}. It is not your fault."
        case LeftAlone():
            return (
                f"QA.tech did not answer a moment ago, so I did not ask it for {name} again. It is "
                "slow, down, or out of the bot's reach; it is not your fault."
            )
        case Unavailable():
            return (
                f"QA.tech did not answer when asked for {name}. It is slow, down, or out of the "
                "bot's reach; it is not your fault."
            )
        case UnexpectedAnswer():
            return (
                f"QA.tech answered with something unreadable when asked for {name}. "
                "The fault is QA.tech's, or of a proxy on the way there."
            )
    return f"QA.tech did not give {name}."


def _try_again(error: QATechError, key: RunKey) -> str:
    command = typed(str(key))
    match error:
        case RunNotFound():
            return (
                "Check the short ID: capital and small letters differ. Pasting the run's link "
                "from QA.tech is the safest."
            )
        case AccessDenied():
            return f"After that, type {command} again."
        case RateLimited(retry_after=after) | LeftAlone(retry_after=after) if after:
            return f"Type {command} again in {wording.seconds(after)}."
    return f"Type {command} again in a minute."


def not_in_channel(message: Message, *, bot_name: str, channel: str) -> Message:
    """Any message, told to the asker alone because the bot is not a member of the channel."""
    name = bot_name.removeprefix("@")
    invitation = code(f"/invite @{name}", 100)
    line = (
        f"I am not in {channel_name(channel)}, so only you can see this. "
        f"To let everyone see it, type {invitation} there."
    )
    blocks = (section(line), *message.blocks) if message.blocks else ()
    return compose([line, *message.text.split("\n")], blocks)


def cannot_post(message: Message, *, channel: str, why: str) -> Message:
    """Any message, told to the asker alone because Slack lets no bot post in the channel.

    `why` is Slack's own word.
    """
    reason = _CANNOT_POST.get(why, f"Slack says {code(why, 100)}")
    line = f"I cannot post in {channel_name(channel)}, so only you can see this: {reason}."
    blocks = (section(line), *message.blocks) if message.blocks else ()
    return compose([line, *message.text.split("\n")], blocks)


def user_error(words: str) -> Message:
    """What cannot be done, in the sentence that a `UserError` brings."""
    return one_section(sentence(words) or "That cannot be done.", f"Help: {typed('help')}.")


def broken(error: Exception) -> Message:
    """Something on the bot's side kept it from doing what was asked for."""
    return database_problem(error) if isinstance(error, DatabaseError) else failure_of_ours()


def database_problem(error: DatabaseError) -> Message:
    """The database cannot be used, so that nothing could be looked up or stored."""
    if error.uncertain:
        return one_section(
            "I lost my database while I was storing that, so I do not know whether it was stored. "
            "It is neither your fault nor QA.tech's, and whoever runs this bot has been told.",
            "Please try again in a minute: what was stored after all is not done twice.",
        )
    return one_section(
        "I cannot use my database at the moment, so nothing was stored. "
        "It is neither your fault nor QA.tech's, and whoever runs this bot has been told.",
        "Please try again in a minute.",
    )


def other_workspace() -> Message:
    """Who asks belongs to another workspace than the bot."""
    return one_section(
        "You belong to another workspace than this bot, so I did not do what you asked for.",
        "Whoever runs the bot can let your workspace in: `QARUN_ALLOWED_TEAMS`.",
    )


def failure_of_ours() -> Message:
    """Something in this bot broke."""
    return one_section(
        "Something went wrong in this bot. It is neither your fault nor QA.tech's, "
        "and whoever runs the bot finds it in the log.",
        "Please try again; if it happens again, tell them.",
    )
