"""Renders the transcript alone, the page that apps open."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from markupsafe import Markup

from episodes.text.timecodes import format_seconds
from episodes.transcripts.sections import divide_transcript
from feed import pages, show_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.model import Episode, Show
    from episodes.transcripts.read import Transcript


@pages.in_language_of_show
def render(show: Show, episode: Episode, transcript: Transcript) -> bytes:
    """Return the transcript alone: who in `<cite>`, when in `<time>`, what in `<p>`.

    The podcast namespace describes it so. It links to the episode's page and has the sources of
    support. Its canonical link is relative (RFC 6596 allows that), so a move does not change it.
    """
    facts = episode.facts
    page = pages.templates().get_template("transcript.html")
    return page.render(
        show=show,
        episode=episode,
        root="../",
        spoken=facts.language or show.facts.language,
        note=_html(show_notes.content_note(facts.content_note)),
        rows=_html(_rows(episode, transcript)),
        support=_html(show_notes.support(episode.support)),
    ).encode()


def _html(lines: Iterator[str] | list[str]) -> Markup:
    return Markup("\n".join(lines))  # noqa: S704 - our own, escaped


def _rows(episode: Episode, transcript: Transcript) -> Iterator[str]:
    """Yield the lines of the transcript: thousands, so a template would be slow."""
    for chapter, paragraphs in divide_transcript(transcript, episode.facts.chapters):
        if chapter:
            yield f"<h2>{escape(chapter.title)}</h2>"
        for speaker, cues in paragraphs:
            if speaker:
                yield f"<cite>{escape(speaker)}:</cite>"
            if transcript.timed:
                yield _time(cues[0].start)
            yield f"<p>{escape(' '.join(cue.text for cue in cues))}</p>"


def _time(seconds: float) -> str:
    return f'<time datetime="PT{int(seconds)}S">{format_seconds(seconds)}</time>'
