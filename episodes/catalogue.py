"""The catalogue: a published show as `catalogue.json`, the one contract with the companion.

Facts and sanitised notes; nothing about consent or payment.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from episodes.model import Episode, Show

VERSION = 1


def render(show: Show) -> bytes:
    """Write the catalogue. Addresses of files are relative to the show's address."""
    facts = show.facts
    document = {
        "version": VERSION,
        "show": {
            "guid": facts.guid,
            "title": facts.title,
            "address": show.address,
            "feed": show.feed,
            "language": facts.language,
            "author": facts.author,
            "summary": facts.summary,
            "description": show.description,
            "medium": facts.medium,
            "type": facts.type,
            "feedback": facts.feedback,
            "seasons": {str(number): name for number, name in sorted(facts.seasons.items())},
            "support": [_given(source) for source in facts.support],
            "cover": show.art.file if show.art else None,
        },
    }
    head = json.dumps(document, ensure_ascii=False, indent=1).removesuffix("\n}")
    rows = (json.dumps(_episode(each), ensure_ascii=False) for each in show.episodes)
    listed = ",\n".join(rows)  # a line each: many times faster than `indent`, and easy to compare
    return f'{head},\n "episodes": [\n{listed}\n]}}\n'.encode()


def _given(value: Any) -> dict[str, Any]:
    facts: dict[str, Any] = value.model_dump(mode="json", exclude_none=True)
    return facts


def _episode(episode: Episode) -> dict[str, Any]:
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
        "chapters": [_given(chapter) for chapter in facts.chapters],
        "transcript": episode.transcript,
        "media": {
            "file": media.file,
            "length": media.length,
            "type": media.type,
            "seconds": media.seconds,
            "version": media.digest,
            "former": list(media.former),
        }
        if media
        else None,
    }
