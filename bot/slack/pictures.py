"""Pictures: SVG drawn as PNG, with a font that comes along with the bot.

The one file that knows the renderer. It is imported only when a picture is drawn: most deployments
run for hours without one.
"""

ZOOM = 1.5
"""Pixels for each unit of the drawing: sharp in the width that Slack shows, and quick to draw."""


def png_of(svg: str) -> bytes:
    """The picture as PNG; takes some 80 ms."""
    import resvg_py  # noqa: PLC0415 - needed for pictures alone
    from fontpkg_atkinson_hyperlegible import FAMILY, ROOT  # noqa: PLC0415 - and so is its font

    fonts = [str(path) for path in sorted((ROOT / "files").glob("*.ttf"))]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            skip_system_fonts=True,
            font_files=fonts,
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )
