"""Do the pages work for everybody: without script, by keyboard, small, dark, printed, offline?"""

from __future__ import annotations

import gzip
import itertools
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.chromium import EPISODES, FOCUSABLE, HEADINGS, PAGES, SKIPPABLE, barriers, walk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.chromium import Visit
    from tests.kit.servers import preview_server

pytestmark = pytest.mark.slow

PAGE_WEIGHT, SCRIPT_WEIGHT = 50_000, 4_000  # bytes, gzip: row P12 of docs/performance.md


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_another_computer_or_complains(
    visit: Visit, example: preview_server.Served, name: str
) -> None:
    seen = visit(name)
    seen.page.mouse.wheel(0, 20_000)
    seen.page.wait_for_load_state("networkidle")
    assert seen.said == []
    assert [link for _, link in seen.asked if not link.startswith(example.address)] == []
    assert not [link for _, link in seen.asked if link.endswith(".mp3")], "sound is asked for early"


@pytest.mark.parametrize("name", ["index.html", SKIPPABLE])
def test_pages_opened_from_a_folder_look_and_work_the_same(
    visit: Visit, example: preview_server.Served, name: str
) -> None:
    seen = visit((example.public / name).as_uri())
    assert (
        seen.page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    )
    assert seen.page.evaluate("[...document.images].every((image) => image.naturalWidth)")
    assert seen.page.locator("[data-needs-script]").first.is_visible()
    if name != "index.html":
        seen.page.locator(".chapters a").nth(1).click()
        seen.page.wait_for_function("() => document.querySelector('audio').currentTime > 29.2")
    assert seen.said == []


def test_the_policy_refuses_what_somebody_else_puts_into_a_page(visit: Visit) -> None:
    seen = visit("index.html")
    seen.page.evaluate("""() => {
      document.body.append(Object.assign(new Image(), { src: "https://elsewhere.example/pixel" }));
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      return fetch("https://elsewhere.example/").catch(() => {});
    }""")
    assert not seen.page.evaluate("window.ran")
    assert len([line for line in seen.said if "Content Security Policy" in line]) >= 3


def test_an_episode_is_complete_without_javascript(visit: Visit) -> None:
    page = visit(SKIPPABLE, script=False).page
    assert page.locator("audio[controls]").is_visible()
    assert page.get_by_text("Ask about the feelings more than the injury.").is_visible()
    prompts = page.locator("form.reflect label")
    assert prompts.count() == page.locator("form.reflect textarea:visible").count() == 3
    assert page.locator(".player a[download]").get_attribute("href", timeout=1000)
    assert page.get_by_role("link", name="116 123").get_attribute("href") == "tel:116123"
    assert page.locator("[data-needs-script]:visible").count() == 0


def test_a_chapter_without_javascript_leads_to_its_place_in_the_recording(visit: Visit) -> None:
    page = visit(SKIPPABLE, script=False).page
    page.locator(".chapters a").nth(2).click()
    page.wait_for_url("**/media/*.mp3#t=64*")
    page.wait_for_function("() => document.querySelector('video, audio').currentTime >= 64")


def test_the_way_to_subscribe_is_there_without_javascript(
    visit: Visit, example: preview_server.Served
) -> None:
    page = visit("index.html", script=False).page
    assert page.get_by_text(example.feed, exact=True).is_visible()
    assert page.locator(".qr svg").is_visible()
    assert page.locator(".apps a").count() >= 5
    assert page.locator("#support").is_visible()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen(visit: Visit, name: str, width: int) -> None:
    page = visit(name, width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", EPISODES)
def test_the_player_is_on_the_first_screen_of_a_phone_below_the_content_note(
    visit: Visit, name: str
) -> None:
    page = visit(name, width=390).page
    note, player = (page.locator(each).bounding_box() for each in ("#before", "audio"))
    assert note is not None
    assert player is not None
    assert note["y"] < player["y"]
    assert player["y"] + player["height"] <= 844


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_way_out_covers_no_line_where_words_take_the_whole_width(
    visit: Visit, width: int
) -> None:
    page = visit(SKIPPABLE, width=width).page
    page.evaluate("document.querySelector('#transcript').scrollIntoView()")
    strip, screen = page.locator(".leaving").bounding_box(), page.evaluate("innerWidth")
    assert strip is not None
    assert (strip["x"], strip["width"]) == (0, screen)
    paper = "(e) => getComputedStyle(document.querySelector(e)).backgroundColor"
    assert page.evaluate(paper, ".leaving") == page.evaluate(paper, "body")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_barrier(visit: Visit, name: str, scheme: str, width: int) -> None:
    assert barriers(visit(name, width=width, scheme=scheme).page) == []


@pytest.mark.parametrize("name", ["index.html", SKIPPABLE])
@pytest.mark.parametrize("width", [390, 1280])
def test_everything_is_reached_in_order_and_shown_with_the_keyboard(
    visit: Visit, name: str, width: int
) -> None:
    seen = visit(name, width=width)
    places = walk(seen.page)
    assert [place["place"] for place in places] == list(range(len(places)))
    count = seen.page.evaluate(
        "(s) => [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).length",
        FOCUSABLE,
    )
    assert len(places) == count
    assert [place["text"] for place in places if not place["seen"]] == []
    # The browser draws the focus inside its own player.
    unmarked = [p["text"] for p in places if p["outline"] < 2 and p["tag"] != "audio"]
    assert unmarked == []


def test_the_first_key_offers_the_content_and_the_second_the_way_out(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Exit this page"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_way_out_stays_in_sight_and_covers_nothing_at_the_top(visit: Visit, width: int) -> None:
    page = visit(SKIPPABLE, width=width).page
    overlaps = """() => {
      const out = document.querySelector(".leave").getBoundingClientRect();
      return [...document.querySelectorAll(".top a")].filter((link) => {
        const box = link.getBoundingClientRect();
        return box.right > out.left && box.left < out.right
          && box.bottom > out.top && box.top < out.bottom;
      }).map((link) => link.textContent);
    }"""
    assert page.evaluate(overlaps) == []
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = page.locator(".leave").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 40


@pytest.mark.parametrize("name", PAGES)
def test_headings_begin_with_one_title_and_leave_no_level_out(visit: Visit, name: str) -> None:
    levels: list[int] = visit(name).page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [b for a, b in itertools.pairwise(levels) if b > a + 1] == []


@pytest.mark.parametrize("name", EPISODES)
def test_the_content_note_comes_before_the_sound_and_support_at_the_end(
    visit: Visit, name: str
) -> None:
    page = visit(name).page
    assert page.evaluate("""() => {
      const note = document.querySelector("[aria-labelledby=before]");
      const audio = document.querySelector("audio");
      return Boolean(note.compareDocumentPosition(audio) & Node.DOCUMENT_POSITION_FOLLOWING);
    }""")
    assert page.evaluate("document.querySelector('main').lastElementChild.id") == "support"


def test_pages_say_what_they_are(visit: Visit) -> None:
    page = visit("index.html").page
    assert page.title() == "Starting the conversation"
    assert page.locator("html").get_attribute("lang") == "en-gb"
    page.goto(page.url.replace("index.html", SKIPPABLE))
    assert page.title() == "Listening, and what to say next · Starting the conversation"
    assert page.locator(".kicker time").get_attribute("datetime") == "2026-09-14"
    assert page.get_by_role("textbox", name="Which sentence from this session").count() == 1
    assert page.get_by_role("combobox", name="Speed").count() == 1


def weight(example: preview_server.Served, *names: str) -> int:
    """Return what files weigh on the line, in bytes."""
    return sum(len(gzip.compress((example.public / name).read_bytes(), 9)) for name in names)


@pytest.mark.parametrize("name", EPISODES)
def test_an_episode_page_is_light(visit: Visit, example: preview_server.Served, name: str) -> None:
    seen = visit(name)
    asked = [link.removeprefix(example.address) for _, link in seen.asked]
    parts = [each for each in asked if each.endswith((".html", ".css", ".js"))]
    rest = {part for part in asked if part not in parts and not part.endswith(".woff2")}
    assert rest <= {example_art(example)}
    scripts = [part for part in parts if part.endswith(".js")]
    page, script = weight(example, *parts), weight(example, *scripts)
    sys.stdout.write(f"{name}: {page} bytes, of which the script {script}\n")
    assert page <= PAGE_WEIGHT
    assert script <= SCRIPT_WEIGHT


def example_art(example: preview_server.Served) -> str:
    """Return the name of the small cover."""
    (small,) = (example.public / "art").glob("*-small.jpg")
    return small.relative_to(example.public).as_posix()


def test_the_printed_page_has_everything_to_read_and_nothing_to_press(visit: Visit) -> None:
    try:
        from pypdf import PdfReader
    except ImportError:
        shows.missing("pypdf is not installed")
    page = visit(SKIPPABLE).page
    page.locator("#prompt-1").fill("I said: take your time.")
    page.locator(".transcript summary").click()  # closed on the screen
    assert not page.locator(".said").first.is_visible()
    page.emulate_media(media="print")
    for hidden in (".player", ".top nav", ".leave", ".skip", ".reflect button", "summary"):
        assert not page.locator(hidden).first.is_visible(), hidden
    pdf = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    assert [round(side / 72 * 25.4) for side in pdf.pages[0].mediabox[2:]] == [210, 297]
    for sheet in (pdf.pages[0], pdf.pages[-1]):
        assert "If you need support" in sheet.extract_text()
        assert "116 123" in sheet.extract_text()
    text = " ".join(sheet.extract_text() for sheet in pdf.pages)
    text = " ".join(unicodedata.normalize("NFKC", text).split())  # ligatures, lines
    for wanted in (
        "Before you listen",
        "What do you say first when someone tells you something difficult",
        "I said: take your time.",
        "Ask about the feelings more than the injury.",  # of the transcript
        "116 123",
        "https://doi.org/10.1192/bjp.181.3.193",
    ):
        assert wanted in text, wanted
    for unwanted in ("Back 15 s", "Exit this page", "Save as a file", "Download"):
        assert unwanted not in text, unwanted


def test_an_unpacked_episode_plays_from_a_folder_without_a_network(
    visit: Visit, example: preview_server.Served, tmp_path: Path
) -> None:
    packed = tmp_path / "a.zip"
    command = [shows.program("earmark"), "offline", "01-first-words", "--to", str(packed)]
    folder = shutil.copytree(example.folder, tmp_path / "show")
    subprocess.run([*command, "--show", str(folder)], check=True, capture_output=True)
    with zipfile.ZipFile(packed) as inside:
        inside.extractall(tmp_path / "stick")
    page = visit((tmp_path / "stick" / "index.html").as_uri()).page
    page.locator(".chapters a").nth(2).click()
    page.wait_for_function("document.querySelector('audio').currentTime > 94")
    assert page.locator(".now").text_content() == "Now: Finding a moment"
    assert page.locator("img").first.evaluate("image => image.naturalWidth") > 0


def test_what_is_current_is_told_apart_without_colours(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.emulate_media(forced_colors="active")
    page.locator(".chapters a").nth(1).click()
    current = page.locator(".chapters [aria-current=true]")
    current.wait_for()
    assert current.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"


def test_movement_is_only_for_those_who_want_it(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(behaviour) == "smooth"
