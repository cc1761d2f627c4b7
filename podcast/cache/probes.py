"""Caches the header, digest and loudness of each recording until it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ConfigDict, FiniteFloat, TypeAdapter, ValidationError

from episodes.audio import formats, tags
from episodes.audio.ffmpeg import StoppedError
from episodes.audio.loudness import Loudness
from episodes.errors import SourceError
from episodes.rules import finding
from episodes.show_folder import chapter_sources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MARKS = tuple[tuple[FiniteFloat, str, str], ...]
_HEADER = tuple[str, FiniteFloat, int, int, int, bool, _MARKS, bool, FiniteFloat, int]
LOUDNESS = tuple[FiniteFloat, FiniteFloat, FiniteFloat, int, FiniteFloat, str, int]
_ROW = TypeAdapter(
    tuple[tuple[int, int, int], _HEADER, str, dict[str, LOUDNESS]],
    config=ConfigDict(defer_build=True),
)


class AudioProbe(NamedTuple):
    """The facts about one recording, valid until its (size, mtime, inode) change."""

    stat: tuple[int, int, int]
    header: tags.Header
    digest: str
    loudness: Mapping[str, Loudness]

    @classmethod
    def load(cls, row: Any) -> AudioProbe | None:
        """Read a probe from JSON; None if it is not valid."""
        try:
            stat, header, digest, loudness = _ROW.validate_python(row)
        except ValidationError:
            return None
        known = {name: Loudness(*value) for name, value in loudness.items()}
        return cls(stat, tags.Header(*header), digest, known)

    @property
    def seconds(self) -> float | None:
        """The audible length; None if unknown, because the header may be wrong."""
        return self.header.seconds if self.header.sure else None

    def row(self) -> list[Any]:
        """Return the row that `load` reads."""
        return [self.stat, self.header, self.digest, dict(self.loudness)]


def probe_audio(show: Path, recording: str, known: AudioProbe | None) -> AudioProbe:
    """Return the probe of a recording; read its header if it is new.

    Raises SourceError.
    """
    path = show / recording
    try:
        there = path.stat()
        stat = (there.st_size, there.st_mtime_ns, there.st_ino)
        if known and known.stat == stat:
            return known
        header = chapter_sources.read_audio_header(path)
    except tags.UnreadableAudioError as error:
        seen, _, fix = str(error).partition("; ")
        raise SourceError(finding("audio-kind", recording, "", seen, fix=fix)) from None
    except StoppedError as error:
        raise SourceError(finding("audio-stopped", recording, "", str(error))) from None
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise SourceError(finding("audio-read", recording, "", message)) from None
    if path.suffix.lower() not in formats.ENDINGS[header.kind]:
        right = path.with_suffix(formats.ENDINGS[header.kind][0]).name
        message, fix = f"is {header.kind} inside", f"rename it to {right}"
        raise SourceError(finding("audio-ending", recording, "", message, fix=fix))
    return AudioProbe(stat, header, "", {})
