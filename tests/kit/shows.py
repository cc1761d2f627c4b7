"""Making what tests need: a small show that is right in every way, recordings, programs."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from episodes import site_layout
from episodes.audio import ffmpeg
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.model import Episode, Media, Show, newest_first
from feed import index_page, pages

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


FIRST_WEEK = datetime(2021, 1, 11, 7, tzinfo=UTC)
TITLES = (
    "What to say first when a young person shows you a new injury",
    "Night shift",
    "Why asking about self-harm does not make it worse: what the research can and cannot tell us",
    "Listening without fixing",
    "Safety plans that people use (and the ones that stay in a drawer)",
    "“I was fine until the appointment letter came”: waiting lists, seen from the other side",
    "After the conversation: how to look after yourself and your team",
    "Housing, debt and the week before payday, with a support worker and two tenants",
    "A&E at 3 in the morning",
    "Neurodivergent patients and the questions on the form that nobody can answer",
)
LONG_SUMMARY = (
    "Two people who have been there and a nurse talk about what helped, what did not, and one "
    "sentence that you can try on your next shift."
)


def long_show(count: int, **facts: object) -> Show:
    """Return a weekly show of so many episodes."""
    written = {
        "title": "Starting the conversation",
        "author": "Example Trust",
        "summary": "Short talks for people who are not specialists, on talking with someone who "
        "self-harms: the first words, listening, and what happens next.",
        "support": [{"name": "Samaritans", "phone": "116 123", "hours": "Day and night"}],
    }
    return Show(
        facts=ShowFacts.model_validate(written | facts),
        description="<p>For people who work at night, and for everybody who sits with them.</p>",
        address="https://podcast.example.org/starting/",
        episodes=newest_first(map(_weekly_talk, range(1, count + 1))),
    )


def _weekly_talk(number: int) -> Episode:
    when = FIRST_WEEK + timedelta(weeks=number - 1)
    slug = f"{number:03}-what-to-say-first"
    facts = {
        "title": f"{TITLES[number % len(TITLES)]}, part {number // len(TITLES) + 1}",
        "guid": slug,
        "date": when.replace(tzinfo=None),
        "summary": LONG_SUMMARY,
        "number": number,
        "season": 1 + number // 40,
    }
    media = Media(
        file=f"media/{slug}.mp3",
        length=1,
        type="audio/mpeg",
        seconds=60.0 * (3 + number % 40),
        digest="0",
    )
    return Episode(
        slug=slug,
        folder=f"episodes/{slug}",
        facts=EpisodeFacts.model_validate(facts),
        published=when,
        notes="",
        recording=f"episodes/{slug}/a.mp3",
        media=media,
    )


def write_index(show: Show, folder: Path) -> Path:
    """Write the first page of a show into a folder, with its styles and scripts."""
    (folder / site_layout.STATIC).mkdir(parents=True)
    for name, data in pages.static().items():
        (folder / site_layout.static_name(name)).write_bytes(data)
    page = folder / site_layout.INDEX
    page.write_bytes(index_page.render(show))
    return page
