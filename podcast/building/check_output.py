"""Checks the built feed and each file that it names."""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from episodes import site_layout
from episodes.audio import id3_lint
from episodes.findings import Finding, errors_in
from episodes.rules import finding
from episodes.transcripts import read, write
from podcast import parallel
from podcast.building import artwork
from podcast.cache.store import stat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.building.context import BuildContext

NAME = "proved.json"
_NAMES = re.compile(rf"(?:{'|'.join(site_layout.IMMUTABLE)})[^/\s\"<>&?#]+".encode())
_OF_CHAPTER = re.compile(r"-chapter-[0-9a-f]{12}$")
_LONGEST = {".vtt": write.LINE, ".srt": write.SRT_LINE}


def prove(context: BuildContext) -> list[Finding]:
    """Return the findings in the built folder; none if nothing was built."""
    path = context.out / site_layout.FEED
    try:
        data = path.read_bytes() if stat(path) else b""  # reading a pipe would block
    except OSError:
        return []
    if not data:
        return []
    from feed.validator import channel  # slow to load
    from feed.validator.document import Built

    stats = {
        name: stat for folder in site_layout.IMMUTABLE for name, stat in _files(context.out, folder)
    }
    shown = f"{context.out.name}/{site_layout.FEED}"
    built = Built(shown, {name: stat[0] for name, stat in stats.items()}, context.now)
    findings = channel.check(data, built)
    known: dict[str, Any] = context.store.load(NAME)
    announced = {name.decode("utf-8", "replace") for name in _NAMES.findall(data)}
    named = [name for name in stats if name in announced]
    fresh = [name for name in named if known.get(name, [None])[0] != stats[name]]
    rows = {name: row for name, row in known.items() if name in named and name not in fresh}
    for name, wrong in parallel.spread(examine, [(context.out, name) for name in fresh]):
        rows[name] = [stats[name], wrong]
    if fresh:
        with contextlib.suppress(OSError):  # a read-only folder can be checked too
            context.store.save(NAME, rows)
    return findings + [Finding.load(row) for name in named for row in rows[name][1]]


def _files(out: Path, folder: str) -> Iterator[tuple[str, list[int]]]:
    """Yield (name, [size, mtime]) of each file in a built folder."""
    if not (out / folder).is_dir():
        return
    with os.scandir(out / folder) as entries:
        for entry in filter(_is_ours, entries):
            there = entry.stat(follow_symlinks=False)
            yield f"{folder}{entry.name}", [there.st_size, there.st_mtime_ns]


def _is_ours(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def examine(files: list[tuple[Path, str]]) -> list[tuple[str, list[Finding]]]:
    """Check the content of each file."""
    return [(name, list(_examine(out / name, f"{out.name}/{name}"))) for out, name in files]


def _examine(file: Path, path: str) -> Iterator[Finding]:
    if file.suffix == ".mp3":
        with file.open("rb") as recording:
            head = recording.read(id3_lint.HEAD)
            head += recording.read(max(0, id3_lint.tag_size(head) - len(head)))
        yield from id3_lint.lint(head, path)
    elif file.suffix == ".m4a":
        with file.open("rb") as recording:
            if not id3_lint.is_bare(recording.read(artwork.HEAD)):
                yield finding("art-bare", path, "covr", "contains more than the picture")
    elif file.suffix in {".jpg", ".png"}:
        yield from _picture(file, path)
    elif f"{file.parent.name}/" == site_layout.TRANSCRIPTS and file.suffix != ".html":
        text = file.read_text("utf-8", "replace")
        yield from read.parse_transcript(text, path)[1]
        longest = _LONGEST.get(file.suffix)
        if longest and any(_long(line, longest) for line in text.split("\n")):
            yield finding("transcript-line", path, "", "has longer lines")
    elif f"{file.parent.name}/" == site_layout.CHAPTERS and not _chapters(file.read_bytes()):
        yield finding("chapters-json", path, "", "is not `podcast:chapters` JSON 1.2 in time order")


def _picture(file: Path, path: str) -> Iterator[Finding]:
    from episodes.pictures import artwork as art
    from episodes.pictures import metadata

    if file.stem.endswith("-small"):
        wrong = []
    else:
        of_chapter = _OF_CHAPTER.search(file.stem)
        wrong = errors_in(art.inspect_picture(file, path, art.CHAPTER if of_chapter else art.COVER))
        yield from wrong
        if not wrong and not art.is_named(file):
            yield finding("art-ending", path, "", "is not what its name says")
    if not wrong and not metadata.is_bare(file.read_bytes()):
        yield finding("art-bare", path, "", "contains more than the picture")


def _long(line: str, longest: int) -> bool:
    """Return whether a line of a transcript is too long for a phone; one long word is not."""
    shown = html.unescape(line.partition(">")[2] if line.startswith("<v ") else line)
    return len(shown) > longest and " " in shown


def _chapters(data: bytes) -> bool:
    try:
        document = json.loads(data)
        starts = [each["startTime"] for each in document["chapters"]]
        shown = all(each["title"] and each.get("toc", True) for each in document["chapters"])
        ordered = all(one < two for one, two in pairwise(starts))
        return shown and ordered and document["version"].startswith("1.2")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
