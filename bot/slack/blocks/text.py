"""Text that is safe inside a Slack message.

Names, reasons and titles are written by an AI or taken from web pages (`facts/QATECH.md`): they
may hold Slack markup, formatting marks, control characters, bidirectional overrides, and any
amount of text. `inline` is the one door for such text into mrkdwn.
"""

import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import urlsplit

ELLIPSIS = "…"

_BLANK = re.compile(r"\s+")
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls
    "\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"  # nothing
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides of direction
    "\ufff9-\ufffb\U000e0000-\U000e007f]"  # annotations and tags: text that nobody sees
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_LONGEST_ENTITY = 5
_LONGEST_CLUSTER = 40
_INNER_UNDERSCORE = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
_KEEP = "\ue000"
"""Stands for an underscore inside a word while the others are replaced."""
_HARMLESS = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "'"})
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOK_ALIKES = str.maketrans({"<": "‹", ">": "›"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"

_MEMBER = re.compile(r"[UW][A-Z0-9]+")
_GROUP = re.compile(r"S[A-Z0-9]+")
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")
_URL = re.compile(r"[^\s\x00-\x20\x7f-\x9f\\^`{}]+")


def escape(text: str) -> str:
    """Escape the three characters that Slack gives a meaning in mrkdwn (`facts/SLACK.md`)."""
    return text.translate(_ENTITIES)


def tidy(raw: str, limit: int) -> str:
    """One line of at most `limit` characters that shows as it reads; not yet escaped."""
    # A little more than fits is enough to clean: a text of a megabyte costs as much as a short one.
    head = raw[: 4 * limit + 64]
    visible = _INVISIBLE.sub("", _BLANK.sub(" ", _SURROGATE.sub("\ufffd", head))).strip()
    if len(head) < len(raw) and len(visible) <= limit:
        visible = visible[: limit - 1] + ELLIPSIS
    return clip(visible, limit)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, cut with an ellipsis, never inside a grapheme or an entity."""
    if len(text) <= limit:
        return text
    end = max(limit - len(ELLIPSIS), 0)
    for earlier in range(end, max(end - _LONGEST_CLUSTER, 0), -1):
        if not _joins(text, earlier):
            end = earlier
            break
    start = text.rfind("&", max(end - _LONGEST_ENTITY, 0), end)
    if start >= 0 and (entity := _ENTITY.match(text, start)) and entity.end() > end:
        end = start
    return text[:end].rstrip() + ELLIPSIS


def _joins(text: str, at: int) -> bool:
    """Whether the characters on both sides of this place belong to one grapheme."""
    before, after = text[at - 1], text[at]
    if after.isascii():
        return False
    if before == "\u200d" or after == "\u200d" or unicodedata.category(after).startswith("M"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff":  # skin tones
        return True
    return "\U0001f1e6" <= after <= "\U0001f1ff" and _flags_before(text, at) % 2 == 1


def _flags_before(text: str, at: int) -> int:
    """How many regional indicators stand before this place; two make one flag."""
    count = 0
    while count < at and "\U0001f1e6" <= text[at - 1 - count] <= "\U0001f1ff":
        count += 1
    return count


def inline(raw: str, limit: int, *, empty: str = "") -> str:
    """Untrusted text as a part of a line of mrkdwn; `empty` stands in where nothing is visible.

    Formatting marks are replaced by characters that look alike, because a zero-width character
    beside them does not keep Slack from reading them. An underscore inside a word stays: Slack
    reads none there, and `checkout_flow` should survive being copied.
    """
    text = tidy(raw, limit)
    if not text:
        return empty
    text = _INNER_UNDERSCORE.sub(_KEEP, text.replace(_KEEP, "")).translate(_HARMLESS)
    return _isolated(escape(text.replace(_KEEP, "_")))


def plain(raw: str, limit: int, *, empty: str = "") -> str:
    """Untrusted text for a `plain_text` object of at most `limit` UTF-16 units.

    Slack reads no markup there, and does not say whether it decodes entities; characters that
    look alike are right either way.
    """
    text = ""
    for length in (limit, limit - len(_FIRST_STRONG_ISOLATE + _POP_ISOLATE), limit // 2 - 1):
        text = _isolated(tidy(raw, length).translate(_LOOK_ALIKES))
        if len(text.encode("utf-16-le")) <= 2 * limit:
            break
    return text or empty


def _isolated(text: str) -> str:
    """Text with right-to-left letters, kept from reordering what stands around it."""
    if text.isascii() or not any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def sentence(text: str, limit: int = 600) -> str:
    """A sentence of our own that may quote in backticks what a person typed."""
    return clip(escape(tidy(text, limit)), limit)


def code(text: str, limit: int = 200) -> str:
    """A code span; what would end it is replaced."""
    return f"`{escape(tidy(text, limit).replace('`', chr(39))) or ' '}`"


def safe_url(url: str | None, *, limit: int) -> str | None:
    """The address, if it is a plain http or https one of at most `limit` characters.

    One with a user name before the host is refused: `https://app.qa.tech@evil.example` is a
    forgery more often than a link.
    """
    if not url:
        return None
    address = url.strip().replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    if len(address) > limit or not address.isascii() or not _URL.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    is_plain = parts.scheme.lower() in {"http", "https"} and host and "@" not in parts.netloc
    return address if is_plain else None


def link(url: str | None, label: str, *, limit: int = 500) -> str:
    """A link with an untrusted label; the label alone where the address cannot be trusted."""
    text = inline(label, 150).replace("|", "∣")
    address = safe_url(url, limit=limit)
    if address is None:
        return text
    return f"<{escape(address)}|{text}>" if text else f"<{escape(address)}>"


def mention(slack_id: str | None) -> str | None:
    """A mention of a person or a user group; None for what is no such ID."""
    if slack_id and _MEMBER.fullmatch(slack_id):
        return f"<@{slack_id}>"
    if slack_id and _GROUP.fullmatch(slack_id):
        return f"<!subteam^{slack_id}>"
    return None


def channel_name(slack_id: str) -> str:
    """A channel as a link to it, or in words where Slack would not show its name."""
    return f"<#{slack_id}>" if _CHANNEL.fullmatch(slack_id) else "this conversation"


def date(moment: datetime) -> str:
    """A moment, shown in each reader's own time zone; UTC where that cannot be."""
    fallback = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"
