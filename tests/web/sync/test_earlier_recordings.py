"""Apps that still have an earlier recording: in any order, what they report adds up to the same."""

from __future__ import annotations

import random
from itertools import count, permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text, update

from episodes import catalogue
from tests.kit.clients.sync_clients import FEED, TALKS, play
from tests.kit.companion.cast import GUIDS, NOON, SHOW
from web.accounts.store import Learner
from web.listening import progress
from web.listening import store as listening
from web.listening.progress import EpisodeProgress
from web.schema import learners, media, reported
from web.sync import actions, apps, rebuild, store
from web.sync.episode_index import FORMER, EpisodeIndex
from web.sync.store import MatchedAction, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from web.database.engine import Database
    from web.sync.apps import App

KEY, NOW, HOUR = b"k" * 32, int(NOON.timestamp()), 3600
BEFORE = "media/talk-of-old.mp3"
OLD = f"https://podcast.example.org/night/{BEFORE}"
_people = count()

Sent = dict[str, Any]


def shelf() -> EpisodeIndex:
    """Return the show whose first recording took the place of others."""
    show = catalogue.Catalogue.model_validate(SHOW)
    first, *others = show.episodes
    assert first.media
    audio = first.media.model_copy(update={"former": (BEFORE,)})
    episodes = (first.model_copy(update={"media": audio}), *others)
    return EpisodeIndex(show.model_copy(update={"episodes": episodes}))


OURS = shelf()


def old(position: int, started: int, total: int, hour: int = 0) -> Sent:
    """Return an action about a former recording, with its length in seconds."""
    at = NOW - 1000 * HOUR + hour * HOUR
    return play(position, started, episode=OLD, total=total, timestamp=at)


def begin(connection: Connection) -> App:
    """Connect an app of somebody new."""
    name, today = f"learner-{next(_people)}", NOON.date()
    row = {"lookup": name.encode(), "wrapped": b"-", "joined": today, "seen": today}
    connection.execute(insert(learners).values(id=name, **row))
    listener = listening.start_record(connection, name)
    apps.connect(connection, listener, NOW)
    new = apps.New("phone", name.encode(), today)
    apps.add_app(connection, Learner(name, KEY), listener, new)
    found = apps.find(connection, name.encode())
    assert found
    return found


def send(connection: Connection, app: App, *sent: Sent) -> None:
    found = []
    for action in actions.actions([*sent], NOW, KEY):
        recording = OURS.find(action.podcast, action.episode, action.guid, action.total)
        assert recording
        found.append(MatchedAction(action, recording))
    assert store.store_upload(connection, app, KEY, Upload(found, NOW)) is not None


def adds_up(database: Database, *uploads: Sequence[Sent]) -> tuple[list[Any], EpisodeProgress]:
    """Return what uploads give where none came before; nothing of it stays."""
    with database.writing() as connection:
        alone = connection.begin_nested()
        app = begin(connection)
        for sent in uploads:
            send(connection, app, *sent)
        found = kept(connection, app), known(connection, app)
        assert rebuild.rebuild(connection)[1] == 0
        alone.rollback()
    return found


def known(connection: Connection, app: App) -> EpisodeProgress:
    versions = {GUIDS[0]: "sha256-1"}
    return progress.progress_of(connection, app.listener, versions).get(
        GUIDS[0], EpisodeProgress(0)
    )


def kept(connection: Connection, app: App) -> list[Any]:
    """Return all that is derived from what an app reported."""
    columns = [each for each in reported.c if each.name not in {"listener", "media"}]
    mine = select(media.c.version, *columns).join(media).where(reported.c.listener == app.listener)
    return [*map(tuple, connection.execute(mine.order_by(media.c.version)))]


def test_a_longer_recording_that_comes_later_is_heard_whole(database: Database) -> None:
    every = [old(60, 0, 600), old(1200, 600, 1200, 5), old(900, 800, 900, 9)]
    for order in permutations(every):
        _, found = adds_up(database, *([each] for each in order))
        assert found.earlier_reported == 6600
        assert found.place == 9000, "where the last of them was"


def test_a_recording_of_before_is_no_part_of_todays(database: Database) -> None:
    with database.writing() as connection:
        app = begin(connection)
        send(connection, app, old(1200, 600, 1200), play(120, 60, timestamp=NOW))
        found = known(connection, app)
    assert (found.reported, found.heard, found.length) == (600, 600, 3000)
    assert (found.furthest, found.ended, found.earlier_reported) == (1200, 0, 6000)


def test_nothing_is_heard_beyond_the_end_that_its_own_app_told(database: Database) -> None:
    _, found = adds_up(database, [old(1200, 600, 1200)], [old(1260, 0, 400, 3)])
    assert found.earlier_reported == 10_000


def test_lengths_that_an_app_makes_up_make_one_row(database: Database) -> None:
    with database.writing() as connection:
        app = begin(connection)
        sent = [old(5, 0, total) for total in range(400, actions.LONGEST, 60)]
        send(connection, app, *sent, old(5, 0, 10**9), old(5, 0, -1))
        of = select(func.count(), func.max(media.c.tenths)).where(media.c.version == FORMER)
        assert connection.execute(of).one() == (1, 0)


def test_what_was_cut_short_by_an_earlier_earmark_is_whole_after_the_upgrade_and_a_rebuild(
    make_database: Any, kind: str
) -> None:
    from web.maintenance import migrate

    database = make_database(kind, empty=True)
    with database.writing() as connection:
        migrate.climb(connection, "0004")
        connection.execute(text("ALTER TABLE sync_actions ADD COLUMN clock INTEGER DEFAULT 0"))
        app = begin(connection)
        send(connection, app, old(60, 0, 600))
        send(connection, app, old(1200, 600, 1200, 5))
        right = kept(connection, app)
        connection.execute(update(media).values(tenths=6000))  # as it was then
        rebuild.rebuild(connection)
        assert known(connection, app).earlier_reported == 600
        connection.execute(text("ALTER TABLE sync_actions DROP COLUMN clock"))
    migrate.upgrade(database)
    with database.writing() as connection:
        assert rebuild.rebuild(connection) == (1, 1)
        assert kept(connection, app) == right
        assert known(connection, app).earlier_reported == 6600


_LENGTHS = st.sampled_from([299, 300, 306, 600, 1200, 1201])


@st.composite
def _sent(draw: st.DrawFn) -> list[Sent]:
    """Return what an app did, at hours of its own, with whatever recording it had."""
    hours = draw(st.lists(st.integers(0, 900), max_size=7, unique=True))
    found = []
    for hour in hours:
        total = draw(_LENGTHS)
        position = draw(st.integers(1, total + 20))
        episode = draw(st.sampled_from([OLD, TALKS[0]]))
        started = draw(st.integers(0, position))
        found.append(old(position, started, total, hour) | {"podcast": FEED, "episode": episode})
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40,
          deadline=None)  # fmt: skip
@given(_sent(), st.randoms())
def test_uploads_in_any_order_and_any_parts_add_up_to_the_same_and_so_does_a_rebuild(
    database: Database, sent: Sequence[Sent], chance: random.Random
) -> None:
    again = [*sent]
    chance.shuffle(again)
    at = chance.randrange(len(again) + 1)
    one_by_one = adds_up(database, *([each] for each in sent))
    assert adds_up(database, again[:at], again[at:], again[:at]) == one_by_one


@pytest.mark.parametrize("total", [295, 305])
def test_apps_may_differ_by_seconds_about_todays_recording_under_an_old_address(total: int) -> None:
    assert OURS.find(FEED, OLD, "", total) == (GUIDS[0], "sha256-1", 3000)
