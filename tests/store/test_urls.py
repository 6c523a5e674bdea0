import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import StartupError
from bot.store.urls import read_url, reason


@pytest.mark.parametrize(
    ("given_url", "used"),
    [
        ("sqlite:///qarun.db", "sqlite+aiosqlite:///qarun.db"),
        (" sqlite:////var/lib/qarun.db\n", "sqlite+aiosqlite:////var/lib/qarun.db"),
        ("sqlite+pysqlite:///qarun.db", "sqlite+aiosqlite:///qarun.db"),
        (
            "postgresql://u:p@h:5/d?sslmode=require",
            "postgresql+psycopg://u:p@h:5/d?sslmode=require",
        ),
        ("postgres://u:p%40@h/d", "postgresql+psycopg://u:p%40@h/d"),
        ("postgresql+psycopg2://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+asyncpg://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_a_url_gets_the_driver_that_qarun_uses(given_url: str, used: str) -> None:
    assert read_url(given_url).render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "is not a database URL"),
        ("qarun.db", "is not a database URL"),
        ("postgresql://u:s3cret@h:port/d", "is not a database URL"),
        ("mysql://u:s3cret@h/d", "'mysql', which qarun does not know"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file::memory:?uri=true", "in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
        ("sqlite://qarun.db", "too few slashes"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_one_sentence(url: str, problem: str) -> None:
    with pytest.raises(StartupError, match="QARUN_DATABASE_URL") as caught:
        read_url(url)
    assert problem in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_no_text_makes_reading_a_url_crash(url: str) -> None:
    with contextlib.suppress(StartupError):
        assert read_url(url).drivername in {"sqlite+aiosqlite", "postgresql+psycopg"}


@pytest.mark.parametrize("said", ["no password p@ss word", "url //u:p%40ss%20word@h refused"])
def test_what_a_driver_says_is_told_without_the_password(said: str) -> None:
    url = read_url("postgresql://u:p%40ss%20word@h/d")
    shown = reason(OSError(f"{said}.\nmore"), url)
    assert "***" in shown
    assert "more" not in shown
    assert "ss" not in shown.replace("password", "")


def test_an_error_without_words_is_told_by_its_name() -> None:
    assert reason(TimeoutError(), read_url("sqlite:///qarun.db")) == "TimeoutError"
