"""Forms that are sent again with something else in them, by somebody else, or after an upgrade."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import repeated_forms
from tests.kit.companion.lead_browser import OTHER, PASSWORD
from tests.kit.companion.repeated_forms import Form, Scene, Stage, counted, fill_in
from tests.kit.companion.visitor import form as note
from web import sessions
from web.accounts import erasure_store
from web.database.engine import Database
from web.desk import leads, passwords, sign_in, two_factor
from web.desk import store as desk
from web.forms import resubmission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from tests.kit.companion.cast import Clock, House


@pytest.fixture
def stage(house: House) -> Stage:
    return Stage(house)


def edited(form: Form, **typed: str) -> Form:
    """Return a form that somebody went back to, and in which they changed something."""
    return form._replace(fields=form.fields | typed)


def test_other_terms_in_the_same_form_are_another_join_code(stage: Stage) -> None:
    form = fill_in(Scene(stage.at_desk()[0], "/desk/", "/desk/codes", {"uses": "8"}))
    before = counted(stage.house.database)["join_codes"]
    for each in (form, form, edited(form, uses="9"), edited(form, uses="9"), form):
        assert each.press().location == "/desk/"
    assert counted(stage.house.database)["join_codes"] == before + 2


def test_another_name_in_the_same_form_is_another_app(stage: Stage) -> None:
    page = "/connect/gpodder"
    form = fill_in(Scene(stage.learner()[1], page, page, {"name": "my phone"}))
    first, again, other = form.press(), form.press(), edited(form, name="my tablet").press()
    shown = [each.text.partition('id="password">')[2][:19] for each in (first, again, other)]
    assert shown[0] == shown[1] != shown[2]
    assert "my tablet" in other.text


def test_another_new_password_in_the_same_form_is_never_told_as_done(stage: Stage) -> None:
    visitor, _, secret = stage.at_desk()
    typed = {"password": PASSWORD, "new": OTHER, "code": stage.code(secret)}
    form = fill_in(Scene(visitor, "/desk/password", "/desk/password", typed))
    assert form.press().status == 303
    answer = edited(form, new="quite another long night").press()
    assert answer.status == 422
    assert "Password or code is wrong" in answer.text


def test_what_one_account_did_is_not_told_to_another_in_the_same_browser(stage: Stage) -> None:
    alice, visitor = stage.learner()
    form = fill_in(Scene(visitor, "/delete-everything", "/delete-everything", {}))
    assert form.press().location == "/deleted"
    assert form.press().location == "/deleted", "nobody is signed in: it was hers"
    bob, other = stage.learner()
    visitor.cookies = dict(other.cookies)
    visitor.get("/delete-everything")
    before = counted(stage.house.database)
    answer = form.press()
    assert answer.status == 400
    assert "Nothing was changed." in answer.text
    assert counted(stage.house.database) == before
    assert visitor.get(f"/notes/{bob.ids[0]}").status == 200
    assert visitor.get(f"/notes/{alice.ids[0]}").status == 404


def test_the_next_person_at_the_computer_gets_a_form_of_their_own(stage: Stage) -> None:
    visitor = stage.house.nobody()
    form = fill_in(Scene(visitor, "/join", "/join", {"join-code": stage.house.new_code()}))
    assert form.press().status == 303
    phrase = visitor.get("/phrase").text.partition('id="the-phrase">')[2].partition("<")[0]
    visitor.post("/sign-out")
    answer = form.press()
    assert answer.status == 200
    assert "Someone has already joined with this form" in answer.text
    assert form.fields["join-code"] in answer.text
    assert phrase not in answer.text
    assert visitor.get("/notes").status == 302, "they are in nobody's account"
    again = fill_in(Scene(visitor, "/join", "/join", {"join-code": form.fields["join-code"]}))
    assert again.press().location == "/phrase"
    assert phrase not in visitor.get("/phrase").text


@pytest.mark.parametrize("address", repeated_forms.ONCE)
def test_a_page_from_before_an_upgrade_is_said_to_be_one(stage: Stage, address: str) -> None:
    form = fill_in(repeated_forms.ONCE[address](stage))
    answer = edited(form, once="").press()
    assert answer.status == 400
    assert "This page was opened before an update" in answer.text
    assert "Nothing was changed" in answer.text
    assert fill_in(Scene(form.visitor, "/sign-in", "/sign-in", {})).fields[resubmission.FIELD]


def test_a_token_counts_for_its_own_address_only(stage: Stage) -> None:
    alice, visitor = stage.learner()
    paths = [f"/notes/{id_}/delete" for id_ in alice.ids[:2]]
    form = fill_in(Scene(visitor, f"/notes/{alice.ids[0]}/delete", paths[0], {}))
    assert form.press().status == 303
    assert form._replace(path=paths[1]).press().status == 303
    assert visitor.get(f"/notes/{alice.ids[1]}").status == 404, "it was done, not only said"


def test_a_password_that_ends_while_somebody_signs_in_lets_nobody_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = stage.house
    lead, secret = stage.lead()
    known = two_factor.is_password

    def ended(kept: str, password: str) -> bool:
        found = known(kept, password)
        leads.lock(house.database, house.settings, house.companion.now(), lead.name)
        return found

    monkeypatch.setattr(two_factor, "is_password", ended)
    code = stage.code(secret)
    assert sign_in.enter(house.companion, lead.name, PASSWORD, code, lambda *_: None) is None


def test_after_the_clock_went_back_an_app_is_connected_only_with_the_phrase(
    stage: Stage, clock: Clock
) -> None:
    alice, visitor = stage.learner()
    clock.wait(seconds=-sessions.RECENT)
    page = "/connect/gpodder"
    assert fill_in(Scene(visitor, page, page, {})).press().status == 200, "a little is none"
    clock.wait(seconds=-1)
    assert fill_in(Scene(visitor, page, page, {})).press().status == 422
    assert fill_in(Scene(visitor, page, page, {"phrase": alice.phrase})).press().status == 200


@pytest.mark.parametrize("letters", ["aB3$" * 2500, "ab" * 5000, "\u0e01\u0e34" * 5000, "1" * 9999])
def test_a_long_password_takes_no_long_time(letters: str) -> None:
    passwords.wrong("a password to read the lists", "Charlie", "Riverside Trust")
    began = time.process_time()
    passwords.wrong(letters, "Charlie", "Riverside Trust " * 100)
    assert time.process_time() - began < 5


@contextmanager
def before_writing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Iterator[None]:
    """Let something else happen after a request has asked who is there, and before it writes."""
    writing, left = Database.writing, [act]

    @contextmanager
    def write(self: Database) -> Iterator[Connection]:
        if left:
            left.pop()()
        with writing(self) as connection:
            yield connection

    with monkeypatch.context() as patched:
        patched.setattr(Database, "writing", write)
        yield


WHILE_DELETED = {
    "/reflect/guid-1": note("words that come back"),
    "/connect/gpodder": {"name": "my phone"},
    "/elsewhere/guid-1": {},
    "/recording/on": {},
}


@pytest.mark.parametrize(("path", "typed"), WHILE_DELETED.items(), ids=WHILE_DELETED)
def test_nothing_is_said_to_be_saved_in_an_account_that_is_deleted_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, path: str, typed: dict[str, str]
) -> None:
    alice, visitor = stage.learner()
    visitor.get("/delete-everything")

    def erase() -> None:
        with stage.house.database.writing() as connection:
            erasure_store.erase_learner(connection, alice.id, stage.house.companion.now().date())

    with before_writing(monkeypatch, erase):
        answer = visitor.post(path, typed)
    assert answer.status == 410
    assert "This account no longer exists" in answer.text
    assert typed.get("answer-1", "") in answer.text


@pytest.mark.parametrize("act", ["make", "withdraw"])
def test_a_lead_who_is_removed_meanwhile_does_nothing_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    house = stage.house
    scene = repeated_forms.withdraw(stage) if act == "withdraw" else repeated_forms.make_code(stage)
    form = fill_in(scene)
    before = counted(house.database)["join_codes"]
    with house.database.reading() as connection:
        names = [each.name for each in desk.every_lead(connection)]

    def remove() -> None:
        for name in names:
            leads.remove(house.database, name, house.companion.now().date(), last=True)

    with before_writing(monkeypatch, remove):
        answer = form.press()
    assert answer.status == 410
    assert counted(house.database)["join_codes"] == before
    with house.database.reading() as connection:
        assert {each.withdrawn for each in desk.every_code(connection)} <= {None}
