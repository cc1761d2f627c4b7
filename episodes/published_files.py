"""Traces: every name under which an episode may lie, in the built folder and at a target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.lockfile import Entry, Lock, Made


class Traces(NamedTuple):
    """Where to look for what an episode left.

    `slugs` are all names that it had in addresses; `spared` are files that look like its own and
    are another episode's.
    """

    guid: str
    title: str
    slugs: tuple[str, ...]
    spared: tuple[str, ...] = ()

    @classmethod
    def load(cls, row: list[Any]) -> Traces:
        """Read what JSON made of it."""
        guid, title, slugs, spared = row
        return cls(guid, title, tuple(slugs), tuple(spared))


def recordings(entry: Entry) -> list[str]:
    """Return the name of every recording that was published of an episode, the newest first."""
    return [name for made in _made(entry) for name in (made.file, *reversed(made.former))]


def _made(entry: Entry) -> list[Made]:
    return [entry, *([entry.small] if entry.small else ())]


def slugs(guid: str, slug: str, known: Lock) -> tuple[str, ...]:
    """Return every name that an episode had in addresses.

    Its recordings tell them, and the lock file where it had none here.
    """
    entry = known.episodes.get(guid)
    stems = (_slug(name) for name in (recordings(entry) if entry else ()))
    return tuple(dict.fromkeys((slug, *stems, *known.left(guid).slugs)))


def slug(entry: Entry) -> str:
    """Return the name in addresses that an episode was last built under."""
    return _slug(entry.file)


def _slug(name: str) -> str:
    return name.rpartition("/")[2].rpartition("-")[0]


def of(names: Iterable[str], traces: Iterable[Traces]) -> list[str]:
    """Return those names that are traces of episodes: recordings, pages, texts and pictures.

    Files are named after an episode and a digest (docs/decisions/0006), so a name is enough, also
    where no record is left of who put it there.
    """
    every = list(traces)
    spared = {name for each in every for name in each.spared}
    wanted = "|".join(re.escape(slug) for each in every for slug in each.slugs if slug)
    if not wanted:
        return []
    pattern = re.compile(
        rf"episodes/(?:{wanted})\.html"
        rf"|(?:media|transcripts|chapters|art)/(?:{wanted})(?:-chapter)?"
        r"-[0-9a-f]{8,64}(?:-small)?\.[a-z0-9]{2,4}"
    )
    return sorted(name for name in names if name not in spared and pattern.fullmatch(name))
