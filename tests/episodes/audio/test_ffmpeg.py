"""The ffmpeg program: what it may open, and that each one of them comes to an end."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from episodes.audio import containers, encode, ffmpeg, measurement, stream_copy
from episodes.audio.ffmpeg import FfmpegError, StoppedError
from episodes.frontmatter.production import RecordingSettings
from tests.kit.shows import sound

KINDS = ["mp3", "wav", "aiff", "flac", "m4a", "aac", "ogg", "opus", "w64", "mp2"]
CHAPTERS = ";FFMETADATA1\n"


def playlist(target: Path) -> bytes:
    """Return an HLS playlist that names a file of this computer."""
    head = "#EXTM3U\n#EXT-X-TARGETDURATION:60\n#EXTINF:60,\n"
    return f"{head}{target}\n#EXT-X-ENDLIST\n".encode()


LISTS: dict[str, Callable[[Path], bytes]] = {
    "HLS": playlist,
    "concat": lambda target: f"ffconcat version 1.0\nfile '{target}'\n".encode(),
    "DASH": lambda target: (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        f"<AdaptationSet><Representation><BaseURL>{target}</BaseURL></Representation>"
        "</AdaptationSet></Period></MPD>"
    ).encode(),
    "IMF": lambda target: f"<AssetMap><Path>{target}</Path></AssetMap>".encode(),
    "SDP": lambda _: b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 14\n",
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every command that is started."""
    started: list[list[str]] = []
    really = subprocess.Popen

    def popen(command: list[str], **more: Any) -> Any:
        started.append(command)
        return really(command, **more)

    monkeypatch.setattr(subprocess, "Popen", popen)
    return started


def inputs(command: list[str]) -> list[list[str]]:
    """Return the options in front of each -i, and what is opened."""
    found, last = [], 0
    for at, word in enumerate(command):
        if word == "-i":
            found.append(command[last : at + 2])
            last = at + 2
    return found


@pytest.mark.slow
@pytest.mark.parametrize("ending", KINDS)
def test_every_call_says_what_is_opened_and_forbids_addresses(
    tmp_path: Path, calls: list[list[str]], ending: str
) -> None:
    path = sound(tmp_path / f"a.{ending}", 1)
    calls.clear()
    before = measurement.measure_loudness(path, "mono", sides=True)
    encode.encode(path, tmp_path / "b.mp3", encode.mp3(RecordingSettings()), before)
    encode.encode(path, tmp_path / "b.opus", encode.OPUS, before._replace(parts=2))
    measurement.count_seconds(path)
    stream_copy.packets_digest(path)
    stream_copy.read_chapters(path)
    if ending == "m4a":
        stream_copy.copy_mp4(path, tmp_path / "b.m4a", CHAPTERS)
    opened = [each for command in calls for each in inputs(command)]
    assert len(opened) >= 10
    for each in opened:
        assert each[each.index("-protocol_whitelist") + 1] == "file,pipe"
        assert each[each.index("-f") + 1] in {*containers.DEMUXERS.values(), "f32le", "ffmetadata"}
        assert each[-1].startswith(("file:", "pipe:"))


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", marks=pytest.mark.slow, id="bare"),
        pytest.param(b"ID3\x03" + bytes(6), id="ID3"),
        pytest.param(b"\n", marks=pytest.mark.slow, id="blank"),
    ],
)
def test_a_list_of_other_files_is_no_recording(tmp_path: Path, kind: str, head: bytes) -> None:
    other = sound(tmp_path / "other.mp3", 1)
    path = tmp_path / "a.mp3"
    path.write_bytes(head + LISTS[kind](other))
    for call in (measurement.count_seconds, stream_copy.packets_digest):
        with pytest.raises(FfmpegError):
            call(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", LISTS)
def test_frames_behind_a_list_are_what_is_heard(tmp_path: Path, kind: str) -> None:
    other, own = sound(tmp_path / "other.mp3", 4), sound(tmp_path / "own.mp3", 1)
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3\x03" + bytes(6) + LISTS[kind](other) + own.read_bytes())
    assert measurement.count_seconds(path) == pytest.approx(1, abs=0.1)


def instead(monkeypatch: pytest.MonkeyPatch, path: Path, script: str) -> None:
    """Let another program be ffmpeg."""
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "program", lambda: str(path))


@pytest.mark.parametrize(
    "script",
    [
        "sleep 600",
        "exec sleep 600",
        "exec 1>&- 2>&-; sleep 600",
        "echo out_time_us=5; while :; do echo out_time_us=5; sleep 0.05; done",
        "while :; do echo progress=continue; echo busy >&2; sleep 0.05; done",
    ],
    ids=["asleep", "alone", "mute", "no further", "only talks"],
)
def test_a_program_that_stalls_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    path = sound(tmp_path / "a.wav", 1)
    instead(monkeypatch, tmp_path / "ffmpeg", script)
    monkeypatch.setattr(ffmpeg, "STALL", 0.2)
    monkeypatch.setattr(ffmpeg, "LINGER", 0.2)
    with pytest.raises(StoppedError, match="made no progress for 0 seconds; it was stopped"):
        measurement.measure_loudness(path, "mono")


def test_a_program_that_goes_on_for_ever_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sound(tmp_path / "a.wav", 1)
    loop = "n=1; while :; do echo out_time_us=$n; n=$((n+1)); sleep 0.02; done"
    instead(monkeypatch, tmp_path / "ffmpeg", loop)
    monkeypatch.setattr(ffmpeg, "LONGEST", 0.3)
    monkeypatch.setattr(ffmpeg, "SLOWEST", 1e9)
    monkeypatch.setattr(ffmpeg, "STALL", 2.0)
    with pytest.raises(StoppedError, match="was not ready after 0 minutes; it was stopped"):
        stream_copy.packets_digest(path)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("kill -9 $$", r"ffmpeg was stopped \(signal 9: out of memory\?\)"),
        ("kill -11 $$", r"ffmpeg was stopped \(signal 11\)"),
        ("echo Cannot allocate memory >&2; exit 1", "ffmpeg did not have enough memory"),
    ],
)
def test_a_program_that_was_killed_is_not_the_fault_of_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, sentence: str
) -> None:
    path = sound(tmp_path / "a.wav", 1)
    instead(monkeypatch, tmp_path / "ffmpeg", script)
    for call in (measurement.count_seconds, stream_copy.packets_digest, stream_copy.read_chapters):
        with pytest.raises(StoppedError, match=sentence):
            call(path)


def test_what_a_program_says_without_end_does_not_fill_the_memory() -> None:
    log = ffmpeg._Log()
    for _ in range(100_000):
        log.add("x" * 2_000)
    assert len(log.text) < 25_000_000


def test_no_thread_stays_behind(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.wav", 1)
    before = threading.active_count()
    measurement.count_seconds(path)
    assert threading.active_count() <= before + 1  # the one that watches may still look up
