"""Finds the show and the episode that EPISODE on the command line means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError
from episodes.show_folder.real_paths import real_path
from podcast.show_folder import episode_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.model import Episode
    from episodes.show_folder.read import WrittenEpisode
    from podcast.show_folder.read_source import ShowSource


def show_of(typed: str) -> Path:
    """Return the show in which the path to an episode lies, else the current folder."""
    folder = _folder(typed)
    return folder.parent.parent if (folder / "episode.md").is_file() else Path()


def find_written(source: ShowSource, typed: str) -> WrittenEpisode:
    """Return the episode of a show that was typed.

    Raises EarmarkError if none fits, or more than one; SourceError if it cannot be read.
    """
    name = find_folder(source.folder, typed, source.names, source.episodes)
    return source.written_episode(name)


def find_folder(show: Path, typed: str, names: list[str], known: Iterable[Episode]) -> str:
    """Return the folder of the episode that was typed, one of `names`.

    Raises EarmarkError if none fits, or more than one.
    """
    path, root, every = _folder(typed), real_path(show), tuple(known)
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
    plain = Path(typed).as_posix()
    folders = [inside] if inside in names else episode_names.matches(plain, names, every)
    if not folders:
        raise EarmarkError(episode_names.explain_unknown(typed, names))
    if len(folders) > 1:
        raise EarmarkError(episode_names.explain_several(typed, folders, every))
    return folders[0]


def _folder(typed: str) -> Path:
    """Return the path that was typed, without the name of the file in the episode's folder."""
    path = real_path(Path(typed))
    return path.parent if path.name == "episode.md" else path
