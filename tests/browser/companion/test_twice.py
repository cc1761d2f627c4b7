"""A button that is pressed twice while the line is slow, with JavaScript and without."""

from __future__ import annotations

import os
import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.kit.chromium import expect
from tests.kit.companion import database_rows
from web.database.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Request

    from tests.kit.companion.learner_browser import Arrive, Learner
    from tests.kit.servers.companion_server import Accompanied

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"]),
]


@contextmanager
def waiting(companion: Accompanied) -> Iterator[None]:
    """Let the server answer nobody until the block ends: what is sent waits in its line."""
    os.killpg(companion.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(companion.process.pid, signal.SIGCONT)


def press_twice(companion: Accompanied, learner: Learner, button: str) -> None:
    """Press a button, and again before there is any answer; with JavaScript it is sent once."""
    page, found = learner.page, learner.page.get_by_role("button", name=button, exact=True)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box
    where = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    posts: list[str] = []

    def note(request: Request) -> None:
        posts.extend([request.url] if request.method == "POST" else [])

    page.on("request", note)
    with waiting(companion):
        for _ in range(2):
            if posts and learner.script:
                page.mouse.click(*where)
                continue
            with page.expect_request(lambda request: request.method == "POST"):
                page.mouse.click(*where)
    page.wait_for_load_state()
    assert len(posts) == (1 if learner.script else 2)


def rows(companion: Accompanied) -> dict[str, int]:
    database = Database(companion.settings.database)
    try:
        return {name: len(found) for name, found in database_rows.contents(database).items()}
    finally:
        database.close()


def test_two_presses_make_one_account_and_its_phrase_is_shown(
    companion: Accompanied, arrive: Arrive, code: str, script: bool
) -> None:
    learner, before = arrive(script=script), rows(companion)
    learner.go("join")
    learner.page.get_by_label("Join code").fill(code)
    press_twice(companion, learner, "Join and see my five words")
    phrase = learner.page.locator("#the-phrase").inner_text()
    assert rows(companion)["learners"] == before["learners"] + 1
    learner.press("I have saved my five words")
    again = arrive(script=script)
    again.sign_in(phrase)


def test_two_presses_make_one_password_and_it_is_shown(
    companion: Accompanied, arrive: Arrive, script: bool
) -> None:
    learner, before = arrive(script=script, joined=True), rows(companion)
    learner.go("connect/gpodder")
    press_twice(companion, learner, "Make a password")
    expect(learner.page.locator("#password")).to_have_text(re.compile(r"[-2-9a-z]{28,}"))
    assert rows(companion)["app_passwords"] == before["app_passwords"] + 1
    learner.go("connect")
    learner.page.get_by_text("Disconnect gPodder").click()
    press_twice(companion, learner, "Disconnect it")
    expect(learner.status).to_have_text(
        "App disconnected. What it has already reported stays in your listening record."
    )


def test_two_presses_delete_everything_and_it_is_said(
    companion: Accompanied, arrive: Arrive, script: bool
) -> None:
    learner = arrive(script=script, joined=True)
    learner.go("delete-everything")
    before = rows(companion)
    press_twice(companion, learner, "Delete everything now")
    expect(learner.heading).to_have_text("Everything has been deleted")
    assert rows(companion)["learners"] == before["learners"] - 1
