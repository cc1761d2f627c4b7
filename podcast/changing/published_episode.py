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
    from podcast.cache.probes import AudioProbe


class PublishedEpisode(NamedTuple):
    """A published episode in its show."""

    show: Path
    facts: ShowFacts
    known: list[Episode]  # every episode of the show
    episode: Episode
    own: EpisodeFacts  # what its own file says, without the show's values
    text: str  # its episode.md, byte for byte
    folders: frozenset[str]  # of all episodes

    @property
    def folder(self) -> Path:
        """The folder of the episode."""
        return self.show / self.episode.folder

    @property
    def path(self) -> str:
        """The path of its `episode.md` in messages."""
        return f"{self.episode.folder}/episode.md"

    @property
    def released(self) -> bool:
        """Whether a release had it, so that there may be subscribers who have it."""
        return lockfile.read(self.show).was_released(self.episode.guid)

    @property
    def zone(self) -> ZoneInfo:
        """The show's time zone."""
        return ZoneInfo(self.facts.timezone)


def find_published(show: Path | None, name: str, now: datetime) -> PublishedEpisode:
    """Find a published episode by what the lead typed.

    Raises SourceError if it cannot be read, EarmarkError if there is none or it is scheduled.
    """
    show = real_path(show or find_episode.show_of(name))
    source = read_source.read_source(show)
    clock_guard.refuse(now, show)
    written = find_episode.find_written(source, name)
    episode, path = source.complete_episode(written), written.path
    if not episode.guid:
        raise EarmarkError(f"{path} has no guid; run `earmark check --fix` first")
    if episode.facts.withdrawn:
        raise EarmarkError(f"{path} was withdrawn: there is nothing left to change")
    if episode.published > now:
        raise EarmarkError(f"{path} is not published yet, so nobody has it: just edit the file")
    text = text_files.read_exactly(show, path)
    folders, known = frozenset(source.names), source.episodes
    return PublishedEpisode(show, source.facts, known, episode, written.facts, text, folders)


def probe_recording(path: Path) -> AudioProbe:
    """Return what the header of a recording says. Raises EarmarkError if it is not a recording."""
    if not path.name.lower().endswith(formats.RECORDINGS):
        raise EarmarkError(file_choice.why_no_recording(path.name))
    return probes.probe_audio(real_path(path.parent), path.name, None)


def check_readable(path: str, text: str) -> None:
    """Raise SourceError if a text that is about to be written could not be read again."""
    parts = read.split_file(text, path)
    if parts.findings:
        raise SourceError(*parts.findings)
    read.parse_facts(EpisodeFacts, parts, path)


def refuse_if_changed(show: Path, path: str, text: str) -> None:
    """Raise EarmarkError if a file changed before the lead answered."""
    if text_files.read_exactly(show, path) != text:
        raise EarmarkError(
            f"{path} changed before you answered; nothing was changed: run the command again"
        )


def remote_url(own: EpisodeFacts) -> str:
    """Return the URL of a recording on another server; "" if it is in the episode's folder."""
    return own.audio_at.url if own.audio_at else ""


def free_name(folder: Path, name: str) -> str:
    """Return a name that is free in a folder: the file's own, or that with a number."""
    stem, dot, ending = name.rpartition(".")
    number, free = 1, name
    while (folder / free).exists():
        number += 1
        free = f"{stem}-{number}{dot}{ending}"
    return free


@contextlib.contextmanager
def all_or_nothing() -> Iterator[FileChanges]:
    """Change files in a block; if anything in it fails, restore them all."""
    change = FileChanges()
    try:
        yield change
    except BaseException:
        change.undo()
        raise


class FileChanges:
    """Files that are changed or added, with their contents before."""

    def __init__(self) -> None:
        self._before: list[tuple[Path, bytes | None]] = []

    def keep(self, path: Path) -> None:
        """Remember a file as it is, or that there is none."""
        self._before.append((path, path.read_bytes() if path.is_file() else None))

    def write(self, path: Path, text: str | bytes) -> None:
        """Write a file; make its folder if necessary."""
        self.keep(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write(path, text if isinstance(text, bytes) else text.encode())

    def copy(self, source: Path, target: Path) -> None:
        """Copy a file to a free name."""
        self._before.append((target, None))
        with atomic_files.beside(target) as part:
            shutil.copyfile(source, part)
            part.replace(target)

    def undo(self) -> None:
        """Restore everything, the last change first."""
        for path, before in reversed(self._before):
            with contextlib.suppress(OSError):
                if before is None:
                    path.unlink(missing_ok=True)
                else:
                    atomic_files.write(path, before)
