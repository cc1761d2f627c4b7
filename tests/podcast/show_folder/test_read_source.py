"""Reading a show without building it: what can be read, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from episodes.errors import SourceError
from podcast.show_folder import read_source

MakeShow = Callable[..., Path]
ONE, TWO = "episodes/01-talk", "episodes/02-talk"


@pytest.fixture
def show(make_show: MakeShow) -> Path:
    """A show whose second episode cannot be read."""
    folder = make_show(2)
    path = folder / TWO / "episode.md"
    path.write_text(path.read_text("utf-8").replace("number:", "numbr:"), "utf-8")
    return folder


def test_an_episode_that_cannot_be_read_is_left_out_with_its_findings(show: Path) -> None:
    source = read_source.read_source(show)
    assert source.names == [ONE, TWO]
    assert [each.folder for each in source.episodes] == [ONE]
    assert {name: [each.rule for each in found] for name, found in source.findings.items()} == {
        TWO: ["key-unknown"]
    }
    assert source.written_episode(ONE).path == f"{ONE}/episode.md"
    with pytest.raises(SourceError, match="numbr"):
        source.written_episode(TWO)


def test_markdown_is_rendered_only_if_it_is_needed(show: Path) -> None:
    assert read_source.read_source(show).written[ONE].html == ""
    assert read_source.read_source(show, notes=True).written[ONE].html


def test_a_show_has_what_can_be_read_and_the_errors_of_the_rest(show: Path) -> None:
    readable = read_source.read_show(show)
    assert [each.folder for each in readable.show.episodes] == [ONE]
    assert [each.path for each in readable.errors] == [f"{TWO}/episode.md"]


def test_a_show_md_that_cannot_be_read_is_an_error(show: Path) -> None:
    (show / "show.md").write_text("---\ntitle: [\n---\n", "utf-8")
    with pytest.raises(SourceError):
        read_source.read_facts(show)
