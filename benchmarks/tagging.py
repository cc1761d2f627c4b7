"""Measures P1: copying and tagging finished recordings, against `cp` and eyeD3."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import recordings
import shows
from table import Row, compare
from timing import Run, command, exponent, remove, rounds
from workspace import EARMARK, EYED3

if TYPE_CHECKING:
    from collections.abc import Callable

    from workspace import Workspace

EPISODES = 200
STAGE = Path(__file__).with_name("master_stage.py")
SAMPLE = 20  # files for timing eyeD3; each takes it the same time


def tag(space: Workspace) -> list[Row]:
    """Measure P1: the first build of finished MP3s of 5 MB."""
    count = space.count(EPISODES)
    show = shows.make(space.folder / "tagged", count, recordings.talks(space.cache))
    for transcript in show.glob("episodes/*/transcript.vtt"):
        transcript.unlink()  # P1 is about recordings; P4 measures pages and transcripts
    copies, sample = space.folder / "copies", space.folder / "sample"
    _check(show, count)
    staged, copied, took, eyed3 = rounds(
        Run(partial(_recordings, show), partial(remove, *_made(show))),
        Run(
            command("cp", "-r", "--reflink=never", show / "episodes", copies),
            partial(remove, copies),
        ),
        _build(show),
        Run(partial(_eyed3, sample), partial(_sample, show, sample)),
        times=space.times,
    )
    remove(copies, sample, show / "public", show / ".earmark")
    for folder in sorted((show / "episodes").iterdir())[count // 10 :]:
        remove(folder)
    [less] = rounds(_build(show), times=space.times)
    remove(show)
    scaled = eyed3 * count / min(SAMPLE, count)
    size = f"{count} x 5 MB"
    growth, whole = exponent(less, took), "the whole command, with pages and feed"
    return [
        compare("P1", "copy, tag, hash, verify", size, "cp", (staged, copied), 2, 1.85),
        compare("P1", whole, size, "cp", (took, copied), 4, 2.5, growth),
        compare("P1", whole, size, "eyeD3", (took, scaled), 0.1, None, growth),
    ]


def _made(show: Path) -> tuple[Path, ...]:
    return show / "public", show / ".earmark", show / "earmark.lock"


def _build(show: Path) -> Run:
    return Run(command(EARMARK, "build", show), partial(remove, *_made(show)))


def _recordings(show: Path) -> float:
    """Build in a separate process; return the seconds spent on recordings."""
    call = [sys.executable, str(STAGE), str(show)]
    return float(subprocess.run(call, capture_output=True, text=True, check=True).stdout)


def _check(show: Path, count: int) -> None:
    """Exit unless every recording is published."""
    _build(show).go()
    if len(list(show.glob("public/media/*.mp3"))) != count:
        raise SystemExit("not every recording was published")


def _sample(show: Path, folder: Path) -> None:
    remove(folder)
    folder.mkdir()
    for path in sorted(show.glob("episodes/*/recording.mp3"))[:SAMPLE]:
        command("cp", "--reflink=never", path, folder / f"{path.parent.name}.mp3")()


def _eyed3(folder: Path) -> float:
    """Write the tags of each file with eyeD3's command, without chapters."""
    began = time.perf_counter()
    for number, path in enumerate(sorted(folder.iterdir()), 1):
        _tagged(path, number)()
    return time.perf_counter() - began


def _tagged(path: Path, number: int) -> Callable[[], float]:
    talk = shows.talk(number)
    page = f"{shows.ADDRESS}episodes/{talk.name}.html".replace(":", "\\:")
    frames = {
        "TDRL": f"{talk.published:%Y-%m-%d}", "TLAN": "eng", "TGID": talk.guid,
        "TDES": talk.summary, "TCAT": "Education", "TKWD": "Courses, Mental Health",
        "TCOP": "© 2026 Example training team",
    }  # fmt: skip
    return command(
        EYED3, "--no-config", "--quiet", "--to-v2.3", "--encoding", "utf16",
        "--title", talk.title, "--artist", "Example training team",
        "--album", "Starting the conversation", "--genre", "Podcast",
        "--release-year", f"{talk.published:%Y}", "--track", str(number), "--disc-num", "1",
        "--add-image", f"{shows.COVER}:FRONT_COVER", "--url-frame", f"WOAF:{page}",
        *(f"--text-frame={name}:{text}" for name, text in frames.items()), path,
    )  # fmt: skip
