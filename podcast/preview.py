"""The preview: a built show served on this computer as a good host would, addresses rewritten.

HEAD, byte ranges, conditional requests and exact types; the show is built again when a file
changes. For one person on their own computer, never for the public.
"""

from __future__ import annotations

import gc
import json
import logging
import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from flask import Flask, Response, abort, request, send_file
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.security import safe_join
from werkzeug.serving import make_server

from episodes.findings import EarmarkError, SourceError
from episodes.model import NO_ADDRESS
from episodes.real_paths import real_path
from episodes.scan import scan
from feed import pages
from podcast import output, pipeline
from podcast.progress import Display
from podcast.publishing import headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from werkzeug.wrappers import Response as Answer

REWRITTEN = {".xml", ".html", ".json", ".css"}
EVERY = 1.0  # seconds between two looks at the files
_QR = re.compile(rb'(<div class="qr">)(?:[^<]|<(?!/?div))*(</div>)')


def app(out: Path) -> Flask:
    """Return the application that serves a built folder."""
    server = Flask(__name__, static_folder=None)
    server.url_map.redirect_defaults = False  # index.html is a file like any other

    @server.get("/", defaults={"name": "index.html"})
    @server.get("/<path:name>")
    def file(name: str) -> Answer:
        path = safe_join(str(out), name)
        hidden = "/." in f"/{name}" or name.endswith("/")
        if path is None or hidden or not Path(path).is_file():
            abort(404)
        return _answer(out, Path(path))

    @server.after_request
    def open_to_players(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.pop("Date", None)  # the server says it, and once is enough
        return response

    return server


def _answer(out: Path, path: Path) -> Answer:
    kind = headers.of(path.relative_to(out).as_posix()).content_type
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
        document = json.loads((out / "catalogue.json").read_bytes())
        return str(document["show"]["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return NO_ADDRESS


def rewrite(data: bytes, address: str, here: str) -> bytes:
    """Put this computer's address in the place of the show's own, however it is written."""
    for before, after in (
        (address, here),
        (quote(address, safe=""), quote(here, safe="")),
        ("//" + address.split("://")[1], "//" + here.split("://")[1]),
        ("subscribe/" + address.split("://")[1], "subscribe/" + here.split("://")[1]),
    ):
        data = data.replace(before.encode(), after.encode())
    drawn = pages.qr(here + "feed.xml").encode()
    return _QR.sub(lambda found: found[1] + drawn + found[2], data)


class Mounted(NamedTuple):
    """An application that is served too, below a path, and what to say about it."""

    path: str
    wsgi: WSGIApplication
    lines: tuple[str, ...]


def serve(show: Path, host: str, port: int, mounted: Mounted | None = None) -> None:
    """Build a show and serve it until Ctrl-C. Raises SourceError where it cannot be built."""
    out = real_path(show) / "public"
    _build(show, first=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request tells nobody
    try:
        wsgi = DispatcherMiddleware(app(out), {mounted.path: mounted.wsgi} if mounted else {})
        server = make_server(host, port, wsgi, threaded=True)
    except (OSError, SystemExit):
        raise EarmarkError(f"port {port} is taken; try --port {port + 1}") from None
    here = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"  # noqa: S104 - compared, not bound
    sys.stdout.write(
        f"\n  Open        {here}\n  Subscribe   {here}feed.xml   (paste it into a podcast app)\n"
        + "".join(f"  {line}\n" for line in (mounted.lines if mounted else ()))
        + "  Edit        a file of the show, and it is built again\n  Stop        Ctrl-C\n\n"
    )
    sys.stdout.flush()
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(show, stop), daemon=True)
    watcher.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
    finally:
        stop.set()
        server.server_close()
        watcher.join()


def _watch(show: Path, stop: threading.Event) -> None:
    before = _look(show)
    while not stop.wait(EVERY):
        now = _look(show)
        if now != before:
            before = now
            built = _build(show, first=False)
            said = "Built again." if built else "Not built: what you see is from before."
            sys.stderr.write(f"{said}\n")


def _look(show: Path) -> object:
    try:
        return scan(show)
    except (SourceError, OSError):
        return None


def _build(show: Path, *, first: bool) -> bool:
    """Build, and say whether that was possible; only the first build may fail for findings."""
    try:
        built = pipeline.build(show, report=Display(), address=NO_ADDRESS)
    except SourceError as error:
        if first:
            raise
        output.brief(error.findings, show)
        return False
    finally:
        gc.unfreeze()  # a build freezes what it read: mostly the process ends with it
    output.brief(built.findings, show)
    return True
