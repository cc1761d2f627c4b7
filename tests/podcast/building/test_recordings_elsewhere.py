"""A recording that stays, or stayed once, on another server: what is remembered of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from episodes import catalogue
from episodes import lockfile as lock
from podcast.building import pipeline
from podcast.show_folder import lockfile
from tests.kit.shows import AT, NOW, leave_there
from web.sync.episode_index import EpisodeIndex

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    """A show of two episodes; the recording of the first stays on another server."""
    show = make_show(2)
    leave_there(show)
    return show


def brought_here(show: Path, tone: Path) -> None:
    """Put a recording of one's own into the place of the one on the other server."""
    folder = show / "episodes" / "01-talk"
    path = folder / "episode.md"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(each for each in lines if not each.startswith("audio_at:")), "utf-8")
    (folder / "recording.mp3").write_bytes(tone.read_bytes() + b"\0")


def told(show: Path) -> dict[str, Any]:
    """Return what the catalogue says of the first episode's recording."""
    data = (pipeline.build(show, now=NOW).out / "catalogue.json").read_bytes()
    (media,) = (each["media"] for each in json.loads(data)["episodes"] if each["guid"] == "guid-1")
    found: dict[str, Any] = media
    return found


def test_an_address_of_before_stays_known_when_the_recording_comes_here(
    show: Path, tone: Path
) -> None:
    assert (told(show)["file"], told(show)["former"]) == (AT, [])
    brought_here(show, tone)
    here = told(show)
    assert here["file"].startswith("media/01-talk-")
    assert here["former"] == [AT]
    assert told(show) == here, "also where nothing changed"


def test_the_companion_knows_what_an_app_says_of_the_copy_that_it_took_there(
    show: Path, tone: Path
) -> None:
    told(show)
    brought_here(show, tone)
    told(show)
    shelf = EpisodeIndex(catalogue.parse((show / "public" / "catalogue.json").read_bytes()))
    found = shelf.find(shelf.feed, AT, "", 3)
    assert found is not None
    assert found.guid == "guid-1"


def test_who_takes_over_a_show_can_say_where_its_recordings_lay(show: Path) -> None:
    there = "https://old.example.org/two.mp3"
    lockfile.remember_elsewhere(show, {"guid-2": lock.RemoteRecordings(addresses=(there,))})
    told(show)
    rows = json.loads((show / "public" / "catalogue.json").read_bytes())["episodes"]
    assert [each["media"]["former"] for each in rows] == [[there], []]
    assert set(lockfile.read(show).elsewhere) == {"guid-1", "guid-2"}


def test_a_withdrawn_episode_tells_nobody_where_it_may_still_be_heard(
    show: Path, tone: Path
) -> None:
    told(show)
    brought_here(show, tone)
    told(show)
    path = show / "episodes" / "01-talk" / "episode.md"
    text = path.read_text("utf-8").replace("number:", "withdrawn: 2026-11-01\nnumber:", 1)
    path.write_text(text, "utf-8")
    out = pipeline.build(show, now=NOW).out
    assert not [path for path in out.rglob("*.*") if AT.encode() in path.read_bytes()]
    assert lockfile.read(show).elsewhere["guid-1"].addresses == (AT,)
