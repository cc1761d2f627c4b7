"""Where an episode's chapters come from: a file beside it, or the recording itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes import audio, labels, source, tags
from episodes.findings import Finding, Level, SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.chapters import Row
    from episodes.facts import Chapter


class Tracklist(NamedTuple):
    """Chapters, the path where they were written ("" is front matter), and the line of each."""

    chapters: tuple[Chapter, ...]
    path: str
    lines: tuple[int, ...] = ()


def read(
    folder: Path, path: str | None, recording: tuple[str, tuple[Row, ...]], findings: list[Finding]
) -> Tracklist | None:
    """Read the chapters in a file or, where no file is named, those of the recording.

    `recording` is its path with what its tags say. What is wrong goes to `findings`; the answer
    is None where there are no chapters at all.
    """
    if path is None:
        own = _own(*recording, findings) if recording[1] else None
        findings += [_brought(own)] if own else []
        return own
    if path.lower().endswith(source.RECORDINGS):
        return _own(path, _told(folder, path, findings), findings)
    try:
        read, found = labels.parse(source.read_text(folder, path), path)
    except SourceError as error:
        findings.extend(error.findings)
        return None
    findings.extend(found)
    return Tracklist(read.chapters, path, read.lines)


def told(path: Path) -> tags.Header:
    """Read what a recording says of itself, chapters too. Raises NotAudioError, OSError."""
    header = tags.read_header(path)
    if header.kind.startswith("mp4"):
        return header._replace(chapters=audio.read_chapters(path))
    return header


def _told(folder: Path, path: str, findings: list[Finding]) -> tuple[Row, ...]:
    try:
        found = told(folder / path).chapters
    except tags.NotAudioError as error:
        findings.append(Finding(path, "", str(error)))
        return ()
    except OSError as error:
        findings.append(Finding(path, "", f"cannot be read ({error.strerror})"))
        return ()
    if not found:
        message = "has no chapters in it; name another file, or list them in episode.md"
        findings.append(Finding(path, "", message))
    return found


def _own(path: str, told: tuple[Row, ...], findings: list[Finding]) -> Tracklist | None:
    read, found = labels.from_recording(told, path)
    findings += found
    return Tracklist(read.chapters, path) if read.chapters else None


def _brought(found: Tracklist) -> Finding:
    message = (
        f"brought {len(found.chapters)} chapters along, which are published; list `chapters:` in "
        "episode.md to say others, `chapters: []` for none"
    )
    return Finding(found.path, "", message, Level.NOTE)
