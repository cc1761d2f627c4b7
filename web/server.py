"""Starts the production server, granian, after checking settings, database and podcast.

The only door to granian. Settings reach its workers by the environment.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from episodes.errors import EarmarkError
from episodes.show_folder.real_paths import real_path
from web import podcast_host
from web import settings as reading
from web.accounts import erasure_store
from web.application import create_app
from web.companion import NAME
from web.database import companion_database
from web.limits.reserved_threads import THREADS
from web.maintenance import file_modes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from web.settings import Settings

FOLDER, CATALOGUE = "EARMARK_COMPANION", "EARMARK_CATALOGUE"
WORKERS, PARENT = "EARMARK_WORKERS", "EARMARK_PARENT"
AGAIN = (1, 2, 5, 10, 20)  # seconds before each new start, when processes end by themselves
LASTED = 60  # seconds after which a new start counts from the beginning
ARENA_MAX, ARENAS = -8, 2  # glibc's number for that, and how many
LOOKS = 0.5  # seconds between checks that the main process is alive
SIGNALS = (signal.SIGTERM, signal.SIGINT)
REPEAT = 0.5  # seconds after which the server's own handler is called once more
log = logging.getLogger("earmark.web")
LOOKS_FOR_END = 60  # seconds that the thread of signals waits before it looks about
STOPS = 10  # seconds: a worker that is told to stop while it starts may not have heard it


def check(settings: Settings, workers: int = 1) -> list[str]:
    """Return what the operator should know before the start.

    Raises EarmarkError where the database is missing, behind, ahead, or somebody else's, where the
    podcast is on the companion's own host name, and where its folder cannot be read.
    """
    return [
        *file_modes.close_files(settings),
        *companion_database.check(settings, workers),
        *podcast_host.check(settings),
    ]


def serve(folder: Path, catalogue: str | None, host: str, port: int, workers: int) -> None:
    """Serve a companion until it is stopped. Raises EarmarkError where it cannot run."""
    os.environ[FOLDER] = str(real_path(folder))
    os.environ[WORKERS], os.environ[PARENT] = str(workers), str(os.getpid())
    if catalogue:
        os.environ[CATALOGUE] = catalogue
    keep_running(lambda: _run(host, port, workers))


def keep_running(run: Callable[[], None], pauses: Sequence[float] = AGAIN) -> None:
    """Run again what ended by itself, and say so. Raises EarmarkError if it keeps ending."""
    left = [*pauses]
    while True:
        began = time.monotonic()
        try:
            return run()
        except SystemExit:  # granian's word for a worker that ended twice within seconds
            pass
        if time.monotonic() - began > LASTED:
            left = [*pauses]
        if not left:
            raise EarmarkError("the server keeps stopping; the lines above say why")
        log.error("a server process stopped unexpectedly; it starts again in %g s", left[0])
        time.sleep(left.pop(0))


class StopSignals:
    """Passes the signals that stop granian on to its own handlers until it has ended.

    Those only set an event, which granian's loop may clear at once if a worker has just died; and
    then it ends as if nobody had told it to. A worker that is still starting inherits them.
    """

    def __init__(self) -> None:
        self.received = False
        self._ended = threading.Event()
        # Its put() takes no lock of Python's: a handler may run while its thread holds any.
        self._queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()

    def intercept(self) -> None:
        """Put a handler before those that the server has set."""
        threading.Thread(target=self._pass_on, name="stop", daemon=True).start()
        parent = os.getpid()
        for number in SIGNALS:
            signal.signal(number, self._handler(signal.getsignal(number), parent))

    def end(self) -> None:
        """Let signals end this process: the server's own handlers are deaf from now on."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        self._ended.set()
        self._queue.put(None)

    def _handler(self, own: Any, parent: int) -> Callable[[int, Any], None]:
        def handle(number: int, frame: Any) -> None:
            if os.getpid() != parent:  # a worker that answers nobody yet
                os._exit(0)
            self.received = True
            self._queue.put(lambda: own(number, frame))

        return handle

    def _next(self) -> Callable[[], object] | None:
        """Wait for the next handler; None once the server has ended."""
        while not self._ended.is_set():
            with contextlib.suppress(Empty):
                return self._queue.get(timeout=LOOKS_FOR_END)
        return None

    def _pass_on(self) -> None:
        """Call the handler of the first signal until the server ends."""
        while handler := self._next():
            handler()
            while not self._ended.wait(REPEAT):
                handler()


def _run(host: str, port: int, workers: int) -> None:
    """Run granian until it is told to stop. Raises SystemExit if it ends by itself."""
    from granian import Granian
    from granian.constants import Interfaces

    stop = StopSignals()
    server = Granian(
        "web.server:load",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOPS,
        log_enabled=False,
        factory=True,
    )
    server.on_startup(stop.intercept)
    try:
        server.serve()
    except SystemExit:
        stop.end()
        if not stop.received:  # a worker that dies after that is not a fault
            raise
    else:
        stop.end()


def load() -> Flask:
    """Return the application, in a worker of the server."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s"
    )
    _share_arenas()
    _follow(int(os.environ[PARENT]))
    settings = reading.read(Path(os.environ[FOLDER]), os.environ.get(CATALOGUE))
    app = create_app(settings, workers=int(os.environ[WORKERS]))
    app.extensions[NAME].shows.begin()
    erasure_store.begin_finishing(app.extensions[NAME].database)
    return app


def _share_arenas() -> None:
    """Let all threads of a worker share two arenas of glibc's malloc (mallopt(3), M_ARENA_MAX).

    Each arena keeps what its threads once needed: with eight for each core, memory rose by 2.1 kB
    with each note that was saved; with two, by 1.0 kB. Half of that is pages that SQLite keeps, up
    to 256 kB for each connection. Python's own objects do not rise.
    """
    import ctypes

    with contextlib.suppress(AttributeError, OSError, TypeError):  # no glibc
        ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)


def _follow(parent: int) -> None:
    """End this worker when the process that started it is gone: nobody else could end it."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOKS)
        log.error("the server's main process has ended; this worker stops")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOPS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
