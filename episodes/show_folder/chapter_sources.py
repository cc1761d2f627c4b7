"""Reads the chapters of an episode from a file beside it or from the recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes.audio import chapter_tags, durations, formats, stream_copy, tags
from episodes.audio.ffmpeg import StoppedError
from episodes.chapters import read as labels
from episodes.errors import SourceError
from episodes.rules import finding
from episodes.show_folder import text_files

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.chapters.write import Row
    from episodes.findings import Finding
    from episodes.frontmatter.chapter import Chapter


class ChapterList(NamedTuple):
    """Chapters, the path of their file ("" for front matter), and the line of each."""

    chapters: tuple[Chapter, ...]
    path: str
    lines: tuple[int, ...] = ()


def read_chapters(
    folder: Path, path: str | None, recording: tuple[str, tuple[Row, ...]], findings: list[Finding]
) -> ChapterList | None:
    """Read chapters from a file or, if no file is named, from the recording.

    `recording` is its path with the chapters in its tags. Faults are added to `findings`. Returns
    None if there are no chapters.
    """
    if path is None:
        own = _own(*recording, findings) if recording[1] else None
        findings += [_embedded_chapters(folder, own)] if own else []
        return own
    if path.lower().endswith(formats.RECORDINGS):
        return _own(path, _rows_of_recording(folder, path, findings), findings)
    try:
        read, wrong = labels.parse_chapters(text_files.read_text(folder, path), path)
    except SourceError as error:
        findings.extend(error.findings)
        return None
    findings.extend(wrong)
    return ChapterList(read.chapters, path, read.lines)


def read_audio_header(path: Path) -> tags.Header:
    """Read the header of a recording, with its chapters and true length.

    Raises NotAudioError, StoppedError, OSError.
    """
    header = durations.correct_duration(path, tags.read_header(path))
    if header.kind.startswith("mp4"):
        return header._replace(chapters=stream_copy.read_chapters(path))
    return header


def _rows_of_recording(folder: Path, path: str, findings: list[Finding]) -> tuple[Row, ...]:
    try:
        rows = read_audio_header(folder / path).chapters
    except tags.UnreadableAudioError as error:
        seen, _, fix = str(error).partition("; ")
        findings.append(finding("audio-kind", path, "", seen, fix=fix))
        return ()
    except StoppedError as error:
        findings.append(finding("audio-stopped", path, "", str(error)))
        return ()
    except OSError as error:
        findings.append(finding("audio-read", path, "", f"cannot be read ({error.strerror})"))
        return ()
    if not rows:
        fix = "name another file, or list them in episode.md"
        findings.append(finding("chapters-empty", path, "", "has no chapters in it", fix=fix))
    return rows


def _own(path: str, rows: tuple[Row, ...], findings: list[Finding]) -> ChapterList | None:
    read, wrong = labels.chapters_from_recording(rows, path)
    findings += wrong
    return ChapterList(read.chapters, path) if read.chapters else None


def _embedded_chapters(folder: Path, own: ChapterList) -> Finding:
    message, fix = f"has {len(own.chapters)} chapters of its own, which are published", ""
    if pictures := chapter_tags.chapter_pictures(folder / own.path):
        message += f" without their pictures ({len(pictures)})"
        fix = "save them beside episode.md and list `chapters:` there, each with `picture:`"
    return finding("chapters-brought", own.path, "", message, fix=fix)
