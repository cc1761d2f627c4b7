"""Reads the Markdown files of a show folder, and finds the files that belong to each."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from episodes.audio.formats import RECORDINGS
from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.frontmatter import read
from episodes.frontmatter.read import MarkdownParts
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.frontmatter.value_types import Facts
from episodes.rules import finding
from episodes.show_folder import file_choice, text_files
from episodes.show_folder.file_choice import CHAPTERS, PICTURES, TRANSCRIPTS
from episodes.show_folder.scan import signature
from episodes.text import harmful_language
from episodes.transcripts import read as transcripts

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

F = TypeVar("F", bound=Facts)


class WrittenShow(NamedTuple):
    """The content of `show.md`, and the path of the cover relative to the show folder."""

    facts: ShowFacts
    html: str
    picture: str | None


class WrittenEpisode(NamedTuple):
    """The content of an `episode.md`, and the files that belong to it.

    Paths are relative to the show folder, with forward slashes.
    """

    folder: str
    slug: str
    facts: EpisodeFacts
    html: str
    recording: str | None = None
    transcript: str | None = None
    picture: str | None = None
    chapters: str | None = None

    @property
    def path(self) -> str:
        """The path of the Markdown file."""
        return f"{self.folder}/episode.md"


def read_show(folder: Path, findings: list[Finding], *, notes: bool = True) -> WrittenShow | None:
    """Read `show.md`; None if something is wrong, which is added to `findings`.

    Without `notes` its Markdown is not rendered, for checks that do not need it.
    """
    parts = _parts(folder, "show.md", findings)
    facts = _facts(ShowFacts, "show.md", parts, findings)
    if not parts or not facts:
        return None
    html = _rendered(parts.body) if notes else ""
    names = [row[0] for row in signature(folder)]
    covers = [name for name in names if name.lower().startswith("cover.")]
    choice = file_choice.Choice(folder, "", "show.md", covers)
    picture = file_choice.pick_file(choice, "cover", facts.cover, PICTURES, findings)
    return WrittenShow(facts, html, picture)


def read_episode(folder: Path, name: str, findings: list[Finding]) -> WrittenEpisode | None:
    """Read an episode's folder (`episodes/NAME`), as `read_show` reads the show's."""
    return read_episodes(folder, [(name, findings)])[0]


def read_episodes(
    folder: Path, folders: list[tuple[str, list[Finding]]], *, notes: bool = True
) -> list[WrittenEpisode | None]:
    """Read the folders of several episodes, each given with its list of findings.

    Reads all text first, then all front matter, which takes a quarter less time.
    """
    opened = [_open(folder, *each) for each in folders]
    parsed = [
        _facts(EpisodeFacts, f"{name}/episode.md", parts, findings)
        for (name, findings), parts in zip(folders, opened, strict=True)
    ]
    return [
        _written(folder, *each, facts, _rendered(parts.body) if notes else "")
        if parts and facts
        else None
        for each, parts, facts in zip(folders, opened, parsed, strict=True)
    ]


def _open(folder: Path, name: str, findings: list[Finding]) -> MarkdownParts | None:
    if file_choice.printable(name) != name:
        findings.append(
            finding(
                "file-name", file_choice.printable(name), "", f"has a name {file_choice.UNREADABLE}"
            )
        )
        return None
    if not all(
        file_choice.is_inside(folder, each) for each in (folder / name, folder / "episodes")
    ):
        findings.append(finding("file-outside", name, "", "is outside the show folder"))
        return None
    return _parts(folder, f"{name}/episode.md", findings)


def _written(
    folder: Path, name: str, findings: list[Finding], facts: EpisodeFacts, html: str
) -> WrittenEpisode:
    path = f"{name}/episode.md"
    names = [row[0] for row in signature(folder / name)]
    choice = file_choice.Choice(folder, name, path, names)

    def pick(key: str, named: str | None, endings: tuple[str, ...]) -> str | None:
        return file_choice.pick_file(choice, key, named, endings, findings)

    slug = facts.slug or slugify(name.rpartition("/")[2])
    if not slug:
        findings.append(
            finding("slug-missing", path, "slug", "cannot be made from the folder's name")
        )
    if facts.withdrawn:  # its other files may have been deleted
        return WrittenEpisode(name, slug, facts, "")
    recording = pick("audio", facts.audio, RECORDINGS)
    if (
        recording is None
        and not facts.audio_at
        and not any(f.key == "audio" and f.path == path for f in findings)
    ):
        findings.append(finding("audio-missing", path, "audio", "there is no recording"))
    transcript = pick("transcript", facts.transcript, TRANSCRIPTS)
    picture = pick("picture", facts.picture, PICTURES)
    named = facts.chapters_file
    listed = "chapters" in facts.model_fields_set and not named
    endings = (*CHAPTERS, *RECORDINGS) if named else CHAPTERS
    chapters = None if listed else pick("chapters", named, endings)
    return WrittenEpisode(name, slug, facts, html, recording, transcript, picture, chapters)


def read_transcript(
    folder: Path, path: str, findings: list[Finding]
) -> transcripts.Transcript | None:
    """Read a transcript; faults are added to `findings`."""
    try:
        if path.lower().endswith(".docx"):
            from episodes.transcripts import docx  # only if needed: it is slow to load

            transcript, wrong = docx.read(folder / path, path)
        else:
            transcript, wrong = transcripts.parse_transcript(
                text_files.read_text(folder, path), path
            )
    except SourceError as error:
        findings.extend(error.findings)
        return None
    findings.extend(wrong)
    return transcript


def _parts(folder: Path, path: str, findings: list[Finding]) -> MarkdownParts | None:
    try:
        text = _read_inside(folder, path)
        parts = read.split_file(text, path)
    except SourceError as error:
        findings.extend(error.findings)
        return None
    findings.extend(parts.findings)
    findings.extend(harmful_language.lint(text, path))
    return parts


def _facts(
    kind: type[F], path: str, parts: MarkdownParts | None, findings: list[Finding]
) -> F | None:
    try:
        return read.parse_facts(kind, parts, path) if parts else None
    except SourceError as error:
        findings.extend(error.findings)
        return None


def _rendered(body: str) -> str:
    from episodes.text.markdown import render  # slow to load

    return render(body)


def _read_inside(folder: Path, path: str) -> str:
    if not file_choice.is_inside(folder, folder / path):
        raise SourceError(finding("file-outside", path, "", file_choice.OUTSIDE))
    return text_files.read_text(folder, path)


def slugify(name: str) -> str:
    """Return a name for URLs: lower-case letters, digits and hyphens; "" if none are left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


def locate_findings(
    folder: Path, findings: list[Finding], placed: Collection[Finding] = ()
) -> list[Finding]:
    """Add lines to the findings that have a key and no line, and are not `placed` already."""
    lost: dict[str, list[Finding]] = {}
    for each in findings:
        if each.key and not each.line and each.path.endswith(".md") and each not in placed:
            lost.setdefault(each.path, []).append(each)
    lines = {
        each: each._replace(line=line)
        for path, inside in lost.items()
        for each, line in zip(
            inside, lines_of_keys(folder, path, [f.key for f in inside]), strict=True
        )
    }
    return [lines.get(finding, finding) for finding in findings]


def lines_of_keys(folder: Path, path: str, keys: list[str]) -> list[int]:
    """Return the line of each key in a file; 0 if it cannot be read."""
    try:
        parts = read.split_file(text_files.read_text(folder, path), path)
    except SourceError:
        return [0] * len(keys)
    return read.lines_of(parts.matter, [_location(key) for key in keys])


def _location(key: str) -> tuple[str | int, ...]:
    """Parse `contributors[2].consent` into keys and indexes from 0."""
    steps = re.findall(r"[^.\[\]]+", key)
    return tuple(int(step) - 1 if step.isdecimal() else step for step in steps)
