"""Hostile shows: a small good show, and every way of harming it that chance may pick."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nasty
from everything import FIRST, SHOW
from making import NOW, TRANSCRIPT, add_episode
from seeds import Seeds

from podcast import pipeline
from podcast.publishing import publisher
from podcast.publishing.settings import Given
from podcast.site import Report

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
    add_episode(show, 1, seeds.tone)
    add_episode(show, 2, seeds.tone, title="title: Talk B\nseason: 1")
    (show / MD).write_text(FIRST, "utf-8")
    (show / ONE / "transcript.vtt").write_text(TRANSCRIPT, "utf-8")
    for title in ("Talk B", "Talk two"):  # so that there is a release to go back to
        text = (show / TWO / "episode.md").read_text("utf-8")
        (show / TWO / "episode.md").write_text(text.replace("Talk B", title), "utf-8")
        built = pipeline.build(show, now=NOW)
        target = Given(str(base / "target"))
        publisher.publish(show, built, target, publisher.Wish(), NOW, Report())
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
    name = chance.choice(MEMORY)
    told = json.dumps({"code": "1", "files": [chance.choice(nasty.PATHS), "media/a.mp3"]})
    data = read(show, f".earmark/{name}") or told.encode()
    put(show, f".earmark/{name}", data if chance.random() < 0.1 else nasty.document(data, chance))


def forged(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Forge what the last build wrote down, in such a way that it fits together."""
    try:
        seen, known = (json.loads(read(show, f".earmark/{name}")) for name in MEMORY[:2])
        for _ in range(chance.choice([1, 1, 2])):
            chance.choice(FORGERIES)(show, seen, known, chance)
        raw = json.dumps(known).encode()
        told = json.dumps(seen | {"digest": hashlib.sha256(raw).hexdigest()}).encode()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return  # an earlier harm left little to forge
    put(show, f".earmark/{MEMORY[0]}", told)
    put(show, f".earmark/{MEMORY[1]}", raw)
    if chance.random() < 0.7:
        put(show, SHOW_MD, read(show, SHOW_MD))  # as if edited, so that episodes are asked for


def _elsewhere(chance: Chance) -> str:
    """Return the name of something outside, as it is called from somewhere in a show."""
    if chance.random() < 0.3:
        return chance.choice(nasty.PATHS)
    file = chance.choice(["secret.txt", "transcript.vtt", "cover.jpg", "new", "recording.mp3"])
    return (
        chance.choice(["", "media/", "art/"]) + "../" * chance.randrange(1, 5) + f"outside/{file}"
    )


def _output(show: Path, seen: Any, known: Any, chance: Chance) -> None:
    """Claim that a build made a file that lies elsewhere."""
    name = chance.choice(["", "", "media/", "episodes/"]) + _elsewhere(chance)
    with contextlib.suppress(OSError, ValueError):
        there = (show / "public" / name).stat()
        seen["outputs"][name] = [there.st_size, there.st_mtime_ns]
    seen["outputs"].setdefault(name, [1, 2])


def _linked(show: Path, seen: Any, known: Any, chance: Chance) -> None:
    """Put a link in the place of a built file, and claim that it was left so."""
    name = chance.choice(sorted(seen["outputs"]))
    path = show / "public" / name
    remove(path)
    if clear(path.parent):
        path.symlink_to(show.parent / "outside" / chance.choice(["secret.txt", "recording.mp3"]))
        there = path.lstat() if chance.random() < 0.5 else path.stat()
        seen["outputs"][name] = [there.st_size, there.st_mtime_ns]


def _episode(show: Path, seen: Any, known: Any, chance: Chance) -> None:
    """Claim something else of an episode."""
    episode = known[chance.choice(sorted(known))]
    key = chance.choice(["slug", "folder", "recording", "transcript_source", "picture_source",
                         "chapters_source", "notes", "media", "transcripts", "chapters", "art",
                         "published", "facts", "pictures"])  # fmt: skip
    value = chance.choice([_elsewhere(chance), nasty.text(chance).decode("utf-8", "replace")])
    if key in {"media", "art"}:
        episode[key] = (episode[key] or {}) | {chance.choice(["file", "small", "type"]): value}
    elif key == "facts":
        nasty.change(episode["facts"], chance)
    elif key == "pictures":
        episode[key] = {"a.png": {"file": value, "width": 1, "small": value, "small_width": 1}}
    else:
        episode[key] = [value] if key == "transcripts" else value


def _moved(show: Path, seen: Any, known: Any, chance: Chance) -> None:
    """Claim that an episode was read in another folder."""
    place = chance.choice(["../outside", "episodes/03-talk", "", "..", *nasty.PATHS])
    known[place] = known.pop(chance.choice(sorted(known))) | {"folder": place}


def _any(show: Path, seen: Any, known: Any, chance: Chance) -> None:
    nasty.change(chance.choice([seen, known]), chance)


MEMORY = ["seen.json", "episodes.json", "art.json", "audio.json", "unfinished.json", "sums.json",
          "proved.json", "publishing.jsonl", "by", "publishing.lock"]  # fmt: skip
FORGERIES = [_output, _linked, _episode, _episode, _episode, _moved, _any]


def target(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Harm what lies where the show was published to."""
    place = show.parent / "target"
    files = sorted(each for each in place.rglob("*") if each.is_file() and not each.is_symlink())
    if not files:
        return
    records = [each for each in files if each.match(".published/*.json")]
    name = chance.choice([*files, *(records * 20)]).relative_to(place).as_posix()
    if chance.random() < 0.25:
        name = chance.choice([name, "media", "episodes", ".published", ".published/kept",
                              ".published/releases", "static", ".published/lock.json"])  # fmt: skip
        _replaced(place / name, chance)
    elif name.endswith(".json"):
        put(show, f"../target/{name}", nasty.document(read(show, f"../target/{name}"), chance))
    else:
        put(show, f"../target/{name}", nasty.garbled(read(show, f"../target/{name}"), chance))


def _replaced(path: Path, chance: Chance) -> None:
    """Put a link, a folder or a pipe in the place of something."""
    remove(path)
    if clear(path.parent):
        up = "../" * chance.randrange(4)
        where = [f"{up}outside", f"{up}outside/secret.txt", *nasty.TARGETS]
        match chance.randrange(4):
            case 0:
                os.mkfifo(path)
            case 1:
                path.mkdir()
            case _:
                path.symlink_to(chance.choice(where))


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
              f"{ONE}/chapters.txt", ".earmark/art", ".earmark/seen.json", ".earmark/audio",
              "public", "public/media", "public/episodes", "public/static", "public/art",
              ".earmark/.seen.json.part", "public/.feed.xml.part", ".earmark/by",
              ".earmark/publishing.lock", "public/catalogue.json", "public/index.html")  # fmt: skip
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
    recording: 15, lock: 4, memory: 8, forged: 14, built: 7, tree: 10, target: 12,
}  # fmt: skip


def harm(show: Path, chance: Chance, seeds: Seeds) -> list[str]:
    """Harm a good show, mostly in one way; return the names of the ways."""
    count = chance.choice([1, 1, 1, 2, 3])
    picked = chance.choices(list(HARMS), list(HARMS.values()), k=count)
    for each in picked:
        if show.is_dir():
            each(show, chance, seeds)
    return [each.__name__ for each in picked]
