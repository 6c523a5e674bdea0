"""The structure of a `rich_text` block, as rules. Source: docs.slack.dev, "Rich text block"."""

from collections.abc import Mapping

from bot.playground.slack_rules import Rule, flag, items, number, one_of, shape, string, typed, url

_MANY = 10_000
_STYLES = dict.fromkeys(
    ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"),
    flag,
)
_STYLED: Mapping[str, Rule] = {"style": shape({}, _STYLES)}

_TEXT = shape({"text": string(_MANY)}, _STYLED)
_LINK = shape({"url": url()}, {"text": string(_MANY, 0), "unsafe": flag, **_STYLED})
_INLINE: dict[str, Rule] = {
    "text": _TEXT,
    "link": _LINK,
    "emoji": shape(
        {"name": string(255)},
        {"unicode": string(255), "skin_tone": number(1, 6), "url": url(), **_STYLED},
    ),
    "user": shape({"user_id": string(255)}, _STYLED),
    "usergroup": shape({"usergroup_id": string(255)}, _STYLED),
    "channel": shape({"channel_id": string(255)}, _STYLED),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
    "color": shape({"value": string(255)}, _STYLED),
    "date": shape(
        {"timestamp": number(0, 99_999_999_999), "format": string(255)},
        {"url": url(), "fallback": string(_MANY), **_STYLED},
    ),
}
_BORDER = number(0, 1)
_SECTION = shape({"elements": items(typed(_INLINE), _MANY)})

RICH_TEXT_ELEMENTS: dict[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": items(typed({"rich_text_section": _SECTION}), _MANY),
        },
        {"indent": number(0, 8), "offset": number(0, _MANY), "border": _BORDER},
    ),
    "rich_text_preformatted": shape(
        {"elements": items(typed({"text": _TEXT, "link": _LINK}), _MANY)},
        {"border": _BORDER, "language": string(255)},
    ),
    "rich_text_quote": shape({"elements": items(typed(_INLINE), _MANY)}, {"border": _BORDER}),
}
