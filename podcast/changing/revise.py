"""Revises a published episode, which stays the same episode, and adds a dated correction to it."""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from episodes import lockfile as lock
from episodes.errors import EarmarkError
from episodes.frontmatter import edit
from episodes.frontmatter.production import Correction
from episodes.frontmatter.write import quoted
from episodes.show_folder.file_choice import TRANSCRIPTS
from episodes.show_folder.real_paths import real_path
from episodes.text.timecodes import format_seconds
from podcast import atomic_files
from podcast.changing import published_episode
from podcast.show_folder import lockfile, show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

    from episodes.frontmatter.schema import EpisodeFacts
    from podcast.changing.published_episode import Standing


class Revision(NamedTuple):
    """A revision that is ready to be written; `warnings` are what no longer fits, in sentences.

    `copies` are (file, its name in the episode's folder).
    """

    standing: Standing
    text: str
    copies: list[tuple[Path, str]]
    has_audio: bool
    warnings: list[str]

    @property
    def title(self) -> str:
        """What the episode is called."""
        return self.standing.own.title


def prepare(  # noqa: PLR0913 - what can be said of a revision
    show: Path | None,
    wanted: str,
    note: str,
    audio: Path | None,
    transcript: Path | None,
    now: datetime,
) -> Revision:
    """Look at everything that a revision needs; nothing is written.

    Raises SourceError where the episode cannot be read, EarmarkError where something does not fit.
    """
    found = published_episode.find(show, wanted, now)
    said = correction(note, now.astimezone(found.zone).date())
    text = edit.append_item(found.text, found.path, "corrections", said, "date")
    copies: list[tuple[Path, str]] = []
    warnings: list[str] = []
    if audio:
        text = _with_file(found, text, "audio", audio, copies)
        text = edit.delete_key(text, found.path, "audio_at")
        warnings = list(unfitting(found.own, published_episode.heard(audio).header.seconds))
        if found.episode.transcript_source and not transcript:
            warnings.append("Its transcript belongs to the previous recording; check it.")
    if transcript:
        if not transcript.name.lower().endswith(TRANSCRIPTS):
            endings = ", ".join(TRANSCRIPTS)
            raise EarmarkError(f"{transcript.name} is not a transcript; use {endings}")
        text = _with_file(found, text, "transcript", transcript, copies)
    published_episode.readable(found.path, text)
    return Revision(found, text, copies, audio is not None, warnings)


def correction(note: str, day: date) -> str:
    """Return a correction as a line of YAML. Raises EarmarkError where there is nothing in it."""
    try:
        kept = Correction.model_validate({"on": day, "note": " ".join(note.split())})
    except ValidationError:
        raise EarmarkError(
            "--note: say in a sentence what was wrong and what is right; listeners read it"
        ) from None
    return f"{{on: {kept.on}, note: {quoted(kept.note)}}}"


def _with_file(
    found: Standing, text: str, key: str, path: Path, copies: list[tuple[Path, str]]
) -> str:
    """Return the text with a file named in it; one that is elsewhere is to be copied."""
    name = path.name
    if real_path(path).parent != found.folder:
        name = published_episode.free_name(found.folder, path.name)
        copies.append((path, name))
    _refuse_the_same(found, key, path)
    return edit.set_key(text, found.path, key, quoted(name), "date")


def _refuse_the_same(found: Standing, key: str, path: Path) -> None:
    episode = found.episode
    present = episode.recording if key == "audio" else episode.transcript_source
    before = found.show / present if present else None
    if before and before.is_file() and filecmp.cmp(before, path, shallow=False):
        raise EarmarkError(
            f"{path.name} is the {'recording' if key == 'audio' else 'transcript'} that "
            f"{episode.folder} has already; leave out --{key} to correct only what its file says"
        )


def unfitting(facts: EpisodeFacts, seconds: float) -> Iterator[str]:
    """Yield what of the front matter lies beyond the end of a recording, or may have moved."""
    places = [
        ("chapters", [each.start for each in facts.chapters]),
        (
            "content_note.skip",
            [s.end for s in facts.content_note.skip] if facts.content_note else [],
        ),
        ("soundbites", [each.end for each in facts.soundbites]),
    ]
    for key, ends in places:
        beyond = sum(end > seconds for end in ends)
        if beyond:
            length = format_seconds(seconds)
            yield f"{key}: {beyond} of {len(ends)} are after the end of the recording ({length})."
        elif ends:
            yield f"{key}: written for the previous recording; check that the times still fit."


def noticed(revision: Revision) -> Iterator[str]:
    """Yield what subscribers notice."""
    yield f"“{revision.title}” stays the same episode: not a new one, no second entry."
    yield "If they have played it, it stays played. It keeps its place in the list."
    yield "The correction is in its show notes and on its page, with today's date."
    if revision.has_audio:
        yield "People who have not downloaded it yet hear the new recording. Spotify plays"
        yield "its own copy, which may take a while to change."
        yield "People who have downloaded it keep the old one until they download it again."
        yield "They may lose their place in it; apps remember that it was played."
        yield "In the companion, listening to the old recording stays, as an earlier version."
    else:
        yield "The recording does not change; nobody downloads anything again."


def write(revision: Revision) -> list[str]:
    """Write a revision, all of it or nothing, and say what is left to do."""
    found = revision.standing
    show = atomic_files.typed(found.show)
    kept, there = found.episode.recording.rpartition("/")[2], published_episode.elsewhere(found.own)
    with show_lock.hold(found.show, "revise"), published_episode.together() as change:
        published_episode.unchanged(found.show, found.path, found.text)
        for path, name in revision.copies:
            change.copy(path, found.folder / name)
        change.write(found.show / found.path, revision.text)
        if revision.has_audio and there:  # apps that took it there go on naming that address
            change.keep(found.show / lock.NAME)
            known = lock.RemoteRecordings(addresses=(there,), slugs=(found.episode.slug,))
            lockfile.remember_elsewhere(found.show, {found.episode.guid: known})
    said = [f"Corrected {found.path}."]
    if revision.has_audio and kept:
        said.append(f"The previous recording, {kept}, is still there and has not changed.")
    elif revision.has_audio and there:
        said.append(f"The previous recording stays at {there} until you delete it there.")
    return [*said, f"Next: earmark check {show}, then earmark publish {show}"]
