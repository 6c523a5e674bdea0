"""What all tests share: the databases."""

import pytest

from tests.logged import log, logs_as_before
from tests.store.databases import (
    database,
    fresh_postgresql,
    fresh_sqlite,
    fresh_url,
    migrated_postgresql,
    postgresql_server,
    prepared_postgresql,
    prepared_sqlite,
    prepared_url,
    sqlite_template,
)
from tests.store.postgresql import NOT_TESTED, server_programs

__all__ = [
    "database",
    "fresh_postgresql",
    "fresh_sqlite",
    "fresh_url",
    "log",
    "logs_as_before",
    "migrated_postgresql",
    "postgresql_server",
    "prepared_postgresql",
    "prepared_sqlite",
    "prepared_url",
    "sqlite_template",
]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skip is easily overlooked in a quiet run."""
    if server_programs() is None:
        terminalreporter.write_line(NOT_TESTED, red=True, bold=True)
