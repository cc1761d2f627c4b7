"""How a lead gets in: an invitation, two factors, and what wrong ones open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.kit.companion.database_rows import contents
from tests.kit.companion.lead_browser import OTHER, PASSWORD, SHORT, WEEK, Place
from web.desk import rules, sign_in


def test_a_lead_takes_an_invitation_and_signs_in_with_what_they_chose(place: Place) -> None:
    browser, secret = place.lead("Training desk")
    assert browser.get("/desk/").status_code == 200
    assert "Signed in as Training desk" in browser.text
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
        assert sign_in.offer(place.companion.settings, "token", rubbish).sealed != rubbish


def test_a_name_that_is_taken_costs_no_invitation(place: Place) -> None:
    place.lead("Charlie")
    browser, link = place.browser(), place.link()
    browser.get(link)
    secret = browser.secret()
    assert place.accept(browser, link, secret, "charlie").status_code == 422
    assert "Another training lead has this name" in browser.text
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
    assert "Signed in as Charlie" in fresh.text
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

    monkeypatch.setattr("web.limits.rate_limits.Limits.allows", allows)
    assert place.sign_in(place.browser(), "Charlie", PASSWORD, "1").status_code == 401
    browser = place.browser()
    assert place.sign_in(browser, " CHARLIE", PASSWORD, "1").status_code == 429
    assert [what for what, _ in tried] == ["lead", "lead name", "lead"]
    assert PASSWORD not in browser.text
    browser.get("/desk/sign-in")
    again = browser.post("/desk/sign-in", name=" CHARLIE")
    assert again.status_code == 422
    assert "did not open" not in browser.text
    assert tried[1][1] == rules.same("Charlie")
