"""Cookies: what they are called, and what becomes of one that somebody else may have set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import basic
from tests.kit.companion import cast, database_rows
from tests.kit.companion.cast import COOKIE, House
from tests.kit.companion.visitor import form
from web import cookies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.database_rows import Making
    from tests.kit.companion.visitor import Visitor

FORM, APP = "earmark_form-8090", "sessionid-8090"
HTTPS = "https://notes.example.org/"


@pytest.mark.parametrize(
    ("address", "name", "path"),
    [
        (HTTPS, "__Host-earmark", "/"),
        ("https://notes.example.org:443/", "__Host-earmark", "/"),
        ("https://notes.example.org:8443/", "__Host-earmark-8443", "/"),
        ("https://example.org/notes/", "__Host-earmark-notes", "/"),
        ("https://example.org/a/b%20c/", "__Host-earmark-a_2Fb_2520c", "/"),
        ("http://127.0.0.1:8090/", "earmark-8090", "/"),
        ("http://localhost:8091/notes/", "earmark-8091-notes", "/notes/"),
        ("http://localhost/", "earmark", "/"),
    ],
)
def test_two_companions_of_one_host_name_have_cookies_of_their_own(
    tmp_path: Path, make_database: Making, address: str, name: str, path: str
) -> None:
    settings = cast.settings(tmp_path, make_database("sqlite"), address)
    assert cookies.name_of(cookies.SESSION, settings) == name
    assert cookies.path_of(settings) == path


@pytest.fixture
def https(tmp_path: Path, make_database: Making) -> Iterator[House]:
    made = cast.house(cast.settings(tmp_path, make_database("sqlite"), HTTPS))
    yield made
    made.database.close()


def test_over_https_no_other_name_of_the_domain_can_set_our_cookies(https: House) -> None:
    alice = https.learner("Alice", scrypt=True)
    visitor = https.nobody()
    host = {"Host": "notes.example.org"}
    visitor.get("/sign-in", host)
    answer = visitor.post("/sign-in", {"phrase": alice.phrase}, host)
    assert answer.status == 303
    said = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert {each.partition("=")[0] for each in said} <= {"__Host-earmark", "__Host-earmark_form"}
    for each in said:
        assert "; Secure" in each
        assert "; Path=/" in each.removesuffix("; SameSite=Lax")
        assert "Domain" not in each
    assert visitor.get("/notes", host).status == 200
    old = {"Cookie": f"earmark={visitor.cookies['__Host-earmark'][0]}", **host}
    assert https.nobody().get("/notes", old).status == 302, "a former cookie name does not work"


def doubled(visitor: Visitor, name: str, value: str, *, first: bool) -> dict[str, str]:
    """Return the cookies of a browser in which somebody set one more."""
    own = [f"{each}={kept}" for each, (kept, _) in visitor.cookies.items()]
    both = [f"{name}={value}", *own] if first else [*own, f"{name}={value}"]
    return {"Cookie": "; ".join(both)}


@pytest.mark.parametrize("first", [True, False])
def test_words_never_go_into_the_account_of_a_cookie_that_came_beside_ones_own(
    house: House, *, first: bool
) -> None:
    alice, mallory = house.learner("Alice"), house.learner("Mallory")
    token = alice.visitor.token()
    before = database_rows.contents(house.database)["reflections"]
    planted = mallory.visitor.cookies[COOKIE][0]
    both = doubled(alice.visitor, COOKIE, planted, first=first)
    answer = alice.visitor.post("/reflect/guid-1", form("hers"), both, token=token)
    assert answer.status == 401
    assert "hers" in answer.text, "the words come back beside the phrase"
    assert database_rows.contents(house.database)["reflections"] == before
    said = [value for name, value in answer.headers if name == "Set-Cookie"]
    expired = [each for each in said if each.startswith(f"{COOKIE}=;")]
    assert {"Path=/", "Path=/reflect", "Path=/reflect/guid-1"} <= {
        part for each in expired for part in each.split("; ")
    }
    assert all("Max-Age=0" in each for each in expired)
    assert COOKIE not in alice.visitor.cookies
    assert house.again(mallory).get("/notes", both).status == 302


@pytest.mark.parametrize("first", [True, False])
def test_two_form_cookies_prove_nothing(house: House, *, first: bool) -> None:
    alice, mallory = house.learner("Alice"), house.nobody()
    alice.visitor.token()
    token = mallory.token()
    both = doubled(alice.visitor, FORM, mallory.cookies[FORM][0], first=first)
    for each in (token, alice.visitor.token()):
        answer = alice.visitor.post("/reflect/guid-1", form("hers"), both, token=each)
        assert answer.status == 400
    said = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert any(each.startswith(f"{FORM}=;") for each in said)


@pytest.mark.parametrize("first", [True, False])
def test_two_cookies_of_apps_open_nothing(house: House, *, first: bool) -> None:
    alice, mallory = house.learner("Alice"), house.learner("Mallory")
    who, other = (
        sync_clients.let_in(house.companion, each.id, each.key) for each in (alice, mallory)
    )
    line, theirs = house.nobody(), house.nobody()
    path = f"/api/2/episodes/{who.handle}.json"
    assert line.send("GET", path, basic(who)).status == 200
    assert theirs.send("GET", f"/api/2/episodes/{other.handle}.json", basic(other)).status == 200
    assert line.send("GET", path).status == 200
    both = doubled(line, APP, theirs.cookies[APP][0], first=first)
    assert line.send("GET", path, both).status == 401


NAMES = (COOKIE, FORM, APP)
TWICE = {"Cookie": "; ".join(f"{name}=a; {name}=b" for name in NAMES)}


@pytest.mark.parametrize(
    "path",
    ["/notes", "/leave", "/reflect/a/b/c/d", "/reflect/" + "a/" * 200, "/none/" + "%C3%A9" * 900],
)
def test_cookies_that_come_twice_leave_the_headers_small_enough_for_a_proxy(
    house: House, path: str
) -> None:
    """By default nginx takes 4,096 bytes of headers, and answers 502 to more."""
    answer = house.nobody().get(path, TWICE)
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers) < 3500
    said = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert {each.partition("=")[0] for each in said} >= {*NAMES}


def test_sooner_or_later_they_expire_wherever_they_were_set(house: House) -> None:
    left = {f"/none{below}{end}" for below in ("", "/a", "/a/b", "/a/b/c") for end in ("", "/")}
    for _ in range(200):  # a place is left out of all of them once in 10**20 times or less
        answer = house.nobody().get("/none/a/b/c", TWICE)
        left -= {
            part.removeprefix("Path=")
            for name, value in answer.headers
            if name == "Set-Cookie" and value.startswith(f"{COOKIE}=")
            for part in value.split("; ")
        }
    assert left == set()


def test_under_a_name_that_is_not_ours_they_make_no_fault(house: House) -> None:
    for host in ("evil.example", "[::1", "127.0.0.1:99999"):
        assert house.nobody().get("/", {**TWICE, "Host": host}).status == 400
