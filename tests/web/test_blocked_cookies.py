"""Where a browser may block cookies, each way in says so, and asks nobody to send it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion.visitor import form
from web.cookies import FORM, name_of

if TYPE_CHECKING:
    from tests.kit.companion.cast import House
    from tests.kit.companion.visitor import Visitor

SAID = "may block cookies"


def ways_in(house: House) -> dict[str, dict[str, str]]:
    """Return each form by which somebody comes in, with what they type there."""
    person = house.learner("Alice", scrypt=True)
    return {
        "/join": {"join-code": house.new_code()},
        "/sign-in": {"phrase": person.phrase},
        "/desk/sign-in": {"name": "Charlie", "password": "correct horse", "code": "123456"},
        house.invitation(): {"name": "Dora", "password": "correct horse", "code": "123456"},
    }


def forgetful(house: House, path: str) -> Visitor:
    """Return a browser that has a page open and kept no cookie of it."""
    visitor = house.nobody()
    visitor.get(path)
    visitor.token()
    visitor.cookies.clear()
    return visitor


def test_a_browser_without_cookies_is_told_so_each_time(house: House) -> None:
    for path, typed in ways_in(house).items():
        visitor = forgetful(house, path)
        for _ in range(3):
            answer = visitor.post(path, typed)
            visitor.cookies.clear()
            assert answer.status == 400, path
            assert SAID in answer.text
            assert "open for too long" not in answer.text
            assert not re.search(f'<form[^>]*action="[^"]*{re.escape(path)}"', answer.text), (
                "no loop"
            )
            assert f'href="{house.settings.prefix}{path}"' in answer.text
            assert not [value for value in typed.values() if value in answer.text]


def test_who_allows_cookies_then_comes_in(house: House) -> None:
    path, typed = "/sign-in", ways_in(house)["/sign-in"]
    visitor = forgetful(house, path)
    assert visitor.post(path, typed).status == 400
    visitor.get(path)
    assert visitor.post(path, typed).status == 303


@pytest.mark.parametrize("value", ["", "an-old-one", "eyJhIjoxfQ.made.up"])
def test_a_cookie_that_has_expired_is_not_none(house: House, value: str) -> None:
    for path, typed in ways_in(house).items():
        visitor = forgetful(house, path)
        visitor.cookies[name_of(FORM, house.settings)] = (value, f"{house.settings.prefix}/")
        answer = visitor.post(path, typed)
        assert answer.status == 400
        assert SAID not in answer.text
        assert "open for too long" in answer.text


def test_words_come_back_where_no_cookie_comes_either(house: House) -> None:
    visitor = forgetful(house, "/sign-in")
    answer = visitor.post("/reflect/guid-1", form("What I heard tonight."))
    assert answer.status == 400
    assert SAID in answer.text
    assert "What I heard tonight." in answer.text
