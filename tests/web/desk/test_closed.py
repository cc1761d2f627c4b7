"""Who has no desk, and what nobody there sees."""

from __future__ import annotations

from sqlalchemy import func, select

from tests.kit.companion.database_rows import NOW, contents
from tests.kit.companion.lead_browser import PASSWORD, Place, make
from web import schema
from web.accounts import join_codes
from web.desk import invitations, store


def test_learners_and_strangers_have_no_desk(place: Place) -> None:
    lead, _ = place.lead()
    id_ = make(place, lead)
    code = invitations.new_code(place.companion.database, place.companion.settings, NOW)
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
        code = invitations.read_code(place.companion.settings, store.every_code(connection)[0])
    kept = repr(contents(place.companion.database))
    for secret in (PASSWORD, code, join_codes.normal_code(code), link.rpartition("/")[2]):
        assert secret not in kept
