"""An episode is withdrawn with the real command: what learners have of it stays theirs."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from click.testing import CliRunner

from podcast.building import pipeline
from podcast.cli import main
from podcast.show_folder import lockfile
from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import FEED, AntennaPod, Line
from tests.kit.companion import cast
from tests.kit.companion.cast import Clock, House, Person
from web import published_show
from web.published_show import Shows
from web.sync.episode_index import FORMER, EpisodeIndex

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from web.database.engine import Database

TAKEN, LIVE = "guid-1", "guid-2"
NIGHT = "https://podcast.example.org/night/"


class Night(NamedTuple):
    """A show that is built, a companion beside it, and the name of the first recording."""

    show: Path
    house: House
    file: str
    clock: Clock

    @property
    def address(self) -> str:
        return NIGHT + self.file

    def withdraw(self, *words: str) -> House:
        """Withdraw the first episode, build, and return the companion that reads it again."""
        run = ["withdraw", "01-talk", "--show", str(self.show), "--yes", *words]
        done = CliRunner().invoke(main, run)
        assert done.exit_code == 0, done.output
        pipeline.build(self.show)
        return cast.house(self.house.settings, clock=self.clock)


@pytest.fixture
def night(
    make_show: Callable[..., Path], tmp_path: Path, database: Database, clock: Clock
) -> Night:
    show = make_show(2, "night")
    out = pipeline.build(show).out
    found = cast.settings(tmp_path, database).model_copy(update={"catalogue": str(out)})
    file = lockfile.read(show).episodes[TAKEN].file
    return Night(show, cast.house(found, clock=clock), file, clock)


@pytest.fixture
def alice(night: Night) -> Person:
    """Alice has notes on the first episode, and has heard two seconds of it here."""
    alice = night.house.learner("Alice")
    alice.visitor.get("/notes")
    alice.visitor.post("/recording/on")
    found = re.search(r'data-token="([^"]*)"', alice.visitor.get(f"/listen/{TAKEN}").text)
    assert found
    said = {"token": found[1], "sequence": 0, "runs": [[0, 2]], "place": 2, "ended": False}
    assert _report(night.house, said) == 204
    return alice


def _report(house: House, said: dict[str, Any]) -> int:
    kind = {"Content-Type": "text/plain"}
    return house.nobody().send("POST", "/heard", kind, json.dumps(said).encode()).status


def csv(house: House, alice: Person) -> str:
    """Return everything that Alice takes away, as text."""
    visitor = house.again(alice)
    visitor.get("/take-away")
    return visitor.post("/take-away").text


def test_notes_and_coverage_stay_readable_changeable_and_her_own(
    night: Night, alice: Person
) -> None:
    before = csv(night.house, alice)
    house = night.withdraw("--reason", "It was asked of us.")
    visitor = house.again(alice)
    assert csv(house, alice) == before
    assert f"Talk A,{TAKEN},3.0,2.0,2.0" in before
    for id_, words in ((alice.ids[0], alice.words[0]), (alice.ids[1], alice.words[2])):
        note = visitor.get(f"/notes/{id_}")
        assert (note.status, words in note.text) == (200, True)
        assert "Listen from here" not in note.text
    assert alice.words[1] in visitor.get(f"/notes/{alice.ids[0]}/edit").text
    written = visitor.get(f"/reflect/{TAKEN}?model=prompts")
    assert "What will you try?" in written.text
    fields = {name: written.field(name) for name in ("id", "version", "page", "model")}
    answer = {"question-1": "What will you try?", "answer-1": "I miss it.", **fields}
    assert visitor.post(f"/reflect/{TAKEN}", answer).status == 303
    assert "I miss it." in csv(house, alice)


def test_its_page_is_kind_and_has_no_player(night: Night, alice: Person) -> None:
    house = night.withdraw("--reason", "It was asked of us.")
    page = house.again(alice).get(f"/listen/{TAKEN}")
    assert page.status == 200
    for there in ("Talk A", "This episode was withdrawn on", "It was asked of us.", "Samaritans",
                  "116 123", "Your notes are still here", "You have heard",
                  "Write a note"):  # fmt: skip
        assert there in page.text, there
    assert f"/notes/{alice.ids[0]}" in page.text
    for gone in ("<audio", "data-token", night.file, "I listened somewhere else"):
        assert gone not in page.everything, gone


def test_a_stranger_to_it_reads_the_same_without_what_is_alices(
    night: Night, alice: Person
) -> None:
    house = night.withdraw()
    bob = house.learner("Bob")
    page = bob.visitor.get(f"/listen/{TAKEN}").text
    assert "This episode was withdrawn on" in page
    assert not alice.traces(page)
    assert "asked of us" not in page


def test_the_first_page_never_offers_to_go_on_with_it(night: Night, alice: Person) -> None:
    assert "Carry on listening" in alice.visitor.get("/").text
    house = night.withdraw()
    home = house.again(alice).get("/").text
    assert "Carry on listening" not in home
    assert "Episodes that have been withdrawn" in home
    assert f'href="/listen/{TAKEN}">Talk A</a>' in home
    assert f"/reflect/{TAKEN}" not in home
    assert "Episodes that have been withdrawn" not in _new_learner(house).get("/").text


def _new_learner(house: House) -> Any:
    """Return the browser of somebody who has no note and has heard nothing."""
    from web.sessions import Who

    made = sync_clients.new_learner(house.companion)
    return house.signed_in(Who(made.id, made.key))


def test_the_place_before_it_is_offered_instead(night: Night, alice: Person) -> None:
    found = re.search(r'data-token="([^"]*)"', alice.visitor.get(f"/listen/{LIVE}").text)
    assert found
    said = {"token": found[1], "sequence": 0, "runs": [[0, 1]], "place": 1, "ended": False}
    assert _report(night.house, said) == 204
    night.clock.wait(minutes=5)
    newer = re.search(r'data-token="([^"]*)"', alice.visitor.get(f"/listen/{TAKEN}").text)
    assert newer
    assert _report(night.house, said | {"token": newer[1], "place": 2}) == 204
    house = night.withdraw()
    assert f'href="/listen/{LIVE}">Carry on listening' in house.again(alice).get("/").text


def test_a_page_that_was_open_still_reports(night: Night, alice: Person) -> None:
    found = re.search(r'data-token="([^"]*)"', alice.visitor.get(f"/listen/{TAKEN}").text)
    assert found
    house = night.withdraw()
    said = {"token": found[1], "sequence": 0, "runs": [[2, 3]], "place": 3, "ended": False}
    assert _report(house, said) == 204
    visitor = house.again(alice)
    assert f"Talk A,{TAKEN},3.0,3.0,3.0" in csv(house, alice)
    assert visitor.post(f"/elsewhere/{TAKEN}").status == 303


def test_what_apps_report_of_it_counts_and_nothing_of_it_is_offered(
    night: Night, alice: Person
) -> None:
    house = night.withdraw()
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    phone = AntennaPod(Line(house.ask), who)
    phone.subscriptions = [FEED]
    phone.connect()
    phone.queue = [
        {"podcast": FEED, "episode": night.address, "action": "play", "started": 2, "position": 3,
         "total": 3, "timestamp": "2026-11-20T10:00:00"},
    ]  # fmt: skip
    phone.sync()
    listened = house.again(alice).get(f"/listen/{TAKEN}").text
    assert "all of it (less than a minute of it on this site)" in listened
    assert ",Talk A,guid-1," in csv(house, alice).partition("proves")[2]
    other = AntennaPod(
        Line(house.ask), sync_clients.let_in(house.companion, alice.id, alice.key), "b"
    )
    other.connect()
    other.sync()
    assert other.subscriptions == [FEED]
    assert other.received == []
    path = f"/api/2/updates/{who.handle}/b.json?since=0"
    told = json.dumps(other.line.json("GET", path, sync_clients.basic(who)))
    assert LIVE in told or "Talk B" in told
    assert night.file not in told


def test_months_name_what_could_be_heard_in_them(night: Night) -> None:
    night.withdraw()
    read = Shows(night.house.settings.catalogue, lambda: 0.0)
    read.begin()
    assert read.titles() == {LIVE: "Talk B", TAKEN: "Talk A"}
    assert TAKEN in read.titles(date(2026, 10, 1))
    assert TAKEN not in read.titles(date(2099, 1, 1))
    assert set(read.versions()) == {TAKEN, LIVE}
    assert (read.episode(TAKEN), read.episode(LIVE) is None) == (None, False)
    assert read.known("nobody") is None


def test_its_addresses_of_before_are_known_and_none_is_given(night: Night) -> None:
    version = lockfile.read(night.show).episodes[TAKEN].audio
    night.withdraw()
    shelf = EpisodeIndex(published_show.read(str(night.show / "public")))
    for episode, guid in ((night.address, ""), ("https://x.example/other.mp3", TAKEN)):
        found = shelf.find(FEED, episode, guid, 3)
        assert found is not None
        assert (found.guid, found.version, found.tenths) == (TAKEN, version, 30)
    other = shelf.find(FEED, night.address, "", 900)
    assert other is not None
    assert other.version == FORMER
    assert shelf.entry(TAKEN) is None


def test_who_comes_back_has_all_of_it_again(night: Night, alice: Person) -> None:
    night.withdraw()
    path = night.show / "episodes" / "01-talk" / "episode.md"
    path.write_text(re.sub(r"withdrawn: .*\n", "", path.read_text("utf-8")), "utf-8")
    pipeline.build(night.show)
    house = cast.house(night.house.settings, clock=night.clock)
    after = house.again(alice).get(f"/listen/{TAKEN}").text
    assert "<audio" in after
    assert "You have heard" in after
    assert f"Talk A,{TAKEN},3.0,2.0,2.0" in csv(house, alice)
