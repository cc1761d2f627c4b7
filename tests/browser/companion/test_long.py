"""A recording of forty minutes, heard whole on a page that nobody touches any more."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.chromium import expect, watch
from tests.kit.companion.learner_browser import Learner, admit, complaints
from tests.kit.servers import companion_server, preview_server
from web import crypto
from web.database.engine import Database
from web.listening import coverage
from web.listening.rules import Sitting
from web.schema import coverage as kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Route

    from tests.kit.servers.companion_server import Accompanied

pytestmark = [pytest.mark.slow, pytest.mark.long(1)]

LENGTH = 40 * 60  # seconds
RATE = 16  # the highest that Chromium plays: two and a half minutes; by hand also 1, with 15 idle
IDLE = 1  # minutes until a page signs itself out


@pytest.fixture
def show(tmp_path: Path, cover: Path) -> Iterator[preview_server.Served]:
    """A show of one long recording, served."""
    folder = tmp_path / "show"
    folder.mkdir()
    (folder / "show.md").write_text(shows.SHOW, encoding="utf-8")
    (folder / "cover.jpg").write_bytes(cover.read_bytes())
    options = ("-ac", "1", "-ar", "44100", "-b:a", "32k")
    shows.add_episode(folder, 1, shows.sound(tmp_path / "long.mp3", LENGTH, options, volume=1.45))
    with preview_server.serve("preview", folder) as served:
        yield served


@pytest.fixture
def companion(tmp_path: Path, show: preview_server.Served) -> Iterator[Accompanied]:
    folder = tmp_path / "companion"
    companion_server.make(folder, preview_server.free_port())
    path = folder / "settings.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"idle_minutes = {IDLE}\n{text}", encoding="utf-8")
    with companion_server.serve(folder, show.address) as running:
        yield running


def opened_earlier(companion: Accompanied, route: Route) -> None:
    """Let a page have been opened an hour ago: so much cannot be played in less."""
    key = crypto.part(companion.settings.secrets.key, "listening")
    said = json.loads(route.request.post_data or "")
    sitting = Sitting.load(crypto.unseal(key, base64.urlsafe_b64decode(said["token"]), "listening"))
    sitting = sitting._replace(since=sitting.since - 3600, started=sitting.started - 3600)
    sealed = crypto.seal(key, sitting.dump(), "listening")
    said["token"] = base64.urlsafe_b64encode(sealed).decode()
    route.continue_(post_data=json.dumps(said))


def heard(companion: Accompanied) -> float:
    """Return the seconds heard by the only learner."""
    database = Database(companion.settings.database)
    with database.reading() as connection:
        runs = [coverage.unpack(row.runs) for row in connection.execute(kept.select())]
    database.close()
    return sum(map(coverage.seconds, runs))


def test_forty_minutes_are_heard_whole_long_after_the_page_signed_itself_out(
    browser: Browser, companion: Accompanied
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    admit(companion, context)
    learner = Learner(watch(context), companion.address, script=True)
    page = learner.page
    learner.listen("Talk A")
    learner.press("Turn on my listening record")
    expect(page.locator(".recording")).to_be_attached()
    page.route("**/heard", lambda route: opened_earlier(companion, route))
    page.evaluate(f"document.querySelector('audio').playbackRate = {RATE}")
    page.evaluate("document.querySelector('audio').play()")
    began = time.monotonic()
    expect(page.locator(".private")).to_be_hidden(timeout=(IDLE * 60 + 30) * 1000)
    signed_out = time.monotonic() - began
    assert not page.evaluate("document.querySelector('audio').paused"), "the sound goes on"
    assert learner.session() == ""
    rest = LENGTH / RATE
    page.wait_for_function("() => document.querySelector('audio').ended", timeout=rest * 2000)
    page.wait_for_url(re.compile(r"/signed-out$"), timeout=30_000)
    # A busy browser tells where it is every quarter of a second of the clock, here four of sound.
    assert heard(companion) == pytest.approx(LENGTH, abs=RATE / 4)
    print(f"signed out after {signed_out:.0f} s, heard {heard(companion):.1f} s")  # noqa: T201
    assert complaints(learner.seen) == []
    context.close()
