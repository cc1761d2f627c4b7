"""Watches a previewed show and builds it again after each change."""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import EarmarkError, SourceError
from episodes.model import NO_ADDRESS
from episodes.show_folder.scan import scan
from podcast.building import pipeline
from podcast.show_folder import read_only_copy, show_lock
from podcast.terminal import output
from podcast.terminal.progress import Display

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from episodes.findings import Finding
    from podcast.building.context import BuildResult

OFTEN, EVERY = 0.1, 1.0  # seconds between two scans of the files, at least and at most
SHARE = 0.05  # of a core that scans may take
RETRY = 10.0  # seconds until another try where nothing changed
NOT_BUILT = "Not built: you are seeing the previous version."
PASSING = {"audio-read", "folder"}  # rules that a full disk or a folder in motion breaks


def watch(show: Path, home: Path, stop: threading.Event) -> None:
    """Build again after each change, and after a while if the last error may be over.

    `home` is the folder in which it is built: a copy if the show is read-only.
    """
    before, last, since = _scan(show), Rebuilt(""), 0.0
    took = 0.0
    while not stop.wait(_pause(took)):
        began = time.thread_time()
        now = _scan(show)
        took = time.thread_time() - began
        if now == before and not (last.passing and time.monotonic() - since > RETRY):
            continue
        rebuilt = _rebuild(show, home)
        if now != before or rebuilt != last:
            output.brief(rebuilt.findings, show)
            sys.stderr.write(f"{rebuilt.line}\n")
        before, last, since = now, rebuilt, time.monotonic()


def _pause(took: float) -> float:
    """Return the seconds until the next scan, after one that took a core so many seconds."""
    return min(EVERY, max(OFTEN, took / SHARE))


class Rebuilt(NamedTuple):
    """The result of a rebuild."""

    line: str
    findings: tuple[Finding, ...] = ()
    passing: bool = False  # whether another try may succeed without a change


def _scan(show: Path) -> object:
    try:
        return scan(show)
    except (EarmarkError, OSError):
        return None


def _rebuild(show: Path, home: Path) -> Rebuilt:
    """Build, and return the result.

    Nothing ends the preview: neither a full disk, nor a folder that was moved, nor a recording that
    is being copied.
    """
    try:
        if home != show:
            read_only_copy.update(show, home)
        with show_lock.hold(home, "preview", wait=EVERY):
            built = build(home)
    except SourceError as error:
        passing = any(each.rule in PASSING for each in error.findings)
        return Rebuilt(NOT_BUILT, tuple(error.findings), passing)
    except EarmarkError as error:
        return Rebuilt(f"{error}\n{NOT_BUILT}", passing=True)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        return Rebuilt(f"{name}{error.strerror or error}\n{NOT_BUILT}", passing=True)
    except Exception as error:
        return Rebuilt(
            f"Earmark has a fault: {error or 'it does not say which'}\n{NOT_BUILT}", passing=True
        )
    return Rebuilt("Built again.", tuple(built.findings))


def build(show: Path) -> BuildResult:
    """Build a show for the preview. Raises SourceError."""
    try:
        return pipeline.build(show, report=Display(), address=NO_ADDRESS)
    finally:
        gc.unfreeze()  # a build freezes what it read, as most processes end with it
