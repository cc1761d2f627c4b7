"""Every form pressed twice: one effect, and the second answer is the page of success."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast, repeated_forms
from tests.kit.companion.repeated_forms import (
    BY_PROGRAMS,
    ONCE,
    REPEATABLE,
    Scene,
    Stage,
    change,
    counted,
    fill_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.kit.companion.cast import Clock, House
    from tests.kit.companion.visitor import Answer

    Begin = Callable[[Stage], Scene]

HOUR = 6  # times ten minutes


def posts(app: Flask) -> set[str]:
    """Return every address that takes a form, as the tables write it."""
    return {
        cast.plain(rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set())
    }


def test_every_address_that_takes_a_form_says_whether_it_counts_once(house: House) -> None:
    known = {*ONCE, *REPEATABLE, *BY_PROGRAMS}
    assert posts(house.app) == known, (
        "put it into tests/kit/companion/repeated_forms.py, and say what twice means"
    )
    house.app.add_url_rule("/invite", "invite", lambda: "", methods=["POST"])
    assert posts(house.app) - known == {"/invite"}


def succeeded(first: Answer, second: Answer) -> None:
    """Look at two answers to one form: the same page, with the same secret if there is one."""
    assert first.status in {200, 303}, first.text
    assert (second.status, second.location) == (first.status, first.location), second.text
    assert secret(first) == secret(second)


def secret(answer: Answer) -> str:
    """Return the password that a page shows, "" where it shows none."""
    found = re.search('id="password">([^<]+)<', answer.text)
    return found[1] if found else ""


@pytest.fixture
def stage(house: House) -> Stage:
    return Stage(house)


def test_whoever_goes_back_after_joining_finds_the_phrase_and_no_second_form(stage: Stage) -> None:
    visitor, code = stage.house.nobody(), stage.house.new_code()
    phrase = visitor.begin_to_join(code)
    after = counted(stage.house.database)
    assert visitor.get(f"/join/{code}").location == "/phrase"
    assert visitor.post("/join", {"join-code": code}).location == "/phrase"
    assert counted(stage.house.database) == after
    assert phrase in visitor.get("/phrase").text
    assert visitor.keep_phrase().status == 303
    assert visitor.get("/join").status == 200


once = pytest.mark.parametrize("begin", ONCE.values(), ids=ONCE)
repeatable = pytest.mark.parametrize("begin", [each for one in REPEATABLE.values() for each in one])


@once
@pytest.mark.parametrize(
    "lost", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["answer lost", "answer seen"]
)
def test_the_second_press_changes_nothing_and_gets_the_page_of_success(
    stage: Stage, begin: Begin, lost: bool
) -> None:
    form = fill_in(begin(stage))
    before = counted(stage.house.database)
    first = form.press()
    after = counted(stage.house.database)
    assert first.status in {200, 303}, first.text
    second = form.press(lost=lost)
    assert counted(stage.house.database) == after, change(before, after)
    succeeded(first, second)
    if second.status == 303:
        page = form.visitor.follow(second)
        assert page.status == 200, page.text
        assert "You have been signed out" not in page.text


def pressed_at_once(stage: Stage, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Press a form twice at the same moment; see that it changes what one press changes."""
    alone = fill_in(begin(stage))
    before = counted(stage.house.database)
    alone.press()
    expected = change(before, counted(stage.house.database))
    form = fill_in(begin(stage))
    before = counted(stage.house.database)
    answers = repeated_forms.both(form, monkeypatch)
    assert change(before, counted(stage.house.database)) == expected
    return answers


@once
def test_two_presses_at_the_same_moment_have_one_effect(
    stage: Stage, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pressed_at_once(stage, begin, monkeypatch)
    succeeded(first, second)


@pytest.mark.slow
@once
def test_the_same_form_an_hour_later_changes_nothing(
    stage: Stage, begin: Begin, clock: Clock
) -> None:
    form = fill_in(begin(stage))
    assert form.press().status in {200, 303}
    after = counted(stage.house.database)
    for _ in range(HOUR):
        clock.wait(minutes=10)
        form.visitor.get("/")
    answer = form.press()
    assert answer.status in {200, 303}, answer.text
    assert counted(stage.house.database) == after


@pytest.mark.slow
@once
def test_a_form_without_its_token_is_refused_and_changes_nothing(
    stage: Stage, begin: Begin
) -> None:
    form = fill_in(begin(stage))
    before = counted(stage.house.database)
    for token in ("", "x", "x" * 44, "\u00e9" * 43):
        assert form._replace(fields=form.fields | {"once": token}).press().status == 400
    assert counted(stage.house.database) == before


@repeatable
@pytest.mark.parametrize(
    "lost", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["answer lost", "answer seen"]
)
def test_what_may_be_repeated_leads_to_the_same(stage: Stage, begin: Begin, lost: bool) -> None:
    form = fill_in(begin(stage))
    first = form.press()
    after = counted(stage.house.database)
    second = form.press(lost=lost)
    assert first.status in {200, 303}, first.text
    assert (second.status, second.location) == (first.status, first.location), second.text
    assert counted(stage.house.database) == after


@repeatable
def test_what_may_be_repeated_may_be_at_the_same_moment(
    stage: Stage, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = pressed_at_once(stage, begin, monkeypatch)
    assert {each.status for each in answers} <= {200, 303}
    assert len({each.location for each in answers}) == 1
