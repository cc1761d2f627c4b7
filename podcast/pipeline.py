"""The pipeline's front door: build or check a show, and do nothing where nothing changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from episodes.findings import Finding
from episodes.scan import scan
from episodes.traces import Traces
from podcast.site import Built, Report, Site
from podcast.store import Store, Summary

if TYPE_CHECKING:
    from pathlib import Path


def build(  # noqa: PLR0913 - the flags of one command
    folder: Path,
    out: Path | None = None,
    now: datetime | None = None,
    report: Report | None = None,
    *,
    verify: bool = False,
    address: str | None = None,
) -> Built:
    """Build a show. Raises SourceError with every finding where an error stops it.

    `address` stands in where `show.md` has none (the preview); `verify` trusts no earlier build and
    hashes everything again.
    """
    folder, now = folder.resolve(), now or datetime.now(UTC)
    out = (out or folder / "public").resolve()
    store = Store(folder)
    tree = scan(folder)
    summary = None if verify else store.unchanged(tree, out, now)
    if summary:
        return _nothing(out, summary)
    from podcast import building

    site = Site(folder, out, now, tree, store, verify)
    return building.build(site, report or Report(), address)


def _nothing(out: Path, summary: Summary) -> Built:
    findings = [Finding.load(row) for row in summary.findings]
    coming = [(when, title) for when, title in summary.coming]
    withdrawn = tuple(Traces.load(row) for row in summary.withdrawn)
    return Built(
        out, summary.episodes, coming, findings, [], 0, summary.publish, summary.feed, withdrawn
    )


def coming(folder: Path, now: datetime | None = None) -> tuple[list[tuple[str, str]], int]:
    """Return (when, title) of what is held back, soonest first, and how many errors there are.

    Nothing is built. Raises SourceError where `show.md` or an `episode.md` cannot be read.
    """
    folder, now = folder.resolve(), now or datetime.now(UTC)
    site = Site(folder, folder / "public", now, scan(folder), Store(folder))
    summary = site.store.unchanged(site.tree, site.out, now)
    if summary:
        return [(when, title) for when, title in summary.coming], 0
    from podcast import checking

    return checking.coming(site)


def check(folder: Path, now: datetime | None = None) -> list[Finding]:
    """Return everything that is found in the source; nothing is built."""
    from podcast import checking

    folder, now = folder.resolve(), now or datetime.now(UTC)
    site = Site(folder, folder / "public", now, scan(folder), Store(folder))
    return checking.check(site)
