"""Compiled templates are code, so only what this user's own version compiled is run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from jinja2 import DictLoader, Environment

from podcast.cache.compiled_templates import SEAL, SealedTemplates

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket

TEMPLATE = {"page.html": "<p>{{ word }}</p>"}


class Counted(SealedTemplates):
    """Compiled templates that count how many of them had to be compiled."""

    compiled = 0

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled += 1
        super().dump_bytecode(bucket)


def compiled(code: str = "one", template: dict[str, str] = TEMPLATE) -> int:
    """Render a page in a new environment; return how many templates were compiled."""
    kept = Counted(code)
    page = Environment(loader=DictLoader(template), autoescape=True, bytecode_cache=kept)
    assert page.get_template("page.html").render(word="&") == "<p>&amp;</p>"
    return kept.compiled


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "earmark" / "templates"


def test_a_template_is_compiled_once(home: Path) -> None:
    assert [compiled(), compiled()] == [1, 0]
    assert len(list(home.iterdir())) == 1


@pytest.mark.usefixtures("home")
def test_another_version_of_the_program_or_of_the_text_compiles_it_again() -> None:
    assert [compiled(), compiled("two"), compiled("two")] == [1, 1, 0]
    assert compiled("two", {"page.html": "<p>{{ word }}</p>{# new #}"}) == 1


@pytest.mark.parametrize("at", [0, SEAL, -1])
def test_a_file_that_somebody_changed_is_not_run(home: Path, at: int) -> None:
    compiled()
    (file,) = home.iterdir()
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    assert [compiled(), compiled()] == [1, 0]


def test_what_another_user_compiled_is_not_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled()
    theirs = home.parent.parent / "theirs"
    monkeypatch.setenv("XDG_CACHE_HOME", str(theirs))
    assert compiled() == 1
    (ours,), (other,) = home.iterdir(), (theirs / "earmark" / "templates").iterdir()
    other.write_bytes(ours.read_bytes())
    assert compiled() == 1


def test_another_template_under_its_name_is_not_run(home: Path) -> None:
    """Both are sealed: the name is part of the seal."""
    compiled(template=TEMPLATE | {"other.html": "<b>other</b>"})
    (page,) = home.iterdir()
    kept = Counted("one")
    loader = DictLoader({"other.html": "<b>other</b>"})
    others = Environment(loader=loader, autoescape=True, bytecode_cache=kept)
    others.get_template("other.html")
    (other,) = {*home.iterdir()} - {page}
    page.write_bytes(other.read_bytes())
    assert compiled() == 1


@pytest.mark.parametrize("blocked", ["file", "pipe"])
def test_without_a_folder_to_write_to_nothing_is_kept(home: Path, blocked: str) -> None:
    compiled()
    (file,) = home.iterdir()
    file.unlink()
    if blocked == "file":
        home.rmdir()
        home.write_bytes(b"")
    else:
        os.mkfifo(file)
    assert compiled() == 1
