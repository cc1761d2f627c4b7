"""Can people find an episode among hundreds, and subscribe on any device, script or not?"""

from __future__ import annotations

import gzip
from datetime import date
from typing import TYPE_CHECKING

import pytest

from feed import index_page
from tests.kit import shows
from tests.kit.chromium import barriers, walk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.chromium import Visit
    from tests.kit.servers import preview_server

pytestmark = pytest.mark.slow

COUNT, SCREEN = 300, 844  # episodes; CSS pixels of a phone's screen
RAW, PACKED = 125_000, 10_000  # bytes: row F8 of docs/performance.md
PHONE = {
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15",
    "android": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120 Mobile",
    "computer": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120",
}
# Targets lower than 44 px that are not words in running text.
SMALL = """() => [...document.querySelectorAll("a, button, summary, input")]
  .filter((e) => e.checkVisibility() && !e.closest(".prose, .foot p, .skip, li .newer, .support"))
  .filter((e) => !e.matches(".skip"))
  .map((e) => [e.closest("li .title") ? e.closest("li") : e, e.textContent])
  .filter(([e]) => e.getBoundingClientRect().height < 44).map(([, text]) => text)"""


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("long")
    return shows.write_index(shows.long_show(COUNT), folder / "site").as_uri()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> str:
    show = shows.long_show(60, type="serial", seasons={1: "Before and during", 2: "Afterwards"})
    return shows.write_index(show, tmp_path_factory.mktemp("course") / "site").as_uri()


def test_the_page_of_300_episodes_is_light() -> None:
    page = index_page.render(shows.long_show(COUNT))
    assert len(page) <= RAW
    assert len(gzip.compress(page)) <= PACKED


def test_subscribe_and_support_come_within_four_screens_of_a_phone(visit: Visit, long: str) -> None:
    page = visit(long, width=390).page
    assert page.locator(".filter input").is_visible()
    box = page.locator("#subscribe").bounding_box()
    assert box is not None
    assert box["y"] <= 4 * SCREEN


def test_every_episode_is_there_without_script(visit: Visit, long: str) -> None:
    page = visit(long, script=False).page
    links = page.locator(".feature h2 a, .episodes .title a")
    assert links.count() == COUNT
    assert page.locator(".episodes > li:visible").count() == 10
    assert not page.locator(".filter").is_visible()
    page.locator("details.more summary").last.click()
    assert page.locator(".episodes > li:visible").count() > 50


def test_the_newest_is_where_a_podcast_starts_and_the_first_where_a_course_does(
    visit: Visit, long: str, course: str
) -> None:
    page = visit(long).page
    assert page.locator(".feature .kicker").inner_text().startswith("Newest episode Episode 300")
    page = visit(course).page
    assert page.locator(".feature .kicker").inner_text().startswith("Start here Episode 1 ")
    assert page.locator(".feature .button.main").get_attribute("href") == (
        page.locator(".episodes a").first.get_attribute("href")
    )
    folded = [
        " ".join(each.split()) for each in page.locator("details.more summary").all_inner_texts()
    ]
    assert folded == ["Before and during 29 episodes", "Afterwards 21 episodes"]


def test_the_filter_finds_in_folded_years_and_says_how_many(visit: Visit, long: str) -> None:
    page = visit(long).page
    box = page.get_by_role("searchbox", name="Find an episode")
    box.fill("NIGHT shift")
    assert page.locator(".filter [role=status]").inner_text() == "30 of 300 episodes"
    assert page.locator(".episodes > li:visible").count() == 30
    assert page.locator("details.more:not([open]):visible").count() == 0
    box.fill("no such words")
    assert page.locator(".filter [role=status]").inner_text() == "0 of 300 episodes"
    assert not page.locator(".feature").is_visible()
    box.fill("")
    assert page.locator(".filter [role=status]").inner_text() == ""
    assert page.locator(".feature").is_visible()
    assert page.locator(".episodes > li:visible").count() == 10


def test_a_whole_row_leads_to_its_episode(visit: Visit, example: preview_server.Served) -> None:
    page = visit("index.html", width=390).page
    row = page.locator(".episodes > li").nth(1)
    box = row.bounding_box()
    assert box is not None
    row.click(position={"x": box["width"] - 4, "y": box["height"] - 4})
    page.wait_for_url(f"{example.address}episodes/02-listening.html")


@pytest.mark.parametrize("device", PHONE)
def test_the_apps_of_this_device_come_first(visit: Visit, device: str) -> None:
    agent = f"Object.defineProperty(navigator, 'userAgent', {{ value: '{PHONE[device]}' }})"
    page = visit("index.html", before=agent).page
    assert page.locator("[data-device]").first.get_attribute("data-device") == device
    assert page.locator("[data-device]").count() == 3


def test_the_qr_code_leads_to_the_buttons_and_is_not_on_a_phone(
    visit: Visit, example: preview_server.Served
) -> None:
    page = visit("index.html").page
    assert page.locator(".qr svg").is_visible()
    drawn = index_page.qr(example.address)
    assert drawn.partition('d="')[2].partition('"')[0] in page.locator(".qr").inner_html()
    assert not visit("index.html", width=390).page.locator(".qr").is_visible()


def test_the_printed_page_is_a_poster(visit: Visit) -> None:
    page = visit("index.html", width=390).page
    page.emulate_media(media="print")
    for shown in ("h1", ".qr svg", ".where", "#support"):
        assert page.locator(shown).is_visible(), shown
    for hidden in (".episodes", ".apps", ".leave", ".foot nav", ".poster", "details"):
        assert not page.locator(hidden).first.is_visible(), hidden


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_targets_are_for_thumbs_and_the_strip_is_one(visit: Visit, long: str, width: int) -> None:
    page = visit(long, width=width).page
    hero = page.locator(".hero").bounding_box()
    strip = page.locator(".top").bounding_box()
    assert hero is not None
    assert strip is not None
    assert (strip["y"], strip["height"] <= 56, hero["y"] >= strip["height"]) == (0, True, True)
    page.locator("details.more summary").first.click()
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])  # 320: also a window of 1280 enlarged to 400 %
def test_axe_finds_no_barrier_in_a_long_list(
    visit: Visit, long: str, width: int, scheme: str
) -> None:
    page = visit(long, width=width, scheme=scheme).page
    page.locator("details.more summary").first.click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_filter_rows_and_apps_in_order(visit: Visit, course: str) -> None:
    page = visit(course, width=390).page
    places = walk(page)
    assert [each["place"] for each in places] == list(range(len(places)))
    assert [each["text"] for each in places if not each["seen"]] == []


@pytest.mark.parametrize("width", [320, 1440])
def test_long_words_never_scroll_sideways(visit: Visit, tmp_path: Path, width: int) -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitaenskajuetenschluessel"
    show = shows.long_show(14, title=word, summary=word, copyright=word)
    page = visit(shows.write_index(show, tmp_path / "s").as_uri(), width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_icons_have_the_colour_of_their_words_where_colours_are_forced(visit: Visit) -> None:
    page = visit("index.html").page
    page.emulate_media(forced_colors="active")
    colours = """() => [...document.querySelectorAll(".icon")].map((icon) => [
      icon.getAttribute("aria-hidden"), getComputedStyle(icon).stroke,
      getComputedStyle(icon.parentNode).color])"""
    icons = page.evaluate(colours)
    assert icons
    assert [icon for icon in icons if icon[0] != "true" or icon[1] != icon[2]] == []


def test_an_empty_show_says_when_it_begins() -> None:
    show = shows.long_show(0)
    page = index_page.render(show, date(2027, 1, 11)).decode()
    assert "The first episode is on its way: Monday 11 January 2027." in page
    assert "The first one is on its way." in index_page.render(show).decode()
