"""Decides whether a publish may replace the release at the target (docs/decisions/0034)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.errors import EarmarkError
from podcast.building import clock_guard
from podcast.cache import identity
from podcast.cache.store import LOCK
from podcast.publishing import release
from podcast.show_folder import lockfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from podcast.publishing.release import Release
    from podcast.publishing.session import PublishSession

INTENT, VERSION = "intent.json", "1"


class UndoneError(EarmarkError):
    """The build was rolled back, and has not changed since."""


def note_intent(session: PublishSession, following: str) -> None:
    """Note which release is written next, in case this process is killed straight after it."""
    session.store.save(INTENT, {"release": following}, VERSION)


def refuse_clock(
    session: PublishSession, before: Release | None, *, take_over: bool = False
) -> None:
    """Raise EarmarkError if the last release is later than now."""
    if before and not take_over:
        clock_guard.compare(session.now, before.line.at, session.target.words)


def refuse_other_clock(session: PublishSession) -> None:
    """Raise EarmarkError if the clocks of the target and of this computer differ."""
    clock_guard.against(datetime.now(UTC), session.target.clock(), session.target.words)


def refuse_stranger(session: PublishSession, before: Release, *, take_over: bool) -> None:
    """Raise EarmarkError if this folder does not know the release that is public.

    It knows a release in its lock file, for any destination (a folder that was moved has another
    relative path to it), and one that it was about to write when it was stopped. It does not matter
    whether this folder published it: an old copy of the folder did too, but does not know it.
    """
    known = {*lockfile.read(session.show).published.values(), _intended(session)}
    if take_over or before.line.id in known:
        return
    when = f"{before.line.at:%d %B %Y, %H:%M} UTC"
    if before.line.by == identity.name_of(session.show):
        raise EarmarkError(
            f"{session.target.words} was published from this folder on {when}, and {LOCK} has no "
            f"record of it. If these files are old, from a backup or a sync, get the newest ones. "
            f"To replace what is there, add --take-over"
        )
    raise EarmarkError(
        f"{session.target.words} was published from another computer or folder on {when}; get "
        f"those files first ({LOCK} among them), or add --take-over to replace what is there"
    )


def _intended(session: PublishSession) -> str | None:
    release_id = session.store.load(INTENT, VERSION).get("release")
    return release_id if isinstance(release_id, str) else None


def refuse_return(out: Path, before: Release, *, restore: bool) -> None:
    """Raise EarmarkError if a withdrawn episode would be public again without --restore."""
    if restore or not before.withdrawn:
        return
    document = release.read_document((out / site_layout.CATALOGUE).read_bytes())
    rows = document.get("episodes")
    titles = [
        str(each.get("title"))
        for each in (rows if isinstance(rows, list) else [])
        if isinstance(each, dict) and each.get("guid") in before.withdrawn
    ]
    if titles:
        names = ", ".join(f"“{title}”" for title in titles[:3])
        more = f" and {len(titles) - 3} more" if len(titles) > 3 else ""
        raise EarmarkError(
            f"{names}{more} was withdrawn, and this would make it public again. If these files are "
            "an old copy, get the newest ones. To publish it again, add --restore"
        )


def refuse_undone(before: Release, digests: Mapping[str, str], *, again: bool) -> None:
    """Raise UndoneError if the build is the release that was rolled back, unchanged."""
    if before.undone == release.content_digest(digests) and not again:
        raise UndoneError(
            "this is what you rolled back; correct it and publish, or add --again to publish it "
            "unchanged"
        )
