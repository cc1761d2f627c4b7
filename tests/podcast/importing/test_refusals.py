"""Tests what an import asks and refuses: locked shows, hostile names, links in the folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from tests.kit.foreign_feeds import earmark, feed, item, take, tree, written

if TYPE_CHECKING:
    from feed.reader.result import ParsedFeed

LOCKED = "<title>A show</title><podcast:locked owner='lead@example.org'>yes</podcast:locked>"


def test_a_locked_show_is_asked_about(tmp_path: Path) -> None:
    asked: list[ParsedFeed] = []
    take(written(tmp_path, feed(item(1), head=LOCKED)), tmp_path / "show", agree=asked.append,
         leave_audio=True)  # fmt: skip
    assert [each.owner for each in asked] == ["lead@example.org"]
    take(tmp_path / "feed.xml", tmp_path / "show", agree=asked.append, leave_audio=True)
    assert len(asked) == 1  # what was agreed to once is not asked again


def test_nobody_to_ask_means_no_import(tmp_path: Path) -> None:
    path = written(tmp_path, feed(item(1), head=LOCKED))
    result = earmark("import", path, tmp_path / "show", "--leave-audio")
    assert result.exit_code == 1
    assert "lead@example.org" in result.output
    assert "--yes" in result.output
    assert not (tmp_path / "show").exists()
    result = earmark("import", path, tmp_path / "show", "--leave-audio", "--yes")
    assert result.exit_code == 0
    assert "1 episode of A show in" in result.output


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nowhere.xml", "neither a file nor an address"),
        (".", "neither a file nor an address"),
        ("ftp://example.org/feed.xml", "neither a file nor an address"),
        ("http://127.0.0.1:9/feed.xml", "--private"),
        ("feed://127.0.0.1:9/feed.xml", "--private"),
        ("page.html", "it names this one: https://example.org/rss"),
        ("note.txt", "is not a feed"),
        ("empty.xml", "is empty"),
    ],
)
def test_what_is_no_feed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    link = '<link rel="alternate" type="application/rss+xml" href="https://example.org/rss">'
    written(tmp_path, f"<!doctype html><html><head>{link}</head>".encode(), "page.html")
    written(tmp_path, b"just words", "note.txt")
    written(tmp_path, b"", "empty.xml")
    result = earmark("import", given)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert result.output.count("\n") == 1


def test_what_could_not_be_kept_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, feed(item(1), "<title>No sound</title>"))
    result = earmark("import", path, tmp_path / "show", "--leave-audio")
    assert re.search(
        r'feed\.xml:\d+: "No sound": has no recording, so it was left out', result.output
    )


@pytest.mark.parametrize(
    "title", ["../../../etc/passwd", "/etc", "..", "a\\..\\b", "CON", "ü" * 300]
)
def test_names_from_a_feed_stay_inside_the_folder(tmp_path: Path, title: str) -> None:
    said = item(1).replace("Talk 1", title)
    outside = tree(tmp_path)
    take(written(tmp_path / "f", feed(said)), tmp_path / "a" / "show", leave_audio=True)
    assert [each for each in tree(tmp_path) if not each.startswith(("a/show/", "f/"))] == list(
        outside
    )
    (made,) = (tmp_path / "a" / "show" / "episodes").iterdir()
    assert re.fullmatch(r"01-[a-z0-9-]+", made.name)


@pytest.mark.parametrize("name", ["episodes", ".earmark", ".earmark/import"])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "show" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EarmarkError, match="link"):
        take(written(tmp_path / "f", feed(item(1))), tmp_path / "show", leave_audio=True)
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    "name", ["show.md", ".show.md.part", "episodes/.01-talk-1.part", "episodes/01-talk-1"]
)
def test_a_link_in_the_place_of_a_file_is_never_followed(tmp_path: Path, name: str) -> None:
    target = tmp_path / "elsewhere"
    link = tmp_path / "show" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(target)
    take(written(tmp_path / "f", feed(item(1))), tmp_path / "show", leave_audio=True)
    assert not target.exists()


def test_files_of_this_computer_that_a_feed_names_are_not_read(tmp_path: Path) -> None:
    secret = written(tmp_path, b"WEBVTT\n\n00:00.000 --> 00:01.000\nSecret\n", "secret.vtt")
    more = (
        f'<podcast:transcript url="file://{secret}" type="text/vtt"/>'
        f'<podcast:chapters url="{secret}" type="application/json+chapters"/>'
        f'<itunes:image href="file:secret.png"/>'
    )
    path = written(tmp_path, feed(item(1, more), item(2, url=f"file://{secret}")))
    done = take(path, tmp_path / "show", leave_audio=True)
    assert done.added == 1
    assert not any(b"Secret" in data for data in tree(tmp_path / "show").values())
