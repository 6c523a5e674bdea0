"""`qarun doctor` against a simulated QA.tech and Slack: each thing wrong has its cure."""

import contextlib
import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.app import migrate
from bot.config import Project, Settings, given_settings
from bot.doctor import Check, examine, show
from bot.domain.watch import NewWatch
from bot.playground import qatech_faults
from bot.playground.slack_faults import FaultKind
from bot.playground.stage import Stage, setting
from bot.services.ports import Outbox, Watches
from bot.slack.scopes import SCOPES
from bot.store.database import Database
from bot.store.store import SqlStore
from tests.contracts.store_steps import report
from tests.domain.build import KEY, NOW, run


@dataclass(slots=True)
class Patient:
    """A configured bot between its neighbours."""

    stage: Stage
    directory: Path
    variables: dict[str, str] = field(default_factory=dict)

    def settings(self) -> Settings:
        url = f"sqlite:///{self.directory / 'qarun.db'}"
        over_http = "SLACK_SIGNING_SECRET" in self.variables
        known = self.stage.settings(over_http=over_http)
        return given_settings({**known, "QARUN_DATABASE_URL": url, **self.variables})

    async def watch(self, *channels: str) -> None:
        """Watches, so that the doctor looks at their channels."""
        url = self.settings().qarun_database_url.get_secret_value()
        async with Database.open(url) as database:
            store: Watches = SqlStore(database)
            for channel in channels:
                await store.open_watch(
                    NewWatch(id=f"w-{channel}", key=KEY, channel=channel, asked_by="U1", live=True),
                    seen=run(),
                    next_poll_at=NOW,
                    notices_for=lambda _: (),
                    now=NOW,
                )

    async def examine(self) -> dict[str, Check]:
        return {check.what: check for check in await examine(self.settings())}

    async def only(self, what: str) -> Check:
        """The one check that is not well."""
        wrong = [check for check in (await self.examine()).values() if not check.ok]
        assert [check.what for check in wrong] == [what]
        return wrong[0]


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Patient]:
    async with setting() as stage:
        stage.slack.scopes = set(SCOPES)
        patient = Patient(stage, tmp_path)
        await migrate(patient.settings())
        yield patient


async def test_all_is_well_in_socket_mode(patient: Patient) -> None:
    checks = await patient.examine()
    assert all(check.ok for check in checks.values())
    assert "Socket Mode" in checks["settings"].found
    assert checks["Slack bot token"].found == "@qarun in Playground"
    assert checks["Slack app token"].found == "opens a socket"
    assert checks["Slack scopes"].found == f"all {len(SCOPES)} granted"
    assert checks["QA.tech key"].found == "accepted"
    assert checks["database"].found == "reached, prepared; 0 watches active"


async def test_all_is_well_over_http(patient: Patient) -> None:
    patient.variables["SLACK_SIGNING_SECRET"] = "secret"
    checks = await patient.examine()
    assert all(check.ok for check in checks.values())
    assert "POST /slack/events" in checks["settings"].found
    assert "Slack app token" not in checks


async def test_it_posts_nothing_and_starts_nothing(patient: Patient) -> None:
    channel = patient.stage.slack.add_channel("qa")
    await patient.watch(channel.id)
    await patient.examine()
    assert channel.messages == []
    assert {asked.method for asked in patient.stage.qatech.journal} == {"GET"}


# --- database


async def test_a_database_that_is_not_prepared(patient: Patient) -> None:
    patient.variables["QARUN_DATABASE_URL"] = f"sqlite:///{patient.directory / 'new.db'}"
    check = await patient.only("database")
    assert "`qarun migrate`" in (check.cure or "")


async def test_a_database_that_an_upgrade_has_not_reached(patient: Patient) -> None:
    url = patient.settings().qarun_database_url.get_secret_value()
    async with Database.open(url) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    check = await patient.only("database")
    assert "its revision is 0001" in check.found
    assert "`qarun migrate`" in (check.cure or "")


async def test_notices_that_were_given_up(patient: Patient) -> None:
    url = patient.settings().qarun_database_url.get_secret_value()
    async with Database.open(url) as database:
        for days in (30, 2, 1):
            await give_up(SqlStore(database), str(days), datetime.now(UTC) - timedelta(days=days))
    check = await patient.only("notices given up")
    assert check.found == "2 in the last 7 days: nobody was told"
    assert "`qarun outbox list`" in (check.cure or "")


async def give_up(store: Outbox, name: str, at: datetime) -> None:
    until = at + timedelta(seconds=30)
    await store.add([report(name)], at)
    await store.claim_channels(now=at, limit=1, owner="one", until=until)
    attempt = await store.begin("C1", now=at, owner="one", until=until)
    assert attempt is not None
    await store.drop(attempt, why="is_archived", now=at)
    await store.release("C1", owner="one", free_at=at)


async def test_an_address_that_is_not_encrypted_is_named(patient: Patient) -> None:
    assert "ENCRYPTED" not in (await patient.examine())["settings"].found
    patient.variables["QATECH_API_URL"] = "http://qatech.example"
    checks = await patient.examine()
    assert checks["settings"].found.endswith("NOT ENCRYPTED: QATECH_API_URL (use https)")
    assert checks["settings"].ok  # it may be behind a tunnel of its own


async def test_who_may_do_what_is_shown(patient: Patient) -> None:
    patient.variables |= {"QARUN_RERUN_ALLOWED": "U1,S2", "QARUN_ALLOWED_TEAMS": "T2"}
    checks = await patient.examine()
    assert checks["permissions"].found == (
        "used by: its own workspace, T2; reruns: U1,S2; rules and mutes: everyone; /api/v1: off"
    )
    patient.variables["QARUN_ALLOWED_TEAMS"] = "everyone"
    checks = await patient.examine()
    assert checks["permissions"].found.startswith("used by: everyone;")


async def test_a_database_that_is_none(patient: Patient) -> None:
    patient.variables["QARUN_DATABASE_URL"] = "mysql://root:very-secret@host/db"
    check = await patient.only("database")
    assert "QARUN_DATABASE_URL" in (check.cure or "")
    assert "very-secret" not in repr(check)


async def test_a_database_that_cannot_be_reached(patient: Patient) -> None:
    patient.variables["QARUN_DATABASE_URL"] = "postgresql://q:very-secret@127.0.0.1:1/q"
    check = await patient.only("database")
    assert "QARUN_DATABASE_URL" in (check.cure or "")
    assert "very-secret" not in repr(check)


# --- QA.tech


async def test_a_key_that_qatech_refuses(patient: Patient) -> None:
    patient.variables["QATECH_API_TOKEN"] = "very-secret-and-wrong"
    check = await patient.only("QA.tech key")
    assert "401" in check.found
    assert "QATECH_API_TOKEN" in (check.cure or "")
    assert "very-secret" not in repr(check)


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (qatech_faults.refuse(503), "503"),
        (qatech_faults.refuse(429, retry_after="1"), "429"),
        (qatech_faults.html(200), "QA.tech"),
        (qatech_faults.refuse(500, "[/red] [bold]markup"), "[/red] [bold]markup"),
    ],
)
async def test_a_qatech_that_does_not_answer_rightly(
    patient: Patient, fault: qatech_faults.Fault, found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    patient.stage.qatech.faults.inject(fault)
    checks = await examine(patient.settings())
    (wrong,) = [check for check in checks if not check.ok]
    assert (wrong.what, found in wrong.found) == ("QA.tech key", True)
    assert "QATECH_API_URL" in (wrong.cure or "")
    show(checks)
    # What a server says is shown as it is, and is no markup of the terminal's.
    shown = re.sub(r"[\s│]+", "", capsys.readouterr().out)
    assert re.sub(r"\s+", "", found) in shown


async def test_a_database_that_holds_nonsense(
    patient: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    await patient.watch("C1")
    with contextlib.closing(sqlite3.connect(patient.directory / "qarun.db")) as base, base:
        base.execute("UPDATE watches SET mention = 'nonsense'")
    check = await patient.only("database")
    assert check.found == "cannot be read: ValidationError"
    assert "docs/operations.md" in (check.cure or "")
    assert "database_unreadable" in capsys.readouterr().out


async def test_a_qatech_that_is_not_there(patient: Patient) -> None:
    patient.variables["QATECH_API_URL"] = "http://127.0.0.1:1"
    check = await patient.only("QA.tech key")
    assert "QATECH_API_URL" in (check.cure or "")


async def test_a_run_of_that_very_name_is_no_trouble(patient: Patient) -> None:
    body = b'{"id": "1", "shortId": "qarun-doctor", "status": "RUNNING", "result": null}'
    patient.stage.qatech.faults.inject(qatech_faults.raw(body))
    assert (await patient.examine())["QA.tech key"].found == "accepted"


async def test_each_project_has_its_line(patient: Patient) -> None:
    settings = patient.settings().model_copy(
        update={"projects": _projects({"mobile": {"token": "very-secret-and-wrong"}})}
    )
    checks = {check.what: check for check in await examine(settings)}
    assert checks["QA.tech key"].ok
    assert not checks["QA.tech key of mobile"].ok
    assert "[projects.mobile]" in (checks["QA.tech key of mobile"].cure or "")


# --- Slack


async def test_a_bot_token_that_slack_refuses(patient: Patient) -> None:
    slack = patient.stage.slack
    slack.token_errors[slack.bot_token] = "token_revoked"
    check = await patient.only("Slack bot token")
    assert check.found == "token_revoked"
    assert "SLACK_BOT_TOKEN" in (check.cure or "")


async def test_an_app_token_that_slack_refuses(patient: Patient) -> None:
    slack = patient.stage.slack
    slack.token_errors[slack.app_token] = "invalid_auth"
    check = await patient.only("Slack app token")
    assert (check.found, "SLACK_APP_TOKEN" in (check.cure or "")) == ("invalid_auth", True)


async def test_a_slack_that_is_not_there(patient: Patient) -> None:
    patient.variables["SLACK_API_URL"] = "http://127.0.0.1:1/api/"
    check = await patient.only("Slack bot token")
    assert check.found.startswith("no answer")
    assert "SLACK_API_URL" in (check.cure or "")


async def test_a_slack_that_answers_with_html(patient: Patient) -> None:
    patient.stage.slack.faults.add("auth.test", FaultKind.STATUS, status=502)
    assert (await patient.only("Slack bot token")).found == "HTTP 502"


async def test_scopes_that_are_missing_are_named_with_their_use(patient: Patient) -> None:
    patient.stage.slack.scopes -= {"im:write", "groups:history"}
    check = await patient.only("Slack scopes")
    assert "im:write (" in check.found
    assert "groups:history (" in check.found
    assert "reinstall" in (check.cure or "")


async def test_channels_with_watches_that_the_bot_is_in(patient: Patient) -> None:
    channel = patient.stage.slack.add_channel("qa")
    direct = patient.stage.slack.direct_messages(patient.stage.slack.add_user("ann").id)
    await patient.watch(channel.id, direct.id)
    checks = await patient.examine()
    assert checks["channels with watches"].found == "a member of all 2"


async def test_channels_that_the_bot_cannot_speak_in(patient: Patient) -> None:
    slack = patient.stage.slack
    member = slack.add_channel("qa")
    outside = slack.add_channel("other", with_bot=False)
    private = slack.add_channel("secret", private=True, with_bot=False)
    old = slack.add_channel("old")
    old.is_archived = True
    await patient.watch(member.id, outside.id, private.id, old.id)
    wrong = {c.what: c for c in (await patient.examine()).values() if not c.ok}
    assert {what: check.found for what, check in wrong.items()} == {
        f"channel {outside.id}": "the bot is not a member",
        f"channel {private.id}": "channel_not_found",
        f"channel {old.id}": "it is archived",
    }
    assert "/invite @qarun" in (wrong[f"channel {outside.id}"].cure or "")


# --- the table


def test_the_table_shows_each_problem_with_its_cure(capsys: pytest.CaptureFixture[str]) -> None:
    show([Check("settings", "complete"), Check("database", "gone", "Look [projects.web] up.")])
    shown = capsys.readouterr().out
    assert "NOT WELL" in shown
    assert "[projects.web]" in shown
    assert "1 of 2 are not well." in shown


def test_when_all_is_well_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show([Check("settings", "complete")])
    assert "All is well." in capsys.readouterr().out


def _projects(tables: dict[str, dict[str, str]]) -> dict[str, Project]:
    return {alias: Project.model_validate(table) for alias, table in tables.items()}
