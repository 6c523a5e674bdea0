"""Runs that turn up in what people and other apps say, without anybody asking for them.

Where a person types a run for the bot, `short_id` is lenient; here nobody asked, so only what is
certainly a run of QA.tech counts.
"""

import re

from bot.domain.errors import UserError
from bot.domain.short_id import RunReference, parse_run_reference

_LABELED = re.compile(r"<[^<>|]*\|([^<>]*)>")
_STARTED = re.compile(
    r"(?<![A-Za-z0-9])Run\s+#(?P<id>[A-Za-z0-9_-]{1,64})\s+(?:has\s+|was\s+)?started(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def linked_run(url: str) -> RunReference | None:
    """The run that an address leads to; None for a test case, and for any other address."""
    try:
        reference = parse_run_reference(url)
    except UserError:
        return None
    return reference if reference.url else None


def started_run(text: str) -> RunReference | None:
    """The run that QA.tech's own message `Run #<shortId> started` tells of (`facts/QATECH.md`)."""
    shown = re.sub("[*~`]", "", _LABELED.sub(r"\1", text))
    found = _STARTED.search(shown)
    return RunReference(short_id=found["id"]) if found else None
