"""A show that somebody packed, memory and all: what it remembers is not believed here."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from episodes.audio import mp3_frames
from podcast.building import pipeline
from podcast.cache import encoded_audio, identity
from podcast.cache.store import CacheFolder
from podcast.show_folder import lockfile
from tests.kit.shows import NOW, add_episode, sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two recordings that have to be encoded: the show's own, and another sound."""
    folder = tmp_path_factory.mktemp("recordings")
    quiet, loud = folder / "own.flac", folder / "other.flac"
    return sound(quiet, 3), sound(loud, 4)


@pytest.fixture
def packed(
    make_show: Callable[..., Path],
    recordings: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Path:
    """A show built by somebody else, who exchanged the sound everywhere afterwards."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "theirs"))
    theirs = make_show(0, "theirs")
    add_episode(theirs, 1, recordings[1])
    pipeline.build(theirs, now=NOW)
    show = make_show(0)
    add_episode(show, 1, recordings[0])
    pipeline.build(show, now=NOW)
    _exchange(show, theirs)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "ours"))
    return show


def _exchange(show: Path, theirs: Path) -> None:
    """Put the other sound into the place of the encoding, with a note and a seal that fit it."""
    (mine,) = (show / ".earmark" / "audio").glob("*.mp3")
    (other,) = (theirs / ".earmark" / "audio").glob("*.mp3")
    shutil.copy(other, mine)
    said = encoded_audio.read_note(other.with_suffix(".json"))
    encoded_audio.write_note(
        mine.with_suffix(".json"), {k: v for k, v in said.items() if k != "seal"}
    )


def own_sound(show: Path) -> bool:
    """Whether what was published lasts as long as the recording of the show, and not the other."""
    (entry,) = lockfile.read(show).episodes.values()
    assert mp3_frames.digest_of(mp3_frames.find_frames(show / "public" / entry.file)) == entry.audio
    return entry.seconds < 3.5


def test_an_exchanged_encoding_is_made_again(packed: Path) -> None:
    shutil.rmtree(packed / "public")
    (packed / "earmark.lock").unlink()
    pipeline.build(packed, now=NOW)
    assert own_sound(packed)


@pytest.mark.slow
def test_an_exchanged_encoding_is_believed_by_who_made_it(
    packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """So the key is what keeps it out, and this test would notice if it were not asked."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "theirs"))
    shutil.rmtree(packed / "public")
    (packed / "earmark.lock").unlink()
    pipeline.build(packed, now=NOW)
    assert not own_sound(packed)


@pytest.mark.slow
def test_a_published_file_that_was_exchanged_is_made_again(packed: Path) -> None:
    (entry,) = lockfile.read(packed).episodes.values()
    file = packed / "public" / entry.file
    data = bytearray(file.read_bytes())
    data[-2000:] = bytes(2000)
    file.write_bytes(data)
    pipeline.build(packed, now=NOW)
    assert own_sound(packed)


@pytest.mark.slow
def test_a_file_of_our_own_build_that_was_exchanged_is_found_by_its_sound(show: Path) -> None:
    pipeline.build(show, now=NOW)
    entry = lockfile.read(show).episodes["guid-1"]
    file = show / "public" / entry.file
    data = bytearray(file.read_bytes())
    data[-200:] = bytes(200)
    file.write_bytes(data)
    pipeline.build(show, now=NOW)
    assert mp3_frames.digest_of(mp3_frames.find_frames(file)) == entry.audio


def test_a_picture_that_was_exchanged_is_written_again(show: Path) -> None:
    pipeline.build(show, now=NOW)
    picture = next((show / "public" / "art").glob("cover-*.jpg"))
    data = picture.read_bytes()
    picture.write_bytes(bytes(len(data)))
    pipeline.build(show, now=NOW)
    assert picture.read_bytes() == data


@pytest.mark.parametrize(
    "name", ["build.json", "audio.json", "art.json", "sums.json", "other.json"]
)
def test_a_document_counts_only_under_its_name_and_its_key(
    show: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    store = CacheFolder(show)
    store.save(name, {"a": 1}, "1")
    assert store.load(name, "1")["a"] == 1
    path = show / ".earmark" / name
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps(document | {"a": 2}), "utf-8")
    assert store.load(name, "1") == {}
    store.save("another.json", {"a": 3}, "1")
    shutil.copy(show / ".earmark" / "another.json", path)
    assert store.load(name, "1") == {}
    store.save(name, {"a": 1}, "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    assert store.load(name, "1") == {}


def test_a_home_that_cannot_be_written_gives_the_same_key_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "below"))
    first = identity.key()
    assert identity.key() == first
    assert len(first) == identity.SIZE


@pytest.mark.parametrize("damage", [b"", b"short", bytes(33)])
def test_a_damaged_key_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / damage.hex()))
    path = identity.cache_folder() / "key"
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert len(identity.key()) == identity.SIZE
    assert path.read_bytes() == identity.key()
    assert path.stat().st_mode & 0o077 == 0


def test_a_build_with_nothing_to_do_hashes_nothing(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.build(show, now=NOW)

    def hashed(*_: object) -> None:
        raise AssertionError("a file was hashed")

    monkeypatch.setattr(mp3_frames, "digest_of", hashed)
    assert pipeline.build(show, now=NOW).written == 0
