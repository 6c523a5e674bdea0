"""Modals and App Homes: what each person has open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.playground.slack_changes import Change, ChangeKind
from bot.playground.slack_elements import Values, find_element, initial_values, with_ids
from bot.playground.slack_rules import Json
from bot.playground.slack_state import User

MAX_DEPTH = 3


@dataclass(slots=True)
class View:
    """A modal that is open, or an App Home.

    Attributes:
        given: the view as the app gave it, each block with its `block_id`.
        values: what was typed and chosen: block ID, action ID, value.
        errors: the messages beneath the inputs, by block ID, of the last submission.
    """

    id: str
    user: str
    given: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.given["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """What stands at its head; an App Home has nothing there."""
        return str((self.given.get("title") or {}).get("text", ""))

    def element(self, action_id: str, block_id: str | None = None) -> tuple[str, Json]:
        """The element with this action ID and the ID of its block.

        Raises:
            LookupError: it has none such.
        """
        return find_element(self.blocks, action_id, block_id)

    def payload(self, team: str, app: User) -> Json:
        defaults = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "title": None,
            "submit": None,
            "close": None,
        }
        return {
            **defaults,
            **self.given,
            "id": self.id,
            "team_id": team,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": app.app_id,
            "bot_id": app.bot_id,
            "app_installed_team_id": team,
        }


class Views:
    """The modals that each person has open, and their App Homes.

    Attributes:
        modals: by person, the one on top last.
        homes: by person.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        numbers: Iterator[int],
        announce: Callable[[Change], None],
    ) -> None:
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self._clock = clock
        self._numbers = numbers
        self._announce = announce

    def open_modal(self, user: str, given: Json, *, on_top: bool) -> View:
        """Show a modal: on top of those that are open, or instead of them."""
        stack = self.modals.setdefault(user, [])
        if not on_top:
            stack.clear()
        view = self._new_view(user, given)
        if stack:
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._announce(Change(ChangeKind.VIEW_OPENED, None, user, view))
        return view

    def change(self, view: View, given: Json) -> None:
        """Show something else in an open view; what was typed into inputs that stay is kept."""
        kept = view.values
        view.given = {**given, "blocks": with_ids(given["blocks"], self._numbers)}
        view.values = initial_values(view.blocks, kept)
        view.errors = {}
        view.hash = self._new_hash()
        self._announce(Change(ChangeKind.VIEW_CHANGED, None, view.user, view))

    def close(self, user: str, *, all_of_them: bool = False) -> None:
        """Close the modal on top, or all."""
        stack = self.modals.get(user, [])
        closed = stack[-1] if stack else None
        del stack[0 if all_of_them else -1 :]
        self._announce(Change(ChangeKind.VIEW_CLOSED, None, user, closed))

    def publish_home(self, user: str, given: Json) -> View:
        view = self._new_view(user, given)
        self.homes[user] = view
        self._announce(Change(ChangeKind.HOME_PUBLISHED, None, user, view))
        return view

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """An open modal or an App Home."""
        everything = [*(v for stack in self.modals.values() for v in stack), *self.homes.values()]
        for view in everything:
            if view_id == view.id or (external_id and external_id == view.given.get("external_id")):
                return view
        return None

    def _new_view(self, user: str, given: Json) -> View:
        view_id = f"V{next(self._numbers):08d}"
        blocks = with_ids(given["blocks"], self._numbers)
        return View(
            id=view_id,
            user=user,
            given={**given, "blocks": blocks},
            hash=self._new_hash(),
            root_id=view_id,
            values=initial_values(blocks),
        )

    def _new_hash(self) -> str:
        return f"{int(self._clock())}.{next(self._numbers):08x}"
