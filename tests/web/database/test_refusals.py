"""What is said of a database that refuses: the reason, and no value of anybody."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text

from tests.kit.companion.visitor import form
from web.database import refusals
from web.database.refusals import AwayError

if TYPE_CHECKING:
    from tests.kit.companion.cast import House
    from tests.kit.companion.database_rows import Making
    from web.database.engine import Database

SECRET = "SecretWordsOfAlice"  # noqa: S105 - no password


def postgres(state: str, message: str) -> Exception:
    """Return an error as psycopg raises it for a SQLSTATE."""
    found: Exception = type("Refused", (Exception,), {"sqlstate": state})(message)
    return found


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("53100", "could not extend file: No space left on device"),
        ("53300", "sorry, too many clients already"),
        ("25006", "cannot execute INSERT in a read-only transaction"),
        ("57014", "canceling statement due to statement timeout"),
        ("42P01", 'relation "sessions" does not exist'),
        ("XX001", "invalid page in block 0 of relation base/5/2619"),
    ],
)
def test_what_postgresql_refuses_is_told_with_its_first_line(state: str, message: str) -> None:
    error = postgres(state, f"{message}\nDETAIL: Key (name)=({SECRET})")
    assert refusals.is_refusal(error)
    assert refusals.reason(error) == f"{message} ({state})"


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("22P02", f'invalid input syntax for type integer: "{SECRET}"'),
        ("22008", f'date/time field value out of range: "{SECRET}"'),
        ("23505", "duplicate key value violates unique constraint"),
        ("42601", f'syntax error at or near "{SECRET}"'),
        ("P0001", SECRET),
    ],
)
def test_what_may_quote_a_value_is_told_by_its_name(state: str, message: str) -> None:
    error = postgres(state, message)
    assert not refusals.is_refusal(error)
    assert refusals.reason(error) == f"{type(error).__name__} ({state})"


def test_text_that_sqlite_cannot_read_is_not_quoted() -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.Error) as caught:
        connection.execute(f"SELECT CAST(X'ff{SECRET.encode().hex()}' AS TEXT)").fetchall()
    connection.close()
    assert SECRET in str(caught.value), "the driver quotes it"
    assert SECRET not in refusals.reason(caught.value)


def test_a_password_of_the_address_and_control_signs_are_left_out() -> None:
    error = postgres("28P01", "cannot log in with s3cret\x1b[2J here\nmore")
    assert refusals.reason(error, "s3cret") == "cannot log in with *** [2J here (28P01)"


HARM = (
    "SELECT CAST(CAST(:value AS text) AS integer)",
    "SELECT CAST(CAST(:value AS text) AS date)",
    "SELECT convert_from(CAST(:value AS bytea) || '\\xff', 'UTF8')",
    "INSERT INTO marks VALUES (:value, ''), (:value, '')",
    "SELECT * FROM nowhere WHERE x = :value",
)


@pytest.mark.slow
def test_no_value_reaches_the_log_from_a_real_server(
    make_database: Making, caplog: pytest.LogCaptureFixture
) -> None:
    database = make_database("postgresql")
    for statement in HARM:
        with pytest.raises(Exception) as caught, database.writing() as connection:
            connection.execute(text(statement), {"value": SECRET})
        driver: Any = getattr(caught.value, "orig", caught.value)
        assert SECRET not in refusals.reason(driver)
    assert SECRET not in caplog.text


def test_a_refusal_is_a_page_with_the_contact_and_the_words(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = house.learner("Alice").visitor
    visitor.token()
    with house.database.writing() as connection:
        connection.execute(text("ALTER TABLE reflections RENAME TO elsewhere"))
    sent = form(SECRET)
    kept = visitor.post("/reflect/guid-1", sent)
    assert (kept.status, kept.header("Retry-After")) == (503, "10")
    assert SECRET in kept.text
    assert 'href="mailto:training@example.org"' in kept.text
    assert visitor.draft("guid-1", sent).status == 503
    assert SECRET not in caplog.text
    assert re.search("the database says: .*(no such table|does not exist)", caplog.text)
    with house.database.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO reflections"))
    assert visitor.post("/reflect/guid-1", sent).status == 303


def test_reading_goes_on_when_nothing_can_be_written(
    house: House, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    person = house.learner("Alice")
    note = f"/notes/{person.ids[0]}"
    assert person.visitor.get(note).status == 200
    fill_up(house.database)
    for _ in range(3):
        clock.wait(minutes=3)
        assert person.visitor.get(note).status == 200
    assert person.visitor.post("/reflect/guid-1", form(SECRET)).status == 503
    complaints = [line for line in caplog.messages if "the time of the last use" in line]
    assert len(complaints) == 1, "once a minute, not once a page"


def test_a_connection_that_only_reads_is_not_used_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """One that was opened while the disk only read goes on so for ever: the next is a new one."""
    person = house.learner("Alice")
    for _ in range(2):
        with house.database.reading() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute(
                "PRAGMA query_only=ON"
                if house.database.is_sqlite
                else "SET SESSION default_transaction_read_only = on"
            )
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN")
        assert person.visitor.post("/reflect/guid-1", form(SECRET)).status == 503
        assert "READONLY" in caplog.text or "25006" in caplog.text
        assert person.visitor.post("/reflect/guid-1", form(SECRET)).status == 303


def fill_up(database: Database) -> None:
    """Let every write of the database fail as on a full disk."""
    if database.is_sqlite:
        database.engine.dispose()

        @event.listens_for(database.engine, "connect")
        def full(raw: Any, _: object) -> None:
            raw.execute("PRAGMA query_only=ON")
    else:
        with database.writing() as connection:
            name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
            connection.exec_driver_sql(
                f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'
            )
        database.engine.dispose()


def test_healthz_says_ok_or_not_and_nothing_else(house: House) -> None:
    visitor = house.learner("Alice").visitor
    answer = visitor.get("/healthz")
    assert (answer.status, answer.body) == (200, b"ok\n")
    assert answer.header("Set-Cookie") == ""
    assert answer.header("X-Robots-Tag") == "noindex, nofollow"
    with house.database.writing() as connection:
        connection.execute(text("ALTER TABLE marks RENAME TO elsewhere"))
    house.database.engine.dispose()
    answer = visitor.get("/healthz")
    assert (answer.status, answer.body) == (503, b"not ok\n")


def test_a_database_of_somebody_else_in_its_place_is_not_used(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    person = house.learner("Alice")
    with house.database.writing() as connection:
        mine = connection.execute(text("SELECT value FROM marks")).scalar_one()
        connection.execute(text("UPDATE marks SET value = :value"), {"value": b"x" * 32})
    house.database.engine.dispose()
    assert person.visitor.get("/notes").status == 503
    assert "its pepper is different" in caplog.text
    with pytest.raises(AwayError), house.database.writing():
        pass
    house.database._examine, examine = None, house.database._examine
    with house.database.writing() as connection:
        connection.execute(text("UPDATE marks SET value = :value"), {"value": mine})
    house.database._examine = examine
    assert person.visitor.get("/notes").status == 200
