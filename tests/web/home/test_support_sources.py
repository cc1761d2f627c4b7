"""Which two sources of support does a page of other work name?"""

from __future__ import annotations

from episodes.catalogue import CatalogueSupport
from web.home.support_sources import two_numbers


def names(*sources: tuple[str, str | None]) -> list[str]:
    given = [CatalogueSupport(name=name, phone=phone, text="HI") for name, phone in sources]
    return [each.name for each in two_numbers(given)]


def test_the_emergency_number_is_one_of_two() -> None:
    many = (("Samaritans", "116 123"), ("Shout", None), ("NHS 111", "111"), ("Police", "999"))
    assert names(*many) == ["Samaritans", "Police"]
    assert names(*reversed(many)) == ["Police", "NHS 111"]


def test_a_number_comes_before_what_has_none_and_few_are_all_there_is() -> None:
    assert names(("Shout", None), ("A", "116 123"), ("B", "111")) == ["A", "B"]
    assert names(("Shout", None), ("Police", "999")) == ["Shout", "Police"]
    assert names(("Police", "999"), ("Other police", "112")) == ["Police"]
    assert names() == []
