"""Pictures are drawn with their text, and cost nothing where none is drawn."""

import subprocess
import sys

from bot.slack.pictures import png_of

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_picture_is_a_png_with_text_that_can_be_read() -> None:
    text = '<text x="10" y="40" font-size="30" font-family="Atkinson Hyperlegible">Run</text>'
    frame = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="60">{}</svg>'
    with_text, empty = (png_of(frame.format(inside)) for inside in (text, ""))
    assert with_text.startswith(PNG)
    assert len(with_text) > 2 * len(empty), "without a font nothing would be drawn"


def test_the_renderer_is_not_imported_before_a_picture_is_drawn() -> None:
    check = "import sys, bot.app; sys.exit('resvg_py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
