"""The README's picture: a report of the bot's own making, drawn as Slack would show it.

`python -m docs.picture` (`make picture`) writes `docs/report.png`; it needs Chromium.
"""

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.domain.run import Run
from bot.domain.short_id import DEFAULT_PROJECT, RunKey
from bot.domain.watch import TrackedRun
from bot.playground.qatech_answers import run_json
from bot.playground.qatech_world import WEBSHOP
from bot.playground.scenarios import three_failed
from bot.slack.blocks.message import Block, Message
from bot.slack.blocks.report import report

PICTURE = Path(__file__).parent / "report.png"

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--force-device-scale-factor=1.5",
)
_WIDTH = 800
_TALLEST = 4000
_HEIGHT = re.compile(r'data-height="(\d+)"')
_BROWSER_SECONDS = 60

_MRKDWN = re.compile(
    r"<(?P<url>https?://[^|>]+)(?:\|(?P<label>[^>]*))?>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
)

_PAGE = """<!doctype html>
<meta charset="utf-8">
<style>
  * { box-sizing: border-box; }
  body { margin: 0; background: #fff; color: #1d1c1d; width: WIDTHpx; padding: 18px 22px 20px;
         border: 1px solid #ddd;
         font: 15px/22px "Liberation Sans", Arial, "Noto Color Emoji", sans-serif; }
  .message { display: flex; gap: 10px; }
  .face { flex: none; width: 36px; height: 36px; border-radius: 8px; background: #1f2a44;
          color: #fff; font-weight: 700; font-size: 19px; line-height: 35px; text-align: center; }
  .author { font-weight: 900; margin-right: 6px; }
  .app { font-size: 10px; line-height: 14px; background: #e8e8e8; color: #616061; padding: 1px 4px;
         border-radius: 2px; font-weight: 700; vertical-align: 1px; margin-right: 6px; }
  .time { font-size: 12px; color: #616061; }
  .header { font-size: 18px; line-height: 24px; font-weight: 900; margin: 6px 0 8px; }
  .section { margin: 8px 0; }
  .context { font-size: 13px; line-height: 18px; color: #616061; margin: 8px 0; }
  .actions { display: flex; gap: 8px; margin-top: 12px; }
  .button { border: 1px solid #bbb; border-radius: 4px; padding: 3px 12px; font-weight: 700; }
  .primary { background: #007a5a; border-color: #007a5a; color: #fff; }
  .danger { color: #e01e5a; border-color: #e01e5a; }
  a { color: #1264a3; text-decoration: none; }
  code { font: 12px/18px "DejaVu Sans Mono", monospace; color: #e01e5a; background: #f6f6f6;
         border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px; }
</style>
<div class="message">
  <div class="face">q</div>
  <div>
    <span class="author">qarun</span><span class="app">APP</span><span class="time">7:42 AM</span>
    BLOCKS
  </div>
</div>
<script>
  document.body.dataset.height = Math.ceil(document.body.getBoundingClientRect().height)
</script>
"""


def example() -> Message:
    """The report of the demo's nightly run, made by the same code that serves a real one."""
    script = three_failed()
    answer = json.dumps(run_json(script, script.at(script.duration)))
    tracked = TrackedRun.looked_at(
        RunKey(DEFAULT_PROJECT, script.short_id),
        f"https://app.qa.tech/p/{WEBSHOP.slug}/results/{script.short_id}",
        Run.model_validate_json(answer),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    return report(tracked)


def alternative(message: Message) -> str:
    """All that the picture shows, as Markdown that needs no rendering to be read."""
    parts = []
    for block in message.blocks:
        match block["type"]:
            case "actions":
                parts.append(" ".join(f"[{_label(each)}]" for each in block["elements"]))
            case "context":
                parts.append("\n".join(_plain(each["text"]) for each in block["elements"]))
            case _:
                parts.append(_plain(block["text"]["text"]))
    return "```text\n" + "\n\n".join(parts) + "\n```\n"


def _plain(text: str) -> str:
    def bare(match: "re.Match[str]") -> str:
        shown = (match[name] for name in ("label", "url", "code", "bold", "italic"))
        return next(filter(None, shown), "")

    return html.unescape(_MRKDWN.sub(bare, text))


def page(message: Message) -> str:
    """The message as a web page."""
    blocks = "\n".join(map(_block, message.blocks))
    return _PAGE.replace("WIDTH", str(_WIDTH)).replace("BLOCKS", blocks)


def _block(block: Block) -> str:
    kind = block["type"]
    match kind:
        case "header":
            shown = html.escape(block["text"]["text"])
        case "section":
            shown = _mrkdwn(block["text"]["text"])
        case "context":
            shown = "<br>".join(_mrkdwn(element["text"]) for element in block["elements"])
        case "actions":
            shown = "".join(map(_element, block["elements"]))
        case _:
            raise ValueError(f"the picture cannot show a block of type {kind!r} yet")
    return f'<div class="{kind}">{shown}</div>'


def _element(element: dict[str, Any]) -> str:
    return f'<span class="button {element.get("style", "")}">{html.escape(_label(element))}</span>'


def _label(element: dict[str, Any]) -> str:
    return "⋯" if element["type"] == "overflow" else str(element["text"]["text"])


def _mrkdwn(text: str) -> str:
    """Slack's markup as HTML; what it escapes (`&`, `<`, `>`) is escaped in HTML too."""
    return _MRKDWN.sub(_styled, text).replace("\n", "<br>")


def _styled(match: "re.Match[str]") -> str:
    found = match.groupdict()
    if url := found["url"]:
        return f'<a href="{url}">{found["label"] or url}</a>'
    if code := found["code"]:
        return f"<code>{code}</code>"
    if bold := found["bold"]:
        return f"<b>{bold}</b>"
    return f"<i>{found['italic']}</i>"


def draw(target: Path = PICTURE) -> None:
    """Write the picture.

    Raises:
        FileNotFoundError: there is no Chromium.
        subprocess.CalledProcessError: it failed.
    """
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise FileNotFoundError(f"none of {', '.join(_BROWSERS)} is installed")
    with tempfile.TemporaryDirectory() as home:
        file = Path(home, "report.html")
        file.write_text(page(example()), encoding="utf-8")
        command = [browser, *_FLAGS, f"--user-data-dir={home}/profile"]
        measured = _run([*command, f"--window-size={_WIDTH},{_TALLEST}", "--dump-dom"], file)
        found = _HEIGHT.search(measured)
        if found is None:
            raise ValueError("the browser did not run the page's script")
        size = f"--window-size={_WIDTH},{found[1]}"
        _run([*command, size, f"--screenshot={target}"], file)


def _run(command: list[str], file: Path) -> str:
    return subprocess.run(
        [*command, file.as_uri()],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=_BROWSER_SECONDS,
    ).stdout


if __name__ == "__main__":
    try:
        draw()
    except FileNotFoundError as error:
        sys.exit(f"No picture: {error}.")
    print(f"{PICTURE.name}: {PICTURE.stat().st_size:,} bytes")
