"""Decides whether a publish may replace what is there (docs/decisions/0034)."""

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
    """What is to be published was rolled back, and has not changed since."""


def note_intent(session: PublishSession, following: str) -> None:
    """Write down which release is about to be written, in case nothing more can be."""
    session.store.save(INTENT, {"release": following}, VERSION)


def refuse_clock(
    session: PublishSession, before: Release | None, *, take_over: bool = False
) -> None:
    """Raise EarmarkError where the last release is later than now."""
    if before and not take_over:
        clock_guard.compare(session.now, before.line.at, session.target.words)


def refuse_other_clock(session: PublishSession) -> None:
    """Raise EarmarkError where the target's own clock says something else than this computer's."""
    clock_guard.against(datetime.now(UTC), session.target.clock(), session.target.words)


def refuse_stranger(session: PublishSession, before: Release, *, take_over: bool) -> None:
    """Raise EarmarkError where this folder does not know the release that is public.

    It knows one that stands in its lock file, under whatever name of a place (a folder that was
    moved calls it otherwise), or that it was about to write when it was stopped. Who published it
    is no reason: an old copy of this very folder knows less too.
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
    follows = session.store.load(INTENT, VERSION).get("release")
    return follows if isinstance(follows, str) else None


def refuse_return(out: Path, before: Release, *, restore: bool) -> None:
    """Raise EarmarkError where an episode that was withdrawn would be public again unasked."""
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


def refuse_undone(before: Release, wanted: Mapping[str, str], *, again: bool) -> None:
    """Raise UndoneError where a release was rolled back and is published as it was."""
    if before.undone == release.content_digest(wanted) and not again:
        raise UndoneError(
            "this is what you rolled back; correct it and publish, or add --again to publish it "
            "unchanged"
        )
