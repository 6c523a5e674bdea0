"""No `repr` of the bot's shows what would let somebody else speak in its name."""

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator

from pydantic import BaseModel, SecretStr

import bot
from bot.config import given_settings, project_settings
from bot.domain.watch import NewWatch
from tests.domain.build import KEY

SECRETS = re.compile(
    r"token|secret|password|response_url|trigger_id|request_id|^view$|database_url"
)
"""Names of fields whose values must not be shown; a `trigger_id` opens a window in Slack."""
HARMLESS = {
    "token_env": "the name of a variable",
}
VALUE = "very-secret"


def all_classes() -> Iterator[type]:
    """Every class of the bot's own; the simulated neighbours have secrets of nobody's."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name.startswith(("bot.playground", "bot.store.migrations", "bot.__main__")):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and value.__module__ == module.name:
                yield value


def shown_fields(kind: type) -> list[str]:
    """The fields that its generated `repr` shows, and that hold a plain value."""
    if dataclasses.is_dataclass(kind):
        if "__repr__" in vars(kind) and not hasattr(kind.__repr__, "__wrapped__"):
            return []  # one of its own, tested below
        fields = [field for field in dataclasses.fields(kind) if field.repr]
        return [field.name for field in fields if SecretStr not in _parts(field.type)]
    if issubclass(kind, BaseModel):
        return [
            name
            for name, field in kind.model_fields.items()
            if field.repr and SecretStr not in _parts(field.annotation)
        ]
    return []


def _parts(annotation: object) -> set[object]:
    arguments = getattr(annotation, "__args__", ())
    return {annotation}.union(*map(_parts, arguments)) if arguments else {annotation}


def test_no_field_that_holds_a_secret_is_shown() -> None:
    classes = list(all_classes())
    assert len(classes) > 200
    shown = [
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in classes
        for name in shown_fields(kind)
        if SECRETS.search(name) and name not in HARMLESS
    ]
    assert shown == []


def test_a_watch_shows_which_it_is_and_not_how_its_asker_is_answered() -> None:
    watch = NewWatch(
        id="w1", key=KEY, channel="C1", asked_by="U1", live=True, response_url=f"https://x/{VALUE}"
    )
    assert VALUE not in repr(watch)
    assert "w1" in repr(watch)


def test_the_settings_show_none_of_their_secrets() -> None:
    settings = given_settings(
        {
            "SLACK_BOT_TOKEN": f"xoxb-{VALUE}",
            "SLACK_APP_TOKEN": f"xapp-{VALUE}",
            "SLACK_SIGNING_SECRET": VALUE,
            "QATECH_API_TOKEN": VALUE,
            "QARUN_API_TOKEN": VALUE,
            "QARUN_DATABASE_URL": f"postgresql://qarun:{VALUE}@host/qarun",
        }
    )
    shown = [settings, str(settings), settings.model_dump(), project_settings(settings)]
    assert VALUE not in repr(shown)
    assert VALUE not in settings.model_dump_json()
