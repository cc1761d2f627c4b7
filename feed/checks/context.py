"""Defines what checks read: a show as it will be published, with scheduled episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from episodes.model import Episode, Show


class Situation(NamedTuple):
    """A show to look at, and when; `seconds` are the known lengths of recordings, by slug."""

    show: Show
    seconds: dict[str, float]
    now: datetime


def path(episode: Episode) -> str:
    """Return the file in which an episode is written."""
    return f"{episode.folder}/episode.md"
