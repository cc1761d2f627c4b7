"""The lead's desk: how Charlie gets in, what Charlie may make, and what nobody there sees."""

from __future__ import annotations

import base64
import html
import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

import pytest
from keeping import NOW, TODAY, contents
from sqlalchemy import func, select, update

from episodes import catalogue
from web import schema
from web import settings as writing
from web.accounts import entering as joining
from web.accounts import rules as accounts
from web.application import create_app
from web.desk import drawing, entering, factors, inviting, rules, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from keeping import Making
    from werkzeug.test import TestResponse

    from web.current import Companion
    from web.settings import Settings

PASSWORD = "a long night shift"  # noqa: S105 - only the tests use it
OTHER = "another long night"
SHORT = "eleven-long"
WEEK = timedelta(days=7)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return writing.write(
        tmp_path / "companion", "Riverside Trust", "http://localhost/notes/", "desk@example.org"
    )


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())


class Browser:
    """Somebody's browser: it keeps cookies, and sends the forms that it was shown."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.text = ""

    def get(self, path: str) -> TestResponse:
        return self._read(self.client.get(path))

    def post(self, path: str, **fields: str) -> TestResponse:
        token = self.field("csrf_token")
        return self._read(self.client.post(path, data={"csrf_token": token} | fields))

    def _read(self, response: TestResponse) -> TestResponse:
        if response.status_code != 303:
            self.text = response.get_data(as_text=True)
        return response

    def field(self, name: str) -> str:
        found = re.search(f'name="{name}" [^>]*?value="([^"]*)"', self.text)
        return html.unescape(found[1]) if found else ""

    def shown(self) -> str:
        """Return the page without the token of its forms, which is another each second."""
        return re.sub('name="csrf_token" value="[^"]*"', "", self.text)

    def secret(self) -> bytes:
        """Read the key for an app off the page."""
        found = re.search('<code class="key">([A-Z2-7 ]+)</code>', self.text)
        assert found
        return base64.b32decode(found[1].replace(" ", ""))


class Place(NamedTuple):
    """A companion that was begun, its clock, and what is asked of it without a browser."""

    companion: Companion
    clock: Clock
    client: FlaskClient

    def browser(self) -> Browser:
        return Browser(self.client.application.test_client())

    def link(self, name: str | None = None) -> str:
        found = self.companion
        whole = inviting.invite(found.database, found.settings, self.clock.now, name)
        return whole.removeprefix("http://localhost/notes")

    def lead(self, name: str = "Charlie") -> tuple[Browser, bytes]:
        """Take an invitation: a browser that is signed in, and the key of the app."""
        browser, link = self.browser(), self.link()
        browser.get(link)
        secret = browser.secret()
        assert self.accept(browser, link, secret, name).status_code == 303
        return browser, secret

    def accept(
        self, browser: Browser, link: str, secret: bytes, name: str = "", password: str = PASSWORD
    ) -> TestResponse:
        return browser.post(
            link,
            offer=browser.field("offer"),
            name=name,
            password=password,
            code=self.code(secret),
        )

    def code(self, secret: bytes) -> str:
        return factors.code_at(secret, self.clock.seconds // 30)

    def sign_in(self, browser: Browser, name: str, password: str, code: str) -> TestResponse:
        browser.get("/desk/sign-in")
        return browser.post("/desk/sign-in", name=name, password=password, code=code)


@pytest.fixture
def place(make_database: Making, settings: Settings) -> Iterator[Place]:
    file = make_database("sqlite").file
    clock = Clock()
    found = settings.model_copy(update={"database": f"sqlite:///{file}"})
    app = create_app(found, clock, limited=False)
    app.config["APPLICATION_ROOT"] = "/notes"  # where the test's client asks
    companion: Companion = app.extensions["earmark"]
    yield Place(companion, clock, app.test_client())
    companion.database.close()


def test_a_lead_takes_an_invitation_and_signs_in_with_what_they_chose(place: Place) -> None:
    browser, secret = place.lead("Training desk")
    assert browser.get("/desk/").status_code == 200
    assert "You are here as Training desk." in browser.text
    place.clock.now += timedelta(minutes=1)
    again = place.browser()
    done = place.sign_in(again, "training  DESK", PASSWORD, place.code(secret))
    assert (done.status_code, done.location) == (303, "/notes/desk/")
    assert again.get("/desk/").status_code == 200
    assert again.get("/desk/sign-in").status_code == 302


def test_looking_at_an_invitation_changes_nothing(place: Place) -> None:
    link, before = place.link(), contents(place.companion.database)
    first = place.browser()
    for _ in range(3):
        first.get(link)
    assert place.browser().client.head(link).status_code == 200
    assert contents(place.companion.database) == before


def test_a_link_works_once(place: Place) -> None:
    browser, link = place.browser(), place.link()
    browser.get(link)
    secret = browser.secret()
    assert place.accept(browser, link, secret, "Charlie").status_code == 303
    mallory = place.browser()
    assert mallory.get(link).status_code == 404
    mallory.get("/desk/sign-in")
    assert place.accept(mallory, link, secret, "Mallory").status_code == 404
    assert len(contents(place.companion.database)["leads"]) == 1


def test_a_link_is_over_after_seven_days(place: Place) -> None:
    browser, link = place.browser(), place.link()
    place.clock.now += WEEK - timedelta(seconds=1)
    assert browser.get(link).status_code == 200
    place.clock.now += timedelta(seconds=1)
    late = place.accept(browser, link, browser.secret(), "Charlie")
    assert late.status_code == 404
    assert browser.get(link).status_code == 404
    assert contents(place.companion.database)["leads"] == []


def test_the_offered_key_survives_a_mistake_and_the_server_never_kept_it(place: Place) -> None:
    browser, link = place.browser(), place.link()
    browser.get(link)
    secret, offer = browser.secret(), browser.field("offer")
    code = place.code(secret)
    wrong = browser.post(link, offer=offer, name="", password=SHORT, code=code)
    assert wrong.status_code == 422
    for sentence in (rules.wrong_name(""), rules.wrong_password(SHORT, "")):
        assert sentence in browser.text
    assert SHORT not in browser.text
    assert (browser.secret(), browser.field("offer")) == (secret, offer)
    wrong = browser.post(link, offer=offer, name="Charlie", password=PASSWORD, code="000000")
    assert wrong.status_code == 422
    assert 'id="code-wrong"' in browser.text
    assert 'value="Charlie"' in browser.text
    assert PASSWORD not in browser.text
    assert contents(place.companion.database)["leads"] == []
    assert place.accept(browser, link, secret, "Charlie").status_code == 303
    assert secret not in repr(contents(place.companion.database)).encode()


def test_an_offer_of_another_link_is_none(place: Place) -> None:
    mine, theirs = place.browser(), place.link()
    mine.get(place.link())
    secret = mine.secret()
    assert place.accept(mine, theirs, secret, "Mallory").status_code == 422
    assert mine.secret() != secret
    for rubbish in ("", "é", "x", "AAAA" * 100):
        assert entering.offer(place.companion.settings, "token", rubbish).sealed != rubbish


def test_a_name_that_is_taken_costs_no_invitation(place: Place) -> None:
    place.lead("Charlie")
    browser, link = place.browser(), place.link()
    browser.get(link)
    secret = browser.secret()
    assert place.accept(browser, link, secret, "charlie").status_code == 422
    assert "Another lead has this name" in browser.text
    assert place.accept(browser, link, secret, "Dana").status_code == 303


def test_a_wrong_name_password_or_code_get_the_same_answer(place: Place) -> None:
    _, secret = place.lead()
    place.clock.now += timedelta(minutes=1)
    code = place.code(secret)
    shown = set()
    for name, password, digits in (
        ("Mallory", PASSWORD, code),
        ("Charlie", OTHER, code),
        ("Charlie", PASSWORD, "000000"),
        ("Mallory", OTHER, ""),
    ):
        browser = place.browser()
        assert place.sign_in(browser, name, password, digits).status_code == 401
        shown.add(browser.shown().replace(name, ""))
        assert browser.get("/desk/").status_code == 302
    assert len(shown) == 1
    assert place.sign_in(place.browser(), "Charlie", PASSWORD, code).status_code == 303


def test_a_code_that_was_seen_over_a_shoulder_opens_nothing(place: Place) -> None:
    _, secret = place.lead()
    seen = place.code(secret)
    assert place.sign_in(place.browser(), "Charlie", PASSWORD, seen).status_code == 401
    place.clock.now += timedelta(minutes=1)
    code = place.code(secret)
    assert place.sign_in(place.browser(), "Charlie", PASSWORD, code).status_code == 303
    assert place.sign_in(place.browser(), "Charlie", PASSWORD, code).status_code == 401


def test_a_reset_gives_new_factors_and_ends_what_the_old_ones_opened(place: Place) -> None:
    stolen, old = place.lead()
    link, fresh = place.link("charlie"), place.browser()
    assert stolen.get("/desk/").status_code == 200
    fresh.get(link)
    assert 'value="Charlie" readonly' in fresh.text
    secret = fresh.secret()
    assert place.accept(fresh, link, secret, "Mallory", OTHER).status_code == 303
    assert fresh.get("/desk/").status_code == 200
    assert "You are here as Charlie." in fresh.text
    assert stolen.get("/desk/").status_code == 302
    assert fresh.get(link).status_code == 404
    place.clock.now += timedelta(minutes=1)
    for password, key in ((PASSWORD, old), (PASSWORD, secret), (OTHER, old)):
        done = place.sign_in(place.browser(), "Charlie", password, place.code(key))
        assert done.status_code == 401
    done = place.sign_in(place.browser(), "Charlie", OTHER, place.code(secret))
    assert done.status_code == 303


def test_attempts_are_counted_for_a_place_and_for_a_name(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def allows(_: object, what: str, who: str) -> bool:
        tried.append((what, who))
        return len(tried) < 3

    monkeypatch.setattr("web.limits.Limits.allows", allows)
    assert place.sign_in(place.browser(), "Charlie", PASSWORD, "1").status_code == 401
    browser = place.browser()
    assert place.sign_in(browser, " CHARLIE", PASSWORD, "1").status_code == 429
    assert [what for what, _ in tried] == ["lead", "lead name", "lead"]
    assert PASSWORD not in browser.text
    again = browser.post("/desk/sign-in", name=browser.field("name"))
    assert again.status_code == 422
    assert "did not open" not in browser.text
    assert tried[1][1] == rules.same("Charlie")


def make(place: Place, browser: Browser, **terms: str) -> str:
    """Make a code at the desk; return its id."""
    browser.get("/desk/")
    sent = {"expires": browser.field("expires"), "uses": browser.field("uses")} | terms
    assert browser.post("/desk/codes", **sent).status_code == 303
    with place.companion.database.reading() as connection:
        return store.every_code(connection)[0].id


def test_a_lead_makes_a_code_and_sees_no_difference_when_somebody_joins(place: Place) -> None:
    browser, _ = place.lead()
    make(place, browser)
    browser.get("/desk/")
    assert "Open until 29 November 2026" in browser.text
    found = re.search("<h3><code>([^<]+)</code>", browser.text)
    assert found
    browser.get("/desk/")
    before = browser.shown()
    assert joining.join(place.companion, accounts.normal_code(found[1].lower()))
    browser.get("/desk/")
    assert browser.shown() == before
    assert "199" not in browser.text


def test_terms_that_cannot_be_are_said_and_nothing_is_made(place: Place) -> None:
    browser, _ = place.lead()
    browser.get("/desk/")
    done = browser.post("/desk/codes", expires="2026-10-31", uses="7")
    assert done.status_code == 422
    assert rules.wrong_days(0) in browser.text
    assert rules.wrong_uses(7) in browser.text
    assert browser.field("uses") == "7"
    assert contents(place.companion.database)["join_codes"] == []


def test_a_withdrawn_code_opens_nothing_and_its_poster_says_so(place: Place) -> None:
    browser, _ = place.lead()
    id_ = make(place, browser)
    browser.get(f"/desk/codes/{id_}/poster")
    assert "Do not hang" not in browser.text
    browser.get("/desk/")
    assert browser.post(f"/desk/codes/{id_}/withdraw").status_code == 303
    browser.get("/desk/")
    assert "Withdrawn on 1 November 2026" in browser.text
    with place.companion.database.reading() as connection:
        code = inviting.read_code(place.companion.settings, store.every_code(connection)[0])
    assert joining.join(place.companion, accounts.normal_code(code)) is None
    browser.get(f"/desk/codes/{id_}/poster")
    assert "This code was withdrawn on 1 November 2026" in browser.text
    assert browser.post("/desk/codes/another/withdraw").status_code == 404
    assert browser.get("/desk/codes/another/poster").status_code == 404


def test_an_expired_code_and_its_poster_say_so(place: Place) -> None:
    browser, _ = place.lead()
    id_ = make(place, browser)
    with place.companion.database.writing() as connection:
        connection.execute(update(schema.join_codes).values(expires=date(2026, 10, 31)))
    browser.get("/desk/")
    assert "Expired on 31 October 2026" in browser.text
    browser.get(f"/desk/codes/{id_}/poster")
    assert "This code expired on 31 October 2026" in browser.text


def test_a_poster_says_where_to_join_and_needs_nothing_from_elsewhere(place: Place) -> None:
    browser, _ = place.lead()
    id_ = make(place, browser)
    browser.get(f"/desk/codes/{id_}/poster")
    with place.companion.database.reading() as connection:
        code = inviting.read_code(place.companion.settings, store.every_code(connection)[0])
    for words in ("Riverside Trust", code, "localhost/notes/join", "No e-mail, no name", "<svg"):
        assert words in browser.text
    assert drawing.square(f"http://localhost/notes/join/{code}") in browser.text
    assert "sources of support are not on this poster" in browser.text
    assert " style=" not in browser.text
    assert "<title>Join code</title>" in browser.text


def test_a_poster_names_sources_of_support(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, _ = place.lead()
    id_ = make(place, browser)
    support = [
        catalogue.Source(name="Samaritans", phone="116 123", hours="At any time", checked_on=TODAY),
        catalogue.Source(name="Hub of Hope", link="https://www.hubofhope.co.uk/", checked_on=TODAY),
    ]
    facts = SimpleNamespace(
        title="Night shift", address="https://podcast.example.org/", support=support
    )
    shown = SimpleNamespace(show=facts, episodes=())
    monkeypatch.setattr("web.shows.Shows.current", lambda _: shown)
    browser.get(f"/desk/codes/{id_}/poster")
    poster = browser.text.partition("<article")[2].partition("</article>")[0]
    for words in ("Night shift", "Samaritans", "116 123", "At any time", "hubofhope.co.uk"):
        assert words in poster
    assert "not on this poster" not in browser.text


def test_learners_and_strangers_have_no_desk(place: Place) -> None:
    lead, _ = place.lead()
    id_ = make(place, lead)
    code = inviting.new_code(place.companion.database, place.companion.settings, NOW)
    bob, alice = place.browser(), place.browser()
    alice.get("/join")
    joined = alice.post("/join", **{"join-code": code})
    assert (joined.status_code, joined.location) == (303, "/notes/phrase")
    alice.get("/phrase")
    bob.get("/desk/sign-in")
    before = contents(place.companion.database)["join_codes"]
    for path in ("/desk/", f"/desk/codes/{id_}/poster"):
        assert bob.get(path).location == "/notes/desk/sign-in"
        assert alice.get(path).status_code == 403
    bob.get("/desk/sign-in")
    alice.get("/phrase")
    for path in ("/desk/codes", f"/desk/codes/{id_}/withdraw"):
        assert bob.post(path, expires="2026-11-29", uses="8").status_code == 302
        bob.get("/desk/sign-in")
        assert alice.post(path, expires="2026-11-29", uses="8").status_code == 403
        alice.get("/phrase")
    assert contents(place.companion.database)["join_codes"] == before


def test_a_form_from_another_site_changes_nothing(place: Place) -> None:
    browser, _ = place.lead()
    id_ = make(place, browser)
    before = contents(place.companion.database)["join_codes"]
    for path in ("/desk/codes", f"/desk/codes/{id_}/withdraw"):
        sent = browser.client.post(path, data={"expires": "2026-11-29", "uses": "8"})
        assert sent.status_code == 400
    assert contents(place.companion.database)["join_codes"] == before


def test_the_desk_never_asks_about_learners(place: Place) -> None:
    asked: list[str] = []
    from sqlalchemy import event

    browser, _ = place.lead()
    id_ = make(place, browser)
    event.listen(
        place.companion.database.engine,
        "before_cursor_execute",
        lambda *given: asked.append(given[2].lower()),
    )
    browser.get("/desk/")
    browser.get(f"/desk/codes/{id_}/poster")
    assert asked
    words = ("learners", "reflections", "count(")
    assert not [each for each in asked if any(word in each for word in words)]


def test_nothing_that_opens_the_desk_is_kept_as_it_is(place: Place) -> None:
    link = place.link()
    browser, _ = place.lead()
    make(place, browser)
    with place.companion.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.leads)).scalar() == 1
        code = inviting.read_code(place.companion.settings, store.every_code(connection)[0])
    kept = repr(contents(place.companion.database))
    for secret in (PASSWORD, code, accounts.normal_code(code), link.rpartition("/")[2]):
        assert secret not in kept
