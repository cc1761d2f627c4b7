"""Ways to break a show, and the table of rules: how each is broken, and what must be found.

Every row breaks a show that was right in exactly one way.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import wave
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from episodes.audio import mp3_frames, tags
from episodes.chapters.write import Mark
from podcast.show_folder import lockfile
from tests.kit.shows import sound

ONE, TWO = "episodes/01-talk", "episodes/02-talk"
MD, MD2, SHOW = f"{ONE}/episode.md", f"{TWO}/episode.md", "show.md"
MP3, VTT = f"{ONE}/recording.mp3", f"{ONE}/transcript.vtt"
LABELS = f"{ONE}/labels.txt"
Harm = Callable[[Path], object]


class Break(NamedTuple):
    """How a rule is broken, and where that is found: path, key, line."""

    harm: Harm
    path: str
    key: str = ""
    line: int = 0


def write(name: str, data: bytes | str) -> Harm:
    raw = data.encode() if isinstance(data, str) else data
    return lambda show: (show / name).write_bytes(raw)


def edit(name: str, old: str, new: str) -> Harm:
    def harm(show: Path) -> None:
        text = (show / name).read_text(encoding="utf-8")
        assert old in text, f"{old} is not in {name}"
        (show / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return harm


def line(name: str, key: str, new: str) -> Harm:
    """Replace the whole line of a key; a new line goes below `title:`."""

    def harm(show: Path) -> None:
        text = (show / name).read_text(encoding="utf-8")
        if f"\n{key}:" in text:
            text = re.sub(rf"(?m)^{key}:.*\n", lambda _: new and f"{new}\n", text, count=1)
        else:
            text = re.sub(r"(?m)^(title:.*\n)", lambda found: found[1] + new + "\n", text, count=1)
        (show / name).write_text(text, encoding="utf-8")

    return harm


def block(name: str, key: str, new: str = "") -> Harm:
    """Replace the lines of a key and those that are moved in below it."""

    def harm(show: Path) -> None:
        text = (show / name).read_text(encoding="utf-8")
        changed = re.sub(rf"(?m)^{key}:.*\n(?:[ -] .*\n)*", new and f"{new}\n", text, count=1)
        assert changed != text, f"{key} is not in {name}"
        (show / name).write_text(changed, encoding="utf-8")

    return harm


def cover(mode: str = "RGB", size: tuple[int, int] = (1400, 1400), name: str = "") -> Harm:
    def harm(show: Path) -> None:
        (show / "cover.jpg").unlink()
        kind = "JPEG" if mode in {"RGB", "CMYK"} else "PNG"
        made = name or ("cover.jpg" if kind == "JPEG" else "cover.png")
        Image.new(mode, size).save(show / made, kind)

    return harm


def cut(name: str, share: float = 0.5) -> Harm:
    return lambda show: os.truncate(show / name, int((show / name).stat().st_size * share))


def link(name: str, target: str) -> Harm:
    def harm(show: Path) -> None:
        path = show / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        path.symlink_to(target)

    return harm


def gone(name: str) -> Harm:
    return lambda show: (show / name).unlink()


def both(*harms: Harm) -> Harm:
    def harm(show: Path) -> None:
        for each in harms:
            each(show)

    return harm


def silent(name: str, seconds: int) -> Harm:
    """Put a WAV without sound in the place of the recording."""

    def harm(show: Path) -> None:
        (show / MP3).unlink()
        with wave.open(str(show / ONE / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(1)
            file.setframerate(8000)
            file.writeframes(b"\x80" * 8000 * seconds)

    return both(harm, line(MD, "audio", f"audio: {name}"))


def cues(*rows: str) -> Harm:
    return write(VTT, "WEBVTT\n\n" + "\n\n".join(rows) + "\n")


def labels(text: str) -> Harm:
    """List chapters in a file, none in front matter."""
    return both(block(MD, "chapters"), write(LABELS, text))


def rows(*told: dict[str, object]) -> Harm:
    """List a chapter of JSON for each, on lines of their own; what it tells besides is added."""
    each = ({"startTime": at / 2, "title": "A", **more} for at, more in enumerate(told))
    listed = ",\n".join(map(json.dumps, each))
    return labels(f'{{"version": "1.2.0",\n"chapters": [\n{listed}\n]}}')


def brought(show: Path) -> None:
    """Give the recording chapters of its own."""
    marks = tuple(Mark(at, at + 1, "A") for at in range(3))
    tag = tags.Tags("", "", "", "", "", "", "", "", "", "", "", "", 0, 0, b"", marks)
    mp3_frames.copy_frames(
        mp3_frames.find_frames(show / MP3), tags.render_id3(tag), show / "marked.mp3"
    )
    (show / "marked.mp3").replace(show / MP3)


def released(show: Path) -> None:
    """Count everything that was built as published by a release."""
    names = [entry.file for entry in lockfile.read(show).episodes.values()]
    lockfile.remember_release(show, "../site", "20261101T120000-abcdef", names)


def ahead(show: Path) -> None:
    """Say that the show was published long after now."""
    lockfile.remember_release(show, "../site", "20991231T120000-abcdef")


def one(folder: Path, pattern: str) -> Path:
    """Return the first file that fits."""
    return min(folder.glob(pattern))


def swap(old: str, new: str, times: int = 1) -> Harm:
    """Change the built feed."""

    def harm(show: Path) -> None:
        path = show / "public/feed.xml"
        text = path.read_text(encoding="utf-8")
        changed, count = re.subn(old, new, text, count=times, flags=re.DOTALL)
        assert count, f"{old} is not in the feed"
        path.write_text(changed, encoding="utf-8")

    return harm


def built(pattern: str, change: Callable[[bytes], bytes]) -> Harm:
    """Change a built file, whose length the feed does not say."""

    def harm(show: Path) -> None:
        path = one(show / "public", pattern)
        path.write_bytes(change(path.read_bytes()))

    return harm


def tag(old: bytes, new: bytes) -> Harm:
    """Change the tag of a published recording; its length stays."""

    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    assert len(old) == len(new)
    return built("media/01-*.mp3", change)


def turned(data: bytes) -> bytes:
    """Swap the first two frames of chapters, which are of one length."""
    at = [found.start() for found in re.finditer(rb"CHAP\0", data)][:3]
    return data[: at[0]] + data[at[1] : at[2]] + data[at[0] : at[1]] + data[at[2] :]


def png(show: Path) -> None:
    """Put a PNG under the name of the published cover."""
    Image.new("RGB", (1400, 1400)).save(one(show / "public", "art/cover-????????????.jpg"), "PNG")


def commented(show: Path) -> None:
    """Put a comment into the cover."""
    data = (show / "cover.jpg").read_bytes()
    (show / "cover.jpg").write_bytes(data[:2] + b"\xff\xfe\0\4hi" + data[2:])


def place(show: Path) -> None:
    """Put something into the published cover, as an earlier version let it through."""
    path = one(show / "public", "art/cover-????????????.jpg")
    path.write_bytes(path.read_bytes() + b"51.5 N")


def named(name: str) -> Harm:
    """Name another recording."""
    return edit(MD, "audio: recording.mp3", f"audio: '{name}'")


def recording(name: str, options: tuple[str, ...] = (), share: float = 1) -> Harm:
    """Put another recording in the place of the first, whole or cut short."""

    def harm(show: Path) -> None:
        (show / MP3).unlink()
        sound(show / ONE / name, 4, options)
        cut(f"{ONE}/{name}", share)(show)
        named(name)(show)

    return harm
