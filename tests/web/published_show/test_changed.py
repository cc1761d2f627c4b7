"""The companion through revise, reissue and move: notes, what was heard and apps go on.

The real commands change a real show; the companion then reads its catalogue again.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from click.testing import CliRunner

from episodes import catalogue
from podcast.building import pipeline
from podcast.cli import main
from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import AntennaPod, Kasts, Line
from tests.kit.companion import cast
from tests.kit.companion.cast import Clock, House, Person
from tests.kit.shows import NOW, sound
from web.listening import progress, store
from web.listening.progress import EpisodeProgress
from web.sync.episode_index import FORMER, EpisodeIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from web.database.engine import Database

OLD, NEW = "https://podcast.example.org/night/", "https://audio.example.net/talks/"
NOTE = "The number was wrong"


class Published(NamedTuple):
    """A show that a companion goes with, and the companion's database."""

    show: Path
    house: House
    tmp: Path

    def change(self, *arguments: object) -> House:
        """Type a command, build, and let the companion read the catalogue again."""
        told = [str(each) for each in (*arguments, "--show", self.show, "--yes")]
        done = CliRunner().invoke(main, told)
        assert done.exit_code == 0, done.output
        pipeline.build(self.show)
        return cast.house(self.house.settings, clock=self.house.companion.now)

    def file(self, guid: str = "guid-1") -> str:
        """Return the present name of an episode's recording."""
        found = catalogue.parse((self.show / "public" / "catalogue.json").read_bytes())
        (media,) = (each.media for each in found.episodes if each.guid == guid)
        assert media
        return media.file


@pytest.fixture
def published(
    tmp_path: Path, database: Database, clock: Clock, make_show: Callable[..., Path]
) -> Iterator[Published]:
    show = make_show(2, "published")
    pipeline.build(show, now=NOW)
    settings = cast.settings(tmp_path, database)
    settings = settings.model_copy(update={"catalogue": str(show / "public")})
    built = cast.house(settings, clock=clock)
    yield Published(show, built, tmp_path)
    built.close()


@pytest.fixture
def alice(published: Published) -> Person:
    """Alice, who has notes about the first talk and has heard two of its three seconds."""
    person = published.house.learner("Alice")
    person.visitor.get("/notes")
    assert person.visitor.post("/recording/on").status == 303
    hear(published.house, person, "guid-1", [0, 2])
    return person


def hear(house: House, person: Person, guid: str, *runs: list[Any]) -> None:
    page = house.again(person).get(f"/listen/{guid}").text
    token = re.search(r'data-token="([^"]*)"', page)
    assert token, page
    said = {"token": token[1], "sequence": 0, "runs": runs, "place": 2, "ended": False}
    body = json.dumps(said).encode()
    answer = house.nobody().send("POST", "/heard", {"Content-Type": "text/plain"}, body)
    assert answer.status == 204


def known(house: House, person: Person, guid: str = "guid-1") -> EpisodeProgress:
    with house.database.reading() as connection:
        listener = store.listener_of(connection, person.id)
        versions = house.companion.shows.versions()
        return progress.progress_of(connection, listener, versions).get(guid, EpisodeProgress(0))


def page(house: House, person: Person, guid: str, what: str = "listen") -> str:
    answer = house.again(person).get(f"/{what}/{guid}")
    assert answer.status == 200, answer.text
    return answer.text


def has_her_notes(house: House, person: Person) -> None:
    notes = {each.id: each for each in house.notes(person)}
    assert set(notes) == set(person.ids)
    text = house.again(person).get("/notes").text
    assert {word for word in person.words if word in text}
    for id_ in person.ids[:2]:
        assert notes[id_].newest.guid == "guid-1"
        assert house.again(person).get(f"/notes/{id_}").status == 200


def play(feed: str, file: str, position: int, started: int = 0, **more: Any) -> dict[str, Any]:
    """Return an action as AntennaPod writes it, with a guid only where one is given."""
    return {
        "podcast": feed, "episode": file, "action": "play", "started": started,
        "position": position, "total": 3, "timestamp": "2026-11-23T11:59:00",
    } | more  # fmt: skip


def phone(house: House, person: Person, name: str = "phone") -> AntennaPod:
    who = sync_clients.let_in(house.companion, person.id, person.key)
    found = AntennaPod(Line(house.ask, house.settings.prefix), who, name)
    found.connect()
    return found


def moved(app: AntennaPod, house: House) -> AntennaPod:
    """Return the same app, talking to a restarted companion."""
    app.line = Line(house.ask, house.settings.prefix)
    return app


def test_after_a_revision_what_was_heard_is_of_an_earlier_recording(
    published: Published, alice: Person
) -> None:
    old = f"{OLD}{published.file()}"
    before = known(published.house, alice)
    assert (before.measured, before.earlier) == (20, 0)
    recording = sound(published.tmp / "new.wav", 12, volume=0.2)
    house = published.change("revise", "01-talk", "--note", NOTE, "--audio", recording)
    now = known(house, alice)
    assert (now.measured, now.earlier) == (0, 20)
    text = page(house, alice, "guid-1")
    assert "<strong>Corrected on " in text
    assert NOTE in text
    assert "of an earlier recording" in text
    has_her_notes(house, alice)
    app = phone(house, alice)
    app.queue = [play(f"{OLD}feed.xml", old, 3, 0)]
    app.sync()
    after = known(house, alice)
    assert (after.reported, after.earlier) == (0, 20), "it was the old recording that played"
    assert after.earlier_reported > 0
    hear(house, alice, "guid-1", [0, 5])
    assert known(house, alice).measured == 50
    house.close()


def test_after_a_reissue_each_version_keeps_its_own(published: Published, alice: Person) -> None:
    house = published.change("reissue", "01-talk", "--title", "Talk A again")
    (new,) = (each for each in house.companion.shows.titles() if not each.startswith("guid-"))
    assert known(house, alice).measured == 20
    assert known(house, alice, new) == EpisodeProgress(0)
    has_her_notes(house, alice)
    for what in ("listen", "reflect"):
        text = page(house, alice, "guid-1", what)
        assert "There is a newer version" in text
        assert f'href="/{what}/{new}">Talk A again</a>' in text
        assert "newer version" not in page(house, alice, new, what)
    assert 'href="/listen/guid-1">Talk A</a>' in page(house, alice, new)
    hear(house, alice, new, [0, 1])
    assert known(house, alice, new).measured == 10
    assert known(house, alice).measured == 20
    app = phone(house, alice)
    app.queue = [play(f"{OLD}feed.xml", f"{OLD}{published.file(new)}", 3, 1)]
    app.sync()
    assert known(house, alice, new).reported == 20
    assert known(house, alice).reported == 0, "one recording, two episodes, and each its own"
    house.close()


def test_after_a_move_everything_is_there_and_old_addresses_still_count(
    published: Published, alice: Person, clock: Clock
) -> None:
    old_file = f"{OLD}{published.file()}"
    app = phone(published.house, alice)
    app.subscriptions = [f"{OLD}feed.xml"]
    app.sync()
    house = published.change("move", NEW)
    assert known(house, alice).measured == 20
    assert known(house, alice).place == 20
    has_her_notes(house, alice)
    assert f'src="{NEW}{published.file()}' in page(house, alice, "guid-1")
    app = moved(app, house)
    clock.wait(hours=1)
    app.queue = [play(f"{OLD}feed.xml", old_file, 3, 1)]
    app.sync()
    assert known(house, alice).reported == 20, "what was played before the phone knew of the move"
    clock.wait(hours=1)
    new_file = f"{NEW}{published.file('guid-2')}"
    app.queue = [play(f"{NEW}feed.xml", new_file, 3, 0, timestamp="2026-11-23T13:30:00")]
    app.sync()
    assert known(house, alice, "guid-2").reported == 30
    clock.wait(hours=1)
    other = phone(house, alice, "tablet")
    other.sync()
    assert other.subscriptions == [f"{NEW}feed.xml"]
    told = {each["episode"]: each["position"] for each in other.received}
    assert told == {f"{NEW}{published.file()}": 3, new_file: 3}
    house.close()


def test_a_phone_that_goes_over_to_the_new_feed_stays_subscribed(
    published: Published, alice: Person, clock: Clock
) -> None:
    house = published.change("move", NEW)
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    laptop = Kasts(Line(house.ask, house.settings.prefix), who, clock.seconds)
    laptop.connect()
    laptop.sync([f"{OLD}feed.xml"], [])
    path = f"/api/2/subscriptions/{who.handle}/{laptop.device}.json"
    for change in ({"add": [f"{NEW}feed.xml"]}, {"remove": [f"{OLD}feed.xml"]}):
        clock.wait(minutes=5)
        laptop._json("POST", path, {"add": [], "remove": [], **change})
    clock.wait(minutes=5)
    found = laptop._json("GET", f"{path}?since=0")
    assert (found["add"], found["remove"]) == ([f"{NEW}feed.xml"], [])
    laptop._json("POST", path, {"add": [], "remove": [f"{NEW}feed.xml"]})
    clock.wait(minutes=5)
    assert laptop._json("GET", f"{path}?since=0")["add"] == []
    house.close()


def test_the_shelf_knows_every_name_below_every_address(published: Published) -> None:
    before = published.file()
    published.change("revise", "01-talk", "--note", NOTE, "--audio",
                     sound(published.tmp / "new.wav", 12, volume=0.2))  # fmt: skip
    published.change("move", NEW)
    published.change("move", "https://third.example.net/").database.close()
    now = published.file()
    shelf = EpisodeIndex(
        catalogue.parse((published.show / "public" / "catalogue.json").read_bytes())
    )
    for base in (OLD, NEW, "https://third.example.net/"):
        assert shelf.is_ours(f"{base}feed.xml")
        for name, version in ((before, FORMER), (now, None)):
            for address in (base + name, f"https://count.example/e/{base}{name}"):
                found = shelf.find(f"{base}feed.xml", address, "", 3 if version else 12)
                assert found, address
                assert found.guid == "guid-1"
                assert (found.version == FORMER) == (version == FORMER)
    assert not shelf.is_ours("https://elsewhere.example.com/feed.xml")
    assert shelf.is_former(f"{OLD}feed.xml")
    assert not shelf.is_former("https://third.example.net/feed.xml")
    assert not shelf.is_former("https://elsewhere.example.com/feed.xml")
