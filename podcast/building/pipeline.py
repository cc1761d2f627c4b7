"""Builds or checks a show; if nothing has changed, a build ends at once."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.rules import finding
from episodes.show_folder.real_paths import real_path
from episodes.show_folder.scan import scan
from podcast.building.context import BuildContext, BuildResult, BuildWatcher, ProgressReport
from podcast.cache.store import CacheFolder

if TYPE_CHECKING:
    from pathlib import Path

MOVED = "moved"  # for the redirects that its former addresses need


def build(  # noqa: PLR0913 - the flags of one command
    folder: Path,
    out: Path | None = None,
    now: datetime | None = None,
    report: ProgressReport | None = None,
    *,
    verify: bool = False,
    address: str | None = None,
    trust_clock: bool = False,
    watcher: BuildWatcher | None = None,
) -> BuildResult:
    """Build a show. Raises SourceError with every finding if there is an error.

    `address` is used if `show.md` has none (the preview); `verify` trusts no earlier build and
    hashes everything again; with `trust_clock`, releases later than now do not stop the build.
    """
    folder, now = real_path(folder), now or datetime.now(UTC)
    out = real_path(out) if out else folder / site_layout.PUBLIC
    _refuse_links(out)
    store = CacheFolder(folder)
    tree = scan(folder)
    summary = None if verify else store.unchanged(tree, out, now)
    if summary:
        return BuildResult.of(out, summary, [], 0)
    from podcast.building import clock_guard, steps
    from podcast.show_folder import show_lock

    began = time.monotonic()
    with show_lock.hold(folder, "build"):
        # If another command held it, that may have built the show or changed a file.
        if time.monotonic() - began >= show_lock.POLL:
            tree = scan(folder)
            summary = None if verify else store.unchanged(tree, out, now)
            if summary:
                return BuildResult.of(out, summary, [], 0)
        watcher = watcher or BuildWatcher()
        context = BuildContext(folder, out, now, tree, store, verify, watcher)
        if not trust_clock:
            clock_guard.refuse(now, folder, None if verify else _last_build(store))
        watcher.begin()
        return steps.build(context, report or ProgressReport(), address)


def _refuse_links(out: Path) -> None:
    """Raise SourceError if the built folder is a link: a show from somebody else may contain one.

    The folder that `--out` names may be a link.
    """
    for path in (out, *(out / name.rstrip("/") for name in site_layout.KINDS)):
        if path.is_symlink():
            name = path.relative_to(out.parent).as_posix()
            fix = "delete the link; `earmark build --out DIR` builds to another folder"
            raise SourceError(finding("file-outside", name, "", "is a link", fix=fix))


def _last_build(folder: CacheFolder) -> float | None:
    """Return when the last build was, in seconds since 1970."""
    at = folder.record().get("at")
    return at if isinstance(at, float) else None


def coming(folder: Path, now: datetime | None = None) -> tuple[list[tuple[str, str]], int]:
    """Return (when, title) of scheduled episodes, soonest first, and the number of errors.

    Nothing is built. Raises SourceError if `show.md` or an `episode.md` cannot be read.
    """
    folder, now = real_path(folder), now or datetime.now(UTC)
    context = BuildContext(
        folder, folder / site_layout.PUBLIC, now, scan(folder), CacheFolder(folder)
    )
    summary = context.store.unchanged(context.tree, context.out, now)
    if summary:
        return summary.coming, 0
    from podcast.building import check as checking
    from podcast.building import clock_guard

    clock_guard.refuse(now, folder, _last_build(context.store))
    return checking.coming(context)


def check(folder: Path, now: datetime | None = None) -> list[Finding]:
    """Return the findings in the source and in what was built; nothing is built."""
    from podcast.building import check as checking

    return checking.check(_context(folder, now))


def levels(folder: Path) -> list[tuple[str, str]]:
    """Return (recording, its loudness before and after) of each episode; nothing is built."""
    from podcast.building import check as checking

    return checking.levels_of(_context(folder, None))


def _context(folder: Path, now: datetime | None) -> BuildContext:
    folder, now = real_path(folder), now or datetime.now(UTC)
    _refuse_links(folder / site_layout.PUBLIC)
    return BuildContext(folder, folder / site_layout.PUBLIC, now, scan(folder), CacheFolder(folder))
