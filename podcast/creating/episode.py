"""Creates episodes: a folder with copies of the recording and the transcript, and `episode.md`."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from episodes.audio import formats
from episodes.errors import EarmarkError
from episodes.frontmatter.write import quoted
from episodes.show_folder import file_choice, read
from podcast import atomic_files
from podcast.creating import publish_dates, stubs
from podcast.show_folder import read_source, show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


def new_episode(
    show: Path, title: str, audio: Path, transcript: Path | None, now: datetime
) -> list[str]:
    """Add an episode's folder, and return what to print.

    It gets the next number; of the last season if the show has seasons. Raises SourceError if the
    show cannot be read, EarmarkError as `add_folder`.
    """
    with show_lock.hold(show, "new"):
        return _new_episode(show, title, audio, transcript, now)


def _new_episode(
    show: Path, title: str, audio: Path, transcript: Path | None, now: datetime
) -> list[str]:
    source = read_source.read_source(show)
    older, zone = source.episodes, ZoneInfo(source.facts.timezone)
    season = max((each.facts.season or 0 for each in older), default=0)
    numbers = [each.facts.number or 0 for each in older if (each.facts.season or 0) == season]
    number = max(numbers, default=0) + 1
    folder = show / "episodes" / f"{number:02}-{read.slugify(title) or 'episode'}"
    date = publish_dates.next_publish_date(older, zone, now)
    text = stubs.EPISODE.format(
        title=quoted(title),
        guid=uuid.uuid4(),
        date=publish_dates.format_date(date, zone),
        season=f"season: {season}\n" if season else "",
        number=number,
        audio=quoted(audio.name),
        transcript=f"transcript: {quoted(transcript.name)}\n" if transcript else "",
    )
    with add_folder(folder, audio, transcript):
        atomic_files.write(folder / "episode.md", text.encode())
    return [
        f"Made {folder / 'episode.md'}: open it and write the summary and notes.",
        f"Next: earmark preview {atomic_files.typed(show)}",
    ]


@contextlib.contextmanager
def add_folder(folder: Path, audio: Path, transcript: Path | None) -> Iterator[None]:
    """Make an episode's folder with copies of its files; delete it if the block raises.

    Raises EarmarkError if the folder exists, or if `audio` is not a recording.
    """
    if not audio.name.lower().endswith(formats.RECORDINGS):
        raise EarmarkError(file_choice.why_no_recording(audio.name))
    if folder.exists():
        raise EarmarkError(f"{folder} is there already; edit that one, or move it away")
    folder.mkdir(parents=True)
    try:
        for path in (audio, transcript) if transcript else (audio,):
            shutil.copyfile(path, folder / path.name)
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
