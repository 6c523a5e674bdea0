"""Long texts of others, such as the evaluator's reasoning, quoted line by line.

Every line begins with the mark of a quotation, so that no line of theirs can be taken for one of
ours, and is short enough for a section of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.slack.blocks.message import line_cost, size
from bot.slack.blocks.text import inline

_MARK = "&gt; "
_LONGEST_LINE = 2_800
_CHUNK = 500
"""Characters of a paragraph that is too long for one line: escaped five-fold they still fit one."""
_LEAST_SHOWN = 40
_MOST_READ = 40_000
"""No view and no message holds more; the rest of a text is counted, not looked at."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """What of a text fits.

    Attributes:
        lines: marked as quoted, safe in mrkdwn.
        left: how many characters of the text are not shown, roughly; 0 when all are.
    """

    lines: tuple[str, ...]
    left: int

    @property
    def is_clipped(self) -> bool:
        return self.left > 0


def quote(raw: str | None, room: int) -> Quotation:
    """As much of a text as takes at most `room` of what a message may cost (`line_cost`)."""
    text = raw or ""
    lines: list[str] = []
    for end, words in _pieces(text[:_MOST_READ]):
        length = len(words)
        if not (shown := inline(words, length)):
            continue
        while line_cost(_MARK + shown) > room and length > _LEAST_SHOWN:
            length = length * 3 // 4
            shown = inline(words, length)
        if line_cost(_MARK + shown) > room:
            return Quotation(tuple(lines), max(len(text) - end + len(words), 1))
        lines.append(_MARK + shown)
        room -= line_cost(lines[-1])
        if length < len(words):
            return Quotation(tuple(lines), max(len(text) - end + len(words) - length, 1))
    return Quotation(tuple(lines), max(len(text) - _MOST_READ, 0))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs, long ones in chunks that end between words; each with where it ends."""
    end = 0
    for paragraph in text.splitlines(keepends=True):
        start, end = end, end + len(paragraph)
        if size(inline(paragraph, len(paragraph))) <= _LONGEST_LINE:
            yield end, paragraph
            continue
        while start < end:
            stop = min(start + _CHUNK, end)
            if stop < end and (space := text.rfind(" ", start + 1, stop)) > 0:
                stop = space
            yield stop, text[start:stop]
            start = stop
