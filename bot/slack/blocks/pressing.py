"""What a person is told after pressing a button: what came of it, or why nothing did."""

from bot.domain.errors import (
    AccessDenied,
    LeftAlone,
    NothingToRerun,
    QATechError,
    RateLimited,
    RunNotFound,
    UsageLimitReached,
)
from bot.domain.short_id import DEFAULT_PROJECT, RunKey
from bot.slack.blocks import wording
from bot.slack.blocks.commands import typed
from bot.slack.blocks.message import Message
from bot.slack.blocks.problems import one_section
from bot.slack.blocks.text import code, inline, mention


def old_button(key: RunKey | None) -> Message:
    """The button is from another version of the bot, or says nothing that can be read."""
    command = typed(str(key)) if key else typed("<run>")
    return one_section(
        "This button is from another version of me, and I cannot tell any more what it is for.",
        f"Type {command} for a message with buttons that work.",
    )


def answered_already() -> Message:
    """Somebody pressed the same button before, and its reply is there for everybody."""
    return one_section(
        "This button has been pressed already, and its answer is in this thread. "
        "To see it anew, ask again in the thread."
    )


IN_THREAD = "in this thread"
IN_CHANNEL = "in this channel"
IN_DIRECT_MESSAGES = "in our direct messages"


def rerun_started(key: RunKey, new_key: RunKey, *, where: str = IN_THREAD) -> Message:
    """QA.tech has started the rerun, and it is being watched."""
    return one_section(
        f"Run {wording.run_name(new_key)} is the rerun of run {wording.run_name(key)}. "
        f"I am watching it and will tell {where} how it ends."
    )


def rerun_running_already(
    key: RunKey, new_key: RunKey | None, by: str | None, *, where: str = IN_THREAD
) -> Message:
    """Somebody else asked for the same a moment ago; one rerun is enough."""
    who = mention(by) or "Somebody"
    said = f"{who} started a rerun of run {wording.run_name(key)} a moment ago"
    if new_key is None:
        return one_section(
            f"{said}, and QA.tech has not answered yet. I did not start a second one.",
            f"Look {where} in a moment.",
        )
    return one_section(
        f"{said}: run {wording.run_name(new_key)}. I did not start a second one.",
        f"To see it: {typed(str(new_key))}.",
    )


def rerun_unfollowed(key: RunKey, new_key: RunKey) -> Message:
    """QA.tech has started the rerun, and it could not be stored."""
    return one_section(
        f"QA.tech has started run {wording.run_name(new_key)}, the rerun of run "
        f"{wording.run_name(key)}, but I cannot use my database at the moment: I do not follow it.",
        f"Please do not start it again, that would be billed too. To see it: "
        f"{typed(str(new_key))}.",
    )


def rerun_not_allowed() -> Message:
    """A setting of the bot says who may rerun, and this person is not among them."""
    return one_section(
        "You are not among those who may start reruns here, so I did not start one.",
        "A rerun uses QA.tech quota; whoever runs this bot decides who may start it. Ask them, "
        "or start it in QA.tech.",
    )


def rerun_refused(error: QATechError, key: RunKey) -> Message:
    """QA.tech did not start a rerun, or nobody knows whether it did."""
    return one_section(*_refusal(error, wording.run_name(key), key))


def _refusal(error: QATechError, name: str, key: RunKey) -> tuple[str, str]:
    """What happened and whose fault it is; what to do."""
    match error:
        case NothingToRerun():
            return (
                (
                    f"QA.tech found nothing to rerun in run {name}: no test case of it failed, or "
                    "those that did are not in the project any more."
                ),
                "No new run was started, and nothing was billed.",
            )
        case UsageLimitReached():
            return (
                f"QA.tech did not rerun run {name}: the quota of your QA.tech plan is used up.",
                "Whoever manages your QA.tech plan can raise it; no new run was started.",
            )
        case AccessDenied():
            return (
                (
                    f"QA.tech did not let me rerun run {name}: the bot's key may only read, or is "
                    "not accepted. It is not your fault."
                ),
                (
                    "Whoever runs this bot must set `QATECH_API_TOKEN` to a key with write scope. "
                    "No new run was started."
                ),
            )
        case RunNotFound():
            where = "" if key.project == DEFAULT_PROJECT else f" in {inline(key.project, 64)}"
            return (
                f"QA.tech knows no run {name}{where} any more, or the bot's key may not see it.",
                "No new run was started.",
            )
        case RateLimited(retry_after=after):
            wait = f"in {wording.seconds(after)}" if after else "in a minute"
            return (
                (
                    f"QA.tech says that this bot asks too often, and did not rerun run {name}. "
                    "It is not your fault."
                ),
                f"Press again {wait}. No new run was started.",
            )
        case LeftAlone():
            return (
                (
                    f"QA.tech did not answer a moment ago, so I did not ask it to rerun run {name}"
                    ". It is slow, down, or out of the bot's reach; it is not your fault."
                ),
                "Press again in a minute. No new run was started.",
            )
    return (
        (
            f"QA.tech gave no clear answer when asked to rerun run {name}, so nobody knows whether "
            "it was started. It is not your fault."
        ),
        "Look in QA.tech before you press again: a second rerun would be billed too.",
    )


def copy_id(key: RunKey) -> Message:
    """The run's ID, alone in a code span, where a double click marks it whole."""
    return one_section(
        f"The ID of this run: {code(key.short_id, 80)}",
        f"To ask me about it anywhere: {typed(str(key))}.",
    )
