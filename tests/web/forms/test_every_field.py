"""Every field in which people type: nothing is cut or dropped silently, and the form gives it back.

What is a page's own place to write a note is tried in test_no_word_lost.py; this is all the others.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.kit.companion import cast, repeated_forms
from tests.kit.companion.cast import GUIDS
from tests.kit.companion.repeated_forms import Form, Stage
from tests.kit.companion.visitor import form
from web.accounts import join_codes
from web.desk import rules as desk
from web.sync import apps, quota

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.companion.database_rows import Making

TEMPLATES = Path(__file__).parents[3] / "web" / "templates"
LAST = "the last word"
# What a browser cuts by itself, it cuts without a word: the answer says how much a field takes.
CUT = re.compile(r"(?:maxlength|max-length|\.slice\(|substr)")
FIELD = re.compile(
    r'<(?:input type="(?:text|search)"|input class="code" type="text"|textarea)[^>]*>'
)


@pytest.fixture
def stage(tmp_path: Path, make_database: Making) -> Iterator[Stage]:
    made = cast.house(cast.settings(tmp_path, make_database("sqlite")))
    yield Stage(made)
    made.close()


def test_no_field_is_cut_by_the_browser() -> None:
    for each in TEMPLATES.rglob("*.html"):
        found = FIELD.findall(each.read_text(encoding="utf-8"))
        assert not [field for field in found if CUT.search(field)], each.name


class Typed(NamedTuple):
    """Something long in one field of a scene; `said` is a part of the sentence about it."""

    scene: Callable[[Stage], repeated_forms.Scene]
    field: str
    text: str
    said: str


def words(count: int) -> str:
    return f"{'word ' * count}{LAST}"


EVERY = (
    Typed(repeated_forms.make_password, "name", words(20), f"up to {apps.NAME} characters"),
    Typed(repeated_forms.let_it_in, "name", words(20), f"up to {apps.NAME} characters"),
    Typed(repeated_forms.join, "join-code", words(100), "did not work"),
    Typed(repeated_forms.join, "join-code", words(3000), "Paste only the code"),
    Typed(repeated_forms.new_phrase, "phrase", words(400), "That is not your phrase"),
    Typed(repeated_forms.sign_in, "phrase", words(100), "Your phrase has 5"),
    Typed(repeated_forms.sign_in, "phrase", words(400), "Paste only your five words"),
    Typed(repeated_forms.make_code, "uses", words(20), "Enter a number in that range"),
    Typed(repeated_forms.make_code, "expires", f"2026-12-24 {words(20)}", "Choose a last day"),
    Typed(repeated_forms.sign_in_at_desk, "name", words(60), "Name, password or code is wrong"),
    Typed(repeated_forms.open_desk, "name", words(20), f"1 to {desk.NAME} characters"),
    Typed(repeated_forms.find, "q", words(60), "up to 200 characters"),
)  # fmt: skip


@pytest.mark.parametrize("typed", EVERY, ids=lambda each: f"{each.field}-{len(each.text)}")
def test_what_is_too_long_is_said_and_comes_back_whole(stage: Stage, typed: Typed) -> None:
    scene = typed.scene(stage)
    filled = repeated_forms.fill_in(scene._replace(typed=scene.typed | {typed.field: typed.text}))
    before = repeated_forms.counted(stage.house.database)
    answer = filled.press()
    assert 400 <= answer.status < 500, answer.text
    assert typed.said in answer.text
    assert html.escape(typed.text) in answer.text
    assert repeated_forms.counted(stage.house.database) == before


def test_every_form_in_which_people_type_is_among_them() -> None:
    tried = {each.field for each in EVERY} | {"minute", "code"}  # test_no_word_lost.py; digits
    named = re.compile(r' name="([a-z-]+)"')
    for each in TEMPLATES.rglob("*.html"):
        for field in FIELD.findall(each.read_text(encoding="utf-8")):
            name = named.search(field)
            hidden = "readonly hidden" in field
            assert hidden or not name or name[1] in tried or "answer-" in field, (each.name, field)


def test_a_code_within_a_long_text_lets_in_however_often_it_is_pressed(stage: Stage) -> None:
    scene = repeated_forms.sign_in_at_desk(stage)
    code = f"Your sign-in code for Riverside Trust, as of just now, is: {scene.typed['code']}"
    filled = repeated_forms.fill_in(scene._replace(typed=scene.typed | {"code": code}))
    assert filled.press().location.endswith("/desk/")
    assert filled.press(lost=True).location.endswith("/desk/")


def test_a_join_code_at_the_end_of_an_email_opens(stage: Stage) -> None:
    scene = repeated_forms.join(stage)
    mail = f"Dear all,\n{'we begin on Monday. ' * 60}\nJoin code: {scene.typed['join-code']}"
    assert join_codes.LONGEST_TYPED > len(mail) > 1000
    filled = repeated_forms.fill_in(scene._replace(typed={"join-code": mail}))
    assert filled.press().location.endswith("/phrase")


@pytest.mark.parametrize("scene", [repeated_forms.make_password, repeated_forms.let_it_in])
def test_an_account_has_so_many_apps_and_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, scene: Callable[[Stage], repeated_forms.Scene]
) -> None:
    monkeypatch.setattr(quota, "APPS", 0)
    at = scene(stage)
    filled: Form = repeated_forms.fill_in(at._replace(typed=at.typed | {"name": "my old phone"}))
    before = repeated_forms.counted(stage.house.database)
    answer = filled.press()
    assert answer.status == 422
    assert "Disconnect one that you no longer use" in answer.text
    assert 'value="my old phone"' in answer.text
    assert repeated_forms.counted(stage.house.database) == before
    monkeypatch.setattr(quota, "APPS", 50)
    assert filled.press().status in {200, 303}, "the same form works once there is room"


def test_an_answer_that_is_too_long_comes_back_whole_and_says_so(stage: Stage) -> None:
    bob = stage.house.learner("Bob")
    text = f"{'word ' * 5000}{LAST}"
    answer = bob.visitor.post(f"/reflect/{GUIDS[0]}", form(text))
    assert answer.status == 422
    assert "up to 20,000 characters" in answer.text
    assert text in answer.text


def test_a_minute_that_is_a_long_text_comes_back_and_is_no_draft(stage: Stage) -> None:
    bob = stage.house.learner("Bob")
    sent = form("words", minute=words(200))
    assert bob.visitor.draft(GUIDS[0], sent).status == 422
    answer = bob.visitor.post(f"/reflect/{GUIDS[0]}", sent | {"other-model": "gibbs"})
    assert answer.status == 422
    assert words(200) in answer.text
    assert "words" in answer.text
