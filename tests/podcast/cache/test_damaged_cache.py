"""Tests that a damaged cache is rebuilt and a damaged lock file is a finding."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from episodes.rules import finding
from podcast.building import pipeline
from podcast.cache.store import FOLDER
from tests.kit.broken_shows import MD, edit, recording
from tests.kit.refused_builds import refused, run, snapshot
from tests.kit.shows import NOW


@pytest.fixture(scope="module")
def settled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that was built where it lies, so that the next build has something to remember."""
    show = shutil.copytree(built, tmp_path_factory.mktemp("settled") / "show")
    pipeline.build(show, now=NOW)
    return show


@pytest.mark.parametrize(
    "name", ["build.json", "episodes.json", "rows.json", "audio.json", "art.json", "items.json"]
)
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"[]", b"[" * 100_000, b"half", b"types"])
def test_damaged_memory_is_noticed_and_made_anew(settled: Path, name: str, damage: bytes) -> None:
    before = snapshot(settled)
    path = settled / FOLDER / name
    data = path.read_bytes()
    if damage == b"half":
        damage = data[: len(data) // 2]
    if damage == b"types":
        rows = [json.loads(row) for row in data.splitlines()]
        wrong = [{key: value if key == "code" else 5 for key, value in row.items()} for row in rows]
        damage = b"\n".join(json.dumps(row).encode() for row in wrong)
    path.write_bytes(damage)
    (settled / MD).touch()  # so that what is remembered is asked for
    pipeline.build(settled, now=NOW)
    assert snapshot(settled) == before
    assert pipeline.build(settled, now=NOW).written == 0


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"", None], ids=["empty", "gone"])
def test_damaged_copies_are_noticed_and_made_anew(show: Path, damage: bytes | None) -> None:
    recording("a.wav")(show)
    pipeline.build(show, now=NOW)
    edit(MD, "title: Talk A", "title: Another")(show)
    shutil.copytree(show, show.parent / "whole")
    for path in [*(show / FOLDER / "art").iterdir(), *(show / FOLDER / "audio").iterdir()]:
        path.unlink() if damage is None else path.write_bytes(damage)
    pipeline.build(show, now=NOW)
    after = snapshot(show)
    shutil.rmtree(show)
    (show.parent / "whole").rename(show)
    pipeline.build(show, now=NOW)
    assert after == snapshot(show)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[\n",
        b"[" * 100_000,
        b'{"version": 1, "episodes": 5}',
    ],
)
def test_a_damaged_lock_file_is_one_finding(show: Path, damage: bytes) -> None:
    (show / "earmark.lock").write_bytes(damage)
    assert refused(show) == [finding("lock-file", "earmark.lock", "", "is damaged")]
    assert (show / "earmark.lock").read_bytes() == damage
    assert "earmark.lock: error: is damaged" in run(show, "build")
