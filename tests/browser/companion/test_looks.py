"""Does every page of the companion work for everybody: small, dark, by keyboard, printed, valid?"""

from __future__ import annotations

import itertools
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit import shows
from tests.kit.chromium import FOCUSABLE, HEADINGS, barriers, expect, walk
from tests.kit.companion.every_page import (
    PAGES,
    PERSON,
    WORDS,
    Cast,
    count_months,
    invite,
    make_codes,
    open_desk,
    open_profile,
)
from tests.kit.companion.learner_browser import (
    EPISODE,
    PATIENCE,
    admit,
    complaints,
)
from tests.kit.companion.touch_targets import small_targets
from tests.kit.html_checker import ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Response

    from tests.kit.servers import preview_server
    from tests.kit.servers.companion_server import Accompanied

pytestmark = pytest.mark.slow

TITLES = {"A note", "Accessibility", "Complaints", "Connect an app",
          "Delete everything", "Deleted", "Desk", "Error: Join", "Error: Sign in",
          "Error: Sign in as a training lead", "Error: Write", "Home", "How long we keep things",
          "Join", "Join code", "Listen", "My notes", "Listening figures", "Privacy",
          "Set up your desk", "Sign in", "Sign in as a training lead", "Download my notes",
          "This page is for training leads",
          "This link does not work", "Page not found", "Welcome", "Write",
          "You have been signed out", "Your phrase"}  # fmt: skip


@pytest.fixture(scope="module")
def cast(
    browser: Browser, companion: Accompanied, code: str, example: preview_server.Served
) -> Iterator[Cast]:
    """Let everybody arrive, and write what there is to look at."""
    expect.set_options(timeout=PATIENCE)
    arrived = [open_profile(browser, companion) for _ in range(5)]
    stranger, newcomer, learner, lead, late = arrived
    newcomer.go("join")
    newcomer.page.get_by_label("Join code").fill(code)
    newcomer.press("Join and see my five words")
    for each in (learner, late):
        admit(companion, each.context)
    learner.reflect()
    learner.page.get_by_label("Time in the episode").fill("2:05")
    learner.save("Short.", PERSON)
    learner.reflect()
    note = learner.save(WORDS, "", "A" * 300)  # no page grows for a word without an end
    learner.reflect()
    writing = learner.page.url
    listening = writing.replace("/reflect/", "/listen/")
    learner.write("Begun on the bus.")
    learner.kept()
    learner.page.goto(listening)
    learner.press("Turn on my listening record")
    learner.press("I listened somewhere else")
    count_months(companion)
    invited = [invite(companion) for _ in range(2)]
    open_desk(lead, invited[0])
    posters = make_codes(lead)
    yield Cast(
        stranger, newcomer, learner, lead, late, note, writing, listening, *posters, invited[1]
    )
    for each in arrived:
        each.context.close()


# What every page is: its address, its title, and its HTML as the server sent it.
Book = dict[str, tuple[str, str, str]]


@pytest.fixture(scope="module")
def book() -> Book:
    """What was told so far, so that no page is opened twice for it."""
    return {}


def opened(cast: Cast, book: Book, name: str) -> Page:
    """Open a page, and write down what it is."""
    sources: list[str] = []

    def listen(answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.status not in {302, 303}:
            sources.append(answer.text())

    for each in cast.everybody:
        each.page.on("response", listen)
    page = PAGES[name](cast).page
    for each in cast.everybody:
        each.page.remove_listener("response", listen)
    book[name] = (page.url, page.title(), sources[-1])
    return page


@pytest.mark.parametrize("name", PAGES)
def test_every_page_works_for_everybody(cast: Cast, book: Book, name: str) -> None:
    """Axe, light and dark; no wider than the screen; headings; by keyboard, in sight, in order."""
    page = opened(cast, book, name)
    found = [f"{size} {each}" for size in looks(page) for each in barriers(page)]
    found += [f"{width}: is {wide} wide" for width, wide in widths(page) if wide > width]
    found += [f"320: {each}" for each in small_targets(page)]
    levels: list[int] = page.evaluate(HEADINGS)
    found += [
        f"a heading of level {b} below {a}" for a, b in itertools.pairwise(levels) if b > a + 1
    ]
    assert levels.count(1) == levels[0] == 1
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width}: {each}" for each in by_keyboard(page)]
        found += [f"{width}: the exit button covers {each}" for each in covered(page)]
    assert found == []


def looks(page: Page) -> Iterator[str]:
    """Look at a page in both schemes and at two widths."""
    schemes: tuple[Any, ...] = ("light", "dark")
    for width, scheme in itertools.product((390, 1280), schemes):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        yield f"{width} {scheme}:"
    page.emulate_media(color_scheme="light")


def widths(page: Page) -> Iterator[tuple[int, int]]:
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        yield width, int(page.evaluate("document.documentElement.scrollWidth"))


def by_keyboard(page: Page) -> Iterator[str]:
    """Say what the Tab key does not reach in order, in sight, and with a mark of its own."""
    page.locator(".skip").focus()  # the first of all
    places = walk(page)
    count = page.evaluate(
        "(s) => [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).length",
        FOCUSABLE,
    )
    order = [0, *(place["place"] for place in places)]
    if order != list(range(count)):
        yield f"the order is {order} of {count}"
    for place in places:
        if not place["seen"]:
            yield f"{place['text'] or place['tag']} is out of sight"
        if place["outline"] < 2:
            yield f"{place['text'] or place['tag']} has no mark"


def covered(page: Page) -> list[str]:
    """Return the elements under the exit button at the top of a page."""
    page.evaluate("[window, ...document.querySelectorAll('.support')].map((e) => e.scrollTo(0, 0))")
    names: list[str] = page.evaluate("""() => {
      const out = document.querySelector(".leave").getBoundingClientRect();
      return [...document.querySelectorAll("a, button, h1, p, input, label")]
        .filter((e) => e.checkVisibility() && !e.matches(".leave, .skip, .unseen")).filter((e) => {
        const box = e.getBoundingClientRect();
        return box.right > out.left && box.left < out.right
          && box.bottom > out.top && box.top < out.bottom;
      }).map((e) => e.textContent);
    }""")
    return names


def test_the_way_out_stays_in_sight_at_the_end_of_the_longest_page(cast: Cast) -> None:
    page = PAGES["writing"](cast).page
    page.set_viewport_size({"width": 320, "height": 800})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = page.locator(".leave").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 40


def test_every_number_of_support_is_in_sight(cast: Cast) -> None:
    page = PAGES["writing"](cast).page
    for width, height, most in ((1366, 650, 598), (390, 844, 240), (320, 568, 240)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator(".support").scroll_into_view_if_needed()
        box = page.locator(".support").bounding_box()
        assert box
        assert box["height"] <= most, width
    page.set_viewport_size({"width": 1366, "height": 650})
    page.evaluate("scrollTo(0, 0)")
    for number in page.locator(".support .way").all():
        expect(number).to_be_in_viewport(ratio=1)
    desk = PAGES["desk"](cast).page
    desk.set_viewport_size({"width": 1366, "height": 650})
    assert desk.locator(".support").evaluate("(e) => e.clientHeight") <= 48
    numbers = desk.locator(".support strong").all_inner_texts()
    assert numbers == ["116 123", "999"]


@pytest.fixture(scope="module")
def told(cast: Cast, book: Book) -> Book:
    """Every page as it was told; those that no other test opened are opened now."""
    for name in PAGES.keys() - book.keys():
        opened(cast, book, name)
    return book


def test_no_title_or_address_tells_what_it_is_about(
    told: Book, example: preview_server.Served
) -> None:
    assert {title for _, title, _ in told.values()} == TITLES
    for address, title, _ in told.values():
        for secret in ("Starting the conversation", *example.titles):
            assert secret not in address + title


def test_no_page_asks_another_computer_or_complains(cast: Cast, told: Book) -> None:
    for each in cast.everybody:
        assert complaints(each.seen) == []
        assert [link for _, link in each.seen.asked if not link.startswith(each.address)] == []


def test_the_checker_finds_nothing_in_any_page_or_stylesheet(told: Book, tmp_path: Path) -> None:
    sheets = sorted((shows.ROOT / "web" / "static").glob("*.css"))
    assert [sheet.name for sheet in sheets] == ["app.css", "poster.css"]
    pages = [tmp_path / f"{name.replace(' ', '-')}.html" for name in told]
    for page, (_, _, text) in zip(pages, told.values(), strict=True):
        assert text.startswith("<!doctype html>"), page.name
        page.write_text(text, encoding="utf-8")
    assert ask([str(path) for path in (*pages, *sheets)], "--also-check-css") == []


def printed(page: Page) -> str:
    """Return the text that comes out of a printer."""
    try:
        from pypdf import PdfReader
    except ImportError:
        shows.missing("pypdf is not installed")
    page.emulate_media(media="print")
    pdf = PdfReader(BytesIO(page.pdf(format="A4")))
    page.emulate_media(media="screen")
    assert len(pdf.pages) == 1
    text = " ".join(sheet.extract_text() for sheet in pdf.pages)
    return " ".join(unicodedata.normalize("NFKC", text).split())  # ligatures, lines


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("note", [EPISODE, "I waited, and said that I was glad to be told."]),
        ("phrase", ["Write these five words down now.", "Nobody can look them up or reset them"]),
        ("poster", ["Join code", "116 123", "No email, no name."]),
    ],
)
def test_what_is_printed_is_to_read_and_has_nothing_to_press(
    cast: Cast, name: str, wanted: list[str]
) -> None:
    page = PAGES[name](cast).page
    text = printed(page)
    if name == "phrase":
        assert page.locator("#the-phrase").inner_text() in text
    for each in wanted:
        assert each in text, each
    for unwanted in ("Exit this page", "Sign out", "Home", "Privacy", "Skip to main content",
                     "Print", "Copy", "Edit", "Download", "I have saved my five words",
                     "Back"):  # fmt: skip
        assert unwanted not in text, unwanted


def test_movement_is_only_for_those_who_want_it(cast: Cast) -> None:
    page = PAGES["writing"](cast).page
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(behaviour) == "smooth"
    page.emulate_media(reduced_motion="reduce")


def test_which_questions_are_asked_is_told_without_colours(cast: Cast) -> None:
    page = PAGES["questions"](cast).page
    page.emulate_media(forced_colors="active")
    chosen = page.locator(".models [aria-pressed=true]")
    assert chosen.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"
    page.emulate_media(forced_colors="none")
