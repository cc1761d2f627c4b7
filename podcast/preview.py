"""Serves a built show on this computer as a good host would, with its URLs rewritten.

HEAD, byte ranges, conditional requests and exact types; the show is built again when a file
changes. For one person on their own computer, never for the public.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from flask import Flask, Response, request, send_file
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.security import safe_join
from werkzeug.serving import make_server

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.model import NO_ADDRESS
from episodes.show_folder.real_paths import real_path
from feed import index_page
from podcast import preview_rebuild
from podcast.publishing import http_headers
from podcast.show_folder import read_only_copy, show_lock
from podcast.terminal import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from werkzeug.wrappers import Response as Answer

REWRITTEN = {".xml", ".html", ".json", ".css"}
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
LAST_PORT = 65_535
_QR = b'<div class="qr"'  # in feed/templates/index.html; only the drawing is inside


def app(out: Path) -> Flask:
    """Return the application that serves a built folder."""
    server = Flask(__name__, static_folder=None)
    server.url_map.redirect_defaults = False  # index.html is a file like any other

    @server.get("/", defaults={"name": site_layout.INDEX})
    @server.get("/<path:name>")
    def file(name: str) -> Answer:
        path = safe_join(str(out), name)
        hidden = "/." in f"/{name}" or name.endswith("/")
        if path is None or hidden or not Path(path).is_file():
            return _not_found(out)
        return _answer(out, Path(path))

    @server.after_request
    def close_to_others(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Resource-Policy"] = _policy()
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.pop("Date", None)  # the server says it, and once is enough
        return response

    return server


def _not_found(out: Path) -> Response:
    """Return the show's own page for this, as a server would."""
    page = out / site_layout.NOT_FOUND
    if not page.is_file():
        return Response("Page not found", 404, content_type="text/plain; charset=utf-8")
    data = rewrite(page.read_bytes(), _address(out), f"http://{request.host}/")
    return Response(data, 404, content_type="text/html; charset=utf-8")


def _policy() -> str:
    """Return who may use an answer: a companion at another port of this computer may play it.

    "same-site" would not do: for that policy, browsers take addresses of numbers for no site.
    """
    asked = request.headers.get("Sec-Fetch-Site"), request.headers.get("Sec-Fetch-Dest")
    played = asked[0] == "same-site" and asked[1] in {"audio", "video", "image"}
    return "cross-origin" if played else "same-origin"


def _answer(out: Path, path: Path) -> Answer:
    kind = http_headers.choose_headers(path.relative_to(out).as_posix()).content_type
    if path.suffix not in REWRITTEN:
        answer = send_file(path, mimetype=kind, conditional=True, max_age=0)
        answer.headers["Content-Type"] = kind  # send_file adds a second charset to text
        return answer
    data = rewrite(path.read_bytes(), _address(out), f"http://{request.host}/")
    response = Response(data, content_type=kind)
    response.add_etag()
    return response.make_conditional(request, accept_ranges=True, complete_length=len(data))


def _address(out: Path) -> str:
    try:
        document = json.loads((out / site_layout.CATALOGUE).read_bytes())
        return str(document["show"]["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return NO_ADDRESS


def rewrite(data: bytes, address: str, own_address: str) -> bytes:
    """Replace the show's own address by this computer's, however it is written."""
    for before, after in (
        (address, own_address),
        (quote(address, safe=""), quote(own_address, safe="")),
        ("//" + address.split("://")[1], "//" + own_address.split("://")[1]),
        ("subscribe/" + address.split("://")[1], "subscribe/" + own_address.split("://")[1]),
    ):
        data = data.replace(before.encode(), after.encode())
    opening = data.find(_QR)
    start = data.find(b">", opening) + 1
    end = data.find(b"</div>", start)
    if opening < 0 or start == 0 or end < 0:
        return data
    return data[:start] + index_page.qr(own_address).encode() + data[end:]


class OwnNames:
    """Answers only requests that name this computer, and none that a page elsewhere makes.

    A page that somebody has open could otherwise read a show that is not out, by a name of its own
    that leads to this computer (DNS rebinding).
    """

    def __init__(self, wsgi: WSGIApplication, host: str) -> None:
        self._wsgi = wsgi
        self._names = {"localhost", "127.0.0.1", "::1", host.strip("[]").lower()}
        if host in EVERYWHERE:
            name = socket.gethostname().lower()
            self._names |= {name, f"{name}.local"}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it with a sentence."""
        if not self._is_ours(environ):
            why = "preview answers only addresses of this computer, and only its own pages\n"
            return Response(why, 403, content_type="text/plain")(environ, start_response)
        return self._wsgi(environ, start_response)

    def _is_ours(self, environ: WSGIEnvironment) -> bool:
        name = _name_of(str(environ.get("HTTP_HOST", "")))
        asked = environ.get("HTTP_SEC_FETCH_SITE"), environ.get("HTTP_SEC_FETCH_MODE")
        if asked[0] == "cross-site" and asked[1] != "navigate":
            return False
        own_address = _address_of(environ.get("werkzeug.socket"))
        return name in self._names or bool(name and name == own_address)


def _name_of(host: str) -> str:
    """Return the name in a Host header, without its port; "" if it is not valid."""
    if set(host) & set("@/?#\\"):
        return ""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _address_of(connection: Any) -> str:
    """Return the address of this computer that somebody connected to."""
    try:
        return str(connection.getsockname()[0]).removeprefix("::ffff:")
    except (AttributeError, OSError):
        return ""


class Mounted(NamedTuple):
    """An application that is served too, below a path, and what to say about it."""

    path: str
    wsgi: WSGIApplication
    lines: tuple[str, ...]


def serve(show: Path, host: str, port: int, mounted: Mounted | None = None) -> None:
    """Build a show and serve it until Ctrl-C. Raises SourceError where it cannot be built."""
    with _listen(host, port) as listening, contextlib.ExitStack() as stack:
        home = show
        try:
            built = preview_rebuild.build(home)
        except show_lock.ReadOnlyError:
            home = (
                Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="earmark-"))) / "show"
            )
            sys.stderr.write(f"{show}: you cannot write there; built in a temporary folder\n")
            read_only_copy.update(show, home)
            built = preview_rebuild.build(home)
        output.brief(built.findings, show)
        _serve(show, home, listening, mounted)


@contextlib.contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before the build, which may be long. Raises EarmarkError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        try:
            if os.name != "nt":  # there it would share a port that is taken
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host.strip("[]"), port))
            listening.listen(128)
        except OSError as error:
            raise EarmarkError(_refused(error, host, port)) from None
        yield listening


def _refused(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < LAST_PORT else port - 1
        return f"port {port} is already in use; try --port {other}"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"you are not allowed to use port {port}; try --port 8000"
    return f"--host {host}: {error.strerror}; leave it out, or give an address of this computer"


def _serve(show: Path, home: Path, listening: socket.socket, mounted: Mounted | None) -> None:
    out = real_path(home) / site_layout.PUBLIC
    host, port = listening.getsockname()[:2]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request tells nobody
    every = DispatcherMiddleware(app(out), {mounted.path: mounted.wsgi} if mounted else {})
    wsgi = OwnNames(every, host)
    server = make_server(host, port, wsgi, threaded=True, fd=listening.fileno())
    shown = EVERYWHERE.get(host, host)
    own_address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"
    sys.stdout.write(
        f"\n  Open          {own_address}\n  Subscribe     {own_address}{site_layout.FEED}   "
        "(paste it into a podcast app)\n"
        + "".join(f"  {line}\n" for line in (mounted.lines if mounted else ()))
        + "  Edit          any file of the show: it is built again\n  Stop          Ctrl-C\n\n"
    )
    sys.stdout.flush()
    stop = threading.Event()
    watcher = threading.Thread(target=preview_rebuild.watch, args=(show, home, stop), daemon=True)
    watcher.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
    finally:
        stop.set()
        server.server_close()
        watcher.join()
