"""Reads a show's source files without building; leaves out what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import SourceError
from episodes.findings import Finding, errors_in
from episodes.model import NO_ADDRESS, Episode, Show
from episodes.show_folder import chapter_sources, inherit, scan
from episodes.show_folder import read as source
from podcast.building import read as reading

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.frontmatter.schema import ShowFacts
    from episodes.show_folder.read import WrittenEpisode, WrittenShow


class ShowSource(NamedTuple):
    """A show as it is written.

    folder: the show folder.
    show: the content of `show.md`.
    names: the folder of each episode, relative to it.
    written: the episodes that can be read, by folder.
    findings: what is wrong with each of the others, by folder.
    """

    folder: Path
    show: WrittenShow
    names: list[str]
    written: dict[str, WrittenEpisode]
    findings: dict[str, list[Finding]]

    @property
    def facts(self) -> ShowFacts:
        """The front matter of `show.md`."""
        return self.show.facts

    @property
    def episodes(self) -> list[Episode]:
        """Each episode that can be read, with what it takes from its show."""
        return [self.complete_episode(each) for each in self.written.values()]

    def complete_episode(self, written: WrittenEpisode) -> Episode:
        """Return an episode with what it takes from its show."""
        return inherit.complete_episode(written, self.facts)

    def written_episode(self, name: str) -> WrittenEpisode:
        """Return the content of an episode's folder. Raises SourceError if it cannot be read."""
        if name not in self.written:
            raise SourceError(*self.findings[name])
        return self.written[name]


class ReadableShow(NamedTuple):
    """A show of the episodes that can be read, and why others cannot."""

    show: Show
    errors: list[Finding]


def read_facts(folder: Path) -> ShowFacts:
    """Return the front matter of `show.md`. Raises SourceError if it cannot be read."""
    return _read_show(folder, notes=False).facts


def read_source(folder: Path, *, notes: bool = False) -> ShowSource:
    """Read a show folder. Raises SourceError if there is no show, or `show.md` cannot be read.

    Without `notes` no Markdown is rendered.
    """
    names = [name for name in scan.scan(folder) if name]
    show = _read_show(folder, notes=notes)
    findings = {name: list[Finding]() for name in names}
    episodes = source.read_episodes(folder, list(findings.items()), notes=notes)
    written = {each.folder: each for each in episodes if each}
    unread = {name: findings[name] for name in names if name not in written}
    return ShowSource(folder, show, names, written, unread)


def read_show(folder: Path) -> ReadableShow:
    """Read a show with its show notes and chapters. Raises SourceError as `read_source`."""
    written = read_source(folder, notes=True)
    facts = written.facts
    show = Show(facts=facts, description=written.show.html, address=facts.address or NO_ADDRESS)
    episodes = [_with_chapters(folder, each, facts) for each in written.written.values()]
    findings = [each for unread in written.findings.values() for each in unread]
    return ReadableShow(
        show.model_copy(update=reading.split_withdrawn(episodes)), errors_in(findings)
    )


def _read_show(folder: Path, *, notes: bool) -> WrittenShow:
    findings: list[Finding] = []
    written = source.read_show(folder, findings, notes=notes)
    if written is None:
        raise SourceError(*findings)
    return written


def _with_chapters(folder: Path, written: WrittenEpisode, facts: ShowFacts) -> Episode:
    chapters = None
    if written.chapters:
        chapters = chapter_sources.read_chapters(folder, written.chapters, ("", ()), [])
    return inherit.complete_episode(written, facts, chapters)
