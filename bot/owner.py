"""Who this process is among those that share a database, and which of them are dead for certain.

A lease of a process that was killed ends by itself, after half a minute. A process that is started
again on the same machine need not wait for that: it can see that the other one is gone.
"""

import os
import uuid
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PID_NAMESPACE = Path("/proc/self/ns/pid")


def new_owner() -> str:
    """A name for this process: where its process ID means something, the ID, and a random part."""
    return f"{_realm()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def is_surely_dead(owner: str, me: str) -> bool:
    """Whether the process of that name is gone.

    Only a process of the same boot and the same PID namespace can be told; all others count as
    alive, those on other machines and in other containers among them.
    """
    realm, _, rest = owner.partition(":")
    pid, _, _ = rest.partition(":")
    if owner == me or not realm or realm != _realm() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return True  # it had this process's ID before it
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _realm() -> str:
    """Boot and PID namespace; empty where the system does not tell."""
    try:
        boot = _BOOT_ID.read_text().strip()
        return f"{boot}/{_PID_NAMESPACE.stat().st_ino}"
    except OSError:
        return ""
