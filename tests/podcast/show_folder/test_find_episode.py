"""EPISODE on the command line: by folder, number, season, title, or the beginning of a name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from episodes.errors import EarmarkError
from podcast.show_folder import find_episode, read_source

MakeShow = Callable[..., Path]


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_the_number_that_a_folder_begins_with_is_enough(make_show: MakeShow) -> None:
    show = make_show(2)
    names = ["episodes/01-talk", "episodes/02-talk"]
    for typed in ("02", "2", "002", "#2", "02/"):
        assert find_episode.find_folder(show, typed, names, []) == "episodes/02-talk"
    with pytest.raises(EarmarkError, match='no episode is called "0"'):
        find_episode.find_folder(show, "0", names, [])


def test_an_episode_is_found_by_its_number_its_season_and_its_title(make_show: MakeShow) -> None:
    show = make_show(3)
    for folder, season, number in ((1, 1, 1), (2, 1, 2), (3, 2, 2)):
        path = show / "episodes" / f"0{folder}-talk" / "episode.md"
        edit(path, f"number: {folder}\n", f"season: {season}\nnumber: {number}\n")

    def found(typed: str) -> str:
        return find_episode.find_written(read_source.read_source(show), typed).folder.split("/")[1]

    assert [found(typed) for typed in ("1.2", "S1E2", "s01e02", "1x2")] == ["02-talk"] * 4
    assert [found(typed) for typed in ("2.2", "3", "TALK C", "03-TALK")] == ["03-talk"] * 4
    with pytest.raises(
        EarmarkError, match=r'"2" matches 2 episodes: 02-talk \(“Talk B”\), 03-talk'
    ):
        found("2")


def test_of_many_episodes_the_closest_are_named_and_the_rest_is_counted() -> None:
    names = [f"episodes/{number:02}-talk-{number}" for number in range(1, 61)]
    with pytest.raises(EarmarkError, match="like 21-talk-21") as error:
        find_episode.find_folder(Path(), "21-tlak-21", names, [])
    assert "(57 more in episodes/)" in str(error.value)
    with pytest.raises(EarmarkError, match="01-talk-1, 02-talk-2") as error:
        find_episode.find_folder(Path(), "!", names, [])
    assert "(52 more in episodes/)" in str(error.value)
    with pytest.raises(EarmarkError, match='"9999"; write'):
        find_episode.find_folder(Path(), "9999", names, [])
    with pytest.raises(EarmarkError, match="no episode is called"):
        find_episode.find_folder(Path(), "9" * 250, names, [])


def test_a_date_in_front_of_a_folder_is_no_number() -> None:
    names = ["episodes/2026-10-03-talk", "episodes/2026-10-04-talk"]
    assert find_episode.find_folder(Path(), "2026-10-04", names, []) == names[1]
    with pytest.raises(EarmarkError, match='"2026" matches 2 episodes'):
        find_episode.find_folder(Path(), "2026", names, [])
