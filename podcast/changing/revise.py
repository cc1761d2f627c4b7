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
    from podcast.changing.published_episode import PublishedEpisode


class Revision(NamedTuple):
    """A revision that is ready to be written."""

    published: PublishedEpisode
    text: str
    copies: list[tuple[Path, str]]  # a file, and its name in the episode's folder
    has_audio: bool
    warnings: list[str]  # what no longer fits, in sentences

    @property
    def title(self) -> str:
        """The title of the episode."""
        return self.published.own.title


def prepare(  # noqa: PLR0913 - the options of the command
    show: Path | None,
    episode_name: str,
    note: str,
    audio: Path | None,
    transcript: Path | None,
    now: datetime,
) -> Revision:
    """Prepare a revision, and write nothing yet.

    Raises SourceError if the episode cannot be read, EarmarkError if something does not fit.
    """
    published = published_episode.find_published(show, episode_name, now)
    line = correction_line(note, now.astimezone(published.zone).date())
    text = edit.append_item(published.text, published.path, "corrections", line, "date")
    copies: list[tuple[Path, str]] = []
    warnings: list[str] = []
    if audio:
        text = _with_file(published, text, "audio", audio, copies)
        text = edit.delete_key(text, published.path, "audio_at")
        probe = published_episode.probe_recording(audio)
        warnings = list(describe_unfitting(published.own, probe.header.seconds))
        if published.episode.transcript_source and not transcript:
            warnings.append("Its transcript belongs to the previous recording; check it.")
    if transcript:
        if not transcript.name.lower().endswith(TRANSCRIPTS):
            endings = ", ".join(TRANSCRIPTS)
            raise EarmarkError(f"{transcript.name} is not a transcript; use {endings}")
        text = _with_file(published, text, "transcript", transcript, copies)
    published_episode.check_readable(published.path, text)
    return Revision(published, text, copies, audio is not None, warnings)


def correction_line(note: str, day: date) -> str:
    """Return a correction as YAML in one line. Raises EarmarkError if the note is empty."""
    try:
        fact = Correction.model_validate({"on": day, "note": " ".join(note.split())})
    except ValidationError:
        raise EarmarkError(
            "--note: say in a sentence what was wrong and what is right; listeners read it"
        ) from None
    return f"{{on: {fact.on}, note: {quoted(fact.note)}}}"


def _with_file(
    published: PublishedEpisode, text: str, key: str, path: Path, copies: list[tuple[Path, str]]
) -> str:
    """Return the text with the file's name in it; add it to `copies` if it lies elsewhere."""
    name = path.name
    if real_path(path).parent != published.folder:
        name = published_episode.free_name(published.folder, path.name)
        copies.append((path, name))
    _refuse_the_same(published, key, path)
    return edit.set_key(text, published.path, key, quoted(name), "date")


def _refuse_the_same(published: PublishedEpisode, key: str, path: Path) -> None:
    episode = published.episode
    present = episode.recording if key == "audio" else episode.transcript_source
    before = published.show / present if present else None
    if before and before.is_file() and filecmp.cmp(before, path, shallow=False):
        raise EarmarkError(
            f"{path.name} is the {'recording' if key == 'audio' else 'transcript'} that "
            f"{episode.folder} has already; leave out --{key} to correct only what its file says"
        )


def describe_unfitting(facts: EpisodeFacts, seconds: float) -> Iterator[str]:
    """Yield which times in front matter are after the end of a recording, or may have moved."""
    fields = [
        ("chapters", [each.start for each in facts.chapters]),
        (
            "content_note.skip",
            [s.end for s in facts.content_note.skip] if facts.content_note else [],
        ),
        ("soundbites", [each.end for each in facts.soundbites]),
    ]
    for key, ends in fields:
        beyond = sum(end > seconds for end in ends)
        if beyond:
            length = format_seconds(seconds)
            yield f"{key}: {beyond} of {len(ends)} are after the end of the recording ({length})."
        elif ends:
            yield f"{key}: written for the previous recording; check that the times still fit."


def subscriber_notices(revision: Revision) -> Iterator[str]:
    """Yield what subscribers will notice."""
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
    """Write a revision, all of it or nothing; return what was done and what to do next."""
    published = revision.published
    show = atomic_files.typed(published.show)
    previous = published.episode.recording.rpartition("/")[2]
    url = published_episode.remote_url(published.own)
    with show_lock.hold(published.show, "revise"), published_episode.all_or_nothing() as change:
        published_episode.refuse_if_changed(published.show, published.path, published.text)
        for path, name in revision.copies:
            change.copy(path, published.folder / name)
        change.write(published.show / published.path, revision.text)
        if revision.has_audio and url:  # apps that downloaded it there still report that URL
            change.keep(published.show / lock.NAME)
            known = lock.RemoteRecordings(addresses=(url,), slugs=(published.episode.slug,))
            lockfile.remember_elsewhere(published.show, {published.episode.guid: known})
    lines = [f"Corrected {published.path}."]
    if revision.has_audio and previous:
        lines.append(f"The previous recording, {previous}, is still there and has not changed.")
    elif revision.has_audio and url:
        lines.append(f"The previous recording stays at {url} until you delete it there.")
    return [*lines, f"Next: earmark check {show}, then earmark publish {show}"]
