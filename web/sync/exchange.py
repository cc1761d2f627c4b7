"""Exchanges actions and subscriptions with apps, for every protocol; our show only.

Anything else is acknowledged and dropped, without a trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from web import crypto
from web.sync import actions, devices, queries, store
from web.sync.episode_index import EpisodeIndex
from web.sync.store import MatchedAction, Upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from episodes.catalogue import Catalogue
    from web.companion import Companion
    from web.sync.actions import Action
    from web.sync.apps import App
    from web.sync.episode_index import Recording
    from web.sync.queries import ActionQuery, StoredAction

    Pair = tuple[tuple[Action, int | None], Recording]


class AnsweredAction(NamedTuple):
    """An action as every protocol sends it; `places` is (started, position, total) or empty."""

    podcast: str
    episode: str
    guid: str
    device: str
    kind: str
    at: int
    places: tuple[int, int, int] | None


class _EpisodeIndexes:
    """Caches the index of the show: building one takes milliseconds."""

    def __init__(self) -> None:
        self._last: tuple[Catalogue, EpisodeIndex] | None = None

    def of(self, show: Catalogue) -> EpisodeIndex:
        last = self._last
        if last is None or last[0] is not show:
            last = self._last = (show, EpisodeIndex(show))
        return last[1]


_indexes = _EpisodeIndexes()


def shelf(companion: Companion) -> EpisodeIndex | None:
    """Return our recordings; None if the show cannot be read: then nothing must be dropped."""
    show = companion.shows.current()
    return _indexes.of(show) if show else None


def device_key(companion: Companion) -> bytes:
    """Return the key of what apps call their devices."""
    return crypto.lasting(companion.settings.secrets.key, "devices")


def _now(companion: Companion) -> int:
    return int(companion.now().timestamp())


def report(
    companion: Companion, app: App, ours: EpisodeIndex, sent: Iterable[object]
) -> int | None:
    """Store the actions of an upload; return the number to ask since, None if it was disconnected.

    Rows are read one by one, and only those of our show are stored, in batches: a phone may send
    its whole history.
    """
    key = device_key(companion)
    timestamp = None
    for batch, feed in _batches(ours, sent, key):
        times = actions.settled([each[0] for each in batch], _now(companion))
        matched = [*map(MatchedAction, times, (each[1] for each in batch))]
        with companion.database.writing() as connection:
            timestamp = store.store_upload(
                connection, app, key, Upload(matched, _now(companion), feed)
            )
    return timestamp


def _batches(
    ours: EpisodeIndex, sent: Iterable[object], key: bytes
) -> Iterator[tuple[list[Pair], str]]:
    """Yield our actions of an upload in batches (at least one), with our URL as it writes it."""
    batch: list[Pair] = []
    feed = ""
    for row in sent:
        if (pair := actions.action(row, key)) is None:
            continue
        action = pair[0]
        recording = ours.find(action.podcast, action.episode, action.guid, action.total)
        if recording:
            batch.append((pair, recording))
            feed = action.podcast if ours.is_ours(action.podcast) else feed
        if len(batch) >= actions.MOST:
            yield batch, feed
            batch = []
    yield batch, feed


def subscribe(
    companion: Companion, app: App, ours: EpisodeIndex, add: Sequence[str], remove: Sequence[str]
) -> int | None:
    """Store whether the learner follows our show; added and removed together means added.

    An app that moves to the present URL removes the former one: the learner still follows us.
    """
    gone_over = bool(app.feed) and not ours.is_former(app.feed)
    remove = [url for url in remove if not (gone_over and ours.is_former(url))]
    for urls, is_followed in ((add, True), (remove, False)):
        for url in urls:
            if ours.is_ours(url):
                return queries.subscribe(companion.database, app, is_followed, _now(companion), url)
    return queries.subscribe(companion.database, app, None, _now(companion))


def replace(companion: Companion, app: App, ours: EpisodeIndex, urls: Sequence[str]) -> int | None:
    """Store whether our show is in an app's whole list of subscriptions."""
    mine = next((url for url in urls if ours.is_ours(url)), "")
    return queries.subscribe(companion.database, app, bool(mine), _now(companion), mine)


def read_actions(
    companion: Companion, app: App, ours: EpisodeIndex, question: ActionQuery
) -> tuple[list[AnsweredAction], int]:
    """Return the actions since a number, by time, and the number to ask since next time."""
    rows, timestamp = queries.actions(companion.database, app, question)
    if not rows:
        return [], timestamp
    with companion.database.reading() as connection:
        every = devices.every(connection, device_key(companion), app.listener)
    names = {each.number: each.id for each in every}
    return [*_lines(rows, ours, app.feed or ours.feed, names)], timestamp


def _lines(
    rows: Iterable[StoredAction], ours: EpisodeIndex, feed: str, names: dict[int, str]
) -> Iterable[AnsweredAction]:
    for row in rows:
        entry = ours.entry(row.guid)
        if entry is None or entry.media is None:
            continue  # it has left the show, so it has no URL to send
        places = None
        if row.kind == "play" and row.position is not None:
            started = row.position if row.started is None else row.started
            total = row.total or round(entry.media.seconds)
            places = (min(started, row.position), row.position, max(total, 1))
        address, device = ours.enclosure(entry), names.get(row.device, "")
        yield AnsweredAction(feed, address, entry.guid, device, row.kind, row.at, places)


def feed_of(app: App, ours: EpisodeIndex) -> str:
    """Return our feed's URL as an app writes it."""
    return app.feed or ours.feed
