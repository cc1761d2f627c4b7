"""How long a recording can be heard, from its head and its bytes, or by decoding it."""

from __future__ import annotations

import io
import os
import random
import struct
from pathlib import Path

import pytest

from episodes.audio import durations, flac, frame_count, measurement, mp4_boxes, riff, tags
from tests.kit import odd_recordings, shows

RATE = 48_000


def wave(size: int, there: int, tail: bytes = b"") -> bytes:
    """Return a WAV of 16 bits in mono that says it has `size` bytes of sound."""
    form = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    return (
        b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<I", 16) + form
        + b"data" + struct.pack("<I", size) + bytes(there) + tail
    )  # fmt: skip


def read(path: Path, data: bytes) -> riff.Samples:
    path.write_bytes(data)
    samples = riff.read(path, "wav")
    assert samples
    return samples


LIST = b"LIST" + struct.pack("<I", 4) + b"INFO"


@pytest.mark.parametrize(
    ("size", "tail", "seconds", "wrong", "declared"),
    [
        (2 * RATE, b"", 1, False, 0),
        (2 * RATE, LIST, 1, False, 0),
        (2 * RATE, b"TAG" + bytes(125), 1, False, 0),
        (0, b"", 1, True, 0),
        (0xFFFFFFFF, b"", 1, True, 0),
        (0x7FFFF000, b"", 1, True, 0),
        (0x80000000, b"", 1, True, 0),
        (4 * RATE, b"", 1, True, 2),
        (RATE, b"", 1, False, 0),
        (2 * RATE, bytes(range(1, 256)) * 900, 3.39, True, 0),
    ],
)
def test_the_size_of_the_file_counts_where_a_wav_is_wrong(
    tmp_path: Path, *, size: int, tail: bytes, seconds: float, wrong: bool, declared: float
) -> None:
    samples = read(tmp_path / "a.wav", wave(size, 2 * RATE, tail))
    if size == RATE:  # half a second more than it says is no second
        seconds = 0.5
    assert samples.seconds == pytest.approx(seconds, abs=0.01)
    assert samples.wrong is wrong
    assert samples.declared == declared


def test_a_wav_of_three_gigabytes_is_believed(tmp_path: Path) -> None:
    size, path = 3_000_000_000, tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(wave(size, 0))
        file.seek(size, 1)
        file.write(LIST)
    samples = riff.read(path, "wav")
    assert samples
    assert (samples.wrong, samples.declared) == (False, 0)
    assert samples.seconds == size / 2 / RATE


def test_a_wav_over_four_gigabytes_whose_size_went_round_is_as_long_as_the_file(
    tmp_path: Path,
) -> None:
    size, path = 5_000_000_000, tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(wave(size & 0xFFFFFFFF, 0))
        file.truncate(44 + size)
    samples = riff.read(path, "wav")
    assert samples
    assert samples.seconds == pytest.approx(size / 2 / RATE, abs=0.1)
    assert samples.wrong


@pytest.mark.slow
@pytest.mark.parametrize("kind", odd_recordings.KINDS)
def test_every_kind_is_as_long_as_what_decodes(tmp_path: Path, kind: str) -> None:
    ending, seconds, make = odd_recordings.KINDS[kind]
    path = tmp_path / f"a{ending}"
    make(path)
    header = durations.correct_duration(path, tags.read_header(path))
    assert header.sure
    assert header.seconds == pytest.approx(seconds, abs=0.2)
    assert header.seconds == pytest.approx(measurement.count_seconds(path), abs=0.15)


def mp3(*, bitrate: int = 9, frames: int = 40) -> bytes:
    """Return frames of MPEG-1 layer 3, 44.1 kHz mono, all of one rate."""
    head = bytes([0xFF, 0xFB, bitrate << 4, 0xC0])
    frame = frame_count.parse_frame(head)
    assert frame
    return (head + bytes(frame.size - 4)) * frames


def test_frames_are_counted_to_the_first_thing_that_is_none() -> None:
    data = mp3()
    assert frame_count.count_frames(io.BytesIO(data), 0, len(data))[1:] == (40, True, True)
    assert frame_count.count_frames(io.BytesIO(data), 0, len(data)).seconds == pytest.approx(
        40 * 1152 / 44_100
    )
    mixed = mp3(frames=10) + mp3(bitrate=5, frames=10)
    assert frame_count.count_frames(io.BytesIO(mixed), 0, len(mixed))[1:] == (20, True, False)
    junk = mp3(frames=10) + b"APETAGEX" + mp3(frames=10)
    assert frame_count.count_frames(io.BytesIO(junk), 0, len(junk))[1:3] == (10, False)
    padded = mp3(frames=10) + bytes(9)
    assert frame_count.count_frames(io.BytesIO(padded), 0, len(padded))[1:3] == (10, True)


@pytest.mark.parametrize(
    ("behind", "kept"),
    [(b"", 0), (bytes(9), 9), (b"TAG+Ward 7", 0), (b"LYRICSBEGINWard 7LYRICS200", 0),
     (b"ID3\4\0\0\0\0\0\x07Ward 73DI\4\0\0\0\0\0\x07", 0), (bytes(100) + b"Ward 7", 0),
     (b"ID3\4\0\0\0\0\0\x06Ward 7" + mp3(frames=9), None)],
    ids=["nothing", "zeros", "more ID3v1", "Lyrics3", "ID3v2 behind", "words", "another MP3"],
)  # fmt: skip
def test_words_behind_an_mp3_are_no_part_of_its_sound(
    tmp_path: Path, behind: bytes, kept: int | None
) -> None:
    path = tmp_path / "talk.mp3"
    path.write_bytes(mp3() + behind)
    sound = durations.sound_frames(path)
    assert (sound and sound.length - len(mp3())) == kept


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff" * 64, b"\0" * 64, bytes(range(256)), b"fLaC" * 40],
    ids=["nothing", "ones", "zeros", "all", "heads"],
)
def test_no_bytes_make_a_reader_fall(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    for head in (b"", b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFC", b"\0\0\0\x10ftypM4A ",
                 b"\0\0\0\x08moov", b"fLaC\0\0\0\x22"):  # fmt: skip
        path.write_bytes(head + data)
        mp4_boxes.read(path)
        flac.last_sample(path)
        for kind in ("wav", "w64", "aiff"):
            riff.read(path, kind)
        frame_count.first_frame(io.BytesIO(head + data), 0)
        frame_count.read_info(io.BytesIO(head + data), 0)
        frame_count.count_adts(io.BytesIO(head + data), 0)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["wav", "w64", "aiff", "flac", "m4a", "aac", "mp3", "ogg"])
def test_no_damage_makes_a_reader_fall(tmp_path: Path, ending: str) -> None:
    """Bytes are thrown into the head of each kind: a length or NotAudioError, nothing else."""
    path = tmp_path / f"a.{ending}"
    data, chance = odd_recordings.voice(path, 1), random.Random(ending)  # noqa: S311 - the same each time
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(min(len(data), chance.choice([64, 600, 10**9])))
            damaged[at] = chance.choice([0, 0xFF, chance.randrange(256)])
        path.write_bytes(damaged[: chance.choice([len(data), chance.randrange(1, len(data))])])
        try:
            header = tags.read_header(path)
        except tags.UnreadableAudioError:
            continue
        looked = durations.verify_header(path, header)
        assert 0 <= looked.seconds < 1e7


@pytest.mark.slow
@pytest.mark.parametrize("late", ["the first page too", "the last alone"])
def test_the_pages_of_ogg_may_count_from_anywhere(tmp_path: Path, late: str) -> None:
    path = tmp_path / "talk.opus"
    data = bytearray(odd_recordings.voice(path, 3, "-c:a", "libopus", "-b:a", "24k"))
    at = data.rfind(b"OggS") if late == "the last alone" else 0
    while at >= 0:
        samples = int.from_bytes(data[at + 6 : at + 14], "little")
        if samples:
            data[at + 6 : at + 14] = (samples + 48_000 * 3_600 * 9).to_bytes(8, "little")
        at = data.find(b"OggS", at + 4)
    path.write_bytes(data)
    assert not durations.verify_header(path, tags.read_header(path)).sure


@pytest.mark.parametrize("share", [0.5, 0.9, 0.985])
def test_an_mp3_of_a_changing_rate_that_is_cut_short_is_not_misstated(
    tmp_path: Path, share: float
) -> None:
    path = shows.sound(tmp_path / "talk.mp3", 30, ("-q:a", "5"))
    os.truncate(path, int(path.stat().st_size * share))
    assert not durations.is_misstated(path)
    assert not durations.has_counted_frames(path)
