"""Leads as an operator looks after them, and the journal that says what was done."""

from __future__ import annotations

import csv
import io
import threading
import time
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from episodes.errors import EarmarkError
from podcast.cli import main
from tests.kit.companion import database_rows
from tests.kit.companion.lead_browser import OTHER, PASSWORD
from tests.kit.companion.repeated_forms import (
    ONCE,
    REPEATABLE,
    Stage,
    fill_in,
    open_desk,
    sign_in_at_desk,
)
from web import auth, schema, sessions
from web.database.engine import Database
from web.desk import invitations, leads, sign_in, store, two_factor
from web.desk.store import Lead
from web.maintenance import backup, journal, pepper_mark, purge, restore
from web.maintenance.journal import Act
from web.sessions import Who

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.kit.companion.cast import Clock, House
    from tests.kit.companion.database_rows import Making
    from tests.kit.companion.repeated_forms import Scene
    from web.settings import Settings

TODAY = date(2026, 11, 23)
GIVEN = ("--organisation", "Riverside Trust", "--contact", "training@example.org")


@pytest.fixture
def stage(house: House) -> Stage:
    return Stage(house)


def enters(house: House, lead: Lead, secret: bytes, password: str = PASSWORD) -> bool:
    code = two_factor.code_at(secret, int(house.companion.now().timestamp()) // 30)
    found = sign_in.enter(house.companion, lead.name, password, code, lambda *_: None)
    return found is not None


def acts(database: Database) -> list[tuple[str, str, str]]:
    """Return the acts in the order in which they were done."""
    with database.reading() as connection:
        return [(each.act, each.actor, each.about) for each in reversed(journal.read(connection))]


def test_a_removed_lead_is_out_and_what_they_made_stays(stage: Stage) -> None:
    house = stage.house
    (lead, secret), (stays, _) = stage.lead(), stage.lead()
    here = house.signed_in(Who(lead=lead.id, name=lead.name))
    code, link = house.new_code(), house.nobody()
    path = invitations.invite(house.database, house.settings, house.companion.now(), lead.name)
    path = "/" + path.removeprefix(house.settings.address)
    assert link.get(path).status == 200
    assert here.get("/desk/").status == 200
    assert leads.remove(house.database, lead.name.upper(), TODAY, last=False) == lead.name
    assert here.get("/desk/").status == 302
    assert link.get(path).status == 404, "their open link is gone"
    assert not enters(house, lead, secret)
    assert [name for name, _ in leads.every(house.database)] == [stays.name]
    assert house.nobody().join(code), "a code goes on"
    assert acts(house.database)[-1] == ("lead removed", "", lead.name)


def test_the_last_lead_is_removed_only_if_that_is_said(stage: Stage) -> None:
    lead, _ = stage.lead()
    with pytest.raises(
        EarmarkError, match=r"the only training lead. Without one, nobody can make .* --last"
    ):
        leads.remove(stage.house.database, lead.name, TODAY, last=False)
    assert leads.every(stage.house.database)
    leads.remove(stage.house.database, lead.name, TODAY, last=True)
    assert leads.every(stage.house.database) == []
    with pytest.raises(EarmarkError, match='no lead called "Dana"; invite one'):
        leads.remove(stage.house.database, "Dana", TODAY, last=True)


def test_a_reset_now_ends_the_old_password_before_the_link_is_used(stage: Stage) -> None:
    house, (lead, secret) = stage.house, stage.lead()
    here = house.signed_in(Who(lead=lead.id, name=lead.name))
    former = invitations.invite(house.database, house.settings, house.companion.now(), lead.name)
    assert enters(house, lead, secret)
    link = leads.lock(house.database, house.settings, house.companion.now(), lead.name)
    assert not enters(house, lead, secret)
    assert here.get("/desk/").status == 302
    for each, status in ((former, 404), (link, 200)):
        assert house.nobody().get("/" + each.removeprefix(house.settings.address)).status == status
    assert acts(house.database)[-1] == ("old password ended", "", lead.name)


def sessions_of(house: House, lead: Lead) -> int:
    with house.database.reading() as connection:
        rows = select(schema.sessions.c.digest).where(schema.sessions.c.lead == lead.id)
        return len(connection.execute(rows).all())


@pytest.mark.parametrize("begin", [sign_in_at_desk, open_desk])
def test_a_reset_now_ends_a_sign_in_of_the_same_moment(
    stage: Stage, begin: Callable[[Stage], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both factors were right, the session is not begun yet; then the operator resets the lead."""
    house, real = stage.house, auth.begin_session
    resets = []

    def after_reset(**options: Any) -> bool:
        lead = Lead(options["lead"].id, options["lead"].name, "", b"", 0)
        leads.lock(house.database, house.settings, house.companion.now(), lead.name)
        resets.append(lead)
        return real(**options)

    scene = fill_in(begin(stage))
    monkeypatch.setattr(auth, "begin_session", after_reset)
    scene.press()
    assert sessions_of(house, resets[0]) == 0
    assert scene.visitor.get("/desk/").status == 302
    monkeypatch.setattr(auth, "begin_session", real)
    scene.press(lost=True)
    assert sessions_of(house, resets[0]) == 0, "nor does the same form, sent again"


def test_a_reset_now_waits_for_a_session_that_is_about_to_begin(stage: Stage) -> None:
    house, (lead, _) = stage.house, stage.lead()
    reset = partial(leads.lock, house.database, house.settings, house.companion.now(), lead.name)
    waiting = threading.Thread(target=reset)
    with house.database.writing() as connection:
        assert store.has_factors(connection, lead)
        waiting.start()
        time.sleep(0.3)  # it would be done by now
        now = int(house.companion.now().timestamp())
        sessions.begin_session(connection, now, Who(lead=lead.id, name=lead.name))
    waiting.join()
    assert sessions_of(house, lead) == 0
    with house.database.writing() as connection:
        assert not store.has_factors(connection, lead)


def test_a_lead_changes_their_own_password_with_both_factors(stage: Stage, clock: Clock) -> None:
    house, (lead, secret) = stage.house, stage.lead()
    here, there = (house.signed_in(Who(lead=lead.id, name=lead.name)) for _ in range(2))
    right = {"password": PASSWORD, "new": OTHER, "code": stage.code(secret)}
    for wrong in ({"password": OTHER}, {"code": "000000"}, {"new": "passwordpassword"}):
        here.get("/desk/password")
        answer = here.post("/desk/password", right | wrong)
        assert answer.status == 422
        assert not any(each in answer.text for each in (PASSWORD, OTHER))
    here.get("/desk/password")
    assert here.follow(here.post("/desk/password", right)).text.count("Password changed.")
    assert there.get("/desk/").status == 302, "other sessions end"
    assert here.get("/desk/").status == 200
    clock.wait(minutes=1)
    assert not enters(house, lead, secret)
    assert enters(house, lead, secret, OTHER)
    assert acts(house.database)[-1] == ("password changed", lead.name, "")
    assert "password changed" in here.get("/desk/").text


def test_nothing_of_a_learner_is_in_the_journal(stage: Stage) -> None:
    """Everything that a form can do is done; of all that is typed only leads' names are kept."""
    for begin in (*ONCE.values(), *(each for some in REPEATABLE.values() for each in some)):
        assert fill_in(begin(stage)).press().status in {200, 303}
    rows = database_rows.contents(stage.house.database)
    names = {row[1] for row in rows["leads"]} | {""}
    written = rows["journal"]
    assert {row[2] for row in written} >= {Act.CODE_MADE, Act.CODE_WITHDRAWN, Act.LEAD_JOINED,
                                           Act.PASSWORD_CHANGED}  # fmt: skip
    for _, _, act, actor, about in written:
        assert act in set(Act)
        assert {actor, about} <= names
    ids = {row[0] for row in rows["learners"]} | {row[0] for row in rows["join_codes"]}
    assert not [each for each in ids if each in repr(written)]


@pytest.mark.parametrize("typed", ["Alice was here", "a" * 32, "ABCD-2345"])
def test_the_journal_takes_no_name_that_is_no_leads(house: House, typed: str) -> None:
    for names in ({"actor": typed}, {"about": typed}):
        with (
            pytest.raises(EarmarkError, match="names of leads only"),
            house.database.writing() as connection,
        ):
            journal.write(connection, TODAY, Act.CODE_MADE, **names)
    assert acts(house.database) == []


def test_the_journal_is_kept_for_its_years(house: House) -> None:
    with house.database.writing() as connection:
        for years in range(5):
            day = TODAY.replace(year=TODAY.year - years)
            journal.write(connection, day, Act.PURGE)
            journal.write(connection, day - timedelta(days=1), Act.BACKUP)
    assert purge.clear(house.database, house.companion.now(), 2) == 5
    assert purge.clear(house.database, house.companion.now(), 2) == 0
    assert acts(house.database)[0][0] == "purge run"


def test_a_restored_backup_hides_no_act(
    database: Database, make_database: Making, kind: str, tmp_path: Path
) -> None:
    with database.writing() as connection:
        pepper_mark.mark(connection, database_rows.PEPPER)
        row = store.Lead("l", "Zoë", "argon", b"", 0)._asdict()
        connection.execute(insert(schema.leads).values(**row, made=TODAY))
        journal.write(connection, TODAY, Act.CODE_MADE, "Zoë")
    backup.write(database, database_rows.PEPPER, tmp_path / "b.gz", database_rows.NOW)
    with database.writing() as connection:
        journal.write(connection, TODAY, Act.LEAD_REMOVED, about="Zoë")
    both = [("join code made", "Zoë", ""), ("lead removed", "", "Zoë")]
    for times in (1, 2):
        restore.read(database, database_rows.PEPPER, tmp_path / "b.gz", replace=True)
        assert acts(database) == both, times
    fresh = make_database(kind, empty=True)
    restore.read(fresh, database_rows.PEPPER, tmp_path / "b.gz", replace=False)
    assert acts(fresh) == both[:1]
    with fresh.writing() as connection:
        journal.write(connection, TODAY, Act.PURGE)  # PostgreSQL goes on counting
    assert len(acts(fresh)) == 2


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["web", *words, str(folder)])
    return done.exit_code, done.output


@pytest.fixture
def companion(tmp_path: Path) -> Path:
    folder = tmp_path / "companion"
    assert run(folder, "init", *GIVEN)[0] == 0
    return folder


def let_in(folder: Path, *names: str) -> Settings:
    """Put leads into the database of a folder; return its settings."""
    from web import settings as reading

    found = reading.read(folder)
    database = Database(found.database)
    with database.writing() as connection:
        for name in names:
            row = store.Lead(store.new_id(), name, "argon", b"", 0)._asdict()
            connection.execute(insert(schema.leads).values(**row, made=TODAY))
    database.close()
    return found


def test_leads_are_listed_reset_and_removed_by_command(companion: Path) -> None:
    assert run(companion, "lead", "list") == (
        0, "There are no training leads. Invite one: earmark web lead invite\n")  # fmt: skip
    let_in(companion, "Zoë", "=cmd()")
    code, listed = run(companion, "lead", "list")
    assert (code, listed) == (0, "=cmd() (since 23 November 2026)\nZoë (since 23 November 2026)\n")
    assert "The old password no longer works" in run(companion, "lead", "reset", "zoë", "--now")[1]
    assert "The old password" not in run(companion, "lead", "reset", "Zoë")[1]
    code, said = run(companion, "lead", "remove", "zoë")
    assert (code, said) == (
        0,
        "Zoë has been removed and signed out. Their join codes still work.\n",
    )
    code, said = run(companion, "lead", "remove", "=cmd()")
    assert code == 1
    assert "is the only training lead" in said
    assert run(companion, "lead", "remove", "=cmd()", "--last")[0] == 0


def test_the_journal_is_printed_as_lines_and_as_a_spreadsheet(companion: Path) -> None:
    let_in(companion, "=cmd()", "Zoë")
    run(companion, "lead", "remove", "=cmd()")
    run(companion, "purge")
    code, lines = run(companion, "journal")
    assert code == 0
    assert [line[12:] for line in lines.splitlines()] == [
        "purge run (by the operator)", "lead removed: =cmd() (by the operator)",
        "lead invited (by the operator)",
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(run(companion, "journal", "--csv")[1])))
    assert [row["act"] for row in rows] == ["purge run", "lead removed", "lead invited"]
    assert rows[1]["about"] == "'=cmd()", "no spreadsheet takes it for a formula"


def test_settings_that_changed_are_in_the_journal_once(companion: Path) -> None:
    from podcast.creating import companion as starting

    found = let_in(companion)
    for minutes in (15, 15, 20, 20):
        starting.note_changed_settings(found.model_copy(update={"idle_minutes": minutes}))
    said = run(companion, "journal")[1]
    assert said.count("settings changed") == 1
