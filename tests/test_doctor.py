"""The doctor: a show that is right has nothing to mend, and each fault by itself is that finding.

The show is served on loopback by the preview's application, with one fault put in its way.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import making
import pytest
from click.testing import CliRunner, Result
from loopback import Quiet, answering
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from episodes.findings import EarmarkError, Level
from podcast import pipeline, preview
from podcast.cli import main
from podcast.doctor import (
    answers,
    examinations,
    feed,
    looks,
    questions,
    remedies,
    symptoms,
    visit,
    ways,
)
from podcast.doctor.answers import Answer, Exchange, Question, Trouble
from podcast.doctor.fetching import GIVE_UP, Fetcher
from podcast.doctor.looks import Kind, Look
from podcast.doctor.symptoms import Symptom
from podcast.doctor.ways import Case
from podcast.publishing.headers import CORS

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


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Other sites: /404 answers 404, /head-403 refuses HEAD only, all else is fine."""

    def app(environ: WSGIEnvironment, start: StartResponse) -> object:
        found = re.fullmatch(r"/(head-)?(\d\d\d)", environ["PATH_INFO"])
        get_only = bool(found and found[1] and environ["REQUEST_METHOD"] == "GET")
        status = int(found[2]) if found and not get_only else 200
        return Response("a page", status)(environ, start)

    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def public(
    tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path, elsewhere: str
) -> Path:
    """A small show, built: right in every way."""
    show = tmp_path_factory.mktemp("doctor") / "show"
    show.mkdir()
    (show / "show.md").write_text(making.SHOW, encoding="utf-8")
    shutil.copy(cover, show / "cover.jpg")
    for number in (1, 2):
        rests = REFERENCES.format(elsewhere)
        making.add_episode(show, number, tone, content_note=MORE, references=rests)
    return pipeline.build(show, now=making.NOW).out


@pytest.fixture(scope="module")
def serving(public: Path, elsewhere: str) -> Iterator[Site]:
    site = Site(public, elsewhere)
    with served(site) as site.address:
        yield site


@pytest.fixture
def site(serving: Site) -> Iterator[Site]:
    yield serving
    serving.fault = serving.before = None


def look(
    address: str, *, links: bool = True, patience: float = 20, each: bool = False
) -> list[tuple[str, str, str]]:
    """Visit a show, and return (where, level, rule) of every finding."""
    fetcher = Fetcher(patience=patience)
    try:
        seen = visit.visit(address, NOW, Quiet(), fetcher, links=links)
    finally:
        fetcher.close()
    return [(found.path, found.level, found.key) for found in seen.findings(each=each)]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *words])


# A show that is right


@pytest.mark.parametrize("given", ["{}", "{}feed.xml", "{}index.html"])
def test_a_show_that_is_right_has_nothing_to_mend(site: Site, given: str) -> None:
    assert look(given.format(site.address)) == []


def test_the_command_says_in_one_sentence_what_it_looked_at(site: Site) -> None:
    answer = run(site.address)
    assert answer.output == (
        "Looked at the feed, 2 recordings, 2 pictures, 8 transcripts, 2 files of chapters, "
        "3 pages, 1 catalogue, 3 styles and scripts and 2 links: everything is as it should be.\n"
    )
    assert answer.exit_code == 0


def test_an_address_may_be_written_without_its_scheme(site: Site) -> None:
    assert look(site.address.removeprefix("http://")) == []
    assert visit.addresses("example.org/n/feed.xml") == ("https://example.org/n/feed.xml",)


def test_progress_counts_what_was_looked_at(site: Site) -> None:
    fetcher, quiet = Fetcher(), Quiet()
    seen = visit.visit(site.address, NOW, quiet, fetcher)
    fetcher.close()
    assert quiet.number == quiet.done == sum(seen.counts.values()) - 1  # all but the feed


# One fault at a time


class Broken(NamedTuple):
    """A fault, and the finding that it makes: where (the beginning), level and rule."""

    fault: Fault
    where: str
    level: str
    key: str


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
BROKEN = {
    "the feed is plain text": Broken(
        header(FEED, "Content-Type", "text/plain"), "feed.xml", "error", "type"
    ),
    "the feed is any XML": Broken(
        header(FEED, "Content-Type", "text/xml"), "feed.xml", "warning", "type"
    ),
    "the feed has another encoding": Broken(
        header(FEED, "Content-Type", "application/rss+xml; charset=iso-8859-1"),
        "feed.xml", "error", "charset",
    ),
    "the feed has no ETag": Broken(
        header(FEED, "ETag", None), "feed.xml", "warning", "conditional"
    ),
    "the feed is sent again": Broken(
        status(FEED, 200), "feed.xml", "warning", "conditional"
    ),
    "the feed does not say how long": Broken(
        header(FEED, "Cache-Control", None), "feed.xml", "note", "cache"
    ),
    "the feed is kept for a year": Broken(
        header(FEED, "Cache-Control", "max-age=31536000, immutable"), "feed.xml", "warning", "cache"
    ),
    "the feed is never kept": Broken(
        header(FEED, "Cache-Control", "no-store"), "feed.xml", "warning", "cache"
    ),
    "the feed is packed for all": Broken(
        header(FEED, "Content-Encoding", "br"), "feed.xml", "error", "gzip"
    ),
    "the feed names another address": Broken(
        body(FEED, lambda data: data.replace(b'feed.xml" rel="self"', b'old.xml" rel="self"')),
        "feed.xml", "warning", "self",
    ),
    "the feed names no address": Broken(
        body(FEED, lambda data: data.replace(b'rel="self"', b'rel="hub"')),
        "feed.xml", "warning", "self",
    ),
    "the feed has no episodes": Broken(
        body(FEED, lambda data: data[: data.index(b"<item>")] + b"</channel></rss>"),
        "feed.xml", "warning", "empty",
    ),
    "a password is in an address": Broken(
        body(FEED, lambda data: re.sub(b'(re url="http://)', rb"\1me:secret@", data, count=1)),
        "media/02", "error", "private",
    ),
    "an address is not whole": Broken(
        body(FEED, lambda data: re.sub(b'(transcript url=")[^"]*/', rb"\1", data, count=1)),
        "02-talk", "error", "reach",
    ),
    "a recording is gone": Broken(status(f"{MEDIA}02", 404), "media/02", "error", "status"),
    "a recording is closed": Broken(status(f"{MEDIA}02", 403), "media/02", "error", "status"),
    "HEAD is refused": Broken(status(f"{MEDIA}02", 405, "HEAD"), "media/02", "error", "head"),
    "a recording is a download": Broken(
        header(f"{MEDIA}01", "Content-Type", "application/x-download"), "media/01", "error", "type"
    ),
    "a recording is other audio": Broken(
        header(f"{MEDIA}01", "Content-Type", "audio/mp4"), "media/01", "warning", "type"
    ),
    "the feed says another length": Broken(
        body(FEED, lambda data: re.sub(rb'length="\d+"', b'length="12"', data, count=1)),
        "media/02", "error", "length",
    ),
    "the length is not said": Broken(
        header(f"{MEDIA}01", "Content-Length", None, "HEAD"), "media/01", "error", "length"
    ),
    "parts are not announced": Broken(
        header(f"{MEDIA}01", "Accept-Ranges", None), "media/01", "warning", "ranges"
    ),
    "parts are refused": Broken(
        status(MEDIA, 416, "GET"), "media/02", "error", "ranges"
    ),
    "another part is announced": Broken(
        part("Content-Range", "bytes 0-99/100"), "media/02", "error", "ranges"
    ),
    "another part is sent": Broken(from_the_beginning, "media/02", "error", "ranges"),
    "the way is long": Broken(redirected(6), "media/02", "warning", "redirects"),
    "the way has no end": Broken(redirected(99), "media/02", "error", "reach"),
    "the way is a circle": Broken(redirected(99, "?step=1"), "media/02", "error", "reach"),
    "the way leads off the web": Broken(
        redirected(99, "file:///etc/passwd"), "media/02", "error", "reach"
    ),
    "a picture is gone": Broken(status(f"{ART}cover", 404), "art/cover", "error", "status"),
    "a picture is a page": Broken(
        body(ART, b"<html>", "image/jpeg"), "art/cover", "error", "content"
    ),
    "a picture is sent as another": Broken(
        header(ART, "Content-Type", "image/png"), "art/cover", "error", "type"
    ),
    "HEAD on pictures is refused": Broken(
        status(ART, 501, "HEAD"), "art/cover", "error", "head"
    ),
    "a picture is huge": Broken(
        header(ART, "Content-Length", "9000000", "HEAD"), "art/cover", "warning", "size"
    ),
    "a transcript is plain text": Broken(
        header(f"{VTT}02-talk-", "Content-Type", "text/plain", ending=".vtt"),
        "transcripts/02", "warning", "type",
    ),
    "a transcript is a page": Broken(
        body(VTT, b"<!doctype html><p>Sorry"), "transcripts/02", "error", "content"
    ),
    "a transcript has no CORS": Broken(
        header(VTT, "Access-Control-Allow-Origin", None), "transcripts/02", "warning", "cors"
    ),
    "a transcript is for one site": Broken(
        header(VTT, "Access-Control-Allow-Origin", "https://example.org"),
        "transcripts/02", "warning", "cors",
    ),
    "chapters are JSON only": Broken(
        header(JSON, "Content-Type", "application/json"), "chapters/02", "warning", "type"
    ),
    "chapters are not JSON": Broken(
        body(JSON, b"[" * 100_000), "chapters/02", "error", "content"
    ),
    "a page is gone": Broken(
        status("/episodes/01", 410), "episodes/01-talk.html", "error", "status"
    ),
    "a page is a download": Broken(
        header("/episodes/01", "Content-Type", "text/plain"), "episodes/01", "error", "type"
    ),
    "a style is gone": Broken(
        status("/static/site.css", 404), "static/site.css", "error", "status"
    ),
    "a style is plain text": Broken(
        header("/static/site.css", "Content-Type", "text/plain"), "static/site", "error", "type"
    ),
    "a style is packed for all": Broken(packed_always, "static/site.css", "error", "gzip"),
    "the catalogue is gone": Broken(
        status("/catalogue.json", 404), "catalogue.json", "error", "status"
    ),
    "the catalogue is empty": Broken(
        body("/catalogue.json", b"{}"), "catalogue.json", "error", "content"
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_one_fault_is_one_finding(site: Site, broken: Broken) -> None:
    site.fault = broken.fault
    found = look(site.address, links=False)
    assert [each[1:] for each in found] == [(broken.level, broken.key)]
    assert found[0][0].startswith(broken.where) or broken.where in found[0][0]


def test_recordings_that_cannot_be_had_in_parts_are_found(site: Site) -> None:
    def whole(environ: WSGIEnvironment) -> None:
        if environ["PATH_INFO"].startswith(MEDIA):
            environ.pop("HTTP_RANGE", None)

    site.before = whole
    assert look(site.address, links=False) == [(media(site, 2), "error", "ranges")]


def media(site: Site, number: int) -> str:
    """Return the name of a recording below the show."""
    fetcher = Fetcher()
    data = fetcher.ask(Question(f"{site.address}feed.xml")).body.decode()
    fetcher.close()
    found = re.search(rf"media/0{number}[^\"]+", data)
    assert found
    return found[0]


def test_what_is_alike_is_told_once_with_a_count_and_every_time_in_json(site: Site) -> None:
    site.fault = status(MEDIA, 404)
    answer = run(site.address, "--no-links")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "status: answers 404 (1 more like it); run `earmark publish` again" in answer.stderr
    found = json.loads(run(site.address, "--no-links", "--json").stdout)
    assert [each["path"] for each in found] == [media(site, 2), media(site, 1)]
    assert {each["key"] for each in found} == {"status"}


@pytest.fixture
def taken(public: Path, tmp_path: Path) -> Iterator[tuple[Site, Path]]:
    """A show of which the first episode was withdrawn, and its recording."""
    show = tmp_path / "show"
    shutil.copytree(public.parent, show)
    (recording,) = (show / "public" / "media").glob("01-talk-*")
    data = recording.read_bytes()
    page = show / "episodes" / "01-talk" / "episode.md"
    text = page.read_text("utf-8").replace("number: 1", "number: 1\nwithdrawn: 2026-11-01")
    page.write_text(text, "utf-8")
    out = pipeline.build(show, now=making.NOW).out
    assert not (out / "media" / recording.name).exists()
    (tmp_path / recording.name).write_bytes(data)
    there = Site(out, "https://example.org/")
    with served(there) as there.address:
        yield there, tmp_path / recording.name


def test_what_was_withdrawn_is_nothing_to_mend(taken: tuple[Site, Path]) -> None:
    assert look(taken[0].address, links=False) == []


def test_what_was_withdrawn_and_can_be_heard_all_the_same_is_found(
    taken: tuple[Site, Path], tmp_path: Path
) -> None:
    site, recording = taken
    shutil.copy(recording, tmp_path / "show" / "public" / "media")
    assert look(site.address, links=False) == [(f"media/{recording.name}", "error", "withdrawn")]
    assert 'can still be heard, and "Talk A" was withdrawn' in run(site.address).stderr


def test_a_page_for_whatever_is_missing_is_no_recording(taken: tuple[Site, Path]) -> None:
    def page(_request: Request, response: Response) -> None:
        if response.status_code == 404:
            response.status_code, response.mimetype = 200, "text/html"

    taken[0].fault = page
    assert look(taken[0].address, links=False) == []


@pytest.mark.parametrize(
    "said", [b"", b"[]", b'{"withdrawn": 1}', b'{"withdrawn": [{"title": "T", "media": null}]}',
             b'{"withdrawn": [{"title": "T", "media": {"former": ["https://x.example/a.mp3"]}}]}'],
)  # fmt: skip
def test_no_catalogue_leads_the_doctor_elsewhere(said: bytes) -> None:
    assert looks.withdrawn(said, SHOW) == []


def test_warnings_alone_are_no_failure(site: Site) -> None:
    site.fault = header(VTT, "Access-Control-Allow-Origin", None)
    answer = run(site.address, "--no-links")
    assert answer.exit_code == 0
    assert json.dumps(CORS["CORSRules"]) in answer.stderr
    assert answer.stdout.endswith(": 1 warning.\n")


def test_the_remedy_speaks_of_the_server_that_answered(site: Site) -> None:
    def fault(request: Request, response: Response) -> None:
        header(VTT, "Content-Type", "text/plain")(request, response)
        response.headers["Server"] = "nginx"

    site.fault = fault
    said = run(site.address, "--no-links").stderr
    assert 'in nginx, add: `location ~ \\.vtt$ { types { } default_type "text/vtt"; }`' in said


# Links to other sites


@pytest.mark.parametrize(
    "path, expected",
    [
        ("fine", []),
        ("404", [("warning", "link")]),
        ("503", [("warning", "link")]),
        ("head-403", []),
        ("head-405", []),
        ("head-404", []),
        ("403", [("note", "link")]),
        ("429", [("note", "link")]),
    ],
)
def test_links_are_followed_and_closed_doors_are_left_to_a_person(
    site: Site, elsewhere: str, path: str, expected: list[tuple[str, str]]
) -> None:
    page = f"{elsewhere}page".encode()
    site.fault = body(FEED, lambda data: data.replace(page, f"{elsewhere}{path}".encode()))
    found = look(site.address)
    assert [each[1:] for each in found] == expected
    assert all(each[0] == f"{elsewhere}{path}" for each in found)
    assert look(site.address, links=False) == []


def test_a_dead_link_is_told_with_its_episodes_and_status(site: Site, elsewhere: str) -> None:
    page = f"{elsewhere}page".encode()
    site.fault = body(FEED, lambda data: data.replace(page, f"{elsewhere}410".encode()))
    answer = run(site.address)
    assert answer.exit_code == 0
    assert 'link: answers 410 (in "Talk B" and 1 more); correct this link' in answer.stderr


def test_a_network_without_other_sites_is_told_once() -> None:
    lost = [Symptom(f"https://{n}.invalid", "link", Trouble.NAME, "x", Level.WARNING)
            for n in range(4)]  # fmt: skip
    assert [each.key for each in symptoms.calmed(lost, 4, "https://example.org/")] == ["offline"]
    assert symptoms.calmed(lost, 5, "https://example.org/") == lost


def test_telephones_and_mail_are_not_links_to_look_at() -> None:
    told = feed.read(rss('<description>&lt;a href="tel:116123"&gt;call&lt;/a&gt; &lt;a href='
                         '"mailto:a@example.org"&gt;write&lt;/a&gt;</description>'),
                     "https://example.org/feed.xml", "https://example.org/")  # fmt: skip
    assert told.looks == ()


def test_a_small_file_of_ours_is_a_recording_and_one_elsewhere_a_link() -> None:
    small = (
        '<item xmlns:podcast="https://podcastindex.org/namespace/1.0"><title>One</title>'
        '<podcast:alternateEnclosure type="audio/ogg" length="99">'
        '<podcast:source uri="https://example.org/media/a.opus"/>'
        '<podcast:source uri="https://other.example/a.opus"/>'
        "</podcast:alternateEnclosure></item>"
    )
    told = feed.read(rss(small), "https://example.org/feed.xml", "https://example.org/")
    assert told.looks == (
        Look(Kind.RECORDING, "https://example.org/media/a.opus", "audio/ogg", "99", "One"),
        Look(Kind.LINK, "https://other.example/a.opus", of="One"),
    )


# What a network can do


def garbage(data: bytes, *, drip: bool = False) -> Callable[[socket.socket], None]:
    """Answer with these bytes, whatever is asked."""

    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)
        if drip:
            threading.Event().wait(0.8)

    return speak


def reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00" + bytes(4))


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that says anything at all, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    speak(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nCache-Control: no-cache\r\n"
SAYING = {
    "nothing": (garbage(b""), "reach"),
    "no HTTP": (garbage(b"SSH-2.0-OpenSSH_9.2\r\n"), "reach"),
    "a header without end": (garbage(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "reach"),
    "less than promised": (garbage(OK + b"Content-Length: 9999\r\n\r\n<rss>"), "reach"),
    "chunks that are none": (garbage(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "reach"),
    "a reset": (reset, "reach"),
    "a redirect to nowhere": (garbage(b"HTTP/1.1 302 X\r\nLocation: http://[\r\n\r\n"), "reach"),
    "a redirect to itself": (garbage(b"HTTP/1.1 301 X\r\nLocation: /feed.xml\r\n\r\n"), "reach"),
    "a web page": (garbage(OK + b"\r\n<!DOCTYPE html><p>Welcome"), "xml"),
    "no XML": (garbage(OK + b"\r\n\x00\xff\xfe not a feed"), "xml"),
    "nothing at all": (garbage(OK + b"Content-Length: 0\r\n\r\n"), "xml"),
    "half a feed": (garbage(OK + b"\r\n<rss><channel><item>"), "xml"),
    "another kind of feed": (
        garbage(OK + b"\r\n<feed xmlns='http://www.w3.org/2005/Atom'/>"), "xml",
    ),
}  # fmt: skip


@pytest.mark.parametrize("speak, key", SAYING.values(), ids=SAYING)
def test_nothing_that_a_server_says_is_more_than_a_finding(
    speak: Callable[[socket.socket], None], key: str
) -> None:
    with speaking(speak) as address:
        found = look(f"{address}feed.xml")
    assert [each[1:] for each in found if each[2] != "conditional"] == [("error", key)]
    assert found[0][0] == f"{address}feed.xml"


@pytest.mark.parametrize("begun", [b"", OK, OK + b"\r\n<rss>"])
def test_a_server_that_falls_silent_is_waited_for_so_long_and_no_longer(begun: bytes) -> None:
    with speaking(garbage(begun, drip=True)) as address:
        assert look(f"{address}feed.xml", patience=0.3) == [
            (f"{address}feed.xml", "error", "reach")
        ]


def test_a_name_that_nobody_knows_is_said_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "reach: cannot be found: DNS does not know the name" in run("example.org").stderr


def test_a_body_without_end_is_left_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "LARGEST_FEED", 300_000)
    with speaking(garbage(OK + b"\r\n<rss>" + b" " * 3_000_000)) as address:
        found = look(f"{address}feed.xml")
    assert [each[1:] for each in found] == [("error", "size"), ("warning", "conditional")]


def test_a_server_that_is_not_there_is_a_finding_and_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = run(f"http://127.0.0.1:{port}/")
    assert answer.exit_code == 1
    assert "reach: cannot be reached: nothing answers there; start the server" in answer.stderr
    assert answer.stdout == "Looked at the feed: 1 error.\n"


@pytest.mark.parametrize("given", ["", "ftp://example.org/", "http://[", "https:///feed.xml",
                                   "http://example.org:99999/"])  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(given: str) -> None:
    with pytest.raises(EarmarkError, match="that is no address"):
        visit.addresses(given)


def test_a_server_that_stopped_answering_is_not_asked_again_and_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    fetcher = Fetcher()
    asked = [fetcher.ask(Question(address)).trouble for _ in range(GIVE_UP + 1)]
    fetcher.close()
    assert asked == [Trouble.REFUSED] * GIVE_UP + [Trouble.LOST]


def test_a_password_is_neither_sent_nor_told(site: Site) -> None:
    sent = []

    def before(environ: WSGIEnvironment) -> None:
        sent.append(environ.get("HTTP_AUTHORIZATION"))

    site.before = before
    answer = run(site.address.replace("//", "//me:secret@"), "--no-links")
    assert "private: was asked for without the name and the password" in answer.stderr
    assert "secret" not in answer.output
    assert set(sent) == {None}


def test_what_a_server_says_cannot_move_the_cursor(site: Site) -> None:
    site.fault = header(f"{MEDIA}01", "Content-Type", "audio/\x1b[2Jx")
    answer = run(site.address, "--no-links")
    assert "\x1b" not in answer.output
    assert "is sent as audio/ [2jx instead of audio/mpeg" in answer.stderr


# Certificates


def certificate(folder: Path, days: int, name: str = "IP:127.0.0.1") -> tuple[str, str]:
    """Make a certificate that stands behind itself."""
    paths = str(folder / "cert.pem"), str(folder / "key.pem")
    subprocess.run(
        [making.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-subj", "/CN=test", "-addext", f"subjectAltName={name}", "-days", str(days),
         "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return paths


@pytest.mark.slow
@pytest.mark.parametrize(
    "days, known, name, expected",
    [
        (90, True, "IP:127.0.0.1", ""),
        (10, True, "IP:127.0.0.1", "warning: certificate: has a certificate that runs out in"),
        (90, False, "IP:127.0.0.1", "certificate: has a certificate that no known authority"),
        (90, True, "DNS:example.org", "certificate: has a certificate that belongs to another"),
    ],
    ids=["good", "runs out soon", "unknown", "of another name"],
)
def test_certificates_are_looked_at(
    secure: Callable[..., str], *, days: int, known: bool, name: str, expected: str
) -> None:
    said = run(secure(days, name, known=known), "--no-links").stderr
    assert expected in said
    assert len(said.splitlines()) == bool(expected)


@pytest.fixture
def secure(
    public: Path, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., str]]:
    """Return a function that serves the show by https, with a certificate of so many days."""

    def fault(_request: Request, response: Response) -> None:
        if response.mimetype == "application/rss+xml" and response.status_code == 200:
            replace(response, response.get_data().replace(b"http://127", b"https://127"))

    def begin(days: int, name: str, *, known: bool) -> str:
        paths = certificate(tmp_path, days, name)
        if known:
            monkeypatch.setenv("SSL_CERT_FILE", paths[0])
        site = Site(public, elsewhere)
        site.fault = fault
        return stack.enter_context(served(site, paths))

    with ExitStack() as stack:
        yield begin


# Rules by themselves


SHOW = "https://podcast.example.org/night/"


def case(look: Look, *told: tuple[Question, Answer]) -> Case:
    return Case(look, tuple(Exchange(*each) for each in told), SHOW)


def keys(look: Look, answer: Answer) -> list[str]:
    asked = case(look, (Question(look.address), answer))
    return [each.key for each in examinations.examine(asked)]


def rss(channel: str) -> bytes:
    return f"<rss version='2.0'><channel>{channel}</channel></rss>".encode()


PAGE = Answer(200, {"content-type": "text/html"}, b"<p>")


def test_plain_http_is_a_warning_but_not_on_this_very_computer() -> None:
    assert keys(Look(Kind.PAGE, "http://podcast.example.org/"), PAGE) == ["http"]
    assert keys(Look(Kind.PAGE, "http://localhost:8000/"), PAGE) == []
    assert keys(Look(Kind.PAGE, SHOW), PAGE) == []


def test_a_redirect_from_https_to_http_is_an_error() -> None:
    hops = PAGE._replace(hops=("http://podcast.example.org/a?signed=secret", f"{SHOW}b"))
    found = examinations.examine(case(Look(Kind.PAGE, SHOW), (Question(SHOW), hops)))
    assert [each.key for each in found] == ["downgrade"]
    assert "secret" not in found[0].seen


@pytest.mark.parametrize("days, number", [(-1, 1), (0, 1), (20, 1), (22, 0)])
def test_certificates_are_renewed_three_weeks_before_their_end(days: int, number: int) -> None:
    until = NOW + timedelta(days=days, hours=1)
    assert len(list(ways.expiry("https://example.org", until, NOW))) == number


def test_every_trouble_has_a_remedy_and_every_kind_has_rules() -> None:
    assert all(remedies.trouble(each) for each in Trouble)
    assert set(examinations.RULES) == set(Kind)


def test_entities_and_foreign_files_are_not_followed() -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;'
    bomb += b"<link>&x;</link><item/></channel></rss>"
    told = feed.read(bomb, f"{SHOW}feed.xml", SHOW)
    assert (told.items, told.looks) == (1, ())


def test_a_feed_with_elements_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MANY", 100)
    with pytest.raises(feed.UnreadableError, match="more than 100 elements"):
        feed.read(rss("<a/>" * 200), f"{SHOW}feed.xml", SHOW)


def test_feeds_of_others_are_looked_at_without_a_catalogue() -> None:
    told = feed.read(rss("<generator>Other</generator>"), f"{SHOW}feed.xml", SHOW)
    assert not told.ours


@pytest.mark.parametrize(
    "notes, found",
    [
        ("", []),
        ("<![if]><a href='https://example.org/'>", ["https://example.org/"]),
        ("<a href=' https://a.example '>a<a href=https://a.example><a href=#b>", ["https://a.example"]),
        ("\x00<a href", []),
        ("<?xml version='1.0' encoding='latin-1'?><a href='https://b.example'/>", ["https://b.example"]),
    ],
)  # fmt: skip
def test_links_are_found_in_any_html(notes: str, found: list[str]) -> None:
    assert looks.links(notes) == found


def test_a_heavy_feed_is_a_note_unless_it_is_packed_for_those_who_ask() -> None:
    look = Look(Kind.FEED, f"{SHOW}feed.xml")
    kind = {"content-type": "application/rss+xml", "cache-control": "no-cache", "etag": "1"}
    heavy = (Question(look.address), Answer(200, kind, bytes(2_000_000)))
    gzip = Question(look.address, headers=(("Accept-Encoding", "gzip"),))
    same = (gzip, Answer(304))
    packed = Answer(200, kind | {"content-encoding": "gzip"}, zlib.compress(b"a", wbits=31))

    def found(answer: Answer) -> list[tuple[str, str]]:
        seen = examinations.examine(case(look, heavy, (gzip, answer), same))
        return [(each.level, each.key) for each in seen]

    assert found(heavy[1]) == [("note", "size")]
    assert found(packed) == []
    assert found(packed._replace(body=b"damaged")) == [("error", "gzip")]


def test_gzip_that_is_damaged_is_no_gzip() -> None:
    assert feed.unpacked(b"no gzip", 100) is None


@pytest.mark.parametrize(
    "address, told",
    [
        ("https://me:secret@example.org/a#part", "https://example.org/a"),
        ("https://me:secret@[bad/a", "https://[bad/a"),
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
    ],
)
def test_addresses_are_told_without_passwords(address: str, told: str) -> None:
    assert answers.plain(address) == told
