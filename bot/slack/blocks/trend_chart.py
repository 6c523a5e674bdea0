"""The picture of a trend: one bar of test cases for each run, as SVG.

It stands on a white card, so that it is the same on Slack's light and dark background. No meaning
hangs on colour: what failed is hatched, each verdict has a shape and a word in the legend. Its
colours, blue and orange, are told apart with every kind of colour blindness.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape

from bot.domain.run import Verdict
from bot.domain.short_id import DEFAULT_PROJECT
from bot.domain.trend import TrendRun
from bot.slack.blocks.text import tidy

WIDTH, HEIGHT = 880, 440
FONT = "Atkinson Hyperlegible"

_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 28, 118, 108
_PLOT_WIDTH = WIDTH - _LEFT - _RIGHT
_PLOT_HEIGHT = HEIGHT - _TOP - _BOTTOM
_BASE = HEIGHT - _BOTTOM
_WIDEST_BAR = 52
_LONGEST_NAME = 9
_LONGEST_PROJECT = 6

_INK, _FAINT, _LINE = "#1d2939", "#475467", "#d0d5dd"
_PASSED, _FAILED, _UNTESTED = "#0072b2", "#d55e00", "#98a2b3"

_PATTERNS = (
    '<pattern id="failed" width="7" height="7" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="7" height="7" fill="{_FAILED}"/>'
    '<rect width="2" height="7" fill="#ffffff" fill-opacity="0.75"/></pattern>'
    '<pattern id="untested" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#eaecf0"/>'
    f'<circle cx="3" cy="3" r="1.2" fill="{_UNTESTED}"/></pattern>'
)
_FILLS = {
    "passed": f'fill="{_PASSED}" stroke="{_PASSED}"',
    "failed": f'fill="url(#failed)" stroke="{_FAILED}"',
    "not tested": f'fill="url(#untested)" stroke="{_UNTESTED}"',
}

_MARKS = {
    Verdict.PASSED: (
        "run passed",
        (
            f'<circle r="8" fill="{_PASSED}"/>'
            '<path d="M-3.6 0.2 L-1 3 L4 -2.8" fill="none" stroke="#fff" stroke-width="2"/>'
        ),
    ),
    Verdict.FAILED: (
        "run failed",
        (
            f'<rect x="-8" y="-8" width="16" height="16" rx="2" fill="{_FAILED}"/>'
            '<path d="M-3.5 -3.5 L3.5 3.5 M3.5 -3.5 L-3.5 3.5" stroke="#fff" stroke-width="2.2"/>'
        ),
    ),
    Verdict.ERROR: (
        "error",
        (
            f'<path d="M0 -8.5 L9 7.5 L-9 7.5 Z" fill="{_INK}"/>'
            '<path d="M0 -3 V2.4 M0 4.2 V6.2" stroke="#fff" stroke-width="2"/>'
        ),
    ),
}
_OTHER_MARK = (
    "canceled, skipped or unclear",
    (
        f'<circle r="7.2" fill="#fff" stroke="{_FAINT}" stroke-width="1.6"/>'
        f'<path d="M-3.6 0 H3.6" stroke="{_FAINT}" stroke-width="2"/>'
    ),
)


def trend_svg(runs: Sequence[TrendRun], title: str, subtitle: str) -> str:
    """The picture of these runs, the oldest first; `MOST_RUNS` of them fit."""
    most = max((run.total for run in runs), default=0)
    step = _step(most)
    top = max(math.ceil(most / step), 1) * step
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}">'
        ),
        f"<defs>{_PATTERNS}</defs>",
        (
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="12" '
            f'fill="#ffffff" stroke="{_LINE}"/>'
        ),
        _text(_LEFT - 32, 38, title, size=22, bold=True),
        _text(_LEFT - 32, 60, subtitle, size=15, colour=_FAINT),
        *_legend(runs),
        *_axis(top, step),
        *_bars(runs, top),
        "</svg>",
    ]
    return "".join(parts)


def _bars(runs: Sequence[TrendRun], top: int) -> Iterator[str]:
    slot = _PLOT_WIDTH / max(len(runs), 1)
    width = min(slot * 0.68, _WIDEST_BAR)
    several = len({run.project for run in runs}) > 1
    for number, run in enumerate(runs):
        middle = _LEFT + slot * (number + 0.5)
        height = 0.0
        for count, fill in (
            (run.passed, "passed"),
            (run.failed, "failed"),
            (run.untested, "not tested"),
        ):
            if count:
                part = _PLOT_HEIGHT * count / top
                height += part
                yield (
                    f'<rect x="{middle - width / 2:.1f}" y="{_BASE - height:.1f}" '
                    f'width="{width:.1f}" height="{part:.1f}" {_FILLS[fill]}/>'
                )
        if run.failed:
            yield _text(
                middle, _BASE - height - 6, str(run.failed), size=13, bold=True, at="middle"
            )
        elif not run.total:
            yield _text(middle, _BASE - 8, "?", size=15, bold=True, at="middle")
        _, mark = _MARKS.get(run.verdict, _OTHER_MARK)
        yield f'<g transform="translate({middle:.1f} {_BASE + 17})">{mark}</g>'
        name = tidy(run.short_id, _LONGEST_NAME)
        if several and run.project != DEFAULT_PROJECT:
            name = f"{tidy(run.project, _LONGEST_PROJECT)}/{name}"
        yield (
            f'<g transform="translate({middle + 4:.1f} {_BASE + 38}) rotate(-48)">'
            f"{_text(0, 0, name, size=13, at='end')}</g>"
        )


def _axis(top: int, step: int) -> Iterator[str]:
    for value in range(0, top + 1, step):
        y = _BASE - _PLOT_HEIGHT * value / top
        colour = _FAINT if value == 0 else _LINE
        yield (
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}" '
            f'stroke="{colour}"/>'
        )
        yield _text(_LEFT - 8, y + 4.5, str(value), size=13, colour=_FAINT, at="end")


def _legend(runs: Sequence[TrendRun]) -> Iterator[str]:
    """What the fills mean, and those marks that there are."""
    x = _LEFT - 32.0
    for word, fill in _FILLS.items():
        yield f'<rect x="{x:.1f}" y="77" width="16" height="16" {fill}/>'
        yield _text(x + 22, 90, word, size=14)
        x += 22 + _width(word) + 20
    yield f'<line x1="{x - 6:.1f}" y1="76" x2="{x - 6:.1f}" y2="94" stroke="{_LINE}"/>'
    seen = {_MARKS.get(run.verdict, _OTHER_MARK) for run in runs}
    for word, mark in (each for each in (*_MARKS.values(), _OTHER_MARK) if each in seen):
        yield f'<g transform="translate({x + 16:.1f} 85)">{mark}</g>'
        yield _text(x + 30, 90, word, size=14)
        x += 30 + _width(word) + 12


def _width(word: str) -> float:
    """About as wide as a word is in the legend's size."""
    return 7.1 * len(word)


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    colour: str = _INK,
    bold: bool = False,
    at: str = "",
) -> str:
    weight = ' font-weight="700"' if bold else ""
    anchor = f' text-anchor="{at}"' if at else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{weight}{anchor}>'
        f"{escape(text)}</text>"
    )


def _step(most: int) -> int:
    """A round number of which about four make the highest bar."""
    raw = max(most / 4, 1)
    power = 10 ** math.floor(math.log10(raw))
    return int(next(n * power for n in (1, 2, 5, 10) if n * power >= raw))
