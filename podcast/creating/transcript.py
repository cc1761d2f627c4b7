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
from podcast.creating import follow_up
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from episodes.transcripts.speech_to_text import Listener
    from podcast.building.context import Report

NAME = "transcript.vtt"


def transcribe(
    show: Path | None,
    wanted: str,
    model: str,
    report: Report,
    load: Callable[[str], Listener] = speech_to_text.load_model,
) -> list[str]:
    """Draft the transcript of the episode that is wanted, and say what is left to do.

    Nothing is written before the end, and never over a file. Raises SourceError where the episode
    cannot be read, EarmarkError where it has a transcript, or there is nothing to hear.
    """
    show, language, written = follow_up.locate(show, wanted)
    folder = show / written.folder
    target = folder / _name(written)
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
        raise EarmarkError(_there(f"{written.folder}/{target.name}")) from None
    return [
        f"Drafted {target}: {quantity(len(cues), 'line')}, written by a program.",
        "Read it while you listen, and correct names, numbers and who speaks (`<v Name>`).",
        "`earmark check` reminds you until you remove the note at the top.",
    ]


def _name(written: read.WrittenEpisode) -> str:
    """Return the name that front matter gives, where a draft can have it."""
    named = written.facts.transcript or NAME
    return named if named.lower().endswith(".vtt") and named == named.strip("./\\") else NAME


def _refuse(show: Path, written: read.WrittenEpisode, target: Path) -> None:
    """Raise where there is no recording to transcribe, or a transcript already."""
    if written.recording is None:
        path = f"{written.folder}/episode.md"
        message = "there is no recording to transcribe"
        raise SourceError(finding("audio-missing", path, "audio", message))
    there = (
        [written.transcript] if written.transcript else file_choice.candidates(show, written.folder)
    )
    if target.exists():
        there = [f"{written.folder}/{target.name}"]
    if there:
        raise EarmarkError(_there(there[0]))


def _there(name: str) -> str:
    return f"{name} is there already and is never overwritten; move it away to get a draft"
