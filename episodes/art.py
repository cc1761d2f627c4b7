"""Pictures: whether directories accept a cover, and smaller copies. The only door to Pillow.

Rules: Apple "Podcast artwork" (JPEG or PNG, square, 1400 to 3000 px, RGB, no transparency).
"""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from episodes.findings import Finding
from episodes.rulebook import found

SMALLEST, LARGEST = 1400, 3000
OF_CHAPTER = 600  # px that a chapter's own picture has at least: apps show it in the cover's place
EMBEDDED = 600  # px of the picture inside the recording
EMBEDDED_BYTES = 300_000
SMALL = 480  # px of the picture on pages
GROUND, WAVE, WORDS = "#14605a", "#86cdc1", "#faf7f1"  # of a drawn cover: in feed/static/tokens.css
BARS = 17  # of a drawn cover
_SUFFIX = {"JPEG": ".jpg", "PNG": ".png"}


class Picture(NamedTuple):
    """A picture as it is published: the file's own bytes, and the small copies made from it."""

    data: bytes
    suffix: str
    width: int
    embedded: bytes
    small: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the picture as the lead gave it."""
        return hashlib.sha256(self.data).hexdigest()


def inspect(path: Path, name: str, smallest: int = SMALLEST) -> list[Finding]:
    """Return what is wrong with a picture, called `name`; [] where it can be published."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                problems = _problems(image, name, smallest)
                image.load()
                return problems
    except UnidentifiedImageError:
        return [found("art-format", name, "", "is not a picture")]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return [found("art-size", name, "", "is far too large")]
    except Exception as error:  # Pillow's readers let through whatever a broken file makes of them
        reason = getattr(error, "strerror", None) or "it is cut short or damaged"
        return [found("art-damaged", name, "", f"cannot be read ({reason})")]


def _problems(image: Image.Image, name: str, smallest: int) -> list[Finding]:
    width, height = image.size
    problems = []
    if image.format not in _SUFFIX:
        problems.append(found("art-format", name, "", f"is {image.format}"))
    if width != height:
        fix = f"make it square, {smallest} to {LARGEST} pixels wide and high"
        problems.append(found("art-square", name, "", f"is {width} x {height} pixels", fix=fix))
    elif not smallest <= width <= LARGEST:
        fix = f"make it {smallest} to {LARGEST} pixels wide and high"
        problems.append(found("art-size", name, "", f"is {width} x {height} pixels", fix=fix))
    if image.mode == "CMYK":
        problems.append(found("art-colours", name, "", "is for printing (CMYK)"))
    elif "A" in image.mode or "transparency" in image.info:
        problems.append(found("art-alpha", name, "", "has transparency"))
    return problems


def is_named(path: Path) -> bool:
    """Say whether a picture is what its name ends in."""
    with Image.open(path) as image:
        return _SUFFIX.get(image.format or "") == path.suffix


def ending(path: Path) -> str:
    """Return how the name of a picture that `inspect` found nothing wrong with must end."""
    with Image.open(path) as image:
        return _SUFFIX[image.format or "JPEG"]


def load(path: Path, *, copies: bool = True) -> Picture:
    """Read a picture that `inspect` found nothing wrong with, and make the small copies.

    They are empty where none are wanted.
    """
    data = path.read_bytes()
    with Image.open(io.BytesIO(data)) as image:
        suffix = _SUFFIX[image.format or "JPEG"]
        if not copies:
            return Picture(data, suffix, image.width, b"", b"")
        flat = image.convert("RGB")
    if suffix == ".jpg" and len(data) <= EMBEDDED_BYTES:
        embedded = data  # the lead's own bytes are the same on every computer
    else:
        embedded = _jpeg(flat, EMBEDDED, EMBEDDED_BYTES)
    return Picture(data, suffix, flat.width, embedded, _jpeg(flat, SMALL, EMBEDDED_BYTES))


def _jpeg(image: Image.Image, width: int, limit: int) -> bytes:
    small = image.resize((width, width), Image.Resampling.LANCZOS)
    for quality in (85, 75, 60, 40):
        target = io.BytesIO()
        small.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
        if target.tell() <= limit:
            break
    return target.getvalue()


def draw_cover(title: str, path: Path, width: int = 1400) -> None:
    """Draw a plain cover with the title, for a show that has none yet, in the site's colours."""
    image = Image.new("RGB", (width, width), GROUND)
    _draw_wave(image, title)
    _write_title(ImageDraw.Draw(image), title, width)
    image.save(path, "JPEG", quality=90, optimize=True)


def _draw_wave(image: Image.Image, title: str) -> None:
    """Draw bars as of a sound along the foot; how high each is, the title says.

    They are drawn four times as large: made smaller, their round ends are smooth.
    """
    wide, high = image.width * 8 // 10, image.width // 5
    mask = Image.new("L", (4 * wide, 4 * high))
    draw = ImageDraw.Draw(mask)
    heights = hashlib.sha256(title.encode()).digest()[:BARS]
    step = 4 * wide / (BARS - 0.5)
    for place, each in enumerate(heights):
        left, half = place * step, 2 * high * (0.2 + 0.8 * each / 255)
        box = (left, 2 * high - half, left + step / 2, 2 * high + half - 1)
        draw.rounded_rectangle(box, radius=step / 4, fill=255)
    smooth = mask.resize((wide, high), Image.Resampling.BOX)
    image.paste(WAVE, (image.width // 10, image.width * 7 // 10), smooth)


def _write_title(draw: ImageDraw.ImageDraw, title: str, width: int) -> None:
    """Write the title above the wave, as large as it fits in four lines."""
    place, gap = (width * 0.1, width * 0.09), width * 0.02
    text, font = "", ImageFont.load_default(width * 0.05)
    for size in (0.14, 0.115, 0.095, 0.075, 0.06):
        font = ImageFont.load_default(width * size)
        lines = [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            if draw.textlength(longer, font) <= width * 0.8 or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        text = "\n".join(lines[:5])
        _, _, right, foot = draw.multiline_textbbox(place, text, font, spacing=gap)
        if len(lines) <= 4 and right <= width * 0.94 and foot <= width * 0.66:
            break
    draw.multiline_text(place, text, WORDS, font, spacing=gap)
