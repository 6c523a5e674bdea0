from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack_mentions import Mention, active_mentions


def test_everything_active_in_a_text_is_found_in_its_order() -> None:
    text = (
        "<!channel> <!here|here> <!everyone> <@U1|ann> <!subteam^S1|@qa> <#C1|general> "
        "<https://evil.example|qa.tech> <mailto:a@b.c> <!date^1700000000^{date}|then>"
    )
    assert active_mentions(text) == [
        Mention("broadcast", "channel"),
        Mention("broadcast", "here", "here"),
        Mention("broadcast", "everyone"),
        Mention("user", "U1", "ann"),
        Mention("usergroup", "S1", "@qa"),
        Mention("channel", "C1", "general"),
        Mention("link", "https://evil.example", "qa.tech"),
        Mention("link", "mailto:a@b.c"),
        Mention("date", "1700000000^{date}", "then"),
    ]


def test_what_is_escaped_or_no_markup_is_not_active() -> None:
    assert active_mentions("&lt;!channel&gt; a < b > c <div> <!unknown> <>") == []
    assert active_mentions(None) == []


def test_mrkdwn_is_active_wherever_it_stands_and_plain_text_never() -> None:
    call = {"type": "mrkdwn", "text": "<!here>"}
    quiet = {"type": "plain_text", "text": "<!channel>"}
    blocks = [
        {"type": "header", "text": quiet},
        {"type": "section", "text": quiet, "fields": [call]},
        {"type": "context", "elements": [call, quiet]},
        {"type": "markdown", "text": "<@U1>"},
    ]
    attachments = [{"text": "<!everyone>", "blocks": [{"type": "section", "text": call}]}, "x"]
    assert [mention.target for mention in active_mentions("", blocks, attachments)] == [
        "everyone",
        "here",
        "here",
        "U1",
        "here",
    ]


def test_rich_text_mentions_by_its_elements() -> None:
    elements = [
        {"type": "text", "text": "<!channel>"},
        {"type": "broadcast", "range": "here"},
        {"type": "user", "user_id": "U1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "link", "url": "https://x", "text": "y"},
        {"type": "link"},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
    assert active_mentions("", [block]) == [
        Mention("broadcast", "here"),
        Mention("user", "U1"),
        Mention("usergroup", "S1"),
        Mention("link", "https://x", "y"),
    ]


@settings(deadline=None)
@given(st.text())
def test_text_that_is_escaped_is_never_active(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert active_mentions(escaped, [{"type": "mrkdwn", "text": escaped}]) == []
