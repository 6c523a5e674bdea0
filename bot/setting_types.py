"""The types of single settings: what each accepts, and what it says of the rest.

A sentence here goes on where the name of the setting ends, and never repeats the value.
"""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr
from pydantic_core import PydanticCustomError

EVERYONE = "everyone"


def setting_problem(sentence: str) -> PydanticCustomError:
    """What is wrong, as the sentence that follows the name of the setting."""
    return PydanticCustomError("setting", "{sentence}", {"sentence": sentence})


def _http_url(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        # Reading the port checks it.
        is_right = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise setting_problem("is not a web address; it must look like https://host")
    return url.strip()


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"


def _without_slash(url: str) -> str:
    return url.rstrip("/")


def _prefixed(prefix: str, kind: str, where: str) -> AfterValidator:
    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().strip().startswith(prefix):
            raise setting_problem(
                f"is not a Slack {kind}; copy the one that starts with {prefix}, {where}"
            )
        return _key(token)

    return AfterValidator(check)


def _key(token: SecretStr) -> SecretStr:
    value = token.get_secret_value().strip()
    if not value:
        raise setting_problem("is empty; set it or leave it out")
    # It goes into a header, which could not hold anything else.
    if not value.isascii() or not value.isprintable() or " " in value:
        raise setting_problem("holds characters that no key has; copy it again")
    return SecretStr(value)


def _name(variable: str) -> str:
    if not variable.strip():
        raise setting_problem("is empty; name the variable that holds the token")
    return variable.strip()


def _alias(alias: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", alias):
        raise setting_problem(
            "is not an alias; use up to 64 letters, digits, dots, hyphens and underscores"
        )
    return alias


def listed(words: str) -> list[str]:
    """The words between commas."""
    return [one.strip() for one in words.split(",") if one.strip()]


def _ids(pattern: str, what: str) -> AfterValidator:
    """A list of Slack's IDs, or the word for all of them."""

    def check(allowed: str) -> str:
        if allowed.strip().lower() == EVERYONE:
            return EVERYONE
        ids = listed(allowed)
        if not ids or not all(re.fullmatch(pattern, one) for one in ids):
            raise setting_problem(f"is not a list of {what} with commas between")
        return ",".join(ids)

    return AfterValidator(check)


def _project(project: str) -> str:
    # The specification's pattern of ProjectShortId.
    if not re.fullmatch(r"proj(-.+_.+|_.+)", project.strip()):
        raise setting_problem(
            "is not a project's short ID; it looks like proj_abc123 or proj-name_abc123"
        )
    return project.strip()


Alias = Annotated[str, AfterValidator(_alias)]
ApiToken = Annotated[SecretStr, AfterValidator(_key)]
AppToken = Annotated[
    SecretStr, _prefixed("xapp-", "app token", "from “Basic Information” of your app")
]
BotToken = Annotated[
    SecretStr, _prefixed("xoxb-", "bot token", "from “OAuth & Permissions” of your app")
]
ProjectShortId = Annotated[str, AfterValidator(_project)]
UrlWithSlash = Annotated[str, AfterValidator(_http_url), AfterValidator(_with_slash)]
UrlWithoutSlash = Annotated[str, AfterValidator(_http_url), AfterValidator(_without_slash)]
VariableName = Annotated[str, AfterValidator(_name)]
People = Annotated[
    str,
    _ids(
        "[UWS][A-Z0-9]+",
        "people; write everyone, or IDs of Slack users (U…) and user groups (S…)",
    ),
]
Teams = Annotated[
    str,
    _ids(
        "[TE][A-Z0-9]+",
        "workspaces; write everyone, or IDs of workspaces (T…) and organizations (E…)",
    ),
]
