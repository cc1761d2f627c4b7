"""The companion in browsers that lack functions, and with scripts that fail anywhere.

What a browser of the last eight years lacks is taken away, one by one and all together, before each
page. A throw is put into a script at many places. Each time words are saved, people can leave and
sign out, and a page that nobody uses clears itself.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.kit import shows
from tests.kit.chromium import expect, watch
from tests.kit.companion.learner_browser import PATIENCE, Learner, complaints
from web import crypto, sessions
from web.accounts import store as accounts
from web.database.engine import Database
from web.reflections import store as reflections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Route

    from tests.kit.servers import preview_server
    from tests.kit.servers.companion_server import Accompanied
    from web.accounts.store import Learner as Account

pytestmark = pytest.mark.slow

DELETED = (
    "AbortController", "AbortSignal", "fetch", "IntersectionObserver", "ResizeObserver",
    "BroadcastChannel", "structuredClone", "queueMicrotask", "requestIdleCallback", "Intl",
    "SubmitEvent", "WeakRef", "MediaMetadata", "HTMLDialogElement",
    "TextEncoder", "ReadableStream", "PointerEvent", "TouchEvent", "visualViewport",
)  # fmt: skip
PROTOTYPES = {
    "HTMLFormElement": ("requestSubmit",),
    "Element": ("replaceChildren", "toggleAttribute", "checkVisibility", "getAnimations"),
    "String": ("replaceAll", "matchAll", "at", "trimEnd"),
    "Array": ("at", "flat", "flatMap", "findLast", "toSorted"),
    "Promise": ("finally",),
    "Navigator": ("sendBeacon", "locks", "clipboard", "mediaSession", "serviceWorker"),
    "Crypto": ("randomUUID", "subtle"),
}
MISSING = {
    **{name: f"delete window.{name};" for name in DELETED},
    **{
        f"{owner}.{name}": f"delete {owner}.prototype.{name};"
        for owner, names in PROTOTYPES.items()
        for name in names
    },
    "AbortSignal.timeout": "delete AbortSignal.timeout;",
    "Promise.allSettled": "delete Promise.allSettled; delete Promise.any;",
    "Object.fromEntries": "delete Object.fromEntries; delete Object.hasOwn;",
    "submitter": "Object.defineProperty(SubmitEvent.prototype, 'submitter', { get() {} });",
    "storage": """for (const name of ["localStorage", "sessionStorage", "indexedDB"])
      Object.defineProperty(window, name, { get() { throw new Error("not allowed"); } });""",
    "keepalive": """{ const plain = window.fetch; window.fetch = (address, options) => {
      if (options && options.keepalive) throw new TypeError("keepalive");
      return plain(address, options); }; }""",
    "URLSearchParams": "window.URLSearchParams = function () { throw new Error('no'); };",
    "Promise of audio": "HTMLMediaElement.prototype.play = function () {};",
}
TOGETHER = " ".join(f"try {{ {each} }} catch (error) {{}}" for each in MISSING.values())
OLD = {
    name: f"try {{ {each} }} catch (error) {{}}"
    for name, each in MISSING.items()
} | {"everything at once": TOGETHER}  # fmt: skip
FULLY = ("AbortSignal", "fetch", "HTMLFormElement.requestSubmit", "submitter", "storage",
         "keepalive", "URLSearchParams", "everything at once")  # fmt: skip
# The others, which cannot hide one another, go together: a browser is dear.
GROUP = 7
ALONE = [*MISSING.keys() - {*FULLY}]
GROUPS = [sorted(ALONE)[at :: len(ALONE) // GROUP] for at in range(len(ALONE) // GROUP)]
CANNOT_DRAFT = {"keepalive", "URLSearchParams", "everything at once"}


class Old(NamedTuple):
    """A learner in such a browser, with an account that the test can look into."""

    learner: Learner
    account: Account
    companion: Accompanied

    def come(self) -> None:
        """Sign in, without the page."""
        now = int(datetime.now(UTC).timestamp())
        database = Database(self.companion.settings.database)
        with database.writing() as connection:
            who = sessions.Who(self.account.id, self.account.key)
            secret = sessions.begin_session(connection, now, who)
        database.close()
        value = base64.urlsafe_b64encode(secret).decode()
        self.learner.show_again(value)

    def kept(self) -> list[tuple[str, bool]]:
        """Return the first words of each note, and whether it is a draft."""
        database = Database(self.companion.settings.database)
        with database.reading() as connection:
            found = [*reflections.every(connection, self.account)]
        database.close()
        return [(each.newest.answers[0][1], bool(each.draft)) for each in found]

    def press(self, name: str) -> None:
        """Press a button; where the script has failed at it, press once more."""
        self.learner.page.get_by_role("button", name=name, exact=True).last.click()

    def saves(self, words: str) -> None:
        self.learner.reflect()
        self.learner.write(words)
        self.press("Save")
        expect(self.learner.page).to_have_url(re.compile("/notes/[0-9a-f]{32}$"))
        assert (words, False) in self.kept()

    def closes(self, words: str) -> None:
        self.learner.reflect()
        self.learner.write(words)
        self.press("Save as draft and close")
        expect(self.learner.page).to_have_url(self.learner.address)
        assert (words, True) in self.kept()

    def leaves(self, elsewhere: str) -> None:
        self.learner.go("notes")
        self.learner.page.locator(".leave").click(no_wait_after=True)
        self.learner.page.wait_for_url(elsewhere)
        assert not self.learner.context.cookies()

    def signs_out(self) -> None:
        self.come()
        self.learner.go("notes")
        self.press("Sign out")
        expect(self.learner.page).to_have_url(self.learner.address)
        assert not self.learner.session()

    def idles(self, words: str) -> None:
        from playwright.sync_api import Error

        self.come()
        self.learner.reflect()
        self.learner.page.clock.install()
        self.learner.page.reload()
        self.learner.write(words)
        for _ in range(6):  # a timer that throws stops the clock of a test, not that of a browser
            with suppress(Error):
                self.learner.page.clock.run_for("05:00")
        expect(self.learner.page).to_have_url(re.compile("/signed-out"))
        assert not self.learner.session()
        assert words not in self.learner.page.content()


@pytest.fixture
def old(browser: Browser, companion: Accompanied) -> Iterator[Old]:
    """Somebody who is signed in; nothing is taken away yet."""
    database = Database(companion.settings.database)
    with database.writing() as connection:
        opened = crypto.Opened(crypto.random(), crypto.random())
        account = accounts.add_learner(connection, opened, datetime.now(UTC).date())
    database.close()
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    made = Old(Learner(watch(context), companion.address, script=True), account, companion)
    made.come()
    yield made
    context.close()


@pytest.mark.parametrize("names", GROUPS, ids=",".join)
def test_words_are_saved_and_people_leave_in_a_browser_without(
    names: list[str], old: Old, example: preview_server.Served
) -> None:
    old.learner.context.add_init_script(" ".join(OLD[name] for name in names))
    old.saves("One thing to try.")
    old.leaves(example.address)
    assert complaints(old.learner.seen) == []


@pytest.mark.parametrize("name", FULLY)
def test_everything_works_in_a_browser_without(
    name: str, old: Old, example: preview_server.Served
) -> None:
    old.learner.context.add_init_script(OLD[name])
    old.saves("One thing to try.")
    old.closes("Called to the ward.")
    old.learner.reflect()
    old.learner.write("Typed and left alone.")
    state = old.learner.page.locator(".draft-state")
    expect(state).to_have_text(
        re.compile("cannot save drafts" if name in CANNOT_DRAFT else "Draft saved")
    )
    old.learner.page.on("dialog", lambda dialog: dialog.accept())
    old.leaves(example.address)
    old.signs_out()
    old.idles("Nobody else reads this.")
    assert ("Nobody else reads this.", True) in old.kept()
    assert complaints(old.learner.seen) == []


# An extension, or a web view, in which pages open and nothing that a script asks arrives.
REFUSED = """window.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
  XMLHttpRequest.prototype.send = function () { this.onerror(); };"""


@pytest.mark.parametrize("without", ["", OLD["fetch"]], ids=["fetch", "XMLHttpRequest"])
def test_words_are_saved_where_pages_open_and_no_script_reaches_the_server(
    without: str, old: Old
) -> None:
    old.learner.context.add_init_script(REFUSED + without)
    page, way = old.learner.page, "Save now"
    for button, is_draft in (("Save", False), ("Save as draft and close", True)):
        words = f"Typed before {button}."
        old.learner.reflect()
        assert not page.get_by_text("cannot reach the server").is_visible()
        old.learner.write(words)
        old.press(button)
        old.press(button)
        expect(page.get_by_text("We cannot reach the server from this page")).to_be_visible()
        old.press(way)
        expect(page).not_to_have_url(re.compile("/reflect/"))
        assert (words, is_draft) in old.kept()
    old.learner.listen()
    page.get_by_label("What do you want to remember?").fill("At this minute.")
    old.press("Save note")
    assert not page.get_by_text("cannot reach the server").is_visible()
    old.press("Save note")
    old.press(way)
    expect(page).to_have_url(re.compile("/notes/[0-9a-f]{32}$"))
    assert ("At this minute.", False) in old.kept()


SEEDS = 6  # places of a script, spread over all of it
FAIL = 'throw new Error("made to fail");'
PLACES = """
const [file, fail] = process.argv.slice(1);
const lines = require("fs").readFileSync(file, "utf8").split("\\n");
const found = [];
for (let at = 1; at < lines.length; at += 1) {
  const text = [...lines.slice(0, at), fail, ...lines.slice(at)].join("\\n");
  try { require("acorn").parse(text, { ecmaVersion: 2019 }); found.push(at); } catch (error) {}
}
console.log(JSON.stringify(found));
"""


def places(script: str) -> list[int]:
    """Return the lines of a script after which a throw can stand."""
    shows.npm("acorn")
    path = shows.ROOT / "web" / "static" / script
    done = subprocess.run(
        [shows.program("node"), "-e", PLACES, str(path), FAIL],
        check=True, capture_output=True, text=True, cwd=shows.ROOT / "tests", timeout=60,
    )  # fmt: skip
    found: list[int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("script", ["exits.js", "app.js"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_a_script_throws_plain_forms_and_links_carry_on(
    script: str, seed: int, old: Old, example: preview_server.Served
) -> None:
    possible = places(script)
    at = possible[(seed * len(possible)) // SEEDS]

    def spoil(route: Route) -> None:
        lines = (shows.ROOT / "web" / "static" / script).read_text(encoding="utf-8").split("\n")
        body = "\n".join([*lines[:at], FAIL, *lines[at:]])
        route.fulfill(body=body, content_type="text/javascript")

    old.learner.context.route(re.compile(f"/static/{script}"), spoil)
    old.learner.page.on("dialog", lambda dialog: dialog.accept())
    old.saves("One thing to try.")
    old.closes("Called to the ward.")
    old.leaves(example.address)
    old.signs_out()
    if script != "exits.js":
        old.idles("Nobody else reads this.")


# The first line that runs after a handler has stopped the browser, and after what it waits for.
STOPPED = {
    "search": ("app.js", "  return post(search.action"),
    "search, later": ("app.js", "    const found = new DOMParser()"),
    "save": ("app.js", "    const button = lastButton = submitter(event);"),
    "save, later": ("app.js", "      say(words.sending);"),
    "leave": ("exits.js", "      leave();"),
    "sign out": ("exits.js", "  if (button) button.disabled = true;"),
    "note": ("moment_note.js", "    said.textContent = said.dataset.saving;"),
}


@pytest.mark.parametrize("act", STOPPED)
def test_what_a_handler_has_stopped_goes_on_if_it_throws(
    act: str, old: Old, example: preview_server.Served
) -> None:
    script, line = STOPPED[act]

    def spoil(route: Route) -> None:
        text = (shows.ROOT / "web" / "static" / script).read_text(encoding="utf-8")
        assert text.count(f"\n{line}") == 1, "the line that was meant"
        body = text.replace(f"\n{line}", f"\n{FAIL}\n{line}")
        route.fulfill(body=body, content_type="text/javascript")

    old.learner.context.route(re.compile(f"/static/{script}"), spoil)
    old.learner.page.on("dialog", lambda dialog: dialog.accept())
    page = old.learner.page
    if act.startswith("search"):
        old.saves("One thing to try.")
        old.learner.go("notes")
        page.get_by_role("searchbox").fill("nothing has this")
        old.press("Search")
        expect(page.locator(".found").first).to_contain_text("nothing has this")
    elif act.startswith("save"):
        old.saves("One thing to try.")
    elif act == "leave":
        old.leaves(example.address)
    elif act == "sign out":
        old.signs_out()
    else:
        old.learner.listen()
        page.get_by_label("What do you want to remember?").fill("At this minute.")
        old.press("Save note")
        expect(page).to_have_url(re.compile("/notes/[0-9a-f]{32}$"))


@pytest.mark.parametrize("script", ["exits.js", "app.js", "player.js", "moment_note.js"])
def test_a_script_that_cannot_be_read_takes_nothing_with_it(
    script: str, old: Old, example: preview_server.Served
) -> None:
    def spoil(route: Route) -> None:
        route.fulfill(
            body='"use strict"; this is of a later language', content_type="text/javascript"
        )

    old.learner.context.route(re.compile(f"/static/{script}"), spoil)
    old.learner.page.on("dialog", lambda dialog: dialog.accept())
    old.saves("One thing to try.")
    old.learner.listen()
    old.learner.page.get_by_label("What do you want to remember?").fill("At this minute.")
    old.press("Save note")
    if script in {"exits.js", "moment_note.js"}:
        expect(old.learner.page).to_have_url(re.compile("/notes/[0-9a-f]{32}$"))
    else:
        expect(old.learner.page.locator(".minute-note [role=status]")).to_have_text("Saved.")
    assert ("At this minute.", False) in old.kept()
    old.leaves(example.address)
    old.signs_out()
