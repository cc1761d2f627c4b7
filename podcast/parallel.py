"""Runs work at the same time: in processes on all cores, or in threads that wait for others."""

from __future__ import annotations

import gc
import os
import queue
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

A = TypeVar("A")
B = TypeVar("B")

STEP = 64  # items that are worked on together
LOOK = 0.5  # seconds between checks that the parent process still runs
THREADS = 8  # requests at once to other people's servers
MANY = 48  # below this, starting another process costs more than it saves


def workers() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def calm() -> None:
    """Look for garbage a hundred times less often: a third of the time of a large build."""
    gc.set_threshold(70_000, 20, 50)


def spread(work: Callable[[list[A]], list[B]], items: list[A]) -> list[B]:
    """Do `work` on chunks of `items`, in processes of their own where there are many of them."""
    count = workers()
    if len(items) < MANY or count == 1:
        return work(items)
    from concurrent.futures import ProcessPoolExecutor  # slow to load

    size = min(STEP, -(-len(items) // (count * 4)))
    chunks = [items[at : at + size] for at in range(0, len(items), size)]
    with ProcessPoolExecutor(count, initializer=_begin, initargs=(os.getpid(),)) as pool:
        return [done for chunk in pool.map(work, chunks) for done in chunk]


def _begin(parent: int) -> None:
    """Prepare a process that helps: it ends with the one that started it, however that ends.

    A helper of a process that was killed would wait for ever, and hold its lock on the show.
    """
    calm()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent or os.name == "nt":
        time.sleep(LOOK)
    os._exit(1)


class _Threads(Generic[A]):
    """Threads that take row after row, and work on the items of a row one after the other.

    They are daemons: a server that does not answer never keeps the command from ending.
    """

    def __init__(self, rows: Sequence[Iterable[A]], work: Callable[[A], object], most: int) -> None:
        self._rows: queue.SimpleQueue[Iterable[A]] = queue.SimpleQueue()
        for row in rows:
            self._rows.put(row)
        self._work, self._stopped = work, threading.Event()
        self._ends: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        number = min(most, len(rows))
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    def _run(self) -> None:
        error = None
        try:
            while not self._stopped.is_set() and (row := self._next()) is not None:
                self._work_on(row)
        except BaseException as raised:  # it belongs to the thread that waits
            self._stopped.set()
            error = raised
        self._ends.put(error)

    def _next(self) -> Iterable[A] | None:
        try:
            return self._rows.get_nowait()
        except queue.Empty:
            return None

    def _work_on(self, row: Iterable[A]) -> None:
        for item in row:
            if self._stopped.is_set():
                return
            self._work(item)

    def wait(self) -> None:
        """Wait for the last item, or raise the first error at once; then no item is begun."""
        try:
            for _ in self._threads:
                if error := self._ends.get():
                    raise error
        finally:
            self._stopped.set()

    def join(self) -> None:
        """Wait until nothing is worked on any more."""
        for thread in self._threads:
            thread.join()


def run_rows(rows: Sequence[Iterable[A]], work: Callable[[A], object]) -> None:
    """Run `work` on every item: eight rows at once, the items of a row one after the other.

    Raises what `work` raises, at once.
    """
    _Threads(rows, work, THREADS).wait()


def call_all(calls: Iterable[Callable[[], object]], threads: int) -> None:
    """Call every function in so many threads. Raises what they raise, once all have ended."""
    for_each(calls, lambda call: call(), threads)


def for_each(
    items: Iterable[A],
    work: Callable[[A], object],
    threads: int,
    cancel: Callable[[], object] = lambda: None,
) -> None:
    """Run `work` on every item in so many threads.

    Raises what `work` raises, or KeyboardInterrupt: then no item is begun any more, `cancel` may
    shorten those that are being worked on, and the error is raised when they have ended.
    """
    pool = _Threads([(item,) for item in items], work, threads)
    try:
        pool.wait()
    except BaseException:
        cancel()
        raise
    finally:
        pool.join()
