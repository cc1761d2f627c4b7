"""Scanning a show's folder: what counts, what does not, and folders that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from episodes.errors import SourceError
from episodes.show_folder import scan


@pytest.fixture
def show(tmp_path: Path) -> Path:
    (tmp_path / "show.md").write_text("---\n---\n")
    (tmp_path / "episodes" / "01-a").mkdir(parents=True)
    (tmp_path / "episodes" / "01-a" / "episode.md").write_text("---\n---\n")
    return tmp_path


def test_files_are_listed_by_folder_with_size_time_and_inode(show: Path) -> None:
    found = scan.scan(show)
    stat = (show / "show.md").stat()
    assert found[""] == (("show.md", 8, stat.st_mtime_ns, stat.st_ino),)
    assert [row[0] for row in found["episodes/01-a"]] == ["episode.md"]
    assert list(found) == ["", "episodes/01-a"]


def test_nothing_is_opened(show: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("opened")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    assert scan.scan(show)


def test_hidden_files_drafts_and_the_lock_file_do_not_count(show: Path) -> None:
    before = scan.scan(show)
    (show / ".DS_Store").touch()
    (show / "earmark.lock").touch()
    (show / "episodes" / ".git").mkdir()
    (show / "episodes" / "_draft").mkdir()
    (show / "episodes" / "readme.txt").touch()
    (show / "public").mkdir()
    assert scan.scan(show) == before


def test_every_change_shows(show: Path) -> None:
    before = scan.scan(show)
    os.utime(show / "show.md", ns=(1, 1))
    assert scan.scan(show) != before
    before = scan.scan(show)
    (show / "episodes" / "02-b").mkdir()
    assert scan.scan(show) != before


def test_without_a_show_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        scan.scan(tmp_path)
    assert str(error.value).startswith("show.md: is not there; run `earmark new show DIR`")


def test_a_show_without_episodes_is_a_show(show: Path) -> None:
    (show / "episodes" / "01-a" / "episode.md").unlink()
    (show / "episodes" / "01-a").rmdir()
    (show / "episodes").rmdir()
    assert list(scan.scan(show)) == [""]


def test_a_file_called_episodes_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "show.md").touch()
    (tmp_path / "episodes").touch()
    with pytest.raises(SourceError) as error:
        scan.scan(tmp_path)
    assert str(error.value).startswith("episodes: cannot be read (Not a directory)")


def test_links_to_nowhere_and_to_themselves_are_listed_not_followed(show: Path) -> None:
    (show / "episodes" / "01-a" / "a.mp3").symlink_to("nowhere.mp3")
    (show / "episodes" / "01-a" / "b.mp3").symlink_to("b.mp3")
    (show / "episodes" / "02-loop").symlink_to("02-loop")
    found = scan.scan(show)
    assert [row[:2] for row in found["episodes/01-a"]] == [
        ("a.mp3", -1),
        ("b.mp3", -1),
        ("episode.md", 8),
    ]
    assert found["episodes/02-loop"] == ()


def test_a_folder_that_may_not_be_read_has_no_files(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.scandir

    def scandir(path: Path) -> Iterator[os.DirEntry[str]]:
        if path.name == "01-a":
            raise PermissionError(13, "Permission denied")
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert scan.scan(show)["episodes/01-a"] == ()
