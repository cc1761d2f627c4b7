"""Locks a show for one writer at a time, on this computer and on others that share its folder.

Two locks, since neither is enough (docs/decisions/0033): the operating system's, which ends with
its process but does not cross every shared drive; and a note in `.earmark/` that its holder renews.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import sys
import threading
import time
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from filelock import FileLock, Timeout

from episodes.errors import EarmarkError, SourceError
from episodes.rules import finding
from episodes.show_folder.real_paths import real_path
from podcast import atomic_files
from podcast.cache import identity, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK, NOTE = "writer.lock", "writer.json"
WAIT = 60.0  # seconds that a second command waits for the first
BEAT = 5.0  # seconds between two renewals of the note
SILENT = 40.0  # seconds without a renewal, as the waiting command measures them: clocks differ
POLL = 0.1
LARGEST = 2_000  # bytes of a note
UNKNOWN = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}  # a drive without locks
FULL = {errno.ENOSPC, errno.EDQUOT}


class BusyError(EarmarkError):
    """Another command is writing into the show."""


class LostError(EarmarkError):
    """Another computer took over while this one did not respond."""


class ReadOnlyError(EarmarkError):
    """Nothing can be written into the show's folder."""


class _Held(NamedTuple):
    """A show that this command holds: its note, and the random word in it."""

    note: Path
    word: str


_HELD: ContextVar[dict[Path, _Held]] = ContextVar("held")


@contextlib.contextmanager
def hold(
    show: Path, command: str, wait: float | None = None, *, bare: bool = False
) -> Iterator[None]:
    """Lock a show until the block ends; does nothing if this command holds it already.

    `wait` is in seconds; `bare` allows a folder without `show.md`. Raises BusyError, ReadOnlyError,
    and SourceError if there is no show or `.earmark` is a link.
    """
    show = real_path(show)
    held = _HELD.get({})
    if show in held:
        yield
        return
    if not bare and not (show / "show.md").is_file():
        raise SourceError(finding("folder", "show.md", "", "is not there"))
    store.refuse_links(show)
    waiting = _Waiting(show, command, time.monotonic() + (WAIT if wait is None else wait))
    with contextlib.ExitStack() as stack:
        crossing = _system_lock(waiting, stack)
        mine = _Held(waiting.note, secrets.token_hex(8))
        _write_note(waiting, mine.word, crossing=crossing)
        stack.callback(_drop, mine)
        stack.enter_context(_renewed(mine))
        token = _HELD.set({**held, show: mine})
        try:
            yield
        finally:
            _HELD.reset(token)


def is_held(show: Path) -> bool:
    """Return whether this command still holds the show: no other computer has taken over."""
    held = _HELD.get({}).get(real_path(show))
    return held is None or _is_ours(held)


def refuse_if_taken_over(show: Path) -> None:
    """Raise LostError if another computer has taken over the show that this command holds."""
    if not is_held(show):
        raise LostError(
            "another computer has taken over this show, because this one did not respond for "
            "too long; nothing more was written: run the command again"
        )


class _Waiting:
    """A command that waits for a show, and prints once why."""

    def __init__(self, show: Path, command: str, until: float) -> None:
        self.show, self.command, self._until = show, command, until
        self.note = show / store.FOLDER / NOTE
        self._is_announced = False

    def wait(self, held: bytes) -> None:
        """Wait a moment for the writer of the note `held`. Raises BusyError when time is up."""
        who = _holder(held)
        if time.monotonic() >= self._until:
            raise BusyError(f"{who}; wait until it has finished, and run this again")
        if not self._is_announced:
            self._is_announced = True
            sys.stderr.write(f"{who}; waiting\n")
            sys.stderr.flush()
        time.sleep(POLL)


def _holder(held: bytes) -> str:
    """Return the words for the command that wrote a note, and where it runs."""
    document = _document(held)
    command, since = document.get("command"), document.get("since")
    known = isinstance(command, str) and command.isascii() and command.replace("-", "").isalpha()
    who = f"`earmark {command}`" if known else "another earmark command"
    try:
        moment = datetime.fromisoformat(str(since)).astimezone()
        when = f" since {moment:%H:%M}"
    except (ValueError, OverflowError, OSError):
        when = ""
    if not document:
        return f"{who} is running in this folder"
    process = document.get("process")
    is_here = document.get("computer") == identity.computer()
    where = f"on this computer, process {process}" if is_here else "on another computer"
    return f"{who} has been running in this folder{when} ({where})"


def _document(held: bytes) -> dict[str, object]:
    try:
        document = json.loads(held.partition(b"\n")[0] or b"{}")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _system_lock(waiting: _Waiting, stack: contextlib.ExitStack) -> bool:
    """Take the operating system's lock; return False if the drive has no locks."""
    try:
        path = store.inside(waiting.show / store.FOLDER, LOCK)
        lock = FileLock(path)
        while True:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                waiting.wait(_read(waiting.note) or b"")
            else:
                stack.callback(lock.release)
                return True
    except NotImplementedError:
        return False
    except OSError as error:
        if error.errno in UNKNOWN:
            return False
        raise _refusal(waiting.show, error) from None


def _write_note(waiting: _Waiting, word: str, *, crossing: bool) -> None:
    """Write our note, once there is no other or its writer no longer renews it."""
    document = {
        "command": waiting.command, "computer": identity.computer(), "process": os.getpid(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"), "word": word,
    }  # fmt: skip
    data = json.dumps(document).encode() + b"\n"
    seen, since = None, time.monotonic()
    while not _create(waiting.note, data):
        held = _read(waiting.note)
        if held is None and not os.path.lexists(waiting.note):
            continue  # deleted in between
        if held != seen:
            seen, since = held, time.monotonic()
        ours = crossing and _document(held or b"").get("computer") == identity.computer()
        if ours or time.monotonic() - since > SILENT:
            _remove(waiting.note, held)  # its process has ended, or its computer is off
        else:
            waiting.wait(held or b"")


def _create(path: Path, data: bytes) -> bool:
    """Write a file unless there is one, in a way that every drive supports; return whether."""
    try:
        with path.open("xb") as file:
            try:
                file.write(data)
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        return False
    except OSError as error:
        raise _refusal(path.parent.parent, error) from None
    return True


def _refusal(show: Path, error: OSError) -> EarmarkError:
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        fix = "copy the show to a folder of your own"
        return ReadOnlyError(f"{show}: you cannot write there ({error.strerror}); {fix}")
    fix = "free some space" if error.errno in FULL else "fix that"
    return EarmarkError(f"{show}: {error.strerror}; {fix}, and run this again")


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError:
        return None


def _remove(path: Path, held: bytes | None) -> None:
    """Delete an abandoned note; of two commands that do so at once, only one succeeds."""
    aside = atomic_files.unfinished(path)
    try:
        path.rename(aside)
    except OSError:
        return  # another command was first
    if _read(aside) != held:  # another command was first, and this is its note
        with contextlib.suppress(OSError):
            os.link(aside, path)
        if not path.exists():  # a disk without links
            aside.rename(path)
    aside.unlink(missing_ok=True)


def _is_ours(held: _Held) -> bool:
    return _document(_read(held.note) or b"").get("word") == held.word


def _drop(held: _Held) -> None:
    if _is_ours(held):
        with contextlib.suppress(OSError):
            held.note.unlink(missing_ok=True)


@contextlib.contextmanager
def _renewed(held: _Held) -> Iterator[None]:
    """Renew a note every few seconds, so that other computers see that we are still running."""
    done = threading.Event()

    def renew() -> None:
        beat = 0
        while not done.wait(BEAT):
            beat += 1
            with contextlib.suppress(OSError):
                if _is_ours(held):
                    with held.note.open("ab") as file:
                        file.truncate((_read(held.note) or b"\n").index(b"\n") + 1)
                        file.write(b"%d\n" % beat)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
