"""A channel's digest in `qarun.toml`: what is understood, and the sentence for what is not."""

from pathlib import Path

import pytest

from bot.config import load_settings
from bot.domain.digest_rule import Every, Weekday
from bot.domain.errors import StartupError

CHANNEL = "C0123ABCD"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration file, with just enough beside it."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "QATECH_API_TOKEN": "key",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("QARUN_CONFIG", raising=False)
    return tmp_path / "qarun.toml"


def test_a_digest_is_set_in_the_file(file: Path) -> None:
    file.write_text(
        f"[rules.{CHANNEL}.digest]\n"
        'every = "weekly"\nweekday = "friday"\nhour = 17\ntime_zone = "Europe/Stockholm"\n'
    )
    digest = load_settings().rules[CHANNEL].digest
    assert digest is not None
    assert (digest.every, digest.weekday, digest.hour) == (Every.WEEKLY, Weekday.FRIDAY, 17)
    assert digest.time_zone == "Europe/Stockholm"


def test_what_is_left_out_is_nine_in_the_morning_utc_on_monday(file: Path) -> None:
    file.write_text(f'[rules.{CHANNEL}]\ndigest = {{every = "daily"}}\n')
    digest = load_settings().rules[CHANNEL].digest
    assert digest is not None
    assert (digest.weekday, digest.hour, digest.time_zone) == (Weekday.MONDAY, 9, "UTC")


@pytest.mark.parametrize(
    ("digest", "says"),
    [
        ('{every = "hourly"}', f"[rules.{CHANNEL}] digest is not right: it must be 'daily'"),
        ('{every = "daily", hour = 24}', f"[rules.{CHANNEL}] digest is not right: it must be less"),
        ('{every = "daily", hours = 9}', f"[rules.{CHANNEL}] digest is not known"),
        ('{every = "daily", since = 2026-01-01T00:00:00Z}', f"[rules.{CHANNEL}] digest is not"),
        (
            '{every = "daily", time_zone = "Stockholm"}',
            f"[rules.{CHANNEL}] digest needs in `time_zone` the name of a time zone",
        ),
        ("{hour = 9}", "missing"),
    ],
)
def test_what_is_wrong_with_it_is_said_in_one_sentence(file: Path, digest: str, says: str) -> None:
    file.write_text(f"[rules.{CHANNEL}]\ndigest = {digest}\n")
    with pytest.raises(StartupError) as caught:
        load_settings()
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
