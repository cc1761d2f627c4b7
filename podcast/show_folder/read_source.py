"""Reads a show's source files without building; leaves out what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import SourceError
from episodes.findings import Finding, errors_in
from episodes.frontmatter.schema import ShowFacts
from episodes.model import NO_ADDRESS, Episode, Show
from episodes.show_folder import chapter_sources, scan
from episodes.show_folder import read as source
from podcast.building import read as reading

if TYPE_CHECKING:
    from pathlib import Path


class Seen(NamedTuple):
    """A show as it is written, and what of its episodes could not be read."""

    show: Show
    lost: list[Finding]


def read_show(folder: Path) -> Seen:
    """Read a show. Raises SourceError where there is none, or its `show.md` cannot be read."""
    findings: list[Finding] = []
    tree = scan.scan(folder)
    written = source.read_show(folder, findings)
    if written is None:
        raise SourceError(*findings)
    facts, lost = written.facts, list[Finding]()
    read = [_episode(folder, name, facts, lost) for name in sorted(filter(None, tree))]
    show = Show(facts=facts, description=written.html, address=facts.address or NO_ADDRESS)
    return Seen(show.model_copy(update=reading.apart(filter(None, read))), lost)


def _episode(folder: Path, name: str, facts: ShowFacts, lost: list[Finding]) -> Episode | None:
    findings: list[Finding] = []
    written = source.read_episode(folder, name, findings)
    if written is None:
        lost += errors_in(findings)
        return None
    tracks = (
        chapter_sources.read_chapters(folder, written.chapters, ("", ()), [])
        if written.chapters
        else None
    )
    return reading.episode(written, facts, tracks)
