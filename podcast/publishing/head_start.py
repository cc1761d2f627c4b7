"""Begins a publish while the show is being built (docs/decisions/0054).

A thread asks the bucket and loads boto3, then uploads each recording as soon as it is mastered. Its
name is that of its bytes and no feed has it yet, so it is harmless if the build is refused.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

from episodes import site_layout
from episodes.errors import EarmarkError
from podcast.building.context import BuildWatcher, ProgressReport
from podcast.publishing import checksums, destination, permission, release
from podcast.publishing.destination import Bucket
from podcast.publishing.journal import Journal
from podcast.publishing.session import open_target, read_contents
from podcast.publishing.targets.contract import Content, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from podcast.publishing.checksums import SumRow
    from podcast.publishing.destination import DestinationOptions
    from podcast.publishing.plan import Put
    from podcast.publishing.session import PublishSession, TargetContents
    from podcast.publishing.targets.contract import Target

FRESH = 20.0  # seconds during which the answers of the target are used
PATIENCE = 5.0  # seconds between two renewals of the lock while an upload is waited for


class EarlyUpload(NamedTuple):
    """A published file that is ready before the build has finished."""

    guid: str  # of its episode
    name: str
    stored: Future[StoredFile]


class HeadStart(BuildWatcher):
    """What is known and uploaded before a publish begins. A context manager, which ends it."""

    def __init__(
        self, show: Path, given: DestinationOptions, now: datetime, *, uploads: bool
    ) -> None:
        self._show, self._given, self._now, self._uploads = show, given, now, uploads
        self._to: Bucket | None = None
        self._session: PublishSession | None = None
        self._contents: TargetContents | None = None
        self._asked, self._at = threading.Event(), 0.0
        self._ready = queue.SimpleQueue[EarlyUpload | None]()
        self._begun: dict[str, EarlyUpload] = {}
        self.hashed: dict[str, SumRow] = {}  # by the name of a file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Begin no other upload; one that is on its way is left to itself."""
        for each in self._begun.values():
            each.stored.cancel()
        self._ready.put(None)

    def begin(self) -> None:
        """Ask the target in a thread, if it is a bucket: a folder answers at once."""
        with suppress(EarmarkError):  # the build says what is wrong with show.md
            written = destination.read_destination(self._show)
            to = destination.choose_destination(self._given, written, self._show)
            if isinstance(to, Bucket):
                self._to = to
                threading.Thread(target=self._run, args=(to,), daemon=True).start()

    def master(self, guid: str, files: list[str]) -> None:
        """Upload published files as soon as the target has answered."""
        if self._to and self._uploads:
            for name in files:
                upload = EarlyUpload(guid, name, Future())
                self._begun[name] = upload
                self._ready.put(upload)

    def target(self, to: Bucket | Path) -> Target | None:
        """Return the target if it is this one and could be opened."""
        if self._to is None or to != self._to:
            return None
        self._asked.wait()
        return self._session.target if self._session else None

    @property
    def contents(self) -> TargetContents | None:
        """What the target answered; None if that was not just now."""
        return self._contents if time.monotonic() - self._at < FRESH else None

    def stored(self, put: Put, moved: Callable[[int], None]) -> StoredFile | None:
        """Return a file that is uploaded, once it is; None if the publish has to upload it."""
        upload = self._begun.get(put.name)
        if upload is None or upload.stored.cancel():
            return None
        while not upload.stored.done():
            wait([upload.stored], PATIENCE)
            moved(0)
        if upload.stored.exception() or self.hashed[put.name][2] != put.file.digest:
            return None  # the publish tries again, and says what is wrong
        moved(put.file.size)
        return upload.stored.result()

    def _run(self, to: Bucket) -> None:
        allowed = False
        with suppress(EarmarkError):  # the publish asks again, and says what is wrong
            try:
                session = open_target(self._show, to, self._now, ProgressReport())
                contents = read_contents(session)
                self._session, self._contents, self._at = session, contents, time.monotonic()
            finally:
                self._asked.set()
            session.target.prepare()
            allowed = _may_upload(session, contents)
        journal = Journal(session.store, session.destination) if allowed else None
        while upload := self._ready.get():
            if journal is None or not _is_new(upload, contents):
                upload.stored.cancel()
            if upload.stored.set_running_or_notify_cancel() and journal:
                self._upload(session, journal, upload)
        if journal:
            journal.close()

    def _upload(self, session: PublishSession, journal: Journal, upload: EarlyUpload) -> None:
        """Upload a file; the journal knows it before it can be there."""
        path = self._show / site_layout.PUBLIC / upload.name
        try:
            size, _, digest = self.hashed[upload.name] = checksums.checksum_row(path)
            journal.note(upload.name, digest, StoredFile(size, ""))
            content = Content(path, size, digest)
            stored = session.target.put(upload.name, content, lambda _: None)
            journal.note(upload.name, digest, stored)
        except Exception as error:  # it belongs to the publish, which tries again
            upload.stored.set_exception(error)
        else:
            upload.stored.set_result(stored)


def _may_upload(session: PublishSession, contents: TargetContents) -> bool:
    """Return whether this folder may publish there. Raises EarmarkError if not."""
    permission.refuse_clock(session, contents.before)
    permission.refuse_other_clock(session)
    if contents.before:
        permission.refuse_stranger(session, contents.before, take_over=False)
    return release.LOCK not in contents.listing  # nobody else is publishing


def _is_new(upload: EarlyUpload, contents: TargetContents) -> bool:
    """Return whether a file is not there yet, and its episode was not withdrawn elsewhere."""
    withdrawn = contents.before.withdrawn if contents.before else ()
    return upload.name not in contents.listing and upload.guid not in withdrawn
