"""What the tests need from npm: installed on first use into `.tools/`, outside git."""

import fcntl
import shutil
import subprocess
from pathlib import Path

TOOLS = Path(__file__).parents[1] / ".tools"
_INSTALL_SECONDS = 90


class NotInstalledError(Exception):
    """A package cannot be had on this machine; `str(error)` says why."""


def install(package: str, name: str, tools: Path = TOOLS) -> Path:
    """The `node_modules` with a package, downloaded unless a former test run has done so.

    Args:
        package: with its version: `name@1.2.3`.
        name: of its directory in `.tools/`.
        tools: where that is.

    Raises:
        NotInstalledError: there is no node or npm, or npm failed.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotInstalledError(f"{program} is not on this machine")
    directory = tools / name
    done = directory / f"installed-{package.rpartition('@')[2]}"
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:  # several workers begin at the same moment
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _install(package, directory)
            done.touch()
    return directory / "node_modules"


def _install(package: str, directory: Path) -> None:
    command = ["npm", "install", "--prefix", str(directory), "--no-audit", "--no-fund"]
    command += ["--fetch-retries=0", "--loglevel=error", package]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"npm took more than {_INSTALL_SECONDS} s") from None
    if ended.returncode != 0:
        said = " ".join(ended.stderr.split())[:300]
        raise NotInstalledError(f"npm could not install {package}: {said}")
