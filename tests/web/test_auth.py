"""Who may use what: docs/security.md, line by line, tried as each of four people."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.kit import shows
from tests.kit.companion import cast, database_rows
from tests.kit.companion.cast import GUIDS, House, Person
from tests.kit.companion.visitor import JSON, Answer, Visitor, form
from web import auth
from web.accounts.store import Learner
from web.sync import apps, grants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from web.database.engine import Database

DOCUMENT = shows.ROOT / "docs" / "security.md"
_ROW = re.compile(r"\| (GET|POST|PUT) \| `([^`]+)` \| [^|]+ \| (anyone|learner|lead|app) \|")

Row = tuple[str, str]  # a method and an address
TABLE: dict[Row, str] = {
    (found[1], found[2]): found[3] for found in _ROW.finditer(DOCUMENT.read_text(encoding="utf-8"))
}
# By these an app shows its password, or asks for one: no page has a form that leads there.
FORMLESS = {"/index.php/login/v2", "/index.php/login/v2/poll"} | {
    address for (_, address), who in TABLE.items() if who == "app"
}
POSTS = [address for method, address in TABLE if method == "POST" and address not in FORMLESS]
# What people get who may use a line, and who may not.
IN, NOT_THERE, REFUSED, SIGN_IN, DESK = "in", "not there", "refused", "sign in", "the desk's door"
ASKED = "asked for a password"


def lines(app: Flask) -> dict[Row, str]:
    """Return who may use what, as the application's views say themselves."""
    return {
        (method, cast.plain(rule.rule)): getattr(
            app.view_functions[rule.endpoint], "access", auth.ANYONE
        )
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


class Company(NamedTuple):
    """Everybody, in one companion."""

    house: House
    alice: Person
    bob: Person
    charlie: Person

    def path(self, address: str, owner: Person) -> str:
        """Return an address with what is somebody's in it."""
        place = self.house.companion
        if address == "/connect/<id>/revoke":
            learner = Learner(owner.id, owner.key)
            with place.database.writing() as connection:
                grants.let_in(connection, place, learner, "a phone")
            with place.database.reading() as connection:
                return cast.fill(address, apps.every(connection, learner)[0].id)
        if address == "/connect/grant/<token>":
            begun = self.house.nobody().send("POST", "/index.php/login/v2")
            return str(urlsplit(json.loads(begun.body)["login"]).path)
        of_lead = address.startswith("/desk/codes")
        return cast.fill(address, self.charlie.ids[0] if of_lead else owner.ids[0])

    def ask(self, row: Row, who: Visitor, owner: Person) -> Answer:
        """Use a line as who may use it would, with what is the owner's."""
        method, address = row
        path = self.path(address, owner)
        if method != "POST":
            return who.send(method, path)
        return who.post(path, fields(address, owner.ids[0]))


# What forms carry that are more than a button.
FIELDS: dict[str, dict[str, str]] = {
    "/reflect/<guid>": form("mine alone"),
    "/drafts/<guid>": form("mine alone"),
    "/notes": {"q": "e"},
    "/desk/codes": {"expires": "2026-12-24", "uses": "8"},
}


def fields(address: str, id_: str) -> dict[str, str]:
    """Return what a form carries; `id_` is the note that it names, where it names one."""
    sent = FIELDS.get(address, {})
    return sent | {"id": id_} if "id" in sent else sent


@pytest.fixture
def company(tmp_path: Path, database: Database) -> Iterator[Company]:
    house = cast.house(cast.settings(tmp_path, database), clock=lambda: database_rows.NOW)
    yield Company(house, house.learner("Alice"), house.learner("Bob"), house.lead())
    house.close()


def outcome(answer: Answer) -> str:
    """Say in a word how somebody was received."""
    assert answer.status < 500, answer.text
    if answer.status == 302 and answer.location.startswith("/sign-in?next=/"):
        return SIGN_IN
    if answer.status == 302 and answer.location == "/desk/sign-in":
        return DESK
    if answer.status == 401 and answer.header("WWW-Authenticate").startswith("Basic "):
        return ASKED
    return {401: SIGN_IN, 403: REFUSED, 404: NOT_THERE}.get(answer.status, IN)


def test_the_document_names_every_address_and_no_other(company: Company) -> None:
    assert lines(company.house.app) == TABLE


def test_an_address_that_the_document_does_not_name_is_found(company: Company) -> None:
    app = company.house.app
    app.add_url_rule("/notes/<id_>/new", "new", lambda id_: id_)
    assert set(lines(app)) - set(TABLE) == {("GET", "/notes/<id>/new")}


def received(company: Company, who: str) -> dict[Row, str]:
    """Return how somebody is received at every line, each time newly signed in.

    Alice asks for what is hers, everybody else for what is Alice's; what they hear has nothing of
    her in it, but what they named themself: where a door leads, and the id in a form.
    """
    found = {}
    for row in TABLE:
        alice, visitor = arrive(company, who, row[0] == "POST")
        before = company.house.notes(alice)
        answer = company.ask(row, visitor, alice)
        found[row] = outcome(answer)
        if who != "alice":
            named = who == "nobody" or row[1] in FIELDS
            seen = alice.traces(answer.everything, but=alice.ids if named else ())
            assert not seen, (row, answer.everything)
            assert company.house.notes(alice) == before, row
    return found


def arrive(company: Company, who: str, change: bool) -> tuple[Person, Visitor]:
    """Return an Alice and somebody's browser; who changes something is somebody new."""
    house, alice, bob = company.house, company.alice, company.bob
    if who == "nobody":
        return alice, house.nobody()
    if who == "charlie":
        return alice, house.again(company.charlie)
    if who == "bob":
        return alice, house.again(house.learner("Bob") if change else bob)
    alice = house.learner("Alice") if change else alice
    return alice, house.again(alice)


# What a lead makes of an empty form, or a link that is over, is their own affair.
KNOCKS = {
    ("POST", "/sign-in"): SIGN_IN, ("GET", "/desk/invitation/<token>"): NOT_THERE,
    ("POST", "/desk/invitation/<token>"): NOT_THERE,
    ("POST", "/index.php/login/v2/poll"): NOT_THERE,
}  # fmt: skip


def expected(**by_access: str) -> dict[Row, str]:
    by_access["app"] = ASKED  # a learner in a browser
    return {row: KNOCKS.get(row, by_access[who]) for row, who in TABLE.items()}


def test_nobody_gets_what_is_for_anyone(company: Company) -> None:
    assert received(company, "nobody") == expected(anyone=IN, learner=SIGN_IN, lead=DESK)


def test_alice_gets_what_is_hers(company: Company) -> None:
    assert received(company, "alice") == expected(anyone=IN, learner=IN, lead=REFUSED)


def test_bob_finds_nothing_where_alice_has_something(company: Company) -> None:
    hers = {
        row: NOT_THERE
        for row in TABLE
        if row[1].startswith("/notes/<id>") or row[1] == "/connect/<id>/revoke"
    }
    everything = expected(anyone=IN, learner=IN, lead=REFUSED) | hers
    assert received(company, "bob") == everything


def test_a_lead_gets_the_desk_and_nothing_of_a_learner(company: Company) -> None:
    assert received(company, "charlie") == expected(anyone=IN, learner=REFUSED, lead=IN)


def test_what_alice_writes_is_on_her_own_pages(company: Company) -> None:
    """The words that must not be seen elsewhere are such as can be seen at all."""
    alice = company.alice
    seen = "".join(
        alice.visitor.get(path).text
        for path in ("/", "/notes", *(f"/notes/{id_}/edit" for id_ in alice.ids))
    )
    seen += alice.visitor.get(f"/notes/{alice.ids[0]}").text
    assert alice.traces(seen) == {*alice.words, *alice.ids}


def test_bob_cannot_write_over_a_note_of_alices(company: Company) -> None:
    alice, bob = company.alice, company.bob
    before = company.house.notes(alice)
    place = f"/reflect/{GUIDS[0]}"
    saved = bob.visitor.post(place, form("Bob was here", alice.ids[0], version="2"))
    assert saved.status == 303
    assert not alice.traces(saved.everything)
    kept = bob.visitor.post(
        f"/drafts/{GUIDS[0]}", form("and here", alice.ids[1], version="1"), JSON
    )
    assert kept.status == 409
    assert company.house.notes(alice) == before
    assert len(company.house.notes(bob)) == 4


# After a second press there the token is spent, and people are where they wanted to be.
LED_ON = {
    ("nobody", "/sign-out"), ("alice", "/sign-in"), ("bob", "/sign-in"),
    ("charlie", "/desk/sign-in"),
}  # fmt: skip


@pytest.mark.parametrize("who", ["nobody", "alice", "bob", "charlie"])
def test_a_form_without_its_token_changes_nothing(company: Company, who: str) -> None:
    people = {"alice": company.alice, "bob": company.bob, "charlie": company.charlie}
    visitor = people[who].visitor if who in people else company.house.nobody()
    visitor.get("/sign-in")  # its own cookie for forms is there
    somebody_elses = company.house.nobody().token()
    paths = {address: company.path(address, company.alice) for address in POSTS}
    before = database_rows.contents(company.house.database)
    for address, path in paths.items():
        sent = fields(address, company.alice.ids[0])
        for token in ("", "made.up", somebody_elses):
            answer = visitor.post(path, sent, JSON if token else {}, token=token)
            led = (who, address) in LED_ON
            assert answer.status == (303 if led else 400), (address, answer.text)
            assert not company.alice.traces(answer.everything, but=company.alice.ids)
    assert database_rows.contents(company.house.database) == before


def test_a_form_from_another_site_cannot_be_made_to_delete_everything_by_one_more_click(
    company: Company,
) -> None:
    sent = {"answer-1": "Click below to go on", "x": "1"}
    answer = company.alice.visitor.post("/delete-everything", sent, token="")
    assert answer.status == 400
    assert "Click below" not in answer.text
    assert 'action="/delete-everything"' not in answer.text


def test_other_methods_are_no_way_in(company: Company) -> None:
    paths = {address: company.path(address, company.alice) for _, address in TABLE}
    before = database_rows.contents(company.house.database)
    for address, path in paths.items():
        puts = ("PUT", address) in TABLE
        for method in ("PATCH", "DELETE", "BREW") if puts else ("PUT", "PATCH", "DELETE", "BREW"):
            answer = company.bob.visitor.send(method, path)
            assert answer.status == 405, (address, answer.text)
            assert not company.alice.traces(answer.everything)
    assert database_rows.contents(company.house.database) == before


def test_head_and_options_tell_no_more_than_get(company: Company) -> None:
    for method, address in TABLE:
        path = company.path(address, company.alice)
        told = company.house.nobody().send("OPTIONS", path)
        assert (told.status, told.body) == (200, b""), address
        assert method in told.header("Allow")
        if method == "GET":
            for visitor in (company.house.nobody(), company.bob.visitor):
                head, got = visitor.send("HEAD", path), visitor.get(path)
                looks = 204 if address == "/leave" else got.status  # to look signs nobody out
                assert (head.status, head.body) == (looks, b""), address
