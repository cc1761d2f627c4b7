"""Letting people in: the terms of join codes, links that work once, and what is kept of both."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from episodes.errors import EarmarkError
from podcast.creating.companion_settings import NewCompanion, create_settings
from tests.kit.companion.database_rows import NOW, TODAY, contents
from web import crypto, schema, sessions
from web.accounts import join_codes
from web.desk import forms, invitations, rules, store, two_factor

if TYPE_CHECKING:
    from pathlib import Path

    from web.database.engine import Database
    from web.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return create_settings(
        tmp_path / "companion",
        NewCompanion("Riverside Trust", "http://localhost/notes/", "desk@example.org"),
    )


@pytest.mark.parametrize(("days", "good"), [(0, 0), (1, 1), (28, 1), (366, 1), (367, 0), (None, 0)])
def test_a_join_code_is_open_for_a_day_to_a_year(days: int | None, good: int) -> None:
    assert bool(rules.wrong_days(days)) != bool(good)


@pytest.mark.parametrize(
    ("uses", "good"), [(-1, 0), (0, 0), (7, 0), (8, 1), (5000, 1), (5001, 0), (None, 0)]
)
def test_a_join_code_is_for_8_people_or_more(uses: int | None, good: int) -> None:
    assert bool(rules.wrong_uses(uses)) != bool(good)


def test_what_was_meant_is_what_counts_unless_it_is_wrong() -> None:
    assert (rules.DAYS, rules.USES) == (28, 200)
    assert not rules.wrong_days(rules.DAYS)
    assert not rules.wrong_uses(rules.USES)


def test_a_code_is_open_until_it_is_withdrawn_or_its_last_day_is_over() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert rules.state(TODAY, TODAY, None) == "open"
    assert rules.state(TODAY, yesterday, None) == "expired"
    assert rules.state(TODAY, TODAY, yesterday) == "withdrawn"
    assert rules.state(TODAY, yesterday, yesterday) == "withdrawn"


@pytest.mark.parametrize("name", ["c", "training desk", "Zoë", "訓練", "x" * 60])
def test_a_name_need_not_be_a_persons(name: str) -> None:
    assert not rules.wrong_name(name)


@pytest.mark.parametrize("name", ["", "x" * 61, "a\0b", "a\u202eb"])
def test_a_name_is_something_that_can_be_read(name: str) -> None:
    assert rules.wrong_name(name)


def test_a_name_is_the_same_however_it_was_typed() -> None:
    assert rules.same(" Training\u00a0 DESK\n") == rules.same("training desk")
    assert rules.same("Zoe\u0308") == rules.same("ZO\u00cb")
    assert rules.same("Charlie") != rules.same("Charley")


def test_a_password_is_long_and_not_the_name_and_nothing_else_is_asked() -> None:
    assert rules.wrong_password("elevensigns", "charlie")
    assert rules.wrong_password("Training Desk", "training desk")
    for password in ("twelve signs", "111111111111", "            ", "x" * 5000):
        assert not rules.wrong_password(password, "charlie")


@pytest.mark.parametrize(
    ("expires", "uses", "wrong"),
    [
        ("2026-11-29", "200", set()),
        ("2026-11-02", "8", set()),
        ("2026-11-01", "200", {"expires"}),
        ("2027-11-03", "200", {"expires"}),
        ("soon", "7", {"expires", "uses"}),
        ("", "", {"expires", "uses"}),
        ("2026-11-29", "1e3", {"uses"}),
        ("2026-11-29", "²00", {"uses"}),
        ("2026-11-29", "9" * 30, {"uses"}),
        ("9" * 30, "200", {"expires"}),
    ],
)
def test_terms_are_read_as_they_were_typed(expires: str, uses: str, wrong: set[str]) -> None:
    read = forms.terms({"expires": expires, "uses": uses}, TODAY)
    assert set(read.wrong) == wrong


def charlie(name: str = "Charlie") -> store.Lead:
    return store.Lead(store.new_id(), name, two_factor.NOBODY, b"sealed", 100)


def add(database: Database, lead: store.Lead) -> store.Lead:
    with database.writing() as connection:
        store.invite(connection, b"for " + lead.name.encode(), None, 10)
        assert store.accept(connection, b"for " + lead.name.encode(), lead, 9, TODAY)
    return lead


def test_an_invitation_is_good_once(database: Database) -> None:
    add(database, charlie())
    with database.writing() as connection:
        assert store.find_invitation(connection, b"for Charlie", 9) is None
        assert not store.accept(connection, b"for Charlie", charlie("Dana"), 9, TODAY)
        assert [each.name for each in store.every_lead(connection)] == ["Charlie"]


def test_an_invitation_is_not_good_after_its_last_second(database: Database) -> None:
    with database.writing() as connection:
        store.invite(connection, b"i", None, 10)
        assert store.find_invitation(connection, b"i", 9) == store.Invitation(None)
        assert store.find_invitation(connection, b"i", 10) is None
        assert not store.accept(connection, b"i", charlie(), 10, TODAY)
        assert store.find_invitation(connection, b"another", 9) is None


def test_two_leads_never_have_the_same_name_and_the_second_keeps_the_invitation(
    database: Database,
) -> None:
    add(database, charlie())
    with pytest.raises(store.TakenError):
        add(database, charlie(" CHARLIE "))
    with database.reading() as connection:
        assert store.find_lead(connection, "cHARLIE") is not None
        assert len(store.every_lead(connection)) == 1
    with database.writing() as connection:
        store.invite(connection, b"i", None, 10)
    with pytest.raises(store.TakenError), database.writing() as connection:
        store.accept(connection, b"i", charlie(), 9, TODAY)
    with database.reading() as connection:
        assert store.find_invitation(connection, b"i", 9)


def test_a_reset_ends_sessions_and_every_other_reset_of_that_lead(database: Database) -> None:
    lead, dana = add(database, charlie()), add(database, charlie("Dana"))
    with database.writing() as connection:
        for who in (lead, dana):
            sessions.begin_session(connection, 5, sessions.Who(lead=who.id, name=who.name))
            store.invite(connection, b"reset " + who.name.encode(), who.id, 10)
        store.invite(connection, b"once more", lead.id, 10)
        found = store.find_invitation(connection, b"once more", 9)
        assert found == store.Invitation(lead)
        new = charlie("ignored")._replace(password=two_factor.NOBODY[::-1], totp=b"new", step=200)
        assert store.accept(connection, b"once more", new, 9, TODAY)
    with database.reading() as connection:
        after = lead._replace(password=two_factor.NOBODY[::-1], totp=b"new", step=200)
        assert store.find_lead(connection, "Charlie") == after
        assert list(connection.scalars(select(schema.sessions.c.lead))) == [dana.id]
        assert list(connection.scalars(select(schema.invitations.c.lead))) == [dana.id]


def test_a_step_is_taken_once_and_only_forwards(database: Database) -> None:
    lead = add(database, charlie())
    with database.writing() as connection:
        assert not store.take_step(connection, lead, 100)
        assert store.take_step(connection, lead, 101)
        assert not store.take_step(connection, lead, 101)
        assert not store.take_step(connection, lead, 99)
        assert not store.take_step(connection, lead._replace(totp=b"before the reset"), 102)


def test_a_new_code_can_be_joined_with_and_read_again(
    database: Database, settings: Settings
) -> None:
    code = invitations.new_code(database, settings, NOW)
    assert re.fullmatch("[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    with database.reading() as connection:
        (kept,) = store.every_code(connection)
        row = connection.execute(select(schema.join_codes)).one()
    assert invitations.read_code(settings, kept) == code
    assert row.uses_left in range(200, 200 + rules.SPARE)
    assert (row.made, row.expires) == (TODAY, TODAY + timedelta(days=28))
    assert row.digest == crypto.digest(
        settings.secrets.key, "join code", join_codes.normal_code(code.lower())
    )
    assert code.encode() not in row.sealed
    assert not hasattr(kept, "uses_left")


@pytest.mark.parametrize(("days", "uses"), [(28, 7), (28, 0), (0, 200), (367, 200), (28, 5001)])
def test_a_code_for_fewer_than_8_or_for_ever_cannot_be_made(
    database: Database, settings: Settings, days: int, uses: int
) -> None:
    with pytest.raises(EarmarkError):
        invitations.new_code(database, settings, NOW, days, uses)
    assert contents(database)["join_codes"] == []


def test_a_code_is_withdrawn_once_and_for_all(database: Database, settings: Settings) -> None:
    invitations.new_code(database, settings, NOW)
    tomorrow = TODAY + timedelta(days=1)
    with database.writing() as connection:
        (kept,) = store.every_code(connection)
        assert store.withdraw(connection, kept.id, TODAY)
        assert not store.withdraw(connection, kept.id, tomorrow)
        found = store.find_code(connection, kept.id)
        assert found == kept._replace(withdrawn=TODAY)
        assert not store.withdraw(connection, "another", TODAY)


def test_a_link_is_for_one_more_lead_or_for_one_who_is_known(
    database: Database, settings: Settings
) -> None:
    with pytest.raises(EarmarkError, match="invite one"):
        invitations.invite(database, settings, NOW, "Charlie")
    lead = add(database, charlie())
    with pytest.raises(EarmarkError, match='"Charlie"'):
        invitations.invite(database, settings, NOW, "Dana")
    assert contents(database)["invitations"] == []
    for name, whose in ((None, None), (" charlie", lead)):
        link = invitations.invite(database, settings, NOW, name)
        start, _, token = link.rpartition("/")
        assert start == "http://localhost/notes/desk/invitation"
        assert token not in repr(contents(database))
        with database.reading() as connection:
            found = store.find_invitation(
                connection,
                invitations.digest(settings, token),
                int(NOW.timestamp()) + 7 * 86400 - 1,
            )
        assert found == store.Invitation(whose)


def test_a_poster_of_before_is_still_read(settings: Settings) -> None:
    """Its seal and the digest by which a code is found once shared a label, and so a key."""
    key = settings.secrets.key
    before = crypto.seal(crypto.part(key, "join code"), b"ABCD-2345", "id", "join code")
    code = store.Code("id", before, TODAY, TODAY, None)
    assert invitations.read_code(settings, code) == "ABCD-2345"
    own = crypto.seal(crypto.part(key, "join code on posters"), b"EFGH-2345", "id", "join code")
    assert invitations.read_code(settings, code._replace(sealed=own)) == "EFGH-2345"
    assert invitations.read_code(settings, code._replace(sealed=b"x" * 300)) == ""
