"""Combines a learner's progress from their pages and their apps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, select

from web import dates
from web.listening import coverage as covering
from web.schema import coverage, media, places, reported

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import tzinfo

    from sqlalchemy import BindParameter, Connection, Row, Select

    from web.listening.coverage import Coverage


class LastPosition(NamedTuple):
    """Where a learner was in an episode, in tenths of a second, and on which day."""

    guid: str
    tenths: int
    day: date


class EpisodeProgress(NamedTuple):
    """One learner's progress in one episode; lengths and positions in tenths of a second.

    `measured` was played by our page, `reported` is what an app says that it played, `heard` is
    both together. `furthest` and `ended` are where an app was, which is not the same as heard.
    `earlier` was heard of a recording that another one has replaced.
    """

    length: int
    measured: int = 0
    played: int = 0
    earlier: int = 0
    finished: int = 0
    elsewhere: date | None = None
    place: int = 0
    reported: int = 0
    heard: int = 0
    furthest: int = 0
    ended: int = 0
    earlier_reported: int = 0


class _At(NamedTuple):
    """A place and since when it is the place: the later stands, by its second and then its turn."""

    second: int
    turn: int
    tenths: int


# What a page asks of one listener, of all episodes or of those that it shows, built once.
_OF: BindParameter[Any] = bindparam("of")
_THOSE = media.c.guid.in_(bindparam("guids", expanding=True))
_RECORDING = (media.c.number, media.c.guid, media.c.version, media.c.tenths)
_MEASURED: Select[Any] = (
    select(*_RECORDING, coverage.c.runs, coverage.c.played)
    .join(media, media.c.number == coverage.c.media)
    .where(coverage.c.listener == _OF)
)
_TOLD: Select[Any] = (
    select(
        *_RECORDING, reported.c.runs, reported.c.played, reported.c.furthest,
        reported.c.finished, reported.c.place, reported.c.at,
    )
    .join(media, media.c.number == reported.c.media)
    .where(reported.c.listener == _OF)
)  # fmt: skip
_PLACES: Select[Any] = select(
    places.c.guid, places.c.tenths, places.c.turn, places.c.day, places.c.at,
    places.c.finished, places.c.elsewhere,
).where(places.c.listener == _OF)  # fmt: skip
_TOLD_PLACES: Select[Any] = (
    select(media.c.guid, reported.c.at, reported.c.place)
    .join(media, media.c.number == reported.c.media)
    .where(reported.c.listener == _OF, reported.c.at > 0)
)
_ALL = (_MEASURED, _TOLD, _PLACES)
_SOME = (
    _MEASURED.where(_THOSE),
    _TOLD.where(_THOSE),
    _PLACES.where(places.c.guid.in_(bindparam("guids", expanding=True))),
)
_FIRST = date(1970, 1, 1).toordinal()


def last_position(
    connection: Connection, listener: int, offered: Collection[str], zone: tzinfo
) -> LastPosition | None:
    """Return where a learner was last, and on which day there; not where an episode is over."""
    page_rows = connection.execute(_PLACES, {"of": listener}).all()
    app_rows = connection.execute(_TOLD_PLACES, {"of": listener}).all()
    later = _later(page_rows, app_rows).items()
    positions = {guid: at for guid, at in later if at.tenths > 0 and guid in offered}
    if not positions:
        return None
    guid, last = max(positions.items(), key=lambda each: each[1])
    day = next(
        (row.day for row in page_rows if row.guid == guid and last.turn and not row.at), None
    )
    return LastPosition(guid, last.tenths, day or dates.moment(last.second, zone).date())


def _later(page_rows: Iterable[Row[Any]], app_rows: Iterable[Row[Any]]) -> dict[str, _At]:
    """Return the place in each episode: of the page or of an app, whichever is later."""
    latest: dict[str, _At] = {}
    for row in page_rows:
        if row.turn > 0:
            midnight = (row.day.toordinal() - _FIRST) * 24 * 3600
            latest[row.guid] = _At(row.at or midnight, row.turn, row.tenths)
    for row in app_rows:
        if row.at > 0:
            at = _At(row.at, 0, row.place)
            latest[row.guid] = max(latest.get(row.guid, at), at)
    return latest


def progress_of(
    connection: Connection,
    listener: int,
    versions: dict[str, str],
    guids: Collection[str] | None = None,
) -> dict[str, EpisodeProgress]:
    """Return the progress in each episode, or in these; `versions` are the present recordings."""
    if not listener:
        return {}
    asked = {"of": listener} if guids is None else {"of": listener, "guids": [*guids]}
    measured, app_rows, page_rows = (
        connection.execute(each, asked).all() for each in (_ALL if guids is None else _SOME)
    )
    progress: dict[str, EpisodeProgress] = {}
    for part in _parts(measured, app_rows):
        before = progress.get(part.guid, EpisodeProgress(part.length))
        present = versions.get(part.guid, part.version) == part.version
        progress[part.guid] = _with(before, part) if present else _with_earlier(before, part)
    for guid, at in _later(page_rows, app_rows).items():
        progress[guid] = progress.get(guid, EpisodeProgress(0))._replace(place=at.tenths)
    for row in page_rows:
        before = progress.get(row.guid, EpisodeProgress(0))
        progress[row.guid] = before._replace(finished=row.finished, elsewhere=row.elsewhere)
    return progress


class _Part(NamedTuple):
    """What is known of one recording; lengths in tenths."""

    guid: str
    version: str
    length: int
    measured: Coverage = covering.NOTHING
    played: int = 0
    reported: Coverage = covering.NOTHING
    played_elsewhere: int = 0
    furthest: int = 0
    ended: int = 0


def _parts(measured: Iterable[Row[Any]], app_rows: Iterable[Row[Any]]) -> Iterable[_Part]:
    """Return what is known of each recording, from the pages and the apps."""
    parts: dict[int, _Part] = {}
    for row in measured:
        runs = covering.readable(row.runs)
        parts[row.number] = _Part(row.guid, row.version, row.tenths, runs, row.played)
    for row in app_rows:
        part = parts.get(row.number, _Part(row.guid, row.version, row.tenths))
        parts[row.number] = part._replace(
            reported=covering.readable(row.runs),
            played_elsewhere=row.played,
            furthest=row.furthest,
            ended=row.finished,
        )
    return parts.values()


def _with(before: EpisodeProgress, part: _Part) -> EpisodeProgress:
    return before._replace(
        length=part.length,
        measured=covering.tenths(part.measured),
        played=part.played + part.played_elsewhere,
        reported=covering.tenths(part.reported),
        heard=covering.tenths(covering.union(part.measured, part.reported)),
        furthest=part.furthest,
        ended=part.ended,
    )


def _with_earlier(before: EpisodeProgress, part: _Part) -> EpisodeProgress:
    covered = covering.tenths(covering.union(part.measured, part.reported))
    measured = covering.tenths(part.measured)
    return before._replace(
        earlier=before.earlier + measured,
        earlier_reported=before.earlier_reported + covered - measured,
    )
