"""Reads the header of a recording, and writes the tags of published audio files.

Only this module and `chapter_tags.py` use mutagen. MP3s get ID3v2.3, because players built on
ffmpeg lose long chapters in ID3v2.4.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import mutagen
import mutagen.mp3
from mutagen import id3, mp4
from mutagen.aac import AAC
from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.wave import WAVE

from episodes.audio import chapter_tags, containers, riff
from episodes.audio.chapter_tags import smallest_encoding, text_frame
from episodes.chapters.write import Mark, Row
from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from pathlib import Path

PADDING = 1024  # bytes; fixed, so that the same facts give the same bytes
_LANGUAGES = {
    "ar": "ara", "bg": "bul", "bn": "ben", "cs": "cze", "cy": "wel", "da": "dan", "de": "ger",
    "el": "gre", "en": "eng", "es": "spa", "et": "est", "fa": "per", "fi": "fin", "fr": "fre",
    "ga": "gle", "gd": "gla", "gu": "guj", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun",
    "is": "ice", "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "mt": "mlt",
    "nl": "dut", "no": "nor", "nb": "nob", "pa": "pan", "pl": "pol", "pt": "por", "ro": "rum",
    "ru": "rus", "sk": "slo", "sl": "slv", "so": "som", "sq": "alb", "sr": "srp", "sv": "swe",
    "ta": "tam", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie", "yi": "yid", "zh": "chi",
}  # fmt: skip


class UnreadableAudioError(EarmarkError):
    """A file is not audio, or not audio that can be read; the text says why."""


class Header(NamedTuple):
    """What a file says of itself. Trust `seconds` only if `sure`.

    `chapters` are those of its tags; for an M4A only ffmpeg can read them. `plain` is whether it
    may be published as it is: it hides nothing, and players see its length. `declared` are the
    seconds in its header if it was cut short, else 0. `tracks` is the number of audio tracks.
    """

    kind: str
    seconds: float
    bitrate: int
    sample_rate: int
    channels: int
    sure: bool
    chapters: tuple[Row, ...]
    plain: bool = False
    declared: float = 0.0
    tracks: int = 1


class Tags(NamedTuple):
    """All values for the tags, as plain text; `art` is a JPEG."""

    title: str
    artist: str
    album: str
    date: str
    summary: str
    language: str
    guid: str
    page: str
    feed: str
    category: str
    keywords: str
    copyright: str
    number: int
    season: int
    art: bytes
    chapters: tuple[Mark, ...]


def read_header(path: Path) -> Header:
    """Read the header of a file without decoding it. Raises NotAudioError, OSError."""
    with path.open("rb") as file:
        if not file.read(1):
            raise UnreadableAudioError("is empty; export the recording again")
    kind = containers.detect_kind(path)
    if not kind and (known := containers.unsupported_kind(path)):
        raise UnreadableAudioError(f"is {known} inside; export WAV, FLAC, MP3 or M4A")
    samples = riff.read(path, kind)
    file_tags, why = _try(path, kind)
    if samples:
        return _of_samples("aiff" if kind == "aiff" else "wav", samples, file_tags)
    if why:
        raise UnreadableAudioError(f"{why}; export it again")
    if file_tags is None or file_tags.info is None:
        raise UnreadableAudioError("is not audio; use WAV, AIFF, FLAC, MP3, M4A, Ogg or Opus")
    return _header(file_tags)


def _try(path: Path, kind: str) -> tuple[Any, str]:
    """Return what mutagen read, or why it failed."""
    try:
        return _open(path, kind), ""
    except mutagen.MutagenError as error:
        return None, f"cannot be read as audio ({_short(error, path)})"
    except Exception as error:  # mutagen passes on any error that a broken file causes
        return None, f"has a broken header ({_short(error, path)})"


def _open(path: Path, kind: str) -> Any:
    """Let mutagen read a file in its detected format; alone it would go by the name too."""
    kinds: dict[str, Any] = {"mp3": mutagen.mp3.MP3, "mp2": mutagen.mp3.MP3, "aac": AAC,
                             "mp4": mp4.MP4, "wav": WAVE, "aiff": AIFF, "flac": FLAC}  # fmt: skip
    if not kind:  # ffmpeg is never asked to guess, and nothing else is
        return None
    return kinds[kind](path) if kind in kinds else mutagen.File(path)


def _short(error: Exception, path: Path) -> str:
    text = str(error).replace(str(path), path.name)
    return " ".join(text.split())[:80] or "no reason was given"


def _of_samples(kind: str, samples: riff.Samples, file_tags: Any) -> Header:
    if not samples.rate or not samples.channels:
        raise UnreadableAudioError("has a broken header (no sample rate); export it again")
    rate = int(getattr(getattr(file_tags, "info", None), "bitrate", 0) or 0)
    return Header(
        kind=kind,
        seconds=samples.seconds,
        bitrate=rate,
        sample_rate=samples.rate,
        channels=samples.channels,
        sure=samples.seconds > 0,
        chapters=chapter_tags.chapters_of(file_tags.tags) if file_tags else (),
        plain=False,
        declared=samples.declared,
    )


def _header(file_tags: Any) -> Header:
    info = file_tags.info
    kinds = {"MP3": "mp3", "MP4": "mp4", "FLAC": "flac", "OggOpus": "opus", "OggVorbis": "ogg",
             "OggFLAC": "ogg", "OggSpeex": "ogg", "AAC": "aac"}  # fmt: skip
    kind = kinds.get(type(file_tags).__name__, "")
    if not kind:
        name = type(file_tags).__name__
        raise UnreadableAudioError(
            f"is {name}, which few apps can play; export WAV, FLAC, MP3 or M4A"
        )
    if kind == "mp3" and info.layer != 3:
        kind = "mp2"
    if kind == "mp4" and not str(getattr(info, "codec", "")).startswith("mp4a.40"):
        kind = "mp4-other"
    return Header(
        kind=kind,
        seconds=float(getattr(info, "length", 0) or 0),
        bitrate=int(getattr(info, "bitrate", 0) or 0),
        sample_rate=int(getattr(info, "sample_rate", 0) or 48_000),
        channels=int(getattr(info, "channels", 0) or 0),
        sure=not getattr(info, "sketchy", False) and _counted(info),
        chapters=chapter_tags.chapters_of(file_tags.tags),
        plain=kind in {"mp3", "mp4"},
    )


def _counted(info: Any) -> bool:
    """Return whether the length of an MP3 is counted or follows from a constant rate."""
    mode = getattr(info, "bitrate_mode", None)
    unknown = mutagen.mp3.BitrateMode.UNKNOWN
    return mode is None or mode != unknown


def render_id3(tags: Tags) -> bytes:
    """Return an ID3v2.3 tag, padding included. The same tags give the same bytes."""
    frames = id3.ID3()
    for frame in _frames(tags):
        frames.add(frame)
    target = io.BytesIO()
    frames.save(target, v1=0, v2_version=3, padding=lambda _: PADDING)
    return chapter_tags.sort_chapter_frames(target.getvalue())


def _frames(tags: Tags) -> list[Any]:
    day = tags.date[:10]
    language = _LANGUAGES.get(tags.language.partition("-")[0], "und")
    texts = [
        (id3.TIT2, tags.title), (id3.TPE1, tags.artist), (id3.TALB, tags.album),
        (id3.TCON, "Podcast"), (id3.TYER, day[:4]), (id3.TDAT, day[8:10] + day[5:7]),
        (id3.TDRL, day), (id3.TLAN, language), (id3.TGID, tags.guid), (id3.TDES, tags.summary),
        (id3.TCAT, tags.category), (id3.TKWD, tags.keywords), (id3.TCOP, tags.copyright),
        (id3.TRCK, str(tags.number or "")), (id3.TPOS, str(tags.season or "")),
    ]  # fmt: skip
    frames = [text_frame(kind, text) for kind, text in texts if text]
    frames.append(id3.PCST(value=1))
    frames.append(
        id3.COMM(
            encoding=smallest_encoding(tags.summary), lang=language, desc="", text=[tags.summary]
        )
    )
    # Apple's WFED is a text frame in spite of its W: the encoding, then the URL.
    links = [(id3.WOAF, tags.page), (id3.WFED, tags.feed and f"\0{tags.feed}")]
    frames += [kind(url=link) for kind, link in links if link]
    if tags.art:
        art = id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=tags.art)
        frames.append(art)
    return frames + chapter_tags.chapter_frames(tags.chapters)


def write_mp4(path: Path, tags: Tags) -> None:
    """Write iTunes atoms into an M4A, always a temporary copy."""
    file = mp4.MP4(path)
    file.delete()
    atoms: dict[str, Any] = {
        "\xa9nam": tags.title, "\xa9ART": tags.artist, "\xa9alb": tags.album,
        "\xa9gen": "Podcast", "\xa9day": tags.date[:10], "desc": tags.summary[:255],
        "ldes": tags.summary, "catg": tags.category, "keyw": tags.keywords,
        "purl": tags.feed, "egid": tags.guid, "cprt": tags.copyright,
    }  # fmt: skip
    if file.tags is None:
        file.add_tags()
    for name, text in atoms.items():
        if text:
            file.tags[name] = [text]
    file.tags["stik"] = [21]
    file.tags["pcst"] = True
    if tags.number:
        file.tags["trkn"] = [(tags.number, 0)]
    if tags.season:
        file.tags["disk"] = [(tags.season, 0)]
    if tags.art:
        file.tags["covr"] = [mp4.MP4Cover(tags.art, mp4.MP4Cover.FORMAT_JPEG)]
    file.save(padding=lambda _: PADDING)


def write_ogg(path: Path, tags: Tags) -> None:
    """Write comments with chapters into an Ogg or Opus file, always a temporary copy.

    Without art, to keep the small file small. The same tags give the same bytes.
    """
    file: Any = mutagen.File(path)
    texts = [
        ("TITLE", tags.title), ("ARTIST", tags.artist), ("ALBUM", tags.album),
        ("DATE", tags.date[:10]), ("GENRE", "Podcast"), ("DESCRIPTION", tags.summary),
        ("LANGUAGE", tags.language), ("TRACKNUMBER", str(tags.number or "")),
        ("DISCNUMBER", str(tags.season or "")), ("COPYRIGHT", tags.copyright),
        ("CONTACT", tags.page),
    ]  # fmt: skip
    file.tags[:] = [row for row in texts if row[1]] + chapter_tags.chapter_comments(tags.chapters)
    file.save(padding=lambda _: 0)
