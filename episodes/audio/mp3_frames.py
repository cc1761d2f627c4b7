"""Finds the audio frames of an MP3 between its tags; copies them and hashes them.

Tagging never edits a file: a new header is written in front of a copy of the frames, the copy is
compared with the original, and only then does it take its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 18  # bytes; what is hashed, written and read back is then still in the cache


class DamagedAudioError(EarmarkError):
    """A file does not hold the bytes that it should."""


class Frames(NamedTuple):
    """A part of a file: bytes `start` up to, not including, `end`."""

    path: Path
    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes of audio there are."""
        return self.end - self.start


def find_frames(path: Path) -> Frames:
    """Find the frames between the ID3v2 tags at the head and APEv2 and ID3v1 at the end."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        start = 0
        while (size := id3v2_size(file, start)) and start + size <= end:
            start += size
        if end - start >= 128 and _read(file, end - 128, 3) == b"TAG":
            inside = _read(file, max(end - 131, 0), 8) == b"APETAGEX"  # of that very length
            end -= 0 if inside else 128
        footer = _read(file, end - 32, 32) if end - start >= 32 else b""
        if footer.startswith(b"APETAGEX"):
            header = 32 if footer[23] & 0x80 else 0
            size = header + int.from_bytes(footer[12:16], "little")
            end -= size if size <= end - start else 32  # one that lies about its size: itself only
    return Frames(path, start, end)


def whole_file(path: Path) -> Frames:
    """Return the whole file, with all tags. Raises OSError."""
    return Frames(path, 0, path.stat().st_size)


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)


def id3v2_size(file: IO[bytes], at: int) -> int:
    """Return the size of the ID3v2 tag that begins here, or 0."""
    head = _read(file, at, 10)
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def digest_of(frames: Frames) -> str:
    """Return the SHA-256 of the frames alone: the media version."""
    sha = hashlib.sha256()
    with frames.path.open("rb") as file:
        for chunk in _chunks(file, frames):
            sha.update(chunk)
    return sha.hexdigest()


def _chunks(file: IO[bytes], frames: Frames) -> Iterator[bytes]:
    file.seek(frames.start)
    left = frames.length
    while left > 0:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise DamagedAudioError(f"{frames.path.name} got shorter while Earmark was reading it")
        left -= len(chunk)
        yield chunk


def copy_frames(frames: Frames, header: bytes, target: Path) -> str:
    """Write header and frames to `target`, and return the digest of the frames.

    Each chunk is read back and compared. Raises OSError (the disk is full, the recording is gone)
    or DamagedAudioError; `target` is then deleted.
    """
    sha = hashlib.sha256()
    try:
        with frames.path.open("rb") as source, target.open("w+b") as copied:
            copied.write(header)
            for chunk in _chunks(source, frames):
                sha.update(chunk)
                _append(copied, chunk, frames.path.name)
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise
    return sha.hexdigest()


def _append(copied: IO[bytes], chunk: bytes, name: str) -> None:
    at = copied.tell()
    copied.write(chunk)
    if _read(copied, at, len(chunk)) != chunk:
        raise DamagedAudioError(f"{name}: the tagged copy differs from the recording")
