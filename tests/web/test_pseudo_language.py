"""Is every sentence of every page translated, and does it fit when it is 40 % longer?"""

from __future__ import annotations

import re
import shutil
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from werkzeug.serving import make_server

from podcast.building import pipeline
from tests.kit import pseudo_language as pseudo
from tests.kit import shows
from tests.kit.companion import cast
from tests.kit.servers import preview_server
from tests.kit.shows import add_episode
from web.desk import invitations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.kit.companion.cast import House, Person
    from tests.kit.companion.database_rows import Making

pytestmark = pytest.mark.slow

# Codes, phrases, keys and formats; the code of the feed for apps; names of units and files.
LEFT_OUT = "script, style, code, cite, noscript, .code, .address, .phrase, option, select"
NAMES = frozenset(
    {
        "AntennaPod", "Apple Podcasts", "Overcast", "Pocket Casts", "gPodder", "VTT", "SRT", "JSON",
        "HTML", "CC-BY", "Talk", "What?", "Cardo", "Kasts", "Nextcloud", "GNOME Podcasts",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def pseudo_language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with (
        pytest.MonkeyPatch.context() as patch,
        pseudo.spoken(tmp_path_factory.mktemp("locale"), patch),
    ):
        yield


def look(page: Page, name: str) -> list[str]:
    """Return what is wrong with a page on a phone."""
    page.set_viewport_size({"width": 360, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{name}: is {wide} wide"] if wide > 360 else []
    found += [f"{name}: cuts {each}" for each in page.evaluate(pseudo.CUT)]
    runs = page.evaluate(pseudo.OUTSIDE, LEFT_OUT)
    return found + [f"{name}: {each}" for each in sorted(pseudo.untranslated(runs, NAMES))]


def in_quotes(text: str) -> str:
    """Put the content of a show's file into « »."""
    for said in (
        "Night shift", "Example Trust", "Example team", "Short talks for people who work at night.",
        "For people who work at night.", "Some *notes*.", "What will you try?", "One hospital.",
        "A survey of nights", "What three wards do", "Three wards.", "Samaritans",
    ):  # fmt: skip
        text = text.replace(said, f"«{said}»")
    return text


def test_every_public_page_is_translated_and_fits_a_phone(
    pseudo_language: None, tmp_path: Path, browser: Browser
) -> None:
    show = tmp_path / "show"
    show.mkdir()
    shows.tone(tmp_path / "tone.mp3")
    shutil.copy(shows.EXAMPLE / "cover.jpg", show)
    text = in_quotes(shows.SHOW).replace("guid:", f"language: {pseudo.LANGUAGE}\nguid:", 1)
    (show / "show.md").write_text(text, encoding="utf-8")
    for number in (1, 2, 3):
        folder = add_episode(show, number, tmp_path / "tone.mp3")
        file = folder / "episode.md"
        said = in_quotes(file.read_text(encoding="utf-8"))
        said = re.sub(r"(?m)^(title|summary): (.*)$", r"\1: «\2»", said)
        file.write_text(said, encoding="utf-8")
        spoken = shows.TRANSCRIPT.replace("Hello.", "«Hello.»").replace("Host", "«Host»")
        (folder / "transcript.vtt").write_text(spoken, encoding="utf-8")
    pipeline.build(show, now=shows.NOW)
    found = []
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    for file in sorted((show / "public").rglob("*.html")):
        page.goto(file.as_uri())
        found += look(page, file.name)
    context.close()
    assert not found, "\n".join(found)


@pytest.fixture
def house(tmp_path: Path, make_database: Making) -> Iterator[House]:
    """A companion in the pseudo language, served by this process."""
    port = preview_server.free_port()
    address = f"http://127.0.0.1:{port}/"
    settings = cast.settings(tmp_path, make_database("sqlite"), address)
    place = tmp_path / "show" / "catalogue.json"
    own = r"(Night shift|Samaritans|Talk \d|What will you try\?)"
    place.write_text(re.sub(own, r"«\1»", place.read_text(encoding="utf-8")), encoding="utf-8")
    changes = {"language": pseudo.LANGUAGE, "organisation": "«Riverside Trust»"}
    built = cast.house(settings.model_copy(update=changes))
    server = make_server("127.0.0.1", port, built.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield built
    server.shutdown()
    built.close()


def enter(house: House, context: BrowserContext, person: Person) -> None:
    """Give a browser somebody's session."""
    for name, (value, _) in person.visitor.cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": house.settings.address}])


def press(page: Page, form: str, **fields: str) -> None:
    """Send a form of a page, by its action: nobody can read its buttons."""
    for name, value in fields.items():
        page.locator(f"{form} [name={name}]").first.fill(value)
    with page.expect_navigation():
        main = page.locator(f"{form} button.main")
        (main if main.count() else page.locator(f"{form} button:visible")).first.click()


def see(page: Page, house: House, paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        page.goto(house.settings.address + path)
        yield from look(page, path or "home")


GUID = quote(cast.GUIDS[0], safe="")
STRANGER = ("", "join", "sign-in", "signed-out", "deleted", "nothing/here", "desk/sign-in",
            "desk/invitation/x")  # fmt: skip
LEARNER = ("", "notes", f"reflect/{GUID}", f"listen/{GUID}", "connect", "connect/antennapod",
           "connect/kasts", "connect/grant/x", "phrase", "take-away", "delete-everything",
           "desk/")  # fmt: skip


def test_every_page_for_a_stranger_is_translated_and_fits_a_phone(
    pseudo_language: None, house: House, browser: Browser
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    found = list(see(page, house, STRANGER))
    for path, form, fields in (
        ("join", "main form", {"join-code": "ABCD-EFGH"}),
        ("sign-in", "main form", {"phrase": "abacus"}),
        ("sign-in", "main form", {"phrase": "abacus abdomen abdominal abide abiding"}),
        ("desk/sign-in", "main form", {"name": "nobody", "password": "x" * 12, "code": "000000"}),
    ):
        page.goto(house.settings.address + path)
        press(page, form, **fields)
        found += look(page, f"{path} {fields}")
    context.close()
    assert not found, "\n".join(found)


def test_every_page_for_a_learner_is_translated_and_fits_a_phone(
    pseudo_language: None, house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cast, "PARTS", tuple("12345"))  # her words are in her name's brackets
    person = house.learner("«Alice»")
    context = browser.new_context(reduced_motion="reduce")
    enter(house, context, person)
    page = context.new_page()
    notes = tuple(
        f"notes/{id_}{end}" for id_ in person.ids[:1] for end in ("", "/edit", "/delete", "/let-go")
    )
    found = list(see(page, house, (*LEARNER, *notes)))
    page.goto(f"{house.settings.address}listen/{GUID}")
    press(page, 'form[action$="/recording/on"]')
    found += look(page, "listening record on")
    press(page, 'form[action*="/elsewhere/"]')
    found += look(page, "listened somewhere else")
    page.goto(f"{house.settings.address}reflect/{GUID}")
    press(page, "form.writing", minute="half past")
    found += look(page, "wrong time")
    page.goto(f"{house.settings.address}reflect/{GUID}")
    press(page, "form.writing")
    found += look(page, "empty note")
    page.goto(f"{house.settings.address}connect/kasts")
    press(page, 'main form[action$="/connect/kasts"]', name="«laptop»")
    found += look(page, "an app's password")
    context.close()
    assert not found, "\n".join(found)


def test_every_page_for_a_lead_is_translated_and_fits_a_phone(
    pseudo_language: None, house: House, browser: Browser
) -> None:
    person = house.lead("«Charlie»")
    context = browser.new_context(reduced_motion="reduce")
    enter(house, context, person)
    page = context.new_page()
    paths = (
        "desk/",
        "desk/numbers/",
        "desk/password",
        f"desk/codes/{person.ids[0]}/poster",
        "notes",
    )
    found = list(see(page, house, paths))
    page.goto(f"{house.settings.address}desk/")
    press(page, 'form[action$="/desk/codes"]')
    found += look(page, "code made")
    with house.companion.database.reading():
        link = invitations.invite(house.database, house.settings, datetime.now(UTC), None)
    page.goto(link)
    found += look(page, "invitation")
    context.close()
    assert not found, "\n".join(found)
