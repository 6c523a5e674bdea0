"""The rules of the house that neither ruff nor import-linter can see.

`python -m tests.house` prints one line for each finding and ends with status 1 where there is one.
It looks at what git tracks: a file that is not added yet is nobody's business.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from tests.tracked import SourceFile, tracked_files

MOST_LINES = 400
MOST_LINES_WITHOUT_REASON = 250

LONG_FILES: Mapping[str, str] = {
    "bot/app.py": "the composition root: every object that there is, built in one place",
    "bot/config.py": "one setting after the other; the sentence of each stands beside its check",
    "benchmarks/sweeping.py": "the sweep and its peer, each as a process that is measured",
    "bot/domain/observe.py": "the pure step: every answer, and what it changes",
    "bot/domain/rules.py": "a rule with every wish that a channel can have, and what it decides",
    "bot/domain/run.py": "QA.tech's whole answer: model, verdict and outcome belong together",
    "bot/services/rerunning.py": "one rerun's way: allowed, noted, billed, followed, or failed",
    "bot/store/database.py": "a transaction's life on both databases, and all that can end it",
    "bot/slack/messenger.py": "every answer that Slack can give to a post, side by side",
    "bot/slack/connection.py": "the connection's life: identity, socket, loss and return",
    "bot/services/ports/store.py": "three ports that one class and one fake implement",
    "bot/services/watching.py": "every way in which a wish for a run can end, side by side",
    "tests/contracts/test_store_live_messages.py": "one message's life, told step by step",
    "tests/contracts/test_store_polls.py": "one port, each of its promises in a few lines",
    "tests/contracts/test_store_watches.py": "one port, each of its promises in a few lines",
    "tests/domain/test_responding.py": "one table: every kind of question with its answer",
    "tests/e2e/stage.py": "all that an end-to-end test can do and see, in one place",
    "tests/fakes/alerts.py": "rules, records, refusals and alerts in memory",
    "tests/fakes/store.py": "the whole store in memory: what watches, polls and notices share",
    "tests/playground/test_slack_chat.py": "the chat methods share their refusals",
    "tests/playground/test_slack_interactions.py": "deliveries of four kinds, each over both ways",
    "tests/playground/test_slack_limits.py": "one table: every limit with what just fits and not",
    "tests/playground/test_slack_sockets.py": "one socket's life, from its ticket to its loss",
    "tests/services/test_watching.py": "one use case in every state of the run and of QA.tech",
    "tests/slack/blocks/test_replies.py": "one golden message after the other",
    "tests/slack/test_messenger.py": "one port against Slack's every refusal, side by side",
    "tests/test_cli.py": "every command, with its exit statuses",
    "tests/test_config.py": "one short test for each way in which a setting can be wrong",
    "tests/test_doctor.py": "one test for each thing that can be wrong, with its cure",
}
"""Files of more than 250 lines, each with its reason. Splitting one is better than adding one."""

HOMES: Mapping[str, tuple[str, ...]] = {
    "httpx": (
        "bot/qatech/client.py",
        "bot/playground/",  # plays Slack, which calls the bot: not a way of the bot to the world
    ),
    "apscheduler": ("bot/schedule.py",),
    "uvicorn": ("bot/serving.py",),
    "typer": ("bot/cli.py",),
    "alembic": ("bot/store/",),
    "sqlalchemy": ("bot/store/",),
    "aiosqlite": ("bot/store/",),
}
"""Where in bot/ each library may be imported."""

ENVIRONMENT_HOME = "bot/config.py"

VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "misc"})

TESTS_OF_NO_PACKAGE = ("tests/contracts/", "tests/e2e/")
UNMIRRORED: Mapping[str, str] = {
    "bot/store/migrations": "run by every test that opens a database",
    "bot/store/migrations/versions": "as above",
    "bot/services/ports": "Protocols alone; tests/contracts holds those who implement them",
}
"""Packages without tests of their own, each with its reason."""

_CHECKED_SIZES = ("bot/", "tests/", "benchmarks/")
# Each with a [letter], so that this file does not hold what it looks for.
_MARKERS = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
_REGISTRIES = re.compile(r"\bpypi[.]org|python[h]osted|registry[.]npm|npmjs[.]org", re.IGNORECASE)
_MACHINE_PATHS = re.compile(r"(?<![\w./-])/(?:home|root|Users|work)/\w")
_DIRECTIVE = re.compile(
    r"#\s*(?P<name>type:\s*ignore|noqa|pragma:\s*no\s*cover)"
    r"(?P<codes>\[[\w\s,-]*\]|:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+\b)*)?"
)
_REASON = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]{2,}")
_REQUIREMENT = re.compile(r"[a-z0-9][a-z0-9.-]*(\[[a-z0-9,-]+\])?==[^\s;]+")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def sizes(files: Sequence[SourceFile], reasons: Mapping[str, str] = LONG_FILES) -> Iterator[str]:
    """No file over 400 lines; one over 250 has a reason, and no reason outlives its file."""
    long = set()
    for file in files:
        if not file.is_python or not file.path.startswith(_CHECKED_SIZES):
            continue
        count = len(file.lines)
        if count > MOST_LINES_WITHOUT_REASON:
            long.add(file.path)
        if count > MOST_LINES:
            yield f"{file.path}: {count} lines, more than {MOST_LINES}; split it by subject"
        elif count > MOST_LINES_WITHOUT_REASON and file.path not in reasons:
            yield (
                f"{file.path}: {count} lines, more than {MOST_LINES_WITHOUT_REASON}; "
                "split it, or give the reason in LONG_FILES of tests/house.py"
            )
    for path in sorted(set(reasons) - long):
        yield f"{path}: listed in LONG_FILES but not over {MOST_LINES_WITHOUT_REASON} lines"


def vague_names(files: Sequence[SourceFile]) -> Iterator[str]:
    """No module or package whose name says nothing."""
    for file in files:
        parts = PurePosixPath(file.path).with_suffix("").parts
        if file.is_python and (vague := VAGUE_NAMES.intersection(parts)):
            yield f"{file.path}: “{min(vague)}” does not say what is in it"


def texts(files: Sequence[SourceFile]) -> Iterator[str]:
    """No registry's host name, no path of somebody's machine, no marker of unfinished work."""
    for file in files:
        for number, line in enumerate(file.lines, start=1):
            for pattern, why in (
                (_REGISTRIES, "names a package registry's host"),
                (_MACHINE_PATHS, "names a path of somebody's machine"),
                (_MARKERS, "marks unfinished work; finish it or open an issue"),
            ):
                if found := pattern.search(line):
                    yield f"{file.path}:{number}: “{found[0]}” {why}"


def requirements(files: Sequence[SourceFile]) -> Iterator[str]:
    """Locked files hold pinned versions with hashes, and no address to fetch them from."""
    for file in files:
        if not (file.path.startswith("requirements/") and file.path.endswith(".txt")):
            continue
        joined = file.text.replace("\\\n", " ").splitlines()
        for line in joined:
            name = line.split(" ")[0]
            if "://" in line or re.search(r"(index-url|find-links)\b", line):
                yield f"{file.path}: {name} comes with an address"
            elif not line.strip() or line.lstrip().startswith("#"):
                continue
            elif not _REQUIREMENT.match(line):
                yield f"{file.path}: {name} is not one pinned version"
            elif not _HASH.search(line):
                yield f"{file.path}: {name} has no hash"


def silenced(files: Sequence[SourceFile]) -> Iterator[str]:
    """Who silences a check says why, in the same comment."""
    for file in filter(lambda each: each.is_python, files):
        for number, comment in file.comments():
            found = _DIRECTIVE.search(comment)
            if found and not _REASON.search(comment[: found.start()] + comment[found.end() :]):
                yield f"{file.path}:{number}: {found['name']} without a reason"


def homes(files: Sequence[SourceFile]) -> Iterator[str]:
    """One place knows each library (DESIGN §3)."""
    for file in files:
        if not file.is_python or not file.path.startswith("bot/"):
            continue
        for number, name in file.imports():
            if name in HOMES and not file.path.startswith(HOMES[name]):
                yield f"{file.path}:{number}: {name} belongs to {HOMES[name][0]} alone"


def environment(files: Sequence[SourceFile]) -> Iterator[str]:
    """Only bot/config.py reads the environment."""
    for file in files:
        if not (file.is_python and file.path.startswith("bot/")) or file.path == ENVIRONMENT_HOME:
            continue
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Attribute | ast.ImportFrom) and _reads_environment(node):
                yield f"{file.path}:{node.lineno}: only {ENVIRONMENT_HOME} reads the environment"


def _reads_environment(node: ast.Attribute | ast.ImportFrom) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in {"environ", "getenv"}
    return node.module == "os" and any(each.name in {"environ", "getenv"} for each in node.names)


def docstrings(files: Sequence[SourceFile]) -> Iterator[str]:
    """Every module of bot/ that holds anything says what it is for."""
    for file in files:
        is_module = file.is_python and file.path.startswith("bot/")
        if is_module and file.text.strip() and ast.get_docstring(file.tree) is None:
            yield f"{file.path}: no docstring"


def mirror(files: Sequence[SourceFile]) -> Iterator[str]:
    """Tests stand where the code stands, and every package of bot/ has some."""
    modules = [PurePosixPath(file.path) for file in files if file.is_python]
    packages = {
        path.parent
        for path in modules
        if path.parts[0] == "bot" and not (path.name == "__init__.py" and _is_empty(files, path))
    }
    tests = {p for p in modules if p.parts[0] == "tests" and p.name.startswith("test_")}
    for path in sorted(tests):
        place = PurePosixPath("bot", *path.parts[1:-1])
        if not str(path).startswith(TESTS_OF_NO_PACKAGE) and place not in packages:
            yield f"{path}: tests stand where the code stands, and there is no {place}"
    tested = {PurePosixPath("bot", *path.parts[1:-1]) for path in tests}
    for package in sorted(packages - tested):
        if str(package) not in UNMIRRORED:
            yield f"{package}: no test in tests/{'/'.join(package.parts[1:])}"


def _is_empty(files: Sequence[SourceFile], path: PurePosixPath) -> bool:
    """Whether a package's own module holds nothing but words about the package."""
    module = next(file for file in files if file.path == str(path))
    return all(isinstance(node, ast.Expr) for node in module.tree.body)


RULES: tuple[Callable[[Sequence[SourceFile]], Iterator[str]], ...] = (
    sizes,
    vague_names,
    texts,
    requirements,
    silenced,
    homes,
    environment,
    docstrings,
    mirror,
)


def findings(files: Sequence[SourceFile]) -> list[str]:
    """What all rules find."""
    return [finding for rule in RULES for finding in rule(files)]


if __name__ == "__main__":
    found = findings(tracked_files(Path(__file__).parents[1]))
    print("\n".join(found) or "The house is in order.")
    sys.exit(1 if found else 0)
