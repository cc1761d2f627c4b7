"""What apps report and what of it proves what, without a server."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes import catalogue
from tests.kit.clients.sync_clients import FEED, TALKS, play
from tests.kit.companion.cast import SHOW
from web.listening import coverage
from web.sync import actions, cursors, evidence, totals
from web.sync.actions import Action
from web.sync.episode_index import FORMER, EpisodeIndex
from web.sync.evidence import Played, Step
from web.sync.totals import ReportedAction
from web.sync.url_match import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY, NOW = b"k" * 32, 1_800_000_000
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
ROWS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(actions.KEYS, JUNK)
) | st.fixed_dictionaries(dict.fromkeys(actions.KEYS, JUNK))


def read(*rows: Any) -> list[Action]:
    return actions.actions([*rows], NOW, KEY)


@settings(max_examples=40)
@given(st.lists(ROWS | JUNK, max_size=5), st.integers(0, 5))
def test_bad_rows_take_nothing_good_with_them(bad: list[Any], at: int) -> None:
    good = play(60, 30)
    found = actions.actions([*bad[:at], good, *bad[at:]], NOW, KEY)
    assert (30, 60, 300) in {(each.started, each.position, each.total) for each in found}


@given(JUNK)
def test_whatever_comes_is_read_or_left(junk: Any) -> None:
    for each in actions.actions(junk, NOW, KEY):
        assert 0 <= each.at <= NOW
        assert all(part is None or 0 <= part <= actions.LONGEST for part in each[7:])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-10-20T10:00:00", 1792490400), ("2026-10-20T10:00:00Z", 1792490400),
        ("2026-10-20T10:00:00.123456", 1792490400), ("2026-10-20T12:00:00+02:00", 1792490400),
        (1792490400, 1792490400), ("1792490400", 1792490400), (1792490400000, 1792490400),
        (1792490400.7, 1792490400), (None, NOW), ("", NOW), ("yesterday", NOW), (-5, NOW),
        (NOW + 300, NOW), ("2999-01-01T00:00:00", NOW), (True, 1), (1e400, NOW), ({}, NOW),
    ],
)  # fmt: skip
def test_every_way_to_write_a_time_is_read(said: Any, meant: int) -> None:
    assert read(play(1, timestamp=said))[0].at == meant
    assert actions.format_time(meant)[10] == "T"
    assert len(actions.format_time(meant)) == 19


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"started": -1, "position": -1, "total": -1}, (None, None, None)),
        ({"started": 5, "position": None}, (None, None, 300)),
        ({"started": 5, "position": 50, "total": 0}, (5, 50, None)),
        ({"started": "5", "position": "50.9", "total": "x"}, (5, 50, None)),
        ({"started": None, "position": 50}, (None, 50, 300)),
        ({"action": "download"}, (None, None, None)),
        ({"action": "PLAY", "started": 0, "position": 9}, (0, 9, 300)),
    ],
)  # fmt: skip
def test_numbers_that_apps_do_not_know_are_none(sent: Any, meant: Any) -> None:
    (found,) = read(play(60, 30) | sent)
    assert (found.started, found.position, found.total) == meant


def test_what_is_no_action_is_left_out() -> None:
    bad: list[Any] = [
        [], None, 5, "play", {}, play(5) | {"action": "flattr"}, play(5) | {"podcast": None},
        play(5) | {"episode": ""}, play(5) | {"action": 7},
    ]  # fmt: skip
    assert read(*bad) == []
    assert actions.actions({"actions": []}, NOW, KEY) == []


def test_the_same_values_are_one_action_and_a_missing_time_stays_missing() -> None:
    first, again = (
        read(play(5, timestamp=None)),
        actions.actions([play(5, timestamp=None)], NOW + 9, KEY),
    )
    assert first[0].digest == again[0].digest
    assert first[0].at != again[0].at
    assert read(play(5))[0].digest != read(play(6))[0].digest


@pytest.mark.parametrize(
    ("sent", "since", "proves"),
    [
        (play(60, 30), None, "interval"), (play(60, 60), None, "position"),
        (play(60, 30) | {"started": None}, None, "position"), (play(60, 90), None, "position"),
        (play(300, 300), None, "finished"), (play(298, 298), None, "finished"),
        (play(297, 297), None, "position"), (play(300, 200), None, "interval"),
        (play(60) | {"position": None}, None, "nothing"),
        (play(5) | {"action": "new"}, None, "nothing"),
        (play(95, 0), 10, "interval"), (play(96, 0), 10, "position"), (play(60, 0), 0, "interval"),
    ],
)  # fmt: skip
def test_what_an_action_proves(sent: Any, since: int | None, proves: str) -> None:
    (action,) = read(sent)
    past = [] if since is None else [Played(action.at - since, 1, 50)]
    ((_, found),) = evidence.judged([(action, 1, 3000)], past)
    assert found == proves


def test_a_device_plays_one_thing_at_a_time() -> None:
    """An hour of two episodes in the same minute: of the second only the place is believed."""
    both = read(play(290, 0, timestamp=NOW - 60), play(290, 0, talk=1, timestamp=NOW))
    judged = evidence.judged([(each, n, 3000) for n, each in enumerate(both)], [])
    assert [proves for _, proves in judged] == ["interval", "position"]


def test_a_place_that_is_lost_is_not_the_place() -> None:
    lost = [Step(100, 1, "play", "position", 0), Step(60, 1, "play", "interval", 900)]
    assert evidence.resume(lost) == (900, 60)
    assert evidence.resume([lost[0]._replace(at=121), lost[1]]) == (0, 121), (
        "after a minute it is meant"
    )
    assert evidence.resume([lost[0]._replace(device=2), lost[1]]) == (0, 100), "another device"
    assert evidence.resume([Step(100, 1, "new", "nothing", 0), lost[1]]) == (0, 100)
    assert evidence.resume([]) is None
    sent = read(play(90, 0, timestamp=NOW - 50), play(0, 0, timestamp=NOW))
    assert [proves for _, proves in evidence.judged([(each, 1, 3000) for each in sent], [])] == [
        "interval", "wiped",
    ]  # fmt: skip


REPORTS = st.builds(
    ReportedAction, st.sampled_from(["interval", "position", "finished", "nothing", "wiped"]),
    st.none() | st.integers(0, 400), st.none() | st.integers(0, 400), st.none() | st.just(300),
)  # fmt: skip


@given(st.lists(REPORTS, max_size=12), st.randoms())
def test_in_any_order_and_in_parts_the_sum_is_the_same(
    reports: Sequence[ReportedAction], chance: random.Random
) -> None:
    sums = [totals.totals_of_action(each, 3000) for each in reports]
    whole = totals.merge_totals(sums)
    chance.shuffle(sums)
    at = chance.randrange(len(sums) + 1)
    parts = [totals.merge_totals(sums[:at]), totals.merge_totals(sums[at:])]
    assert totals.merge_totals(parts) == whole
    second = {s for r in reports if r.proves == "interval" and r.started is not None and r.position
              for s in range(r.started, min(r.position, 300))}  # fmt: skip
    assert {s for a, b in whole.runs for s in range(a // 10, b // 10)} == second
    assert coverage.tenths(whole.runs) == 10 * len(second)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3)), max_size=30))
def test_numbers_of_uploads_only_grow(steps: list[tuple[int, int]]) -> None:
    numbers, now = [1000], 1000
    for forward, _ in steps:
        now += forward - 10  # the server's clock may go back
        numbers.append(cursors.following(numbers[-1], now))
    assert all(before < after for before, after in pairwise(numbers))


@pytest.mark.parametrize("name", ["started", "position", "total", "timestamp"])
def test_a_number_that_is_too_large_for_any_recording_is_none(name: str) -> None:
    rows = [play(30, 10) | {name: each} for each in (10**400, -(10**400), "9" * 400, 1e308)]
    assert [getattr(each, name, None) for each in actions.actions(rows, 0, b"key")] == [None] * 4


def test_since_is_read_whatever_it_is() -> None:
    assert [cursors.since(each) for each in (None, "", "x", "-4", "7", "7.9", "1792490400000",
                                           "9" * 400, "nan", "inf")] == [
        0, 0, 0, 0, 7, 7, 1792490400, 0, 0, 0]  # fmt: skip


@pytest.fixture
def shelf() -> EpisodeIndex:
    show = catalogue.Catalogue.model_validate(SHOW)
    first, *others = show.episodes
    assert first.media
    media = first.media.model_copy(update={"former": ("media/talk-of-old.mp3",)})
    episodes = (first.model_copy(update={"media": media}), *others)
    return EpisodeIndex(show.model_copy(update={"episodes": episodes}))


OTHER = "https://elsewhere.example.com/feed.xml"


@pytest.mark.parametrize(
    ("podcast", "episode", "guid", "found"),
    [
        (FEED, TALKS[0], "", "guid-1"), (FEED, "", "guid-1", "guid-1"), (FEED, "x", "y", ""),
        ("http://PODCAST.example.org:80//night/feed.xml?from=app", TALKS[0], "", "guid-1"),
        (FEED, "http://podcast.example.org/night/media/talk-2.mp3?source=feed", "", "second"),
        (FEED, "https://cdn.example.net/x/talk-1.mp3", "", "guid-1"),
        (FEED, "https://podcast.example.org/night/media/talk-of-old.mp3", "", "guid-1"),
        (OTHER, "https://cdn.example.net/x/talk-1.mp3", "", ""),
        (OTHER, "https://elsewhere.example.com/a.mp3", "guid-1", ""),
        (OTHER, TALKS[0], "", "guid-1"),
        (OTHER, "https://elsewhere.example.com/a.mp3", SHOW["episodes"][1]["guid"], "second"),  # type: ignore[index]
        (OTHER, "https://count.example.com/r/podcast.example.org/night/media/talk-1.mp3", "",
         "guid-1"),
        (FEED, "https://[broken", "", ""), ("https://[broken", "", "guid-1", ""),
    ],
)  # fmt: skip
def test_only_our_recordings_are_found(
    shelf: EpisodeIndex, podcast: str, episode: str, guid: str, found: str
) -> None:
    recording = shelf.find(podcast, episode, guid, None)
    wanted = SHOW["episodes"][1]["guid"] if found == "second" else found  # type: ignore[index]
    assert (recording.guid if recording else "") == wanted


def test_a_file_of_before_counts_as_this_one_unless_its_length_is_another(
    shelf: EpisodeIndex,
) -> None:
    old = "https://podcast.example.org/night/media/talk-of-old.mp3"
    assert shelf.find(FEED, old, "", 302) == ("guid-1", "sha256-1", 3000)
    assert shelf.find(FEED, old, "", 400) == ("guid-1", FORMER, 0)
    assert shelf.find(FEED, TALKS[0], "", 400) == ("guid-1", "sha256-1", 3000)


def test_an_address_is_shortened_to_its_host_and_path() -> None:
    first, second = parse("https://www.Example.org//a%20b/"), parse("http://example.org/a b?x#y")
    assert first.place == second.place
    assert first.exact != second.exact
