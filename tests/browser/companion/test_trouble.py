"""What happens to words when the connection, the session, the browser or the server is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.chromium import CHROMIUM, expect, watch
from tests.kit.companion.learner_browser import EPISODE, PATIENCE, Learner, expire
from tests.kit.servers import companion_server, preview_server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Route

    from tests.kit.companion.learner_browser import Arrive
    from tests.kit.servers.companion_server import Accompanied

pytestmark = pytest.mark.slow


def state(learner: Learner) -> Locator:
    """What the page says about the draft."""
    return learner.page.locator(".draft-state")


@pytest.fixture
def learner(arrive: Arrive) -> Learner:
    """Somebody who joined and has a writing page open."""
    joined = arrive(joined=True)
    joined.reflect()
    return joined


def test_a_draft_keeps_itself_and_is_there_after_a_reload(learner: Learner) -> None:
    learner.write("One thing,", "and another.")
    learner.kept()
    learner.page.reload()
    expect(learner.answers.nth(0)).to_have_value("One thing,")
    expect(learner.answers.nth(1)).to_have_value("and another.")
    learner.go()
    drafts = learner.page.locator("section[aria-labelledby=drafts]")
    expect(drafts).to_contain_text("One thing, and another.")
    drafts.get_by_role("link", name="One thing, and another.").click()
    learner.save()
    assert learner.written == ["One thing,", "and another."]
    learner.go()
    assert drafts.count() == 0


def test_a_draft_that_is_thrown_away_stays_away(learner: Learner) -> None:
    learner.write("Not this.")
    learner.kept()
    learner.page.reload()
    learner.write("Not this either.")
    learner.follow("Delete this draft")
    expect(learner.heading).to_have_text("Delete this draft?")
    learner.follow("Cancel")
    expect(learner.answers.nth(0)).to_have_value("Not this either.")
    learner.follow("Delete this draft")
    learner.press("Delete this draft")
    expect(learner.status).to_have_text("Draft deleted.")
    assert learner.page.locator("section[aria-labelledby=drafts]").count() == 0
    learner.reflect()
    expect(learner.answers.nth(0)).to_have_value("")


def test_words_typed_just_before_another_page_is_opened_are_kept(learner: Learner) -> None:
    learner.write("Said in passing.")
    learner.follow("Home")
    expect(learner.heading).to_have_text(re.compile("^Welcome"))
    learner.reflect()
    expect(learner.answers.nth(0)).to_have_value("Said in passing.")


def test_words_typed_just_before_signing_out_are_kept(arrive: Arrive, code: str) -> None:
    learner = arrive()
    phrase = learner.join(code)
    learner.reflect()
    learner.write("Just before I go.")
    learner.press("Sign out")
    expect(learner.heading).to_have_text("A private place to think about what you heard")
    learner.sign_in(phrase)
    learner.reflect()
    expect(learner.answers.nth(0)).to_have_value("Just before I go.")


def test_without_a_connection_words_stay_and_are_kept_once_when_it_is_back(
    learner: Learner,
) -> None:
    learner.write("Before the lift.")
    learner.kept()
    learner.context.set_offline(True)
    learner.write("In the lift.", "No signal.")
    expect(state(learner)).to_contain_text("You are offline")
    learner.press("Save")  # a browser would show its own error, and no word of theirs
    expect(state(learner)).to_contain_text("Your words are still on this page")
    expect(learner.answers.nth(0)).to_have_value("In the lift.")
    asked = len(learner.seen.asked)
    learner.answers.nth(2).press_sequentially("Typed on while nothing answers. " * 3)
    assert len(learner.seen.asked) - asked < 10, "it asks at every key"
    learner.context.set_offline(False)
    learner.kept()
    learner.save("Out of the lift.")
    assert learner.written[:2] == ["Out of the lift.", "No signal."]
    learner.go()
    assert learner.page.locator("section[aria-labelledby=drafts]").count() == 0
    assert len(learner.notes()) == 1


def test_an_answer_that_was_lost_makes_no_second_note(learner: Learner) -> None:
    """The server has saved it, and the browser never heard."""
    written = re.compile("/(reflect|drafts)/")
    learner.write("Only once.")
    learner.page.route(written, lose)
    expect(state(learner)).to_contain_text("You are offline")
    learner.page.unroute(written)
    learner.kept()
    learner.save()
    assert learner.notes() == ["Only once."]


def lose(route: Route) -> None:
    """Let a request arrive, and never its answer."""
    route.fetch()
    route.abort()


def test_the_browser_asks_before_words_that_could_not_be_kept_are_left(learner: Learner) -> None:
    asked = learner.asked()
    learner.context.set_offline(True)
    learner.answers.nth(0).press_sequentially("Not kept.")
    expect(state(learner)).to_contain_text("You are offline")
    with learner.page.expect_event("dialog"):
        pages = learner.page.get_by_role("navigation", name="Main")
        pages.get_by_role("link", name="Home").click(no_wait_after=True)
    expect(learner.answers.nth(0)).to_have_value("Not kept.")
    assert asked == ["beforeunload"]


def test_somebody_who_signed_in_anew_elsewhere_saves_what_an_old_page_holds(
    arrive: Arrive, code: str
) -> None:
    learner = arrive()
    phrase = learner.join(code)
    learner.reflect()
    other = Learner(watch(learner.context), learner.address, script=True)
    other.sign_in(phrase)
    learner.write("On the page that was open.")
    expect(state(learner)).to_contain_text("Press Save")
    learner.press("Save")
    expect(learner.heading).to_have_text("This page was open for too long")
    learner.press("Save")
    expect(learner.status).to_have_text("Saved.")
    assert learner.notes() == ["On the page that was open."]


def test_a_page_that_is_left_open_signs_itself_out_with_its_words_kept(
    arrive: Arrive, code: str
) -> None:
    learner = arrive()
    learner.page.clock.install()
    phrase = learner.join(code)
    learner.reflect()
    learner.write("Called away.")
    learner.page.clock.run_for("00:02")
    learner.kept()
    learner.page.clock.run_for("14:00")
    expect(learner.heading).to_have_text(EPISODE)
    learner.page.clock.run_for("02:00")
    expect(learner.heading).to_have_text("You have been signed out")
    expect(learner.page.locator("main")).to_contain_text("saved as a draft")
    assert not learner.session()
    learner.sign_in(phrase)
    learner.reflect()
    expect(learner.answers.nth(0)).to_have_value("Called away.")


def test_words_that_cannot_be_kept_are_covered_and_not_lost(
    learner: Learner, companion: Accompanied
) -> None:
    learner.page.clock.install()
    expire(companion)
    learner.write("Typed too late.")
    learner.page.clock.run_for("00:05")
    expect(state(learner)).to_contain_text("You have been signed out")
    learner.page.clock.run_for("30:00")
    expect(learner.page.locator(".page")).to_be_hidden()
    expect(learner.page.locator(".cover")).to_contain_text("What you wrote is not saved yet")
    learner.press("Show what I wrote")
    expect(learner.answers.nth(0)).to_be_visible()
    expect(learner.answers.nth(0)).to_have_value("Typed too late.")


def test_a_browser_that_is_killed_loses_nothing_that_was_kept(
    browser: Browser, arrive: Arrive, code: str, companion: Accompanied, tmp_path: Path
) -> None:
    """A process of its own dies of SIGKILL; nothing of it is told to the page."""
    run = [shows.program("chromium"), *CHROMIUM, "--headless", "--remote-debugging-port=0",
           f"--user-data-dir={tmp_path}", "about:blank"]  # fmt: skip
    process = subprocess.Popen(
        run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        doomed = browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port(tmp_path)}")
        learner = Learner(watch(doomed.contexts[0]), companion.address, script=True)
        learner.page.set_default_timeout(PATIENCE)
        phrase = learner.join(code)
        learner.reflect()
        learner.write("Before the power cut.")
        learner.kept()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    again = arrive()
    again.sign_in(phrase)
    again.reflect()
    expect(again.answers.nth(0)).to_have_value("Before the power cut.")


def port(profile: Path) -> int:
    """Return the port that a browser chose for its debugging."""
    file = profile / "DevToolsActivePort"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if file.exists() and (lines := file.read_text(encoding="utf-8").split()):
            return int(lines[0])
        time.sleep(0.05)
    raise AssertionError("the browser did not start")


def test_a_server_that_is_killed_and_started_again_loses_neither_draft_nor_session(
    browser: Browser, example: preview_server.Served, tmp_path: Path
) -> None:
    folder = tmp_path / "companion"
    with companion_server.serve(folder, example.address) as first:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        learner = Learner(watch(context), first.address, script=True)
        learner.join(first.new_code())
        learner.reflect()
        learner.write("Reflection before the crash.")
        learner.kept()
        first.kill()
        learner.write("Reflection before the crash.", "Typed during it.")
        expect(state(learner)).to_contain_text("You are offline")
    with companion_server.serve(folder, example.address):
        learner.kept()
        learner.page.reload()
        assert [field.input_value() for field in learner.answers.all()[:2]] == [
            "Reflection before the crash.",
            "Typed during it.",
        ]
        learner.save()
        assert len(learner.notes()) == 1
    context.close()
