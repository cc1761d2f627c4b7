"""Tests the exit button: it leaves every page with text at once, and going back shows nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.chromium import CHROMIUM, expect, watch
from tests.kit.companion.learner_browser import PATIENCE, SESSION, Learner

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

    from tests.kit.companion.learner_browser import Arrive
    from tests.kit.servers import preview_server
    from tests.kit.servers.companion_server import Accompanied

pytestmark = [pytest.mark.slow, pytest.mark.long(14)]

WORDS = "What only I may read."


def arrived(learner: Learner, example: preview_server.Served) -> None:
    """Expect somebody to be elsewhere, signed out."""
    learner.page.wait_for_url(example.address)
    assert [each["name"] for each in learner.context.cookies()] == []


def goes_back_to_nothing(learner: Learner, times: int = 2) -> None:
    """Press the browser's own button: whatever comes, it holds no word."""
    for _ in range(times):
        learner.page.go_back()
        assert learner.page.url.startswith(learner.address)
        assert WORDS not in learner.page.content()
        assert learner.page.locator("h1:visible").count() == 1
        assert learner.page.locator("form.sign-out").count() == 0


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_every_page_that_takes_text_one_press_ends_the_session_and_wipes_what_is_left(
    arrive: Arrive, code: str, example: preview_server.Served, script: bool
) -> None:
    learner = arrive(script=script)
    phrase = learner.join(code)
    learner.reflect()
    writing = learner.page.url.removeprefix(learner.address)
    note = learner.save(WORDS).removeprefix(learner.address)
    listening = writing.replace("reflect/", "listen/")
    paths = (
        note,
        f"{note}/edit",
        writing,
        listening,
        "notes",
        f"{note}/delete",
        "take-away",
        "phrase",
    )
    for path in paths if script else paths[:5]:
        learner.go(path)
        secret = learner.session()
        assert secret
        learner.follow("Exit this page")
        arrived(learner, example)
        goes_back_to_nothing(learner, 1)
        learner.show_again(secret)
        learner.go("notes")
        expect(learner.heading).to_have_text("Sign in")
        learner.give_phrase(phrase)
        expect(learner.heading).to_have_text("My notes")
    for path in ("join", "sign-in", "desk/sign-in"):
        learner.go(path)
        learner.follow("Exit this page")
        arrived(learner, example)
    answer = learner.context.request.get(f"{learner.address}leave", max_redirects=0)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_the_page_that_gives_words_back_has_the_way_out_too(
    arrive: Arrive, example: preview_server.Served
) -> None:
    learner = arrive(script=False, joined=True)
    learner.reflect()
    learner.context.clear_cookies(name=SESSION)
    learner.write(WORDS)
    learner.press("Save")
    expect(learner.heading).to_have_text("You have been signed out")
    learner.follow("Exit this page")
    arrived(learner, example)


def test_shift_three_times_leaves_and_capital_letters_do_not(
    arrive: Arrive, code: str, example: preview_server.Served
) -> None:
    learner = arrive()
    phrase = learner.join(code)
    learner.reflect()
    learner.answers.nth(0).focus()
    for key in "ABCD":
        learner.page.keyboard.press(f"Shift+{key}")
    expect(learner.answers.nth(0)).to_have_value("ABCD")
    for _ in range(3):
        learner.page.keyboard.press("Shift")
    arrived(learner, example)
    goes_back_to_nothing(learner, 1)
    learner.sign_in(phrase)
    learner.reflect()
    expect(learner.answers.nth(0)).to_have_value("ABCD")


def test_shift_that_chooses_a_keyboard_or_marks_words_leaves_nobody_out(arrive: Arrive) -> None:
    learner = arrive(joined=True)
    learner.reflect()
    here = learner.page.url
    for other in ("Alt", "Control", "Meta"):
        learner.page.keyboard.down(other)
        for _ in range(4):
            learner.page.keyboard.press("Shift")
        learner.page.keyboard.up(other)
    for _ in range(4):
        learner.heading.click(modifiers=["Shift"])
    assert learner.page.locator("body").is_visible()
    assert learner.page.url == here
    assert learner.session()


def test_the_middle_button_leaves_too_and_opens_no_second_page(
    arrive: Arrive, example: preview_server.Served
) -> None:
    learner = arrive(joined=True)
    learner.reflect()
    learner.page.locator(".leave").click(button="middle", no_wait_after=True)
    arrived(learner, example)
    assert len(learner.context.pages) == 1


def test_the_words_typed_last_are_kept_and_nothing_stands_in_the_way(
    arrive: Arrive, code: str, example: preview_server.Served
) -> None:
    learner = arrive()
    phrase = learner.join(code)
    for words in ("First.", "Second.", "Third."):
        learner.reflect()
        learner.write(words)
        learner.follow("Exit this page")
        arrived(learner, example)
        learner.sign_in(phrase)
        learner.reflect()
        expect(learner.answers.nth(0)).to_have_value(words)


def test_a_server_that_does_not_answer_keeps_nobody_and_nothing_is_in_sight_meanwhile(
    arrive: Arrive, example: preview_server.Served
) -> None:
    learner = arrive(joined=True)
    learner.reflect()
    held: list[Route] = []
    learner.page.route("**/drafts/**", lambda route: held.append(route))  # noqa: PLW0108 - playwright writes on it
    learner.write(WORDS)
    learner.page.locator(".leave").click(no_wait_after=True)
    assert not learner.page.locator("body").is_visible()
    learner.page.wait_for_url(example.address, timeout=5000)
    assert len(held) == 1


def test_without_a_connection_nothing_asks_and_the_page_is_gone(arrive: Arrive) -> None:
    learner = arrive(joined=True)
    learner.reflect()
    asked = learner.asked()
    learner.context.set_offline(True)
    learner.answers.nth(0).press_sequentially(WORDS)
    expect(learner.page.locator(".draft-state")).to_contain_text("You are offline")
    learner.page.locator(".leave").click(no_wait_after=True)
    expect(learner.page).to_have_url(re.compile("^chrome-error:"))
    assert asked == []


def test_a_browser_that_keeps_pages_for_going_back_shows_nothing_either(
    browser: Browser, companion: Accompanied, code: str, example: preview_server.Served
) -> None:
    """Playwright switches that off, as no browser of a learner does."""
    program = shows.program("chromium")
    keeping = browser.browser_type.launch(
        executable_path=program,
        args=CHROMIUM,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    try:
        learner = Learner(watch(keeping.new_context()), companion.address, script=True)
        learner.page.set_default_timeout(PATIENCE)
        phrase = learner.join(code)
        learner.reflect()
        note = learner.save(WORDS)
        learner.follow("Exit this page")
        arrived(learner, example)
        goes_back_to_nothing(learner)
        learner.sign_in(phrase)
        learner.page.goto(note)
        learner.press("Sign out")
        expect(learner.heading).to_have_text("A private place to think about what you heard")
        goes_back_to_nothing(learner)
    finally:
        keeping.close()
