"""A lead at the desk: their browser, what opens it, and a clock that the test moves."""

from __future__ import annotations

import base64
import html
import re
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tests.kit.companion.database_rows import NOW
from web.desk import invitations, store, two_factor

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from web.companion import Companion


PASSWORD = "a long night shift"  # noqa: S105 - only the tests use it
OTHER = "another long night"
SHORT = "eleven-long"
WEEK = timedelta(days=7)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())


class Browser:
    """Somebody's browser: it keeps cookies, and sends the forms that it was shown."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.text = ""

    def get(self, path: str) -> TestResponse:
        return self._read(self.client.get(path))

    def post(self, path: str, **fields: str) -> TestResponse:
        token = self.field("csrf_token")
        once = self.field("once") or secrets.token_urlsafe(32)
        sent = {"csrf_token": token, "once": once} | fields
        return self._read(self.client.post(path, data=sent))

    def _read(self, response: TestResponse) -> TestResponse:
        if response.status_code != 303:
            self.text = response.get_data(as_text=True)
        return response

    def field(self, name: str) -> str:
        found = re.search(f'name="{name}" [^>]*?value="([^"]*)"', self.text)
        return html.unescape(found[1]) if found else ""

    def shown(self) -> str:
        """Return the page without the token of its forms, which is another each second."""
        return re.sub('name="(csrf_token|once)" value="[^"]*"', "", self.text)

    def secret(self) -> bytes:
        """Read the key for an app off the page."""
        found = re.search('<code class="key">([A-Z2-7 ]+)</code>', self.text)
        assert found
        return base64.b32decode(found[1].replace(" ", ""))


class Place(NamedTuple):
    """A companion that was begun, its clock, and what is asked of it without a browser."""

    companion: Companion
    clock: Clock
    client: FlaskClient

    def browser(self) -> Browser:
        return Browser(self.client.application.test_client())

    def link(self, name: str | None = None) -> str:
        found = self.companion
        whole = invitations.invite(found.database, found.settings, self.clock.now, name)
        return whole.removeprefix("http://localhost/notes")

    def lead(self, name: str = "Charlie") -> tuple[Browser, bytes]:
        """Take an invitation: a browser that is signed in, and the key of the app."""
        browser, link = self.browser(), self.link()
        browser.get(link)
        secret = browser.secret()
        assert self.accept(browser, link, secret, name).status_code == 303
        return browser, secret

    def accept(
        self, browser: Browser, link: str, secret: bytes, name: str = "", password: str = PASSWORD
    ) -> TestResponse:
        return browser.post(
            link,
            offer=browser.field("offer"),
            name=name,
            password=password,
            code=self.code(secret),
        )

    def code(self, secret: bytes) -> str:
        return two_factor.code_at(secret, self.clock.seconds // 30)

    def sign_in(self, browser: Browser, name: str, password: str, code: str) -> TestResponse:
        browser.get("/desk/sign-in")
        return browser.post("/desk/sign-in", name=name, password=password, code=code)


def make(place: Place, browser: Browser, **terms: str) -> str:
    """Make a code at the desk; return its id."""
    browser.get("/desk/")
    sent = {"expires": browser.field("expires"), "uses": browser.field("uses")} | terms
    assert browser.post("/desk/codes", **sent).status_code == 303
    with place.companion.database.reading() as connection:
        return store.every_code(connection)[0].id
