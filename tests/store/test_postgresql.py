"""Where Debian's PostgreSQL is missing, a Python package brings a real one."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.database import Database
from tests.store.postgresql import packaged_programs, postgresql


@pytest.mark.parametrize("is_reachable", [True, False])
async def test_the_packaged_server_is_a_real_one(is_reachable: bool, tmp_path: Path) -> None:
    programs = packaged_programs()
    if programs is None:
        pytest.skip("the Python package with PostgreSQL has no wheel for this machine")
    if not is_reachable:  # as in the home directory of a root whom the server refuses to run as
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        package = programs.parents[1]
        for name in (package.name, f"{package.name}.libs"):
            (closed / name).symlink_to(package.with_name(name))
        programs = closed / programs.relative_to(package.parent)
    with postgresql(programs) as url:
        async with Database.open(url) as database, database.reading() as connection:
            assert "PostgreSQL" in str(await connection.scalar(text("SELECT version()")))
