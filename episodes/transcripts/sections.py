"""Divides a transcript into sections: the paragraphs of each chapter."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from episodes.chapters.write import sort_chapters
from episodes.transcripts.read import Paragraph, to_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from episodes.frontmatter.chapter import Chapter
    from episodes.transcripts.read import Cue, Transcript

EARLY = 0.5  # seconds that a cue may begin before the chapter that it belongs to


class Section(NamedTuple):
    """The paragraphs of a chapter; those before the first chapter have none."""

    chapter: Chapter | None
    paragraphs: tuple[Paragraph, ...]


def divide_transcript(transcript: Transcript, chapters: Sequence[Chapter]) -> list[Section]:
    """Return the sections of a transcript; a paragraph ends where a chapter begins."""
    paragraphs = to_paragraphs(transcript)
    if not (transcript.timed and chapters):
        return [Section(None, tuple(paragraphs))] if paragraphs else []
    ordered = sort_chapters(chapters)
    parts = groupby(_parts(paragraphs, [each.start for each in ordered]), key=lambda part: part[0])
    return [
        Section(ordered[number - 1] if number else None, tuple(each for _, each in group))
        for number, group in parts
    ]


def _parts(paragraphs: list[Paragraph], starts: list[float]) -> Iterator[tuple[int, Paragraph]]:
    """Yield (chapters begun, paragraph); cues may overlap, and a chapter comes only once."""
    begun = 0
    for speaker, cues in paragraphs:
        numbered: list[tuple[int, Cue]] = []
        for cue in cues:
            begun = max(begun, bisect_right(starts, cue.start + EARLY))
            numbered.append((begun, cue))
        for number, group in groupby(numbered, key=lambda each: each[0]):
            yield number, Paragraph(speaker, tuple(cue for _, cue in group))
