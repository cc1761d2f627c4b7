"""Writes the same show as a hugo site: equal pages, transcripts, chapters and feed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shows

from episodes.text.timecodes import format_full
from episodes.transcripts import read, write

if TYPE_CHECKING:
    from shows import Talk

LAYOUTS = Path(__file__).parent / "hugo" / "layouts"
TRIED = "2026-10-01"
SUPPORT: list[dict[str, str]] = [
    {
        "name": "Samaritans",
        "phone": "116 123",
        "link": "https://www.samaritans.org",
        "hours": "At any time, day or night",
        "note": "Free, for anyone, about anything that is troubling you.",
    },
    {
        "name": "Shout",
        "text": "SHOUT to 85258",
        "link": "https://giveusashout.org",
        "hours": "At any time, day or night",
    },
    {
        "name": "NHS 111",
        "phone": "111",
        "link": "https://111.nhs.uk",
        "note": "In England, choose option 2 for urgent help with mental health.",
    },
]
SETTINGS: dict[str, Any] = {
    "baseURL": shows.ADDRESS,
    "title": "Starting the conversation",
    "disableKinds": ["taxonomy", "term", "section", "sitemap", "robotsTXT", "404"],
    "outputs": {"home": ["HTML", "RSS"]},
    "relativeURLs": False,
    "markup": {"highlight": {"noClasses": True}},
    "params": {
        "guid": shows.GUID,
        "language": "en-gb",
        "author": "Example training team",
        "feedback": "training@example.org",
        "summary": "Short sessions for people who are not specialists: finding the first words, "
        "listening, and agreeing what happens next.",
        "copyright": "© 2026 Example training team",
        "licence": "CC-BY-4.0",
        "licence_link": "https://creativecommons.org/licenses/by/4.0/",
        "cover": "art/cover.jpg",
        "small": "art/small.jpg",
        "alt": "Two rounded forms meet where both are lightest.",
        "people": [
            {"credit": "Example team", "role": "author", "brings": "research"},
            {"credit": "Example panel", "role": "host", "brings": "lived experience"},
        ],
        "support": [{**source, "checked_on": TRIED} for source in SUPPORT],
    },
}


def make(folder: Path, count: int) -> Path:
    """Make the site of a show with a number of episodes."""
    folder.mkdir(parents=True)
    shutil.copytree(LAYOUTS, folder / "layouts")
    for package in ("episodes", "feed"):
        served = shows.ROOT / package / "static"
        shutil.copytree(served, folder / "static" / "static", dirs_exist_ok=True)
    (folder / "static" / "art").mkdir()
    for name in ("cover.jpg", "small.jpg"):
        shutil.copy(shows.COVER, folder / "static" / "art" / name)
    (folder / "config.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    (folder / "content").mkdir()
    about = "A course for anyone who may be the person in the room. It does not replace guidance."
    (folder / "content" / "_index.md").write_text(f"---\n---\n{about}\n", encoding="utf-8")
    for number in range(1, count + 1):
        _add(folder / "content" / "episodes", shows.talk(number))
    return folder


def _add(folder: Path, talk: Talk) -> None:
    own = folder / talk.name
    own.mkdir(parents=True)
    (own / "index.md").write_text(source(talk), encoding="utf-8")
    (own / "transcript.vtt").write_text(shows.vtt(talk), encoding="utf-8")
    said = read.parse_transcript(shows.vtt(talk), "transcript.vtt")[0]
    (own / "captions.srt").write_text(write.render_srt(said), encoding="utf-8")
    (own / "captions.json").write_text(write.render_json(said), encoding="utf-8")
    (own / "captions.html").write_text(_read_aloud(talk), encoding="utf-8")
    (own / "transcript.json").write_text(json.dumps(_paragraphs(talk)), encoding="utf-8")
    marks = [{"startTime": at, "title": title} for at, title in talk.chapters]
    document = {"version": "1.2.0", "title": talk.title, "chapters": marks}
    (own / "chapters.json").write_text(json.dumps(document, indent=1), encoding="utf-8")


def _read_aloud(talk: Talk) -> str:
    """Return the transcript as the separate page that apps show."""
    rows = [
        f"<p><cite>{each['speaker']}</cite> <time>{each['clock']}</time> "
        f"{' '.join(cue['text'] for cue in each['cues'])}</p>"
        for each in _paragraphs(talk)
    ]
    head = f'<!doctype html>\n<html lang="en-gb">\n<title>{talk.title}</title>\n'
    return head + "\n".join(rows) + "\n</html>\n"


def source(talk: Talk) -> str:
    """Return `index.md`, with values that hugo cannot find out."""
    own = [f"date: {talk.published:%Y-%m-%dT%H:%M:%SZ}", "_build: {publishResources: false}"]
    own += [f"media: media/{talk.name}-0123456789ab.mp3", "length: 4800000", "megabytes: 4.8"]
    own += [f"seconds: {shows.LENGTH}", f"minutes: {shows.LENGTH // 60}", "chapters:"]
    for at, title in talk.chapters:
        own += [
            f"  - at: {at}",
            f'    clock: "{shows.clock(at)}"',
            f'    stamp: "{format_full(at)}"',
        ]
        own += [f'    title: "{title}"']
    return "\n".join(["---", shows.matter(talk), *own, "---", talk.notes, ""])


def _paragraphs(talk: Talk) -> list[dict[str, Any]]:
    """Return the transcript joined into paragraphs, so that hugo need not do it."""
    cues = tuple(read.Cue(start, end, text, who) for start, end, who, text in talk.cues())
    return [
        {
            "speaker": paragraph.speaker,
            "at": paragraph.cues[0].start,
            "clock": shows.clock(paragraph.cues[0].start),
            "cues": [{"at": cue.start, "text": cue.text} for cue in paragraph.cues],
        }
        for paragraph in read.to_paragraphs(read.Transcript(cues))
    ]
