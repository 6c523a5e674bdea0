"""The modal in which a channel's rule is set, tried and saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.question import Severity
from bot.domain.rules import MentionRule, Rule
from bot.slack.blocks import rules_form as form
from bot.slack.blocks.digest_form import digest_fields
from bot.slack.blocks.elements import actions, button, field, option, plain_text, select
from bot.slack.blocks.message import Block, context, header, section
from bot.slack.blocks.modal import View, modal, sections
from bot.slack.blocks.rule_lines import NOTIFY_WORDS, mute_lines, rule_lines
from bot.slack.blocks.text import channel_name, plain

TITLE = "Alerts"
_MOST_OPTIONS = 100
_MOST_PATTERN = 200


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form can offer.

    Attributes:
        projects: aliases of the configured projects.
        groups: ID → name of the workspace's user groups; empty where Slack does not tell.
    """

    projects: Sequence[str]
    groups: Mapping[str, str]


def loading_rules() -> View:
    """What is seen while the rules are read."""
    return modal(TITLE, [section("⏳ Loading the rules of this channel.")])


def rules_view(
    rule: Rule,
    place: form.FormPlace,
    choices: Choices,
    *,
    is_set: bool,
    tried: str,
    now: datetime,
) -> View:
    """The form, filled in with a rule; `tried` says what the rule would have told."""
    where = channel_name(place.channel)
    begin = (
        f"What {where} wants to hear."
        if is_set
        else f"Nobody has set rules for {where} yet: until you save, it hears only of runs that "
        "are watched there."
    )
    blocks = [
        section(begin),
        *_mutes(rule, now),
        *_what(rule, choices),
        header("Accessibility"),
        *_accessibility(rule),
        header("Who is mentioned for new failures"),
        *_mentions(rule, place.rows, choices),
        header("Where and when"),
        *_where(rule),
        _until(rule, now),
        header("Digest"),
        *digest_fields(rule.digest, place.time_zone),
        {"type": "divider"},
        section(tried),
        *actions(button(form.PREVIEW, "Preview", "1")),
    ]
    view = modal(TITLE, blocks, metadata=place.written())
    return view | {"callback_id": form.CALLBACK, "submit": plain_text("Save")}


def fixed_rules_view(rule: Rule, channel: str, now: datetime, *, in_file: bool = True) -> View:
    """Rules that cannot be changed here: they stand in the file, or this person may not."""
    why = (
        f"The rules of {channel_name(channel)} stand in the bot's configuration file "
        f"(`qarun.toml`, table `[rules.{plain(channel, 40)}]`). They win over this window: "
        "whoever runs this bot changes them there."
        if in_file
        else f"The rules of {channel_name(channel)}, which you may not change: ask whoever runs "
        "this bot (`QARUN_RULES_ALLOWED`)."
    )
    return modal(
        TITLE,
        [
            section(why),
            *sections([f"• {line}" for line in rule_lines(rule, now)]),
        ],
    )


def _mutes(rule: Rule, now: datetime) -> list[Block]:
    lines = mute_lines(rule, now)
    return [context("\n".join(lines))] if lines else []


def _what(rule: Rule, choices: Choices) -> list[Block]:
    blocks = []
    aliases = list(dict.fromkeys((*choices.projects, *rule.projects)))[:_MOST_OPTIONS]
    if len(aliases) > 1:
        options = [option(alias, alias) for alias in aliases]
        blocks.append(
            _several(
                form.PROJECTS,
                "Projects",
                options,
                rule.projects,
                hint="None chosen means all of them.",
            )
        )
    runs = {form.NO: "All that I hear of", form.YES: "Only those watched in this channel"}
    news = {str(each): words for each, words in NOTIFY_WORDS.items()}
    return [
        *blocks,
        _choice(form.WHICH, "Which runs", runs, _flag(rule.only_watched)),
        _choice(form.NOTIFY_ON, "What is news", news, rule.notify_on.value),
    ]


def _accessibility(rule: Rule) -> list[Block]:
    since = {form.NONE: "None", **_severities()}
    chosen = rule.accessibility_from.value if rule.accessibility_from else form.NONE
    news = {form.YES: "When they are new", form.NO: "Every time"}
    return [
        _choice(form.ACCESSIBILITY, "Issues told even when the run passed", since, chosen),
        _choice(
            form.ACCESSIBILITY_NEW, "When they are told", news, _flag(rule.accessibility_new_only)
        ),
    ]


def _mentions(rule: Rule, rows: int, choices: Choices) -> list[Block]:
    blocks: list[Block] = []
    for row in range(1, rows + 1):
        given = rule.mentions[row - 1] if row <= len(rule.mentions) else MentionRule(who=())
        blocks += _row(row, given, choices)
    if rows < form.MOST_ROWS:
        blocks += actions(button(form.ANOTHER_ROW, "Another row", str(rows + 1)))
    return blocks


def _row(row: int, given: MentionRule, choices: Choices) -> list[Block]:
    pattern: dict[str, Any] = {
        "type": "plain_text_input",
        "max_length": _MOST_PATTERN,
        "placeholder": plain_text("checkout"),
    }
    if given.pattern:
        pattern["initial_value"] = given.pattern[:_MOST_PATTERN]
    people = [who for who in given.who if not who.startswith("S")]
    users: dict[str, Any] = {"type": "multi_users_select"}
    if people:
        users["initial_users"] = people[:_MOST_OPTIONS]
    blocks = [
        field(
            form.of_row(form.PATTERN, row),
            f"{row}. When a test case of this name newly fails",
            pattern,
            hint="A part of the name, or a pattern with * and ?. Empty, with no severity: any.",
        ),
        _choice(
            form.of_row(form.SEVERITY, row),
            f"{row}. Or a new accessibility issue is found",
            {form.NONE: "Not for issues", **_severities()},
            given.severity.value if given.severity else form.NONE,
        ),
        field(form.of_row(form.PEOPLE, row), f"{row}. Mention these people", users),
    ]
    groups = [who for who in given.who if who.startswith("S")]
    if choices.groups:
        names = {**choices.groups, **{who: choices.groups.get(who, who) for who in groups}}
        # Those that are chosen stand first, so that no limit can lose them.
        ordered = [*groups, *(each for each in names if each not in groups)]
        options = [option(names[each], each) for each in ordered[:_MOST_OPTIONS]]
        blocks.append(
            _several(form.of_row(form.GROUPS, row), f"{row}. And these groups", options, groups)
        )
    return blocks


def _where(rule: Rule) -> list[Block]:
    live = {form.NO: "Only when it has ended", form.YES: "Live: one message, edited as it goes"}
    place = {form.NO: "In the channel", form.YES: "In the thread, where a link was posted"}
    broadcast = {form.YES: "In the channel too", form.NO: "Only in the thread"}
    links = {form.YES: "Watch the run", form.NO: "Leave it alone"}
    return [
        _choice(form.LIVE, "A run is told", live, _flag(rule.live)),
        _choice(form.PLACE, "Alerts about a link", place, _flag(rule.in_thread)),
        _choice(form.BROADCAST, "Replies in threads are shown", broadcast, _flag(rule.broadcast)),
        _choice(form.LINKS, "When somebody posts a link to a run", links, _flag(rule.watch_links)),
    ]


def _until(rule: Rule, now: datetime) -> Block:
    element: dict[str, Any] = {"type": "datetimepicker"}
    if rule.muted_until is not None and rule.is_muted(now):
        element["initial_date_time"] = int(rule.muted_until.timestamp())
    return field(form.MUTED_UNTIL, "Mute all alerts until", element)


def _severities() -> dict[str, str]:
    return {each.value: f"{each.value.capitalize()} or graver" for each in Severity} | {
        Severity.CRITICAL.value: "Critical"
    }


def _flag(value: bool) -> str:
    return form.YES if value else form.NO


def _choice(name: str, label: str, options: Mapping[str, str], chosen: str) -> Block:
    return _tried(field(name, label, select(options, chosen)))


def _several(
    name: str, label: str, options: Sequence[Block], chosen: Sequence[str], hint: str | None = None
) -> Block:
    element: dict[str, Any] = {"type": "multi_static_select", "options": list(options)}
    if initial := [each for each in options if each["value"] in chosen]:
        element["initial_options"] = initial
    return _tried(field(name, label, element, hint=hint))


def _tried(block: Block) -> Block:
    """A field whose choice is told at once, where it decides what the rule would have told."""
    return block | {"dispatch_action": True} if block["block_id"] in form.TRIED else block
