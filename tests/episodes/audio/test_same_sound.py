"""An encoding has the sound of its recording, whatever a lock file from elsewhere names."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from episodes import lockfile as lock
from episodes.audio import encode, measurement, mp3_frames, same_sound
from episodes.frontmatter.production import RecordingSettings
from podcast.building import pipeline, published_copy
from podcast.show_folder import lockfile
from tests.kit.shows import NOW, add_episode, sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HIGH = ("-af", "asetrate=88200,aresample=44100,aloop=1:65536,atrim=end=3")  # one octave up


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two recordings of one length: a tone, and a higher one."""
    folder = tmp_path_factory.mktemp("recordings")
    return sound(folder / "own.flac"), sound(folder / "other.flac", 3, HIGH)


def encoded(recording: Path, target: Path) -> Path:
    form = encode.mp3(RecordingSettings())
    encode.encode(
        recording, target, form, measurement.measure_loudness(recording, form.channels, sides=True)
    )
    return target


@pytest.mark.slow
def test_an_encoding_is_of_its_recording_and_of_no_other(
    recordings: tuple[Path, Path], tmp_path: Path
) -> None:
    own, other = recordings
    made = encoded(own, tmp_path / "own.mp3")
    assert same_sound.has_same_sound(own, made)
    assert not same_sound.has_same_sound(other, made)


@pytest.mark.slow
def test_sides_that_cancel_each_other_are_heard_by_the_left(
    recordings: tuple[Path, Path], tmp_path: Path
) -> None:
    sides = ("-af", "pan=stereo|c0=c0|c1=-1*c0")
    opposite = sound(tmp_path / "opposite.flac", 3, sides)
    assert same_sound.has_same_sound(opposite, encoded(opposite, tmp_path / "own.mp3"))
    assert not same_sound.has_same_sound(opposite, encoded(recordings[1], tmp_path / "other.mp3"))


def serve(monkeypatch: pytest.MonkeyPatch, file: Path) -> list[str]:
    """Let the show's own address give this file, whatever is asked for; return what was."""
    asked: list[str] = []

    def published(_: Iterable[str], name: str, target: Path) -> bool:
        asked.append(name)
        shutil.copy(file, target)
        return True

    monkeypatch.setattr(published_copy, "published", published)
    return asked


def forge(show: Path, **changed: object) -> lock.LockedEpisode:
    """Change what the lock file says of the one episode, and forget the rest."""
    known = lockfile.read(show)
    ((guid, entry),) = known.episodes.items()
    forged = entry.model_copy(update=changed)
    lockfile.write(show, known.model_copy(update={"episodes": {guid: forged}}))
    shutil.rmtree(show / ".earmark")
    shutil.rmtree(show / "public")
    return entry


@pytest.mark.slow
def test_a_lock_file_with_another_sound_publishes_the_sound_of_the_recording(
    make_show: Callable[..., Path],
    recordings: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    show = make_show(0)
    add_episode(show, 1, recordings[0])
    pipeline.build(show, now=NOW)
    other = encoded(recordings[1], tmp_path / "other.mp3")
    asked = serve(monkeypatch, other)
    theirs = {"encoder": "another", "file": "media/other.mp3", "length": other.stat().st_size}
    own = forge(show, **theirs, audio=mp3_frames.digest_of(mp3_frames.find_frames(other)))
    pipeline.build(show, now=NOW)
    (entry,) = lockfile.read(show).episodes.values()
    assert "media/other.mp3" in asked
    assert (
        entry.audio
        == own.audio
        == mp3_frames.digest_of(mp3_frames.find_frames(show / "public" / entry.file))
    )


def test_a_file_of_the_length_in_the_lock_file_is_not_taken_for_its_audio(
    make_show: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    show = make_show(1)
    pipeline.build(show, now=NOW)
    (entry,) = lockfile.read(show).episodes.values()
    other = tmp_path / "other.mp3"
    data = (show / "public" / entry.file).read_bytes()
    other.write_bytes(data[:-200] + bytes(200))
    asked = serve(monkeypatch, other)
    forge(show, file="media/other.mp3")
    pipeline.build(show, now=NOW)
    (after,) = lockfile.read(show).episodes.values()
    assert "media/other.mp3" in asked
    assert (show / "public" / after.file).read_bytes() == data
