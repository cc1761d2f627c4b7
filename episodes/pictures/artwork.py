"""Checks that directories accept a picture, and makes the files that are published.

Only this module and `pixels.py` use Pillow, which gets only what `metadata.py` leaves of a file.
Apple "Podcast artwork": JPEG or PNG, square, 1400 to 3000 px, RGB, no transparency.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from episodes.findings import Finding, errors_in
from episodes.pictures import metadata, pixels
from episodes.pictures.metadata import PLACE, NotAPictureError, PictureParts
from episodes.rules import finding

SMALLEST, LARGEST = 1400, 3000
OF_CHAPTER = 600  # px that a chapter's own picture has at least: apps show it in the cover's place
EMBEDDED = 600  # px of the picture inside the recording
EMBEDDED_BYTES = 300_000
SMALL = 480  # px of the picture on pages
FILE = 100_000_000  # bytes of a file that is read at most
PIXELS = {"JPEG": 110_000_000, "PNG": 50_000_000}  # phones make pictures of 108 million
QUALITY = 92  # of a JPEG that has to be encoded again
RECIPE = "1"  # raise it to change the look of pictures that are encoded again
GROUND, WAVE, WORDS = (
    "#14605a",
    "#86cdc1",
    "#faf7f1",
)  # of a drawn cover: in episodes/static/tokens.css
BARS = 17  # of a drawn cover
_SUFFIX = {"JPEG": ".jpg", "PNG": ".png"}


class PictureRequest(NamedTuple):
    """The requirements of a picture.

    smallest: its width in pixels, at least.
    crop: whether to crop it to a square.
    key: the front matter that asks for a crop, for findings; "" if nothing can.
    """

    smallest: int = SMALLEST
    crop: bool = False
    key: str = ""


COVER, CHAPTER = PictureRequest(), PictureRequest(OF_CHAPTER)


class Picture(NamedTuple):
    """A picture as it is published, without metadata, and its small copies.

    bare: whether these are the bytes of the lead's file.
    digest: names it: of its bytes or, if it was encoded again, of the lead's file and how.
    """

    data: bytes
    bare: bool
    suffix: str
    width: int
    digest: str
    embedded: bytes
    small: bytes


class _Opened(NamedTuple):
    """A decoded picture, its size as shown, and its findings."""

    image: Image.Image
    parts: PictureParts
    size: tuple[int, int]
    findings: list[Finding]


def inspect_picture(path: Path, name: str, wish: PictureRequest = COVER) -> list[Finding]:
    """Return the findings about a picture; errors if it cannot be published."""
    return prepare_picture(path, name, wish, copies=False)[1]


def load_picture(path: Path, wish: PictureRequest = COVER) -> Picture:
    """Return the published form of a picture in which `inspect_picture` finds no error."""
    picture, findings = prepare_picture(path, path.name, wish)
    if picture is None:
        msg = f"{path.name}: {findings[0].said}"
        raise ValueError(msg)
    return picture


def prepare_picture(
    path: Path, name: str, wish: PictureRequest = COVER, *, copies: bool = True
) -> tuple[Picture | None, list[Finding]]:
    """Return the published form of a picture, None if there is an error, and the findings.

    Without `copies` it is only checked, and its bytes are empty. No program is started, whatever
    the file is.
    """
    try:
        data = _read(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = _open(data, name, wish)
            if errors_in(opened.findings):
                return None, opened.findings
            return _published(data, opened, wish, copies=copies), opened.findings
    except NotAPictureError as error:
        return None, [_unsupported(name, str(error))]
    except (Image.DecompressionBombError, _TooLargeError):
        return None, [finding("art-size", name, "", "is far too large")]
    except Exception as error:  # Pillow passes on any error that a broken file causes
        reason = getattr(error, "strerror", None) or "it is cut short or damaged"
        return None, [finding("art-damaged", name, "", f"cannot be read ({reason})")]


class _TooLargeError(Exception):
    """A picture has too many bytes or pixels."""


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(FILE + 1)
    if len(data) > FILE:
        raise _TooLargeError
    return data


def _unsupported(name: str, kind: str) -> Finding:
    if not kind:
        return finding("art-format", name, "", "is not a picture")
    return finding("art-format", name, "", f"is {kind}")


def _open(data: bytes, name: str, wish: PictureRequest) -> _Opened:
    """Decode a picture, and find what is wrong with it and what is left out."""
    parts = metadata.split_picture(data)
    image = pixels.open_picture(parts)
    size = image.size
    if size[0] * size[1] > PIXELS[parts.kind]:
        raise _TooLargeError
    findings = _of_size(size if parts.orientation < 5 else size[::-1], name, wish)
    if min(size) >= 2 * LARGEST:
        image.draft(image.mode, (LARGEST, LARGEST))  # a JPEG's own way to be half as large
    pixels.decode_picture(image, parts.bits)
    if image.mode == "CMYK":
        findings.append(finding("art-colours", name, "", "has colours for printing (CMYK)"))
    elif not pixels.is_opaque(image):
        findings.append(finding("art-alpha", name, "", "has transparency"))
    if parts.left_out:
        findings.append(finding("art-metadata", name, "", _describe_metadata(parts.left_out)))
    return _Opened(image, parts, size, findings)


def _of_size(size: tuple[int, int], name: str, wish: PictureRequest) -> list[Finding]:
    """Return the findings about a size."""
    (width, height), side = size, min(size)
    shown = f"is {width} x {height} pixels"
    if width != height and not wish.crop:
        large = "" if side >= wish.smallest else f", at least {wish.smallest} pixels wide and high"
        asked = f", or write {wish.key} to publish its middle" if wish.key and not large else ""
        fix = f"make it square{large} (every photo app crops to 1:1){asked}"
        return [finding("art-square", name, "", shown, fix=fix)]
    if side < wish.smallest:
        fix = f"make it {wish.smallest} to {LARGEST} pixels wide and high"
        return [finding("art-size", name, "", shown, fix=fix)]
    if side <= LARGEST and width == height:
        return []
    middle = "its middle" if width != height else "it"
    side = min(side, LARGEST)
    return [finding("art-scaled", name, "", f"{shown}; {middle} is published as {side} x {side}")]


def _describe_metadata(left_out: tuple[str, ...]) -> str:
    """Return in words what is in a file besides the picture."""
    others = [each for each in left_out if each != PLACE]
    listed = " and ".join(filter(None, (", ".join(others[:-1]), *others[-1:])))
    if PLACE not in left_out:
        return f"has {listed} in it"
    return f"says {PLACE}" + (f", and has {listed} in it" if listed else "")


def _published(data: bytes, opened: _Opened, wish: PictureRequest, *, copies: bool) -> Picture:
    """Return the lead's own bytes without metadata, or encode the picture again if needed."""
    image, parts, suffix = opened.image, opened.parts, _SUFFIX[opened.parts.kind]
    width = min(*opened.size, LARGEST)
    good = _is_right(opened)
    named = parts.data if good else f"{RECIPE} {wish.crop} ".encode() + data
    digest = hashlib.sha256(named).hexdigest()
    if not copies:
        return Picture(b"", True, suffix, width, digest, b"", b"")
    if good:
        shown, published = image, parts.data
    else:
        upright = pixels.crop_square(pixels.flatten(image), parts.orientation, LARGEST)
        shown = pixels.to_srgb(upright, parts.profile)
        published = _encoded(shown, parts.kind)
    if suffix == ".jpg" and len(published) <= EMBEDDED_BYTES:
        embedded = published  # these bytes are the same on every computer
    else:
        embedded = _jpeg(shown, EMBEDDED, EMBEDDED_BYTES)
    small = _jpeg(shown, SMALL, EMBEDDED_BYTES)
    return Picture(published, published == data, suffix, width, digest, embedded, small)


def _is_right(opened: _Opened) -> bool:
    """Return whether the pixels can be published as they are, without encoding them again."""
    image, parts, (width, height) = opened.image, opened.parts, opened.size
    return (
        parts.sure
        and parts.orientation == 1
        and width == height <= LARGEST
        and (image.mode, parts.bits) == ("RGB", 8)
        and not image.has_transparency_data
        and pixels.colour_transform("RGB", parts.profile) is None
    )


def _encoded(image: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    if kind == "JPEG":
        image.save(target, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    else:
        image.save(target, "PNG")
    return target.getvalue()


def is_named(path: Path) -> bool:
    """Return whether the name of a picture ends in its format."""
    return ending_of(path) == path.suffix


def ending_of(path: Path) -> str:
    """Return the ending of a picture in which `inspect_picture` finds no error."""
    with path.open("rb") as file:
        return ".png" if file.read(8) == metadata.PNG else ".jpg"


def _jpeg(image: Image.Image, width: int, limit: int) -> bytes:
    small = image.resize((width, width), Image.Resampling.LANCZOS)
    for quality in (85, 75, 60, 40):
        target = io.BytesIO()
        small.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
        if target.tell() <= limit:
            break
    return target.getvalue()


def draw_cover(title: str, path: Path, width: int = 1400) -> None:
    """Draw a plain cover with the title in the site's colours, for a show without a cover."""
    image = Image.new("RGB", (width, width), GROUND)
    _draw_wave(image, title)
    _write_title(ImageDraw.Draw(image), title, width)
    image.save(path, "JPEG", quality=90, optimize=True)


def _draw_wave(image: Image.Image, title: str) -> None:
    """Draw a waveform at the foot; the title sets the heights of its bars.

    The bars are drawn at four times their size, so that their round ends are smooth.
    """
    wide, high = image.width * 8 // 10, image.width // 5
    mask = Image.new("L", (4 * wide, 4 * high))
    draw = ImageDraw.Draw(mask)
    heights = hashlib.sha256(title.encode()).digest()[:BARS]
    step = 4 * wide / (BARS - 0.5)
    for bar, each in enumerate(heights):
        left, half = bar * step, 2 * high * (0.2 + 0.8 * each / 255)
        box = (left, 2 * high - half, left + step / 2, 2 * high + half - 1)
        draw.rounded_rectangle(box, radius=step / 4, fill=255)
    smooth = mask.resize((wide, high), Image.Resampling.BOX)
    image.paste(WAVE, (image.width // 10, image.width * 7 // 10), smooth)


def _write_title(draw: ImageDraw.ImageDraw, title: str, width: int) -> None:
    """Write the title above the waveform, as large as fits in four lines."""
    corner, gap = (width * 0.1, width * 0.09), width * 0.02
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
        _, _, right, foot = draw.multiline_textbbox(corner, text, font, spacing=gap)
        if len(lines) <= 4 and right <= width * 0.94 and foot <= width * 0.66:
            break
    draw.multiline_text(corner, text, WORDS, font, spacing=gap)
