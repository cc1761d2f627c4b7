"""Real feeds: those that well-kept parsers are tested with, imported one after another.

They are fetched as source distributions when the tests run, and kept in build/; nothing of them is
in the repository. None may end in a traceback, and what comes of them must be a show.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from episodes.findings import Level
from feed.reader import read as reading
from feed.reader.result import NotAFeedError, ParsedFeed
from podcast.building import pipeline
from podcast.network.client import Stream
from tests.kit import shows
from tests.kit.foreign_feeds import Shelf, take

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = ("feedparser", "podcastparser")
CACHE = shows.ROOT / "build" / "feeds"
ENDINGS = (".xml", ".rss", ".atom")
LARGEST = 5_000_000  # bytes of a file that is looked at
LEADS = {"show-address", "show-guid", "support-missing"}  # what no feed tells and a lead must write


class Anything(Shelf):
    """Has the same recording under every address, and nothing else."""

    def __init__(self, recording: Path) -> None:
        super().__init__(recording.parent, "https://nowhere.invalid/")
        self.recording = recording

    @contextmanager
    def stream(self, address: str, _headers: dict[str, str]) -> Iterator[Stream]:
        data = self.recording.read_bytes()
        yield Stream(200, {"content-length": str(len(data))}, address, iter([data]))


def fetched() -> list[Path]:
    """Return every file that may be a feed, or skip the test where none can be had."""
    if not CACHE.is_dir():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary",
                   ":all:", "--dest", str(CACHE.with_suffix(".part")), *SOURCES]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=False, timeout=300)
        if done.returncode:
            shows.missing("the source distributions of feedparser and podcastparser (PyPI)")
        for path in CACHE.with_suffix(".part").glob("*.tar.gz"):
            with tarfile.open(path) as packed:
                packed.extractall(CACHE.with_suffix(".part"), filter="data")
        CACHE.with_suffix(".part").rename(CACHE)
    found = sorted(path for path in CACHE.rglob("*") if path.suffix in ENDINGS and path.is_file())
    return [path for path in found if path.stat().st_size < LARGEST]


@pytest.mark.slow
def test_every_real_feed_is_read_or_said_to_be_none() -> None:
    found = fetched()
    taken = [each for each in map(read, found) if each]
    assert len(found) >= 2000
    assert len(taken) > len(found) * 0.95
    assert sum(len(each.episodes) for each in taken) >= 40


def read(path: Path) -> ParsedFeed | None:
    try:
        return reading.read(path.read_bytes(), "https://example.org/feed.xml")
    except NotAFeedError:
        return None


@pytest.mark.slow
def test_real_feeds_become_shows_and_none_a_traceback(tmp_path: Path, tone: Path) -> None:
    """All that have recordings, and one in twenty of the others."""
    tried = heard = 0
    for number, path in enumerate(fetched()):
        if number % 20 and not getattr(read(path), "episodes", ()):
            continue
        folder = tmp_path / str(number)
        tried += 1
        try:
            done = take(path, folder, Anything(tone))
        except EarmarkError:
            assert not folder.exists(), path.name
            continue
        heard += done.added
        if done.added:
            wrong = [each for each in pipeline.check(folder) if each.level is Level.ERROR]
            alike = {"audio-twice"}  # every recording is the same tone here
            assert not {each.rule for each in wrong} - LEADS - alike, (path.name, wrong)
    assert tried >= 100
    assert heard >= 40


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "title", "guid"),
    [
        ("no_guid.rss", "", "http://example.org/example.opus"),
        ("atomsimplechapter.atom", "Podlove Podcast", "urn:uuid:"),
    ],
)
def test_well_known_feeds_are_read_right(name: str, title: str, guid: str) -> None:
    path = next((each for each in fetched() if each.stem == name.partition(".")[0]), None)
    taken = read(path) if path else None
    if taken is None:
        shows.missing(f"{name} is no longer among the tests of podcastparser")
    assert title.lower() in str(taken.facts["title"]).lower()
    assert taken.episodes[0].guid.startswith(guid[:4])
