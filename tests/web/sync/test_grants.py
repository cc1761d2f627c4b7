"""How an app is let in, and whom nobody lets in."""

from __future__ import annotations

import json
import re

import pytest

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import Line, Nextcloud, basic, play
from tests.kit.companion import database_rows
from tests.kit.companion.cast import Clock, House, Person
from tests.kit.companion.sync_reports import JSON, LABEL, episodes, made, page, report, told
from tests.kit.companion.visitor import Visitor
from web.sync.grants import Credentials

APP = "sessionid-8090"  # its cookie, by the port of the companion


def test_a_password_is_made_shown_once_named_used_and_taken_back(
    house: House, alice: Person, clock: Clock
) -> None:
    assert "No apps connected yet" in page(house, alice, "/connect")
    alice.visitor.get("/connect/gpodder")
    answer = alice.visitor.post("/connect/gpodder", {"name": f"  {LABEL}\n phone "})
    who = made(answer.text)
    assert re.fullmatch("[2-9a-z]{8}", who.handle)
    assert len(who.password.replace("-", "")) == 28
    listed = page(house, alice, "/connect")
    assert f"{LABEL} phone" in listed
    assert "not used yet" in listed
    assert who.password not in listed + page(house, alice, "/connect/gpodder")
    clock.wait(days=2)
    report(house, who, play(60))
    assert "last used on 25 November 2026" in page(house, alice, "/connect")
    line = Line(house.ask)
    assert line.send("GET", episodes(who), basic(who)).status == 200
    cookie = {"Cookie": f"{APP}={line.cookies[APP][0]}"}
    assert Line(house.ask).send("GET", episodes(who), cookie).status == 200
    (id_,) = re.findall("/connect/([0-9a-f]{32})/revoke", page(house, alice, "/connect"))
    visitor = house.again(alice)
    visitor.get("/connect")
    assert visitor.post(f"/connect/{id_}/revoke").status == 303
    for headers in (basic(who), cookie):
        assert Line(house.ask).send("GET", episodes(who), headers).status == 401
    assert "heard 1 of 5 minutes" in page(house, alice), "what it reported stays"


def test_the_three_ways_in(house: House, who: Credentials) -> None:
    line = Line(house.ask)
    asked = line.send("GET", episodes(who))
    assert asked.status == 401
    assert asked.header("WWW-Authenticate").startswith("Basic realm=")
    typed = who._replace(handle=who.handle.upper(), password=who.password.upper().replace("-", " "))
    for each in (who, typed):
        assert line.send("GET", episodes(who), basic(each)).status == 200
    assert line.send("GET", episodes(who)).status == 200, "by the cookie"
    out = line.send("POST", f"/api/2/auth/{who.handle}/logout.json")
    assert (out.status, out.body, line.cookies) == (200, b"", {})


def test_after_logging_out_the_cookie_opens_nothing(house: House, who: Credentials) -> None:
    line = Line(house.ask)
    line.send("POST", f"/api/2/auth/{who.handle}/login.json", basic(who))
    cookie = {"Cookie": f"{APP}={line.cookies[APP][0]}"}
    line.send("POST", f"/api/2/auth/{who.handle}/logout.json")
    assert Line(house.ask).send("GET", episodes(who), cookie).status == 401


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic Og==", "Bearer x", "Basic w7w6w7w=", "Digest a=b"]
)
def test_what_is_no_password_is_asked_for_one(house: House, who: Credentials, header: str) -> None:
    answer = house.nobody().send("GET", episodes(who), {"Authorization": header} if header else {})
    assert answer.status == 401
    assert answer.header("WWW-Authenticate").startswith("Basic ")


def test_nobody_asks_for_somebody_elses(house: House, who: Credentials) -> None:
    bob = house.learner("Bob")
    other = sync_clients.let_in(house.companion, bob.id, bob.key)
    mixed = who._replace(password=other.password)
    assert house.nobody().send("GET", episodes(who), basic(mixed)).status == 401
    assert house.nobody().send("GET", episodes(who), basic(other)).status == 400
    line = Line(house.ask)
    line.send("GET", episodes(other), basic(other))
    assert line.send("GET", episodes(who)).status == 400, "the cookie of another"
    report(house, who, play(60))
    assert told(house, other) == []
    forged = line.cookies[APP][0][:-1] + "x"
    assert house.nobody().send("GET", episodes(other), {"Cookie": f"{APP}={forged}"}).status == 401


def test_an_app_that_is_let_in_by_a_tap(house: House, alice: Person, clock: Clock) -> None:
    phone = Nextcloud(Line(house.ask), clock.now.timestamp)
    path = phone.begin().removeprefix(house.settings.address.rstrip("/"))
    assert not phone.poll()
    nobody = house.nobody()
    assert nobody.get(path).location.startswith("/sign-in?next=/connect/grant/")
    page = alice.visitor.get(path)
    assert "Connect AntennaPod?" in page.text
    assert alice.visitor.post(path, {"name": LABEL}, token="").status == 400
    assert not phone.poll()
    done = alice.visitor.post(path, {"name": LABEL})
    assert "Your app is connected" in alice.visitor.follow(done).text
    assert alice.visitor.post(path, {"name": LABEL}).status == 404, "once"
    assert phone.poll()
    first = phone.who
    clock.wait(seconds=59)
    assert phone.poll(), "the first answer may be lost"
    assert phone.who == first
    clock.wait(seconds=2)
    assert not phone.poll(), "for a minute"
    assert LABEL in alice.visitor.get("/connect").text
    assert phone.who.password not in str(database_rows.contents(house.database))
    again = phone.begin().removeprefix(house.settings.address.rstrip("/"))
    clock.wait(minutes=21)
    assert house.again(alice).get(again).status == 404
    assert not phone.poll()


def test_a_poll_in_json_and_what_is_no_poll(house: House, alice: Person) -> None:
    begun = json.loads(house.nobody().send("POST", "/index.php/login/v2").body)
    visitor: Visitor = alice.visitor
    path = begun["login"].removeprefix(house.settings.address.rstrip("/"))
    visitor.get(path)
    visitor.post(path)
    poll = "/index.php/login/v2/poll"
    for body in (b"", b"token=", b"{", b"[]", b'{"token": 5}', b"token=x", b"\xff",
                 f"token={path.rpartition('/')[2]}".encode()):  # fmt: skip
        assert house.nobody().send("POST", poll, {}, body).status == 404
    sent = json.dumps({"token": begun["poll"]["token"]}).encode()
    answer = house.nobody().send("POST", poll, JSON, sent)
    assert set(json.loads(answer.body)) == {"server", "loginName", "appPassword"}
