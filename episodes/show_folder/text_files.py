"""Reads text files of a show folder: UTF-8, of a limited size, never a pipe."""

from __future__ import annotations

from stat import S_ISREG
from typing import TYPE_CHECKING

from episodes.errors import SourceError
from episodes.rules import finding
from episodes.show_folder import scan

if TYPE_CHECKING:
    from pathlib import Path

_HOW = (
    "save it as UTF-8: in Notepad with Save as, Encoding UTF-8; in Word as plain text, UTF-8; in "
    "TextEdit with Format, Make Plain Text"
)
_OTHERS = {
    b"PK\x03\x04": "is a Word document or a zip file, not plain text",
    b"\xd0\xcf\x11\xe0": "is a Word document, not plain text",
    b"{\\rtf": "is rich text (RTF), not plain text",
    b"%PDF-": "is a PDF, not plain text",
}
LARGEST = 5_000_000  # bytes of text that one file may have


def read_exactly(folder: Path, path: str) -> str:
    """Read a text file of the show with any byte order mark. Raises SourceError."""
    file = folder / path
    try:
        stat = file.stat()
        if not S_ISREG(stat.st_mode):  # reading a pipe could wait for ever
            raise SourceError(finding("file-read", path, "", "is not a file"))
        if stat.st_size > LARGEST:
            large = f"is larger than {LARGEST // 10**6} MB of text"
            raise SourceError(finding("file-large", path, "", large))
        raw = file.read_bytes()
    except FileNotFoundError:
        message, fix = scan.why_missing(file.parent, file.name)
        raise SourceError(finding("file-read", path, "", message, fix=fix)) from None
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise SourceError(finding("file-read", path, "", message)) from None
    if what := _kind(raw):
        raise SourceError(finding("file-text", path, "", what, line=1, fix=_HOW))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = "has a character here that is not UTF-8"
        raise SourceError(finding("file-text", path, "", message, line=line, fix=_HOW)) from None


def _kind(raw: bytes) -> str:
    """Return what a file is by its first bytes, if not UTF-8 text; else ""."""
    start = raw[:400]
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} or start.count(0) > len(start) // 4 > 0:
        return "is UTF-16 text"
    return next((what for magic, what in _OTHERS.items() if start.startswith(magic)), "")


def read_text(folder: Path, path: str) -> str:
    """Read a text file of the show. Raises SourceError if it is not one."""
    return read_exactly(folder, path).removeprefix("\ufeff")
