"""The audio frames of an MP3: found between any tags, copied whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.audio import mp3_frames

AUDIO = b"\xff\xfb\x90\xc4" + bytes(range(1, 251)) * 4
DIGEST = hashlib.sha256(AUDIO).hexdigest()


def id3v2(size: int, *, footer: bool = False) -> bytes:
    sizes = bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    head = b"ID3\x04\x00" + (b"\x10" if footer else b"\x00") + sizes
    return head + b"t" * size + (b"3DI" + head[3:] if footer else b"")


def ape(size: int, *, header: bool) -> bytes:
    total = (size + 32).to_bytes(4, "little")
    rest = b"\xd0\x07\x00\x00" + total + bytes(4)
    foot = b"APETAGEX" + rest + bytes(3) + (b"\x80" if header else b"\x00") + bytes(8)
    head = b"APETAGEX" + rest + b"\x00\x00\x00\xa0" + bytes(8) if header else b""
    return head + b"v" * size + foot


ID3V1 = b"TAG" + b"x" * 125
HEADS = st.lists(st.builds(id3v2, st.integers(0, 300), footer=st.booleans()), max_size=3).map(
    b"".join
)
TAILS = st.tuples(
    st.just(b"") | st.builds(ape, st.integers(0, 300), header=st.booleans()),
    st.sampled_from([b"", ID3V1]),
).map(b"".join)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(head=HEADS, tail=TAILS)
def test_whatever_tags_surround_them_the_frames_have_one_digest(
    tmp_path: Path, head: bytes, tail: bytes
) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(head + AUDIO + tail)
    found = mp3_frames.find_frames(path)
    assert (found.start, found.length) == (len(head), len(AUDIO))
    assert mp3_frames.digest_of(found) == DIGEST


def test_the_middle_of_an_ape_tag_is_not_taken_for_an_id3v1(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(AUDIO + ape(67, header=True))
    assert path.read_bytes()[-128:-125] == b"TAG"
    assert mp3_frames.digest_of(mp3_frames.find_frames(path)) == DIGEST


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3",
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
        b"ID3\x04\x00\x00\xff\xff\xff\xff" + AUDIO,
        ID3V1,
        id3v2(10) + ID3V1,
        b"APETAGEX" + b"\xff" * 24,
        AUDIO + b"APETAGEX" + b"\xff" * 24,
    ],
)
def test_lying_tags_never_lead_out_of_the_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    found = mp3_frames.find_frames(path)
    assert 0 <= found.start <= found.end <= len(data)


def test_a_tag_that_lies_about_its_size_costs_no_audio(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(AUDIO + b"APETAGEX" + b"\xd0\x07\x00\x00" + b"\xff" * 20)
    assert mp3_frames.find_frames(path).length >= len(AUDIO)


def test_a_copy_has_the_new_header_and_the_same_frames(tmp_path: Path) -> None:
    source, target = tmp_path / "a.mp3", tmp_path / "b.part"
    source.write_bytes(id3v2(50) + AUDIO + ID3V1)
    assert mp3_frames.copy_frames(mp3_frames.find_frames(source), b"HEADER", target) == DIGEST
    assert target.read_bytes() == b"HEADER" + AUDIO


def test_the_recording_and_its_hard_link_stay_as_they_are(tmp_path: Path) -> None:
    source, link = tmp_path / "a.mp3", tmp_path / "link.mp3"
    source.write_bytes(id3v2(50) + AUDIO)
    os.link(source, link)
    before = source.read_bytes(), source.stat()
    mp3_frames.copy_frames(mp3_frames.find_frames(source), b"HEADER", tmp_path / "b.part")
    after = source.stat()
    assert (source.read_bytes(), after.st_mtime_ns, after.st_ino) == (
        before[0],
        before[1].st_mtime_ns,
        before[1].st_ino,
    )
    assert link.read_bytes() == before[0]
    assert after.st_nlink == 2


class Full:
    """A file on a disk that is full after so many bytes."""

    def __init__(self, file: IO[bytes], room: int) -> None:
        self._file, self._room = file, room

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(data)


@pytest.mark.parametrize("room", [0, 6, 100])
def test_a_full_disk_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    source, target = tmp_path / "a.mp3", tmp_path / "b.part"
    source.write_bytes(AUDIO)
    really = Path.open

    def opened(path: Path, mode: str = "r", *rest: Any) -> Any:
        file = really(path, mode, *rest)
        return Full(file, room) if "w" in mode else file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(OSError, match="No space left"):
        mp3_frames.copy_frames(mp3_frames.find_frames(source), b"HEADER", target)
    assert not target.exists()
    assert source.read_bytes() == AUDIO


def test_a_recording_that_shrinks_while_it_is_read_leaves_no_file(tmp_path: Path) -> None:
    source, target = tmp_path / "a.mp3", tmp_path / "b.part"
    source.write_bytes(AUDIO)
    found = mp3_frames.find_frames(source)
    source.write_bytes(AUDIO[:100])
    with pytest.raises(mp3_frames.DamagedAudioError, match="got shorter"):
        mp3_frames.copy_frames(found, b"HEADER", target)
    assert not target.exists()


def test_a_recording_that_vanished_leaves_no_file(tmp_path: Path) -> None:
    found = mp3_frames.Frames(tmp_path / "gone.mp3", 0, 10)
    with pytest.raises(FileNotFoundError):
        mp3_frames.copy_frames(found, b"HEADER", tmp_path / "b.part")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_differs_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "a.mp3", tmp_path / "b.part"
    source.write_bytes(AUDIO)
    really = Path.open

    class Forgetful(Full):
        def write(self, data: bytes) -> int:
            return self._file.write(bytes(len(data)))

    def opened(path: Path, mode: str = "r", *rest: Any) -> Any:
        file = really(path, mode, *rest)
        return Forgetful(file, 0) if "w" in mode else file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(mp3_frames.DamagedAudioError, match="differs from the recording"):
        mp3_frames.copy_frames(mp3_frames.find_frames(source), b"HEADER", target)
    assert not target.exists()
