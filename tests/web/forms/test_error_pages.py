"""An error page gives back what somebody typed, and nothing secret; it can be sent again."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast, repeated_forms
from tests.kit.companion.cast import GUIDS
from tests.kit.companion.repeated_forms import Scene, Stage
from tests.kit.companion.visitor import form
from web.database.engine import Database
from web.database.refusals import AwayError
from web.forms import form_replay
from web.limits import form_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.companion.database_rows import Making

    Scenery = Callable[[Stage], Scene]

OURS = {"Sec-Fetch-Site": "same-origin"}
SENT_AGAIN = [repeated_forms.join, repeated_forms.make_code, repeated_forms.make_password,
              repeated_forms.let_it_in]  # fmt: skip
TEMPLATES = Path(form_replay.__file__).parents[1] / "templates"
WITH_SECRETS = [repeated_forms.sign_in_at_desk, repeated_forms.open_desk]


@pytest.fixture
def stage(tmp_path: Path, make_database: Making) -> Iterator[Stage]:
    made = cast.house(cast.settings(tmp_path, make_database("sqlite")))
    yield Stage(made)
    made.close()


def away(patched: pytest.MonkeyPatch) -> None:
    """Let the database refuse everything."""

    def refuse(*_: object, **__: object) -> None:
        raise AwayError("the database says: it is away")

    for name in ("reading", "writing"):
        patched.setattr(Database, name, refuse)


@pytest.mark.parametrize("scenery", [*SENT_AGAIN, *WITH_SECRETS])
@pytest.mark.parametrize("headers", [OURS, {}], ids=["ours", "unsaid"])
def test_what_was_typed_comes_back_when_the_database_is_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, scenery: Scenery, headers: dict[str, str]
) -> None:
    scene = scenery(stage)
    filled = repeated_forms.fill_in(scene)
    with monkeypatch.context() as patched:
        away(patched)
        answer = filled.visitor.post(
            scene.path, filled.fields, headers, token=filled.fields["csrf_token"]
        )
    assert answer.status == 503
    is_outside = scenery in {repeated_forms.join, *WITH_SECRETS}
    assert ("We cannot open your notes" in answer.text) != is_outside
    for name, value in scene.typed.items():
        is_given_back = html.escape(value) in answer.text
        assert is_given_back == (name not in {"password", "code", "offer"}), name
    can_be_sent = f'action="{scene.path}"' in answer.text
    assert can_be_sent == (scenery in SENT_AGAIN and headers == OURS)
    if not can_be_sent:
        return
    fields = dict(re.findall(r'<input [^>]*name="([^"]+)" value="([^"]*)"', answer.text))
    assert fields["once"] == filled.fields["once"], "so that its act is done once"
    again = scene.visitor.post(scene.path, fields, headers, token=fields["csrf_token"])
    assert again.status in {200, 303}, again.text


def test_another_site_gets_nothing_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = repeated_forms.join(stage)
    filled = repeated_forms.fill_in(scene)
    away(monkeypatch)
    answer = filled.visitor.post(
        scene.path, filled.fields, {"Sec-Fetch-Site": "cross-site"}, token=""
    )
    assert answer.status == 403
    assert scene.typed["join-code"] not in answer.text


def test_every_form_in_which_people_type_gives_it_back() -> None:
    forms = re.compile(r"<form [^>]*url_for\('([^']+)'(.*?)</form>", re.DOTALL)
    typed = re.compile(r'<(?:input [^>]*type="(?:text|search|date|number)"|textarea)')
    known = {*form_replay.WRITE, form_replay.SEARCH, *form_replay.TYPED}
    asked = {
        found[1]
        for path in TEMPLATES.rglob("*.html")
        for found in forms.finditer(path.read_text(encoding="utf-8"))
        if typed.search(re.sub(r"<input[^>]*(?:hidden|readonly|name=\"code\")[^>]*>", "", found[2]))
    }
    assert len(asked) > 5
    assert asked <= known


def test_a_form_of_too_many_fields_gives_its_words_back(stage: Stage) -> None:
    bob = stage.house.learner("Bob").visitor
    more = {f"more-{number}": "x" for number in range(form_size.FIELDS)}
    answer = bob.post(f"/reflect/{GUIDS[0]}", form("every word of it") | more)
    assert answer.status == 413
    assert "more than 100 fields" in answer.text
    assert "every word of it" in answer.text
    scene = repeated_forms.join(stage)
    answer = scene.visitor.post("/join", scene.typed | more)
    assert answer.status == 413
    assert scene.typed["join-code"] in answer.text
