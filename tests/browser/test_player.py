"""Does the player do what it says, with real sound, and does it keep nothing?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.chromium import EPISODES, PARTS, SKIPPABLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.chromium import Visit
    from tests.kit.servers import preview_server

pytestmark = pytest.mark.slow

AUDIO = "document.querySelector('audio')"
KEPT = """async () => [
  localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
  (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length,
]"""
HEARD = f"""() => {{
  const {{ played }} = {AUDIO};
  return Array.from({{ length: played.length }}, (_, i) => [played.start(i), played.end(i)]);
}}"""
# Keeps what the page hands to the lock screen and the headset, so that a test can press there.
HEADSET = """
  window.pressed = {};
  MediaSession.prototype.setActionHandler = (name, action) => { window.pressed[name] = action; };
"""


def time(page: Page) -> float:
    return float(page.evaluate(f"{AUDIO}.currentTime"))


def play(page: Page, start: float = 0) -> None:
    """Play from somewhere, as the browser's own controls would."""
    page.evaluate(f"(start) => {{ {AUDIO}.currentTime = start; return {AUDIO}.play(); }}", start)


def wait(page: Page, condition: str) -> None:
    """Wait until something is true of the sound, called `audio`."""
    page.wait_for_function(f"() => {{ const audio = {AUDIO}; return {condition}; }}")


def test_nothing_plays_until_somebody_presses_play(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.wait_for_timeout(500)
    assert page.evaluate(f"{AUDIO}.paused && {AUDIO}.currentTime === 0")
    play(page)
    wait(page, "audio.currentTime > 0.5 && audio.played.length === 1")


def test_a_chapter_plays_from_its_start_and_is_marked(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.locator(".chapters a").nth(2).click()
    wait(page, "!audio.paused && audio.currentTime > 64.1")
    assert 64 <= time(page) < 74
    assert page.locator(".chapters [aria-current]").inner_text().endswith("Words that can help")
    assert page.locator(".now").inner_text() == "Now: Words that can help"


def test_the_marks_move_on_as_it_plays(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    play(page, 27.5)
    page.locator(".chapters [aria-current]", has_text="Before we begin").wait_for()
    page.locator(".chapters [aria-current]", has_text="Listening first").wait_for()
    page.locator(".transcript span[aria-current]", has_text="What you are hearing").wait_for()
    assert page.locator("[aria-current=true]").count() == 2, "one chapter and one sentence"


def test_words_of_the_transcript_play_from_there(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    words = page.locator(".transcript span", has_text="Ask about the feelings more")
    words.click()
    start = float(words.get_attribute("data-seek") or "nan")
    wait(page, f"!audio.paused && audio.currentTime > {start}")
    assert time(page) < start + 10
    page.locator(".transcript span[aria-current]", has_text="Ask about the feelings").wait_for()


def test_a_time_in_the_transcript_plays_by_keyboard_while_words_are_marked(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.locator("#prompt-1").fill("written")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    page.get_by_role("link", name="Play from 0:48").focus()
    page.keyboard.press("Enter")
    wait(page, "!audio.paused && audio.currentTime > 48")
    assert page.url.endswith(SKIPPABLE), "the page was left, and what was written with it"
    assert page.locator("#prompt-1").input_value() == "written"


def test_marking_words_of_the_transcript_plays_nothing(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    words = page.locator(".transcript span", has_text="My first thought is always")
    words.dblclick(position={"x": 9, "y": 9})
    assert page.evaluate("String(getSelection())")
    page.evaluate(f"{AUDIO}.pause()")  # the first of the two clicks did play
    words.dispatch_event("click")
    assert page.evaluate(f"{AUDIO}.paused")


def test_the_buttons_go_back_and_on(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.evaluate(f"{AUDIO}.currentTime = 60")
    page.get_by_role("button", name="Forward 30 s").click()
    assert time(page) == pytest.approx(90, abs=0.1)
    page.get_by_role("button", name="Back 15 s").click()
    assert time(page) == pytest.approx(75, abs=0.1)
    page.evaluate(f"{AUDIO}.currentTime = 5")
    page.get_by_role("button", name="Back 15 s").click()
    assert time(page) == 0


def test_speed_chosen_before_or_while_playing_is_the_speed_heard(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.get_by_label("Speed").select_option("2")
    play(page, 30)
    wait(page, "audio.currentTime > 31")
    media, clock = page.evaluate(f"""async () => {{
      const now = () => [{AUDIO}.currentTime, performance.now() / 1000];
      const before = now();
      await new Promise((done) => setTimeout(done, 2000));
      const after = now();
      return [after[0] - before[0], after[1] - before[1]];
    }}""")
    assert media / clock == pytest.approx(2, abs=0.3)
    page.evaluate(f"{AUDIO}.playbackRate = 0.75")  # by the browser's own menu
    page.wait_for_function("() => document.querySelector('#speed').value === '0.75'")


def test_the_page_scrolls_with_the_words_only_when_asked(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    play(page, 170)
    page.locator(".transcript span[aria-current]").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 0
    page.locator(".transcript summary").evaluate("(summary) => summary.click()")  # closed
    page.get_by_label("Scroll the transcript as it plays").check()
    play(page, 100)
    page.wait_for_function("() => scrollY > 500")
    assert page.evaluate("""() => {
      const box = document.querySelector(".transcript span[aria-current]").getBoundingClientRect();
      return box.top > 0 && box.bottom < innerHeight;
    }""")


def test_parts_to_be_skipped_are_never_heard(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.get_by_label("Skip these parts automatically").check()
    page.get_by_label("Speed").select_option("2")
    play(page, PARTS[0] - 2)
    wait(page, f"audio.currentTime > {PARTS[1] + 1}")
    heard: list[tuple[float, float]] = page.evaluate(HEARD)
    assert heard[0][0] < PARTS[0] - 1
    for start, end in heard:
        assert end <= PARTS[0] or start >= PARTS[1] - 0.2, heard
    assert not page.evaluate(f"{AUDIO}.paused")


def test_a_part_is_skipped_for_those_who_press_play_in_the_middle_of_it(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.get_by_label("Skip these parts automatically").check()
    play(page, 120)
    wait(page, f"audio.currentTime > {PARTS[1]} && audio.currentTime < {PARTS[1] + 20}")


def test_parts_are_heard_unless_somebody_asked_to_skip_them(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    play(page, PARTS[0] - 1)
    wait(page, f"audio.currentTime > {PARTS[0] + 0.5}")
    assert time(page) < PARTS[0] + 15


def test_an_episode_without_parts_to_skip_offers_no_such_thing(visit: Visit) -> None:
    page = visit(EPISODES[0]).page
    assert page.get_by_label("Skip these parts automatically").count() == 0
    play(page)
    wait(page, "audio.currentTime > 0.3")


def test_what_is_written_stays_while_it_plays(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.locator("#prompt-2").fill("My grandmother put the kettle on.")
    page.locator(".chapters a").nth(3).click()
    wait(page, "audio.currentTime > 98.5")
    page.locator("#prompt-2").press_sequentially(" Twice.")
    assert page.locator("#prompt-2").input_value().endswith("kettle on. Twice.")


def test_listening_and_writing_leave_nothing_behind(
    visit: Visit, example: preview_server.Served
) -> None:
    seen = visit(SKIPPABLE)
    seen.page.locator("#prompt-1").fill("Something of my own.")
    seen.page.get_by_label("Speed").select_option("1.5")
    seen.page.get_by_label("Scroll the transcript as it plays").check()
    play(seen.page, 20)
    wait(seen.page, "audio.currentTime > 23")
    seen.page.reload()
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.evaluate(KEPT) == [0, 0, 0, 0, 0]
    assert seen.page.context.cookies() == []
    assert {method for method, _ in seen.asked} == {"GET"}, "something was sent"
    assert all(link.startswith(example.address) and "?" not in link for _, link in seen.asked)
    assert seen.page.locator("#prompt-1").input_value() == "", "the browser was let keep it"
    assert seen.said == []


def test_save_as_a_file_gives_the_questions_and_what_was_written(visit: Visit) -> None:
    page = visit(SKIPPABLE).page
    page.locator("#prompt-1").fill("“That sounds hard.”\nThen I wait.")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file").click()
    assert saved.value.suggested_filename == "reflection.txt"
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert text.startswith("Listening, and what to say next · Starting the conversation\n\n")
    assert "what might you say instead?\n\n“That sounds hard.”\nThen I wait.\n\n\nThink of" in text
    assert text.count("?") >= 3


def test_print_asks_the_browser_to_print(visit: Visit) -> None:
    page = visit(SKIPPABLE, before="window.print = () => { window.printed = true; }").page
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")


def outside(page: Page) -> None:
    """Answer for the address that "Leave" leads to, so that nothing leaves this computer."""
    page.context.route(
        "https://www.bbc.co.uk/**",
        lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"),
    )


def test_leaving_takes_the_page_out_of_the_history(
    visit: Visit, example: preview_server.Served
) -> None:
    page = visit("index.html").page
    outside(page)
    page.goto(example.address + SKIPPABLE)
    before = page.evaluate("history.length")
    page.get_by_role("link", name="Exit this page").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")
    assert page.evaluate("history.length") == before
    page.go_back()
    assert page.url == example.address + "index.html"


def test_leaving_works_without_javascript(visit: Visit) -> None:
    page = visit(SKIPPABLE, script=False).page
    outside(page)
    page.get_by_role("link", name="Exit this page").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")


def test_the_lock_screen_shows_what_plays(visit: Visit, example: preview_server.Served) -> None:
    page = visit(SKIPPABLE).page
    play(page)
    wait(page, "navigator.mediaSession.metadata !== null")
    told: dict[str, Any] = page.evaluate("""() => {
      const { title, artist, album, artwork } = navigator.mediaSession.metadata;
      return { title, artist, album, art: artwork[0].src };
    }""")
    art = told.pop("art")
    assert told == {
        "title": "Listening, and what to say next",
        "artist": "Earmark example team",
        "album": "Starting the conversation",
    }
    assert art.startswith(example.address + "art/")


def test_the_keys_of_a_headset_go_from_chapter_to_chapter(visit: Visit) -> None:
    page = visit(SKIPPABLE, before=HEADSET).page
    page.evaluate(f"{AUDIO}.currentTime = 40")
    for key, then in (
        ("nexttrack", 64),
        ("previoustrack", 29),
        ("seekforward", 59),
        ("seekbackward", 44),
        ("seekto", 7),
        ("previoustrack", 0),
    ):
        page.evaluate("(key) => window.pressed[key]({ seekTime: 7 })", key)
        assert time(page) == pytest.approx(then, abs=0.1), key


def test_copy_puts_the_address_of_the_feed_on_the_clipboard(
    visit: Visit, example: preview_server.Served
) -> None:
    page = visit("index.html").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("status").get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == example.feed


def test_there_is_no_copy_button_where_the_browser_has_no_clipboard(visit: Visit) -> None:
    nowhere = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
    assert not visit("index.html", before=nowhere).page.locator("[data-copy]").is_visible()
