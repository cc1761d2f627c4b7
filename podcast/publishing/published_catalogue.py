"""Keeps a copy of the catalogue that was published last, to compare the next one with.

It lies in `.earmark/` and can be deleted: then it is read from the target. It is believed if its
digest is that of the file at the target, so it does not matter who wrote it.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from episodes import site_layout
from podcast import atomic_files
from podcast.cache.store import size

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.publishing.session import PublishSession, TargetState

NAME = "published-catalogue.json"


def read(session: PublishSession, state: TargetState) -> bytes | None:
    """Return the catalogue at the target; None if it is missing. Raises TargetError."""
    name = site_layout.CATALOGUE
    path = session.store.path / NAME
    with contextlib.suppress(OSError):
        # A file of another length is not read: a show from somebody else may contain anything.
        if size(path) == state.listing[name].size:
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == state.digests.get(name):
                return data
    return session.target.read(name)


def remember(session: PublishSession, out: Path) -> None:
    """Keep the catalogue that was just published."""
    with contextlib.suppress(OSError):  # a full disk: it is read from the target then
        data = (out / site_layout.CATALOGUE).read_bytes()
        atomic_files.write_changed(session.store.file(NAME), data)
