"""The demo's page shows a trend as Slack does: the uploaded picture, and the table."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.e2e.browser import NoBrowserError, Visitor, visiting
from tests.e2e.test_page_accessibility import axe, grave_findings

__all__ = ["axe"]


@pytest.fixture(params=["light", "dark"])
async def visitor(request: pytest.FixtureRequest) -> AsyncIterator[Visitor]:
    try:
        async with visiting(color_scheme=request.param, reduced_motion="reduce") as person:
            yield person
            assert not person.complaints
    except NoBrowserError as error:
        pytest.skip(str(error))


async def test_a_trend_is_seen_as_a_picture_and_read_as_a_table(visitor: Visitor, axe: str) -> None:
    await visitor.type("/qarun Bq7Tz")
    await expect(visitor.message("Run Bq7Tz failed")).to_be_visible()
    await visitor.type("/qarun trend")
    told = visitor.message("The last run")
    picture = told.get_by_role("img", name="Bar chart of the last run")
    await expect(picture).to_be_visible()
    loaded = "img => img.decode().then(() => img.naturalWidth)"
    assert await picture.evaluate(loaded) > 1000, "the file was uploaded and is shown"
    await expect(told.get_by_role("columnheader")).to_have_count(6)
    await expect(told.get_by_role("rowheader")).to_have_text(["Bq7Tz"])
    row = told.get_by_role("row", name="Bq7Tz")
    await expect(row.get_by_role("cell").nth(3)).to_have_text("3")
    assert await grave_findings(visitor, axe) == []
