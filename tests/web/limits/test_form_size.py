"""What a body may hold: little before anybody is known, and all that the fields of a form allow."""

from __future__ import annotations

import gzip
import json
import random
import re
import tracemalloc
import zlib
from io import BytesIO
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import RequestEntityTooLarge

from tests.kit import shows
from tests.kit.clients.sync_clients import FEED
from tests.kit.companion.cast import GUIDS, House
from tests.kit.companion.visitor import FORM, form
from web.limits import form_size
from web.reflections import rules
from web.sync import upload_bodies as packed
from web.sync.actions import LARGEST
from web.sync.auth import SMALL

POLL = "/index.php/login/v2/poll"


def unpack(data: bytes, size: int = 1000) -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(packed.unpacked(pieces, LARGEST))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=5000), st.integers(1, 3000))
def test_a_body_is_the_same_packed_or_not_in_any_pieces(data: bytes, size: int) -> None:
    assert unpack(gzip.compress(data), size) == data
    if data[:2] != b"\x1f\x8b":
        assert unpack(data, size) == data


def test_what_is_not_packed_as_it_says_is_refused() -> None:
    whole = gzip.compress(random.Random(1).randbytes(3000))  # noqa: S311 - the same each time
    for broken in (whole[:-4], whole[:500], b"\x1f\x8bnonsense", b"\x1f\x8b"):
        with pytest.raises(ValueError, match="is not compressed"):
            unpack(broken)


@pytest.mark.parametrize("letter", [b"0", b"[", b"{}", b"a=b&"])
def test_ten_kilobytes_never_become_ten_megabytes(letter: bytes) -> None:
    bomb = gzip.compress(letter * (LARGEST // len(letter) - 1), 9)
    assert len(bomb) < 40_000
    tracemalloc.start()
    with pytest.raises(packed.TooLargeError):
        for _ in packed.unpacked([bomb], LARGEST):
            pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_ten_years_of_plays_are_no_bomb() -> None:
    plays = [
        {"podcast": FEED, "episode": f"https://podcast.example.org/{n % 500}.mp3", "guid": str(n),
         "action": "play", "timestamp": f"2026-10-01T07:{n % 60:02}:00", "started": n % 900,
         "position": n, "total": 1800}
        for n in range(40_000)
    ]  # fmt: skip
    data = json.dumps(plays).encode()
    packed.check_values(data)
    assert len(data) < LARGEST
    assert unpack(gzip.compress(data), packed.PIECE) == data


@pytest.mark.parametrize("body", [b"[[]", b'[{"":0}', b"[0", b'["a"'])
def test_millions_of_little_values_are_too_much(body: bytes) -> None:
    with pytest.raises(packed.TooLargeError):
        packed.check_values(body + body.replace(b"[", b",", 1) * 700_000)


@pytest.mark.parametrize(
    "body",
    [b"token=" + b"x" * SMALL, b"token=x&" * 300, b"[" * 5000, gzip.compress(b"{}" * 50_000_0),
     b"a" * 100_000],
)  # fmt: skip
def test_an_app_that_nobody_let_in_sends_two_thousand_bytes(house: House, body: bytes) -> None:
    assert house.nobody().send("POST", POLL, {}, body).status in {404, 413}
    assert len(body) <= SMALL or house.nobody().send("POST", POLL, {}, body).status == 413


def test_a_body_of_a_stranger_is_never_unpacked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(zlib, "decompressobj", never)
    data = gzip.compress(b'{"token": "x"}')
    rules = sorted(
        (rule.rule, method)
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"POST", "PUT"}
    )
    assert len(rules) > 30
    for rule, method in rules:
        path = rule.replace("<path:", "<").replace("<", "").replace(">", "")
        answer = house.nobody().send(method, path, {"Content-Encoding": "gzip"}, data)
        assert answer.status < 500, (path, answer.text)


def parse(data: bytes) -> list[tuple[str, str]]:
    _, found, _ = form_size.Parser().parse(BytesIO(data), FORM, len(data))
    return list(found.items(multi=True))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=30), st.text(max_size=300), max_size=20))
def test_a_form_is_read_as_it_was_written(fields: dict[str, str]) -> None:
    assert dict(parse(urlencode(fields).encode())) == fields


@pytest.mark.parametrize("letter", ["a", "é", "あ", "🙂", "\r\n", " ", "+", "%", "&", "=", "%2"])
def test_a_long_value_is_read_whole_wherever_its_pieces_end(letter: str) -> None:
    for shift in ("", "x", "xx"):
        text = shift + letter * 40_000
        assert parse(urlencode({"answer-1": text}).encode()) == [("answer-1", text)]


def test_a_form_of_many_fields_is_not_read() -> None:
    for data in (b"&" * 1_000_000, b"a=b&" * 250_000, b"a&" * 100):
        with pytest.raises(RequestEntityTooLarge):
            form_size.Parser().parse(BytesIO(data), FORM, len(data))


# Cheap in UTF-8 and dear as a form: what a browser allows in a field, in any script.
SCRIPTS = {"Latin": "a", "Chinese": "語", "emoji": "🙂", "line ends": "\r\n", "signs": "%"}


def full(letter: str, answers: int) -> dict[str, str]:
    """Return a form whose every answer is as long as it may be."""
    sent = form("")
    for n in range(1, answers + 1):
        sent[f"question-{n}"] = f"Question {n}?"
        sent[f"answer-{n}"] = letter * rules.LONGEST_ANSWER
    return sent


@pytest.mark.parametrize("letter", SCRIPTS.values(), ids=SCRIPTS)
def test_what_each_field_allows_may_be_sent_together(house: House, letter: str) -> None:
    bob = house.learner("Bob")
    sent = full(letter, 6) | {"answer-7": "the end"}
    visitor = house.again(bob)
    answer = visitor.post(f"/reflect/{GUIDS[0]}", sent)
    assert answer.status == 303, answer.text[:500]
    page = visitor.follow(answer).text
    assert "the end" in page
    if letter.strip():
        assert page.count(letter.replace("&", "&amp;")) >= 6 * rules.LONGEST_ANSWER


@pytest.mark.slow
@pytest.mark.parametrize("letter", SCRIPTS.values(), ids=SCRIPTS)
def test_the_largest_note_is_saved(house: House, letter: str) -> None:
    visitor = house.again(house.learner("Bob"))
    assert (
        visitor.post(f"/reflect/{GUIDS[0]}", full(letter, rules.MOST) | {"answer-1": "x"}).status
        == 303
    )
    assert visitor.post(f"/drafts/{GUIDS[0]}", full(letter, rules.MOST)).status == 200


def test_more_answers_than_a_note_holds_come_back_and_are_said(house: House) -> None:
    visitor = house.again(house.learner("Bob"))
    sent = form("first")
    for n in range(2, rules.MOST + 3):
        sent |= {f"question-{n}": f"Question {n}?", f"answer-{n}": f"my words {n}"}
    answer = visitor.post(f"/reflect/{GUIDS[0]}", sent)
    assert answer.status == 422
    assert f"up to {rules.MOST} answers" in answer.text
    assert all(f"my words {n}" in answer.text for n in range(2, rules.MOST + 3))


def test_forms_that_take_no_note_are_small(house: House) -> None:
    body = urlencode({"phrase": "x" * (form_size.SMALL + 1)}).encode()
    for path in ("/sign-in", "/join", "/desk/sign-in", "/notes", "/nowhere"):
        answer = house.nobody().send("POST", path, {"Content-Type": FORM}, body)
        assert answer.status in {404, 413}, (path, answer.status)


def test_nginx_lets_through_what_the_companion_takes() -> None:
    text = (shows.ROOT / "docs/hosting/companion-nginx.conf").read_text("utf-8")
    found = re.search(r"client_max_body_size (\d+)m;", text)
    assert found
    assert int(found[1]) * 2**20 > max(form_size.LARGEST, LARGEST)


def test_what_came_before_an_answer_that_is_much_too_long_comes_back(house: House) -> None:
    alice = house.learner("Alice").visitor
    page = alice.get(f"/reflect/{GUIDS[0]}").text
    assert "Each answer can have up to 20,000 characters" in page, "it is known before"
    sent = form("what she wrote first") | {
        "answer-2": "x" * form_size.LARGEST, "answer-3": "what she wrote last",
    }  # fmt: skip
    answer = alice.post(f"/reflect/{GUIDS[0]}", sent)
    assert answer.status == 413
    assert "what she wrote first" in answer.text
    assert "That answer and those after it did not reach us." in answer.text
    assert "what she wrote last" not in answer.text
    assert "xxxx" not in answer.text
    assert len(answer.body) < 50_000


def test_a_search_that_is_much_too_long_is_not_read(house: House) -> None:
    alice = house.learner("Alice").visitor
    answer = alice.post("/notes", {"a": "b", "q": "x" * form_size.LARGEST})
    assert answer.status == 413
    assert "Your words are here" not in answer.text
