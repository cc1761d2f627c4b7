"""Writes a show as `catalogue.json`, which `catalogue.py` reads; pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from episodes import former_names, lockfile

if TYPE_CHECKING:
    from episodes.frontmatter.chapter import Chapter
    from episodes.model import Episode, Media, Show

VERSION = 1
BETWEEN = b",\n"  # two episodes


def render(show: Show, known: lockfile.Lock = lockfile.EMPTY) -> bytes:
    """Return the catalogue as JSON. File names are relative to the show's URL.

    `known` has the former recordings of episodes, withdrawn ones too: listening records refer to
    them, and apps still send their URLs.
    """
    rows = BETWEEN.join(item(each, known) for each in show.episodes)
    return head(show) + rows + tail(show, known)


def head(show: Show) -> bytes:
    """Return everything before the first episode."""
    facts = show.facts
    document = {
        "version": VERSION,
        "show": {
            "guid": facts.guid,
            "title": facts.title,
            "address": show.address,
            "feed": show.feed,
            **({"former": facts.former_addresses} if facts.former_addresses else {}),
            "language": facts.language,
            "author": facts.author,
            "summary": facts.summary,
            "description": show.description,
            "medium": facts.medium,
            "type": facts.type,
            "feedback": facts.feedback,
            "seasons": {str(number): name for number, name in sorted(facts.seasons.items())},
            "support": [_given(source) for source in facts.support],
            "unlisted": facts.unlisted,
            "cover": show.art.file if show.art else None,
        },
    }
    text = json.dumps(document, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{text},\n "episodes": [\n'.encode()


def item(episode: Episode, known: lockfile.Lock) -> bytes:
    """Return an episode on a line of its own: many times faster than `indent`, easy to compare.

    It depends on nothing but the episode and what `known` has left of it.
    """
    return json.dumps(_episode(episode, known), ensure_ascii=False).encode()


def tail(show: Show, known: lockfile.Lock) -> bytes:
    """Return everything after the last episode."""
    rows = (_withdrawn(each, known.episodes.get(each.guid)) for each in show.withdrawn)
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in rows)
    withdrawn = f',\n "withdrawn": [\n{lines}\n]' if lines else ""
    return f"\n]{withdrawn}}}\n".encode()


def _withdrawn(episode: Episode, entry: lockfile.LockedEpisode | None) -> dict[str, Any]:
    """Return a few keys only, in a list of their own, which older companions ignore.

    Without the URL of a recording on another server: it may still play there.
    """
    facts = episode.facts
    media = entry and {
        "seconds": entry.seconds,
        "version": entry.audio,
        "former": former_names.recording_names(entry),
    }
    return {
        "guid": episode.guid,
        "title": facts.title,
        "page": episode.page,
        "published": episode.published.isoformat(),
        "withdrawn": _given(facts.withdrawn),
        "replaced_by": episode.newer and episode.newer.guid,
        "support": [_given(source) for source in episode.support],
        "prompts": list(facts.prompts),
        "media": media,
    }


def _given(value: Any) -> dict[str, Any]:
    facts: dict[str, Any] = value.model_dump(mode="json", exclude_none=True)
    return facts


def _part(chapter: Chapter) -> dict[str, Any]:
    picture = {"picture", "picture_alt"}  # files of the source
    facts: dict[str, Any] = chapter.model_dump(mode="json", exclude_none=True, exclude=picture)
    return facts


def _former(episode: Episode, media: Media, known: lockfile.Lock) -> list[str]:
    """Return every other name that a recording had, URLs on other servers first."""
    there = known.left(episode.guid).addresses
    return [name for name in (*there, *media.former) if name != media.file]


def _episode(episode: Episode, known: lockfile.Lock) -> dict[str, Any]:
    facts, media = episode.facts, episode.media
    return {
        "guid": episode.guid,
        "title": facts.title,
        "slug": episode.slug,
        "page": episode.page,
        "published": episode.published.isoformat(),
        "season": facts.season,
        "number": facts.number,
        "type": facts.type,
        "language": facts.language,
        "summary": facts.summary,
        "notes": episode.notes,
        "content_note": _given(facts.content_note) if facts.content_note else None,
        "support": [_given(source) for source in episode.support],
        "prompts": list(facts.prompts),
        "outcomes": list(facts.outcomes),
        "answers": list(facts.answers),
        "chapters": [_part(chapter) for chapter in facts.chapters],
        "transcript": episode.transcript,
        "media": {
            "file": media.file,
            "length": media.length,
            "type": media.type,
            "seconds": media.seconds,
            "version": media.digest,
            "former": _former(episode, media, known),
            **({"small": media.small.model_dump()} if media.small else {}),
        }
        if media
        else None,
        **_changes(episode),
    }


def _changes(episode: Episode) -> dict[str, Any]:
    """Return the keys about changes since publishing; most episodes have none."""
    changes = {
        "corrections": [_given(each) for each in episode.facts.corrections],
        "replaces": episode.older and episode.older.guid,
        "replaced_by": episode.newer and episode.newer.guid,
    }
    return {key: value for key, value in changes.items() if value}
