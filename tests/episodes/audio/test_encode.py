"""Recordings through the real ffmpeg program: the wanted loudness, and a source only ever read."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from episodes.audio import encode, ffmpeg, measurement, stream_copy, tags
from episodes.audio.ffmpeg import CancelledError, FfmpegError
from episodes.audio.loudness import PEAK, SILENT, TARGETS, Loudness, can_be_kept
from episodes.frontmatter.production import RecordingSettings
from tests.kit.shows import sound

MONO = RecordingSettings()
STEREO = RecordingSettings(channels="stereo", bitrate=128)


@pytest.fixture(scope="session")
def speechlike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that is loud and quiet by turns, with peaks: what a plain gain would clip."""
    path = tmp_path_factory.mktemp("speech") / "a.wav"
    quiet = "0.02*sin(2*PI*300*t)*(1+sin(2*PI*0.7*t))"
    click = "0.3*between(mod(t\\,1)\\,0\\,0.003)*sin(2*PI*900*t)"
    command = [ffmpeg.program(), "-v", "error", "-f", "lavfi", "-i"]
    command += [f"aevalsrc={quiet}+{click}:d=8:s=48000", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.mark.parametrize("wanted", [MONO, STEREO], ids=["mono", "stereo"])
def test_an_encoding_is_as_loud_as_wanted_and_never_clips(
    speechlike: Path, tmp_path: Path, wanted: RecordingSettings
) -> None:
    before = measurement.measure_loudness(speechlike, wanted.channels)
    after = encode.encode(speechlike, tmp_path / "a.mp3", encode.mp3(wanted), before)
    assert after.integrated == pytest.approx(TARGETS[wanted.channels], abs=0.5)
    assert after.peak <= PEAK + 0.1
    assert after.seconds == pytest.approx(before.seconds, abs=0.1)
    header = tags.read_header(tmp_path / "a.mp3")
    assert header.bitrate == pytest.approx(wanted.bitrate * 1000, rel=0.02)
    assert header.channels == (1 if wanted.channels == "mono" else 2)


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    source = sound(tmp_path / "a.wav", 2)
    before = measurement.measure_loudness(source, "mono")
    for name in ("1.mp3", "2.mp3"):
        encode.encode(source, tmp_path / name, encode.mp3(MONO), before)
    assert (tmp_path / "1.mp3").read_bytes() == (tmp_path / "2.mp3").read_bytes()


def test_the_recording_is_opened_to_be_read_only(tmp_path: Path) -> None:
    source = sound(tmp_path / "a.wav", 1)
    link = tmp_path / "link.wav"
    os.link(source, link)
    source.chmod(0o444)
    before, data = source.stat(), source.read_bytes()
    encode.encode(
        source, tmp_path / "a.mp3", encode.mp3(MONO), measurement.measure_loudness(source, "mono")
    )
    after = source.stat()
    assert (after.st_mtime_ns, after.st_ino, after.st_nlink) == (
        before.st_mtime_ns,
        before.st_ino,
        2,
    )
    assert source.read_bytes() == data


def test_silence_is_measured_as_no_sound(tmp_path: Path) -> None:
    heard = measurement.measure_loudness(sound(tmp_path / "a.wav", 1, volume=0), "mono")
    assert heard.integrated < SILENT
    assert heard.seconds == pytest.approx(1, abs=0.1)


def test_a_picture_in_a_recording_is_left_out(tmp_path: Path, cover: Path) -> None:
    plain = sound(tmp_path / "plain.m4a", 1)
    command = [ffmpeg.program(), "-v", "error", "-i", str(plain), "-i", str(cover), "-c", "copy"]
    command += ["-map", "0", "-map", "1", "-disposition:v", "attached_pic", str(tmp_path / "a.m4a")]
    subprocess.run(command, check=True)
    before = measurement.measure_loudness(tmp_path / "a.m4a", "mono")
    encode.encode(tmp_path / "a.m4a", tmp_path / "a.mp3", encode.mp3(MONO), before)
    assert b"APIC" not in (tmp_path / "a.mp3").read_bytes()
    stream_copy.copy_mp4(tmp_path / "a.m4a", tmp_path / "b.m4a", ";FFMETADATA1\n")


@pytest.mark.parametrize("data", [b"", b"not audio", b"RIFF" + bytes(40)])
def test_what_cannot_be_decoded_says_why(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(FfmpegError) as error:
        measurement.measure_loudness(tmp_path / "a.wav", "mono")
    assert 5 < len(str(error.value)) <= 160
    assert "0x" not in str(error.value)


def test_a_recording_that_cannot_be_encoded_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"not audio")
    with pytest.raises(FfmpegError):
        encode.encode(
            tmp_path / "a.wav", tmp_path / "b.mp3", encode.mp3(MONO), Loudness(-20, -3, 1)
        )
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_copy_of_an_m4a_that_cannot_be_made_leaves_no_list(tmp_path: Path) -> None:
    (tmp_path / "a.m4a").write_bytes(b"not audio")
    with pytest.raises(FfmpegError):
        stream_copy.copy_mp4(tmp_path / "a.m4a", tmp_path / "b.part", ";FFMETADATA1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.m4a"]


@pytest.mark.parametrize(
    ("integrated", "peak", "channels", "fits"),
    [
        (-19.0, -2, 1, True),
        (-19.9, -2, 1, True),
        (-18.1, -2, 1, True),
        (-20.1, -2, 1, False),
        (-16.0, -2, 1, False),
        (-16.0, -2, 2, True),
        (-19.0, 0.1, 1, False),
    ],
)
def test_what_fits_is_left_alone(
    *, integrated: float, peak: float, channels: int, fits: bool
) -> None:
    assert can_be_kept(Loudness(integrated, peak, 10), channels) is fits


def test_progress_is_told_while_a_recording_is_measured(tmp_path: Path) -> None:
    told: list[float] = []
    measurement.measure_loudness(sound(tmp_path / "a.wav", 2), "mono", told.append)
    assert told
    assert told[-1] == pytest.approx(2, abs=0.1)


def test_ctrl_c_ends_every_program_and_lets_none_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sound(tmp_path / "a.wav", 1)
    monkeypatch.setattr(ffmpeg, "_cancelled", threading.Event())
    ffmpeg.cancel()
    with pytest.raises(CancelledError):
        measurement.measure_loudness(source, "mono")
