"""Separates the picture in a JPEG or PNG from all metadata.

Anything that is not on a short list of what a picture needs is left out: the place, the phone,
names, comments, a second picture, a film after it. Nothing is decoded here, so that no decoder ever
sees what is left out. JPEG: ITU-T T.81, annex B; PNG: w3.org/TR/png-3.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Iterator

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
PLACE = "where it was taken (GPS)"
SCANS = 100  # of a JPEG; a progressive one has about ten, and each costs a pass over all pixels
MOST = 50_000  # segments or chunks; a PNG of 100 MB has 12,000
PROFILE = 5_000_000  # bytes of a colour profile
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC8}  # with the tables of Huffman and arithmetic codes
_SHOWN = {0xC0, 0xC1, 0xC2}  # frames that every browser and app can show
_NEEDED = _FRAMES | {0xDA, 0xDB, 0xDD}  # scans, quantisation, restarts
_END_OF_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_EXIF, _XMP, _ICC = b"Exif\0", b"http://ns.adobe.com/x", b"ICC_PROFILE\0"
# Chunks of a PNG that are numbers of a known length, beside IHDR, PLTE, tRNS, IDAT and IEND.
_NUMBERS = {b"sRGB": {1}, b"gAMA": {4}, b"cHRM": {32}, b"pHYs": {9}, b"cICP": {4},
            b"sBIT": {1, 2, 3, 4}, b"bKGD": {1, 2, 6}}  # fmt: skip
_OF_CAMERA, _OF_PROGRAM = "data from the camera (EXIF)", "data from a program (XMP)"
_WORDS = {b"eXIf": _OF_CAMERA, b"iTXt": "text", b"tEXt": "text", b"zTXt": "text", b"tIME": "a date"}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
           (0, 1, 1, 2))  # fmt: skip


class NotAPictureError(EarmarkError):
    """A file is neither JPEG nor PNG; the text names its format."""


class DamagedPictureError(EarmarkError):
    """A JPEG or PNG is cut short or inconsistent."""


class PictureParts(NamedTuple):
    """A picture without what was written about it.

    kind: "JPEG" or "PNG".
    data: the bytes that show the picture, and no others.
    left_out: what the file had beside them, in words for a person.
    orientation: how a camera was held, 1 to 8 as EXIF counts; 1 is upright.
    profile: its colour profile (ICC), which is left out too; b"" without one.
    bits: how many bits a channel has, 1 to 16.
    sure: False where something may hide among the pixels, or few programs can show them (arithmetic
        codes): encode them again.
    """

    kind: str
    data: bytes
    left_out: tuple[str, ...]
    orientation: int
    profile: bytes
    bits: int
    sure: bool


def split_picture(data: bytes) -> PictureParts:
    """Split a picture. Raises NotAPictureError, DamagedPictureError."""
    if data.startswith(JPEG):
        return _split_jpeg(data)
    if data.startswith(PNG):
        return _split_png(data)
    raise NotAPictureError(kind_of(data))


def is_bare(data: bytes) -> bool:
    """Return whether bytes are a picture and nothing else: no metadata, no profile, no tail."""
    try:
        return split_picture(data).data == data
    except EarmarkError:
        return False


def first_metadata(begin: bytes) -> str:
    """Return the first metadata in the head of a picture, in words; "" if there is none.

    Metadata beyond `begin` is not found.
    """
    is_png = begin.startswith(PNG)
    at = len(PNG) if is_png else 2
    while at + 12 <= len(begin):
        if is_png:
            name, length = begin[at + 4 : at + 8], int.from_bytes(begin[at : at + 4], "big") + 12
            words = _WORDS.get(name, "")
        else:
            if begin[at] != 0xFF or begin[at + 1] == 0xDA:
                return ""
            length = int.from_bytes(begin[at + 2 : at + 4], "big") + 2
            seen = begin[at + 1] in {0xE1, 0xED, 0xFE}
            words = _words(begin[at + 1], begin[at + 4 :])[-1] if seen else ""
        if words:
            return words
        at += length
    return ""


def kind_of(data: bytes) -> str:
    """Return the format of another file in words; "" if unknown."""
    kinds = ((rb"GIF8", "GIF"), (rb"RIFF....WEBP", "WEBP"), (rb"....ftyp(avif|avis)", "AVIF"),
             (rb"....ftyp(hei|hev|mif1|msf1)", "HEIC"), (rb"....ftyp", "a video"), (rb"BM", "BMP"),
             (rb"II\*\0|MM\0\*", "TIFF"), (rb"%!PS|\xc5\xd0\xd3\xc6", "EPS"), (rb"%PDF", "PDF"),
             (rb"8BPS", "PSD"), (rb"\s*<(\?xml|svg|!DOCTYPE svg)", "SVG"),
             (rb"\xff\x0a|\0\0\0\x0cJXL ", "JPEG XL"),
             (rb"\0\0\0\x0cjP  ", "JPEG 2000"))  # fmt: skip
    head = data[:64].removeprefix(b"\xef\xbb\xbf")
    return next((name for sign, name in kinds if re.match(sign, head, re.DOTALL)), "")


def _split_jpeg(data: bytes) -> PictureParts:
    kept, left = [b"\xff\xd8"], dict[str, None]()
    exif, profile, once, scans, ended, common = b"", b"", set[bytes](), 0, False, True
    for mark, segment in _segments(data):
        body = segment[4:]
        if mark == 0xD9:
            ended = True
            left |= dict.fromkeys(["a second picture or a video"] if len(segment) > 2 else [])
        elif mark in _NEEDED:
            scans += mark == 0xDA
            common = common and mark in _SHOWN | {0xC4, 0xDA, 0xDB, 0xDD}
            kept.append(segment)
        elif mark in {0xE0, 0xEE} and (header := _header(body)) and header[:4] not in once:
            once.add(header[:4])
            kept.append(bytes((0xFF, mark)) + (len(header) + 2).to_bytes(2, "big") + header)
            left |= dict.fromkeys(["a thumbnail"] if len(header) < len(body) else [])
        elif mark == 0xE2 and body.startswith(_ICC):
            profile += body[14:]
        else:
            exif = exif or (body[6:] if mark == 0xE1 and body.startswith(_EXIF) else b"")
            left |= dict.fromkeys(_words(mark, body))
    if not 0 < scans <= SCANS:
        raise DamagedPictureError("it is cut short or damaged")
    orientation, placed = _exif(exif)
    removed = tuple(dict.fromkeys(([PLACE] if placed else []) + list(left)))
    whole = b"".join(kept) + b"\xff\xd9" * ended  # Pillow sees whether it was cut short
    sure = ended and common
    return PictureParts("JPEG", whole, removed, orientation, profile[:PROFILE], 8, sure)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (marker, bytes with the marker); a scan includes its pixels, the end its tail."""
    at, parts = 2, 0
    while True:
        match = _END_OF_SCAN.search(data, at)  # past what fills the gap
        if not match:
            return
        parts += 1
        if parts > MOST:
            raise DamagedPictureError("it is cut short or damaged")
        at, mark = match.start(), data[match.start() + 1]
        if mark == 0xD9:
            yield mark, data[at:]
            return
        if mark in {0x01, 0xD8}:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise DamagedPictureError("it is cut short or damaged")
        if mark == 0xDA:
            after = _END_OF_SCAN.search(data, end)
            end = after.start() if after else len(data)
        yield mark, data[at:end]
        at = end


def _header(body: bytes) -> bytes:
    """Return the part of a JFIF or Adobe segment that decoders need; b"" for any other."""
    if body.startswith(b"JFIF\0") and len(body) >= 14 and body[7] <= 2:
        return body[:12] + b"\0\0"  # no small picture
    right = body.startswith(b"Adobe") and len(body) >= 12 and body[11] <= 2
    return body[:12] if right else b""


def _words(mark: int, body: bytes) -> list[str]:
    """Return in words what a segment that is left out contained."""
    if mark == 0xE1 and body.startswith(_XMP):
        return [*([PLACE] if b"GPSL" in body else []), _OF_PROGRAM]
    if mark == 0xE1 and body.startswith(_EXIF):
        return [_OF_CAMERA]
    return [{0xFE: "a comment", 0xED: "captions and names (IPTC)"}.get(mark, "other data")]


def _exif(tiff: bytes) -> tuple[int, bool]:
    """Return the EXIF orientation, and whether EXIF has a place."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return 1, False

    def number(at: int, size: int) -> int:
        part = tiff[at : at + size]
        return int.from_bytes(part, "little" if order == "little" else "big")

    def tags(at: int) -> dict[int, tuple[int, int]]:
        rows = range(at + 2, at + 2 + 12 * min(number(at, 2), 500), 12)
        return {number(row, 2): (number(row + 8, 2), number(row + 8, 4)) for row in rows}

    first = tags(number(4, 4))
    orientation = first.get(0x112, (1, 0))[0]
    position = tags(first[0x8825][1]) if 0x8825 in first else {}
    placed = not position.keys().isdisjoint({1, 2, 3, 4, 29})
    return orientation if 1 <= orientation <= 8 else 1, placed


def _split_png(data: bytes) -> PictureParts:
    kept, left, once = [PNG], dict[str, None](), set[bytes]()
    exif, profile, pixels, head = b"", b"", list[bytes](), b""
    for name, chunk in _chunks(data):
        body = chunk[8:-4]
        if name == b"IHDR" and not head:
            head = body
            kept.append(chunk)
        elif name == b"IDAT":
            pixels.append(body)
            kept.append(chunk)
        elif name == b"IEND":
            left |= dict.fromkeys(["data after its end"] if chunk[8:-4] else [])
        elif name not in once and _is_needed(name, body, head):
            once.add(name)
            kept.append(chunk)
        elif name == b"iCCP":
            profile = profile or _inflated(body.partition(b"\0")[2][1:])
        else:
            exif = exif or (body if name == b"eXIf" else b"")
            position = [PLACE] if name.endswith(b"Xt") and b"GPSL" in body else []
            left |= dict.fromkeys([*position, _WORDS.get(name, "other data")])
    if len(head) != 13 or not pixels:
        raise DamagedPictureError("it is cut short or damaged")
    orientation, placed = _exif(exif.removeprefix(b"Exif\0\0"))
    removed = tuple(dict.fromkeys(([PLACE] if placed else []) + list(left)))
    whole = b"".join([*kept, _IEND])
    sure = _holds_only_pixels(head, b"".join(pixels))
    return PictureParts("PNG", whole, removed, orientation, profile, head[8], sure)


_IEND = b"\0\0\0\0IEND\xaeB`\x82"


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, chunk) of a PNG; the last chunk includes what follows the picture."""
    at = len(PNG)
    for _ in range(MOST):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if len(data) < at + 12 or end > len(data):
            raise DamagedPictureError("it is cut short or damaged")
        if name == b"IEND":
            yield name, data[at : end - 4] + data[end:] + data[end - 4 : end]
            return
        yield name, data[at:end]
        at = end
    raise DamagedPictureError("it is cut short or damaged")


def _is_needed(name: bytes, body: bytes, head: bytes) -> bool:
    palette = head[9:10] == b"\3"
    if name == b"PLTE":
        return palette
    if name == b"tRNS":
        return len(body) <= (256 if palette else 6)
    if name in {b"cHRM", b"gAMA", b"pHYs"} and any(body[: len(body) // 4 * 4 : 4]):
        return False  # no such number is so large
    return len(body) in _NUMBERS.get(name, set())


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, PROFILE)
    except zlib.error:
        return b""


def _holds_only_pixels(head: bytes, packed: bytes) -> bool:
    """Return whether the compressed data of a PNG has its rows of pixels and nothing more."""
    width, height = (int.from_bytes(head[at : at + 4], "big") for at in (0, 4))
    bits = head[8] * _CHANNELS.get(head[9], 0)
    if width * height > 50_000_000:
        return False
    passes = _PASSES if head[12] else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes]
    rows = sum(high * (1 + -(-wide * bits // 8)) for wide, high in sizes if wide > 0 < high)
    reader = zlib.decompressobj()
    try:
        size = len(reader.decompress(packed, rows + 1))
    except zlib.error:
        return False
    return size == rows and reader.eof and not reader.unused_data
