"""Writes each episode's page, transcript and chapters if they changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes import site_layout
from episodes.chapters import write as chapters
from episodes.model import Episode, Show
from episodes.show_folder import read
from episodes.transcripts import read as transcripts
from episodes.transcripts import same_words, write
from feed import pages, transcript_page
from podcast import atomic_files

if TYPE_CHECKING:
    from pathlib import Path


class Page(NamedTuple):
    """One episode to render; `show` has no episodes in it, so it is small to pass to a process."""

    folder: Path
    out: Path
    show: Show
    episode: Episode
    before: pages.Neighbour | None
    after: pages.Neighbour | None


class Rendered(NamedTuple):
    """The episode with the names of its files, and how many of them were written."""

    episode: Episode
    written: int


def render(work: list[Page]) -> list[Rendered]:
    """Render each episode's files."""
    return [_render(page) for page in work]


def _render(page: Page) -> Rendered:
    episode = page.episode
    transcript = transcript_of(page.folder, episode)
    files: dict[str, bytes] = {}
    update: dict[str, Any] = {}
    facts = episode.facts
    if transcript.cues:
        texts = write.render(transcript)
        texts["html"] = transcript_page.render(page.show, episode, transcript)
        same_words.prove_page(transcript, texts["html"].decode(), "HTML")
        update["transcripts"] = tuple(
            _named(files, site_layout.TRANSCRIPTS, episode.slug, ending, data)
            for ending, data in texts.items()
        )
    if facts.chapters:
        pictures = {name: page.show.address + art.file for name, art in episode.pictures.items()}
        data = chapters.render_json(facts.chapters, facts.title, pictures)
        update["chapters"] = _named(files, site_layout.CHAPTERS, episode.slug, "json", data)
    episode = episode.model_copy(update=update)
    html = pages.episode(page.show, episode, transcript, page.before, page.after)
    if transcript.cues:
        begins = 'id="transcript"'
        same_words.prove_page(transcript, html.decode(), "a part of the episode's page", begins)
    files[episode.page] = html
    written = sum(atomic_files.write_changed(page.out / name, data) for name, data in files.items())
    return Rendered(episode, written)


def transcript_of(folder: Path, episode: Episode) -> transcripts.Transcript:
    """Return an episode's transcript, an empty one if there is none."""
    transcript = None
    if episode.transcript_source:
        transcript = read.read_transcript(folder, episode.transcript_source, [])
    return transcript or transcripts.Transcript()


def _named(files: dict[str, bytes], folder: str, slug: str, ending: str, data: bytes) -> str:
    """Name a file after its bytes: new bytes never replace a file that an old feed names."""
    name = site_layout.text_name(folder, slug, hashlib.sha256(data).hexdigest(), ending)
    files[name] = data
    return name
