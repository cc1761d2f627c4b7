"""Each sync protocol names its paths, cookies and exemptions, and every layer knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.companion.cast import fill
from web import application, cookies
from web.sync.auth import APP

if TYPE_CHECKING:
    from tests.kit.companion.cast import House

BY_BLUEPRINT = {name: each for each in application.PROTOCOLS for name in each.CSRF_EXEMPT}


@pytest.fixture
def kind() -> str:
    return "sqlite"  # nothing here depends on it


def paths_of(house: House, blueprint: str, method: str = "") -> list[str]:
    rules = house.app.url_map.iter_rules()
    return [
        each.rule
        for each in rules
        if each.endpoint.split(".")[0] == blueprint and {method} <= {"", *(each.methods or ())}
    ]


def test_whatever_an_app_may_open_belongs_to_a_protocol(house: House) -> None:
    views = house.app.view_functions
    of_apps = {
        name.split(".")[0] for name, view in views.items() if getattr(view, "access", "") == APP
    }
    assert of_apps == {*BY_BLUEPRINT}


@pytest.mark.parametrize("blueprint", BY_BLUEPRINT)
def test_a_protocol_names_the_first_part_of_each_path(house: House, blueprint: str) -> None:
    firsts = {path.split("/")[1] for path in paths_of(house, blueprint)}
    assert firsts == {*BY_BLUEPRINT[blueprint].PATHS}


@pytest.mark.parametrize("blueprint", BY_BLUEPRINT)
def test_an_app_may_ask_with_one_slash_more(house: House, blueprint: str) -> None:
    for path in paths_of(house, blueprint):
        single, double = (house.nobody().get(start + fill(path)) for start in ("", "/"))
        assert double.status == single.status, path


@pytest.mark.parametrize("blueprint", BY_BLUEPRINT)
def test_apps_need_no_form_token_and_may_come_from_anywhere(house: House, blueprint: str) -> None:
    headers = {"Origin": "https://app.example.org"}
    for path in paths_of(house, blueprint, "POST"):
        answer = house.nobody().send("POST", fill(path), headers)
        assert answer.status not in {400, 403}, path


def test_each_cookie_of_a_protocol_is_known_to_the_application(house: House) -> None:
    with house.app.test_request_context():
        known: list[Any] = cookies.of_apps()
    assert known == [each for protocol in application.PROTOCOLS for each in protocol.COOKIES]
