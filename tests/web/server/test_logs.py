"""What the companion says about itself: where its program went wrong, and nothing about anybody."""

from __future__ import annotations

import http.client
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from sqlalchemy import text

from tests.kit.companion import cast
from tests.kit.companion.cast import GUIDS
from tests.kit.companion.visitor import JSON, Line, Visitor, form
from tests.kit.servers import companion_server
from web.database.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.servers.companion_server import Accompanied

pytestmark = pytest.mark.slow
GUID = quote(GUIDS[1], safe="")


class Journey(NamedTuple):
    """Somebody who was there, and whatever must not be said about them."""

    visitor: Visitor
    id: str
    traces: tuple[str, ...]


@pytest.fixture
def running(place: Path, tmp_path: Path) -> Iterator[Accompanied]:
    with companion_server.serve(place, cast.catalogue(tmp_path / "show")) as served:
        yield served


def go(running: Accompanied) -> Journey:
    """Do all that a learner does, and much that goes wrong."""
    visitor = Visitor(Line(running.address))
    code = running.new_code()
    phrase = visitor.join(code)
    id_ = visitor.save(GUIDS[1], "herwords")
    begun = form("herdraft")
    for method in ("GET", "HEAD", "OPTIONS", "DELETE", "BREW"):
        for path in ("/", "/notes", f"/notes/{id_}", f"/reflect/{GUID}", "/herpath?q=herquery"):
            assert visitor.send(method, path).status < 500
    visitor.draft(GUIDS[1], begun)
    visitor.post("/notes", {"q": "hersearch"})
    send_too_much(running, visitor)
    visitor.post(f"/reflect/{GUID}", form("hertoken"), token="")
    visitor.get("/", {"Host": "herhost.example"})
    stranger = Visitor(Line(running.address))
    stranger.get("/notes", {"Cookie": "earmark=hercookie", "X-Forwarded-For": "203.0.113.77"})
    stranger.sign_in("her mistyped phrase")
    stranger.post("/join", {"join-code": "hercode"})
    stranger.post("/desk/sign-in", {"name": "hername", "password": "herpassword", "code": "1"})
    traces = (
        *(word for word in phrase.split() if word not in OURS), phrase,
        code, code.replace("-", ""), id_, begun["id"], *GUIDS,
        GUID, quote(GUIDS[1]), "herwords", "herlongwords", "herdraft", "hersearch", "herpath",
        "herquery", "hertoken", "herhost", "hercookie", "mistyped", "hercode", "hername",
        "herpassword", "203.0.113", "Talk 2", *(value for value, _ in visitor.cookies.values()),
    )  # fmt: skip
    return Journey(visitor, id_, traces)


def send_too_much(running: Accompanied, visitor: Visitor) -> None:
    """Send a form that is too long: without a proxy the server may hang up on who still sends."""
    other = Visitor(Line(running.address))
    other.cookies = visitor.cookies
    with suppress(OSError, http.client.HTTPException):
        other.post(f"/reflect/{GUID}", form("herlongwords " * 100_000))


def said(running: Accompanied) -> str:
    """Return all it said, but what the operator is told at the start."""
    lines = running.log.read_text("utf-8").splitlines(keepends=True)
    greeting = re.compile(
        r"The companion of Riverside Trust: |"
        r"\S+ still has \d+ passages? marked EDIT|It uses up to|\d+ episodes? of "
    )
    return "".join(line for line in lines if not greeting.match(line))


# Words of a phrase that every log has.
OURS = {"command", "connection", "database", "reflections", "says", "sessions", "such", "table"}


def found(traces: tuple[str, ...], log: str) -> list[str]:
    return [each for each in traces if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", log)]


def test_a_day_without_faults_leaves_nothing_in_the_log(running: Accompanied) -> None:
    go(running)
    running.process.terminate()
    running.process.wait(30)
    assert said(running) == ""


def test_a_refusal_of_the_database_is_logged_with_its_reason_and_nobody(
    running: Accompanied,
) -> None:
    journey = go(running)
    break_notes(running)
    visitor = journey.visitor
    words = form("wordsofafault", journey.id)
    answers = [
        visitor.get("/notes"),
        visitor.get(f"/notes/{journey.id}?q=queryofafault"),
        visitor.get(f"/notes/{journey.id}", JSON),
        visitor.send("HEAD", f"/notes/{journey.id}"),
        visitor.post(f"/reflect/{GUID}", words),
        visitor.draft(GUIDS[1], words),
        visitor.post("/notes", {"q": "searchofafault"}),
        visitor.post("/take-away"),
    ]
    assert [answer.status for answer in answers] == [503] * len(answers)
    assert "wordsofafault" in answers[4].text, "they come back to who wrote them"
    for answer in answers:
        assert answer.header("Retry-After") == "10"
        assert "reflections" not in answer.text.replace("/reflect", "")
        assert "Traceback" not in answer.text
    log = said(running)
    assert len(log.splitlines()) == len(answers)
    pattern = (
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ERROR [a-z_.]+: the database says: .*reflections.*"
    )
    for line in log.splitlines():
        assert re.fullmatch(pattern, line), line
    secret = (*journey.traces, "127.0.0.1", "wordsofafault", "queryofafault", "searchofafault")
    assert not found(secret, log)


def break_notes(running: Accompanied) -> None:
    """Take the table of notes away under the companion that runs."""
    database = Database(running.settings.database)
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE reflections RENAME TO elsewhere"))
    database.close()


def test_when_the_database_is_gone_words_come_back_and_the_log_names_nobody(
    running: Accompanied, kind: str, request: pytest.FixtureRequest
) -> None:
    journey = go(running)
    if kind == "postgresql":
        request.getfixturevalue("server").drop(running.settings.database)
    else:
        database = Database(running.settings.database)
        with database.writing() as connection:
            connection.execute(text("ALTER TABLE sessions RENAME TO elsewhere"))
        database.close()
    visitor = journey.visitor
    assert visitor.get(f"/notes/{journey.id}").status == 503
    kept = visitor.post(f"/reflect/{GUID}", form("wordsofafault"))
    assert (kept.status, "wordsofafault" in kept.text) == (503, True)
    assert "training@example.org" in kept.text
    assert visitor.draft(GUIDS[1], form("wordsofafault")).status == 503
    assert visitor.get("/about/privacy", {"Cookie": ""}).status == 200
    log = said(running)
    assert len(log.splitlines()) == 3
    assert not found((*journey.traces, "127.0.0.1", "wordsofafault"), log)
    assert "Traceback" not in log
