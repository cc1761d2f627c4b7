"""Reissues an episode: writes a new one that replaces it, and a link to it in the old one.

It is an episode of its own: a new guid, a new date, and the next number. The old one keeps its
place and its number, so nothing that apps sort by moves (docs/decisions/0029-...).
"""

from __future__ import annotations

import shutil
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from episodes.audio.formats import RECORDINGS
from episodes.errors import EarmarkError
from episodes.frontmatter import edit, value_errors
from episodes.frontmatter.schema import EpisodeFacts
from episodes.frontmatter.value_types import WrongValueError, parse_moment
from episodes.frontmatter.write import quoted
from episodes.show_folder import inherit
from episodes.show_folder import read as source
from episodes.show_folder.scan import scan, signature
from podcast import atomic_files
from podcast.changing import published_episode, revise
from podcast.creating import publish_dates
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.changing.published_episode import PublishedEpisode

_STALE = ("corrections", "replaces")  # true of the old episode only


class Reissue(NamedTuple):
    """A new episode that is ready to be written."""

    published: PublishedEpisode
    title: str
    guid: str
    when: datetime
    number: int | None
    folder: Path
    text: str
    copies: list[tuple[Path, str]]  # a file, and its name in the new folder
    has_audio: bool
    warnings: list[str]


def prepare(  # noqa: PLR0913 - the options of the command
    show: Path | None,
    episode_name: str,
    audio: Path | None,
    title: str | None,
    date: str | None,
    now: datetime,
) -> Reissue:
    """Prepare a reissue, and write nothing yet.

    Raises SourceError if the episode cannot be read, EarmarkError if something does not fit.
    """
    published = published_episode.find_published(show, episode_name, now)
    out = [each.guid for each in published.known if not each.facts.withdrawn]
    if published.own.replaced_by in out:
        raise EarmarkError(
            f"{published.path} has been replaced already (by {published.own.replaced_by}); "
            "reissue that one"
        )
    if not audio and not published.episode.recording:
        raise EarmarkError(
            f"{published.path}: its recording stays at "
            f"{published_episode.remote_url(published.own)}, and apps treat two episodes with the "
            "same audio URL as one; give the new one its own recording, with --audio"
        )
    probe = published_episode.probe_recording(audio) if audio else None
    name = published.own.title if title is None else _title(title)
    when = _moment(published, date, name, now)
    number = _number(published)
    folder = _folder(published, name, number)
    recording = audio.name if audio else published.episode.recording.rpartition("/")[2]
    copies = _copies(published, audio)
    guid = str(uuid.uuid4())
    text = _text(published, folder.name, {
        "title": name, "guid": guid, "date": publish_dates.format_date(when, published.zone),
        "number": number, "audio": recording, "replaces": published.episode.guid,
    })  # fmt: skip
    if audio:
        text = edit.delete_key(text, published.path, "audio_at")
    published_episode.check_readable(published.path, text)
    warnings = list(_unfitting(published, probe.header.seconds)) if probe else []
    return Reissue(
        published, name, guid, when, number, folder, text, copies, audio is not None, warnings
    )


def _title(text: str) -> str:
    """Return a title as front matter has it. Raises EarmarkError if it is not valid."""
    title = " ".join(text.split())
    try:
        EpisodeFacts.model_validate({"title": title})
    except ValidationError as error:
        for each in error.errors():
            if each["loc"] == ("title",):
                _, seen, fix = value_errors.explain_value(EpisodeFacts, ("title",), each)
                raise EarmarkError(f"--title: {seen}; {fix}") from None
    return title


def _moment(published: PublishedEpisode, date: str | None, title: str, now: datetime) -> datetime:
    """Return when the new episode appears: a minute that no episode has. Raises EarmarkError."""
    taken = {each.published for each in published.known}
    if date is None:
        when = publish_dates.next_publish_date(published.known, published.zone, now)
    else:
        try:
            typed = parse_moment(date)
        except WrongValueError as error:
            raise EarmarkError(f'--date: "{date}" {error.seen}; {error.fix}') from None
        when = inherit.utc_moment(typed, published.facts.timezone)
        if when <= published.episode.published:
            raise EarmarkError(f"--date: {date} is before the episode that it replaces")
        when = publish_dates.first_free_minute(when, taken)
    when = when.astimezone(UTC)
    old = published.episode
    if when.date() == old.published.date() and title == old.facts.title:
        raise EarmarkError(
            "both would have the same day and title, and AntennaPod would treat them as one "
            "episode; choose another --title, or revise it instead"
        )
    return when


def _number(published: PublishedEpisode) -> int | None:
    """Return the next number of the season; None if the episode has no number."""
    own = published.own
    if own.number is None:
        return None
    season = [each.facts.number or 0 for each in published.known if each.facts.season == own.season]
    return max(season, default=0) + 1


def _folder(published: PublishedEpisode, title: str, number: int | None) -> Path:
    """Return a new folder whose slug no episode has."""
    slug = source.slugify(title) or "episode"
    name = f"{number:02}-{slug}" if number else slug
    taken = {each.slug for each in published.known}
    path, count = published.folder.with_name(name), 1
    while path.exists() or source.slugify(path.name) in taken:
        count += 1
        path = published.folder.with_name(f"{name[:70]}-{count}")
    return path


def _copies(published: PublishedEpisode, audio: Path | None) -> list[tuple[Path, str]]:
    """Return the files of the new folder: one recording, and every file that is not one."""
    there = [row[0] for row in signature(published.folder)]
    kept = [each for each in there if not each.lower().endswith(RECORDINGS)]
    copies = [(published.folder / each, each) for each in kept if each != "episode.md"]
    present = published.show / published.episode.recording
    return [*copies, (audio, audio.name) if audio else (present, present.name)]


def _text(published: PublishedEpisode, slug: str, values: dict[str, str | int | None]) -> str:
    """Return the new episode.md: the old one with new values."""
    text, own = published.text, published.own
    for key in _STALE:
        text = edit.delete_key(text, published.path, key)
    if values["number"] != own.number:
        text = edit.delete_key(text, published.path, "display")  # "Session 2" is the old one
    same = {"title": own.title, "audio": own.audio, "number": own.number}
    values = {key: value for key, value in values.items() if same.get(key, "") != value}
    if own.slug:
        values["slug"] = slug
    for key, value in values.items():
        after = {"replaces": "guid", "audio": "date"}.get(key, "title")
        yaml = quoted(f"{value}") if key in {"title", "audio"} else value
        text = edit.set_key(text, published.path, key, f"{yaml}", after)
    return text


def _unfitting(published: PublishedEpisode, seconds: float) -> Iterator[str]:
    yield from revise.describe_unfitting(published.own, seconds)
    if published.episode.transcript_source:
        yield "Its transcript is a copy of the old one; check it."
    if published.own.contributors:
        yield "Ask the people it names if they agree to this one too, and note their consent."


def subscriber_notices(reissue: Reissue) -> Iterator[str]:
    """Yield what subscribers will notice."""
    local = reissue.when.astimezone(reissue.published.zone)
    yield f"One new episode, “{reissue.title}”, on {local:%Y-%m-%d} at {local:%H:%M}."
    yield "Apps that download by themselves download it. It is unplayed for everyone."
    if not reissue.has_audio:
        yield "It has the same recording: people who have heard it see it as new."
    yield f"The old one, “{reissue.published.own.title}”, stays where it is, played or not. Its"
    yield "show notes and page begin with “There is a newer version” and a link."
    if reissue.number:
        yield f"The new one has the next number, {reissue.number}: it comes last in the order of"
        yield "the course. To change an episode in its place, use earmark revise."
    if reissue.published.own.display and reissue.number != reissue.published.own.number:
        yield f"The new one is not shown as “{reissue.published.own.display}”: that is the old one."
    yield "In the companion, notes and listening records stay with the old one."


def write(reissue: Reissue) -> list[str]:
    """Write both episodes, or nothing; return what was done and what to do next."""
    published, folder = reissue.published, reissue.folder
    show = atomic_files.typed(published.show)
    old = edit.set_key(published.text, published.path, "replaced_by", reissue.guid, "guid")
    with show_lock.hold(published.show, "reissue"):
        _refuse_changed(published, folder)
        _write(reissue, old)
    return [
        f"Made {folder / 'episode.md'}: open it and change what is different now.",
        f"The old episode, {published.path}, links to it once it is published.",
        f"Next: earmark check {show}, then earmark publish {show}",
    ]


def _refuse_changed(published: PublishedEpisode, folder: Path) -> None:
    """Raise EarmarkError if another command changed the show before the lead answered."""
    published_episode.refuse_if_changed(published.show, published.path, published.text)
    if folder.exists() or {name for name in scan(published.show) if name} != published.folders:
        raise EarmarkError(
            "episodes were added before you answered; nothing was changed: run the command again"
        )


def _write(reissue: Reissue, old: str) -> None:
    published, folder = reissue.published, reissue.folder
    part = folder.with_name(f".{folder.name}{atomic_files.TEMPORARY}")
    shutil.rmtree(part, ignore_errors=True)  # of a reissue that was killed
    try:
        part.mkdir()
        for path, name in reissue.copies:
            shutil.copyfile(path, part / name)
        atomic_files.write(part / "episode.md", reissue.text.encode())
        with published_episode.all_or_nothing() as change:
            change.write(published.show / published.path, old)
            part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
