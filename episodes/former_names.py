"""Finds the published files of an episode, under every name that it ever had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from episodes import site_layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.lockfile import Lock, LockedEpisode, LockedFile


class EpisodeFiles(NamedTuple):
    """The names that the files of an episode can have."""

    guid: str
    title: str
    slugs: tuple[str, ...]  # every slug that it had
    spared: tuple[str, ...] = ()  # files that look like its own, but are another episode's

    @classmethod
    def load(cls, row: list[Any]) -> EpisodeFiles:
        """Return the value that was saved as JSON."""
        guid, title, slugs, spared = row
        return cls(guid, title, tuple(slugs), tuple(spared))


def recording_names(entry: LockedEpisode) -> list[str]:
    """Return the name of every recording of an episode that was published, newest first."""
    return [name for file in _made(entry) for name in (file.file, *reversed(file.former))]


def _made(entry: LockedEpisode) -> list[LockedFile]:
    return [entry, *([entry.small] if entry.small else ())]


def slugs_of(guid: str, slug: str, locked: Lock) -> tuple[str, ...]:
    """Return every slug that an episode had, the current one first.

    They are in the names of its recordings, or in the lock file if Earmark published none.
    """
    entry = locked.episodes.get(guid)
    former = map(site_layout.slug_of, recording_names(entry) if entry else ())
    return tuple(dict.fromkeys((slug, *former, *locked.left(guid).slugs)))


def built_slug(entry: LockedEpisode) -> str:
    """Return the slug under which an episode was last built."""
    return site_layout.slug_of(entry.file)


def files_of(names: Iterable[str], episodes: Iterable[EpisodeFiles]) -> list[str]:
    """Return those names that belong to these episodes: recordings, pages, texts and pictures.

    Names contain the slug of their episode and a digest, so a name is enough even if no record
    says who published the file.
    """
    every = list(episodes)
    slugs = [slug for each in every for slug in each.slugs if slug]
    if not slugs:
        return []
    spared = {name for each in every for name in each.spared}
    pattern = site_layout.pattern_of_slugs(slugs)
    return sorted(name for name in names if name not in spared and pattern.fullmatch(name))
