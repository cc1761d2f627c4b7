"""The record of a build: only one of the right shape is believed, even if its seal is right."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from episodes.show_folder.scan import scan
from podcast.building import pipeline
from podcast.cache.build_record import read_record, write_record
from podcast.cache.store import FOLDER, RECORD, CacheFolder
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def settled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    show = shutil.copytree(built, tmp_path_factory.mktemp("settled") / "show")
    pipeline.build(show, now=NOW)
    return show


def changed(show: Path, **fields: object) -> CacheFolder:
    """Write a record with other values, sealed as a build seals it."""
    folder = CacheFolder(show)
    folder.save(RECORD, {**folder.load(RECORD), **fields})
    return folder


@pytest.mark.parametrize(
    "key", ["out", "tree", "key", "lock", "due", "at", "outputs", "neighbours", "findings",
            "summary", "digest"],
)  # fmt: skip
@pytest.mark.parametrize("value", [[None], {"a": 1}, "x", [1, [], [["a", "b", "c", "?"]]]])
def test_a_record_of_another_shape_is_none(settled: Path, key: str, value: object) -> None:
    if isinstance(value, str) and key in {"out", "key", "digest"}:
        value = 5
    before = CacheFolder(settled).load(RECORD)
    folder = changed(settled, **{key: value})
    try:
        assert read_record(folder) is None
    finally:
        changed(settled, **before)
    assert read_record(folder) is not None


@pytest.mark.parametrize("key", ["out", "tree", "lock", "due", "outputs", "summary"])
@pytest.mark.parametrize("value", [5, [None], {"a": 1}, "x"])
def test_a_build_of_nothing_checks_what_it_uses(settled: Path, key: str, value: object) -> None:
    before = CacheFolder(settled).load(RECORD)
    folder = changed(settled, **{key: value})
    try:
        if (key, value) != ("due", 5):  # a time long ago: it is due
            assert folder.unchanged(scan(settled), settled / "public", NOW) is None
    finally:
        changed(settled, **before)
    assert folder.unchanged(scan(settled), settled / "public", NOW) is not None


@pytest.mark.parametrize("at", range(6))
def test_a_summary_of_another_shape_is_not_shown(settled: Path, at: int) -> None:
    before = CacheFolder(settled).load(RECORD)
    summary = [*before["summary"]]
    summary[at] = [None] if at != 3 else "x"
    folder = changed(settled, summary=summary)
    assert folder.unchanged(scan(settled), settled / "public", NOW) is None
    changed(settled, **before)


@pytest.mark.parametrize("name", ["../secret.txt", "media/../../secret.txt", "/etc/passwd"])
def test_a_record_names_only_files_of_a_built_show(settled: Path, name: str) -> None:
    before = CacheFolder(settled).load(RECORD)
    folder = changed(settled, outputs={**before["outputs"], name: [1, 2]})
    assert read_record(folder) is None
    changed(settled, **before)


def test_a_record_is_read_as_it_was_written(settled: Path) -> None:
    folder = CacheFolder(settled)
    record = read_record(folder)
    assert record is not None
    write_record(folder, record)
    assert read_record(folder) == record


def test_a_file_name_need_not_be_utf_8(make_show: Callable[..., Path]) -> None:
    show = make_show(1)
    (show / "episodes" / "01-talk" / os.fsdecode(b"\xff.log")).touch()
    pipeline.build(show, now=NOW)
    assert read_record(CacheFolder(show)) is not None
    assert pipeline.build(show, now=NOW).written == 0


def test_the_record_under_its_old_name_is_deleted(make_show: Callable[..., Path]) -> None:
    show = make_show(1)
    (show / FOLDER).mkdir()
    (show / FOLDER / "seen.json").write_text("{}", encoding="utf-8")
    pipeline.build(show, now=NOW)
    assert not (show / FOLDER / "seen.json").exists()


def test_the_record_is_parsed_once_until_its_file_changes(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.build(show)
    folder, parsed = CacheFolder(show), list[str]()
    load = folder.load

    def read(name: str) -> dict[str, Any]:
        parsed.append(name)
        return load(name)

    monkeypatch.setattr(folder, "load", read)
    record = read_record(folder)
    assert record
    assert read_record(folder) == record
    assert parsed == ["build.json"]
    write_record(folder, record.model_copy(update={"key": "another"}))
    newer = read_record(folder)
    assert newer
    assert newer.key == "another"
