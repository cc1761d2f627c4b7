"""Caches what the last build read of each episode, so that the next does only what changed."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from episodes import site_layout
from podcast.cache.build_record import read_record, write_record
from podcast.cache.episode_rows import EpisodeRows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from episodes.findings import Finding
    from episodes.model import Episode, Show
    from episodes.show_folder.scan import Signature
    from feed.checks.directories import EpisodeFindings
    from podcast.cache.build_record import BuildRecord, Neighbours
    from podcast.cache.store import CacheFolder, Stat

RECORDINGS, UNFINISHED = "audio.json", "unfinished.json"
AUDIO_VERSION = "2"  # of what is cached of recordings: it outlives new versions of the program
OLD_RECORD = "seen.json"  # the build record of versions before 27 November 2026


def show_key(show: Show) -> str:
    """Return a digest of everything that an episode takes from its show."""
    return hashlib.sha256(show.without_episodes.model_dump_json().encode()).hexdigest()


class BuildCache:
    """The cached build record, episodes and recordings of a show."""

    def __init__(self, folder: CacheFolder, out: Path, *, verify: bool) -> None:
        self._folder = folder
        record = None if verify else read_record(folder)
        folder.release()
        self._record = record if record and record.out == str(out) else None
        self.rows = EpisodeRows(folder)
        rows = {} if verify else folder.load(RECORDINGS, AUDIO_VERSION).get("recordings")
        self.recordings: dict[str, Any] = rows if isinstance(rows, dict) else {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any episode."""
        return self._record is None

    def unchanged_episodes(
        self, tree: dict[str, Signature], key: str, recordings: set[str]
    ) -> dict[str, Episode]:
        """Return the episodes, by folder, whose files, show and recording have not changed."""
        if self._record is None or self._record.key != key:
            return {}
        return {
            name: episode
            for name, episode in self.episodes_as_built(tree).items()
            if episode.recording in recordings or not episode.recording
            if not _is_behind_link(self._folder.path.parent, episode)
        }

    def episodes_as_built(self, tree: dict[str, Signature]) -> dict[str, Episode]:
        """Return the episodes, by folder, as the last build left them, if their files are the same.

        What an episode takes from its show, and where links lead, may have changed since: only a
        build that has just ended makes sure of both.
        """
        if self._record is None:
            return {}
        then = self._record.tree
        return {
            name: episode
            for name, episode in self.rows.load(self._record.digest).items()
            if name in tree and tree[name] == then.get(name)
        }

    def findings_in(self, folder: str) -> list[Finding]:
        """Return the findings in a folder that did not change."""
        return list(self._record.findings.get(folder, [])) if self._record else []

    def output_stat(self, name: str) -> Stat | None:
        """Return (size, mtime) of a built file when the last build ended."""
        return self._record.outputs.get(name) if self._record else None

    def outputs(self) -> set[str]:
        """Return the names of all files of the last build."""
        return set(self._record.outputs) if self._record else set()

    def neighbours_of(self, folder: str) -> Neighbours | None:
        """Return the episodes that an episode's page links to."""
        return self._record.neighbours.get(folder) if self._record else None

    def unfinished(self) -> set[str]:
        """Return the names of recordings made by builds that failed or were interrupted later."""
        names = self._folder.load(UNFINISHED, AUDIO_VERSION).get("files", [])
        published = filter(site_layout.is_published_name, names if isinstance(names, list) else ())
        return {name for name in published if name.startswith(site_layout.MEDIA)}

    def save_unfinished(self, names: set[str]) -> None:
        """Save the names of recordings that no feed contains yet; `save` deletes the list."""
        names = names | self.unfinished() if names else names
        if names:
            self._folder.save(UNFINISHED, {"files": sorted(names)}, AUDIO_VERSION)

    def save_recordings(self, rows: dict[str, Any]) -> None:
        """Save what is known of the recordings, also after an interrupted build."""
        self._folder.save(RECORDINGS, {"recordings": rows}, AUDIO_VERSION)

    def forget_recordings(self, folders: set[str]) -> None:
        """Forget the recordings in these folders."""
        rows = {path: row for path, row in self.recordings.items()
                if path.rpartition("/")[0] not in folders}  # fmt: skip
        if len(rows) < len(self.recordings):
            self.recordings = rows
            self.save_recordings(rows)

    def save(
        self,
        episodes: Iterable[Episode],
        findings: dict[str, EpisodeFindings],
        record: BuildRecord,
    ) -> None:
        """Save a finished build; the record gets the digest of the rows."""
        digest = self.rows.save(episodes, findings)
        for name in (UNFINISHED, OLD_RECORD):
            (self._folder.path / name).unlink(missing_ok=True)
        write_record(self._folder, record.model_copy(update={"digest": digest}))


def _is_behind_link(show: Path, episode: Episode) -> bool:
    """Return whether an episode's folder or a file of it is a link: its target may have changed."""
    files = (
        episode.recording,
        episode.transcript_source,
        episode.picture_source,
        episode.chapters_source,
    )
    paths = (f"{show}/{each}" for each in ("episodes", episode.folder, *files) if each)
    return any(map(os.path.islink, paths))
