"""A show that an earlier version built and published is built and published on by this one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from episodes.lockfile import LockedEpisode
from podcast.show_folder import lockfile
from tests.kit import earlier_version
from tests.kit.earlier_version import run

pytestmark = pytest.mark.slow

# What subscribers' apps know an episode and its files by.
IDENTITY = re.compile(
    r"<guid[^>]*>[^<]*</guid>|<enclosure[^>]*>|<podcast:alternateEnclosure[^>]*>"
    r"|<podcast:source [^>]*>|<podcast:guid>[^<]*|<pubDate>[^<]*|<itunes:image[^>]*>"
)
KEPT = ("art/*", "media/*", "chapters/*", "transcripts/*.vtt", "transcripts/*.srt",
        "transcripts/*.json")  # fmt: skip


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    return earlier_version.unpack(tmp_path)


def read_files(built: Path) -> dict[str, bytes]:
    return {
        path.relative_to(built).as_posix(): path.read_bytes()
        for pattern in KEPT
        for path in built.glob(pattern)
    }


def locked(show: Path) -> dict[str, LockedEpisode]:
    """Return the lock file's episodes; the seconds of an encoder's padding count no longer."""
    episodes = lockfile.read(show).episodes.items()
    return {
        guid: each.model_copy(update={"seconds": round(each.seconds)}) for guid, each in episodes
    }


def identities(built: Path) -> list[str]:
    items = (built / "feed.xml").read_text(encoding="utf-8")
    return IDENTITY.findall(items)


def test_an_old_show_is_built_with_every_guid_and_every_file_as_before(earlier: Path) -> None:
    show, public = earlier / "show", earlier / "show" / "public"
    episodes, known, files = locked(show), identities(public), read_files(public)
    assert len(known) > 10
    assert len(files) == 13
    run("build", show)
    assert locked(show) == episodes
    assert identities(public) == known
    assert read_files(public) == files
    assert run("check", show) == "Nothing to fix.\n"
    assert run("build", show).startswith("Nothing changed: 2 episodes")


def test_an_old_show_without_its_cache_is_built_with_the_same_files(earlier: Path) -> None:
    show, public = earlier / "show", earlier / "show" / "public"
    known, files = identities(public), read_files(public)
    for path in sorted((show / ".earmark").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    run("build", show)
    assert identities(public) == known
    assert read_files(public) == files


def test_an_old_show_is_published_without_a_recording_or_a_new_episode(earlier: Path) -> None:
    show, site = earlier / "show", earlier / "site"
    files = read_files(site)
    output = run("publish", show, "--to", site)
    assert "recording" not in output
    assert "Subscribers will notice" not in output
    assert read_files(site) == files
    assert (site / "feed.xml").read_bytes() == (show / "public" / "feed.xml").read_bytes()
    assert run("publish", show, "--to", site, "--quiet") == ""
    assert "feed.xml" in run("rollback", show, "--to", site), "the old release is known"
