"""Forms of other pages: refused without a field of theirs; and which words of ours come back."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import basic
from tests.kit.companion import cast, database_rows
from tests.kit.companion.cast import House, fill
from tests.kit.companion.visitor import FORM, JSON, Answer, form
from web.database.engine import Database
from web.maintenance import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.companion.cast import Person

MARK = "zqxw"  # in everything that a stranger sends
WRITE = ("/reflect/guid-1", "/drafts/guid-1")
FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://podcast.example.org"},
    {"Origin": "http://127.0.0.1:8091"},
    {"Origin": "http://127.0.0.1.evil.example:8090"},
    {"Origin": "http://127.0.0.1:8090@evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8090"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8090"},
    {"Sec-Fetch-Site": "something new"},
    {"Origin": ""},
)
UNSAID = {"Origin": "null"}  # by a browser that keeps to itself where it is
OURS = ({"Origin": "http://127.0.0.1:8090"}, {"Sec-Fetch-Site": "same-origin"})
NAMES = st.one_of(
    st.sampled_from((
        "id", "version", "page", "model", "minute", "question-1", "answer-1", "answer-20", "q",
        "question-20", "other-model", "close", "phrase", "join-code", "next", "name", "password",
        "code", "guid", "once", "account", "csrf_token", "idle", "draft", "uses", "offer",
    )),
    st.text(min_size=1, max_size=8),
)  # fmt: skip
VALUES = st.one_of(
    st.builds(f"{MARK}{{}}".format, st.text(max_size=10)),
    st.sampled_from((f'{MARK}"><form action=/x>', f"{MARK} Delete everything now", f"{MARK}" * 50)),
)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
RELAXED = settings(
    max_examples=60, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "companion").mkdir()
    database = Database(f"sqlite:///{folder / 'companion.db'}")
    migrate.upgrade(database)
    made = cast.house(cast.settings(folder, database))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def alice(house: House) -> Person:
    return house.learner("Alice")


@pytest.fixture(scope="module")
def charlie(house: House) -> Person:
    return house.lead()


def posts(house: House) -> list[str]:
    """Return the address of every form."""
    rules = house.app.url_map.iter_rules()
    found = sorted(
        fill(each.rule)
        for each in rules
        if "POST" in (each.methods or ())
        and each.endpoint.partition(".")[0] not in {"gpodder", "nextcloud"}
        and each.endpoint != "listening.heard"
    )
    assert len(found) > 15
    return found


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.actions: list[str] = []
        self.fields: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.actions.append(found.get("action") or "")
        if tag in {"input", "textarea", "button", "select"}:
            kind = found.get("type") or tag
            self.fields.append((found.get("name") or "", found.get("value") or "", kind))


def forms(answer: Answer) -> _Forms:
    found = _Forms()
    found.feed(answer.text)
    return found


def send(house: House, who: Any, path: str, said: list[tuple[str, str]], **headers: str) -> Answer:
    """Send a form without a token, as another page can."""
    body = urlencode(said, errors="surrogatepass").encode()
    answer: Answer = house.again(who).send("POST", path, {"Content-Type": FORM, **headers}, body)
    return answer


@RELAXED
@given(st.data())
def test_what_another_page_sends_is_refused_without_a_field_of_it(
    house: House, alice: Person, charlie: Person, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(posts(house)))
    who = data.draw(st.sampled_from([alice, charlie]))
    foreign = data.draw(st.sampled_from(FOREIGN))
    before = database_rows.contents(house.database)
    before.pop("sessions")
    answer = send(house, who, path, data.draw(FIELDS), **foreign)
    after = database_rows.contents(house.database)
    after.pop("sessions")
    assert answer.status in {403, 404, 413}, (path, answer.status)
    assert MARK not in answer.everything
    assert forms(answer).actions == []
    assert after == before


@RELAXED
@given(st.data())
def test_a_form_without_a_token_shows_no_field_but_words(
    house: House, alice: Person, charlie: Person, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(posts(house)))
    who = data.draw(st.sampled_from([alice, charlie]))
    said = data.draw(FIELDS)
    answer = send(house, who, path, said)
    assert answer.status >= 300, path
    found = forms(answer)
    writes = path == "/notes" or path.startswith(("/reflect/", "/drafts/"))
    allowed = {"/sign-out", unquote(path)} if writes else {"/sign-out"}
    assert {unquote(each) for each in found.actions} <= allowed, path
    for name, value, kind in found.fields:
        assert MARK not in value, (path, name)
        assert kind != "hidden" or name in {"csrf_token", "once", "answer-1", "answer-20"}, (
            path,
            name,
        )
    labels = re.findall(r"<label[^>]*>(.*?)</label>", answer.text)
    assert not [each for each in labels if MARK in html.unescape(each)]


@pytest.mark.parametrize("path", WRITE)
def test_words_come_back_where_words_are_written(house: House, alice: Person, path: str) -> None:
    sent = form("what she wrote", question="Delete everything now", minute="at twelve")
    for headers in ({}, *OURS):
        answer = send(house, alice, path, [*sent.items()], **headers)
        assert answer.status == 400
        assert "what she wrote" in answer.text
        assert "at twelve" in answer.text
        assert answer.field("id") == sent["id"]
        assert ("Delete everything now" in answer.text) is bool(headers), "a label of somebody"
        assert ">Delete everything now<" not in answer.text, "even then it is no label"
    known = form("what she wrote", question="What will you try?")
    answer = send(house, alice, path, [*known.items()])
    assert ">What will you try?</label>" in answer.text
    assert answer.field("question-1") == "What will you try?"


def test_a_session_that_ended_gives_words_back_and_nothing_else(house: House) -> None:
    nobody = house.nobody()
    token = nobody.token()
    answer = nobody.post("/reflect/guid-1", form("her words"), OURS[0], token=token)
    assert (answer.status, "her words" in answer.text) == (401, True)
    for path in ("/delete-everything", "/phrase/new", "/recording/off", "/connect/antennapod"):
        answer = nobody.post(path, {"guid": MARK, "name": MARK, "phrase": MARK}, token=token)
        assert answer.status in {401, 303}, path
        assert MARK not in answer.everything
        assert forms(answer).actions == []


def test_what_was_looked_for_comes_back(house: House, alice: Person) -> None:
    answer = send(house, alice, "/notes", [("q", "something she wrote"), ("x", MARK)])
    assert (answer.status, "something she wrote" in answer.text) == (400, True)
    assert MARK not in answer.text


@pytest.mark.parametrize("headers", [{}, *OURS, {"Sec-Fetch-Site": "none"}, UNSAID])
def test_our_own_pages_go_on_working(house: House, headers: dict[str, str]) -> None:
    visitor = house.learner("Bob").visitor
    assert visitor.post("/reflect/guid-1", form("words"), headers).status == 303
    assert visitor.post("/drafts/guid-1", form("words"), {**headers, **JSON}).status == 200


def test_who_does_not_say_where_it_is_has_to_have_our_token(house: House, alice: Person) -> None:
    nobody, mallory = house.nobody(), house.nobody()
    answer = nobody.post("/reflect/guid-1", form("her words"), UNSAID)
    assert (answer.status, "her words" in answer.text) == (401, True), "signed out in between"
    for headers in (UNSAID, {**UNSAID, "Sec-Fetch-Site": "cross-site"}):
        theirs = house.again(alice).post(
            "/reflect/guid-1", form(MARK), headers, token=mallory.token()
        )
        assert (theirs.status, MARK in theirs.text) == (403, False), "a token of somebody else"


def test_an_app_may_call_itself_what_it_likes_but_its_cookie_is_no_pages(
    house: House, alice: Person
) -> None:
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    path = f"/api/2/episodes/{who.handle}.json"
    for headers in FOREIGN:
        assert house.nobody().send("GET", path, {**basic(who), **headers}).status == 200
    line = house.nobody()
    assert line.send("POST", path, basic(who), b"[]").status == 200
    assert line.send("POST", path, {}, b"[]").status == 200
    for headers in FOREIGN:
        assert line.send("POST", path, headers, b"[]").status == 401


@pytest.mark.parametrize(
    ("address", "host", "origin", "status"),
    [
        ("https://notes.example.org/", "notes.example.org", "https://notes.example.org", 303),
        ("https://notes.example.org:443/", "notes.example.org", "https://notes.example.org", 303),
        ("https://notes.example.org/", "127.0.0.1:8090", "https://notes.example.org", 303),
        ("https://notes.example.org/", "notes.example.org", "https://example.org", 403),
        ("https://notes.example.org/", "notes.example.org", "https://notes.example.org:8443", 403),
    ],
)
def test_behind_a_proxy_the_name_counts(
    tmp_path_factory: pytest.TempPathFactory, address: str, host: str, origin: str, status: int
) -> None:
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "companion").mkdir()
    database = Database(f"sqlite:///{folder / 'companion.db'}")
    migrate.upgrade(database)
    made = cast.house(cast.settings(folder, database, address))
    visitor = made.learner("Alice").visitor
    visitor.get("/", {"Host": host})
    answer = visitor.post("/reflect/guid-1", form("words"), {"Host": host, "Origin": origin})
    assert answer.status == status
    database.close()
