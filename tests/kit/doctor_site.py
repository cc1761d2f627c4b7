"""A show that the doctor visits: on loopback, by the preview, with one fault put in its way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from podcast import preview
from podcast.cli import main
from podcast.doctor import run as visit
from podcast.network import messages
from podcast.network.client import Client
from tests.kit.servers.loopback import Quiet, answering

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


NOW = datetime.now(UTC)
MORE = """\
content_note: none
chapters:
  - {start: "0:00", title: One}"""
REFERENCES = 'references:\n  - {{title: A page, kind: guidance, link: "{}page"}}'

Fault = Callable[[Request, Response], None]


class Site:
    """The preview's application, with one fault in its way; `other` stands for other sites."""

    def __init__(self, out: Path, other: str) -> None:
        self.app, self.other, self.address = preview.app(out), other, ""
        self.before: Callable[[WSGIEnvironment], None] | None = None
        self.fault: Fault | None = None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> object:
        if self.before:
            self.before(environ)
        response = Response.from_app(self.app, environ, buffered=True)
        response.automatically_set_content_length = False
        response.headers.pop("Cross-Origin-Resource-Policy", None)
        response.headers["Access-Control-Allow-Origin"] = "*"  # a host sends it, a preview does not
        if response.mimetype in {"application/rss+xml", "text/html", "application/json"}:
            data = response.get_data().replace(b"https://creativecommons.org/", self.other.encode())
            if environ["REQUEST_METHOD"] != "HEAD" and response.status_code == 200:
                replace(response, data)
        if self.fault:
            self.fault(Request(environ), response)
        return response(environ, start)


def replace(response: Response, data: bytes) -> None:
    response.set_data(data)
    response.headers["Content-Length"] = str(len(data))


@contextmanager
def served(app: object, tls: tuple[str, str] | None = None) -> Iterator[str]:
    """Serve an application until the block ends, and say where."""
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=tls)  # type: ignore[arg-type] # the middleware is one
    server.log = lambda *_: None  # type: ignore[method-assign]
    with answering(server) as address:
        yield address.replace("http", "https") if tls else address


def look(
    address: str, *, links: bool = True, patience: float = 20, each: bool = False
) -> list[tuple[str, str, str]]:
    """Visit a show, and return (where, level, rule) of every finding."""
    client = Client(private=True, patience=patience)
    try:
        seen = visit.visit_show(address, NOW, Quiet(), client, links=links)
    finally:
        client.close()
    return [(found.path, found.level, found.key) for found in seen.findings(each=each)]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *words])


def header(place: str, name: str, value: str | None, method: str = "", ending: str = "") -> Fault:
    """Send another header, or none, with what lies at a place."""

    def fault(request: Request, response: Response) -> None:
        here = request.path.startswith(place) and request.path.endswith(ending)
        if here and method in {"", request.method}:
            response.headers.pop(name, None)
            if value is not None:
                response.headers[name] = value

    return fault


def status(place: str, number: int, *methods: str) -> Fault:
    """Answer with a status, to these methods or to all."""

    def fault(request: Request, response: Response) -> None:
        if request.path.startswith(place) and (not methods or request.method in methods):
            response.status_code = number

    return fault


def body(place: str, data: bytes | Callable[[bytes], bytes], kind: str = "") -> Fault:
    """Send other bytes."""

    def fault(request: Request, response: Response) -> None:
        if request.path.startswith(place) and response.status_code == 200:
            if request.method != "HEAD":
                replace(response, data(response.get_data()) if callable(data) else data)
            if kind:
                response.headers["Content-Type"] = kind

    return fault


def part(name: str, value: str) -> Fault:
    """Say something else of a part of a recording."""

    def fault(request: Request, response: Response) -> None:
        if response.status_code == 206 and request.path.startswith("/media/"):
            response.headers[name] = value

    return fault


def from_the_beginning(_request: Request, response: Response) -> None:
    if response.status_code == 206:
        response.set_data(b"ID3 the beginning of a file, whatever was asked for" * 20)
        response.set_data(response.get_data()[: int(response.headers["Content-Length"])])


def redirected(times: int, to: str = "") -> Fault:
    """Lead to recordings by way of so many redirects."""

    def fault(request: Request, response: Response) -> None:
        step = request.args.get("step", 0, int)
        if request.path.startswith("/media/") and step < times:
            response.status_code = 302
            response.headers["Location"] = to or f"{request.path}?step={step + 1}"

    return fault


def packed_always(request: Request, response: Response) -> None:
    if request.path == "/static/site.css":
        response.headers["Content-Encoding"] = "gzip"


FEED, MEDIA, ART, VTT, JSON = "/feed.xml", "/media/", "/art/", "/transcripts/", "/chapters/"
SHOW = "https://podcast.example.org/night/"


def media(site: Site, number: int) -> str:
    """Return the name of a recording below the show."""
    client = Client(private=True)
    data = client.fetch(messages.Request(f"{site.address}feed.xml")).body.decode()
    client.close()
    found = re.search(rf"media/0{number}[^\"]+", data)
    assert found
    return found[0]


def rss(channel: str) -> bytes:
    return f"<rss version='2.0'><channel>{channel}</channel></rss>".encode()
