"""The files of a workspace: uploaded in three steps, worked on for a moment, shown by messages.

Source: docs.slack.dev, "Working with files" and "Slack file object". That a file cannot be shown
for a moment after its upload, and the words in which Slack says so, is told by others
(slackapi/python-slack-sdk 1521 and 1658); that a message for one person cannot show one, by Slack
(slackapi/node-slack-sdk 1790).
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack_rules import Json, Violation, objects

PROCESSING_SECONDS = 0.3
"""Until a file that has been uploaded can be shown."""

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"GIF8": ("image/gif", "gif"),
}


@dataclass(slots=True)
class File:
    """A file, from the moment at which its upload is announced.

    Attributes:
        length: in bytes, as announced.
        token: of its upload URL.
        content: what was uploaded, None before that.
        completed_at: when the app said that it was done, None before that.
        shown_in: the conversations with a message that shows it.
    """

    id: str
    name: str
    length: int
    token: str
    title: str = ""
    alt_text: str = ""
    content: bytes | None = None
    completed_at: float | None = None
    shown_in: list[str] = field(default_factory=list)

    @property
    def media_type(self) -> tuple[str, str]:
        """Its MIME type and Slack's word for it, by its first bytes."""
        for signature, known in _SIGNATURES.items():
            if (self.content or b"").startswith(signature):
                return known
        return "application/octet-stream", "binary"

    @property
    def is_image(self) -> bool:
        return self.media_type[0].startswith("image/")


class Files:
    """Every file of the one app.

    Attributes:
        processing_seconds: how long Slack works on a new file before it can be shown.
    """

    def __init__(self, clock: Callable[[], float], numbers: Iterator[int]) -> None:
        self._clock = clock
        self._numbers = numbers
        self.processing_seconds = PROCESSING_SECONDS
        self.known: dict[str, File] = {}

    def announce(self, name: str, length: int, alt_text: str) -> File:
        """A file is going to be uploaded."""
        file = File(
            id=f"F{next(self._numbers):010d}",
            name=name,
            length=length,
            token=secrets.token_urlsafe(16),
            alt_text=alt_text,
        )
        self.known[file.id] = file
        return file

    def expected(self, token: str) -> File | None:
        """The file whose content is still to come to this upload URL."""
        waiting = (each for each in self.known.values() if each.content is None)
        return next((each for each in waiting if each.token == token), None)

    def complete(self, file: File, title: str) -> None:
        """The upload is done; from now on Slack works on the file."""
        file.title = title or file.name
        file.completed_at = self._clock()

    def is_ready(self, file: File) -> bool:
        """Whether Slack is done with it."""
        if file.completed_at is None:
            return False
        return self._clock() - file.completed_at >= self.processing_seconds

    def problems(self, blocks: Sequence[Any] | None, *, for_one_person: bool) -> list[Violation]:
        """What Slack refuses about the files that a message shows."""
        return [
            Violation("invalid slack file", f"{pointer}/slack_file")
            for pointer, shown in _shown(blocks)
            if for_one_person or not self._can_be_shown(shown)
        ]

    def show(self, blocks: Sequence[Any] | None, channel: str) -> None:
        """A message in this conversation shows its files: who reads it may see them."""
        for _, shown in _shown(blocks):
            if (file := self._meant(shown)) and channel not in file.shown_in:
                file.shown_in.append(channel)

    def payload(self, file: File, user: str) -> Json:
        """The file object, as far as it is known: its type only when Slack is done with it."""
        mime_type, kind = file.media_type if self.is_ready(file) else ("", "")
        return {
            "id": file.id,
            "created": int(file.completed_at or 0),
            "name": file.name,
            "title": file.title,
            "mimetype": mime_type,
            "filetype": kind,
            "user": user,
            "mode": "hosted",
            "size": file.length,
            "is_public": bool(file.shown_in),
            "alt_txt": file.alt_text,
            "channels": list(file.shown_in),
        }

    def _can_be_shown(self, shown: Json) -> bool:
        file = self._meant(shown)
        return file is not None and file.is_image and self.is_ready(file)

    def _meant(self, shown: Json) -> File | None:
        return self.known.get(str(shown.get("id")))


def _shown(blocks: Sequence[Any] | None) -> Iterator[tuple[str, Json]]:
    for pointer, block in objects(list(blocks or ()), "/blocks"):
        shown = block.get("slack_file")
        if isinstance(shown, dict):
            yield pointer, shown
