"""What an earlier version of the program built is never trusted by another one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from podcast.cache import store
from tests.kit.shows import ROOT

PACKAGES = ("episodes", "feed", "podcast")
INSTALLED = {".py", ".html", ".txt", ".css", ".js", ".svg", ".yaml", ".mo", ".woff2", ".png"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("program")
    for package in PACKAGES:
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=leave)
    return folder


def test_a_change_of_any_file_that_is_installed_is_a_new_version(program: Path) -> None:
    seen = store.code_version(program)
    files = [path for each in PACKAGES for path in (program / each).rglob("*") if path.is_file()]
    for path in files:
        if path.suffix not in INSTALLED:
            continue
        os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000_000))
        now = store.code_version(program)
        assert now != seen, f"{path.relative_to(program)} changed, and old builds are trusted"
        seen = now
    assert {path.suffix for path in files} <= {*INSTALLED, ".pot", ".po"}, "a new kind of file"


def test_a_new_folder_is_a_new_version(program: Path) -> None:
    before = store.code_version(program)
    (program / "feed/new/folder").mkdir(parents=True)
    (program / "feed/new/folder/module.py").write_text("")
    assert store.code_version(program) != before
