"""The slash command: its name, its forms, and the help that tells of them.

This table is the one place that knows which forms there are; the listeners read it too.
"""

from dataclasses import dataclass
from functools import cache

from bot.slack.blocks.message import Block, Message, compose, context, header, section
from bot.slack.blocks.text import code, inline

COMMAND = "/qarun"
"""As `manifest.yml` declares it to Slack."""


@dataclass(frozen=True, slots=True)
class CommandForm:
    """One thing that can be typed after the command.

    Attributes:
        word: the word that chooses it, empty for the form that begins with the run itself.
        arguments: what follows the word, as the help shows it.
        does: a short sentence without a full stop.
    """

    word: str
    arguments: str
    does: str

    @property
    def usage(self) -> str:
        return f"{self.word} {self.arguments}".strip()


COMMANDS = (
    CommandForm("", "<run>", "Report on a run here, or follow it live until it ends"),
    CommandForm("", "<run> private", "Report on a run, only to you"),
    CommandForm("failed", "<run> [page]", "Test cases that did not pass, and why"),
    CommandForm(
        "issues",
        "<run> [category] [page]",
        "Issues found; category: accessibility, console, hosting or failed_test",
    ),
    CommandForm("rerun", "<run> [failed]", "Run it again, all or what failed; uses QA.tech quota"),
    CommandForm(
        "watch",
        "<run> [#channel] [when]",
        "Tell its end here or in that channel; when: failures, changes or all",
    ),
    CommandForm(
        "trend", "[n] [private]", "The last runs here, as a picture and as a table; private: to you"
    ),
    CommandForm("list", "", "Runs watched in this channel"),
    CommandForm("stop", "<run>", "Stop watching a run; the run itself goes on"),
    CommandForm(
        "alerts", "", "What this channel wants to hear, and its digest: set it, and try it first"
    ),
    CommandForm(
        "mute", "[test case] <time>", "No alerts here, or none of a test case, for 2h or 3d"
    ),
    CommandForm("unmute", "[test case]", "Alerts again"),
    CommandForm("audit", "[page]", "Who reran, muted, stopped or changed the rules here"),
    CommandForm("help", "", "This help"),
)

SUBCOMMANDS = tuple(form.word for form in COMMANDS if form.word)
"""The words that may stand first instead of a run."""

_RUN_FORMS = (
    "`<run>` can be its short ID (`UkxK` or `#UkxK`), the ID with a project's alias "
    "(`alias/UkxK`), or its link (`https://app.qa.tech/p/your-project/results/UkxK`)."
)


_IN_THREADS = "Ask in the thread of a report: `why did checkout fail?`"


def typed(*words: str, command: str = COMMAND) -> str:
    """A command as a person would type it, in a code span."""
    return code(" ".join((command, *words)))


def help_message(
    *, command: str = COMMAND, not_understood: str | None = None, nearest: str | None = None
) -> Message:
    """What can be typed.

    Args:
        command: the command's name in this workspace.
        not_understood: what the person typed, where the help answers something unknown.
        nearest: the whole command that was probably meant, without its name.
    """
    lines = _lines(command)
    forms = _RUN_FORMS.replace("<", "&lt;").replace(">", "&gt;")
    blocks: list[Block] = [
        header("What you can type"),
        section("\n".join(f"• {line}" for line in lines)),
        section(_IN_THREADS),
        context(forms),
    ]
    opening: list[str] = []
    if not_understood is not None:
        opening.append(_misread(command, not_understood, nearest))
        blocks.insert(0, section(opening[0]))
    return compose([*opening, "What you can type:", *lines, _IN_THREADS, forms], blocks)


@cache
def _lines(command: str) -> tuple[str, ...]:
    return tuple(f"{typed(form.usage, command=command)} {form.does}" for form in COMMANDS)


def _misread(command: str, words: str, nearest: str | None) -> str:
    shown = inline(words, 80)
    said = f"I did not understand “{shown}”." if shown else "I did not understand that."
    return f"{said} Did you mean {typed(nearest, command=command)}?" if nearest else said
