"""Runs work on all cores of a computer."""

from __future__ import annotations

import gc
import os
import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

A = TypeVar("A")
B = TypeVar("B")

STEP = 64  # items that are worked on together
LOOK = 0.5  # seconds between checks that the parent process still runs
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
