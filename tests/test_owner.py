"""Which processes are known to be gone."""

import os
import shutil
import subprocess
import sys

import pytest

from bot.owner import is_surely_dead, new_owner


def _owner_of(pid: int) -> str:
    realm, _, rest = new_owner().partition(":")
    return f"{realm}:{pid}:{rest.rpartition(':')[2]}"


def test_every_process_has_a_name_of_its_own() -> None:
    assert new_owner() != new_owner()


def test_a_process_does_not_take_itself_for_dead() -> None:
    me = new_owner()
    assert not is_surely_dead(me, me)


def test_a_process_that_had_our_id_before_us_is_dead() -> None:
    assert is_surely_dead(_owner_of(os.getpid()), new_owner())


def test_a_process_that_has_ended_is_dead_and_one_that_runs_is_not() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = _owner_of(process.pid)
        assert not is_surely_dead(owner, new_owner())
        process.communicate(b"\n")
    assert is_surely_dead(owner, new_owner())


def test_nothing_is_said_of_other_machines_or_of_names_that_are_none() -> None:
    _, _, rest = _owner_of(os.getpid()).partition(":")
    for owner in (f"another-boot/1:{rest}", "host:1:abc", "", ":", "x", f":{rest}"):
        assert not is_surely_dead(owner, new_owner())


def test_a_process_in_another_container_of_this_machine_is_not_judged() -> None:
    """Both have the process ID 1 where they are, and may have the same host name."""
    unshared = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*unshared, "true"], check=False).returncode
    ):
        pytest.skip("this machine does not let the tests make a PID namespace")
    say = "from bot.owner import new_owner; print(new_owner(), flush=True); input()"
    with subprocess.Popen(
        [*unshared, sys.executable, "-c", say],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as container:
        assert container.stdout is not None
        owner = container.stdout.readline().strip()
        assert owner.split(":")[1] == "1"
        assert not is_surely_dead(owner, new_owner())
        container.communicate("\n")
    assert not is_surely_dead(owner, new_owner())  # its lease ends by itself
