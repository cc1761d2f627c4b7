"""A visitor of the companion: a browser without JavaScript, which keeps cookies and fills in forms.

It visits an application in this process or a server by HTTP; what it did is told in the same verbs.
"""

from __future__ import annotations

import html
import http.client
import io
import re
import secrets
import sys
import zipfile
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import quote, unquote_to_bytes, urlencode, urlsplit

from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

PATIENCE = 300  # seconds for an answer, on a machine that does much else
FORM = "application/x-www-form-urlencoded"
JSON = {"Accept": "application/json"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Answer(NamedTuple):
    """What came back, with every header as it was sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; what is packed in it is unpacked."""
        if not self.body.startswith(b"PK"):
            return self.body.decode()
        with zipfile.ZipFile(io.BytesIO(self.body)) as packed:
            return "\n".join(packed.read(name).decode() for name in packed.namelist())

    @property
    def location(self) -> str:
        return self.header("Location")

    @property
    def everything(self) -> str:
        """Headers and body, so that one look finds a word anywhere."""
        return "\n".join(f"{name}: {value}" for name, value in self.headers) + "\n\n" + self.text

    def header(self, name: str) -> str:
        """Return a header, "" where it was not sent."""
        found = [value for each, value in self.headers if each.lower() == name.lower()]
        assert len(found) <= 1 or name.lower() == "set-cookie", f"{name} was sent twice"
        return found[0] if found else ""

    def field(self, name: str) -> str:
        """Return the value of a field in the page's forms."""
        found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', self.text)
        assert found, f"no field {name}: {self.status} {self.text}"
        return html.unescape(found[1])


class Ask(Protocol):
    """How a request goes out; `path` is quoted already, and may have a query."""

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer: ...


def inside(app: Flask, address: str = "203.0.113.7") -> Ask:
    """Ask an application in this process, from an address."""

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        place, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "QUERY_STRING": query,
            "PATH_INFO": unquote_to_bytes(place).decode("latin-1"),
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8090", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": address, "HTTP_HOST": "127.0.0.1:8090",
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }  # fmt: skip
        if body:
            environ["CONTENT_LENGTH"] = str(len(body))
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        found, status, told = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        return Answer(int(status.split()[0]), list(told.items()), b"".join(found))

    return ask


class Line:
    """A line to a server that stays open, and is opened again where the server closed it."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._open: http.client.HTTPConnection | None = None

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        if method == "GET" and self._open:
            with suppress(http.client.RemoteDisconnected):  # closed while nobody asked: once more
                return self._ask(method, path, headers, body)
        return self._ask(method, path, headers, body)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._open = self._open or http.client.HTTPConnection(self._host, timeout=PATIENCE)
        try:
            self._open.request(method, path, body or None, dict(headers))
            answer = self._open.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        finally:
            if self._open and self._open.sock is None:
                self._open = None

    def close(self) -> None:
        if self._open:
            self._open.close()
        self._open = None

    __del__ = close  # a browser that is thrown away hangs up


class Visitor:
    """Somebody with a browser; `prefix` is the path under which the companion lives."""

    def __init__(self, ask: Ask, prefix: str = "") -> None:
        self.ask = ask
        self.prefix = prefix
        self.cookies: dict[str, tuple[str, str]] = {}  # name: (value, path)
        self._token = ""

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send a request with the cookies of its path, or its own; keep those that come back."""
        place = self.prefix + path
        kept = {
            name: value for name, (value, where) in self.cookies.items() if place.startswith(where)
        }
        given = dict(headers or {})
        if kept and "Cookie" not in given:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
        answer = self.ask(method, place, given, body)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self._keep(value)
        if found := _TOKEN.search(answer.body.decode("utf-8", "replace")):
            self._token = html.unescape(found[1])
        return answer

    def _keep(self, said: str) -> None:
        for name, morsel in SimpleCookie(said).items():
            if morsel.value and morsel["max-age"] != "0":
                self.cookies[name] = (morsel.value, morsel["path"] or "/")
            else:
                self.cookies.pop(name, None)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.send("GET", path, headers)

    def post(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
    ) -> Answer:
        """Send a form with the token of the page seen last; `token` sends another, "" none."""
        sent = dict(fields or {})
        if token is None:
            token = self.token()
        if token:
            sent["csrf_token"] = token
        sent.setdefault("once", secrets.token_urlsafe(32))
        given = {"Content-Type": FORM, **(headers or {})}
        return self.send("POST", path, given, urlencode(sent).encode())

    def token(self) -> str:
        """Return a token for forms, from a page that everybody can see where none was seen."""
        if not self._token:
            self.get("/sign-in")
        return self._token

    def follow(self, answer: Answer) -> Answer:
        """Go where an answer leads."""
        assert 300 < answer.status < 400, f"{answer.status}: {answer.text}"
        assert answer.location.startswith(f"{self.prefix}/"), answer.location
        return self.get(answer.location.removeprefix(self.prefix))

    def join(self, code: str) -> str:
        """Join with a code, and say that the phrase is kept; return it."""
        phrase = self.begin_to_join(code)
        assert self.keep_phrase().status == 303
        return phrase

    def keep_phrase(self) -> Answer:
        """Say that the phrase is kept which the page shows."""
        return self.post("/phrase/kept", {"shown": self.get("/phrase").field("shown")})

    def begin_to_join(self, code: str) -> str:
        """Join with a code; return the phrase, which waits to be kept."""
        self._token = ""
        page = self.follow(self.post("/join", {"join-code": code}))
        found = re.search(r'id="the-phrase">([^<]+)<', page.text)
        assert found, page.text
        self._token = page.field("csrf_token")
        return html.unescape(found[1])

    def sign_in(self, phrase: str) -> Answer:
        answer = self.post("/sign-in", {"phrase": phrase})
        self._token = ""  # a new session has new tokens
        return answer

    def sign_out(self) -> Answer:
        answer = self.post("/sign-out")
        self._token = ""
        return answer

    def sheet(self, guid: str) -> dict[str, str]:
        """Open the page that takes text; return its form, without answers."""
        page = self.get(f"/reflect/{quote(guid, safe='')}")
        assert page.status == 200, page.text
        names = ("id", "version", "page", "model", "question-1")
        return {name: page.field(name) for name in names}

    def save(self, guid: str, words: str) -> str:
        """Save a note about an episode; return its id."""
        sent = form(words)
        answer = self.post(f"/reflect/{quote(guid, safe='')}", sent)
        assert answer.status == 303, f"{answer.status}: {answer.text}"
        return answer.location.rpartition("/")[2]

    def draft(self, guid: str, sent: Mapping[str, str]) -> Answer:
        """Keep a draft, as the page's script does."""
        return self.post(f"/drafts/{quote(guid, safe='')}", sent, JSON)


def form(words: str, id_: str = "", question: str = "What?", **changes: str) -> dict[str, str]:
    """Return what the page that takes text sends, with words under one question."""
    return {
        "id": id_ or secrets.token_hex(16), "version": "0", "page": secrets.token_hex(16),
        "model": "what", "minute": "", "question-1": question, "answer-1": words,
    } | changes  # fmt: skip
