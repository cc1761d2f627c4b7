"""Packs an episode into one zip to use offline: recording, page, transcript, chapters.

A zip whose `index.html` opens from a USB stick in any browser. The same episode gives the same
bytes: nothing is compressed, since versions of zlib differ, and dates are the episode's own.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.model import link_versions
from episodes.show_folder.real_paths import real_path
from episodes.show_folder.scan import scan
from feed import pages
from podcast import atomic_files
from podcast.building import pipeline, read, render
from podcast.building.artwork import Gallery
from podcast.cache.build_cache import BuildCache
from podcast.cache.store import CacheFolder
from podcast.show_folder import find_episode, show_lock
from podcast.terminal.progress import Display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.model import Art, Episode, Show

ONLINE = {"feed.css", "index.js", "share-card.png"}  # files that a page offline does not use
OLDEST = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip entry


def pack(episode_name: str, folder: Path | None, to: Path | None) -> Iterator[str]:
    """Write the zip of one episode and print its path; build the show first if needed.

    Raises SourceError if the show cannot be built, EarmarkError if there is no such episode or
    it is not published yet.
    """
    folder = real_path(folder or find_episode.show_of(episode_name))
    with show_lock.hold(folder, "offline"):  # nothing may change while it is packed
        yield _pack(episode_name, folder, to)


def _pack(episode_name: str, folder: Path, to: Path | None) -> str:
    built = pipeline.build(folder, report=Display())
    show = _read(folder, built.out)
    every = (*show.episodes, *show.withdrawn)
    name = find_episode.find_folder(folder, episode_name, [each.folder for each in every], every)
    episode = next(each for each in every if each.folder == name)
    if episode.facts.withdrawn:
        raise EarmarkError(f"{name} was withdrawn, so it cannot be packed")
    if episode.media and episode.media.is_remote:
        raise EarmarkError(f"{name} has its recording on another server, so it cannot be packed")
    if episode.media is None:
        when = f"{episode.published:%Y-%m-%d %H:%M}"
        raise EarmarkError(f"{name} is scheduled for {when} UTC, so it cannot be packed yet")
    out = link_versions(
        each for each in show.episodes if each.media
    )  # no links to scheduled episodes
    episode = next(each for each in out if each.folder == name)
    target = to or Path(f"{episode.slug}.zip")
    _write(target, _contents(folder, built.out, show, episode), _date(episode))
    return f"{target}: {target.stat().st_size / 1e6:.1f} MB; unpack it and open {site_layout.INDEX}"


def _read(folder: Path, out: Path) -> Show:
    """Return the show as its last build left it, scheduled episodes included."""
    store, tree = CacheFolder(folder), scan(folder)
    memory = BuildCache(store, out, verify=False)
    gallery = Gallery(folder, store, verify=False)
    show = read.read_show(folder, tree, memory, gallery).show
    built = memory.episodes_as_built(
        tree
    )  # an episode behind a link was read again, and has no built files
    every = (built.get(each.folder, each) for each in (*show.episodes, *show.withdrawn))
    return show.model_copy(update=read.split_withdrawn(every))


def _contents(
    folder: Path, out: Path, show: Show, episode: Episode
) -> Iterator[tuple[str, bytes | Path]]:
    """Yield the name and content of each file; names are those of the built folder."""
    transcript = render.transcript_of(folder, episode)
    yield (
        site_layout.INDEX,
        pages.episode(show.without_episodes, episode, transcript, None, None, offline=True),
    )
    for name, data in sorted(pages.static().items()):
        if name not in ONLINE:
            yield site_layout.static_name(name), data
    for name in dict.fromkeys(_media(episode, episode.art or show.art)):
        yield name, out / name


def _media(episode: Episode, art: Art | None) -> Iterator[str]:
    """Yield the built files that the page needs; not the small file for slow connections."""
    media = episode.media
    left = {episode.page, *((media.small.file,) if media and media.small else ())}
    left |= {episode.art.file} if episode.art else set()
    yield from (name for name in episode.built_files if name not in left)
    if art:
        yield art.small


def _date(episode: Episode) -> tuple[int, int, int, int, int, int]:
    when = episode.published
    return max(OLDEST, (when.year, when.month, when.day, when.hour, when.minute, 0))


def _write(
    target: Path,
    contents: Iterator[tuple[str, bytes | Path]],
    date: tuple[int, int, int, int, int, int],
) -> None:
    with atomic_files.beside(target) as part:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as packed:
            for name, data in contents:
                info = zipfile.ZipInfo(name, date)
                info.create_system, info.external_attr = 3, 0o100644 << 16
                with packed.open(info, "w") as inside:
                    if isinstance(data, bytes):
                        inside.write(data)
                    else:
                        with data.open("rb") as file:
                            shutil.copyfileobj(file, inside)
        part.replace(target)
