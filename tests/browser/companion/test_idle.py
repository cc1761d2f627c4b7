"""A page that nobody uses: it asks first, then it keeps what was written and signs itself out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.chromium import barriers, expect
from tests.kit.companion.learner_browser import EPISODE

if TYPE_CHECKING:
    from tests.kit.companion.learner_browser import Arrive, Learner

pytestmark = pytest.mark.slow

WORDS = "What only I may read."


@pytest.fixture
def learner(arrive: Arrive) -> Learner:
    """Somebody who joined, in a page whose time a test moves."""
    joined = arrive(joined=True)
    joined.page.clock.install()
    return joined


def test_it_asks_two_minutes_before_and_the_keyboard_answers(learner: Learner) -> None:
    learner.reflect()
    learner.answers.nth(0).focus()
    asked = learner.page.get_by_role("alertdialog", name="Still there?")
    learner.page.clock.run_for("12:50")
    expect(asked).to_be_hidden()
    learner.page.clock.run_for("00:20")
    expect(asked).to_be_visible()
    expect(asked).to_contain_text("We will sign you out in 2 minutes")
    stay = asked.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    assert barriers(learner.page) == []
    with learner.page.expect_request("**/stay"):
        learner.page.keyboard.press("Enter")
    expect(asked).to_be_hidden()
    expect(learner.answers.nth(0)).to_be_focused()
    learner.page.clock.run_for("12:30")
    expect(learner.heading).to_have_text(EPISODE)
    assert learner.session()
    learner.page.clock.run_for("03:00")
    expect(learner.heading).to_have_text("You have been signed out")
    expect(learner.page.locator("main")).not_to_contain_text("draft")
    assert not learner.session()


def test_somebody_who_writes_or_reads_on_is_not_asked_and_stays_signed_in(
    learner: Learner,
) -> None:
    learner.go("notes")
    asked = learner.page.get_by_role("alertdialog")
    for _ in range(4):
        learner.page.clock.run_for("10:00")
        with learner.page.expect_request("**/stay"):
            learner.page.mouse.wheel(0, 10)
        expect(asked).to_be_hidden()
    assert learner.session()


def test_a_note_beside_the_player_is_kept_as_a_draft(learner: Learner) -> None:
    learner.listen()
    learner.page.get_by_label("What do you want to remember?").fill(WORDS)
    learner.page.clock.run_for("15:10")
    expect(learner.page).to_have_url(re.compile("/signed-out"))
    expect(learner.page.locator("main")).to_contain_text("saved as a draft")
    assert WORDS not in learner.page.content()


def test_words_that_cannot_be_kept_are_out_of_sight_until_they_can(learner: Learner) -> None:
    learner.reflect()
    learner.context.set_offline(True)
    learner.answers.nth(0).press_sequentially(WORDS)
    learner.page.clock.run_for("15:10")
    cover = learner.page.locator(".cover")
    expect(cover).to_contain_text("What you wrote is not saved yet")
    expect(learner.page.locator(".page")).to_be_hidden()
    assert barriers(learner.page) == []
    learner.press("Show what I wrote")
    expect(learner.answers.nth(0)).to_have_value(WORDS)
    learner.page.clock.run_for("15:10")
    expect(cover).to_be_visible()
    learner.context.set_offline(False)
    learner.page.clock.run_for("01:00")
    expect(learner.page).to_have_url(re.compile("/signed-out"))
    expect(learner.page.locator("main")).to_contain_text("saved as a draft")
    assert not learner.session()


def test_a_message_that_is_there_when_a_page_opens_has_the_focus(arrive: Arrive) -> None:
    learner = arrive(joined=True)
    learner.reflect()
    learner.page.get_by_label("Time in the episode").fill("half past")
    learner.write(WORDS)
    learner.press("Save")
    expect(learner.page.get_by_role("alert")).to_be_focused()
    learner.page.get_by_label("Time in the episode").fill("")
    learner.press("Save")
    expect(learner.status).to_be_focused()
    expect(learner.status).to_have_text("Saved.")


def test_a_tab_that_nobody_uses_signs_nobody_out_who_is_busy_in_another(learner: Learner) -> None:
    learner.listen()
    other = learner.context.new_page()
    other.goto(f"{learner.address}notes")
    asked = learner.page.get_by_role("alertdialog")
    for _ in range(2):  # the clock is that of both
        learner.page.clock.run_for("13:10")
        expect(asked).to_be_visible()
        other.get_by_role("button", name="Stay signed in").click()
        expect(asked).to_be_hidden()
    expect(learner.heading).to_have_text(EPISODE)
    assert learner.session()
    learner.page.clock.run_for("15:10")
    expect(learner.page).to_have_url(re.compile("/signed-out"))
    expect(other).to_have_url(re.compile("/signed-out"))
