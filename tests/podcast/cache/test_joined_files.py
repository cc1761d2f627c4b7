"""Tests that the feed with items of the last one is the feed that is made from nothing."""

from __future__ import annotations

import shutil
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from feed import rss
from podcast.building import pipeline
from podcast.cache import joined_files
from podcast.cache.store import FOLDER
from tests.kit.refused_builds import snapshot
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from episodes.model import Episode, Show


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    show = make_show(4)
    pipeline.build(show, now=NOW)
    return show


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders of the episodes whose items are rendered."""
    names: list[str] = []
    render = rss.item

    def item(show: Show, episode: Episode) -> bytes:
        names.append(episode.folder.rpartition("/")[2])
        return render(show, episode)

    monkeypatch.setattr(rss, "item", item)
    return names


def _note(show: Path, number: int, text: str) -> None:
    (path,) = (show / "episodes").glob(f"{number:02}-*/episode.md")
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", "utf-8")


def _feed(show: Path) -> Path:
    return show / "public" / "feed.xml"


def test_only_the_item_that_changed_is_rendered(show: Path, rendered: list[str]) -> None:
    _note(show, 2, "One more sentence.")
    pipeline.build(show, now=NOW)
    assert [name[:2] for name in rendered] == ["02"]


def test_a_change_to_the_show_renders_every_item(show: Path, rendered: list[str]) -> None:
    path = show / "show.md"
    path.write_text(path.read_text("utf-8").replace("Night shift", "Day shift"), "utf-8")
    pipeline.build(show, now=NOW)
    assert len(rendered) == 4


def test_any_changes_give_what_a_build_from_nothing_gives(show: Path, tmp_path: Path) -> None:
    chance = Random(18)  # noqa: S311 - the same edits each time
    for step in range(8):
        _change(show, chance, step)
        now = NOW + timedelta(days=90 * step)  # rules ask for today
        findings = pipeline.build(show, now=now).findings
        bare = shutil.copytree(show, tmp_path / f"bare-{step}")
        shutil.rmtree(bare / "public")
        shutil.rmtree(bare / FOLDER)
        assert pipeline.build(bare, now=now).findings == findings
        assert snapshot(bare) == snapshot(show)


def _change(show: Path, chance: Random, step: int) -> None:
    paths = sorted((show / "episodes").glob("*/episode.md"))
    path = chance.choice(paths)
    text = path.read_text("utf-8")
    number = paths.index(path) + 1
    changes = [
        text + f"\nSentence {step}.\n",
        text.replace("title: ", f"title: {step} ", 1),
        text.replace("\nprompts:", "\noutcomes:", 1),
        text.replace("2026-10-", f"2026-0{1 + step}-", 1),
        text.replace("\nsummary:", f"\nseason: {step + 1}\nsummary:", 1) if step < 1 else text,
    ]
    path.write_text(chance.choice(changes), "utf-8")
    if step == 5 and len(paths) > 3:
        shutil.rmtree(paths[number % len(paths)].parent)


def test_an_item_that_somebody_changed_is_rendered_again(show: Path, rendered: list[str]) -> None:
    feed = _feed(show)
    whole = feed.read_bytes()
    feed.write_bytes(whole.replace(b"guid-3</guid>", b"evil-3</guid>"))
    _note(show, 2, "One more sentence.")
    pipeline.build(show, now=NOW)
    assert b"evil" not in feed.read_bytes()
    assert sorted(name[:2] for name in rendered) == ["02", "03"]


def test_rows_and_feed_of_another_show_are_not_believed(
    show: Path, make_show: Callable[..., Path], rendered: list[str]
) -> None:
    other = make_show(4, "other")
    path = other / "show.md"
    path.write_text(path.read_text("utf-8").replace("podcast.example.org", "evil.example.org"))
    pipeline.build(other, now=NOW)
    rendered.clear()
    shutil.copy(_feed(other), _feed(show))
    shutil.copy(other / FOLDER / joined_files.ITEMS, show / FOLDER / joined_files.ITEMS)
    _note(show, 2, "One more sentence.")
    pipeline.build(show, now=NOW)
    assert b"evil" not in _feed(show).read_bytes()
    assert len(rendered) == 4


def test_rows_that_another_user_wrote_are_not_believed(
    show: Path, rendered: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    _note(show, 2, "One more sentence.")
    pipeline.build(show, now=NOW)
    assert len(rendered) == 4


def test_a_feed_that_is_a_link_is_not_read(show: Path, rendered: list[str], tmp_path: Path) -> None:
    _feed(show).rename(tmp_path / "elsewhere.xml")
    _feed(show).symlink_to(tmp_path / "elsewhere.xml")
    _note(show, 2, "One more sentence.")
    pipeline.build(show, now=NOW)
    assert len(rendered) == 4
    assert not _feed(show).is_symlink()


def test_a_build_that_stopped_before_it_saved_the_places_costs_time_only(
    show: Path, rendered: list[str]
) -> None:
    places = (show / FOLDER / joined_files.ITEMS).read_bytes()
    _note(show, 4, "A long sentence, which moves every item after it.")
    pipeline.build(show, now=NOW)
    right = _feed(show).read_bytes()
    (show / FOLDER / joined_files.ITEMS).write_bytes(places)
    (show / FOLDER / "build.json").unlink()
    rendered.clear()
    pipeline.build(show, now=NOW)
    assert _feed(show).read_bytes() == right
    assert rendered
