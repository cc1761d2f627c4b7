"""Makes the example show's cover: the drawing `cover.svg` becomes `cover.jpg`.

Run `python examples/make_cover.py` after changing the drawing. It needs Chromium on PATH, because
a browser draws SVG as everybody else will see it, and Pillow, which Earmark needs anyway. Podcast
apps ask for a square JPEG between 1400 and 3000 pixels, without transparency; under 300 kB the
same picture also fits into the tags of each recording.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DRAWING = Path(__file__).with_name("cover.svg")
COVER = DRAWING.parent / "starting-the-conversation" / "cover.jpg"
SIDE = 2000  # pixels
LIMIT = 300_000  # bytes


def screenshot(drawing: Path, picture: Path) -> None:
    """Let Chromium draw the SVG; the sandbox is off so that it also runs in a container."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    size = ["--force-device-scale-factor=1", f"--window-size={SIDE},{SIDE}"]
    command = ["chromium", *options, *size, f"--screenshot={picture}", drawing.as_uri()]
    subprocess.run(command, check=True, capture_output=True)


def save(picture: Path, cover: Path) -> None:
    """Write the JPEG with full colour resolution: the edges between flat colours stay clean."""
    with Image.open(picture) as drawn:
        if drawn.size != (SIDE, SIDE):
            sys.exit(f"chromium drew {drawn.size} instead of {SIDE} by {SIDE} pixels")
        drawn.convert("RGB").save(cover, quality=90, subsampling=0, optimize=True)


def main() -> None:
    """Draw the cover and print its size; fail if it is too large for tags."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "cover.png"
        screenshot(DRAWING.resolve(), picture)
        save(picture, COVER)
    size = COVER.stat().st_size
    print(f"{COVER.name}: {SIDE} by {SIDE} pixels, {size // 1000} kB")
    if size >= LIMIT:
        sys.exit(f"{COVER} has {size} bytes; the limit is {LIMIT}")


if __name__ == "__main__":
    main()
