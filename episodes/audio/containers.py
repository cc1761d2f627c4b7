"""Detects the format of a sound file by its first bytes, so that ffmpeg never guesses.

A file name proves nothing, and a guessed format can be a playlist that opens another file.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from episodes.audio import frame_count, mp3_frames

if TYPE_CHECKING:
    from pathlib import Path

DEMUXERS = {
    "mp3": "mp3", "mp2": "mp3", "wav": "wav", "w64": "w64", "aiff": "aiff", "flac": "flac",
    "ogg": "ogg", "mp4": "mov", "aac": "aac",
}  # fmt: skip
_W64 = bytes.fromhex("726966662E91CF11A5D628DB04C10000")
_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_FOREIGN = {
    b"\x1aE\xdf\xa3": "Matroska or WebM", b"0&\xb2u": "Windows Media", b"caff": "Apple CAF",
    b"#!AM": "AMR", b"FLV\x01": "Flash", b"MAC ": "Monkey's Audio", b"wvpk": "WavPack",
    b"MPCK": "Musepack", b"MP+\x07": "Musepack", b"ADIF": "AAC in ADIF", b".RMF": "RealMedia",
    b"MThd": "MIDI", b"\x00\x00\x01\xba": "MPEG video", b"DSD ": "DSD", b".snd": "Sun audio",
}  # fmt: skip


def detect_kind(path: Path) -> str:
    """Return a key of DEMUXERS, or "" for any other file. Raises OSError."""
    with path.open("rb") as file:
        at = audio_start(file)
        file.seek(at)
        head = file.read(16)
        if head[:4] in _FOREIGN:
            return ""
        return _by_magic(head) or _by_frames(file, at, head)


def unsupported_kind(path: Path) -> str:
    """Return the name of a known format that is not supported; "" for all others."""
    with path.open("rb") as file:
        file.seek(audio_start(file))
        head = file.read(189)
    if head[:1] == b"G" and head[188:] == b"G":
        return "MPEG-TS"
    return _FOREIGN.get(head[:4], "")


def audio_start(file: IO[bytes]) -> int:
    """Return the offset at which the audio begins, after any ID3 tags."""
    end, at = file.seek(0, os.SEEK_END), 0
    while (size := mp3_frames.id3v2_size(file, at)) and at + size < end:
        at += size
    return at


def _by_magic(head: bytes) -> str:
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return "wav"
    if head == _W64:
        return "w64"
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return "aiff"
    if head[4:8] in _BOXES:
        return "mp4"
    return {b"fLaC": "flac", b"OggS": "ogg"}.get(head[:4], "")


def _by_frames(file: IO[bytes], at: int, head: bytes) -> str:
    """Detect formats without a header of their own by their frames."""
    if frame_count.parse_adts(head):
        return "aac"
    first = frame_count.first_frame(file, at)
    return ("mp3" if first.layer == 3 else "mp2") if first else ""
