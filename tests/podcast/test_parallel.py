"""Work in threads: what runs side by side, what ends it, and who waits for whom."""

from __future__ import annotations

import queue
import threading

import pytest

from podcast.parallel import for_each, run_rows


def test_every_item_is_worked_on_once() -> None:
    numbers: list[int] = []
    for_each(range(100), numbers.append, 4)
    run_rows([[100, 101], [], [102]], numbers.append)
    assert sorted(numbers) == list(range(103))


def test_no_items_are_no_threads() -> None:
    before = threading.active_count()
    for_each([], print, 4)
    run_rows([], print)
    assert threading.active_count() == before


def test_the_items_of_a_row_follow_one_another() -> None:
    rows = [[(row, item) for item in range(20)] for row in range(3)]
    done: list[tuple[int, int]] = []
    run_rows(rows, done.append)
    for row in rows:
        assert [each for each in done if each in row] == row


def test_rows_run_side_by_side() -> None:
    barrier = threading.Barrier(3, timeout=30)
    for_each(range(3), lambda _: barrier.wait(), 3)


@pytest.mark.parametrize("error", [ValueError("no"), queue.Empty("no"), KeyboardInterrupt("no")])
def test_the_first_error_begins_no_other_item(error: BaseException) -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        raise error

    with pytest.raises(type(error), match="no"):
        for_each(range(50), work, 1)
    with pytest.raises(type(error), match="no"):
        run_rows([[0, 1, 2]], work)
    assert begun == [0, 0]


def test_an_error_waits_for_what_was_begun_after_cancelling_it() -> None:
    begun, cancelled, ended = threading.Event(), threading.Event(), threading.Event()

    def work(item: str) -> None:
        if item == "wrong":
            begun.wait(30)
            raise ValueError("no")
        begun.set()
        cancelled.wait(30)
        ended.set()

    with pytest.raises(ValueError, match="no"):
        for_each(["long", "wrong"], work, 2, cancelled.set)
    assert ended.is_set()


def test_an_error_in_rows_waits_for_nobody() -> None:
    release = threading.Event()

    def work(item: str) -> None:
        if item == "wrong":
            raise ValueError("no")
        release.wait(30)

    with pytest.raises(ValueError, match="no"):
        run_rows([["long"], ["wrong"]], work)
    release.set()
