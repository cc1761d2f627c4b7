"""Tests that an unchanged episode stays a row, and that only this user's own rows are believed."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle
import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from episodes.errors import EarmarkError
from episodes.model import Episode
from episodes.show_folder.scan import scan
from podcast.building import check, pipeline, read
from podcast.building.context import BuildContext
from podcast.cache import episode_rows
from podcast.cache.build_cache import BuildCache
from podcast.cache.episode_rows import EPISODES, ROWS, PartialEpisode, PartialFacts
from podcast.cache.store import FOLDER, CacheFolder
from tests.kit.refused_builds import snapshot
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from episodes.findings import Finding

FIRST = "episodes/01-talk"


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    show = make_show(3)
    pipeline.build(show, now=NOW)
    return show


def kept(show: Path) -> dict[str, Episode]:
    cache = BuildCache(CacheFolder(show), show / "public", verify=False)
    return cache.episodes_as_built(scan(show))


def note(show: Path, number: int) -> None:
    (path,) = (show / "episodes").glob(f"{number:02}-*/episode.md")
    path.write_text(f"{path.read_text('utf-8')}\nOne more sentence.\n", "utf-8")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The folders of the episodes that each build read again."""
    builds: list[list[str]] = []
    read_episodes = read.read_episodes

    def reads(jobs: list[read.ReadJob]) -> list[read.ReadEpisode]:
        builds.append([job.folder for job in jobs])
        return read_episodes(jobs)

    monkeypatch.setattr(read, "read_episodes", reads)
    return builds


def test_a_build_after_one_change_reads_no_other_row(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed: list[str] = []
    complete = episode_rows.EpisodeRows._complete

    def completes(self: Any, row: Any, *parts: Any) -> None:
        completed.append(row.row.folder)
        complete(self, row, *parts)

    monkeypatch.setattr(episode_rows.EpisodeRows, "_complete", completes)
    note(show, 2)
    pipeline.build(show, now=NOW)
    assert completed == []


USES: dict[str, Callable[[Episode], object]] = {
    "notes": lambda episode: episode.notes,
    "facts": lambda episode: episode.facts.prompts,
    "file": lambda episode: (episode.facts.chapters_file, episode.facts.prompts),
    "property": lambda episode: episode.support,
    "equal": lambda episode: episode == episode.model_copy(),
    "hash": lambda episode: {episode.facts.title: hash(episode.media)},
    "copy": lambda episode: copy.copy(episode).model_dump(),
    "deep": lambda episode: copy.deepcopy(episode).model_dump(),
    "changed": lambda episode: episode.model_copy(update={"slug": "other"}).model_dump_json(),
    "dump": lambda episode: episode.model_dump(),
    "facts dump": lambda episode: episode.facts.model_dump_json(),
    "json": lambda episode: episode.model_dump_json(),
    "pickle": lambda episode: pickle.loads(pickle.dumps(episode)).model_dump(),  # noqa: S301
    "reason": lambda episode: episode.facts.waive,
}


@pytest.mark.parametrize("use", USES)
def test_a_row_is_an_episode_in_every_use(show: Path, use: str) -> None:
    rows = kept(show)
    line = (show / FOLDER / EPISODES).read_bytes().splitlines()
    wholes = [each for row in line for each in json.loads(row).values()]
    for values in wholes:
        part = rows[values["folder"]]
        assert isinstance(part, PartialEpisode)
        assert isinstance(part.facts, PartialFacts)
        same = Episode.model_validate_json(json.dumps(values))
        assert USES[use](part) == USES[use](same)
        assert part == same
        assert type(part) is Episode
        assert vars(part.facts) == vars(same.facts)


def test_a_row_has_no_attribute_that_an_episode_lacks(show: Path) -> None:
    part = kept(show)[FIRST]
    assert not hasattr(part, "nothing")
    assert isinstance(part, PartialEpisode)


def test_a_line_that_changes_during_a_build_stops_it(show: Path) -> None:
    part = kept(show)[FIRST]
    path = show / FOLDER / EPISODES
    data = bytearray(path.read_bytes())
    data[:] = data.replace(b"Talk", b"Evil")
    with path.open("r+b") as file:  # the same file, not another one of that name
        file.write(data)
    with pytest.raises(EarmarkError, match="changed during the build"):
        assert part.notes


def forge(show: Path, *, record: bool) -> None:
    """Change a title in both files, so that their digests fit."""
    memory = show / FOLDER
    lines = (memory / EPISODES).read_bytes().replace(b'"title":"Talk', b'"title":"Evil')
    (memory / EPISODES).write_bytes(lines)
    rows = [json.loads(row) for row in (memory / ROWS).read_bytes().splitlines()]
    for row, line in zip(rows, lines.splitlines(keepends=True), strict=True):
        row["digest"], row["length"] = hashlib.sha256(line).hexdigest(), len(line)
        row["head"]["facts"]["title"] = "Evil"
    text = b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)
    (memory / ROWS).write_bytes(text)
    if record:
        document = json.loads((memory / "build.json").read_bytes())
        document["digest"] = hashlib.sha256(text).hexdigest()
        (memory / "build.json").write_text(json.dumps(document), "utf-8")


@pytest.mark.parametrize("record", [False, True])
def test_forged_rows_are_not_believed(show: Path, asked: list[list[str]], record: bool) -> None:
    before = snapshot(show)
    forge(show, record=record)
    (show / "show.md").touch()
    pipeline.build(show, now=NOW)
    assert len(asked[0]) == 3
    assert snapshot(show) == before


@pytest.mark.parametrize("names", [(EPISODES,), (ROWS,), (EPISODES, ROWS)])
def test_rows_of_another_show_are_not_believed(
    show: Path, make_show: Callable[..., Path], asked: list[list[str]], names: tuple[str, ...]
) -> None:
    other = make_show(3, "other")
    for path in (other / "episodes").glob("*/episode.md"):
        path.write_text(path.read_text("utf-8").replace("title: Talk", "title: Evil"), "utf-8")
    pipeline.build(other, now=NOW)
    before = snapshot(show)
    asked.clear()
    for name in names:
        shutil.copy(other / FOLDER / name, show / FOLDER / name)
    (show / "show.md").touch()
    pipeline.build(show, now=NOW)
    assert len(asked[0]) == 3
    assert snapshot(show) == before


def test_rows_of_another_user_are_not_believed(
    show: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    (show / "show.md").touch()
    pipeline.build(show, now=NOW)
    assert len(asked[0]) == 3


def test_a_check_after_a_build_finds_the_same_as_one_of_a_show_nobody_built(
    show: Path, tmp_path: Path
) -> None:
    (path,) = (show / "episodes").glob("02-*/episode.md")
    due = (NOW + timedelta(days=30)).date()
    text = re.sub("(?m)^review_due: .*$", f"review_due: {due}", path.read_text("utf-8"))
    path.write_text(text.replace("\nprompts:", "\noutcomes:", 1), "utf-8")
    pipeline.build(show, now=NOW)
    for days in (-2, 0, 1, 29, 30, 31, 364, 366, 400, 800):
        now = NOW + timedelta(days=days)
        bare = shutil.copytree(show, tmp_path / str(days))
        shutil.rmtree(bare / FOLDER)
        assert _rules(show, now) == _rules(bare, now)


def _rules(show: Path, now: datetime) -> list[Finding]:
    context = BuildContext(show, show / "public", now, scan(show), CacheFolder(show))
    return check.located(context, check._read(context))
