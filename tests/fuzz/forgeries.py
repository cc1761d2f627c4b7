"""Harm to what Earmark itself wrote: the lock, its memory, what was built and published."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from tests.fuzz import hostile_values
from tests.fuzz.harms import LOCK, SHOW_MD, Chance, clear, put, read, remove, text_harmed, timed
from tests.kit.seeds import Seeds


def lock(show: Path, chance: Chance, seeds: Seeds) -> None:
    put(show, LOCK, hostile_values.document(read(show, LOCK), chance))


def memory(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Damage the cache of earlier builds, as a forged show might."""
    name = chance.choice(MEMORY)
    told = json.dumps({"code": "1", "files": [chance.choice(hostile_values.PATHS), "media/a.mp3"]})
    data = read(show, f".earmark/{name}") or told.encode()
    put(
        show,
        f".earmark/{name}",
        data if chance.random() < 0.1 else hostile_values.document(data, chance),
    )


def forged(show: Path, chance: Chance, seeds: Seeds) -> None:
    """Forge what the last build wrote down, in such a way that it fits together."""
    try:
        record, rows = (read(show, f".earmark/{name}") for name in MEMORY[:2])
        seen, known = json.loads(record), parse_rows(rows)
        for _ in range(chance.choice([1, 1, 2])):
            chance.choice(FORGERIES)(show, seen, known, chance)
        raw = written_rows(known)
        told = json.dumps(seen | {"digest": hashlib.sha256(raw).hexdigest()}).encode()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return  # an earlier harm left little to forge
    put(show, f".earmark/{MEMORY[0]}", told)
    put(show, f".earmark/{MEMORY[1]}", raw)
    if chance.random() < 0.7:
        put(show, SHOW_MD, read(show, SHOW_MD))  # as if edited, so that episodes are asked for


def parse_rows(data: bytes) -> dict[str, Any]:
    """Return the episodes that a build wrote down, one a line."""
    return {name: each for row in data.splitlines() for name, each in json.loads(row).items()}


def written_rows(known: dict[str, Any]) -> bytes:
    """Return episodes as a build writes them down."""
    return b"".join(json.dumps({name: each}).encode() + b"\n" for name, each in known.items())


def _elsewhere(chance: Chance) -> str:
    """Return the name of something outside, as it is called from somewhere in a show."""
    if chance.random() < 0.3:
        return chance.choice(hostile_values.PATHS)
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
    value = chance.choice(
        [_elsewhere(chance), hostile_values.text(chance).decode("utf-8", "replace")]
    )
    if key in {"media", "art"}:
        episode[key] = (episode[key] or {}) | {chance.choice(["file", "small", "type"]): value}
    elif key == "facts":
        hostile_values.change(episode["facts"], chance)
    elif key == "pictures":
        episode[key] = {"a.png": {"file": value, "width": 1, "small": value, "small_width": 1}}
    else:
        episode[key] = [value] if key == "transcripts" else value


def _moved(show: Path, seen: Any, known: Any, chance: Chance) -> None:
    """Claim that an episode was read in another folder."""
    place = chance.choice(["../outside", "episodes/03-talk", "", "..", *hostile_values.PATHS])
    known[place] = known.pop(chance.choice(sorted(known))) | {"folder": place}


def _any(show: Path, seen: Any, known: Any, chance: Chance) -> None:
    hostile_values.change(chance.choice([seen, known]), chance)


MEMORY = ["build.json", "episodes.json", "items.json", "art.json", "audio.json", "unfinished.json",
          "sums.json", "proved.json", "publishing.jsonl", "by", "publishing.lock"]  # fmt: skip
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
        put(
            show,
            f"../target/{name}",
            hostile_values.document(read(show, f"../target/{name}"), chance),
        )
    else:
        put(
            show,
            f"../target/{name}",
            hostile_values.garbled(read(show, f"../target/{name}"), chance),
        )


def _replaced(path: Path, chance: Chance) -> None:
    """Put a link, a folder or a pipe in the place of something."""
    remove(path)
    if clear(path.parent):
        up = "../" * chance.randrange(4)
        where = [f"{up}outside", f"{up}outside/secret.txt", *hostile_values.TARGETS]
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
        data = timed(data, chance) if chance.random() < 0.5 else text_harmed(data, chance)
    else:
        data = hostile_values.garbled(data, chance)
    put(show, name, data)
