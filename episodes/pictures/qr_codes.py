"""Draws QR codes as inline SVG. The only module that uses segno."""

from __future__ import annotations

import segno


def draw_qr(text: str) -> str:
    """Return the QR code of a text as <svg>, with the quiet zone that readers need.

    The text is only in its shape, never in its markup.
    """
    drawn: str = segno.make(text, error="m", micro=False).svg_inline(border=4, omitsize=True)
    return drawn
