"""Settings: the environment, then `.env`, then `qarun.toml`; the only file that reads them.

The names are the contract of DESIGN §2. A bad setting becomes a `StartupError` of one sentence
that names the variable and the cure.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.domain.errors import StartupError
from bot.domain.short_id import DEFAULT_PROJECT
from bot.rule_settings import ChannelId, FileRule
from bot.setting_types import (
    EVERYONE,
    Alias,
    ApiToken,
    AppToken,
    BotToken,
    People,
    ProjectShortId,
    Teams,
    UrlWithoutSlash,
    UrlWithSlash,
    VariableName,
    listed,
    setting_problem,
)

DEFAULT_CONFIG = "qarun.toml"
_TABLES = "[projects]"
_RULES = "[rules]"
_TABLE_NAMES = {"projects": _TABLES, "rules": _RULES}


class Project(BaseModel):
    """A `[projects.<alias>]` table of `qarun.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: ApiToken | None = None
    token_env: VariableName | None = None
    """Name of the environment variable that holds the token."""
    project: ProjectShortId | None = None
    slug: str | None = None

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if (self.token is None) == (self.token_env is None):
            raise setting_problem("needs either token or token_env")
        return self


class Settings(BaseSettings):
    """All settings of qarun. Secrets are `SecretStr`: no `repr`, log or error shows them."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_file=".env",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    slack_bot_token: BotToken
    slack_app_token: AppToken | None = None
    slack_signing_secret: ApiToken | None = None
    slack_api_url: UrlWithSlash = "https://slack.com/api/"
    qatech_api_token: ApiToken | None = None
    qatech_api_url: UrlWithoutSlash = "https://api.qa.tech"
    qatech_project: ProjectShortId | None = None
    qatech_project_slug: str | None = None
    qarun_database_url: SecretStr = SecretStr("sqlite:///qarun.db")
    qarun_host: str = "127.0.0.1"
    qarun_port: Annotated[int, Field(ge=0, le=65535)] = 3000
    qarun_api_token: ApiToken | None = None
    qarun_api_max_rps: Annotated[float, Field(gt=0, le=10_000)] = 50.0
    qarun_poll_min_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    qarun_poll_max_seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0
    qarun_watch_timeout_hours: Annotated[float, Field(gt=0, le=24 * 365)] = 24.0
    qarun_qatech_max_rps: Annotated[float, Field(gt=0, le=10_000)] = 10.0
    qarun_alert_burst: Annotated[int, Field(ge=1, le=1000)] = 5
    qarun_retention_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    qarun_rerun_allowed: People = EVERYONE
    qarun_rules_allowed: People = EVERYONE
    qarun_allowed_teams: Teams | None = None
    qarun_log_format: Literal["console", "json"] | None = None
    qarun_log_level: Literal["debug", "info", "warning", "error"] = "info"
    # Only the file sets it: no variable of the environment, a PROJECTS of somebody else's least
    # of all, can have this alias.
    projects: Annotated[Mapping[Alias, Project], Field(validation_alias=_TABLES)] = Field(
        default_factory=dict
    )

    rules: Annotated[Mapping[ChannelId, FileRule], Field(validation_alias=_RULES)] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.slack_app_token is None and self.slack_signing_secret is None:
            raise setting_problem(
                "SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both missing; set SLACK_APP_TOKEN "
                "for Socket Mode, or SLACK_SIGNING_SECRET when Slack calls this bot over HTTP"
            )
        if self.qatech_api_token is None and not self.projects:
            raise setting_problem("QATECH_API_TOKEN is missing; set it to an API key of QA.tech")
        if self.qatech_api_token is not None and DEFAULT_PROJECT in self.projects:
            raise setting_problem(
                "QATECH_API_TOKEN and [projects.default] both name the project “default”; "
                "keep one of the two"
            )
        if self.qarun_poll_min_seconds > self.qarun_poll_max_seconds:
            raise setting_problem(
                f"QARUN_POLL_MIN_SECONDS is greater than QARUN_POLL_MAX_SECONDS, which is "
                f"{self.qarun_poll_max_seconds:g}; lower the one or raise the other"
            )
        aliases = {*self.projects, *([DEFAULT_PROJECT] if self.qatech_api_token else [])}
        for channel, rule in self.rules.items():
            if unknown := sorted(set(rule.projects) - aliases):
                raise setting_problem(
                    f"[rules.{channel}] names in projects {', '.join(unknown)}, which is not "
                    f"configured; there are: {', '.join(sorted(aliases))}"
                )
        return self

    @property
    def rerun_allowed(self) -> list[str] | None:
        """IDs of the users and user groups that may start reruns; None: everyone."""
        return None if self.qarun_rerun_allowed == EVERYONE else listed(self.qarun_rerun_allowed)

    @property
    def rules_allowed(self) -> list[str] | None:
        """IDs of the users and user groups that may change rules and mutes; None: everyone."""
        return None if self.qarun_rules_allowed == EVERYONE else listed(self.qarun_rules_allowed)

    @property
    def allowed_teams(self) -> list[str] | None:
        """IDs of the workspaces and organisations served besides the bot's own; None: all."""
        if self.qarun_allowed_teams == EVERYONE:
            return None
        return listed(self.qarun_allowed_teams or "")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The file comes in as keyword arguments, and gives way to the environment."""
        return env_settings, dotenv_settings, init_settings


class _Given(Settings):
    """Settings that look neither at the environment nor at a file."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def given_settings(variables: Mapping[str, str]) -> Settings:
    """The settings that these variables make, whatever the environment holds (for the demo)."""
    return _Given(**{name.lower(): value for name, value in variables.items()})  # type: ignore[arg-type]  # pydantic reads each string as its field's type


class ProjectSettings(BaseModel):
    """One QA.tech project with its key, wherever it was configured."""

    model_config = ConfigDict(frozen=True)

    token: SecretStr
    project: str | None
    slug: str | None


def load_settings() -> Settings:
    """Read all settings.

    Raises:
        StartupError: one is missing or wrong; the sentence names it and says what to do.
    """
    try:
        return Settings(**_toml())
    except ValidationError as error:
        raise StartupError(_sentence(error)) from None
    except UnicodeDecodeError:
        raise StartupError(".env is not UTF-8 text; save it as such.") from None
    except OSError as error:
        raise StartupError(f".env cannot be read ({error.strerror}).") from None


def project_settings(settings: Settings) -> dict[str, ProjectSettings]:
    """Alias → project; the plain `QATECH_…` variables make the one named `default`.

    Raises:
        StartupError: a `token_env` names a variable that is not set.
    """
    found = {}
    if settings.qatech_api_token is not None:
        found[DEFAULT_PROJECT] = ProjectSettings(
            token=settings.qatech_api_token,
            project=settings.qatech_project,
            slug=settings.qatech_project_slug,
        )
    for alias, project in settings.projects.items():
        token = project.token or SecretStr(_variable_value(project.token_env or ""))
        if not token.get_secret_value():
            raise StartupError(
                f"{project.token_env} is not set; [projects.{alias}] of the configuration file "
                "takes the key of QA.tech from it."
            )
        found[alias] = ProjectSettings(token=token, project=project.project, slug=project.slug)
    return found


def _variable_value(name: str) -> str:
    """A variable that only `qarun.toml` names, from the environment, then `.env`."""
    return (os.environ.get(name) or dotenv_values(".env").get(name) or "").strip()


def _toml() -> dict[str, Any]:
    named = _variable_value("QARUN_CONFIG")
    path = Path(named or DEFAULT_CONFIG)
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        if named:
            raise StartupError(f"QARUN_CONFIG names {named}, which does not exist.") from None
        return {}
    except OSError as error:
        raise StartupError(f"QARUN_CONFIG: {path} cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartupError(f"QARUN_CONFIG: {path} is not valid TOML ({error}).") from None
    settings = {name.lower(): value for name, value in table.items()}
    known = set(Settings.model_fields)
    if unknown := sorted(set(settings) - known):
        raise StartupError(
            f"QARUN_CONFIG: {path} sets {', '.join(unknown)}, which qarun does not know; "
            "correct or remove it."
        )
    for name, table_name in _TABLE_NAMES.items():
        if name in settings:
            settings[table_name] = settings.pop(name)
    return settings


def _sentence(error: ValidationError) -> str:
    """The first problem of a validation as one sentence."""
    problem = error.errors(include_url=False, include_context=True)[0]
    place = [str(part) for part in problem["loc"]]
    variable = _variable(place)
    if problem["type"] == "missing":
        return f"{variable} is missing; set it in the environment, .env or qarun.toml."
    if problem["type"] == "extra_forbidden":
        return f"{variable} is not known; correct or remove it."
    if problem["type"] == "setting":
        sentence = str(problem["ctx"]["sentence"])
        return f"{variable} {sentence}.".strip()
    wanted = problem["msg"].removeprefix("Input should be ").partition(", unable")[0]
    return f"{variable} is not right: it must be {wanted}; correct it."


def _variable(place: list[str]) -> str:
    if not place:
        return ""
    if place[0] not in _TABLE_NAMES.values():
        return place[0].upper()
    if not place[1:]:
        return place[0]
    field = " ".join(part for part in place[2:3] if part != "[key]")
    return f"[{place[0].strip('[]')}.{place[1]}] {field}".strip()
