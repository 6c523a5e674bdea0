"""Known vulnerabilities of what the image holds, asked of the package index by pip-audit.

`python -m tests.vulnerabilities` ends with status 1 where there is one. Where the index cannot be
asked, or does not know a version, nothing is called clean: it says so, and what was not looked at.
pip-audit itself ends with status 0 and "No known vulnerabilities found" when it has asked nobody.
"""

import json
import re
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKED = Path(__file__).parents[1] / "requirements" / "runtime.txt"
_SECONDS = 90
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say, and whether it is a reason to stop."""

    lines: Sequence[str]
    is_bad: bool = False


def locked(text: str) -> frozenset[str]:
    """Names of the packages in a locked requirements file."""
    return frozenset(re.findall(r"^([a-z0-9.-]+)(?:\[[^]]*\])?==", text, re.MULTILINE))


def judge(names: Collection[str], out: str, err: str) -> Verdict:
    """What pip-audit's output means for these packages: found, clean, or not looked at."""
    try:
        answers: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        said = [line for line in err.splitlines() if line.strip()]
        return _skipped(
            f"pip-audit had no answer ({said[-1][:300] if said else 'it said nothing'})"
        )
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}"
        + (f", mended in {', '.join(flaw['fix_versions'])}" if flaw.get("fix_versions") else "")
        for one in answers
        for flaw in one.get("vulns", ())
    ]
    looked_at = {_normal(one["name"]) for one in answers if "vulns" in one}
    missed = sorted(name for name in names if _normal(name) not in looked_at)
    if found:
        return Verdict([f"{len(found)} known vulnerabilities:", *found], is_bad=True)
    if missed:
        shown = ", ".join(missed[:_SHOWN]) + (" …" if len(missed) > _SHOWN else "")
        reasons = [one["skip_reason"] for one in answers if one.get("skip_reason")]
        why = f": {reasons[0]}" if reasons else ""
        return _skipped(f"{len(missed)} of {len(names)} packages were not looked at ({shown}){why}")
    return Verdict([f"No known vulnerability in {len(names)} packages."])


def _skipped(why: str) -> Verdict:
    return Verdict([f"SKIPPED, not clean: {why}."])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def look() -> Verdict:
    """Ask the index about the locked packages."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--requirement", str(LOCKED), "--format", "json", "--progress-spinner", "off"]
    command += ["--timeout", "5"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        return _skipped(f"the index did not answer within {_SECONDS} s")
    return judge(locked(LOCKED.read_text(encoding="utf-8")), done.stdout, done.stderr)


if __name__ == "__main__":
    verdict = look()
    print("\n".join(verdict.lines))
    sys.exit(1 if verdict.is_bad else 0)
