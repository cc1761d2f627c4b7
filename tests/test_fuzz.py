"""Fuzz: whatever a show's files hold, checking it gives findings, and writes nowhere else."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import pytest
from making import NOW, SHOW, add_episode, sound

from episodes.findings import Finding, SourceError
from podcast import pipeline

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("EARMARK_FUZZ_SECONDS", "50"))
SEED = int(os.environ.get("EARMARK_FUZZ_SEED", "20261101"))
WORDS = [
    b"---\n", b"title: ", b": ", b"\n", b"\r", b"- ", b"[", b"{", b"&a ", b"*a", b"!!int ", b"\x00",
    b"\xff", b"\xe2\x80\xa8", b"'", b'"', b"|\n", b"2026-02-30", b"chapters:\n", b"<<: ", b"? ",
    b"%YAML 1.1\n", b"00:00:01.000 --> 99:00:00.000\n", b"WEBVTT\n", b"<v ", b"../", b"TAG",
    b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f", b"\xff\xfb\x90\xc4", b"ftyp", b"moov", bytes(4),
    b"\x7f\xff\xff\xff", b"RIFF",
]  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Cut, swap, repeat, drop or garble some bytes, or put in what means something."""
    raw = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        at = (
            chance.randrange(len(raw) + 1)
            if chance.random() < 0.5
            else chance.randrange(min(len(raw), 600) + 1)
        )
        match chance.randrange(6):
            case 0:
                raw[at:at] = chance.choice(WORDS) * chance.choice([1, 1, 1, 200])
            case 1:
                del raw[at : at + chance.choice([1, 4, 40, 4000])]
            case 2:
                raw[at : at + 4] = chance.randbytes(4)
            case 3:
                raw[at:at] = raw[at : at + chance.choice([4, 40, 400])]
            case 4:
                del raw[at:]
            case _:
                end = at + chance.choice([1, 8, 64])
                raw[at:end] = chance.choice(WORDS)
    return bytes(raw)


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, cover: Path) -> Path:
    """A show with a recording of every kind."""
    folder = tmp_path_factory.mktemp("fuzz") / "show"
    folder.mkdir()
    (folder / "show.md").write_text(SHOW, encoding="utf-8")
    shutil.copy(cover, folder / "cover.jpg")
    kinds = ("mp3", "wav", "flac", "m4a", "opus", "aiff", "ogg", "aac")
    for number, kind in enumerate(kinds, 1):
        options = ("-c:a", "flac") if kind == "ogg" else ()
        recording = sound(folder.parent / f"a.{kind}", 1, options)
        add_episode(folder, number, recording)
    return folder


def around(folder: Path) -> dict[str, tuple[int, int]]:
    """Return (size, mtime) of whatever lies beside the show's folder and in it, memory apart."""
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.parent.rglob("*")
        if path.is_file() and ".earmark" not in path.parts
    }


def test_checking_whatever_there_is_gives_findings(show: Path) -> None:
    assert pipeline.check(show, NOW) == []
    files = sorted(
        path for path in show.rglob("*") if path.is_file() and ".earmark" not in path.parts
    )
    chance = random.Random(SEED)  # noqa: S311 - not a secret
    until = time.monotonic() + SECONDS
    rounds = 0
    while time.monotonic() < until:
        path = chance.choice(files)
        good = path.read_bytes()
        bad = mutate(good, chance)
        path.write_bytes(bad)
        before = around(show)
        try:
            found = pipeline.check(show, NOW)
        except SourceError as error:
            found = error.findings
        except BaseException:
            kept = Path(os.environ.get("EARMARK_FUZZ_KEEP", show.parent)) / f"crash-{path.name}"
            kept.write_bytes(bad)
            pytest.fail(f"round {rounds} of seed {SEED}: {path.name} is kept as {kept}")
        assert all(isinstance(each, Finding) and str(each).encode() for each in found)
        assert around(show) == before
        path.write_bytes(good)
        rounds += 1
    assert rounds > 20
