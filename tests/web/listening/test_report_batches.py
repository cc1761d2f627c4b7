"""Reports that arrive at once: written together, each after the one before, none held up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select

from episodes.errors import EarmarkError
from tests.kit.companion.cast import Clock, House
from web.listening import coverage, report_batches, report_store, store
from web.listening.report_batches import ReportQueue
from web.listening.report_store import ListeningReport
from web.listening.rules import LARGEST, Message, Sitting
from web.schema import coverage as kept
from web.schema import events, learners

if TYPE_CHECKING:
    from web.database.engine import Database

LENGTH = 3000  # tenths: five minutes


@pytest.fixture
def listeners(database: Database, clock: Clock) -> list[int]:
    """Alice, Bob and Charlie, who switched recording on; the one recording has the number 1."""
    with database.writing() as connection:
        store.recording(connection, "g-1", "v-1", LENGTH)
        for name in ("alice", "bob", "charlie"):
            row = {"lookup": name.encode(), "wrapped": b"-", "joined": clock.now.date()}
            connection.execute(insert(learners).values(id=name, **row, seen=clock.now.date()))
        return [store.start_record(connection, name) for name in ("alice", "bob", "charlie")]


def report(
    listener: int, *runs: coverage.Run, sequence: int = 0, media: int = 1
) -> ListeningReport:
    sitting = Sitting(listener, media, b"s" * 16, 0)
    return ListeningReport(sitting, Message("", sequence, coverage.union(runs), 61, False))


def heard(database: Database, listener: int) -> int:
    with database.reading() as connection:
        packed = connection.scalars(select(kept.c.runs).where(kept.c.listener == listener))
        return sum(coverage.tenths(coverage.unpack(each)) for each in packed)


def test_a_listener_who_speaks_twice_at_once_is_heard_twice(
    database: Database, listeners: list[int], clock: Clock
) -> None:
    alice, bob, _ = listeners
    every = [report(alice, (0, 150)), report(bob, (0, 50)), report(alice, (100, 300), sequence=1),
             report(alice, (0, 150)), report(7, (0, 150))]  # fmt: skip
    with database.writing() as connection:
        there = report_store.add_reports(connection, every, clock.now)
    assert there == [True, True, True, True, False]
    assert (heard(database, alice), heard(database, bob)) == (300, 50)
    with database.writing() as connection:
        assert store.rebuild(connection) == (2, 0)


def at_once(reports: ReportQueue, every: list[ListeningReport]) -> list[Any]:
    """Keep reports from threads of their own; return what each was told, or its error."""
    told: list[Any] = [None] * len(every)

    def keep(number: int) -> None:
        try:
            told[number] = reports.add(every[number])
        except BaseException as error:
            told[number] = error

    numbers = range(len(every))
    threads = [threading.Thread(target=keep, args=(each,), daemon=True) for each in numbers]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join(30)
    return told


@pytest.mark.slow
def test_what_comes_while_one_is_written_is_written_together(
    database: Database, listeners: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, whole = list[int](), report_store.add_reports

    def slowly(connection: Any, every: list[ListeningReport], now: Any) -> list[bool]:
        sizes.append(len(every))
        time.sleep(0.5)
        return whole(connection, every, now)

    monkeypatch.setattr(report_store, "add_reports", slowly)
    every = [report(listeners[n % 3], (n * 10, n * 10 + 10), sequence=n) for n in range(9)]
    assert at_once(ReportQueue(database, clock), every) == [True] * 9
    assert sizes == [1, 8]
    assert sum(heard(database, each) for each in listeners) == 90


def test_those_who_come_again_right_after_a_batch_are_written_together(
    database: Database, listeners: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, whole = list[int](), report_store.add_reports

    def add(connection: Any, every: list[ListeningReport], now: Any) -> list[bool]:
        sizes.append(len(every))
        return whole(connection, every, now)

    monkeypatch.setattr(report_store, "add_reports", add)
    monkeypatch.setattr(report_batches, "COMPANY", 30.0)
    alice, bob, _ = listeners
    reports = ReportQueue(database, clock)
    assert reports.add(report(alice, (0, 10)))
    assert reports.add(report(alice, (20, 30), sequence=1)), "who is alone waits for nobody"
    reports._expected = 2
    began = time.monotonic()
    pair = [report(alice, (40, 50), sequence=2), report(bob, (0, 10))]
    assert at_once(reports, pair) == [True, True]
    assert sizes == [1, 1, 2]
    assert reports._expected == 2
    reports._ended = 0.0  # later nobody waits for those who may have gone
    assert reports.add(report(bob, (20, 30), sequence=1))
    assert time.monotonic() - began < 20
    assert (sizes, reports._expected) == ([1, 1, 2, 1], 1)


def test_who_does_not_come_again_is_not_waited_for(
    database: Database, listeners: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_batches, "COMPANY", 0.2)
    reports = ReportQueue(database, clock)
    assert reports.add(report(listeners[0], (0, 10)))
    reports._expected, began = 3, time.monotonic()
    assert reports.add(report(listeners[0], (20, 30), sequence=1))
    assert time.monotonic() - began < 10
    assert (reports._expected, heard(database, listeners[0])) == (1, 20)


@pytest.mark.slow
def test_one_that_cannot_be_written_takes_no_other_with_it(
    database: Database, listeners: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, charlie = listeners
    whole = report_store.add_reports

    def slowly(connection: Any, every: list[ListeningReport], now: Any) -> list[bool]:
        time.sleep(0.2)
        if any(each.sitting.listener == charlie for each in every):
            raise ValueError("no")
        return whole(connection, every, now)

    monkeypatch.setattr(report_store, "add_reports", slowly)
    every = [report(alice), report(charlie, (0, 90)), report(bob, (0, 90)), report(alice, (0, 90))]
    for number, each in enumerate(every):
        every[number] = each._replace(message=each.message._replace(sequence=number))
    told = at_once(ReportQueue(database, clock), every)
    assert [told[0], told[2], told[3]] == [True] * 3
    assert isinstance(told[1], ValueError)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == 3
    assert (heard(database, alice), heard(database, bob)) == (90, 90)


@pytest.mark.slow
@pytest.mark.parametrize("alone", [False, True])
def test_a_thread_that_ends_as_it_writes_leaves_nobody_waiting_and_nobody_without_an_answer(
    database: Database, listeners: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch,
    alone: bool,
) -> None:  # fmt: skip
    """A panic in a library of Rust is no `Exception`; it may come as each is written for itself."""
    whole = report_store.add_reports

    def slowly(connection: Any, every: list[ListeningReport], now: Any) -> list[bool]:
        time.sleep(0.2)
        if alone and len(every) > 1:
            raise ValueError("no")
        if any(each.message.sequence == 2 for each in every):
            raise SystemExit
        return whole(connection, every, now)

    monkeypatch.setattr(report_store, "add_reports", slowly)
    every = [report(listeners[n % 3], (n * 10, n * 10 + 10), sequence=n) for n in range(5)]
    reports = ReportQueue(database, clock)
    first, writer, *others = at_once(reports, every)
    assert first is True
    assert isinstance(writer, SystemExit), "that thread ends, whatever became of its own report"
    assert {type(each) for each in others} == {EarmarkError}
    assert at_once(reports, [each for each in every if each.message.sequence != 2]) == [True] * 4
    assert sum(heard(database, each) for each in listeners) == 40


def test_a_report_is_answered_alike_before_the_framework_and_by_it(house: House) -> None:
    before = house.nobody().send("POST", "/heard", {}, b"x")
    by_view = house.nobody().send("POST", "/heard", {}, b"x" * (LARGEST + 1))
    assert (before.status, by_view.status) == (400, 400)
    own = {"content-type", "content-length"}

    def said(answer: Any) -> set[tuple[str, str]]:
        return {(name.lower(), value) for name, value in answer.headers if name.lower() not in own}

    assert said(before) == said(by_view)
