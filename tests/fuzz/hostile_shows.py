"""Hostile shows: a small good show, and every way of harming it that chance may pick."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from podcast.building import pipeline
from podcast.building.context import ProgressReport
from podcast.publishing import publish
from podcast.publishing.destination import DestinationOptions
from tests.fuzz import hostile_values
from tests.fuzz.forgeries import built, forged, lock, memory, target
from tests.fuzz.harms import (
    LOCK,
    MD,
    MP3,
    ONE,
    SHOW_MD,
    TWO,
    Chance,
    Harm,
    clear,
    put,
    read,
    remove,
    text_harmed,
    timed,
)
from tests.kit.full_show import FIRST, SHOW
from tests.kit.seeds import Seeds
from tests.kit.shows import NOW, TRANSCRIPT, add_episode

SECRET = b"what lies outside stays outside"


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
        target = DestinationOptions(str(base / "target"))
        publish.publish(show, built, target, publish.PublishOptions(), NOW, ProgressReport())
    return show


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
            new = hostile_values.text(chance).decode("utf-8", "replace")
            quoted = json.dumps(new, ensure_ascii=chance.random() < 0.5).encode()
            data = data[: each.end(1)] + b": " + quoted + data[each.end() :]
        if chance.random() < 0.5:
            head = re.compile(rb"(?m)^(title|summary|  text): .*\n(?:  .*\n)?")
            data = head.sub(_worded(chance), data, count=1)
    put(show, name, data)


def _worded(chance: Chance) -> Callable[[re.Match[bytes]], bytes]:
    new = json.dumps(hostile_values.text(chance).decode("utf-8", "replace")).encode()
    return lambda found: found[1] + b": " + new + b"\n"


def notes(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Put markup where Markdown is expected."""
    more = b"\n\n".join(hostile_values.text(chance) for _ in range(chance.randrange(1, 6)))
    name = chance.choice([MD, SHOW_MD])
    put(show, name, read(show, name) + b"\n" + more + b"\n")


def transcript(show: Path, chance: Chance, seeds: Seeds) -> None:
    name = chance.choice(sorted(seeds.transcripts))
    data = seeds.transcripts[name]
    if name.endswith(".docx"):
        data = hostile_values.packed(data, chance)
    elif chance.random() < 0.5:
        data = timed(data, chance)
    remove(show / ONE / "transcript.vtt")
    put(show, f"{ONE}/{name}", text_harmed(data, chance) if name[-1] != "x" else data)


def chapters(show: Path, chance: Chance, seeds: Seeds) -> None:
    name = chance.choice(sorted(seeds.chapters))
    data = seeds.chapters[name]
    data = timed(data, chance) if chance.random() < 0.6 else text_harmed(data, chance)
    without = re.sub(rb"(?m)^chapters:\n(?:  .*\n)*", b"", read(show, MD))
    put(show, MD, without)
    put(show, f"{ONE}/{name}", data)


def picture(show: Path, chance: Chance, seeds: Seeds) -> None:
    data = hostile_values.picture(chance.choice(list(seeds.pictures.values())), chance)
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
    data = hostile_values.recording(seeds.recordings[name], chance, list(seeds.recordings.values()))
    _use(show, name if chance.random() < 0.9 else chance.choice(names), data)


def _use(show: Path, name: str, data: bytes) -> None:
    remove(show / MP3)
    made = f"a.{name.rpartition('.')[2]}"
    put(show, f"{ONE}/{made}", data)
    text = read(show, MD).replace(b"audio: recording.mp3", b"audio: " + made.encode())
    put(show, MD, re.sub(rb"(?m)^chapters:\n(?:  .*\n)*", b"", text))


def tree(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Harm where files lie and what they are called."""
    places = (SHOW_MD, "cover.jpg", "episodes", ONE, TWO, MD, MP3, f"{ONE}/transcript.vtt",
              "public/feed.xml", ".earmark", LOCK, f"{ONE}/picture.jpg",
              f"{ONE}/chapters.txt", ".earmark/art", ".earmark/build.json", ".earmark/audio",
              "public", "public/media", "public/episodes", "public/static", "public/art",
              ".earmark/.build.json.part", "public/.feed.xml.part", ".earmark/by",
              ".earmark/publishing.lock", "public/catalogue.json", "public/index.html")  # fmt: skip
    at = show / chance.choice(places)
    if not clear(at.parent):
        return
    match chance.randrange(8):
        case 0 | 1:
            remove(at)
            at.symlink_to(chance.choice(hostile_values.TARGETS))
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
    name = hostile_values.name(chance)
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
