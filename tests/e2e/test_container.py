"""What the container promises: not root, no capability, a root file system that nobody can write.

There is no Docker here: the wheel is served by an ordinary user in a mount namespace in which
everything but its one directory is read-only, `/tmp` included.
"""

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from bot.playground.scenarios import three_failed
from tests.e2e.process import check_log
from tests.e2e.stage import ROOT, Installation, installed
from tests.test_packaging import installed as site
from tests.test_packaging import wheel

__all__ = ["site", "wheel"]

USER = 10001
AS_STRANGER = (
    *("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"),
    *("--inh-caps=-all", "--bounding-set=-all"),
)
READ_ONLY = 'mount --bind "$DATA" "$DATA"; mount -o remount,ro,bind /; cd "$DATA"; exec "$@"'
PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from bot.cli import main; "
    "sys.argv[0] = 'qarun'; main()"
)


def confined(data: Path, *command: str) -> list[str]:
    """The command as the container runs it."""
    shell = ("sh", "-euc", READ_ONLY, "sh", *AS_STRANGER, *command)
    return ["unshare", "--mount", "--propagation", "private", "env", f"DATA={data}", *shell]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The one directory that may be written to; skips where a user cannot be confined."""
    if os.geteuid() or not shutil.which("unshare") or not shutil.which("setpriv"):
        pytest.skip("confining a process takes root, unshare and setpriv")
    directory = tmp_path / "data"
    directory.mkdir()
    os.chown(directory, USER, USER)
    for parent in directory.parents:
        if parent.is_relative_to("/tmp/pytest-of-root"):  # noqa: S108 - made by pytest for root alone
            parent.chmod(parent.stat().st_mode | 0o055)
    tried = subprocess.run(
        confined(directory, sys.executable, "-c", "open('touched', 'w')"),
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        pytest.skip(f"a process cannot be confined here: {tried.stderr.strip()[-200:]}")
    return directory


@contextlib.asynccontextmanager
async def container(
    installation: Installation, site: Path, data: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`qarun serve`, confined, ready to be used."""
    with (installation.directory / "log.txt").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *confined(data, sys.executable, "-B", "-P", "-c", PROGRAM, str(site), "serve"),
            cwd=data,
            env={"PATH": os.environ["PATH"], "HOME": str(data), **installation.variables},
            stdout=log,
            stderr=log,
        )
    try:
        await installation.ready()
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_it_serves_as_an_ordinary_user_on_a_read_only_file_system(
    tmp_path: Path, site: Path, data: Path
) -> None:
    for parent in (site, *site.parents):
        with contextlib.suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o055)
    url = f"sqlite:///{data / 'qarun.db'}"
    async with installed(tmp_path, QARUN_DATABASE_URL=url) as installation:
        installation.stage.qatech.add(three_failed("Cont1", duration=100))
        async with container(installation, site, data) as process:
            assert_powerless(process.pid)
            await installation.type("Cont1")
            await installation.live("Cont1")
            installation.runs.step(100)
            await installation.told("Cont1")
            process.terminate()
            async with asyncio.timeout(10):
                assert await process.wait() == 0
        check_log(installation, (tmp_path / "log.txt").read_text())
    assert names_in(data) == {"touched", "qarun.db"}


def assert_powerless(pid: int) -> None:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    assert re.search(rf"^Uid:(\s{USER}){{4}}$", status, re.MULTILINE)
    assert re.search(r"^CapEff:\s0+$", status, re.MULTILINE)


def names_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_the_confinement_of_these_tests_holds(data: Path) -> None:
    for path in (ROOT / "touched", Path("/tmp/touched"), Path("/etc/touched")):  # noqa: S108 - must fail
        tried = subprocess.run(
            confined(data, "sh", "-c", f": > {path}"), capture_output=True, text=True, check=False
        )
        assert tried.returncode, path
        assert not path.exists()


def test_the_image_is_made_of_that_user_and_its_one_directory() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    steps = [line.split(maxsplit=1) for line in image.splitlines() if re.match("[A-Z]+ ", line)]
    users = [number for number, (step, _) in enumerate(steps) if step == "USER"]
    assert [steps[number][1] for number in users] == [str(USER)]
    # Nothing is installed or copied by that user: all of it belongs to root.
    assert {"RUN", "COPY", "ADD"}.isdisjoint(step for step, _ in steps[users[0] :])
    assert ["VOLUME", "/data"] in steps
    assert ["WORKDIR", "/data"] in steps
    assert "HOME=/data" in image
    assert not re.search(r"^(ENV|ARG)\b.*(TOKEN|SECRET|PASSWORD)", image, re.MULTILINE)


def test_every_service_that_runs_the_image_is_confined() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services = [one for one in compose["services"].values() if "build" in one]
    assert services
    for service in services:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert not service.get("privileged")
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), "the world comes in by a proxy of its own"
