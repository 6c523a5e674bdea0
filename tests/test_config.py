"""Settings: where they come from, and the one sentence when one is wrong."""

import os
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Settings, given_settings, load_settings, project_settings
from bot.domain.errors import StartupError

ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-of-the-environment",
    "SLACK_APP_TOKEN": "xapp-of-the-environment",
    "QATECH_API_TOKEN": "key-of-the-environment",
}
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-very-secret-1",
    "SLACK_APP_TOKEN": "xapp-very-secret-2",
    "SLACK_SIGNING_SECRET": "very-secret-3",
    "QATECH_API_TOKEN": "very-secret-4",
    "QARUN_API_TOKEN": "very-secret-5",
    "QARUN_DATABASE_URL": "postgresql://qarun:very-secret-6@db/qarun",
}

Setting = Callable[..., None]


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
    """Sets variables; without a call the environment holds just enough, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith(("QARUN_", "SLACK_", "QATECH_", "PROJECTS")):
            monkeypatch.delenv(name)

    def put(**variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                monkeypatch.delenv(name)
            else:
                monkeypatch.setenv(name, value)

    put(**ENOUGH)
    return put


def _fails() -> str:
    with pytest.raises(StartupError) as caught:
        project_settings(load_settings())
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert "Input should" not in sentence
    assert "Value error" not in sentence
    said = "".join(traceback.format_exception(caught.value))
    assert "very-secret" not in said
    return sentence


def test_the_defaults_are_those_of_the_contract(setting: Setting) -> None:
    settings = load_settings()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.qatech_api_url == "https://api.qa.tech"
    assert settings.qarun_database_url.get_secret_value() == "sqlite:///qarun.db"
    assert (settings.qarun_host, settings.qarun_port) == ("127.0.0.1", 3000)
    assert (settings.qarun_poll_min_seconds, settings.qarun_poll_max_seconds) == (5, 30)
    assert (settings.qarun_watch_timeout_hours, settings.qarun_qatech_max_rps) == (24, 10)
    assert (settings.qarun_api_token, settings.qarun_log_format) == (None, None)


# --- where they come from


def test_the_environment_goes_before_env_and_env_before_the_file(setting: Setting) -> None:
    setting(SLACK_BOT_TOKEN="xoxb-environment")
    Path(".env").write_text("SLACK_BOT_TOKEN=xoxb-dotenv\nQARUN_HOST=from-dotenv\n")
    Path("qarun.toml").write_text(
        'slack_bot_token = "xoxb-file"\nQARUN_HOST = "from-file"\nqarun_port = 4000\n'
    )
    settings = load_settings()
    assert settings.slack_bot_token.get_secret_value() == "xoxb-environment"
    assert settings.qarun_host == "from-dotenv"
    assert settings.qarun_port == 4000


def test_an_empty_variable_counts_as_not_set(setting: Setting) -> None:
    setting(SLACK_SIGNING_SECRET="", QARUN_PORT="")
    Path("qarun.toml").write_text("qarun_port = 4000\n")
    settings = load_settings()
    assert settings.slack_signing_secret is None
    assert settings.qarun_port == 4000


def test_the_file_may_be_named(setting: Setting, tmp_path: Path) -> None:
    named = tmp_path / "other.toml"
    named.write_text("QARUN_PORT = 4001\n")
    Path("qarun.toml").write_text("QARUN_PORT = 4000\n")
    setting(QARUN_CONFIG=str(named))
    assert load_settings().qarun_port == 4001


def test_the_file_may_be_named_in_env(setting: Setting) -> None:
    Path("other.toml").write_text("QARUN_PORT = 4001\n")
    Path(".env").write_text("QARUN_CONFIG=other.toml\n")
    assert load_settings().qarun_port == 4001


def test_variables_of_others_do_not_matter(setting: Setting) -> None:
    setting(PROJECTS="~/src", QARUN_SOMETHING="else")
    Path(".env").write_text("DJANGO_SECRET=1\nPROJECTS=not json\n")
    assert load_settings().projects == {}


def test_given_settings_ignore_environment_and_files(setting: Setting) -> None:
    setting(QARUN_PORT="1", QARUN_HOST="elsewhere")
    Path(".env").write_text("QARUN_PORT=2\n")
    Path("qarun.toml").write_text("qarun_port = 3\n")
    settings = given_settings({**ENOUGH, "SLACK_BOT_TOKEN": "xoxb-given"})
    assert settings.qarun_port == 3000
    assert settings.qarun_host == "127.0.0.1"
    assert settings.slack_bot_token.get_secret_value() == "xoxb-given"


def test_addresses_are_made_uniform(setting: Setting) -> None:
    setting(SLACK_API_URL=" http://127.0.0.1:9/api ", QATECH_API_URL="http://qatech.test/base/")
    settings = load_settings()
    assert settings.slack_api_url == "http://127.0.0.1:9/api/"
    assert settings.qatech_api_url == "http://qatech.test/base"


def test_white_space_around_a_token_is_not_part_of_it(setting: Setting) -> None:
    setting(SLACK_BOT_TOKEN=" xoxb-1 ", QATECH_API_TOKEN="key\n")
    settings = load_settings()
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.qatech_api_token is not None
    assert settings.qatech_api_token.get_secret_value() == "key"


# --- what is wrong with one


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SLACK_BOT_TOKEN": None}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xoxp-1"}, "SLACK_BOT_TOKEN is not a Slack bot token"),
        ({"SLACK_BOT_TOKEN": "xoxb-a b"}, "SLACK_BOT_TOKEN holds characters"),
        ({"SLACK_BOT_TOKEN": "xoxb-…"}, "SLACK_BOT_TOKEN holds characters"),
        ({"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN is not a Slack app token"),
        ({"SLACK_APP_TOKEN": None}, "SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both missing"),
        ({"SLACK_SIGNING_SECRET": "   "}, "SLACK_SIGNING_SECRET is empty"),
        ({"SLACK_API_URL": "slack.com/api"}, "SLACK_API_URL is not a web address"),
        ({"SLACK_API_URL": "http://[::1"}, "SLACK_API_URL is not a web address"),
        ({"QATECH_API_TOKEN": None}, "QATECH_API_TOKEN is missing"),
        ({"QATECH_API_TOKEN": "k\u00e9y"}, "QATECH_API_TOKEN holds characters"),
        ({"QATECH_API_TOKEN": "two\nlines"}, "QATECH_API_TOKEN holds characters"),
        ({"QATECH_API_TOKEN": "two words"}, "QATECH_API_TOKEN holds characters"),
        ({"QATECH_API_URL": "ftp://x"}, "QATECH_API_URL is not a web address"),
        ({"QATECH_API_URL": "https://host:99999"}, "QATECH_API_URL is not a web address"),
        ({"QATECH_API_URL": "https://"}, "QATECH_API_URL is not a web address"),
        ({"QATECH_PROJECT": "webshop"}, "QATECH_PROJECT is not a project's short ID"),
        ({"QATECH_PROJECT": "proj-_x"}, "QATECH_PROJECT is not a project's short ID"),
        ({"QATECH_PROJECT": "proj-x"}, "QATECH_PROJECT is not a project's short ID"),
        ({"QATECH_PROJECT": "proj_"}, "QATECH_PROJECT is not a project's short ID"),
        ({"QARUN_PORT": "http"}, "QARUN_PORT"),
        ({"QARUN_PORT": "65536"}, "QARUN_PORT"),
        ({"QARUN_PORT": "-1"}, "QARUN_PORT"),
        ({"QARUN_API_TOKEN": " "}, "QARUN_API_TOKEN is empty"),
        ({"QARUN_POLL_MIN_SECONDS": "0"}, "QARUN_POLL_MIN_SECONDS"),
        ({"QARUN_POLL_MIN_SECONDS": "nan"}, "QARUN_POLL_MIN_SECONDS"),
        ({"QARUN_POLL_MAX_SECONDS": "inf"}, "QARUN_POLL_MAX_SECONDS"),
        ({"QARUN_POLL_MIN_SECONDS": "31"}, "QARUN_POLL_MIN_SECONDS is greater than"),
        ({"QARUN_WATCH_TIMEOUT_HOURS": "a day"}, "QARUN_WATCH_TIMEOUT_HOURS"),
        ({"QARUN_WATCH_TIMEOUT_HOURS": "0"}, "QARUN_WATCH_TIMEOUT_HOURS"),
        ({"QARUN_QATECH_MAX_RPS": "0"}, "QARUN_QATECH_MAX_RPS"),
        ({"QARUN_RERUN_ALLOWED": "ann, bob"}, "QARUN_RERUN_ALLOWED is not a list of people"),
        ({"QARUN_RERUN_ALLOWED": ","}, "QARUN_RERUN_ALLOWED is not a list of people"),
        ({"QARUN_RULES_ALLOWED": "ann"}, "QARUN_RULES_ALLOWED is not a list of people"),
        ({"QARUN_ALLOWED_TEAMS": "acme"}, "QARUN_ALLOWED_TEAMS is not a list of workspaces"),
        ({"QARUN_ALLOWED_TEAMS": "U1"}, "QARUN_ALLOWED_TEAMS is not a list of workspaces"),
        ({"QARUN_API_MAX_RPS": "0"}, "QARUN_API_MAX_RPS"),
        ({"QARUN_LOG_FORMAT": "xml"}, "QARUN_LOG_FORMAT"),
        ({"QARUN_LOG_LEVEL": "loud"}, "QARUN_LOG_LEVEL"),
        ({"QARUN_CONFIG": "not-there.toml"}, "QARUN_CONFIG names not-there.toml"),
        ({"QARUN_CONFIG": "."}, "QARUN_CONFIG: . cannot be read"),
    ],
)
def test_a_wrong_variable_is_one_sentence_that_names_it(
    setting: Setting, variables: dict[str, str | None], said: str
) -> None:
    setting(**variables)
    sentence = _fails()
    assert sentence.startswith(said), sentence


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("QARUN_PORT = ", "QARUN_CONFIG: qarun.toml is not valid TOML"),
        ("qarun_prot = 1", "QARUN_CONFIG: qarun.toml sets qarun_prot, which qarun does not know"),
        ('QARUN_PORT = "http"', "QARUN_PORT is not right"),
        ("SLACK_SIGNING_SECRET = 5", "SLACK_SIGNING_SECRET is not right"),
        ("projects = 5", "[projects] is not right"),
        ("[projects.web]", "[projects.web] needs either token or token_env"),
        (
            '[projects.web]\ntoken = "a"\ntoken_env = "B"',
            "[projects.web] needs either token or token_env",
        ),
        ('[projects.web]\ntoken = " "', "[projects.web] token is empty"),
        ('[projects.web]\ntokn = "a"', "[projects.web] tokn is not known"),
        ('[projects.web]\ntoken = "a"\nproject = "x"', "[projects.web] project is not a project's"),
        ('[projects.web]\ntoken_env = "WEB_KEY"', "WEB_KEY is not set; [projects.web]"),
        ('[projects.web]\ntoken_env = ""', "[projects.web] token_env is empty"),
        ('[projects."a b"]\ntoken = "a"', "[projects.a b] is not an alias"),
        ('[projects.default]\ntoken = "a"', "QATECH_API_TOKEN and [projects.default] both name"),
    ],
)
def test_a_wrong_line_of_the_file_is_one_sentence_that_names_it(
    setting: Setting, file: str, said: str
) -> None:
    Path("qarun.toml").write_text(file)
    sentence = _fails()
    assert sentence.startswith(said), sentence


def test_files_that_are_not_utf8_are_named(setting: Setting) -> None:
    Path("qarun.toml").write_bytes(b"QARUN_HOST = '\xff'")
    assert "qarun.toml is not valid TOML" in _fails()
    Path("qarun.toml").unlink()
    Path(".env").write_bytes(b"QARUN_HOST=\xff\n")
    assert _fails().startswith(".env is not UTF-8")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that fails to read")
def test_an_env_that_cannot_be_read_is_named(setting: Setting) -> None:
    Path(".env").symlink_to("/proc/self/mem")
    assert _fails().startswith(".env cannot be read")


def test_a_directory_is_not_taken_for_env(setting: Setting) -> None:
    Path(".env").mkdir()
    assert load_settings().qarun_port == 3000


@pytest.mark.parametrize(
    ("allowed", "people"),
    [("Everyone", None), ("U1, S2,W3", ["U1", "S2", "W3"]), ("U1,", ["U1"])],
)
def test_who_may_rerun_or_rule_is_everyone_or_a_list(
    setting: Setting, allowed: str, people: list[str] | None
) -> None:
    setting(QARUN_RERUN_ALLOWED=allowed)
    assert (load_settings().rerun_allowed, load_settings().rules_allowed) == (people, None)
    setting(QARUN_RERUN_ALLOWED="everyone", QARUN_RULES_ALLOWED=allowed)
    assert (load_settings().rerun_allowed, load_settings().rules_allowed) == (None, people)


@pytest.mark.parametrize(
    ("allowed", "teams"), [("", []), ("Everyone", None), ("T1, E2,", ["T1", "E2"])]
)
def test_the_own_workspace_is_served_and_those_that_are_named(
    setting: Setting, allowed: str, teams: list[str] | None
) -> None:
    setting(QARUN_ALLOWED_TEAMS=allowed)
    assert load_settings().allowed_teams == teams


# --- projects


def test_the_plain_variables_make_the_project_default(setting: Setting) -> None:
    setting(QATECH_PROJECT="proj_1", QATECH_PROJECT_SLUG="web")
    projects = project_settings(load_settings())
    assert list(projects) == ["default"]
    assert (projects["default"].project, projects["default"].slug) == ("proj_1", "web")


def test_tables_add_projects_with_a_token_or_a_variable(setting: Setting) -> None:
    Path("qarun.toml").write_text(
        '[projects.mobile]\ntoken = "m"\nproject = "proj-mob_1"\nslug = "mob"\n'
        '[projects.api]\ntoken_env = "API_KEY"\n[projects.old]\ntoken_env = "OLD_KEY"\n'
    )
    Path(".env").write_text("API_KEY=from-dotenv\nOLD_KEY=from-dotenv\n")
    setting(API_KEY="from-environment")
    projects = project_settings(load_settings())
    assert list(projects) == ["default", "mobile", "api", "old"]
    tokens = {alias: project.token.get_secret_value() for alias, project in projects.items()}
    assert tokens["mobile"] == "m"
    assert (tokens["api"], tokens["old"]) == ("from-environment", "from-dotenv")
    assert (projects["mobile"].project, projects["mobile"].slug) == ("proj-mob_1", "mob")


def test_tables_alone_are_enough(setting: Setting) -> None:
    setting(QATECH_API_TOKEN=None)
    Path("qarun.toml").write_text('[projects.mobile]\ntoken = "m"\n')
    assert list(project_settings(load_settings())) == ["mobile"]


# --- secrets


def test_no_secret_is_ever_shown(setting: Setting) -> None:
    Path("qarun.toml").write_text('[projects.mobile]\ntoken = "very-secret-7"\n')
    setting(**SECRETS)
    settings = load_settings()
    projects = project_settings(settings)
    shown = [
        *(repr(thing) + str(thing) for thing in (settings, projects, settings.projects)),
        settings.model_dump_json(),
    ]
    assert not [text for text in shown if "very-secret" in text]


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_no_sentence_shows_a_secret(setting: Setting, name: str) -> None:
    setting(**SECRETS)
    setting(QARUN_PORT="x")
    assert "very-secret" not in _fails()
    setting(QARUN_PORT="1", **{name: "very-secret, very-wrong \N{SNOWMAN}"})
    if name != "QARUN_DATABASE_URL":  # which the store reads
        assert _fails().startswith(name)


def test_settings_cannot_be_changed(setting: Setting) -> None:
    settings: Settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.qarun_port = 1  # type: ignore[misc]  # the point of the test
