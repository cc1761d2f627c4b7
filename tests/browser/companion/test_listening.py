"""Does what is heard agree with what was played? Real sound, a real browser, the real server."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.chromium import expect
from tests.kit.companion.learner_browser import EPISODE, expire

if TYPE_CHECKING:
    from tests.kit.companion.learner_browser import Arrive, Learner
    from tests.kit.servers.companion_server import Accompanied

pytestmark = [pytest.mark.slow, pytest.mark.long(13)]

PLAY = "document.querySelector('audio').play()"
PAUSE = "document.querySelector('audio').pause()"
PLAYED = """() => {
  const played = document.querySelector("audio").played;
  const parts = [...Array(played.length).keys()];
  return parts.reduce((sum, i) => sum + played.end(i) - played.start(i), 0);
}"""
AT = "document.querySelector('audio').currentTime"


def record(learner: Learner) -> None:
    learner.listen()
    learner.press("Turn on my listening record")
    expect(learner.page.get_by_role("button", name="Turn on my listening record")).to_have_count(0)
    # That is so as well while the page that comes next is still empty.
    learner.page.wait_for_selector("audio", state="attached")
    learner.page.wait_for_load_state()


def play(learner: Learner, seconds: float, *, start: float | None = None, rate: float = 1) -> None:
    """Play for so many seconds of the clock, once it really plays."""
    page = learner.page
    page.evaluate(f"document.querySelector('audio').playbackRate = {rate}")
    if start is not None:
        page.evaluate(f"document.querySelector('audio').currentTime = {start}")
    page.evaluate(PLAY)
    begun = page.evaluate(AT)
    page.wait_for_function(f"() => {AT} > {begun} + {seconds * rate}")


def told(learner: Learner) -> None:
    """Pause, and wait until the companion has it."""
    with learner.page.expect_response(lambda answer: answer.url.endswith("/heard")) as answer:
        learner.page.evaluate(PAUSE)
    assert answer.value.status == 204


def heard(learner: Learner) -> dict[str, Any]:
    """Return what the learner's own file says of the episode."""
    learner.go("take-away")
    with learner.page.expect_download() as download:
        learner.press("Download my notes")
    packed = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    rows = json.loads(packed.read("notes.json"))["heard"]
    found = [row for row in rows if row["episode"]["title"] == EPISODE]
    return found[0] if found else {"heard_seconds": 0.0}


def test_nothing_is_remembered_until_a_learner_says_so(arrive: Arrive, code: str) -> None:
    alice = arrive()
    alice.join(code)
    alice.listen()
    play(alice, 1)
    alice.page.evaluate(PAUSE)
    assert not [link for _, link in alice.seen.asked if link.endswith("/heard")]
    assert heard(alice) == {"heard_seconds": 0.0}


def test_heard_is_what_was_played_through_seeks_speeds_and_pauses(
    arrive: Arrive, code: str
) -> None:
    alice = arrive()
    alice.join(code)
    record(alice)
    play(alice, 3)
    play(alice, 2, start=60)
    alice.page.evaluate(PAUSE)
    alice.page.wait_for_timeout(500)
    play(alice, 2, start=100, rate=2)
    play(alice, 2, start=60, rate=1)  # again
    told(alice)
    played = alice.page.evaluate(PLAYED)
    found = heard(alice)
    assert found["heard_seconds"] == pytest.approx(played, abs=1)
    assert found["played_seconds"] == pytest.approx(played + 2, abs=1.5), "again counts too"


def test_two_tabs_count_once_and_navigation_and_a_closed_tab_lose_nothing(
    arrive: Arrive, code: str
) -> None:
    alice = arrive()
    alice.join(code)
    record(alice)
    other = alice.context.new_page()
    other.goto(alice.page.url)
    other.evaluate("document.querySelector('audio').muted = true")
    other.evaluate(PLAY)
    play(alice, 3, start=0)
    other.wait_for_function(f"() => {AT} > 3")
    other.close(run_before_unload=True)
    alice.go()  # away, while it plays
    found = heard(alice)
    assert found["heard_seconds"] == pytest.approx(3.5, abs=1.5)
    assert found["played_seconds"] == pytest.approx(2 * found["heard_seconds"], abs=1.5)


def test_a_lost_connection_is_told_later(arrive: Arrive, code: str) -> None:
    alice = arrive()
    alice.join(code)
    record(alice)
    play(alice, 2)
    alice.context.set_offline(True)
    play(alice, 2)
    alice.page.evaluate(PAUSE)
    expect(alice.page.locator(".recording")).to_contain_text("You are offline")
    with alice.page.expect_response(lambda answer: answer.url.endswith("/heard")):
        alice.context.set_offline(False)
    expect(alice.page.locator(".recording")).to_have_text("")
    played = alice.page.evaluate(PLAYED)
    assert heard(alice)["heard_seconds"] == pytest.approx(played, abs=1)


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_a_report_that_is_refused_is_kept_and_sent_again(
    arrive: Arrive, code: str, status: int
) -> None:
    alice = arrive()
    alice.join(code)
    record(alice)
    alice.page.route("**/heard", lambda route: route.fulfill(status=status))
    play(alice, 2)
    alice.page.evaluate(PAUSE)
    expect(alice.page.locator(".recording")).to_contain_text("not saved yet")
    alice.page.unroute("**/heard")
    play(alice, 2)
    alice.page.evaluate(PAUSE)
    expect(alice.page.locator(".recording")).to_have_text("")
    played = alice.page.evaluate(PLAYED)
    assert heard(alice)["heard_seconds"] == pytest.approx(played, abs=1)


def test_a_recording_outlives_the_sign_out_and_keeps_nobody_signed_in(
    arrive: Arrive, code: str, companion: Accompanied
) -> None:
    alice = arrive()
    phrase = alice.join(code)
    record(alice)
    play(alice, 1)
    expire(companion)
    play(alice, 2)
    told(alice)
    played = alice.page.evaluate(PLAYED)
    alice.go("notes")
    expect(alice.heading).to_have_text("Sign in")
    alice.give_phrase(phrase)
    assert heard(alice)["heard_seconds"] == pytest.approx(played, abs=1)


def test_another_device_goes_on_where_this_one_was(arrive: Arrive, code: str) -> None:
    alice, phone = arrive(), arrive()
    phrase = alice.join(code)
    record(alice)
    play(alice, 1, start=75)
    told(alice)
    at = alice.page.evaluate(AT)
    phone.sign_in(phrase)
    expect(phone.page.get_by_text("Pick up where you left off")).to_be_visible()
    phone.follow("Carry on listening")
    play(phone, 1)
    told(phone)
    assert phone.page.evaluate(AT) == pytest.approx(at + 1, abs=1.5)
    assert heard(phone)["heard_seconds"] == pytest.approx(2, abs=1)


def test_a_note_to_the_minute_does_not_stop_the_sound(arrive: Arrive, code: str) -> None:
    alice = arrive()
    alice.join(code)
    alice.listen()
    play(alice, 1, start=65)
    alice.page.get_by_label("What do you want to remember?").fill("Ask, then wait.")
    alice.press("Save note")
    expect(alice.page.locator(".minute-note [role=status]")).to_have_text("Saved.")
    assert not alice.page.evaluate("document.querySelector('audio').paused")
    assert alice.notes() == ["Ask, then wait."]
    assert "at 1:0" in alice.page.locator(".rows").inner_text()


def test_switching_off_deletes_and_saying_elsewhere_counts_as_nothing_else(
    arrive: Arrive, code: str
) -> None:
    alice = arrive()
    alice.join(code)
    record(alice)
    play(alice, 1)
    told(alice)
    alice.press("I listened somewhere else")
    expect(alice.page.locator("#known + ul")).to_contain_text("you listened somewhere else")
    found = heard(alice)
    assert 0 < found["heard_seconds"] < 10, "not all of it"
    assert found["said_listened_elsewhere_on"]
    alice.listen()
    sure = alice.page.get_by_role("button", name="Turn off and delete", exact=True)
    expect(sure).to_be_hidden()
    alice.page.get_by_text("Turn off my listening record", exact=True).click()
    sure.click()
    expect(alice.page.get_by_role("button", name="Turn on my listening record")).to_be_visible()
    assert heard(alice) == {"heard_seconds": 0.0}


def test_without_javascript_it_plays_and_remembers_nothing(arrive: Arrive, code: str) -> None:
    alice = arrive(script=False)
    alice.join(code)
    record(alice)
    assert alice.page.locator("audio[controls]").is_visible()
    alice.page.get_by_label("What do you want to remember?").fill("Wait longer.")
    alice.page.get_by_role("textbox", name="Time in the episode").fill("1:05")
    alice.press("Save note")
    expect(alice.status).to_have_text("Saved.")
