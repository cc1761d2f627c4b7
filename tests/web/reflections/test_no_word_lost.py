"""Whatever somebody types, presses and meets: every word is saved or given back, none shortened."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from tests.kit.companion import cast
from tests.kit.companion.cast import GUIDS, House
from tests.kit.companion.visitor import FORM, Visitor, form
from web.database.refusals import AwayError
from web.limits import rate_limits
from web.reflections import forms, question_sets, quota, rules, store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.kit.companion.cast import Person
    from tests.kit.companion.database_rows import Making
    from tests.kit.companion.visitor import Answer

PATH = f"/reflect/{GUIDS[0]}"
NASTY = (
    "\r\n\r\nfirst line left", "trailing \r\n", "a\rb", "</textarea><p>x", "&lt;&amp;", '"quoted"',
    "💜🏳️‍🌈", "אבג abc", "é e\u0301", "あ" * 300, "x" * 20_000, "💜" * 10_000, "+%2B&a=b;c",
    "=1+1", "\ufeffmark", "\u2028line", "zero\u200bwidth", "tab\there", "  indented",
)  # fmt: skip
answers = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=60)), min_size=1, max_size=8
).filter(lambda each: any(text.strip() for text in map(forms._clean, each)))
minutes = st.sampled_from(["", "1:15", "12.5", "soon", "1:99", "90"])


def broken(error: Exception) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


def nothing(_: House, __: pytest.MonkeyPatch) -> None:
    """Leave everything as it is."""


def full(_: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quota, "NOTES", 0)


def no_drafts(_: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quota, "DRAFTS", 0)


def too_often(_: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rate_limits.Limits, "allows", lambda *_: False)


def away(_: House, patch: pytest.MonkeyPatch) -> None:
    for name in ("save_note", "put_draft"):
        patch.setattr(store, name, broken(AwayError("the database says: disk I/O error")))


def fault(_: House, patch: pytest.MonkeyPatch) -> None:
    for name in ("save_note", "put_draft"):
        patch.setattr(store, name, broken(OperationalError("?", {}, ValueError("no"))))


def bug(_: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store, "find", broken(RuntimeError("a fault of ours")))


TROUBLES = (nothing, full, no_drafts, too_often, away, fault, bug)
PRESSED: tuple[dict[str, str], ...] = (
    {},
    {"other-model": "gibbs"},
    {"other-model": "prompts"},
    {"close": "draft"},
)


@pytest.fixture
def house(tmp_path: Path, make_database: Making) -> Iterator[House]:
    made = cast.house(cast.settings(tmp_path, make_database("sqlite")))
    yield made
    made.close()


def given_back(page: str) -> list[str]:
    """Return every answer that a page holds, as a browser reads it."""
    found = re.findall(r'<textarea[^>]* name="answer-\d+"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    found += re.findall(r'<input type="hidden" name="answer-\d+" value="([^"]*)"', page, re.DOTALL)
    return [forms._clean(html.unescape(each)) for each in found]


def kept(house: House, person: Person) -> list[str]:
    """Return every answer that is saved, in a note or a draft."""
    both = [note for each in house.notes(person) for note in (each.note, each.draft) if note]
    return [answer for note in both for _, answer in note.answers]


def send(visitor: Visitor, sent: dict[str, str], *, token: bool) -> Answer:
    fields = sent | ({"csrf_token": visitor.token()} if token else {})
    return visitor.send("POST", PATH, {"Content-Type": FORM}, urlencode(fields).encode())


def sheet(texts: list[str], minute: str, pressed: dict[str, str]) -> dict[str, str]:
    asked = [*question_sets.known()["gibbs"].questions, "What will you try?", "And then?"]
    sent = form("", minute=minute)
    for number, (question, text) in enumerate(zip(asked, texts, strict=False), 1):
        sent |= {f"question-{number}": question, f"answer-{number}": text}
    return sent | pressed


@pytest.mark.slow
@pytest.mark.parametrize("is_in", [True, False], ids=["signed in", "signed out"])
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__)
def test_every_word_is_saved_or_given_back(
    house: House, trouble: Callable[..., None], monkeypatch: pytest.MonkeyPatch, *, is_in: bool
) -> None:
    bob = house.learner("Bob")

    @settings(
        max_examples=12, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    @given(answers, minutes, st.sampled_from(PRESSED), st.booleans())
    def check(texts: list[str], minute: str, pressed: dict[str, str], token: bool) -> None:
        visitor = house.again(bob) if is_in else house.nobody()
        visitor.token()
        with monkeypatch.context() as patch:
            trouble(house, patch)
            answer = send(visitor, sheet(texts, minute, pressed), token=token)
        found = given_back(answer.text) + kept(house, bob)
        lost = [text for text in map(forms._clean, texts) if text.strip() and text not in found]
        assert not lost, (answer.status, lost, answer.text[:3000])
        typed = html.escape(minute.strip())
        is_kept = any(each.newest.minute or each.newest.second for each in house.notes(bob))
        assert not minute.strip() or typed in answer.text or is_kept

    check()


def test_a_minute_that_is_no_time_yet_stays_in_the_draft(house: House) -> None:
    bob = house.learner("Bob")
    sent = form("words", minute="about twelve")
    assert bob.visitor.draft(GUIDS[0], sent).status == 200
    page = bob.visitor.get(f"/notes/{sent['id']}/edit")
    assert page.field("minute") == "about twelve"


def test_words_move_through_every_set_of_questions_and_none_is_dropped(house: House) -> None:
    bob = house.learner("Bob")
    sent, words = form("word 0"), ["word 0"]
    order = [*question_sets.known(), question_sets.PROMPTS, *reversed(question_sets.known())]
    for number, model in enumerate(order, 1):
        page = bob.visitor.post(PATH, sent | {"other-model": model}).text
        fields = dict(re.findall(r'name="(question-\d+)" value="([^"]*)"', page))
        texts = dict(re.findall(r'name="(answer-\d+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
        sent = {name: html.unescape(each) for name, each in (fields | texts).items()}
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version
        sent |= form("", form("")["id"]) | sent
        empty = next((name for name, each in sent.items()
                      if name.startswith("answer-") and not each.strip()), "")  # fmt: skip
        if empty:
            sent[empty] = f"word {number}"
            words.append(f"word {number}")
        assert all(word in page or word == f"word {number}" for word in words)
    answer = bob.visitor.post(PATH, sent)
    assert answer.status == 303
    page = bob.visitor.follow(answer).text
    assert all(word in page for word in words)
    assert len(words) > 6


def test_a_form_of_every_question_fits() -> None:
    most = sum(len(each.questions) for each in question_sets.known().values()) + 3 * 5
    assert most <= rules.MOST, "the author's questions may have changed twice"
    assert 2 * rules.MOST + 12 <= 100
