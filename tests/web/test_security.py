"""What every answer says to the browser, errors and files included, and what the cookies say."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.companion import cast
from tests.kit.companion.cast import House, fill
from tests.kit.companion.visitor import JSON, Answer, form
from web.errors import TooManyError
from web.limits import form_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.database_rows import Making

SAID = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS = "https://notes.example.org/notes/"


@pytest.fixture(params=[cast.ADDRESS, HTTPS], ids=["http", "https"])
def house(request: pytest.FixtureRequest, tmp_path: Path, make_database: Making) -> Iterator[House]:
    settings = cast.settings(tmp_path, make_database("sqlite"), request.param)
    made = cast.house(settings)
    yield made
    made.database.close()


def check(answer: Answer, house: House, *, kept: bool = False) -> None:
    """Look at the headers that every answer has, each of them once."""
    for name, value in SAID.items():
        assert answer.header(name) == value, name
    policy = answer.header("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert "geolocation=()" in answer.header("Permissions-Policy")
    caching = "max-age=31536000, immutable" if kept else "no-store"
    assert answer.header("Cache-Control") == caching
    said = answer.header("Strict-Transport-Security")
    assert said == ("max-age=31536000" if house.settings.secure else "")
    for cookie in (value for name, value in answer.headers if name == "Set-Cookie"):
        check_cookie(cookie, house)


def check_cookie(said: str, house: House) -> None:
    """Look at one cookie: for this companion's requests only, and gone with the browser."""
    for name, morsel in SimpleCookie(said).items():
        start, end = ("__Host-", "notes") if house.settings.secure else ("", "8090")
        assert name in {f"{start}earmark-{end}", f"{start}earmark_form-{end}"}
        assert morsel["httponly"], said
        assert morsel["samesite"] == "Lax", said
        assert bool(morsel["secure"]) is house.settings.secure, said
        assert morsel["path"] == "/", said
        assert not morsel["domain"], said
        assert morsel["max-age"] in {"", "0"}, said
        assert not morsel["expires"] or morsel["max-age"] == "0", said


@pytest.mark.slow
def test_every_answer_of_every_address(house: House) -> None:
    charlie = house.lead()
    for rule in house.app.url_map.iter_rules():
        path = fill(rule.rule)
        for visitor in (house.nobody(), house.learner("Alice").visitor, house.again(charlie)):
            for method in ("GET", "HEAD", "OPTIONS", "PUT"):
                answer = visitor.send(method, path)
                check(answer, house, kept=rule.endpoint == "static" and answer.status == 200)
            check(visitor.post(path, {}), house)
            check(visitor.post(path, {}, token=""), house)


def test_files_that_are_not_there_or_have_not_changed(house: House) -> None:
    visitor = house.nobody()
    check(visitor.get("/static/none.css"), house)
    got = visitor.get("/static/app.css")
    same = visitor.get("/static/app.css", {"If-None-Match": got.header("ETag")})
    assert same.status == 304
    for name in ("app.js", "tokens.css", "app.css", "mark.svg"):
        check(visitor.get(f"/static/{name}?v=1"), house, kept=True)


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("a fault with a word of Alice's")


def stop(*_: Any, **__: Any) -> None:
    raise TooManyError


@pytest.mark.parametrize(("fault", "status"), [(fail, 500), (stop, 429)])
def test_errors(
    house: House, monkeypatch: pytest.MonkeyPatch, fault: Any, status: int,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    alice = house.learner("Alice").visitor
    token = alice.token()
    monkeypatch.setattr("web.reflections.store.saved_notes", fault)
    monkeypatch.setattr("web.reflections.forms.parse", fault)
    words = {"answer-1": "what she wrote"}
    for answer in (
        alice.get("/notes"),
        alice.get("/notes", JSON),
        alice.post("/reflect/guid-1", words, token=token),
        alice.post("/drafts/guid-1", words, JSON, token=token),
    ):
        assert answer.status == status
        assert "a word of Alice" not in answer.text
        assert "Traceback" not in answer.text
        check(answer, house)
    assert "what she wrote" in alice.post("/reflect/guid-1", words, token=token).text
    assert "she wrote" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("host", ["evil.example.org", "", "a b", "127.0.0.1:port", "é"])
def test_another_name_than_its_own_is_refused_without_a_fault(house: House, host: str) -> None:
    answer = house.nobody().get("/", {"Host": host.encode().decode("latin-1")})
    assert answer.status == 400
    assert answer.header("Cache-Control") == "no-store"
    check(answer, house)
    assert house.nobody().get("/%00", {"Host": "evil.example.org"}).status == 404


def test_a_form_that_is_too_long(house: House) -> None:
    alice = house.learner("Alice").visitor
    text = "x" * 1_000_001
    for sent, status in ((form(text), 422), ({"answer-1": text}, 400)):
        answer = alice.post("/reflect/guid-1", sent)
        assert answer.status == status, "what can be read is read"
        assert text in answer.text, "and every word of it comes back"
        check(answer, house)
    answer = alice.post("/reflect/guid-1", {"answer-1": "x" * form_size.LARGEST})
    assert answer.status == 413
    assert len(answer.body) < 50_000
    assert "<form" not in answer.text.partition("<main")[2].partition("</main")[0]
    check(answer, house)
    many = alice.post("/reflect/guid-1", {f"answer-{n}": "x" for n in range(20_000)}, token="")
    assert len(many.body) < 50_000, "a small form must not make a large page"
    check(many, house)


def test_pages_hold_no_script_and_no_style_of_their_own(house: House) -> None:
    alice = house.learner("Alice")
    charlie = house.lead()
    paths = (
        "/", "/join", "/sign-in", "/notes", "/take-away", "/phrase", "/reflect/guid-1", "/desk/",
        f"/notes/{alice.ids[0]}", f"/notes/{alice.ids[0]}/edit", "/delete-everything", "/none",
        f"/desk/codes/{charlie.ids[0]}/poster", house.invitation(),
    )  # fmt: skip
    for visitor in (house.nobody(), alice.visitor, charlie.visitor):
        for path in paths:
            text = visitor.get(path).text
            assert not re.findall(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", text), path
            foreign = re.findall(r'<(?:script|img|link|iframe)[^>]+"(?:https?:)?//[^"]+', text)
            assert not foreign, path


def test_leaving_wipes_what_the_browser_kept(house: House) -> None:
    answer = house.learner("Alice").visitor.get("/leave")
    assert answer.status == 303
    assert answer.location == house.settings.leave
    assert answer.header("Clear-Site-Data") == '"cache", "storage"'
    check(answer, house)
