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
from episodes.show_folder import read as source
from episodes.show_folder.scan import scan, signature
from podcast import atomic_files
from podcast.building import read as reading
from podcast.changing import published_episode, revise
from podcast.creating import publish_dates
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.changing.published_episode import Standing

_STALE = ("corrections", "replaces")  # of the old episode, and of no other


class Reissue(NamedTuple):
    """A new episode that is ready to be written; `copies` are (file, its name there)."""

    standing: Standing
    title: str
    guid: str
    when: datetime
    number: int | None
    folder: Path
    text: str
    copies: list[tuple[Path, str]]
    has_audio: bool
    warnings: list[str]


def prepare(  # noqa: PLR0913 - what can be said of a reissue
    show: Path | None,
    wanted: str,
    audio: Path | None,
    title: str | None,
    date: str | None,
    now: datetime,
) -> Reissue:
    """Look at everything that a reissue needs; nothing is written.

    Raises SourceError where the episode cannot be read, EarmarkError where something does not fit.
    """
    found = published_episode.find(show, wanted, now)
    out = [each.guid for each in found.known if not each.facts.withdrawn]
    if found.own.replaced_by in out:
        raise EarmarkError(
            f"{found.path} has been replaced already (by {found.own.replaced_by}); reissue that one"
        )
    if not audio and not found.episode.recording:
        raise EarmarkError(
            f"{found.path}: its recording stays at {published_episode.elsewhere(found.own)}, and "
            f"apps treat two episodes with the same audio URL as one; give the new one its own "
            f"recording, with --audio"
        )
    heard = published_episode.heard(audio) if audio else None
    name = found.own.title if title is None else _title(title)
    when = _moment(found, date, name, now)
    number = _number(found)
    folder = _folder(found, name, number)
    recording = audio.name if audio else found.episode.recording.rpartition("/")[2]
    copies = _copies(found, audio)
    guid = str(uuid.uuid4())
    text = _text(found, folder.name, {
        "title": name, "guid": guid, "date": publish_dates.format_date(when, found.zone),
        "number": number, "audio": recording, "replaces": found.episode.guid,
    })  # fmt: skip
    if audio:
        text = edit.delete_key(text, found.path, "audio_at")
    published_episode.readable(found.path, text)
    warnings = list(_unfitting(found, heard.header.seconds)) if heard else []
    return Reissue(
        found, name, guid, when, number, folder, text, copies, audio is not None, warnings
    )


def _title(said: str) -> str:
    """Return a title as it is written. Raises EarmarkError where no episode can be called so."""
    title = " ".join(said.split())
    try:
        EpisodeFacts.model_validate({"title": title})
    except ValidationError as error:
        for each in error.errors():
            if each["loc"] == ("title",):
                _, seen, fix = value_errors.explain_value(EpisodeFacts, ("title",), each)
                raise EarmarkError(f"--title: {seen}; {fix}") from None
    return title


def _moment(found: Standing, date: str | None, title: str, now: datetime) -> datetime:
    """Return when the new episode appears, a minute that is free. Raises EarmarkError."""
    taken = {each.published for each in found.known}
    if date is None:
        when = publish_dates.next_publish_date(found.known, found.zone, now)
    else:
        try:
            said = parse_moment(date)
        except WrongValueError as error:
            raise EarmarkError(f'--date: "{date}" {error.seen}; {error.fix}') from None
        when = reading.moment(said, found.facts.timezone)
        if when <= found.episode.published:
            raise EarmarkError(f"--date: {date} is before the episode that it replaces")
        when = publish_dates.first_free_minute(when, taken)
    when = when.astimezone(UTC)
    old = found.episode
    if when.date() == old.published.date() and title == old.facts.title:
        raise EarmarkError(
            "both would have the same day and title, and AntennaPod would treat them as one "
            "episode; choose another --title, or revise it instead"
        )
    return when


def _number(found: Standing) -> int | None:
    """Return the next number of its season; None where it has none."""
    own = found.own
    if own.number is None:
        return None
    season = [each.facts.number or 0 for each in found.known if each.facts.season == own.season]
    return max(season, default=0) + 1


def _folder(found: Standing, title: str, number: int | None) -> Path:
    """Return a folder that is not there, with a name in addresses that no episode has."""
    slug = source.slugify(title) or "episode"
    name = f"{number:02}-{slug}" if number else slug
    taken = {each.slug for each in found.known}
    path, count = found.folder.with_name(name), 1
    while path.exists() or source.slugify(path.name) in taken:
        count += 1
        path = found.folder.with_name(f"{name[:70]}-{count}")
    return path


def _copies(found: Standing, audio: Path | None) -> list[tuple[Path, str]]:
    """Return what the new folder holds: the one recording, and all that is none."""
    there = [row[0] for row in signature(found.folder)]
    kept = [each for each in there if not each.lower().endswith(RECORDINGS)]
    copies = [(found.folder / each, each) for each in kept if each != "episode.md"]
    present = found.show / found.episode.recording
    return [*copies, (audio, audio.name) if audio else (present, present.name)]


def _text(found: Standing, slug: str, values: dict[str, str | int | None]) -> str:
    """Return the new file: the old one, with what is different in it."""
    text, own = found.text, found.own
    for key in _STALE:
        text = edit.delete_key(text, found.path, key)
    if values["number"] != own.number:
        text = edit.delete_key(text, found.path, "display")  # "Session 2" is the old one
    same = {"title": own.title, "audio": own.audio, "number": own.number}
    values = {key: value for key, value in values.items() if same.get(key, "") != value}
    if own.slug:
        values["slug"] = slug
    for key, value in values.items():
        after = {"replaces": "guid", "audio": "date"}.get(key, "title")
        said = quoted(f"{value}") if key in {"title", "audio"} else value
        text = edit.set_key(text, found.path, key, f"{said}", after)
    return text


def _unfitting(found: Standing, seconds: float) -> Iterator[str]:
    yield from revise.unfitting(found.own, seconds)
    if found.episode.transcript_source:
        yield "Its transcript is a copy of the old one; check it."
    if found.own.contributors:
        yield "Ask the people it names if they agree to this one too, and note their consent."


def noticed(reissue: Reissue) -> Iterator[str]:
    """Yield what subscribers notice."""
    local = reissue.when.astimezone(reissue.standing.zone)
    yield f"One new episode, “{reissue.title}”, on {local:%Y-%m-%d} at {local:%H:%M}."
    yield "Apps that download by themselves download it. It is unplayed for everyone."
    if not reissue.has_audio:
        yield "It has the same recording: people who have heard it see it as new."
    yield f"The old one, “{reissue.standing.own.title}”, stays where it is, played or not. Its"
    yield "show notes and page begin with “There is a newer version” and a link."
    if reissue.number:
        yield f"The new one has the next number, {reissue.number}: it comes last in the order of"
        yield "the course. To change an episode in its place, use earmark revise."
    if reissue.standing.own.display and reissue.number != reissue.standing.own.number:
        yield f"The new one is not shown as “{reissue.standing.own.display}”: that is the old one."
    yield "In the companion, notes and listening records stay with the old one."


def write(reissue: Reissue) -> list[str]:
    """Write both episodes, or nothing, and say what is left to do."""
    found, folder = reissue.standing, reissue.folder
    show = atomic_files.typed(found.show)
    old = edit.set_key(found.text, found.path, "replaced_by", reissue.guid, "guid")
    with show_lock.hold(found.show, "reissue"):
        _refuse_changed(found, folder)
        _write(reissue, old)
    return [
        f"Made {folder / 'episode.md'}: open it and change what is different now.",
        f"The old episode, {found.path}, links to it once it is published.",
        f"Next: earmark check {show}, then earmark publish {show}",
    ]


def _refuse_changed(found: Standing, folder: Path) -> None:
    """Raise EarmarkError where another command changed the show while the lead was asked."""
    published_episode.unchanged(found.show, found.path, found.text)
    if folder.exists() or {name for name in scan(found.show) if name} != found.folders:
        raise EarmarkError(
            "episodes were added before you answered; nothing was changed: run the command again"
        )


def _write(reissue: Reissue, old: str) -> None:
    found, folder = reissue.standing, reissue.folder
    part = folder.with_name(f".{folder.name}{atomic_files.TEMPORARY}")
    shutil.rmtree(part, ignore_errors=True)  # of a reissue that was killed
    try:
        part.mkdir()
        for path, name in reissue.copies:
            shutil.copyfile(path, part / name)
        atomic_files.write(part / "episode.md", reissue.text.encode())
        with published_episode.together() as change:
            change.write(found.show / found.path, old)
            part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
