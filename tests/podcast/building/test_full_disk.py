"""Tests bad luck: a full disk, or a recording that changes during a build, is a finding."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from episodes.audio import measurement
from episodes.audio.loudness import Loudness
from podcast.building import pipeline, tag
from tests.kit.broken_shows import MD, MP3, ONE, edit
from tests.kit.refused_builds import half_written, refused, run, snapshot
from tests.kit.shows import NOW


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_is_full_while_tagging_stops_the_build(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(MD, "title: Talk A", "title: Another")(show)
    really = Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self._file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def __getattr__(self, name: str) -> Any:
            return full if name == "write" else getattr(self._file, name)

    def opened(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        file = really(path, mode, *rest, **more)
        return Full(file) if mode == "w+b" else file

    monkeypatch.setattr(Path, "open", opened)
    before = snapshot(show)
    findings = refused(show)  # a copied show is another folder: each recording is tagged again
    assert sorted(found.path for found in findings) == [
        f"episodes/0{n}-talk/recording.mp3" for n in (1, 2, 3)
    ]
    assert all("No space left on device; free some" in found.said for found in findings)
    assert snapshot(show) == before


@pytest.mark.parametrize("kind", [".html", "feed.xml"])
def test_a_disk_that_is_full_while_writing_pages_leaves_the_feed_whole(
    show: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    edit(MD, "title: Talk A", "title: Another")(show)
    edit(f"{ONE}/transcript.vtt", "Hello", "Good morning")(show)
    feed = (show / "public" / "feed.xml").read_bytes()
    announced = [name for name in snapshot(show) if "/media/" in name or "/transcripts/" in name]
    really = Path.open

    def opened(path: Path, *how: Any, **more: Any) -> Any:
        return (
            full()
            if f"{kind}." in path.name and path.name.endswith(".part")
            else really(path, *how, **more)
        )

    monkeypatch.setattr(Path, "open", opened)
    said = run(show, "build")
    assert "No space left on device" in said
    assert (show / "public" / "feed.xml").read_bytes() == feed
    assert set(announced) <= set(snapshot(show))
    assert half_written(show) == []
    monkeypatch.undo()
    assert pipeline.build(show, now=NOW).written > 0
    assert b"Another" in (show / "public" / "feed.xml").read_bytes()


def test_a_recording_that_vanishes_while_it_is_read_is_one_finding(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = measurement.measure_loudness

    def measure(path: Path, *rest: Any, **more: Any) -> Loudness:
        heard = really(path, *rest, **more)
        (show / MP3).unlink(missing_ok=True)
        return heard

    monkeypatch.setattr(measurement, "measure_loudness", measure)
    os.utime(show / MP3, ns=(1, 1))
    edit(MD, "title: Talk A", "title: Another")(show)
    (found,) = refused(show)
    assert found.path == MP3
    assert "No such file" in found.said


def test_a_recording_that_shrinks_while_it_is_read_is_one_finding(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = tag.publish

    def publish(made: tag.UntaggedAudio, *rest: Any) -> Any:
        if made.frames.path == show / MP3:
            os.truncate(made.frames.path, 5_000)
        return really(made, *rest)

    monkeypatch.setattr(tag, "publish", publish)
    edit(MD, "title: Talk A", "title: Another")(show)
    (found,) = refused(show)
    assert found.path == MP3
    assert "changed while it was read" in found.said
