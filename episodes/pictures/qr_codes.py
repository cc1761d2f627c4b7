"""Draws QR codes as inline SVG. The only module that uses segno."""

from __future__ import annotations

import segno


def draw_qr(text: str) -> str:
    """Draw a text with the quiet margin that readers need: an <svg>, as wide as it is given room.

    The text is in its shape only, never in its markup.
    """
    drawn: str = segno.make(text, error="m", micro=False).svg_inline(border=4, omitsize=True)
    return drawn
