"""The parts of the README that are written from the code: `python -m docs.readme`."""

from pathlib import Path

from bot.slack.blocks.commands import COMMAND, COMMANDS
from docs import picture

README = Path(__file__).parents[1] / "README.md"


def written(text: str) -> str:
    """The README with its written parts as they should be.

    Raises:
        ValueError: it has no place for one of them.
    """
    parts = {"commands": commands(), "picture": picture.alternative(picture.example())}
    for name, part in parts.items():
        begin, end = f"<!-- {name}: written by `make picture` -->\n", f"<!-- end of {name} -->\n"
        before, opened, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (opened and closed):
            raise ValueError(f"the README has no place for {name}")
        text = f"{before}{begin}{part}{end}{after}"
    return text


def commands() -> str:
    """The help as a table."""
    rows = [("command", "does"), ("---", "---")]
    rows += [(f"`{COMMAND} {form.usage}`", form.does) for form in COMMANDS]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
