"""Drafts a transcript from an episode's recording, for the lead to correct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.audio import tags
from episodes.errors import EarmarkError, SourceError
from episodes.rules import finding
from episodes.show_folder import file_choice, read
from episodes.text.quantities import quantity
from episodes.transcripts import speech_to_text
from podcast import atomic_files
from podcast.show_folder import find_episode, read_source, show_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from episodes.transcripts.speech_to_text import Listener
    from podcast.building.context import ProgressReport

NAME = "transcript.vtt"


def transcribe(
    show: Path | None,
    typed: str,
    model: str,
    report: ProgressReport,
    load: Callable[[str], Listener] = speech_to_text.load_model,
) -> list[str]:
    """Draft the transcript of the episode that was typed, and return what to print.

    Writes only at the end, and never over a file. Raises SourceError if the episode cannot be read
    or has no recording, EarmarkError if it has a transcript or was withdrawn.
    """
    show = show or find_episode.show_of(typed)
    source = read_source.read_source(show)
    written = find_episode.find_written(source, typed)
    language = written.facts.language or source.facts.language
    folder = show / written.folder
    target = folder / _draft_name(written)
    _refuse(show, written, target)
    recording = written.recording or ""
    seconds = max(tags.read_header(show / recording).seconds, 1)
    report.begin([recording], "Transcribing recording")
    try:
        listener = load(model)

        def note(done: float) -> None:
            report.advance(recording, min(done / seconds, 0.99))

        cues = speech_to_text.draft_cues(listener, show / recording, language, note)
        report.advance(recording, 1)
    finally:
        report.end()
    try:
        with show_lock.hold(show, "transcribe"):
            atomic_files.write_new(
                target, speech_to_text.render_draft(cues, language, model).encode()
            )
    except FileExistsError:
        raise EarmarkError(_exists(f"{written.folder}/{target.name}")) from None
    return [
        f"Drafted {target}: {quantity(len(cues), 'line')}, written by a program.",
        "Read it while you listen, and correct names, numbers and who speaks (`<v Name>`).",
        "`earmark check` reminds you until you remove the note at the top.",
    ]


def _draft_name(written: read.WrittenEpisode) -> str:
    """Return the file name from front matter if a draft can have it, else NAME."""
    named = written.facts.transcript or NAME
    return named if named.lower().endswith(".vtt") and named == named.strip("./\\") else NAME


def _refuse(show: Path, written: read.WrittenEpisode, target: Path) -> None:
    """Raise if there is no recording to transcribe, or a transcript already."""
    if written.facts.withdrawn:
        raise EarmarkError(f"{written.folder} was withdrawn, so it has nothing to transcribe")
    if written.recording is None:
        path = f"{written.folder}/episode.md"
        message = "there is no recording to transcribe"
        raise SourceError(finding("audio-missing", path, "audio", message))
    existing = (
        [written.transcript]
        if written.transcript
        else file_choice.find_transcripts(show, written.folder)
    )
    if target.exists():
        existing = [f"{written.folder}/{target.name}"]
    if existing:
        raise EarmarkError(_exists(existing[0]))


def _exists(name: str) -> str:
    return f"{name} is there already and is never overwritten; move it away to get a draft"
