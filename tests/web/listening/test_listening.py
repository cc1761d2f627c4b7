"""Tests which listening a page may report, and in which words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from web.accounts import erasure_store
from web.database.refusals import GoneError
from web.listening import coverage, progress, report_store, rules, sentences, store
from web.listening.progress import EpisodeProgress
from web.listening.rules import Message, Sitting
from web.schema import coverage as kept
from web.schema import learners

if TYPE_CHECKING:
    from web.database.engine import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
LENGTH = 3000  # tenths: five minutes
MESSAGE = {"token": "t", "sequence": 0, "runs": [[0, 12.5], [60, 61]], "place": 61, "ended": False}
RUNS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 60)).map(lambda it: (it[0], it[0] + it[1])),
    max_size=4,
)


def message(*runs: coverage.Run, sequence: int = 0, place: int | None = None,
            ended: bool = False) -> Message:  # fmt: skip
    return Message("", sequence, coverage.union(runs), place, ended)


@pytest.fixture
def heard(database: Database) -> Database:
    """A database in which Alice and Bob have switched recording on."""
    with database.writing() as connection:
        for name in ("alice", "bob"):
            row = {"lookup": name.encode(), "wrapped": b"-", "joined": TODAY, "seen": TODAY}
            connection.execute(insert(learners).values(id=name, **row))
            store.start_record(connection, name)
        store.recording(connection, "g-1", "v-1", LENGTH)
    return database


def hear(
    database: Database, said: Message, *, who: str = "alice", sitting: bytes = b"s", since: int = 0
) -> bool:
    with database.writing() as connection:
        of = store.recording(connection, "g-1", "v-1", LENGTH)
        listener = store.listener_of(connection, who)
        return report_store.add_report(
            connection, Sitting(listener, of.number, sitting, since), said, NOW
        )


def progress_of(database: Database, who: str = "alice", version: str = "v-1") -> EpisodeProgress:
    with database.reading() as connection:
        listener = store.listener_of(connection, who)
        return progress.progress_of(connection, listener, {"g-1": version}).get(
            "g-1", EpisodeProgress(0)
        )


def test_a_message_is_read_as_the_page_sends_it() -> None:
    found = rules.parse(json.dumps(MESSAGE).encode())
    assert found == Message("t", 0, ((0, 125), (600, 610)), 610, False)


@pytest.mark.parametrize(
    "change",
    [{"sequence": -1}, {"sequence": 2**31}, {"sequence": "1"}, {"sequence": True}, {"runs": None},
     {"runs": [[1]]}, {"runs": [["a", "b"]]}, {"runs": [[0, 1e400]]}, {"place": "x"},
     {"runs": [[True, 2]]}, {"runs": [[0, 1e9]]}],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_no_message(change: dict[str, Any]) -> None:
    assert rules.parse(json.dumps(MESSAGE | change).encode()) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    rules.parse(data)


def test_a_message_that_no_browser_sends_as_it_closes_is_refused() -> None:
    many = {"runs": [[0, 1]] * 20_000}
    assert rules.parse(json.dumps(MESSAGE | many).encode()) is None


@pytest.mark.parametrize(
    ("runs", "left"),
    [([[-5, 10]], ()), ([[10, 5]], ()), ([[5, 5]], ()), ([[0, 90_000]], ())],
)
def test_runs_that_cannot_be_are_left_out(runs: list[list[int]], left: coverage.Coverage) -> None:
    found = rules.parse(json.dumps(MESSAGE | {"runs": runs}).encode())
    assert found is not None
    assert found.runs == left


def test_more_cannot_have_been_played_than_the_page_was_open_for() -> None:
    assert rules.fits(reported=30, already=0, open_for=15)
    assert rules.fits(reported=150, already=1000, open_for=600)
    assert not rules.fits(reported=1200, already=0, open_for=20)
    assert not rules.fits(reported=15, already=1200, open_for=20)


def test_what_is_heard_adds_up_and_never_goes_back(heard: Database) -> None:
    assert hear(heard, message((0, 600)))
    assert hear(heard, message((500, 900), sequence=1))
    assert hear(heard, message((100, 200), sequence=2))
    found = progress_of(heard)
    assert (found.measured, found.played) == (900, 1100)


def test_a_message_that_comes_twice_counts_once(heard: Database) -> None:
    for _ in range(3):
        assert hear(heard, message((0, 600)))
    assert progress_of(heard).played == 600


def test_two_devices_add_up_without_counting_twice(heard: Database) -> None:
    hear(heard, message((0, 600)), sitting=b"phone")
    hear(heard, message((300, 900)), sitting=b"ward")
    assert progress_of(heard).measured == 900


def test_nothing_is_heard_beyond_the_end_or_for_somebody_else(heard: Database) -> None:
    hear(heard, message((2900, 9000)))
    assert progress_of(heard).measured == 100
    assert progress_of(heard, who="bob") == EpisodeProgress(0)


def test_who_is_gone_is_not_brought_back_by_a_page_left_open(heard: Database) -> None:
    hear(heard, message((0, 600)))
    with heard.writing() as connection:
        connection.execute(delete(learners).where(learners.c.id == "alice"))
    assert not hear(heard, message((600, 700), sequence=1))
    assert progress_of(heard) == EpisodeProgress(0)


def test_a_page_of_somebody_who_left_does_not_speak_for_who_comes_next(heard: Database) -> None:
    with heard.writing() as connection:
        bob = store.listener_of(connection, "bob")
        erasure_store.erase_record(connection, "bob", TODAY)
        of = store.recording(connection, "g-1", "v-1", LENGTH)
        assert store.start_record(connection, "bob") != bob
        left = Sitting(bob, of.number, b"s", 0)
        assert not report_store.add_report(connection, left, message((0, 600)), NOW)
    assert progress_of(heard, who="bob") == EpisodeProgress(0)


def test_more_than_can_have_been_played_leaves_only_the_place(heard: Database) -> None:
    just_now = int(NOW.timestamp())
    hear(heard, message((0, 600), place=600), since=just_now)
    hear(heard, message((600, 2900), place=2900, sequence=1), since=just_now)
    assert (progress_of(heard).measured, progress_of(heard).place) == (600, 2900)


def test_nobody_records_for_an_account_that_is_gone(heard: Database) -> None:
    with heard.writing() as connection, pytest.raises(GoneError):
        store.start_record(connection, "nobody")


def test_switching_off_deletes_what_was_recorded(heard: Database) -> None:
    hear(heard, message((0, 600), place=600))
    with heard.writing() as connection:
        erasure_store.erase_record(connection, "alice", TODAY)
        assert store.listener_of(connection, "alice") == 0
    assert progress_of(heard) == EpisodeProgress(0)


def test_the_last_place_that_arrives_stands_and_the_end_begins_anew(heard: Database) -> None:
    hear(heard, message((0, 600), place=600), sitting=b"phone")
    hear(heard, message((0, 100), place=100), sitting=b"ward")
    with heard.reading() as connection:
        place = progress.last_position(
            connection, store.listener_of(connection, "alice"), {"g-1"}, UTC
        )
    assert place is not None
    assert place.tenths == 100
    hear(heard, message((2900, 3000), sequence=1, place=LENGTH, ended=True))
    assert progress_of(heard).finished == 1
    hear(heard, message((2900, 3000), sequence=2, place=LENGTH, ended=True))
    assert progress_of(heard).finished == 2
    with heard.reading() as connection:
        alice = store.listener_of(connection, "alice")
        assert progress.last_position(connection, alice, {"g-1"}, UTC) is None


def test_the_end_is_only_believed_at_the_end(heard: Database) -> None:
    hear(heard, message((0, 100), place=100, ended=True))
    assert progress_of(heard).finished == 0


def test_a_recut_recording_keeps_what_was_heard_of_the_earlier_one_apart(heard: Database) -> None:
    hear(heard, message((0, 600)))
    found = progress_of(heard, version="v-2")
    assert (found.measured, found.earlier) == (0, 600)


def test_saying_so_counts_as_nothing_else(heard: Database) -> None:
    with heard.writing() as connection:
        alice = store.listener_of(connection, "alice")
        store.say_elsewhere(connection, alice, "g-1", TODAY)
        assert store.heard_in(connection, TODAY, TODAY) == {}
    assert progress_of(heard).measured == 0
    assert progress_of(heard).elsewhere == TODAY


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 3), RUNS), max_size=12), st.randoms())
def test_rebuilding_gives_what_was_added_one_by_one(
    database: Database, said: list[tuple[int, int, list[coverage.Run]]], random: Any
) -> None:
    with database.writing() as connection:
        for name in ("alice", "bob"):
            connection.execute(delete(learners).where(learners.c.id == name))
            row = {"lookup": name.encode(), "wrapped": b"-", "joined": TODAY, "seen": TODAY}
            connection.execute(insert(learners).values(id=name, **row))
        numbers = [store.start_record(connection, name) for name in ("alice", "bob")]
    sent = [*enumerate(said), *enumerate(said)]
    random.shuffle(sent)
    for sequence, (who, sitting, runs) in sent:
        hear(database, message(*runs, sequence=sequence), who=("alice", "bob")[who - 1],
             sitting=bytes([sitting]))  # fmt: skip
    with database.writing() as connection:
        before = {tuple(row) for row in connection.execute(select(kept))}
        _, changed = store.rebuild(connection)
        assert changed == 0
        for number, who in zip(numbers, (1, 2), strict=True):
            whole = coverage.union(*(runs for each, _, runs in said if each == who))
            rows = [row for row in before if row[0] == number]
            assert [coverage.unpack(row[2]) for row in rows] == ([whole] if whole else [])


def test_damage_is_noticed_and_mended_by_the_next_message_or_a_rebuild(heard: Database) -> None:
    hear(heard, message((0, 600)))
    for mended in ("message", "rebuild"):
        with heard.writing() as connection:
            connection.execute(update(kept).values(runs=b"\x01\x02\x03\x04"))
        assert progress_of(heard).measured == 0, "nothing is claimed from damaged bytes"
        if mended == "message":
            hear(heard, message((600, 700), sequence=1))
        else:
            with heard.writing() as connection:
                assert store.rebuild(connection) == (1, 1)
        assert progress_of(heard).measured == 700
        assert progress_of(heard).played == 700


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (EpisodeProgress(6000), []),
        (EpisodeProgress(6000, 300), ["You have heard less than a minute of 10 minutes here."]),
        (EpisodeProgress(6000, 3599, 3599), ["You have heard 5 of 10 minutes here."]),
        (EpisodeProgress(6000, 6000, 6000), ["You have heard all 10 minutes here."]),
        (EpisodeProgress(6000, 5985, 5985), ["You have heard all 10 minutes here."]),
        (
            EpisodeProgress(6000, 6000, 12000),
            ["You have heard all 10 minutes here.", "You have listened to some of it again."],
        ),
        (
            EpisodeProgress(6000, earlier=1300),
            ["You have heard 2 minutes of an earlier recording here."],
        ),
        (
            EpisodeProgress(6000, earlier=1300, earlier_reported=1300),
            [
                "You have heard 2 minutes of an earlier recording here.",
                "Your app reported 2 minutes more of an earlier recording.",
            ],
        ),
        (
            EpisodeProgress(12600, measured=2400, reported=5400, heard=7200, ended=1),
            [
                (
                    "You have heard 12 of 21 minutes (4 of them on this site). "
                    "Your app says it reached the end."
                )
            ],
        ),
        (
            EpisodeProgress(12600, measured=59, reported=5400, heard=5400),
            ["You have heard 9 of 21 minutes (less than one of them on this site)."],
        ),
        (
            EpisodeProgress(12600, reported=5400, heard=5400, furthest=5400),
            ["Your app says you have heard 9 of 21 minutes."],
        ),
        (
            EpisodeProgress(12600, measured=5400, furthest=9000),
            ["You have heard 9 of 21 minutes here. Your app got to minute 15."],
        ),
        (
            EpisodeProgress(12600, furthest=9000),
            ["Your app got to minute 15. It does not say how much you heard."],
        ),
        (
            EpisodeProgress(12600, furthest=12600, ended=1),
            ["Your app says it reached the end. It does not say how much you heard."],
        ),
        (
            EpisodeProgress(
                6000, measured=6000, played=6000, reported=6000, heard=6000, furthest=6000
            ),
            ["You have heard all 10 minutes (10 of them on this site)."],
        ),
        (
            EpisodeProgress(0, elsewhere=TODAY),
            ["On 23 November 2026 you said you listened somewhere else."],
        ),
    ],
)
def test_what_is_known_is_told_in_words_and_never_as_more(
    found: EpisodeProgress, said: list[str]
) -> None:
    assert sentences.describe(found) == said
