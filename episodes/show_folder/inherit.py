"""Completes an episode with what it inherits from its show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from episodes.frontmatter.withdrawal import without_removed_facts
from episodes.model import Episode, remote_media

if TYPE_CHECKING:
    from episodes.frontmatter.schema import ShowFacts
    from episodes.show_folder.chapter_sources import ChapterList
    from episodes.show_folder.read import WrittenEpisode


def complete_episode(
    written: WrittenEpisode,
    show: ShowFacts,
    chapters: ChapterList | None = None,
) -> Episode:
    """Return an episode with what it inherits from its show, and with chapters of other files."""
    facts = written.facts
    if facts.withdrawn:
        return _withdrawn(written, show)
    own_licence = facts.licence is not None
    filled = facts.model_copy(
        update={
            "explicit": show.explicit if facts.explicit is None else facts.explicit,
            "language": facts.language or show.language,
            "licence": facts.licence or show.licence,
            "licence_link": facts.licence_link if own_licence else show.licence_link,
            "support": show.support if facts.support is None else facts.support,
            "contributors": (
                show.contributors if facts.contributors is None else facts.contributors
            ),
            "recordings": facts.recordings or show.recordings,
            "chapters": chapters.chapters if chapters else facts.chapters,
        }
    )
    return Episode(
        slug=written.slug,
        folder=written.folder,
        facts=filled,
        published=utc_moment(facts.date, show.timezone),
        notes=written.html,
        recording=written.recording or "",
        media=None if written.recording else remote_media(facts.audio_at),
        transcript_source=written.transcript,
        picture_source=written.picture,
        chapters_source=chapters.path if chapters else "",
        chapters_lines=chapters.lines if chapters else (),
    )


def _withdrawn(written: WrittenEpisode, show: ShowFacts) -> Episode:
    """Return what remains of a withdrawn episode: its name, and sources of support."""
    facts = written.facts
    own = {
        "language": facts.language or show.language,
        "support": show.support if facts.support is None else facts.support,
    }
    return Episode(
        slug=written.slug,
        folder=written.folder,
        facts=without_removed_facts(facts).model_copy(update=own),
        published=utc_moment(facts.date, show.timezone),
        notes="",
        recording="",
    )


def utc_moment(when: datetime, zone: str) -> datetime:
    """Return a date of the front matter in UTC; one without a zone is in the show's."""
    return (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
