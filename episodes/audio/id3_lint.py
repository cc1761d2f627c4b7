"""Checks the ID3v2.3 tag of a published MP3, without the library that wrote it.

Rules: id3.org/id3v2.3.0 and id3.org/id3v2-chapters-1.0; Apple drops all chapters over one fault.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from episodes.pictures import metadata
from episodes.rules import finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.findings import Finding

HEAD = 10  # bytes of the header of a tag, and of each frame
PICTURE = 300_000  # bytes that a picture in a recording may have
_NEEDED = ("TIT2", "TPE1", "TALB", "TCON", "TYER", "TDRL", "TLAN", "TGID", "COMM", "PCST", "APIC")
_FLAGS = 0b11  # top-level and ordered

Frame = tuple[str, bytes]


def tag_size(head: bytes) -> int:
    """Return the bytes of the tag that begins here, with its header; 0 if there is none."""
    if head[:3] != b"ID3" or len(head) < HEAD:
        return 0
    rest = 0
    for each in head[6:10]:
        rest = rest << 7 | each & 0x7F
    return HEAD + rest


def lint(tag: bytes, path: str) -> Iterator[Finding]:
    """Find the faults in a tag that cause trouble in players."""
    if tag[:3] != b"ID3" or tag[3:4] != b"\x03":
        kind = f"ID3v2.{tag[3]}" if tag[:3] == b"ID3" and tag[3:] else "nothing"
        yield finding("tag-version", path, "", f"begins with {kind}")
        return
    frames = list(_frames(tag))
    names = [name for name, _ in frames]
    if missing := [name for name in _NEEDED if name not in names]:
        yield finding("tag-frames", path, "", f"has no {', '.join(missing)}")
    for name, body in frames:
        if name == "APIC" and (not body[1:].startswith(b"image/jpeg\0") or len(body) > PICTURE):
            yield finding("tag-picture", path, "APIC", f"has {len(body):,} bytes, or is not a JPEG")
    if not _are_bare(_pictures(frames)):
        yield finding("art-bare", path, "APIC", "contains more than the picture")
    yield from _chapters(frames, path)


def _frames(tag: bytes) -> Iterator[Frame]:
    at = HEAD
    while tag[at : at + 1].isalnum():
        end = at + HEAD + int.from_bytes(tag[at + 4 : at + 8], "big")
        yield tag[at : at + 4].decode("latin-1"), tag[at + HEAD : end]
        at = end


def is_bare(head: bytes) -> bool:
    """Return whether the pictures at the head of an MP3 or M4A have no metadata."""
    return _are_bare(pictures_in(head))


def pictures_in(head: bytes) -> Iterator[bytes]:
    """Yield the pictures at the head of an MP3 or M4A, with those of chapters."""
    return _pictures(list(_frames(head))) if head[:3] == b"ID3" else _covers(head)


def _are_bare(pictures: Iterable[bytes]) -> bool:
    return all(map(metadata.is_bare, pictures))


def _covers(head: bytes) -> Iterator[bytes]:
    """Yield the pictures of an M4A whose index comes first."""
    at = head.find(b"covr")
    while at >= 0:
        size = int.from_bytes(head[at + 4 : at + 8], "big")
        if head[at + 8 : at + 12] == b"data":
            yield head[at + 20 : at + 4 + size]
        at = head.find(b"covr", at + 4)


def _pictures(frames: list[Frame]) -> Iterator[bytes]:
    """Yield the JPEGs of a recording and of its chapters."""
    for name, body in frames:
        if name == "CHAP":
            inner = body.partition(b"\0")[2][16:]
            yield from _pictures(list(_frames(bytes(HEAD) + inner)))
        elif name == "APIC":
            described = body[1:].partition(b"\0")[2][1:]
            yield described.partition(b"\0\0" if body[:1] == b"\1" else b"\0")[2]


def _chapters(frames: list[Frame], path: str) -> Iterator[Finding]:
    marks = [body.partition(b"\0") for name, body in frames if name == "CHAP"]
    starts = [int.from_bytes(rest[:4], "big") for _, _, rest in marks]
    if any(two <= one for one, two in pairwise(starts)):
        yield finding("tag-chapters", path, "CHAP", "are not in order of time")
    tables = [body.partition(b"\0")[2] for name, body in frames if name == "CTOC"]
    if not marks and not tables:
        return
    timed = sorted((rest[:4], mark) for mark, _, rest in marks)
    ids = b"".join(mark + b"\0" for _, mark in timed)
    right = len(tables) == 1 and len(tables[0]) > 2 and tables[0][0] & _FLAGS == _FLAGS
    if not right or tables[0][1] != len(marks) or not tables[0][2:].startswith(ids):
        yield finding("tag-contents", path, "CTOC", "does not match the chapters")
