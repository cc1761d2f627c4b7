"""Decodes text from anywhere: byte order mark, named charset, UTF-8, Windows-1252.

Like browsers (encoding.spec.whatwg.org), it reads Latin-1 as Windows-1252, and so the control
characters 128 to 159, which nobody uses (html.spec.whatwg.org, numeric character reference).
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from episodes.frontmatter.value_types import CONTROL
from episodes.text.quantities import quantity

FALLBACK = "cp1252"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
MARKS = tuple(mark for mark, _ in _BOMS)
_SAMPLE = 4_000  # bytes in which UTF-16 is recognised by its zeros
# Text charsets of Python; its other codecs decompress data or process escapes.
_KNOWN = re.compile(
    r"utf-8|utf-(?:16|32)(?:-[lb]e)?|ascii|cp(?:1252|125[0-8]|437|85\d|86\d|874|932|949|950)"
    r"|iso8859-\d{1,2}|koi8-[rut]|mac-[a-z]{4,9}|gb2312|gbk|gb18030|big5(?:hkscs)?|shift_jis"
    r"|euc_(?:jp|kr)|iso2022_(?:jp|kr)|tis-620|johab"
)
_WIDER = {
    "iso8859-1": FALLBACK, "ascii": FALLBACK, "iso8859-9": "cp1254", "tis-620": "cp874",
    "iso8859-11": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_ESCAPED = re.compile("iso2022")  # whose every text is valid UTF-8 too
_WIDE = re.compile("utf-(?:16|32)")
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9:._-]{1,40})", re.IGNORECASE)
_C1 = {
    number: bytes([number]).decode(FALLBACK)
    for number in range(128, 160)
    if number not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_BREAKS = {"\v": " ", "\f": " ", "\x1c": " ", "\x1d": " ", "\x1e": "-"}  # as Word means them


class Decoded(NamedTuple):
    """A text, and Python's name of the charset that it was decoded from."""

    text: str
    charset: str


def charset_named_in(source: str) -> str:
    """Return the charset named in a Content-Type or the head of a page, or ""."""
    match = _CHARSET.search(source[:5_000])
    return match[1] if match else ""


def python_charset(name: str) -> str:
    """Return Python's name of a text charset, widened as browsers do; "" for any other."""
    try:
        charset = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(charset, charset) if _KNOWN.fullmatch(charset) else ""


def detect_wide(data: bytes) -> str:
    """Return the charset of UTF-16 text that has no mark; "" if it is anything else."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    zeros = sample[0::2].count(0), sample[1::2].count(0)
    if half and max(zeros) > half * 0.4 and min(zeros) < half * 0.1:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return ""


def decode(data: bytes, *names: str) -> Decoded:
    """Decode bytes with the first charset that fits, of the named ones.

    Bytes that cannot be decoded become U+FFFD.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name)
    if name := detect_wide(data):
        return _decoded(data, name)
    charsets = [each for each in map(python_charset, names) if each and not _WIDE.match(each)]
    # Valid UTF-8 is UTF-8, whatever charset a server names for all its pages.
    ordered = [*filter(_ESCAPED.match, charsets), "utf-8", *charsets]
    for name in ordered:
        try:
            return Decoded(data.decode(name).translate(_C1), name)
        except (UnicodeDecodeError, ValueError):
            continue
    return _decoded(data, FALLBACK)


def _decoded(data: bytes, name: str) -> Decoded:
    return Decoded(data.decode(name, "replace").translate(_C1), name)


def character_of(number: int) -> str:
    """Return the character of an HTML character reference, "" if it has none."""
    letter = _C1.get(number) or (chr(number) if 0 < number < 0x110000 else "")
    return "" if CONTROL.match(letter) else letter


def drop_unprintable(text: str) -> tuple[str, str]:
    """Remove characters that no feed can carry.

    Returns the text and what was lost, as the end of a sentence, or "".
    """
    kept = CONTROL.sub("", text)
    gone, unread = len(text) - len(kept), kept.count("\ufffd")
    lost = [f"{_count(unread)} that cannot be read, shown as \ufffd"] if unread else []
    lost += [f"{_count(gone)} that a feed cannot carry, which were left out"] if gone else []
    return kept, f"has {' and '.join(lost)}" if lost else ""


def _count(number: int) -> str:
    return quantity(number, "character")


def without_control(text: str) -> str:
    """Replace or remove the control characters that no feed can carry."""
    return CONTROL.sub(lambda sign: _BREAKS.get(sign[0], _C1.get(ord(sign[0]), "")), text)
