"""What a lead makes at the desk: join codes, and posters of them."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from episodes import catalogue
from episodes.pictures import qr_codes
from tests.kit.companion.database_rows import TODAY, contents
from tests.kit.companion.lead_browser import Place, make
from web import schema
from web.accounts import join_codes
from web.accounts import sign_in as joining
from web.desk import invitations, rules, store


def nothing(*_: object) -> None:
    """Do nothing else in the transaction that makes an account."""


def test_a_lead_makes_a_code_and_sees_no_difference_when_somebody_joins(place: Place) -> None:
    browser, _ = place.lead()
    make(place, browser)
    browser.get("/desk/")
    assert "Works until 29 November 2026" in browser.text
    found = re.search("<h3><code>([^<]+)</code>", browser.text)
    assert found
    browser.get("/desk/")
    before = browser.shown()
    assert joining.join(place.companion, join_codes.normal_code(found[1].lower()), nothing)
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
        code = invitations.read_code(place.companion.settings, store.every_code(connection)[0])
    assert joining.join(place.companion, join_codes.normal_code(code), nothing) is None
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
        code = invitations.read_code(place.companion.settings, store.every_code(connection)[0])
    for words in ("Riverside Trust", code, "localhost/notes/join", "No email, no name", "<svg"):
        assert words in browser.text
    assert qr_codes.draw_qr(f"http://localhost/notes/join/{code}") in browser.text
    assert "sources of support are missing from this poster" in browser.text
    assert " style=" not in browser.text
    assert "<title>Join code</title>" in browser.text


def test_a_poster_names_sources_of_support(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, _ = place.lead()
    id_ = make(place, browser)
    support = [
        catalogue.CatalogueSupport(
            name="Samaritans", phone="116 123", hours="At any time", checked_on=TODAY
        ),
        catalogue.CatalogueSupport(
            name="Hub of Hope", link="https://www.hubofhope.co.uk/", checked_on=TODAY
        ),
    ]
    facts = SimpleNamespace(
        title="Night shift", address="https://podcast.example.org/", support=support, language="en"
    )
    shown = SimpleNamespace(show=facts, episodes=())
    monkeypatch.setattr("web.published_show.Shows.current", lambda _: shown)
    browser.get(f"/desk/codes/{id_}/poster")
    poster = browser.text.partition("<article")[2].partition("</article>")[0]
    for words in ("Night shift", "Samaritans", "116 123", "At any time", "hubofhope.co.uk"):
        assert words in poster
    assert "missing from this poster" not in browser.text
