"""What is held back: `earmark next` says when each episode appears, and builds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from episodes.errors import SourceError
from podcast.building import check, pipeline
from podcast.cli import main
from podcast.commands import build
from tests.kit.shows import NOW, add_episode

MakeShow = Callable[..., Path]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def held(make_show: MakeShow, tone: Path) -> Path:
    """A show with two scheduled episodes; the folder of the earlier one sorts last."""
    show = make_show()
    add_episode(show, 3, tone, date="date: 2099-12-08 07:00", title="title: 'Later: much'")
    add_episode(show, 4, tone, date="date: 2099-07-01 07:00", title="title: Sooner")
    return show


def test_next_says_every_episode_to_come_soonest_first(held: Path) -> None:
    answer = run("next", held)
    assert answer.exit_code == 0
    first, second = answer.stdout.splitlines()
    assert first.startswith("2099-07-01 06:00 UTC (in ")
    assert first.endswith(" days): Sooner")
    assert second.startswith("2099-12-08 07:00 UTC (in ")
    assert second.endswith(" days): Later: much")
    assert answer.stderr == ""


def test_next_builds_nothing(held: Path) -> None:
    run("next", held)
    assert not (held / "public").exists()
    assert not (held / "earmark.lock").exists()


def test_next_says_when_nothing_is_held_back(make_show: MakeShow) -> None:
    show = make_show()
    assert run("next", show).stdout == "Nothing is scheduled.\n"
    pipeline.build(show)
    assert run("next", show).stdout == "Nothing is scheduled.\n"


def test_next_reads_nothing_where_the_last_build_knows(
    held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = pipeline.coming(held)
    pipeline.build(held)
    monkeypatch.setattr(check, "coming", lambda _: pytest.fail("it was read again"))
    assert pipeline.coming(held) == read


def test_what_the_last_build_held_back_is_read_again_once_it_is_due(held: Path) -> None:
    pipeline.build(held, now=NOW)
    coming, _ = pipeline.coming(held, datetime(2099, 8, 1, tzinfo=UTC))
    assert coming == [("2099-12-08T07:00:00+00:00", "Later: much")]


def test_next_ends_with_one_where_an_episode_cannot_be_read(held: Path) -> None:
    path = held / "episodes" / "04-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("date: 2099", "date: soon 2099"), "utf-8")
    answer = run("next", held)
    assert answer.exit_code == 1
    assert "episodes/04-talk/episode.md:4: error: date:" in answer.stderr
    assert answer.stdout == ""


def test_next_ends_with_one_where_the_show_cannot_be_read(held: Path) -> None:
    (held / "show.md").write_text("Hello", encoding="utf-8")
    with pytest.raises(SourceError, match="no front matter"):
        pipeline.coming(held)


def test_next_says_that_an_error_stands_in_the_way(held: Path) -> None:
    (held / "episodes" / "04-talk" / "recording.mp3").unlink()
    answer = run("next", held)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[0].endswith(": Sooner")
    wanted = "1 error stops the next publish; `earmark check` shows why.\n"
    assert answer.stderr == wanted


@pytest.mark.parametrize(
    "left, words",
    [
        (timedelta(seconds=20), "in 1 minute"),
        (timedelta(minutes=40), "in 40 minutes"),
        (timedelta(minutes=95), "in 2 hours"),
        (timedelta(hours=30), "in 30 hours"),
        (timedelta(hours=40), "in 2 days"),
        (timedelta(days=8, hours=1), "in 8 days"),
    ],
)
def test_the_time_until_then_is_told_in_round_figures(left: timedelta, words: str) -> None:
    assert build._time_left(left) == words
