"""Runs in what people and other apps say: certainly a run of QA.tech, or nothing."""

import pytest

from bot.domain.sightings import linked_run, started_run


@pytest.mark.parametrize(
    ("url", "short_id"),
    [
        ("https://app.qa.tech/p/shop/results/UkxK", "UkxK"),
        ("https://app.qa.tech/p/shop/results/UkxK/", "UkxK"),
        ("https://app.qa.tech/p/shop/results/UkxK?tab=issues", "UkxK"),
        ("https://app.qa.tech/p/shop/results/UkxK#top", "UkxK"),
        ("https://app.qa.tech/dashboard/p/shop/results/UkxK", "UkxK"),
        ("https://app.qa.tech/projects/shop/results/UkxK", "UkxK"),
        ("http://qa.tech/p/shop/results/UkxK", "UkxK"),
        ("https://eu.app.qa.tech/p/shop/results/UkxK", "UkxK"),
        ("HTTPS://APP.QA.TECH/p/shop/results/UkxK", "UkxK"),
        ("https://app.qa.tech/p/shop/results/test/UkxK", None),  # a test case
        ("https://app.qa.tech/p/shop/results", None),
        ("https://app.qa.tech/p/shop/settings/UkxK", None),
        ("https://notqa.tech/p/shop/results/UkxK", None),
        ("https://app.qa.tech.evil.example/p/shop/results/UkxK", None),
        ("https://evil.example/?https://app.qa.tech/p/shop/results/UkxK", None),
        ("https://github.com/shop/actions/runs/1", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_a_link_of_qatech_leads_to_a_run_or_does_not_count(url: str, short_id: str | None) -> None:
    found = linked_run(url)
    assert (found.short_id if found else None) == short_id


@pytest.mark.parametrize(
    ("text", "short_id"),
    [
        ("Run #UkxK started", "UkxK"),
        ("🚀 Run #UkxK started by Ada", "UkxK"),
        ("*Run #UkxK* started", "UkxK"),
        ("Run <https://app.qa.tech/p/shop/results/UkxK|#UkxK> started", "UkxK"),
        ("<https://app.qa.tech/p/shop/results/UkxK|Run #UkxK> started", "UkxK"),
        ("run #abc123 has started.", "abc123"),
        ("Run #a_b-C was started", "a_b-C"),
        ("Run `#UkxK` started", "UkxK"),
        ("Run #UkxK completed", None),
        ("Run UkxK started", None),
        ("Run # started", None),
        ("Rerun #UkxK started", None),
        ("Dry-Run #UkxK restarted", None),
    ],
)
def test_the_words_of_qatech_tell_of_a_run_that_started(text: str, short_id: str | None) -> None:
    found = started_run(text)
    assert (found.short_id if found else None) == short_id
