"""Group commit: what waits while one transaction is written is written by the next one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.domain.errors import DatabaseError
from bot.services.group_commit import GroupCommit


@dataclass
class Table:
    """What has been written, transaction by transaction; one that is bad spoils its transaction.

    Attributes:
        gate: each transaction waits for it.
        away: why the database cannot be used at all.
    """

    written: list[list[str]] = field(default_factory=list)
    tried: int = 0
    away: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, batch: Sequence[str]) -> Sequence[str]:
        self.tried += 1
        await self.gate.wait()
        if self.away is not None:
            raise self.away
        if "bad" in batch:
            raise ValueError("bad")
        self.written.append(list(batch))
        return [one.upper() for one in batch]


@pytest.fixture
def table() -> Table:
    return Table()


async def test_a_single_one_is_written_at_once_and_has_its_outcome(table: Table) -> None:
    table.gate.set()
    save = GroupCommit(table.write, name="test")
    assert await save("a") == "A"
    assert await save("b") == "B"
    assert table.written == [["a"], ["b"]]


async def test_what_comes_in_meanwhile_shares_the_next_transaction(table: Table) -> None:
    save = GroupCommit(table.write, name="test")
    first = asyncio.create_task(save("a"))
    await asyncio.sleep(0.01)
    rest = [asyncio.create_task(save(one)) for one in "bcd"]
    await asyncio.sleep(0.01)
    table.gate.set()
    assert await asyncio.gather(first, *rest) == ["A", "B", "C", "D"]
    assert table.written == [["a"], ["b", "c", "d"]]


async def test_one_that_is_bad_keeps_no_other_from_being_written(table: Table) -> None:
    table.gate.set()
    save = GroupCommit(table.write, name="test")
    outcomes = await asyncio.gather(*map(save, ("a", "bad", "c")), return_exceptions=True)
    assert list(outcomes[0::2]) == ["A", "C"]
    assert isinstance(outcomes[1], ValueError)
    assert table.written == [["a"], ["c"]]


@pytest.mark.parametrize("trouble", [DatabaseError("gone"), TimeoutError()])
async def test_a_database_that_is_away_is_not_asked_for_each(
    table: Table, trouble: Exception
) -> None:
    table.gate.set()
    table.away = trouble
    save = GroupCommit(table.write, name="test")
    outcomes = await asyncio.gather(*map(save, "abc"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(trouble)] * 3
    assert table.tried == 1
    table.away = None
    assert await save("d") == "D"


async def test_who_has_given_up_waiting_is_not_written(table: Table) -> None:
    save = GroupCommit(table.write, name="test")
    first = asyncio.create_task(save("a"))
    await asyncio.sleep(0.01)
    impatient, patient = (asyncio.create_task(save(one)) for one in ("b", "c"))
    await asyncio.sleep(0.01)
    impatient.cancel()
    await asyncio.wait({impatient})
    table.gate.set()
    assert list(await asyncio.gather(first, patient)) == ["A", "C"]
    assert table.written == [["a"], ["c"]]


async def test_a_writer_that_miscounts_leaves_nobody_waiting() -> None:
    async def write(batch: Sequence[str]) -> Sequence[str]:
        return ["one too many", *batch]

    save = GroupCommit(write, name="test")
    outcomes = await asyncio.gather(*map(save, "ab"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [AssertionError] * 2
