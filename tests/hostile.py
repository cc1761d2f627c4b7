"""Hostile shows: a small good show, and every way of harming it that chance may pick."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nasty
from everything import FIRST, SHOW
from making import NOW, TRANSCRIPT, add_episode
from seeds import Seeds

from podcast import pipeline

ONE, TWO = "episodes/01-talk", "episodes/02-talk"
MD, SHOW_MD, MP3, LOCK = f"{ONE}/episode.md", "show.md", f"{ONE}/recording.mp3", "earmark.lock"
SECRET = b"what lies outside stays outside"
Chance = random.Random
Harm = Callable[[Path, Chance, Seeds], None]


def make(base: Path, seeds: Seeds) -> Path:
    """Make `base/show`, built and right, and `base/outside`, which nobody may touch."""
    show, outside = base / "show", base / "outside"
    outside.mkdir(parents=True)
    for name in ("cover.jpg", "episode.md", "recording.mp3", "transcript.vtt", "secret.txt"):
        (outside / name).write_bytes(SECRET)
    show.mkdir()
    (show / "show.md").write_text(SHOW.replace("recordings: {small: true}\n", ""), "utf-8")
    (show / "cover.jpg").write_bytes(seeds.pictures["cover.jpg"])
    for number in (1, 2):
        add_episode(show, number, seeds.tone)
    (show / MD).write_text(FIRST, "utf-8")
    (show / ONE / "transcript.vtt").write_text(TRANSCRIPT, "utf-8")
    pipeline.build(show, now=NOW)
    return show


def read(show: Path, name: str) -> bytes:
    """Return a file of the show; nothing where an earlier harm took it away."""
    path = show / name
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""


def put(show: Path, name: str, data: bytes) -> None:
    """Write a file in place of what is there: the good show has links to the same files."""
    path = show / name
    if clear(path.parent):
        remove(path)
        path.write_bytes(data)


def clear(folder: Path) -> bool:
    """Make a folder where there is none; False where an earlier harm put something else there."""
    if any(each.is_symlink() for each in (folder, folder.parent, folder.parent.parent)):
        return False
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder.is_dir()


def remove(path: Path) -> None:
    """Take away whatever is there."""
    if not clear(path.parent):
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def text_harmed(data: bytes, chance: Chance) -> bytes:
    """Harm text with what means something to YAML, Markdown or a caption, or byte by byte."""
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        data = chance.choice(TEXTS)(data, chance)
    return data


def _value(data: bytes, chance: Chance) -> bytes:
    """Give some key another value."""
    keys = list(re.finditer(rb"[\w\"]{1,40}: ?", data))
    if not keys:
        return nasty.garbled(data, chance)
    key = chance.choice(keys)
    ends = [at for at in (data.find(end, key.end()) for end in (b"\n", b",", b"}")) if at > 0]
    end = min(ends, default=len(data)) if chance.random() < 0.8 else data.find(b"\n", key.end())
    return data[: key.end()] + nasty.value(chance) + data[end:]


def _line(data: bytes, chance: Chance) -> bytes:
    """Repeat, drop, move, indent or put in a line."""
    lines = data.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines[at:at] = [lines[other]] * chance.choice([1, 1, 1, 300])
        case 1:
            del lines[at]
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = b" " * chance.randrange(5) + lines[at].lstrip()
        case _:
            lines[at:at] = chance.choice(nasty.LINES).split(b"\n")
    return b"\n".join(lines)


def _encoded(data: bytes, chance: Chance) -> bytes:
    """Write the text down in another way."""
    text = data.decode("utf-8", "replace")
    how = chance.choice(["utf-16", "utf-8-sig", "latin-1", "utf-32", "cp1252", "utf-7", "crlf"])
    if how == "crlf":
        return data.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\r", b"\xe2\x80\xa8"]))
    return text.encode(how, "replace")


TEXTS = [_value, _value, _value, _value, _line, _line, nasty.garbled, nasty.garbled, _encoded]


def show_text(show: Path, chance: Chance, seeds: Seeds) -> None:
    put(show, SHOW_MD, text_harmed(read(show, SHOW_MD), chance))


def episode_text(show: Path, chance: Chance, seeds: Seeds) -> None:
    put(show, MD, text_harmed(read(show, MD), chance))


def words(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Put markup and odd signs where words are meant: much of it may be published, escaped."""
    name = chance.choice([MD, MD, SHOW_MD])
    data = read(show, name)
    for _ in range(chance.randrange(1, 4)):
        said = list(re.finditer(rb"(?<=[:{,] )(\w+): [^,}\n\[{]+", data))
        if said:
            each = chance.choice(said)
            new = nasty.text(chance).decode("utf-8", "replace")
            quoted = json.dumps(new, ensure_ascii=chance.random() < 0.5).encode()
            data = data[: each.end(1)] + b": " + quoted + data[each.end() :]
        if chance.random() < 0.5:
            head = re.compile(rb"(?m)^(title|summary|  text): .*\n(?:  .*\n)?")
            data = head.sub(_worded(chance), data, count=1)
    put(show, name, data)


def _worded(chance: Chance) -> Callable[[re.Match[bytes]], bytes]:
    new = json.dumps(nasty.text(chance).decode("utf-8", "replace")).encode()
    return lambda found: found[1] + b": " + new + b"\n"


def notes(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Put markup where Markdown is expected."""
    more = b"\n\n".join(nasty.text(chance) for _ in range(chance.randrange(1, 6)))
    name = chance.choice([MD, SHOW_MD])
    put(show, name, read(show, name) + b"\n" + more + b"\n")


def transcript(show: Path, chance: Chance, seeds: Seeds) -> None:
    name = chance.choice(sorted(seeds.transcripts))
    data = seeds.transcripts[name]
    if name.endswith(".docx"):
        data = nasty.packed(data, chance)
    elif chance.random() < 0.5:
        data = _timed(data, chance)
    remove(show / ONE / "transcript.vtt")
    put(show, f"{ONE}/{name}", text_harmed(data, chance) if name[-1] != "x" else data)


def _timed(data: bytes, chance: Chance) -> bytes:
    """Change one of the numbers or words."""
    found = list(re.finditer(rb"[\d:.,]+|\"[^\"]*\"|\w+", data))
    if not found:
        return data
    at = chance.choice(found)
    new = chance.choice(nasty.TIMES) if chance.random() < 0.6 else nasty.text(chance)
    return data[: at.start()] + new + data[at.end() :]


def chapters(show: Path, chance: Chance, seeds: Seeds) -> None:
    name = chance.choice(sorted(seeds.chapters))
    data = seeds.chapters[name]
    data = _timed(data, chance) if chance.random() < 0.6 else text_harmed(data, chance)
    without = re.sub(rb"(?m)^chapters:\n(?:  .*\n)*", b"", read(show, MD))
    put(show, MD, without)
    put(show, f"{ONE}/{name}", data)


def picture(show: Path, chance: Chance, seeds: Seeds) -> None:
    data = nasty.picture(chance.choice(list(seeds.pictures.values())), chance)
    match chance.randrange(4):
        case 0:
            put(show, f"{ONE}/picture.{chance.choice(['jpg', 'png', 'jpeg'])}", data)
        case 1:
            put(show, f"{ONE}/a.png", data)
            line = b'title: End, picture: a.png, picture_alt: "A"}'
            put(show, MD, read(show, MD).replace(b"title: End}", line))
        case _:
            put(show, "cover.jpg", data)


def recording(show: Path, chance: Chance, seeds: Seeds) -> None:
    names = sorted(seeds.recordings)
    name = chance.choice(names)
    if name.endswith(("m4a", "mp4")) and chance.random() < 0.7:  # asks another program: slow
        name = chance.choice(names)
    data = nasty.recording(seeds.recordings[name], chance, list(seeds.recordings.values()))
    _use(show, name if chance.random() < 0.9 else chance.choice(names), data)


def _use(show: Path, name: str, data: bytes) -> None:
    remove(show / MP3)
    made = f"a.{name.rpartition('.')[2]}"
    put(show, f"{ONE}/{made}", data)
    text = read(show, MD).replace(b"audio: recording.mp3", b"audio: " + made.encode())
    put(show, MD, re.sub(rb"(?m)^chapters:\n(?:  .*\n)*", b"", text))


def lock(show: Path, chance: Chance, seeds: Seeds) -> None:
    put(show, LOCK, nasty.document(read(show, LOCK), chance))


def memory(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Harm what Earmark remembers of earlier builds: whoever packs a show may have packed it."""
    name = chance.choice(["art.json", "audio.json", "unfinished.json"])  # no secret seals these
    told = json.dumps({"code": "1", "files": [chance.choice(nasty.PATHS), "media/a.mp3"]})
    data = read(show, f".earmark/{name}") or told.encode()
    put(show, f".earmark/{name}", data if chance.random() < 0.1 else nasty.document(data, chance))


def built(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Harm what was built, which `check` reads back."""
    files = sorted(each for each in (show / "public").rglob("*") if each.is_file())
    if not files:
        return
    name = chance.choice([*files, *[show / "public/feed.xml"] * 5]).relative_to(show).as_posix()
    data = read(show, name)
    if name.endswith((".xml", ".html", ".json")):
        data = _timed(data, chance) if chance.random() < 0.5 else text_harmed(data, chance)
    else:
        data = nasty.garbled(data, chance)
    put(show, name, data)


def tree(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Harm where files lie and what they are called."""
    places = (SHOW_MD, "cover.jpg", "episodes", ONE, TWO, MD, MP3, f"{ONE}/transcript.vtt",
              "public/feed.xml", ".earmark", LOCK, f"{ONE}/picture.jpg",
              f"{ONE}/chapters.txt", ".earmark/art", ".earmark/seen.json", ".earmark/audio")  # fmt: skip
    at = show / chance.choice(places)
    if not clear(at.parent):
        return
    match chance.randrange(8):
        case 0 | 1:
            remove(at)
            at.symlink_to(chance.choice(nasty.TARGETS))
        case 2:
            remove(at)
            at.mkdir(parents=True)
        case 3:
            remove(at)
            os.mkfifo(at)
        case 4:
            remove(at)
        case _:
            _renamed(show, chance)


def _renamed(show: Path, chance: Chance) -> None:
    """Give a file or a folder of the show a name that is hard to carry, in the text too."""
    name = nasty.name(chance)
    old = chance.choice([ONE, TWO, MP3, f"{ONE}/transcript.vtt", "cover.jpg"])
    ending = os.fsencode(Path(old).suffix)
    new = os.path.join(os.fsencode(show / Path(old).parent), name + ending)  # noqa: PTH118 - bytes
    if not clear((show / old).parent) or not (show / old).exists() or os.path.lexists(new):
        return
    os.rename(os.fsencode(show / old), new)  # noqa: PTH104 - the name is bytes
    if old == MP3:
        said = json.dumps((name + ending).decode("utf-8", "replace")).encode()
        put(show, MD, read(show, MD).replace(b"recording.mp3", said, 1))


HARMS: dict[Harm, int] = {
    show_text: 18, episode_text: 24, words: 10, notes: 6, transcript: 12, chapters: 9, picture: 6,
    recording: 15, lock: 4, memory: 4, built: 7, tree: 6,
}  # fmt: skip


def harm(show: Path, chance: Chance, seeds: Seeds) -> list[str]:
    """Harm a good show, mostly in one way; return the names of the ways."""
    count = chance.choice([1, 1, 1, 2, 3])
    picked = chance.choices(list(HARMS), list(HARMS.values()), k=count)
    for each in picked:
        if show.is_dir():
            each(show, chance, seeds)
    return [each.__name__ for each in picked]
