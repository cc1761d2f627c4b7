"""The queue before what takes long: few run, few wait, and the others are refused at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from episodes import translations
from tests.kit import pseudo_language
from web.limits.bounded_queue import BoundedQueue
from web.limits.reserved_threads import Capacity

if TYPE_CHECKING:
    from pathlib import Path


class Full(Exception):  # noqa: N818
    """What the queue of a test refuses with."""


def test_so_many_may_wait_and_the_next_is_told_at_once() -> None:
    queue, release = BoundedQueue(1, 3, Full), threading.Event()
    came = threading.Barrier(2)

    def hold() -> None:
        with queue.slot():
            came.wait()
            release.wait()

    def wait() -> None:
        with queue.slot():
            pass

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    came.wait()
    assert [queue._room.acquire(blocking=False) for _ in range(3)] == [True] * 3
    with pytest.raises(Full), queue.slot():
        pass
    for _ in range(3):
        queue._room.release()
    threads += [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    release.set()
    for thread in threads:
        thread.join()
    with queue.slot():
        pass


def test_what_fails_within_gives_its_room_back() -> None:
    queue = BoundedQueue(1, 0, Full)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), queue.slot():
            raise ZeroDivisionError
    with queue.slot(), pytest.raises(Full), queue.slot():
        pass


def test_what_has_waited_for_long_enough_is_refused() -> None:
    queue = BoundedQueue(1, 1, Full, patience=0.01)
    outcomes = []

    def wait() -> None:
        try:
            with queue.slot():
                outcomes.append("ran")
        except Full:
            outcomes.append("refused")

    with queue.slot():
        for _ in range(2):  # the room of the first comes back
            thread = threading.Thread(target=wait)
            thread.start()
            thread.join()
    wait()
    assert outcomes == ["refused", "refused", "ran"]


def test_the_page_for_too_many_requests_is_in_the_language_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Capacity(lambda *_: [b"answered"], [], working=0, waiting=0)

    def refused() -> str:
        answer = full({"PATH_INFO": "/"}, lambda *_: None)
        return b"".join(answer).decode()

    assert '<html lang="en-gb">' in refused()
    assert "<h1>Please try again in a few minutes</h1>" in refused()
    with (
        pseudo_language.spoken(tmp_path, monkeypatch),
        translations.using(pseudo_language.LANGUAGE),
    ):
        page = refused()
    assert f'lang="{pseudo_language.LANGUAGE}"' in page
    assert "<h1>Please try again" not in page
    assert "answered" not in page
