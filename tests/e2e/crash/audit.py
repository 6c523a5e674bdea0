"""What the workspace must show in the end, read from its own journal of messages.

It knows nothing of the bot's database: what counts is what people see in Slack.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.playground.slack_state import Channel, Message

ENDINGS = ("passed", "failed", "ended with an error", "was canceled")
_LIVE = ("is in progress", "waiting for QA.tech")
_GATHERED = ("ended in a short time", "While I was away")


@dataclass(slots=True)
class Wanted:
    """A run that somebody wants to hear of in a channel.

    Attributes:
        ending: the words with which its report must tell the end.
        asked: how often it was asked for; who asks again after the end is answered again.
    """

    run: str
    channel: str
    ending: str
    asked: int = 0
    is_stored: bool = False
    """Whether the bot has taken the wish: it has acknowledged the command, or answered 2xx."""


def findings(wanted: Sequence[Wanted], channels: Sequence[Channel]) -> list[str]:
    """Everything that is wrong; nothing where all was told once, and the end last."""
    return [
        *_untold(wanted, channels),
        *_told_twice(channels),
        *_uncalled_for(wanted, channels),
        *_gone_back(channels),
    ]


def untold(wanted: Sequence[Wanted], channels: Sequence[Channel]) -> list[str]:
    """What is still missing, or still shown as being in progress."""
    return list(_untold(wanted, channels))


def key_of(message: Message) -> str | None:
    """The notice that a message tells, by its metadata."""
    payload = (message.metadata or {}).get("event_payload")
    return payload.get("notice") if isinstance(payload, dict) else None


def _untold(wanted: Sequence[Wanted], channels: Sequence[Channel]) -> Iterator[str]:
    told = {channel.id: _told_in(channel) for channel in channels}
    by_id = {channel.id: channel for channel in channels}
    for wish in wanted:
        where = f"{wish.run} in {by_id[wish.channel].name}"
        if not wish.is_stored:
            yield f"{where}: the bot never took the wish"
            continue
        ends = told[wish.channel].get(wish.run, [])
        if not ends:
            yield f"{where}: not told"
        for end in ends:
            if wish.ending not in end:
                yield f"{where}: “{wish.ending}” is told as “{end}”"
        if len(ends) > max(wish.asked, 1):
            yield f"{where}: told {len(ends)} times, asked for {wish.asked} times"
    for channel in channels:
        for message in _ours(channel):
            if _is_live(message.text):
                yield f"{channel.name}: left in progress: {_title(message.text)}"
            elif _is_of_watch(message):
                verdicts = _verdicts(channel, message)
                if verdicts > 1 or (not verdicts and not _listed(channel, message)):
                    yield f"{channel.name}: {verdicts} verdicts below {_title(message.text)}"


def _told_twice(channels: Sequence[Channel]) -> Iterator[str]:
    for channel in channels:
        keys = Counter(key_of(message) for message in _ours(channel))
        for key, times in keys.items():
            if key is None:
                yield f"{channel.name}: {times} messages without the key of a notice"
            elif times > 1:
                yield f"{channel.name}: {key} was told {times} times"


def _uncalled_for(wanted: Sequence[Wanted], channels: Sequence[Channel]) -> Iterator[str]:
    wishes = {(wish.run, wish.channel) for wish in wanted}
    for channel in channels:
        for run in _told_in(channel):
            if (run, channel.id) not in wishes:
                yield f"{channel.name}: {run} was told and nobody asked for it"
        for message in _ours(channel):
            if not message.text.strip() or "went wrong" in message.text.split("\n")[0]:
                yield f"{channel.name}: an odd message: {_title(message.text)!r}"


def _gone_back(channels: Sequence[Channel]) -> Iterator[str]:
    """A message that told the end and then showed the run in progress again."""
    for channel in channels:
        for message in _ours(channel):
            said = [*(each.text for each in message.revisions), message.text]
            ended = [not _is_live(text) for text in said]
            if ended != sorted(ended):
                yield f"{channel.name}: went back to live: {_title(message.text)}"


def _told_in(channel: Channel) -> dict[str, list[str]]:
    """Each run that is told in a channel, with the words of each place that tells its end.

    The verdict on a live message is no other place, be it a reply or a line among others.
    """
    told: dict[str, list[str]] = defaultdict(list)
    verdicts: Counter[str] = Counter()
    for message in _ours(channel):
        if message.thread_ts not in (None, message.ts) or _is_live(message.text):
            continue
        if _is_gathered(message):
            continue
        if (said := _run_in(_title(message.text))) is not None:
            told[said[0]].append(said[1])
            if _is_of_watch(message) and not _verdicts(channel, message):
                verdicts[said[0]] += 1
    for run, end in _lines(channel):
        if verdicts[run]:
            verdicts[run] -= 1
        else:
            told[run].append(end)
    return told


def _lines(channel: Channel) -> Iterator[tuple[str, str]]:
    """The runs that stand in messages of several runs."""
    for message in filter(_is_gathered, _ours(channel)):
        for line in message.text.split("\n"):
            if (said := _run_in(line)) is not None:
                yield said


def _listed(channel: Channel, message: Message) -> bool:
    said = _run_in(_title(message.text))
    return said is not None and any(run == said[0] for run, _ in _lines(channel))


def _run_in(line: str) -> tuple[str, str] | None:
    """The run that a line begins with, and what it says of it."""
    _, found, rest = line.partition("Run ")
    return (rest.split(" ")[0].rstrip(".:"), rest) if found else None


def _is_gathered(message: Message) -> bool:
    return any(words in _title(message.text) for words in _GATHERED)


def _is_of_watch(message: Message) -> bool:
    """Whether it is, or was, a live message, which has its verdict below."""
    return (key_of(message) or "").startswith(("live:", "report:"))


def _verdicts(channel: Channel, message: Message) -> int:
    return sum(_is_verdict(each) for each in channel.replies(message.ts))


def _ours(channel: Channel) -> list[Message]:
    return [message for message in channel.messages if message.author.is_bot]


def _is_verdict(message: Message) -> bool:
    return (key_of(message) or "").startswith("verdict:")


def _is_live(text: str) -> bool:
    return any(words in _title(text) for words in _LIVE)


def _title(text: str) -> str:
    return text.split("\n", maxsplit=1)[0]
