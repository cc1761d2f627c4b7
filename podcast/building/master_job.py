"""Holds what mastering one recording needs and returns, and turns its errors into findings."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from episodes.audio import encode, mp3_frames
from episodes.audio.ffmpeg import FfmpegError, StoppedError
from episodes.errors import SourceError
from episodes.rules import finding
from podcast.cache.store import size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from episodes import lockfile
    from episodes.audio.tags import Tags
    from episodes.findings import Finding
    from episodes.frontmatter.production import RecordingSettings
    from episodes.model import Episode, Media
    from podcast.cache.probes import AudioProbe

FULL = "free some space, and build again"


class BuildFolders(NamedTuple):
    """The show's folder, the built folder, and the folder of cached encodings."""

    show: Path
    out: Path
    encoded: Path


class MasterJob(NamedTuple):
    """One recording to master."""

    folders: BuildFolders
    episode: Episode
    tags: Tags
    probe: AudioProbe
    entry: lockfile.LockedEpisode | None
    fetch: Callable[[str, Path], bool]  # downloads a published file; False if that fails
    progress: Callable[[float], None]
    verify: bool = False
    is_as_left: Callable[[str], bool] = lambda _: (
        False
    )  # a built file, since this user's last build

    @property
    def recording(self) -> Path:
        """The recording's path."""
        return self.folders.show / self.episode.recording

    @property
    def settings(self) -> RecordingSettings:
        """The settings of the recording, completed by the show's."""
        if self.episode.facts.recordings is None:
            raise AssertionError("the show's settings were not filled in")
        return self.episode.facts.recordings


class Mastered(NamedTuple):
    """The result of mastering one recording."""

    media: Media
    entry: lockfile.LockedEpisode  # for the lock file
    probe: AudioProbe
    message: str  # for the lead
    findings: list[Finding]

    @property
    def files(self) -> list[str]:
        """The names of the published files."""
        small = self.media.small
        return [self.media.file, *([small.file] if small else ())]


def is_built(job: MasterJob, known: lockfile.LockedFile, matches: Callable[[Path], bool]) -> bool:
    """Return whether a published file lies in the built folder as it was made.

    The length alone proves little, so `matches` reads it unless this user's last build left it.
    """
    path = job.folders.out / known.file
    if size(path) != known.length:
        return False
    try:
        return job.is_as_left(known.file) or matches(path)
    except (OSError, mp3_frames.DamagedAudioError, FfmpegError):
        return False


def renewed(
    job: MasterJob, known: lockfile.LockedFile | None, entry: lockfile.LockedFile
) -> list[Finding]:
    """Return a warning if the bytes of a published file could neither be fetched nor made again."""
    if known is None or known.recipe != entry.recipe or known.audio == entry.audio:
        return []
    why = (
        "the published file could not be downloaded"
        if known.encoder != entry.encoder
        else "the published file is not the one in earmark.lock"
    )
    message = f"was encoded again by {entry.encoder} (published: {known.encoder}) because {why}"
    return [finding("audio-renewed", job.episode.recording, "", message)]


@contextlib.contextmanager
def errors_as_findings(job: MasterJob) -> Iterator[None]:
    """Turn errors of ffmpeg and the system into findings. Raises SourceError."""
    path = job.episode.recording
    try:
        yield
    except StoppedError as error:
        raise SourceError(finding("audio-stopped", path, "", str(error))) from None
    except encode.MissedError as error:
        message = f"cannot be made even: {error}"
        raise SourceError(finding("audio-level", path, "", message)) from None
    except FfmpegError as error:
        if "No space left" in str(error):
            message = "the disk is full"
            raise SourceError(finding("audio-read", path, "", message, fix=FULL)) from None
        message = f"cannot be decoded ({error})"
        raise SourceError(finding("audio-damaged", path, "", message)) from None
    except mp3_frames.DamagedAudioError as error:
        message = f"changed while it was read ({error})"
        raise SourceError(finding("audio-read", path, "", message, fix="build again")) from None
    except OSError as error:
        name = Path(error.filename).name if error.filename else path
        message, fix = f"{name}: {error.strerror}", "free some space or check the file"
        fix = f"{fix}, and build again"
        raise SourceError(finding("audio-read", path, "", message, fix=fix)) from None
