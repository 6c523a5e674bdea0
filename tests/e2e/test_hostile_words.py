"""Whatever people type, say and fill in: nobody is called by it, and no link is forged from it."""

import functools
import json
from collections.abc import Callable
from typing import Any

from bot.playground.scenarios import three_failed
from bot.playground.slack_mentions import Mention, active_mentions
from bot.playground.slack_state import Message
from bot.playground.slack_views import View
from tests.e2e.stage import Installation, replies, report_of

RUN = "Host1"
WORDS = (
    "<!channel>",
    "<!here|all>",
    "<!subteam^S00000099|@qa>",
    "<https://evil.example/|app.qa.tech>",
    "<https://app.qa.tech@evil.example/p/x/results/Host1>",
    "`*_~<!everyone>~_*`",
    "\u202egnp\u2066.\u0000\u001b[31m",
    "&lt;!channel&gt;",
    "<script>alert(1)</script>",
    "'\";--",
    "%s{0}${x}\\n",
)
COMMANDS = (
    "{w}",
    f"{RUN} {{w}} private",
    "failed {w}",
    f"failed {RUN} {{w}}",
    f"issues {RUN} {{w}}",
    f"rerun {RUN} {{w}}",
    f"watch {RUN} {{w}}",
    "stop {w}",
    "alerts {w}",
    "mute {w} 1h",
    "mute {w}",
    "unmute {w}",
    "audit {w}",
    "list {w}",
    "help {w}",
)
SAID = ("why did {w} fail?", "compare {w}", "{w}")
OURS = (
    "https://app.qa.tech/p/fjord-supply/results/",
    "https://dequeuniversity.com/rules/axe/",
    "https://playground.slack.com/archives/",
)


async def test_what_people_type_calls_nobody_and_is_never_met_with_silence(
    installation: Installation,
) -> None:
    slack, qa, ada = installation.slack, installation.qa, installation.ada
    installation.stage.qatech.add(three_failed(RUN, duration=100))
    installation.runs.step(100)
    await installation.type(RUN)
    report = await installation.told(RUN)
    for number, word in enumerate(WORDS):
        # Each word with every third command: all of them meet a ping and a forged link.
        for command in COMMANDS[number % 3 :: 3]:
            answer = await installation.answer_to(command.format(w=word))
            assert answer.text, (command, word)
    for number, sentence in enumerate(SAID, start=1):
        words = f"<@{slack.bot.id}> {sentence.format(w=' '.join(WORDS))}"
        await slack.message(ada, qa, words, report.ts)
        await answered(installation, number)
    assert report_of(RUN, qa) is report
    harmful = [
        (call.method, mention)
        for call in slack.calls
        for mention in mentions_of(call.args)
        if not is_ours(mention, installation)
    ]
    assert harmful == []
    shown = json.dumps([call.args for call in slack.calls], ensure_ascii=False)
    assert "\u202e" not in shown
    assert "\\u001b" not in shown
    assert "\\u0000" not in shown


async def answered(installation: Installation, times: int) -> None:
    """Until the bot has replied so often in threads of the channel."""

    def said() -> bool:
        bot = installation.slack.bot
        return len([m for m in replies(installation.qa) if m.author == bot]) == times

    await installation.until(said)


async def test_a_pattern_of_the_rules_calls_nobody(installation: Installation) -> None:
    slack, ada = installation.slack, installation.ada

    def form() -> View | None:
        """The form of the rules, once it is filled."""
        stack = slack.views.modals.get(ada.id)
        return stack[-1] if stack and stack[-1].given.get("submit") else None

    for word in (WORDS[0], WORDS[2], WORDS[3]):
        seen = len(slack.ephemeral_for(ada, installation.qa.id))
        await installation.type("alerts")
        await installation.until(form)
        delivery = await slack.submit(ada, {"pattern_1": word, "people_1": [ada.id]})
        assert delivery.problem is None
        told = functools.partial(slack.ephemeral_for, ada, installation.qa.id)
        confirmed = await installation.until(functools.partial(_after, told, seen))
        assert "are set" in confirmed[0].text
    await installation.answer_to("audit")
    for call in slack.calls:
        for mention in mentions_of(call.args):
            assert is_ours(mention, installation), (call.method, mention)


def _after(told: Callable[[], list[Message]], seen: int) -> list[Message]:
    return told()[seen:]


def mentions_of(args: dict[str, Any]) -> list[Mention]:
    """What is active in whatever was sent to Slack: messages, previews, views."""
    return active_mentions(str(args.get("text") or ""), [args])


def is_ours(mention: Mention, installation: Installation) -> bool:
    """What the bot itself may say: a moment, who asked, the channel, a run's own link."""
    match mention.kind:
        case "date":
            return True
        case "user":
            return mention.target == installation.ada.id
        case "channel":
            return mention.target in installation.slack.channels
        case "link":
            return mention.target.startswith(OURS)
    return False
