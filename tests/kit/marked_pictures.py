"""Makes pictures that say more than they show, with a marker in every part that is not picture."""

from __future__ import annotations

import io
import struct
import zlib
from typing import NamedTuple

from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

MARKER = b"51.5007N 0.1246W Ward 7"


class Extra(NamedTuple):
    """One part to put into a picture: a marker of JPEG, a chunk of PNG, and what is in it."""

    mark: int
    chunk: bytes
    body: bytes


def exif(orientation: int = 1, words: bytes = MARKER, order: str = ">") -> bytes:
    """Return EXIF with an orientation, a place and some words."""
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}I", 8)
    at = 8 + 2 + 3 * 12 + 4
    rows = [
        struct.pack(f"{order}HHIHH", 0x112, 3, 1, orientation, 0),
        struct.pack(f"{order}HHII", 0x10E, 2, len(words), at + 18),
        struct.pack(f"{order}HHII", 0x8825, 4, 1, at),
    ]
    place = struct.pack(f"{order}H", 1) + struct.pack(f"{order}HHI4s", 1, 2, 2, b"N\0\0\0")
    return head + struct.pack(f"{order}H", 3) + b"".join(rows) + bytes(4) + place + bytes(4) + words


def segment(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def encoded(kind: str, size: int = 8, mode: str = "RGB", *, progressive: bool = False) -> bytes:
    """Return a picture with nothing beside it; its top left quarter is another colour."""
    target = io.BytesIO()
    image = Image.new(mode, (size, size))
    image.paste(Image.new(mode, (size // 2, size // 2), 255 if mode == "L" else "red"))
    options = {"progressive": progressive} if kind == "JPEG" else {}
    image.save(target, kind, **options)
    return target.getvalue()


def jpeg(
    extras: list[Extra], tail: bytes = b"", *, size: int = 8, progressive: bool = False
) -> bytes:
    """Return a JPEG with more in it, before the picture and between its scans."""
    data = encoded("JPEG", size, progressive=progressive)
    parts = b"".join(segment(each.mark, each.body) for each in extras)
    last = data.rindex(b"\xff\xda")  # another scan, where there are several
    between = parts if progressive else b""
    return data[:2] + parts + data[2:last] + between + data[last:] + tail


def png(extras: list[Extra], tail: bytes = b"", *, size: int = 8) -> bytes:
    """Return a PNG with more in it, before and behind the pixels."""
    data = encoded("PNG", size)
    end = data.rindex(b"IEND") - 4
    parts = b"".join(chunk(each.chunk, each.body) for each in extras)
    return data[:33] + parts + data[33:end] + parts + data[end:] + tail


def profile(words: str = "Ward 7") -> bytes:
    """Return a colour profile of sRGB."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return bytes(made.tobytes()) + words.encode()


_NAMES = st.builds(
    lambda first, rest: bytes((first, *rest)),
    st.integers(97, 122),  # a small letter: nobody needs it
    st.lists(st.sampled_from(b"abcxyzABCXYZ"), min_size=3, max_size=3),
)
KNOWN = [
    b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"sPLT", b"hIST", b"pHYs", b"gAMA",
    b"sRGB", b"cHRM", b"bKGD", b"sBIT", b"cICP", b"acTL", b"caBX", b"PLTE",
]  # fmt: skip
BEGIN = [
    b"", b"JFIF\0\1\1\0\0\1\0\1\0\0", b"Adobe\0d\0\0\0\0\1",
    b"JFIF\0", b"JFXX\0", b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Adobe", b"MPF\0",
    b"ICC_PROFILE\0\1\1", b"Photoshop 3.0\0008BIM", b"FPXR\0", b"Ducky", exif(),
]  # fmt: skip
MARKS = [*range(0xE0, 0xF0), 0xFE, 0xF0, 0xFD, 0xC8, 0xDC, 0xDE, 0xDF, 0x02]


@st.composite
def extras(draw: st.DrawFn) -> Extra:
    filler = draw(st.binary(max_size=40))
    body = draw(st.sampled_from(BEGIN)) + filler + MARKER + draw(st.binary(max_size=40))
    return Extra(draw(st.sampled_from(MARKS)), draw(_NAMES | st.sampled_from(KNOWN)), body)


def texts() -> PngImagePlugin.PngInfo:
    """Return text that Pillow writes into a PNG."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARKER.decode())
    info.add_itxt("XML:com.adobe.xmp", f"<x>{MARKER.decode()}</x>")
    return info
