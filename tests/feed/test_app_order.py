"""The order of a course: what apps show of it, what is out of order, and what is mended."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from episodes import order_fixes
from episodes.findings import Level
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.model import Episode, Show, newest_first
from feed import app_order
from feed.checks import directories, order
from feed.checks.context import Situation
from podcast.building import pipeline
from podcast.cli import main
from tests.kit.broken_shows import MD, MD2, SHOW, both, edit, line
from tests.kit.shows import NOW

DAY = datetime(2026, 3, 1, 7, tzinfo=UTC)
ORDER = {"course-type", "course-order", "number-missing", "number-twice", "season-missing",
         "season-order", "date-twice", "title-twice"}  # fmt: skip


def talk(name: str, minutes: int = 0, **facts: object) -> Episode:
    when = DAY + timedelta(minutes=minutes)
    said = {
        "title": f"Talk {name}",
        "guid": name,
        "date": when.replace(tzinfo=None),
        "summary": "S",
    }
    return Episode(
        slug=name,
        folder=f"episodes/{name}",
        facts=EpisodeFacts.model_validate(said | facts),
        published=when,
        notes="",
        recording=f"episodes/{name}/a.mp3",
    )


def show(*episodes: Episode, **facts: object) -> Show:
    said = {"title": "T", "author": "A", "summary": "S", "type": "serial", "timezone": "UTC"}
    made = ShowFacts.model_validate(said | facts)
    address = "https://podcast.example.org/"
    return Show(facts=made, description="", address=address, episodes=newest_first(episodes))


def view(told: app_order.Orders, name: str) -> app_order.View:
    return next(each for each in told.views if each.name == name)


def names(episodes: tuple[Episode, ...]) -> str:
    return " ".join(each.slug for each in episodes)


def broken(shown: Show) -> set[str]:
    found = directories.check(Situation(shown, {}, NOW))
    return {each.rule for each in found if each.rule in ORDER and each.level is Level.ERROR}


def test_a_course_that_is_right_is_in_order_everywhere() -> None:
    told = app_order.compare_orders(show(*(talk(f"0{n}", n, number=n) for n in (1, 2, 3))), NOW)
    assert told.right
    assert names(told.meant) == "01 02 03"
    assert names(view(told, app_order.DATE).episodes) == "03 02 01"
    assert view(told, app_order.DATE).upwards
    assert names(view(told, app_order.SERIAL).episodes) == "01 02 03"
    assert names(view(told, app_order.FILES).episodes) == "01 02 03"


def test_only_the_one_that_would_have_to_move_is_marked() -> None:
    late = talk("02", 9, number=2)
    told = app_order.compare_orders(show(talk("01", 1, number=1), late, talk("03", 3, number=3),
                          talk("04", 4, number=4)), NOW)  # fmt: skip
    assert names(told.meant) == "01 02 03 04"
    assert view(told, app_order.DATE).astray == {"episodes/02"}
    assert not view(told, app_order.SERIAL).astray
    assert not told.right


def test_seasons_come_before_numbers_and_trailers_before_their_season() -> None:
    told = app_order.compare_orders(show(
        talk("a", 0, type="trailer"), talk("b", 1, season=1, number=1),
        talk("c", 2, season=1, number=2), talk("d", 3, type="bonus"),
        talk("e", 4, season=2, type="trailer"), talk("f", 5, season=2, number=1)), NOW)  # fmt: skip
    assert names(view(told, app_order.SERIAL).episodes) == "a b c d e f"
    assert told.right


def test_a_bonus_that_comes_late_stays_with_its_season_and_breaks_nothing() -> None:
    told = app_order.compare_orders(
        show(
            talk("a", 1, season=1, number=1),
            talk("b", 2, season=2, number=1),
            talk("c", 3, season=1, type="bonus"),
        ),
        NOW,
    )
    assert names(view(told, app_order.SERIAL).episodes) == "a c b"
    assert told.right


def test_of_one_minute_or_one_number_nobody_knows_which_comes_first() -> None:
    told = app_order.compare_orders(show(talk("a", 1, number=1), talk("b", 1, number=2)), NOW)
    assert view(told, app_order.DATE).astray == {"episodes/a", "episodes/b"}
    told = app_order.compare_orders(
        show(talk("a", 1, number=1), talk("b", 2, number=1), talk("c", 3)), NOW
    )
    assert view(told, app_order.SERIAL).astray == {"episodes/a", "episodes/b", "episodes/c"}


def test_a_course_that_is_not_serial_would_begin_with_the_newest() -> None:
    told = app_order.compare_orders(
        show(talk("a", 1, number=1), type="episodic", medium="course"), NOW
    )
    assert view(told, app_order.SERIAL).astray == {"episodes/a"}


def test_antennapod_shows_one_of_two_with_one_title_on_one_day() -> None:
    told = app_order.compare_orders(show(talk("a", 1, title="Hello!", number=1),
                          talk("b", 2, title="hello", number=2)), NOW)  # fmt: skip
    assert [(older.slug, newer.slug) for older, newer in told.joined] == [("a", "b")]
    assert names(view(told, app_order.DATE).episodes) == "b"
    assert not told.right


def test_an_episodic_show_has_no_order_to_keep() -> None:
    told = app_order.compare_orders(
        show(talk("b", 1, number=2), talk("a", 2, number=1), type="episodic"), NOW
    )
    assert told.right
    assert [names(each.episodes) for each in told.views] == ["a b"] * 3


def test_what_is_held_back_is_shown_where_it_will_be() -> None:
    told = app_order.compare_orders(show(talk("a", 1, number=1), talk("b", 2, number=2)), DAY)
    assert told.coming == {"episodes/a", "episodes/b"}
    assert names(told.meant) == "a b"


EPISODES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.none() | st.integers(1, 2),
        st.none() | st.integers(1, 4),
        st.sampled_from(["full", "full", "full", "bonus", "trailer"]),
        st.sampled_from(["A", "B", "C", "D"]),
    ),
    max_size=7,
)


def drawn(rows: list[tuple[int, int | None, int | None, str, str]], **facts: object) -> Show:
    told = (
        talk(f"t{at}", minutes, season=season, number=number, type=kind, title=f"{title} {at // 3}")
        for at, (minutes, season, number, kind, title) in enumerate(rows)
    )
    return show(*told, **facts)


@given(EPISODES, st.sampled_from(["serial", "episodic"]), st.sampled_from(["course", "podcast"]))
def test_every_order_is_the_same_episodes_in_another_one(
    rows: list[tuple[int, int | None, int | None, str, str]], kind: str, medium: str
) -> None:
    shown = drawn(rows, type=kind, medium=medium)
    told = app_order.compare_orders(shown, NOW)
    everything = sorted(each.folder for each in shown.episodes)
    assert sorted(each.folder for each in told.meant) == everything
    for each in told.views:
        lost = {older.folder for older, _ in told.joined} if each.name == app_order.DATE else set()
        assert sorted([*(one.folder for one in each.episodes), *lost]) == everything


@given(EPISODES)
def test_a_course_without_an_error_is_in_order_everywhere_and_one_with_an_error_is_not(
    rows: list[tuple[int, int | None, int | None, str, str]],
) -> None:
    shown = drawn(rows, medium="course")
    told = app_order.compare_orders(shown, NOW)
    if not broken(shown):
        assert told.right
        full = [each for each in told.meant if each.facts.type == "full"]
        assert full == sorted(full, key=lambda each: each.published)
    if not told.right:
        assert broken(shown)


@given(EPISODES)
def test_what_is_mended_is_mended_and_changes_nothing_that_was_right(
    rows: list[tuple[int, int | None, int | None, str, str]],
) -> None:
    shown = drawn(rows, medium="course", type="episodic")
    mends = order_fixes.find_fixes(shown.facts, shown.episodes)
    assert mends[0] == order_fixes.OrderFix("", "type", "serial", "medium")
    after = {each.folder: each for each in shown.episodes}
    for folder, key, value, _ in mends[1:]:
        one = after[folder]
        changed = {"number": int(value)} if key == "number" else {}
        when = datetime.fromisoformat(value).replace(tzinfo=UTC) if key == "date" else one.published
        assert key != "number" or one.facts.number is None
        assert when >= one.published
        after[folder] = one.model_copy(
            update={"facts": one.facts.model_copy(update=changed), "published": when}
        )
    mended = show(*after.values(), medium="course")
    kinds = {"number-missing", "number-twice", "course-order", "date-twice", "season-order"}
    before = broken(show(*shown.episodes, medium="course"))
    assert (broken(mended) - before) & kinds == set()
    seasons = {after[each.folder].facts.season for each in mends if each.key == "number"}
    full = [each.facts for each in after.values() if each.facts.type == "full"]
    assert all(facts.number for facts in full if facts.season in seasons)


@pytest.mark.parametrize(
    ("episodes", "mended"),
    [
        ([talk("a", 1), talk("b", 2)], ["a number 1", "b number 2"]),
        ([talk("a", 1), talk("b", 2, number=5)], ["a number 4"]),
        ([talk("a", 1), talk("b", 2, number=1)], []),  # the first would be 0
        ([talk("a", 1, number=1), talk("b", 2), talk("c", 3, number=4)], []),  # 2 or 3?
        ([talk("a", 1), talk("b", 1)], []),  # which comes first?
        ([talk("a", 1, season=1), talk("b", 2)], []),  # of which season is the other?
        ([talk("a", 1, number=2), talk("b", 1, number=1)], ["a date 2026-03-01 07:02"]),
        ([talk("a", 1, number=1), talk("b", 1, number=2), talk("c", 2, type="bonus")],
         ["b date 2026-03-01 07:03"]),
        ([talk("a", 2, number=1), talk("b", 1, number=2)], []),  # the number, or the date?
        ([talk("a", 1, number=1), talk("b", 2, number=2)], []),
    ],
)  # fmt: skip
def test_only_what_is_no_guess_is_mended(episodes: list[Episode], mended: list[str]) -> None:
    found = order_fixes.find_fixes(show().facts, episodes)
    said = [f"{each.folder.rpartition('/')[2]} {each.key} {each.value}" for each in found]
    assert said == mended


@pytest.mark.parametrize("numbers", [[1, 2, 3], [1, 2, 1, 2], [1, 2, 3, 4]])
def test_seasons_count_from_one_or_go_on(numbers: list[int]) -> None:
    told = [talk(f"t{at}", at, number=number, season=1 + at // 2)
            for at, number in enumerate(numbers)]  # fmt: skip
    assert not list(order.gaps(Situation(show(*told), {}, NOW)))


def test_the_number_of_an_episode_that_was_withdrawn_is_no_gap() -> None:
    shown = show(talk("a", 1, number=1), talk("c", 3, number=3), talk("d", 4, number=5))
    two = talk("b", 2, number=2)
    shown = shown.model_copy(update={"withdrawn": (two,)})
    (one,) = order.gaps(Situation(shown, {}, NOW))
    assert (one.path, one.message) == ("episodes/d/episode.md", "is 5, but there is no number 4")


def test_seconds_are_not_enough_between_two_episodes() -> None:
    later = talk("b", 1, number=2)
    near = later.model_copy(update={"published": later.published + timedelta(seconds=30)})
    assert broken(show(talk("a", 1, number=1), near)) == {"date-twice"}


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.output


def test_the_command_shows_columns_that_differ_and_says_what_to_do(
    make_show: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    made = make_show(3)
    line(SHOW, "type", "type: serial")(made)
    code, said = run("order", made)
    assert code == 0
    assert said.count("1 Talk A") == 2  # what is alike is one column
    assert "Every kind of app keeps the intended order." in said
    line(MD, "number", "number: 2")(made)
    line(MD2, "number", "number: 1")(made)
    code, said = run("order", made)
    assert code == 1
    assert "! 2 Talk A" in said or "! 1 Talk B" in said
    assert "earmark check --fix" in said
    assert all(len(each) <= 80 for each in said.splitlines())


@pytest.mark.parametrize(("width", "shown"), [(80, 36), (100, 52), (200, 60)])
def test_titles_have_the_width_of_the_terminal(
    make_show: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, width: int, shown: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    made = make_show(3)
    line(SHOW, "type", "type: serial")(made)
    title = f"{'What to say before you ask somebody ' * 3}"[:60]
    line(MD, "title", f"title: {title}")(made)
    line(MD, "number", "number: 3")(made)
    line(MD2, "number", "number: 3")(made)
    line(MD, "date", "date: 2026-10-09 07:00")(made)
    _, said = run("order", made)
    assert title[: shown - 8] in said
    assert all(len(each) <= width for each in said.splitlines())


def test_in_a_file_no_title_is_cut(
    make_show: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    made = make_show(3)
    line(MD, "title", f"title: {'x' * 150}")(made)
    assert "x" * 150 in run("order", made)[1]


def test_the_command_tells_programs_the_same(make_show: Callable[..., Path]) -> None:
    made = make_show(2)
    code, said = run("order", made, "--json")
    told = json.loads(said)
    assert code == 0
    assert [each["folder"] for each in told["meant"]] == ["episodes/01-talk", "episodes/02-talk"]
    assert {each["begin"] for each in told["views"]} == {"bottom"}


def test_an_episode_that_cannot_be_read_is_left_out_and_named(
    make_show: Callable[..., Path],
) -> None:
    made = make_show(2)
    line(MD, "date", "date: soon")(made)
    code, said = run("order", made)
    assert code == 0
    assert (
        "Left out, because it cannot be read:\nepisodes/01-talk/episode.md:4: error: date:" in said
    )
    assert "2 Talk B" in said


def test_a_folder_without_a_show_is_one_sentence(tmp_path: Path) -> None:
    code, said = run("order", tmp_path)
    assert (code, "Traceback" in said) == (1, False)
    assert "earmark new show" in said


def test_check_fix_writes_what_keeps_a_course_in_order(make_show: Callable[..., Path]) -> None:
    made = make_show(2)
    both(line(SHOW, "medium", "medium: course"), edit(MD, "number: 1\n", ""),
         edit(MD2, "number: 2\n", ""))(made)  # fmt: skip
    code, said = run("check", made, "--fix")
    assert code == 0, said
    assert "show.md: type: serial\n" in said
    assert "episodes/02-talk/episode.md: number: 2\n" in said
    assert not pipeline.check(made, NOW)
    line(MD2, "date", "date: 2026-10-01 07:00")(made)
    assert "episodes/02-talk/episode.md: date: 2026-10-01 07:01\n" in run("check", made, "--fix")[1]
    assert not pipeline.check(made, NOW)
