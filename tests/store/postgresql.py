"""A private PostgreSQL server for the tests: no settings, no port, gone when they end."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

NOT_TESTED = (
    "PostgreSQL is NOT tested: no server programs (initdb, postgres) were found in PATH or where "
    "Debian keeps them; install the package postgresql"
)
PASSWORD = "S3kret/pass:word"
_USER = "qarun"


@cache
def server_programs() -> Path | None:
    """The directory of initdb and postgres, the newest version of several."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(installed, key=lambda path: float(path.parent.name), default=None)


@contextlib.contextmanager
def postgresql(programs: Path) -> Iterator[str]:
    """Run a server until the block ends; yields the URL of its database `postgres`."""
    with tempfile.TemporaryDirectory(prefix="qarun-pg-") as name:
        home = Path(name)
        (home / "password").write_text(PASSWORD)
        if os.geteuid() == 0:  # the server refuses to run as root
            account = _unprivileged()
            for path in (home, home / "password"):
                os.chown(path, account.pw_uid, account.pw_gid)
        _run(
            *(programs / "initdb", "-D", home / "data", "-U", _USER, "--no-sync"),
            *("-A", "scram-sha-256", "--pwfile", home / "password", "-E", "UTF8"),
        )
        options = f"-c listen_addresses='' -k {home} -F -c synchronous_commit=off"
        control = (programs / "pg_ctl", "-D", home / "data", "-w")
        _run(*control, "-o", options, "-l", home / "log", "start")
        try:
            yield f"postgres://{_USER}:{quote(PASSWORD, safe='')}@/postgres?host={home}"
        finally:
            _run(*control, "-m", "immediate", "stop")


def _unprivileged() -> pwd.struct_passwd:
    names = {account.pw_name: account for account in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(*command: object) -> None:
    account = _unprivileged() if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(word) for word in command],
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=[] if account else None,
        cwd="/",
        # Not a pipe: the server inherits it and would keep it open.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with status {done.returncode}")
