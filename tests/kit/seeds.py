"""Good files of every kind that Earmark reads, small: hostile ones grow of them."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import NamedTuple

from docx import Document
from mutagen import apev2, id3
from PIL import Image

from episodes.audio import mp3_frames, tags
from episodes.chapters.write import Mark
from tests.kit.shows import TRANSCRIPT, sound

MARKS = tuple(Mark(at, at + 1, f"Part {at}", "https://example.net/") for at in range(3))
COMMENTS = tuple(
    word
    for at in range(3)
    for pair in (f"CHAPTER00{at}=00:00:0{at}.000", f"CHAPTER00{at}NAME=Part {at}")
    for word in ("-metadata", pair)
)
TRANSCRIPTS = {
    "transcript.vtt": TRANSCRIPT
    + "\n00:01.000 --> 00:02.000 align:start\n<v Ann>One\n<i>two</i>\n",
    "transcript.srt": "1\n00:00:00,000 --> 00:00:01,000\nAnn: Hello.\n\n2\n00:00:01,000 --> 00:00:02,000\nOn.\n",
    "transcript.json": '{"version": "1.0.0", "segments": [{"speaker": "Ann", "startTime": 0.0, '
    '"endTime": 1.0, "body": "Hello"}, {"startTime": 1.0, "endTime": 2.5, "body": "On"}]}',
    "transcript.txt": "Ann: Hello.\n\n[0:01] Bob: Words.\n\nAnn 0:02\nMore.\n",
}
CHAPTERS = {
    "labels.txt": "0.000000\t0.500000\tStart\n1.000000\t1.500000\tMiddle\n2.000000\t2.000000\tEnd\n",
    "chapters.txt": "0:00 Start\n0:01 Middle <https://example.net/>\n00:00:02.500 End\n",
    "chapters.json": '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "A"}, '
    '{"startTime": 1.5, "title": "B", "url": "https://example.net/", "img": "x", "toc": true}, '
    '{"startTime": 2, "title": "C", "endTime": 3}]}',
    "chapters.psc": '<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">'
    '<psc:chapter start="00:00:00.000" title="A"/><psc:chapter start="1.5" title="B" '
    'href="https://example.net/"/><psc:chapter start="00:02" title="C"/></psc:chapters>',
    "chapters.xml": '<?xml version="1.0"?><chapters xmlns="http://podlove.org/simple-chapters">'
    '<chapter start="0" title="A"/><chapter start="1" title="B"/><chapter start="2" title="C"/></chapters>',
}  # fmt: skip


class Seeds(NamedTuple):
    """Bytes by name; `tone` is a finished MP3 of three seconds."""

    tone: Path
    recordings: dict[str, bytes]
    pictures: dict[str, bytes]
    transcripts: dict[str, bytes]
    chapters: dict[str, bytes]


def make(folder: Path) -> Seeds:
    """Make them; recordings with the ffmpeg program."""
    folder.mkdir(parents=True)
    plain = ("-ac", "1", "-ar", "44100", "-b:a", "96k", "-write_id3v2", "0")
    tone = sound(folder / "tone.mp3", 3, plain, volume=1.45)
    return Seeds(
        tone,
        _recordings(folder, tone),
        _pictures(),
        {**{name: text.encode() for name, text in TRANSCRIPTS.items()}, "transcript.docx": _word()},
        {name: text.encode() for name, text in CHAPTERS.items()},
    )


def _recordings(folder: Path, tone: Path) -> dict[str, bytes]:
    facts = tags.Tags(
        "A", "B", "C", "2026-01-01", "D", "en", "g", "p", "f", "E", "F", "G", 1, 1, b"", MARKS
    )
    mp3_frames.copy_frames(
        mp3_frames.find_frames(tone), tags.render_id3(facts), folder / "tagged.mp3"
    )
    small = ("-ac", "1", "-ar", "8000")
    chaptered = folder / "marks.ffmeta"
    listed = (
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={at}000\nEND={at}900\ntitle=Part {at}\n"
        for at in range(3)
    )
    chaptered.write_text(";FFMETADATA1\n" + "".join(listed), encoding="utf-8")
    marked = ("-i", str(chaptered), "-map_chapters", "1", "-map", "0")
    sound(
        folder / "variable.mp3", 1, ("-ac", "1", "-ar", "16000", "-q:a", "9", "-id3v2_version", "4")
    )
    sound(folder / "a.wav", 1, small)
    sound(folder / "a.aiff", 1, small)
    sound(folder / "a.flac", 3, (*small, *COMMENTS))
    sound(folder / "a.opus", 3, (*COMMENTS, "-b:a", "8k"))
    sound(folder / "a.ogg", 3, ("-ac", "1", "-c:a", "flac", *COMMENTS))
    sound(folder / "a.m4a", 3, (*marked, "-ac", "1", "-b:a", "24k"))
    sound(folder / "fast.m4a", 3, (*marked, "-ac", "1", "-b:a", "24k", "-movflags", "+faststart"))
    sound(folder / "a.aac", 1, ("-ac", "1", "-b:a", "24k"))
    made = [each for each in folder.iterdir() if each.suffix != ".ffmeta"]
    found = {each.name: each.read_bytes() for each in sorted(made)}
    return {**found, **_tagged(folder, tone)}


def _tagged(folder: Path, tone: Path) -> dict[str, bytes]:
    """Return MP3s with tags of the other kinds: APE, ID3v1, 2.2, 2.4."""
    path = folder / "other.mp3"
    path.write_bytes(tone.read_bytes())
    more = apev2.APEv2()
    more["Title"] = "A"
    more.save(path)
    ape = path.read_bytes() + b"TAG" + b"A".ljust(125, b"\0")
    four = id3.ID3()
    four.add(id3.TIT2(encoding=3, text="A"))
    four.add(id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=bytes(40)))
    four.add(id3.TXXX(encoding=1, desc="B", text=["C"]))
    path.write_bytes(tone.read_bytes())
    four.save(path, v2_version=4, v1=2)
    body = b"TT2\0\0\x04\0ABC" + b"PIC\0\0\x0a\0PNG\x03\0abcd"
    size = struct.pack(">I", len(body))  # below 128: as it is
    return {
        "ape.mp3": ape, "four.mp3": path.read_bytes(),
        "two.mp3": b"ID3\x02\x00\x00" + size + body + tone.read_bytes(),
    }  # fmt: skip


def _pictures() -> dict[str, bytes]:
    def saved(kind: str, size: int, mode: str = "RGB") -> bytes:
        made = io.BytesIO()
        Image.new(mode, (size, size), 90).save(made, kind)
        return made.getvalue()

    return {
        "cover.jpg": saved("JPEG", 1400), "small.jpg": saved("JPEG", 600), "a.png": saved("PNG", 600),
        "grey.png": saved("PNG", 1400, "L"), "palette.png": saved("PNG", 600, "P"),
    }  # fmt: skip


def _word() -> bytes:
    made = io.BytesIO()
    document = Document()
    for words in ("Ann: Hello there.", "Bob   0:03\nAnd me."):
        document.add_paragraph(words)
    document.save(made)
    return made.getvalue()
