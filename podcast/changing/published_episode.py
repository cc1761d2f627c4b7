"""Finds the published episode that a change is about, and changes its files all together or not."""

from __future__ import annotations

import contextlib
import shutil
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from episodes.audio import formats
from episodes.errors import EarmarkError, SourceError
from episodes.frontmatter import read
from episodes.frontmatter.schema import EpisodeFacts
from episodes.show_folder import file_choice, text_files
from episodes.show_folder.real_paths import real_path
from podcast import atomic_files
from podcast.building import clock_guard
from podcast.cache import probes
from podcast.show_folder import find_episode, lockfile, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from episodes.frontmatter.schema import ShowFacts
    from episodes.model import Episode
    from podcast.cache.probes import Heard


class Standing(NamedTuple):
    """An episode that is out, in its show; `text` is its `episode.md`, byte for byte.

    `own` is what its own file says, without the show's word filled in; `folders` are those of all
    episodes.
    """

    show: Path
    facts: ShowFacts
    known: list[Episode]
    episode: Episode
    own: EpisodeFacts
    text: str
    folders: frozenset[str]

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.show / self.episode.folder

    @property
    def path(self) -> str:
        """Its file, as it is named to a lead."""
        return f"{self.episode.folder}/episode.md"

    @property
    def released(self) -> bool:
        """Whether a release had it, so that subscribers may know it."""
        return lockfile.read(self.show).was_released(self.episode.guid)

    @property
    def zone(self) -> ZoneInfo:
        """The show's time zone."""
        return ZoneInfo(self.facts.timezone)


def find(show: Path | None, wanted: str, now: datetime) -> Standing:
    """Return the episode that is wanted, which is out.

    Raises SourceError where it cannot be read, EarmarkError where there is none or it is to come.
    """
    show = real_path(show or find_episode.show_of(wanted))
    source = read_source.read_source(show)
    clock_guard.refuse(now, show)
    written = find_episode.find_written(source, wanted)
    episode, path = source.complete_episode(written), written.path
    if not episode.guid:
        raise EarmarkError(f"{path} has no guid; run `earmark check --fix` first")
    if episode.facts.withdrawn:
        raise EarmarkError(f"{path} was withdrawn: there is nothing left to change")
    if episode.published > now:
        raise EarmarkError(f"{path} is not published yet, so nobody has it: just edit the file")
    text = text_files.read_exactly(show, path)
    folders, known = frozenset(source.names), source.episodes
    return Standing(show, source.facts, known, episode, written.facts, text, folders)


def heard(path: Path) -> Heard:
    """Return what a recording says of itself. Raises EarmarkError where it is none."""
    if not path.name.lower().endswith(formats.RECORDINGS):
        raise EarmarkError(file_choice.why_no_recording(path.name))
    return probes.read(real_path(path.parent), path.name, None)


def readable(path: str, text: str) -> None:
    """Be sure that what is about to be written can be read again. Raises SourceError."""
    parts = read.split_file(text, path)
    if parts.findings:
        raise SourceError(*parts.findings)
    read.parse_facts(EpisodeFacts, parts, path)


def unchanged(show: Path, path: str, text: str) -> None:
    """Raise EarmarkError where a file is not what it was when the lead was asked."""
    if text_files.read_exactly(show, path) != text:
        raise EarmarkError(
            f"{path} changed before you answered; nothing was changed: run the command again"
        )


def elsewhere(own: EpisodeFacts) -> str:
    """Return where a recording lies on another server, "" where it is in the episode's folder."""
    return own.audio_at.url if own.audio_at else ""


def free_name(folder: Path, name: str) -> str:
    """Return a name for a new file of a folder: its own, or the first with a number."""
    stem, dot, ending = name.rpartition(".")
    number, found = 1, name
    while (folder / found).exists():
        number += 1
        found = f"{stem}-{number}{dot}{ending}"
    return found


@contextlib.contextmanager
def together() -> Iterator[Together]:
    """Give what changes files; whatever goes wrong in the block, they are as they were."""
    change = Together()
    try:
        yield change
    except BaseException:
        change.undo()
        raise


class Together:
    """Files that are changed or added, and what they were before."""

    def __init__(self) -> None:
        self._before: list[tuple[Path, bytes | None]] = []

    def keep(self, path: Path) -> None:
        """Remember a file as it is, or that there is none."""
        self._before.append((path, path.read_bytes() if path.is_file() else None))

    def write(self, path: Path, text: str | bytes) -> None:
        """Put a text into the place of a file; its folder is made where there is none."""
        self.keep(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write(path, text if isinstance(text, bytes) else text.encode())

    def copy(self, source: Path, target: Path) -> None:
        """Copy a file to where none is."""
        self._before.append((target, None))
        with atomic_files.beside(target) as part:
            shutil.copyfile(source, part)
            part.replace(target)

    def undo(self) -> None:
        """Make everything as it was, the last change first."""
        for path, before in reversed(self._before):
            with contextlib.suppress(OSError):
                if before is None:
                    path.unlink(missing_ok=True)
                else:
                    atomic_files.write(path, before)
