"""What is wrong with a form stands above it, as a link to the field, and at the field."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from lxml import html

from tests.kit.companion import cast
from tests.kit.shows import ROOT
from web.desk import invitations

if TYPE_CHECKING:
    from tests.kit.companion.cast import House

GUID = quote(cast.GUIDS[0], safe="")
WORDS = "abacus abdomen abdominal abide abiding"
LONG = "x" * 20_001
# Who sends which form to which page, and the fields that are named.
WRONG: tuple[tuple[str, str, str, dict[str, str], list[str]], ...] = (
    ("nobody", "/join", "/join", {"join-code": "ABCD-EFGH"}, ["join-code"]),
    ("nobody", "/sign-in", "/sign-in", {"phrase": WORDS}, ["phrase"]),
    ("learner", "/phrase", "/phrase/new", {"phrase": WORDS}, ["phrase"]),
    ("nobody", "/desk/sign-in", "/desk/sign-in",
     {"name": "nobody", "password": "x" * 12, "code": "000000"}, ["name"]),
    ("lead", "/desk/", "/desk/codes", {"expires": "", "uses": "1"}, ["expires", "uses"]),
    ("lead", "/desk/password", "/desk/password",
     {"password": "x", "code": "000000", "new": "short"}, ["new"]),
    ("lead", "/desk/password", "/desk/password",
     {"password": "x", "code": "000000", "new": "four random words work"}, ["password"]),
    ("learner", "/reflect/GUID", "/reflect/GUID", {}, ["answer-1"]),
    ("learner", "/reflect/GUID", "/reflect/GUID", {"minute": "half past"}, ["minute"]),
    ("learner", "/reflect/GUID", "/reflect/GUID", {"answer-2": LONG}, ["answer-2"]),
    ("learner", "/connect/kasts", "/connect/kasts", {"name": "x" * 1000}, ["name"]),
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: f"{each[2]} {' '.join(each[4])}")
def test_an_error_links_to_its_field(
    house: House, wrong: tuple[str, str, str, dict[str, str], list[str]]
) -> None:
    who, page, action, fields, named = wrong
    if who == "nobody":
        visitor = house.nobody()
    else:
        visitor = (house.lead("Charlie") if who == "lead" else house.learner("Alice")).visitor
    visitor.get(page.replace("GUID", GUID))
    given = {} if "GUID" not in action else _hidden(visitor.get(page.replace("GUID", GUID)).text)
    answer = visitor.post(action.replace("GUID", GUID), given | fields)
    assert answer.status in {401, 422}, answer.text
    _check(answer.text, named)


def test_an_invitation_links_to_each_of_its_fields(house: House) -> None:
    link = invitations.invite(house.database, house.settings, datetime.now(UTC), None)
    path = link.removeprefix(house.settings.address.rstrip("/"))
    visitor = house.nobody()
    visitor.get(path)
    answer = visitor.post(path, {"name": "", "password": "short", "code": "0"})
    _check(answer.text, ["name", "password", "code"])


def _hidden(page: str) -> dict[str, str]:
    tree: Any = html.fromstring(page)
    inputs = tree.xpath("//form[contains(@class, 'writing')]//input[@name]")
    return {each.get("name"): each.get("value", "") for each in inputs}


def _described(field: Any) -> list[str]:
    found: list[str] = field.get("aria-describedby").split()
    return found


def _check(page: str, named: list[str]) -> None:
    tree: Any = html.fromstring(page)
    links = tree.xpath("//*[contains(@class, 'summary')][@role='alert']//a")
    assert [each.get("href") for each in links] == [f"#{name}" for name in named]
    assert tree.findtext(".//title").startswith("Error: ")
    (summary,) = tree.xpath("//*[@autofocus]")
    assert "summary" in summary.get("class"), "what is wrong has the focus, also without a script"
    assert summary.get("tabindex") == "-1"
    assert summary.findtext("h2") == "There is a problem"
    for name, link in zip(named, links, strict=True):
        (field,) = tree.xpath(f"//*[@id='{name}']")
        assert field.tag in {"input", "textarea"}, name
        assert field.get("aria-invalid") == "true", name
        for id_ in field.get("aria-describedby").split():
            assert tree.xpath(f"//*[@id='{id_}']"), id_
        beside = [tree.xpath(f"string(//*[@id='{each}'])") for each in _described(field)]
        assert link.text_content() in beside, "the same sentence stands at the field"
    assert len(tree.xpath("//*[@role='alert']")) == 1


def test_every_form_that_can_be_wrong_has_such_links() -> None:
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        can_be_wrong = "aria-invalid" in text or re.search(r"\bphrase_field\(", text)
        assert not can_be_wrong or "problems(" in text or 'class="wrong summary"' in text, path.name
