"""Recordings as people have them: every kind of odd one, made of one voice-like tone."""

from __future__ import annotations

import struct
import subprocess
from typing import TYPE_CHECKING

from episodes.audio import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VOICE = "0.1*sin(2*PI*300*t)*(1+0.8*sin(2*PI*3*t))"


def run_ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg."""
    subprocess.run([ffmpeg.program(), "-v", "error", "-y", *map(str, arguments)], check=True)


def voice(path: Path, seconds: float, *options: str, sound: str = VOICE) -> bytes:
    """Make a recording that is loud and quiet by turns, and return its bytes."""
    source = ["-f", "lavfi", "-i", f"aevalsrc={sound}:d={seconds}:s=48000"]
    run_ffmpeg(*source, *options, path)
    return path.read_bytes()


def joined(path: Path, *parts: tuple[float, str, tuple[str, ...]]) -> None:
    """Make a recording of parts, one behind the other as `cat` joins files."""
    data = []
    for seconds, sound, options in parts:
        part = path.with_name(f"part{path.suffix}")
        data.append(voice(part, seconds, *options, sound=sound))
        part.unlink()
    path.write_bytes(b"".join(data))


def changed(change: Callable[[bytearray], None], *options: str, seconds: float = 4) -> Made:
    """Return what makes a recording and changes bytes of it."""

    def make(path: Path) -> None:
        data = bytearray(voice(path, seconds, *options))
        change(data)
        path.write_bytes(data)

    return make


def parts(*rows: tuple[float, str, tuple[str, ...]]) -> Made:
    """Return what makes a recording of parts."""
    return lambda path: joined(path, *rows)


def plain(*options: str, sound: str = VOICE) -> Made:
    """Return what makes a recording of four seconds."""

    def make(path: Path) -> None:
        voice(path, 4, *options, sound=sound)

    return make


if TYPE_CHECKING:
    Made = Callable[[Path], None]

_RAW = ("-write_xing", "0", "-id3v2_version", "0")
STEREO = ("-ac", "2", "-ar", "48000", "-b:a", "128k")
MONO = ("-ac", "1", "-ar", "44100", "-b:a", "64k")
LOW = ("-ac", "1", "-ar", "22050", "-b:a", "32k")
LOUD, QUIET, NOTHING = VOICE.replace("0.1", "0.5"), VOICE.replace("0.1", "0.01"), "0*t"


def sizes(value: int, *names: bytes, order: str = "little") -> Callable[[bytearray], None]:
    """Return what writes a size into chunks."""

    def change(data: bytearray) -> None:
        for name in names:
            at = 4 if name in {b"RIFF", b"FORM"} else data.index(name) + 4
            data[at : at + 4] = value.to_bytes(4, "little" if order == "little" else "big")

    return change


def form(name: bytes) -> Callable[[bytearray], None]:
    """Return what gives a RIFF another name."""

    def change(data: bytearray) -> None:
        data[:4] = name

    return change


def total(samples: int) -> Callable[[bytearray], None]:
    """Return what writes another number of samples into a FLAC."""

    def change(data: bytearray) -> None:
        data[21] = data[21] & 0xF0 | samples >> 32
        data[22:26] = struct.pack(">I", samples & 0xFFFFFFFF)

    return change


def id3_first(data: bytearray) -> None:
    """Put an ID3 tag in front."""
    data[:0] = b"ID3\x03\0\0\0\0\0\x0a" + bytes(10)


def trimmed(start: float, length: float) -> Callable[[bytearray], None]:
    """Return what cuts an M4A as phones do, by an edit list."""

    def change(data: bytearray) -> None:
        edit, movie, media, track = (
            data.find(name) for name in (b"elst", b"mvhd", b"mdhd", b"tkhd")
        )
        whole = struct.unpack(">I", data[movie + 16 : movie + 20])[0]
        scale = struct.unpack(">I", data[media + 16 : media + 20])[0]
        struct.pack_into(">Ii", data, edit + 12, int(length * whole), int(start * scale))
        struct.pack_into(">I", data, movie + 20, int(length * whole))
        struct.pack_into(">I", data, track + 24, int(length * whole))

    return change


KINDS: dict[str, tuple[str, float, Made]] = {
    "loud, then mono": (".mp3", 5, parts(
        (3, LOUD, (*STEREO, *_RAW)), (2, QUIET, (*MONO, *_RAW)))),
    "quiet, then stereo": (".mp3", 5, parts(
        (2, QUIET, (*MONO, *_RAW)), (3, LOUD, (*STEREO, *_RAW)))),
    "three parts, silence last": (".mp3", 7, parts(
        (2, LOUD, (*STEREO, *_RAW)), (2, QUIET, MONO), (3, NOTHING, (*LOW, *_RAW)))),
    "raw AAC that changes": (".aac", 5, parts(
        (2, QUIET, ("-ac", "1", "-ar", "44100")), (3, LOUD, ("-ac", "2", "-ar", "48000")))),
    "chained Ogg": (".ogg", 5, parts(
        (3, LOUD, ("-c:a", "libvorbis", "-ac", "1", "-ar", "44100")),
        (2, QUIET, ("-c:a", "libvorbis", "-ac", "2", "-ar", "48000")))),
    "chained Opus": (".opus", 5, parts((3, LOUD, ("-ac", "1")), (2, QUIET, ("-ac", "2")))),
    "joined": (".mp3", 5, parts((2, VOICE, MONO), (3, VOICE, MONO))),
    "joined, of a changing rate": (".mp3", 5, parts(
        (2, VOICE, ("-q:a", "5")), (3, VOICE, ("-q:a", "5")))),
    "raw AAC": (".aac", 4, plain()),
    "raw AAC with a pause first": (".aac", 4, plain(sound=f"{VOICE}*gt(t\\,2)")),
    "written into a pipe": (".wav", 4, changed(sizes(0xFFFFFFFF, b"RIFF", b"data"))),
    "power lost": (".wav", 4, changed(sizes(0, b"RIFF", b"data"))),
    "sizes of another program": (".wav", 4, changed(sizes(0x7FFFF000, b"RIFF", b"data"))),
    "a size that went round": (".wav", 4, changed(sizes(90_000, b"data"))),
    "cut short": (".wav", 2, changed(lambda data: data.__delitem__(slice(192_078, None)))),
    "a tag behind WAV": (".wav", 4, changed(lambda data: data.extend(b"TAG" + bytes(125)))),
    "RF64": (".wav", 4, plain("-rf64", "always")),
    "BW64": (".wav", 4, changed(form(b"BW64"), "-rf64", "always")),
    "W64": (".wav", 4, plain("-f", "w64")),
    "ADPCM in WAV": (".wav", 4, plain("-c:a", "adpcm_ima_wav", "-ar", "22050")),
    "MP3 in WAV": (".wav", 4, plain("-c:a", "libmp3lame", "-f", "wav")),
    "ID3 in front of WAV": (".wav", 4, changed(id3_first)),
    "eight bits": (".wav", 4, plain("-c:a", "pcm_u8", "-ar", "22050")),
    "24 bits, 96 kHz": (".wav", 4, plain("-c:a", "pcm_s24le", "-ar", "96000", "-ac", "2")),
    "5.1": (".wav", 4, plain("-af", "pan=5.1|FC=c0|FL=0.3*c0|FR=0.3*c0")),
    "the left side alone": (".wav", 4, plain("-af", "pan=stereo|c0=c0|c1=0*c0")),
    "AIFF of nothing": (".aiff", 4, changed(sizes(0, b"FORM", b"SSND", order="big"))),
    "AIFF of all ones": (".aiff", 4, changed(sizes(0xFFFFFFFF, b"FORM", b"SSND", order="big"))),
    "AIFF in floating point": (".aiff", 4, plain("-c:a", "pcm_f32be")),
    "FLAC without a length": (".flac", 4, changed(total(0))),
    "FLAC with half of it": (".flac", 4, changed(total(96_000))),
    "FLAC in Ogg": (".ogg", 4, plain("-c:a", "flac", "-f", "ogg")),
    "a trimmed M4A": (".m4a", 2, changed(trimmed(1, 2), "-movflags", "+faststart")),
    "its first half second": (".m4a", 3.5, changed(trimmed(0.5, 3.5))),
    "a fragmented M4A": (".m4a", 4, plain(
        "-movflags", "frag_keyframe+empty_moov+default_base_moof")),
    "ALAC": (".m4a", 4, plain("-c:a", "alac")),
    "layer 2": (".mp3", 4, plain("-c:a", "mp2", "-f", "mp2")),
}  # fmt: skip
