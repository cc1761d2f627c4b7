"""Reflections: what a form means, what is kept, and that no word is ever lost or given away."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert

from web import crypto
from web.accounts.store import Learner
from web.reflections import forms, question_sets, rules, store
from web.reflections.rules import Note
from web.schema import learners

if TYPE_CHECKING:
    from web.database.engine import Database

ALICE = Learner("a" * 32, b"A" * 32)
BOB = Learner("b" * 32, b"B" * 32)
TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
FORM = {
    "id": "1" * 32,
    "version": "0",
    "page": "2" * 32,
    "model": "what",
    "question-1": "What?",
    "answer-1": "It went quiet.\r\nThen she spoke.",
    "minute": "",
}
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60)


def note(answer: str = "I sat down first.", page: str = "", guid: str = "g-1") -> Note:
    return Note(guid, "Listening", "what", (("What?", answer),), None, page)


def change(
    one: Note, version: int = 0, id_: str = "1" * 32, today: date = TODAY
) -> store.NoteChange:
    return store.NoteChange(id_, version, one, today)


@pytest.fixture
def kept(database: Database) -> Database:
    """A database in which Alice and Bob have joined."""
    with database.writing() as connection:
        for learner in (ALICE, BOB):
            row = {"lookup": learner.id.encode(), "wrapped": b"-", "joined": TODAY, "seen": TODAY}
            connection.execute(insert(learners).values(id=learner.id, **row))
    return database


def test_a_new_note_takes_three_statements_and_no_savepoint(kept: Database) -> None:
    said: list[str] = []

    def note_down(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement.split(maxsplit=1)[0])

    event.listen(kept.engine, "before_cursor_execute", note_down)
    with kept.writing() as connection:
        assert store.save_note(connection, ALICE, change(note())) == 1
    event.remove(kept.engine, "before_cursor_execute", note_down)
    assert said == ["BEGIN", "SELECT", "SELECT", "INSERT"]


def test_a_form_is_read_with_its_questions_and_one_kind_of_line_end() -> None:
    written = forms.parse(FORM)
    assert written is not None
    assert written.answers == (("What?", "It went quiet.\nThen she spoke."),)
    assert written.second is None
    assert not written.wrong


@pytest.mark.parametrize(
    ("typed", "second"),
    [("12:30", 750), (" 0:05 ", 5), ("7", 420), ("1:02:03", 3723), ("", None)],
)
def test_a_minute_is_read_as_people_write_it(typed: str, second: int | None) -> None:
    written = forms.parse(FORM | {"minute": typed})
    assert written is not None
    assert written.second == second
    assert not written.wrong


@pytest.mark.parametrize("typed", ["soon", "12:99", "-1", "12.30", "٣", "1" * 30])
def test_a_wrong_minute_says_so_and_keeps_every_word(typed: str) -> None:
    written = forms.parse(FORM | {"minute": typed})
    assert written is not None
    assert "12:30" in written.wrong
    assert written.answers[0][1].startswith("It went quiet.")


@pytest.mark.parametrize(
    "broken",
    [{"id": "1"}, {"id": "x" * 32}, {"page": ""}, {"version": "-1"}, {"version": "1" * 40}],
)
def test_a_form_that_is_not_ours_is_none(broken: dict[str, str]) -> None:
    assert forms.parse(FORM | broken) is None


def test_an_answer_that_is_too_long_is_said_and_kept() -> None:
    written = forms.parse(FORM | {"answer-1": "x" * 20_001})
    assert written is not None
    assert written.too_long
    assert len(written.answers[0][1]) == 20_001


@given(WORDS, WORDS, st.one_of(st.none(), st.integers(0, 10**6)))
def test_a_note_is_read_back_as_it_was_written(question: str, answer: str, at: int | None) -> None:
    one = Note("guid", "title", "what", ((question, answer),), at, "page")
    assert rules.load(rules.dump(one)) == one


@given(
    st.lists(st.sampled_from("abcdef"), unique=True),
    st.dictionaries(st.sampled_from("abcdefgh"), WORDS),
)
def test_other_questions_never_cost_a_word(asked: list[str], earlier: dict[str, str]) -> None:
    rows = rules.arrange(asked, earlier.items())
    assert [question for question, _ in rows][: len(asked)] == asked
    assert {answer for answer in earlier.values() if answer.strip()} <= {a for _, a in rows}


def test_every_model_has_its_source_and_asks_something() -> None:
    models = question_sets.known()
    assert set(models) == {"sixty-seconds", "what", "gibbs", "kolb", "schon"}
    assert question_sets.DEFAULT in models
    for model in models.values():
        assert model.source
        assert model.questions
        assert model.valid_until > TODAY


def test_the_authors_prompts_come_first_then_the_usual_model() -> None:
    models = question_sets.known()
    assert rules.choose(models, "", ("Why?",), "what") == "prompts"
    assert rules.choose(models, "", (), "what") == "what"
    assert rules.choose(models, "gibbs", ("Why?",), "what") == "gibbs"
    assert rules.choose(models, "prompts", (), "what") == "what"
    assert rules.choose(models, "../../etc/passwd", (), "what") == "what"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He is 943 476 5919.", ["an NHS number"]),
        ("Room 943 476 5918 of 10.", []),
        ("Ring 07700 900123", ["a phone number"]),
        ("write to a.b@example.org", ["an email address"]),
        ("lives in SW1A 1AA", ["a postcode"]),
        ("DOB: 3/4/1990", ["a date of birth"]),
        ("I will ask first, at 12:30, and wait 10 seconds.", []),
    ],
)
def test_a_hint_says_what_looks_as_if_it_identifies_somebody(text: str, found: list[str]) -> None:
    assert rules.hints([text]) == found


def test_search_wants_every_word_anywhere_in_ones_own_note() -> None:
    one = note("The Quiet room")
    assert rules.matches(one, "quiet LISTENING")
    assert not rules.matches(one, "quiet garden")
    assert rules.matches(one, "")


def test_a_saved_note_is_found_by_its_learner_and_by_nobody_else(kept: Database) -> None:
    with kept.writing() as connection:
        assert store.save_note(connection, ALICE, change(note())) == 1
    with kept.reading() as connection:
        found = store.find(connection, ALICE, "1" * 32)
        assert found is not None
        assert found.note == note()
        assert store.find(connection, BOB, "1" * 32) is None
        assert list(store.every(connection, BOB)) == []


def test_nobody_writes_over_a_note_of_somebody_else(kept: Database) -> None:
    with kept.writing() as connection:
        store.save_note(connection, ALICE, change(note("Alice's")))
    with kept.writing() as connection:
        assert store.save_note(connection, BOB, change(note("Bob's"))) == store.Conflict()
        assert not store.erase(connection, BOB, "1" * 32, TODAY)
        store.drop_draft(connection, BOB, "1" * 32, TODAY)
    with kept.reading() as connection:
        found = store.find(connection, ALICE, "1" * 32)
    assert found is not None
    assert found.newest.answers[0][1] == "Alice's"


def test_a_row_moved_to_another_learner_or_place_opens_nothing(kept: Database) -> None:
    sealed = crypto.seal(ALICE.key, rules.dump(note()), ALICE.id, "1" * 32, "body")
    for about in ((BOB.id, "1" * 32, "body"), (ALICE.id, "2" * 32, "body"),
                  (ALICE.id, "1" * 32, "draft")):  # fmt: skip
        with pytest.raises(crypto.WrongKeyError):
            crypto.unseal(ALICE.key, sealed, *about)


def test_a_draft_stands_beside_what_was_saved_until_it_is_saved_or_let_go(kept: Database) -> None:
    with kept.writing() as connection:
        store.save_note(connection, ALICE, change(note("first")))
        assert store.put_draft(connection, ALICE, change(note("second"), 1)) == 2
        found = store.find(connection, ALICE, "1" * 32)
        assert found is not None
        assert found.note == note("first")
        assert found.newest == note("second")
        store.drop_draft(connection, ALICE, "1" * 32, TODAY)
        found = store.find(connection, ALICE, "1" * 32)
        assert found is not None
        assert found.newest == note("first")


def test_a_draft_that_was_never_saved_is_found_again_by_its_episode(kept: Database) -> None:
    with kept.writing() as connection:
        store.put_draft(connection, ALICE, change(note("begun")))
        store.save_note(connection, ALICE, change(note("done"), id_="3" * 32))
        found = store.unfinished(connection, ALICE, "g-1")
        assert found is not None
        assert found.newest == note("begun")
        assert store.unfinished(connection, ALICE, "g-2") is None
        assert store.unfinished(connection, BOB, "g-1") is None


def test_what_another_page_wrote_meanwhile_is_not_written_over(kept: Database) -> None:
    with kept.writing() as connection:
        store.put_draft(connection, ALICE, change(note("on the ward", "page-1")))
        late = store.save_note(connection, ALICE, change(note("at home", "page-2"), 0))
        assert late == store.Conflict()
        found = store.find(connection, ALICE, "1" * 32)
        assert found is not None
        assert found.newest == note("on the ward")


def test_the_page_whose_answer_was_lost_may_send_again(kept: Database) -> None:
    with kept.writing() as connection:
        store.put_draft(connection, ALICE, change(note("one", "page-1")))
        again = store.put_draft(connection, ALICE, change(note("one two", "page-1"), 0))
        assert again == 2
        same = store.put_draft(connection, ALICE, change(note("one two", "page-2"), 0))
        assert same == 2, "the same words are no conflict"


def test_a_deleted_note_does_not_come_back_from_a_page_that_was_left_open(kept: Database) -> None:
    with kept.writing() as connection:
        store.save_note(connection, ALICE, change(note()))
        assert store.erase(connection, ALICE, "1" * 32, TODAY)
        assert store.put_draft(connection, ALICE, change(note("again"), 1)) == store.Conflict()
        assert list(store.every(connection, ALICE)) == []


def test_the_newest_comes_first_also_within_a_day(kept: Database) -> None:
    with kept.writing() as connection:
        for number in range(4):
            one = note(f"number {number}")
            store.save_note(connection, ALICE, change(one, id_=f"{number:032x}", today=TODAY))
        found = list(store.every(connection, ALICE))
    assert [each.newest.answers[0][1][-1] for each in found] == ["3", "2", "1", "0"]
    assert not isinstance(found[0].made, datetime)


def test_only_days_are_kept_of_when_something_was_written(kept: Database) -> None:
    with kept.writing() as connection:
        store.save_note(connection, ALICE, change(note()))
        store.save_note(connection, ALICE, change(note("more"), 1, today=TOMORROW))
        found = store.find(connection, ALICE, "1" * 32)
    assert found is not None
    assert (found.made, found.changed) == (TODAY, TOMORROW)
