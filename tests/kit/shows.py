"""Making what tests need: a small show that is right in every way, recordings, programs."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from episodes.audio import ffmpeg

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "starting-the-conversation"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)  # when the tests happen

SHOW = """\
---
title: Night shift
guid: 5b6d2b6c-4c2c-5f38-9f39-6d9bb4b8e1d2
address: https://podcast.example.org/night/
author: Example Trust
owner: {name: Example Trust, email: podcast@example.org}
feedback: podcast@example.org
summary: Short talks for people who work at night.
licence: CC-BY-4.0
contributors:
  - credit: Example team
    role: host
    consent: {given_on: 2026-01-05}
support:
  - name: Samaritans
    phone: "116 123"
    checked_on: 2026-10-01
---

For people who work at night.
"""
EPISODE = """\
---
title: {title}
guid: guid-{number}
date: 2026-10-{day:02} 07:00
summary: What the {number}. talk gives.
audio: {audio}
number: {number}
content_note: none
prompts:
  - What will you try?
references:
  - {{title: A survey of nights, year: 2024, kind: research, limits: One hospital.}}
  - {{title: What three wards do, year: 2025, kind: practice, limits: Three wards.}}
reviewed_on: 2026-09-01
review_due: 2027-09-01
---

Some *notes*.
"""
TRANSCRIPT = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Host>Hello.\n"


def program(name: str) -> str:
    """Return the path of a program, or skip the test and say what is missing.

    Programs of this Python's own environment come first: it need not be activated. Last comes
    where Debian keeps servers: not everybody's PATH has it.
    """
    beside = Path(sys.executable).parent
    places = [str(beside), os.environ["PATH"], "/usr/sbin"]
    found = shutil.which(name, path=os.pathsep.join(places))
    return found or missing(f"{name} is not installed")


def npm(name: str) -> Path:
    """Return the folder of a package from npm, or skip the test and say what is missing."""
    folder = ROOT / "tests" / "node_modules" / name
    return folder if folder.is_dir() else missing(f"{name} is not installed (npm, in tests/)")


def library(name: str) -> Any:
    """Import a library that only `make test-all` installs, or skip the test and say so."""
    if importlib.util.find_spec(name) is None:
        missing(f"{name} is not installed (PyPI)")
    return importlib.import_module(name)


def missing(what: str) -> NoReturn:
    """Skip the test with a sentence; where nothing may be skipped (CI), fail."""
    if os.environ.get("EARMARK_NOTHING_SKIPPED"):
        pytest.fail(f"{what}, and nothing may be skipped here")
    pytest.skip(what)


def sound(
    path: Path, seconds: float = 3, options: tuple[str, ...] = (), volume: float = 0.1
) -> Path:
    """Make a recording with the ffmpeg program: a tone; the ending says which kind."""
    source = f"sine=frequency=300:duration={seconds},volume={volume}"
    command = [
        ffmpeg.program(),
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        source,
        *options,
        str(path),
    ]
    subprocess.run(command, check=True)
    return path


def tone(path: Path) -> Path:
    """Make a finished MP3 of three seconds that fits: -19 LUFS, mono, 96 kbit/s."""
    options = ("-ac", "1", "-ar", "44100", "-b:a", "96k", "-write_id3v2", "0")
    return sound(path, 3, options, volume=1.45)


def add_episode(show: Path, number: int, recording: Path, **changes: str) -> Path:
    """Add an episode; `changes` replace whole lines of its front matter, by key."""
    folder = show / "episodes" / f"{number:02}-talk"
    folder.mkdir(parents=True)
    name = f"recording{recording.suffix}"
    # Every episode needs sound of its own: silence is put behind the same tone.
    (folder / name).write_bytes(recording.read_bytes() + bytes(number))
    text = EPISODE.format(title=f"Talk {chr(64 + number)}", number=number, day=number, audio=name)
    for key, line in changes.items():
        start = text.index(f"\n{key}:") + 1
        text = text[:start] + line + text[text.index("\n", start) :]
    (folder / "episode.md").write_text(text, encoding="utf-8")
    (folder / "transcript.vtt").write_text(TRANSCRIPT, encoding="utf-8")
    return folder


AT = "https://host.example.org/one.mp3"  # another server, where a recording stays


def leave_there(show: Path, number: int = 1, url: str = AT) -> Path:
    """Let an episode's recording be on another server, as `earmark import --leave-audio` does."""
    folder = show / "episodes" / f"{number:02}-talk"
    (folder / "recording.mp3").unlink()
    path = folder / "episode.md"
    said = f"audio_at: {{url: '{url}', length: 9000, type: audio/mpeg, seconds: 3}}"
    path.write_text(path.read_text("utf-8").replace("audio: recording.mp3", said), "utf-8")
    return folder
