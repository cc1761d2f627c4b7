"""Runs many tasks in threads, so that the caller can stop at any time."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PARALLEL = 8

Thing = TypeVar("Thing")


class _Crew(Generic[Thing]):
    """Takes row after row, and does the things in a row one after the other."""

    def __init__(self, rows: Sequence[Sequence[Thing]], do: Callable[[Thing], None]) -> None:
        self._rows: queue.SimpleQueue[Sequence[Thing]] = queue.SimpleQueue()
        for row in rows:
            self._rows.put(row)
        self._do = do
        self.raised: list[BaseException] = []

    def work(self) -> None:
        """Work until no row is left, or one of the crew fell over something."""
        while not self.raised:
            try:
                row = self._rows.get_nowait()
            except queue.Empty:
                return
            self._row(row)

    def _row(self, row: Sequence[Thing]) -> None:
        for thing in row:
            try:
                self._do(thing)
            except BaseException as error:  # it belongs to the one who waits
                self.raised.append(error)
                return


def together(rows: Sequence[Sequence[Thing]], do: Callable[[Thing], None]) -> None:
    """Do everything, eight rows at once. Raises what `do` raises.

    The threads are daemons: a server that does not answer keeps nobody from pressing Ctrl-C.
    """
    crew = _Crew(rows, do)
    number = min(PARALLEL, len(rows))
    threads = [threading.Thread(target=crew.work, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if crew.raised:
        raise crew.raised[0]
