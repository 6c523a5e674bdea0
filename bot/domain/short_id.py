"""Which run a person means: a short ID, `#ID`, `alias/ID`, or a pasted link.

The rules come from `facts/QATECH.md` ("Short IDs and links") and from what Slack does to text on
its way into a slash command: links arrive as `<url|label>`, channel names as `<#C…|name>`.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.errors import UserError

DEFAULT_PROJECT = "default"
"""Alias of the project that the plain `QATECH_…` variables configure."""

SHORT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ALIASED = re.compile(r"(?P<alias>[A-Za-z0-9_.-]{1,64})/#?(?P<id>[A-Za-z0-9_-]{1,64})")
_SLACK_LINK = re.compile(r"<(?P<url>https?://[^|>]+)(?:\|[^>]*)?>", re.IGNORECASE)
_SLACK_CHANNEL = re.compile(r"<#[A-Z0-9]+\|(?P<name>[^>]+)>")
_TEST_CASE_PATH = re.compile(r"/results/test/[^/]+/?$")
_RUN_PATH = re.compile(
    r"^/(?:dashboard/)?(?:p|projects)/(?P<slug>[^/]+)/results/(?P<id>[A-Za-z0-9_-]{1,64})/?$"
)
_HOST = re.compile(r"(?:[a-z0-9-]+\.)*qa\.tech")
_HARDLY_A_WORD = re.compile(r"[#/<0-9]|[a-z][A-Z]")
_QUOTES = "`'\"“”‘’«»*_~"
_TRAILING = ".,;:!?)"
_NO_RUN_LINK = (
    "That link is not one of a QA.tech run. A run's link looks like "
    "`https://app.qa.tech/p/your-project/results/UkxK`."
)


@dataclass(frozen=True, slots=True)
class RunKey:
    """A run that we know how to ask for: alias of its project and short ID."""

    project: str
    short_id: str

    def __str__(self) -> str:
        """The run as a person would type it; the default project is not named."""
        return (
            self.short_id if self.project == DEFAULT_PROJECT else f"{self.project}/{self.short_id}"
        )


@dataclass(frozen=True, slots=True)
class RunReference:
    """What a person typed, understood, not yet matched with the configured projects.

    At most one of `alias` (typed as `alias/ID`) and `slug` (read from a link) is set. `url` is a
    link to QA.tech and to nowhere else.
    """

    short_id: str
    alias: str | None = None
    slug: str | None = None
    url: str | None = None


def parse_run_reference(text: str) -> RunReference:
    """Read one word as a reference to a run.

    Raises:
        UserError: it is none; the sentence says what it looks like and what is accepted.
    """
    word = text.strip()
    if link := _SLACK_LINK.fullmatch(word.strip(_QUOTES + _TRAILING)):
        return _from_url(link["url"])
    if channel := _SLACK_CHANNEL.fullmatch(word):
        word = channel["name"]  # Slack took "#ID" for the channel of that name
    if not SHORT_ID.fullmatch(word):  # which may begin or end with what elsewhere is markup
        word = word.strip(_QUOTES).rstrip(_TRAILING).strip(_QUOTES)
    if "://" in word:
        return _from_url(word)
    if "/results/" in word:
        return _from_url(f"https://{word}")
    word = word.removeprefix("#")
    if SHORT_ID.fullmatch(word):
        return RunReference(short_id=word)
    if aliased := _ALIASED.fullmatch(word):
        return RunReference(short_id=aliased["id"], alias=aliased["alias"])
    if not word:
        raise UserError("The run is missing: give its short ID (like `UkxK`) or paste its link.")
    raise UserError(
        f"`{_shown(word)}` is not a run. Give its short ID (like `UkxK`) or paste its link."
    )


def looks_like_a_run(word: str) -> bool:
    """Whether a word is hardly anything but a run: a link, `#ID`, with digits or in mixed case."""
    return _HARDLY_A_WORD.search(word) is not None


def _from_url(url: str) -> RunReference:
    try:
        parts = urlsplit(url)
    except ValueError:  # a host in brackets that is no address
        raise UserError(_NO_RUN_LINK) from None
    if match := _RUN_PATH.fullmatch(parts.path):
        # The link is shown to others as the run's own: one that leads elsewhere only names the run.
        is_theirs = _HOST.fullmatch((parts.hostname or "").rstrip("."))
        clean = f"https://{parts.hostname}{parts.path.rstrip('/')}" if is_theirs else None
        return RunReference(short_id=match["id"], slug=match["slug"], url=clean)
    if _TEST_CASE_PATH.search(parts.path):
        raise UserError(
            "That link leads to one test case, not to a run. Open the run it belongs to "
            "and paste that link, or give the run's short ID."
        )
    raise UserError(_NO_RUN_LINK)


def _shown(word: str) -> str:
    """The word as it can be quoted in a sentence: short, and without what would end the quote."""
    plain = word.replace("`", "'").replace("\n", " ")
    return plain if len(plain) <= 60 else plain[:59] + "…"


def run_url(slug: str, short_id: str) -> str:
    """The link of a run, built from a configured project slug (`facts/QATECH.md`)."""
    return f"https://app.qa.tech/p/{slug}/results/{short_id}"
