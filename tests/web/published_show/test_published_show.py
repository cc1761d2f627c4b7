"""The catalogue as the companion reads it: from a folder, from the web, or not at all."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sqlalchemy import select

from episodes import catalogue
from episodes.errors import EarmarkError
from episodes.frontmatter import value_types
from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import AntennaPod, Line
from tests.kit.companion import cast
from tests.kit.companion.visitor import form
from web import published_show
from web.figures import rules as numbered
from web.figures import store as numbers
from web.figures.rules import Month
from web.listening import progress
from web.published_show import Shows
from web.schema import listeners

if TYPE_CHECKING:
    from episodes.catalogue import Catalogue
    from web.database.engine import Database

HAN = "".join(map(chr, range(0x20000, 0x2A6D6)))  # four bytes each
DOCUMENT = {
    "version": 1,
    "later": "what a later version adds",
    "show": {
        "title": "Night shift",
        "address": "https://example.org/night/",
        "support": [{"name": "Samaritans", "phone": "116 123", "later": True}],
    },
    "episodes": [
        {
            "guid": "g-1",
            "title": "Listening",
            "page": "episodes/listening.html",
            "published": "2026-10-01T07:00:00+00:00",
            "chapters": [{"start": 0, "title": "Start", "later": 1}],
        }
    ],
}


def write(folder: Path, document: object) -> Path:
    (folder / "catalogue.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_a_catalogue_is_read_from_its_folder_and_what_is_new_in_it_ignored(tmp_path: Path) -> None:
    found = Shows(str(write(tmp_path, DOCUMENT)), lambda: 0.0)
    found.begin()
    episode = found.episode("g-1")
    assert episode is not None
    assert episode.title == "Listening"
    assert found.episode("g-2") is None


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ({}, "b"),
        ({"type": "episodic"}, "b"),
        ({"type": "serial"}, "a"),
        ({"medium": "course"}, "a"),
    ],
)
def test_what_is_heard_one_after_the_other_is_listed_from_its_first(
    said: dict[str, str], first: str
) -> None:
    head = {"title": "Nights", "address": "https://example.org/night/"} | said
    rows = [
        {"guid": guid, "title": guid, "page": f"{guid}.html", "published": "2026-10-01T07:00:00Z"}
        for guid in "ba"
    ]
    document = {"version": 1, "show": head, "episodes": rows}
    found = catalogue.parse(json.dumps(document).encode())
    assert found.in_order()[0].guid == first
    assert found.episodes[0].guid == "b", "the feed's order stays"


def test_nobody_waits_for_a_catalogue_that_is_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, begun, go_on, reads = 0.0, threading.Event(), threading.Event(), []
    found = Shows(str(write(tmp_path, DOCUMENT)), lambda: now)
    found.renew()

    def read(place: str) -> Catalogue:
        reads.append(threading.current_thread())
        begun.set()
        assert go_on.wait(60)
        return right(place)

    right = published_show.read
    monkeypatch.setattr(published_show, "read", read)
    now = published_show.AGAIN + 1
    write(tmp_path, DOCUMENT | {"episodes": []})
    for _ in range(3):
        assert found.episode("g-1"), "the last one is served until then"
    assert begun.wait(60)
    go_on.set()
    reads[0].join(60)
    assert not found.episode("g-1")
    assert len(reads) == 1


def test_a_companion_starts_while_the_web_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, reads = threading.Event(), threading.Event(), []

    def read(_: str) -> Catalogue:
        reads.append(threading.current_thread())
        begun.set()
        assert go_on.wait(60)
        return catalogue.parse(json.dumps(DOCUMENT).encode())

    monkeypatch.setattr(published_show, "read", read)
    found = Shows("https://podcast.example.org/night/", lambda: 0.0)
    found.begin()
    assert begun.wait(60)
    assert found.current() is None
    go_on.set()
    reads[0].join(60)
    assert found.episode("g-1")


def test_it_is_read_again_after_a_while_and_not_before(tmp_path: Path) -> None:
    now, reads = 0.0, 0

    class Counted(Shows):
        def _renew(self) -> None:
            nonlocal reads
            reads += 1
            super()._renew()

    found = Counted(str(write(tmp_path, DOCUMENT)), lambda: now)
    found.begin()
    found.current()
    assert reads == 0
    now = published_show.AGAIN + 1
    found.current()
    found.renew()  # which waits for that one
    assert reads == 1


def test_what_cannot_be_read_any_more_stays_as_it_was(tmp_path: Path) -> None:
    found = Shows(str(write(tmp_path, DOCUMENT)), lambda: 0.0)
    found.renew()
    for wrong in (
        "{",
        '{"version": 1, "show": {"title": "x", "address": "https://x/;script-src *"}}',
    ):
        (tmp_path / "catalogue.json").write_text(wrong, encoding="utf-8")
        found.renew()
        assert found.episode("g-1")


def test_a_catalogue_that_is_no_file_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, DOCUMENT)
    monkeypatch.setattr(published_show, "LARGEST", 10)
    with pytest.raises(EarmarkError, match="more than 10 bytes"):
        published_show.read(str(tmp_path))
    (tmp_path / "catalogue.json").unlink()
    os.mkfifo(tmp_path / "catalogue.json")
    with pytest.raises(EarmarkError, match="is not a file"):
        published_show.read(str(tmp_path))


@pytest.mark.parametrize("place", [None, "nowhere", "http://127.0.0.1:9/show/"])
def test_a_companion_without_a_show_still_answers(place: str | None) -> None:
    found = Shows(place, lambda: 0.0)
    found.renew()
    assert found.current() is None


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"version": 2, "show": DOCUMENT["show"]},
        {"version": 1, "show": {"title": "x", "address": "y",
                                "support": [{"name": "x", "link": "javascript:alert(1)"}]}},
    ],
)  # fmt: skip
def test_what_is_no_catalogue_is_said_in_one_sentence(document: object) -> None:
    with pytest.raises(EarmarkError, match="not a catalogue"):
        catalogue.parse(json.dumps(document).encode())


MEDIA = cast.SHOW["episodes"][0]["media"]  # type: ignore[index]


@pytest.mark.parametrize(
    "wrong",
    [
        {"guid": "x" * 2001}, {"guid": "\U00020000" * 501}, {"guid": ""}, {"title": "x" * 256},
        {"media": MEDIA | {"version": "x" * 81}}, {"media": MEDIA | {"seconds": 1e9}},
        {"media": MEDIA | {"seconds": -1}}, {"media": MEDIA | {"seconds": float("nan")}},
    ],
)  # fmt: skip
def test_what_the_database_could_not_hold_is_in_no_catalogue(wrong: dict[str, object]) -> None:
    good = DOCUMENT["episodes"][0] | {"media": MEDIA}  # type: ignore[index]
    catalogue.parse(json.dumps(DOCUMENT | {"episodes": [good]}).encode())
    with pytest.raises(EarmarkError, match="not a catalogue"):
        catalogue.parse(json.dumps(DOCUMENT | {"episodes": [good | wrong]}).encode())


@pytest.mark.parametrize("letters", ["abcdefghijklmnopqrstuvwxyz/?=%", HAN], ids=["ascii", "han"])
def test_the_longest_guid_that_there_can_be_is_kept_whole(
    tmp_path: Path, database: Database, letters: str
) -> None:
    """Of letters by chance: what PostgreSQL can pack small would always fit into an index."""
    chance = random.Random(7)  # noqa: S311 - not a secret
    size = len(letters[0].encode())
    guid = "".join(chance.choices(letters, k=value_types.LONGEST_GUID // size))
    version = "".join(chance.choices(letters, k=80))
    found = cast.settings(tmp_path, database)
    file = Path(found.catalogue or "") / "catalogue.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["episodes"][0] |= {"guid": guid, "media": MEDIA | {"version": version}}
    file.write_text(json.dumps(document), encoding="utf-8")
    house = cast.house(found)
    alice = house.learner("Alice")
    app = AntennaPod(Line(house.ask), sync_clients.let_in(house.companion, alice.id, alice.key))
    app.connect()
    app.queue = [sync_clients.play(60, 0, guid=guid)]
    app.sync()
    address = quote(guid, safe="")
    page = alice.visitor.get(f"/listen/{address}")
    token = re.search(r'data-token="([^"]*)"', page.text)
    assert token, page.status
    said = {"token": token[1], "sequence": 0, "runs": [[60, 90]], "place": 90, "ended": False}
    assert house.nobody().send("POST", "/heard", {}, json.dumps(said).encode()).status == 204
    assert alice.visitor.post(f"/elsewhere/{address}").status == 303
    month = Month("2026-10", (numbered.Figure(guid, "Listening", "about 20"),))
    with database.writing() as connection:
        numbers._freeze(connection, month)
        (listener,) = connection.scalars(select(listeners.c.number))
        assert progress.progress_of(connection, listener, {guid: version})[guid].heard == 900
        assert [each.figures for each in numbers.months(connection)] == [month.figures]
    house.close()


def test_the_first_page_of_a_long_show_is_short_and_leads_to_all_of_it(
    tmp_path: Path, database: Database
) -> None:
    found = cast.settings(tmp_path, database)
    file = Path(found.catalogue or "") / "catalogue.json"
    long = json.loads(file.read_text(encoding="utf-8"))
    first = long["episodes"][0]
    long["episodes"] = [{**first, "guid": f"g-{number}"} for number in range(40)]
    file.write_text(json.dumps(long), encoding="utf-8")
    house = cast.house(found)
    alice = house.learner("Alice").visitor
    short = alice.get("/").text
    assert (short.count("/listen/g-"), "Show all 40 episodes" in short) == (60, True)
    everything = alice.get("/?episodes=all").text
    assert (everything.count("/listen/g-"), "All 40" in everything) == (80, False)
    house.close()


def test_an_episode_that_cannot_be_known_yet_is_no_missing_page(
    tmp_path: Path, database: Database
) -> None:
    found = cast.settings(tmp_path, database)
    gone = found.model_copy(update={"catalogue": "http://127.0.0.1:9/show/"})
    house = cast.house(gone)
    alice = house.learner("Alice").visitor
    for path in ("/listen/guid-1", "/reflect/guid-9"):
        page = alice.get(path)
        assert page.status == 503
        assert "Your notes are safe" in page.text
    answer = alice.post("/reflect/guid-9", form("what she wrote"))
    assert (answer.status, "what she wrote" in answer.text) == (503, True)
    assert alice.get("/notes").status == 200
    house.database.close()
    none = cast.house(found.model_copy(update={"catalogue": None}))
    assert none.learner("Bob").visitor.get("/reflect/guid-9").status == 404
    none.database.close()


def test_a_podcast_that_does_not_answer_is_logged_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.socket() as silent:  # bound, and nobody listens
        silent.bind(("127.0.0.1", 0))
        Shows(f"http://127.0.0.1:{silent.getsockname()[1]}/", lambda: 0.0).renew()
    assert not [each for each in caplog.records if each.name.startswith("urllib3")]
    assert "nothing answers there" in caplog.text
