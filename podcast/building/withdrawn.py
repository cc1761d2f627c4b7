"""Deletes cached audio and pictures of withdrawn episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes import former_names, site_layout
from podcast.cache import encoded_audio
from podcast.show_folder import lockfile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from episodes.former_names import EpisodeFiles
    from episodes.lockfile import Lock
    from episodes.model import Episode, Show
    from podcast.building.artwork import Gallery
    from podcast.building.context import BuildContext
    from podcast.building.read import ReadShow
    from podcast.cache.build_cache import BuildCache


def forget(context: BuildContext, read: ReadShow, cache: BuildCache, gallery: Gallery) -> None:
    """Delete cached audio and pictures of withdrawn episodes.

    The lock file keeps their entries, so a restored episode is the same one at the same URL.
    """
    if not read.show.withdrawn:
        return
    entries = lockfile.read(context.folder).episodes
    gone = [entries[each.guid] for each in read.show.withdrawn if each.guid in entries]
    folders = {each.folder for each in read.show.withdrawn}
    encoded_audio.forget(context.store.directory("audio"), gone)
    cache.forget_recordings(folders)
    gallery.forget(folders)


def were_out(show: Show, locked: Lock) -> list[Episode]:
    """Return the withdrawn episodes that were published, or could have been."""
    zone = show.facts.timezone
    return [each for each in show.withdrawn if locked.was_out(each.guid) or each.was_out(zone)]


def look_for(read: ReadShow, locked: Lock) -> list[EpisodeFiles]:
    """Return the withdrawn episodes that may have left files somewhere."""
    withdrawn = were_out(read.show, locked)
    others = [entry for guid, entry in locked.episodes.items()
              if guid not in {each.guid for each in withdrawn}]  # fmt: skip
    theirs = (
        [name for entry in others for name in former_names.recording_names(entry)]
        if withdrawn
        else []
    )
    return [_traces(each, locked, theirs) for each in withdrawn]


def left_in(out: Path, withdrawn: Iterable[EpisodeFiles]) -> set[str]:
    """Return the files of withdrawn episodes that earlier builds left in the built folder."""
    withdrawn = list(withdrawn)
    if not withdrawn:
        return set()
    files = (path for name in site_layout.KINDS for path in (out / name).iterdir())
    return set(
        former_names.files_of((path.relative_to(out).as_posix() for path in files), withdrawn)
    )


def _traces(episode: Episode, locked: Lock, theirs: list[str]) -> EpisodeFiles:
    slugs = former_names.slugs_of(episode.guid, episode.slug, locked)
    mine = former_names.EpisodeFiles(episode.guid, episode.facts.title, slugs)
    return mine._replace(spared=tuple(former_names.files_of(theirs, [mine])))
