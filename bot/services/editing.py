"""How often live messages are edited: each of them, and all of them together."""

from datetime import datetime, timedelta

FULL_PACE = 10
"""So many live messages are edited as often as allowed: with 15 s between two edits that makes 40 a
minute, of the 50 that Slack takes (`facts/SLACK.md`, "Rates"). The rest is for reports, which are
edits of their live messages too and must not wait."""


class LiveEdits:
    """Remembers which live messages of this process are being edited."""

    def __init__(self, seconds: float) -> None:
        """`seconds` is the least time between two edits of one live message."""
        self._least = timedelta(seconds=seconds)
        self._edited: dict[str, datetime] = {}

    def next_at(self, watch_id: str, now: datetime) -> datetime:
        """When the live message of this watch, edited now, may be edited again."""
        self._edited[watch_id] = now
        interval = self._least * max(1.0, len(self._edited) / FULL_PACE)
        # Whose turn has come twice without an edit has ended, or stands still.
        self._edited = {one: at for one, at in self._edited.items() if now - at <= 2 * interval}
        return now + interval
