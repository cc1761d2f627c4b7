"""Drafts transcripts with faster-whisper, for a person to correct.

The only door to faster-whisper, an optional extra. The recording never leaves the computer.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from episodes.audio import encode as audio
from episodes.errors import EarmarkError
from episodes.frontmatter.value_types import CONTROL
from episodes.transcripts.read import Cue, Transcript
from episodes.transcripts.write import render_vtt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NOTE = """\
NOTE earmark: draft
A program wrote this (faster-whisper, model {model}), and nobody has read it yet. Listen and correct
it, names and numbers above all, and write who speaks, like <v Name>. Then remove this note, or
make its first line "NOTE earmark: read".
"""


class Listener(Protocol):
    """The part of a faster-whisper model that Earmark uses."""

    def transcribe(
        self, audio: str, *, language: str | None, vad_filter: bool
    ) -> tuple[Iterable[Any], Any]:
        """Return the segments, and information about the whole."""


def load_model(model: str) -> Listener:
    """Load a model by its size or from a folder; the first time it is downloaded.

    Raises EarmarkError if faster-whisper is not installed or there is no such model.
    """
    try:
        import faster_whisper
    except ImportError:
        raise EarmarkError(
            "this needs faster-whisper, which is not installed; run "
            "`pipx install --force '.[transcribe]'` in Earmark's own folder"
        ) from None
    try:
        loaded: Listener = faster_whisper.WhisperModel(model, device="cpu", compute_type="int8")
    except Exception as error:  # of the hub, the network, the disk or the model: each its own kind
        raise EarmarkError(
            f'the model "{model}" cannot be had ({_short(error)}); it is fetched from the network '
            "once, so try again later, or give the folder of one with --model"
        ) from None
    return loaded


def draft_cues(
    listener: Listener, recording: Path, language: str, progress: Callable[[float], None]
) -> tuple[Cue, ...]:
    """Return the recognised cues; `progress` is called with the seconds that are done.

    Raises EarmarkError if no speech is recognised.
    """
    cues: list[Cue] = []
    try:
        with TemporaryDirectory() as folder:  # its own reader would guess what a recording is
            speech = audio.write_wav(recording, Path(folder) / "speech.wav")
            spoken = language.partition("-")[0] or None
            segments, _ = listener.transcribe(str(speech), language=spoken, vad_filter=True)
            for segment in segments:
                cues += _cue(segment)
                progress(float(segment.end))
    except Exception as error:  # whatever the model makes of a recording
        raise EarmarkError(f"{recording.name} cannot be heard ({_short(error)})") from None
    if not cues:
        raise EarmarkError(f"no words were heard in {recording.name}; is it the right recording?")
    return tuple(cues)


def _cue(segment: Any) -> list[Cue]:
    words = " ".join(CONTROL.sub("", str(segment.text)).split())
    start = max(float(segment.start), 0.0)
    return [Cue(start, max(float(segment.end), start + 0.1), words)] if words else []


def render_draft(cues: tuple[Cue, ...], language: str, model: str) -> str:
    """Return a draft as WebVTT, marked as a draft."""
    head = f"WEBVTT\nLanguage: {language}\n\n{_NOTE.format(model=model.replace('-->', ''))}\n"
    return head + render_vtt(Transcript(cues)).removeprefix("WEBVTT\n\n")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or "no reason was given"
