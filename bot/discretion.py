"""What may not be written into a log, and the last door that it does not pass."""

import logging
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from pydantic import SecretStr

from bot.config import Settings, project_settings

_HIDDEN = "***"
_MARK = "\N{REPLACEMENT CHARACTER}"
_LEAST = 6
"""Characters of a secret that is looked for: a shorter one would make a log unreadable."""
_SECRETS = re.compile(
    r"""xox[a-z]-[\w-]+ | xapp-[\w-]+ | \bv0=[0-9a-f]{64}  # tokens, signatures
      | (?<=Bearer[ ])[\w.~+/=-]+ | (?<=ticket=)[\w.~-]+
      # addresses by which whoever knows them may speak in the bot's name
      | https?://[^\s"'\\]*/(?:response|commands|actions|workflows|upload)/[^\s"'\\]+""",
    re.VERBOSE,
)


class Discretion(structlog.stdlib.ProcessorFormatter):
    """The last door before a line is written: no secret passes it, whoever let it come so far.

    Nothing of ours logs one. But errors quote what they do not understand, and PostgreSQL names
    the whole of a row that it refuses.
    """

    def __init__(self, *args: Any, secrets: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._secrets = [secret for secret in secrets if len(secret) >= _LEAST]

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be written."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return _SECRETS.sub(_HIDDEN, line)


def visible(
    logger: Any, name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A processor of structlog: what a terminal would obey, or show in another order, is a mark.

    JSON escapes it anyway.
    """
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[key] = "".join(c if c.isprintable() or c in "\n\t" else _MARK for c in value)
    return event


def secrets_of(settings: Settings) -> list[str]:
    """The values that nobody may ever read, the password of the database among them.

    Raises:
        StartupError: a `token_env` names a variable that is not set.
    """
    given = [
        value for name, value in settings if isinstance(value, SecretStr) and "url" not in name
    ]
    given += [project.token for project in project_settings(settings).values()]
    found = {secret.get_secret_value() for secret in given}
    try:
        password = urlsplit(settings.qarun_database_url.get_secret_value()).password
    except ValueError:  # whoever opens the database says so
        password = None
    if password:
        found |= {password, unquote(password)}
    return sorted(found)
