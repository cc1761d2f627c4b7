"""What learners do in the companion with a browser: the same moves with JavaScript and without."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from sqlalchemy import update

from tests.kit.chromium import expect
from web import cookies, crypto, schema, sessions
from web.accounts import store as accounts
from web.database.engine import Database

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Dialog, Locator, Page

    from tests.kit.chromium import Watched
    from tests.kit.servers import companion_server

EPISODE = "Listening, and what to say next"  # of the example; it asks three questions
PATIENCE = 60_000  # milliseconds, on a machine that does much else
SESSION = re.compile("^earmark(-.*)?$")  # the name of its cookie, by port and path
KEPT = "Draft saved"


class Learner(NamedTuple):
    """Somebody with a browser of their own; `address` is the companion's."""

    seen: Watched
    address: str
    script: bool

    @property
    def page(self) -> Page:
        return self.seen.page

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def go(self, path: str = "") -> None:
        self.page.goto(self.address + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def join(self, code: str) -> str:
        """Join, and return the phrase, which is kept."""
        self.go("join")
        self.page.get_by_label("Join code").fill(code)
        self.press("Join and see my five words")
        phrase = self.page.locator("#the-phrase").inner_text()
        self.press("I have saved my five words")
        return phrase

    def give_phrase(self, phrase: str, button: str = "Sign in") -> None:
        self.page.get_by_label("Your phrase").fill(phrase)
        self.press(button)

    def sign_in(self, phrase: str) -> None:
        self.go("sign-in")
        self.give_phrase(phrase)
        expect(self.heading).to_have_text(re.compile("^Welcome"))

    def reflect(self, title: str = EPISODE) -> None:
        """Open the writing page of an episode, from the first page."""
        self.go()
        self.episode(title).get_by_role("link", name="Write a note", exact=True).click()
        self.wait_for_page(title)

    def listen(self, title: str = EPISODE) -> None:
        """Open the page of an episode that plays it, from the first page."""
        self.go()
        self.episode(title).get_by_role("link", name="Listen", exact=True).click()
        self.wait_for_page(title)

    def wait_for_page(self, title: str) -> None:
        """Wait for the page and its deferred scripts, which miss what is typed before them."""
        expect(self.heading).to_have_text(title)
        self.page.wait_for_load_state("domcontentloaded")

    def episode(self, title: str) -> Locator:
        """The row of an episode on the first page."""
        return self.page.locator("section[aria-labelledby=episodes] li").filter(has_text=title)

    def write(self, *answers: str) -> None:
        """Answer the first questions."""
        for place, answer in enumerate(answers):
            self.answers.nth(place).fill(answer)

    def save(self, *answers: str) -> str:
        """Write an answer to each of the first questions, save it, return the note's address."""
        self.write(*answers)
        self.press("Save")
        expect(self.status).to_have_text("Saved.")
        assert re.search("/notes/[0-9a-f]{32}$", self.page.url)
        return self.page.url

    def kept(self) -> None:
        """Wait until the page says that the draft is saved."""
        expect(self.page.locator(".draft-state")).to_have_text(KEPT)

    @property
    def heading(self) -> Locator:
        return self.page.locator("h1")

    @property
    def answers(self) -> Locator:
        return self.page.locator("form.writing textarea")

    @property
    def status(self) -> Locator:
        return self.page.locator(".said")

    @property
    def written(self) -> list[str]:
        """The answers of the note that is shown."""
        return self.page.locator("article .written").all_inner_texts()

    def notes(self) -> list[str]:
        """Return how every saved note begins, the newest first."""
        self.go("notes")
        return self.page.locator(".rows li > p:first-of-type").all_inner_texts()

    def open_note(self, title: str = EPISODE) -> None:
        """Open the first note about an episode from the list that is shown."""
        here = self.page.url
        self.page.locator(".rows li").filter(has_text=title).first.locator("a.title").click()
        self.page.wait_for_url(lambda address: address != here)

    def asked(self) -> list[str]:
        """Return a list of what the browser asks from now on; the answer is always to stay."""
        found: list[str] = []

        def stay(dialog: Dialog) -> None:
            found.append(dialog.type)
            dialog.dismiss()

        self.page.on("dialog", stay)
        return found

    def session(self) -> str:
        """Return the secret of the session, "" where there is none."""
        found = [each for each in self.context.cookies() if SESSION.fullmatch(each["name"])]
        return found[0]["value"] if found else ""

    def show_again(self, secret: str) -> None:
        """Put the cookie of a session back."""
        parts = urlsplit(self.address)
        own = (str(parts.port), parts.path.strip("/"))
        name = "-".join(("earmark", *filter(None, own)))
        self.context.add_cookies([{"name": name, "value": secret, "url": self.address}])


class Arrive(Protocol):
    """Brings one more learner with a fresh browser profile to the companion.

    With `joined` they joined some time ago, and are signed in; nobody needs their phrase.
    """

    def __call__(self, *, script: bool = True, joined: bool = False) -> Learner: ...


def admit(companion: companion_server.Accompanied, context: BrowserContext) -> None:
    """Make an account whose phrase nobody has, and sign a browser in."""
    now = datetime.now(UTC)
    database = Database(companion.settings.database)
    with database.writing() as connection:
        opened = crypto.Opened(crypto.random(), crypto.random())
        learner = accounts.add_learner(connection, opened, now.date())
        who = sessions.Who(learner.id, learner.key)
        secret = sessions.begin_session(connection, int(now.timestamp()), who)
    database.close()
    value = base64.urlsafe_b64encode(secret).decode()
    name = cookies.name_of(cookies.SESSION, companion.settings)
    context.add_cookies([{"name": name, "value": value, "url": companion.address}])


def expire(companion: companion_server.Accompanied) -> None:
    """Let an hour go by since anybody signed in did anything."""
    database = Database(companion.settings.database)
    with database.writing() as connection:
        connection.execute(update(schema.sessions).values(seen=schema.sessions.c.seen - 3600))
    database.close()


# What the browser says of its own accord, of answers that are meant, and of a test that types into
# a field before the summary of what is wrong has its focus.
_EXPECTED = (
    "Failed to load resource:",
    "Clear-Site-Data header on",
    "Autofocus processing was blocked because a document already has a focused element",
)


def complaints(seen: Watched) -> list[str]:
    """Return what a page complained of."""
    return [line for line in seen.said if not line.startswith(_EXPECTED)]
