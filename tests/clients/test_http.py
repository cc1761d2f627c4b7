"""The preview answers as a good host does: exact types, HEAD, ranges, conditions, and no more."""

from __future__ import annotations

import http.client
import json
import re
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from episodes.model import NO_ADDRESS
from feed import index_page
from podcast import preview
from tests.kit import full_show
from tests.kit.servers import preview_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

HERE = "http://localhost/"


@pytest.fixture(scope="module")
def public(full: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built folder, with a show above it and hidden files in it that nobody may see."""
    folder = tmp_path_factory.mktemp("http")
    public = folder / "public"
    shutil.copytree(full / "public", public)
    hidden = (folder / "show.md", public / ".hidden", public / "static" / ".hidden")
    for path in (*hidden, folder / "earmark.lock"):
        path.write_text("secret", encoding="utf-8")
    return public


@pytest.fixture
def client(public: Path) -> Iterator[FlaskClient]:
    """A client that closes each file as soon as it has read it."""
    with preview.app(public).test_client() as client:
        client.open = partial(client.open, buffered=True)  # type: ignore[method-assign]
        yield client


@pytest.fixture
def recording(public: Path) -> str:
    return next(path.name for path in (public / "media").glob("01-*.mp3"))


TYPES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "index.html": "text/html; charset=utf-8",
    "episodes/*.html": "text/html; charset=utf-8",
    "static/*.css": "text/css; charset=utf-8",
    "static/*.js": "text/javascript; charset=utf-8",
    "catalogue.json": "application/json",
    "chapters/*.json": "application/json+chapters",
    "transcripts/*.vtt": "text/vtt; charset=utf-8",
    "transcripts/*.srt": "application/x-subrip",
    "transcripts/*.json": "application/json",
    "transcripts/*.html": "text/html; charset=utf-8",
    "media/*.mp3": "audio/mpeg",
    "art/*.jpg": "image/jpeg",
}


@pytest.mark.parametrize("pattern", TYPES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_kind_of_file_has_its_exact_type(
    client: FlaskClient, public: Path, pattern: str, method: str
) -> None:
    paths = list(public.glob(pattern))
    assert paths
    for path in paths:
        answer = client.open("/" + path.relative_to(public).as_posix(), method=method)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == TYPES[pattern]
        assert "Access-Control-Allow-Origin" not in answer.headers  # others are not to read it
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert int(answer.headers["Content-Length"]) > 0
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert (answer.data == b"") is (method == "HEAD")


@pytest.mark.parametrize("pattern", TYPES)
def test_head_tells_the_same_as_get(client: FlaskClient, public: Path, pattern: str) -> None:
    path = next(public.glob(pattern)).relative_to(public).as_posix()
    head, get = client.head("/" + path), client.get("/" + path)
    told = ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control")
    assert [head.headers.get(name) for name in told] == [get.headers.get(name) for name in told]
    assert len(get.data) == int(get.headers["Content-Length"])


def test_the_first_page_is_the_shows(client: FlaskClient) -> None:
    assert client.get("/").data == client.get("/index.html").data


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 1),
        ("0-99", 0, 100),
        ("100-", 100, None),
        ("-50", -50, None),
        ("5-9999999", 5, None),
    ],
)
def test_one_range_of_a_recording(
    client: FlaskClient, public: Path, recording: str, asked: str, start: int, end: int | None
) -> None:
    whole = (public / "media" / recording).read_bytes()
    answer = client.get(f"/media/{recording}", headers={"Range": f"bytes={asked}"})
    part = whole[start:end]
    assert answer.status_code == 206
    assert answer.data == part
    first = start % len(whole)
    assert answer.headers["Content-Range"] == (
        f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    )
    assert int(answer.headers["Content-Length"]) == len(part)
    assert answer.headers["Content-Type"] == "audio/mpeg"


def test_one_range_of_the_feed_is_of_the_rewritten_feed(client: FlaskClient) -> None:
    whole = client.get("/feed.xml").data
    answer = client.get("/feed.xml", headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.data) == (206, whole[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"


def test_a_range_beyond_the_end_is_refused(
    client: FlaskClient, public: Path, recording: str
) -> None:
    size = (public / "media" / recording).stat().st_size
    answer = client.get(f"/media/{recording}", headers={"Range": f"bytes={size}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def test_a_range_goes_on_only_in_the_same_bytes(client: FlaskClient, recording: str) -> None:
    tag = client.head(f"/media/{recording}").headers["ETag"]
    asked = {"Range": "bytes=10-19"}
    same = client.get(f"/media/{recording}", headers={**asked, "If-Range": tag})
    other = client.get(f"/media/{recording}", headers={**asked, "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.parametrize("name", ["feed.xml", "index.html", "catalogue.json", "media/"])
def test_what_has_not_changed_is_not_sent_again(
    client: FlaskClient, recording: str, name: str
) -> None:
    path = f"/media/{recording}" if name == "media/" else f"/{name}"
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_recording_that_is_not_newer_is_not_sent_again(
    client: FlaskClient, recording: str
) -> None:
    date = client.get(f"/media/{recording}").headers["Last-Modified"]
    again = client.get(f"/media/{recording}", headers={"If-Modified-Since": date})
    assert again.status_code == 304


TRAVERSALS = (
    "/../show.md", "/static/../../show.md", "/%2e%2e/show.md", "/%2e%2e%2fshow.md",
    "/static/%2e%2e/%2e%2e/show.md", "/..%5cshow.md", "/..\\show.md", "//etc/passwd",
    "/%2fetc/passwd", "/media/../../earmark.lock", "/.earmark/state.json", "/%2eearmark/",
    "/.hidden", "/static/.hidden", "/static/", "/static", "/nowhere.html", "/feed.xml/",
    "/feed.xml%00", "/media/%00",
)  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
def test_nothing_outside_the_built_folder_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"secret" not in answer.data


def test_nothing_can_be_changed(client: FlaskClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.open("/feed.xml", method=method).status_code == 405


@pytest.mark.parametrize("pattern", ["*.xml", "*.html", "*.json", "*/*.html", "*/*.css"])
def test_the_shows_own_address_is_nowhere_left(
    client: FlaskClient, public: Path, pattern: str
) -> None:
    host = full_show.ADDRESS.split("/")[2].encode()
    for path in public.glob(pattern):
        answer = client.get("/" + path.relative_to(public).as_posix())
        assert host not in answer.data, path


def test_every_file_that_the_rewritten_feed_names_can_be_fetched(client: FlaskClient) -> None:
    links = re.findall(r'(?:url|href)="([^"]+)"', client.get("/feed.xml").text)
    here = [link.removeprefix(HERE) for link in links if link.startswith(HERE)]
    assert {link.split("/")[0] for link in here} >= {"art", "chapters", "media", "transcripts"}
    assert [link for link in here if client.head("/" + link).status_code != 200] == []


def test_subscribe_links_lead_here_in_every_form(client: FlaskClient) -> None:
    page = client.get("/").text
    feed = HERE + "feed.xml"
    for link in index_page.subscribe_links(feed).values():
        assert link in page.replace("&amp;", "&")
    assert quote(feed, safe="") in page
    assert index_page.qr(HERE) in page


def test_another_host_name_gets_its_own_addresses_and_etag(client: FlaskClient) -> None:
    here, phone = client.get("/feed.xml"), client.get("/feed.xml", headers={"Host": "10.0.0.5:80"})
    assert b"http://10.0.0.5" in phone.data
    assert here.headers["ETag"] != phone.headers["ETag"]


def test_the_catalogue_stays_whole(client: FlaskClient) -> None:
    document = json.loads(client.get("/catalogue.json").data)
    assert document["show"]["address"] == HERE


def test_a_show_without_an_address_is_rewritten_too() -> None:
    text = f"{NO_ADDRESS}feed.xml {quote(NO_ADDRESS, safe='')} {NO_ADDRESS[6:]} pktc://subscribe/"
    text += NO_ADDRESS[8:]
    said = preview.rewrite(text.encode(), NO_ADDRESS, "http://127.0.0.1:9/").decode()
    assert "podcast.invalid" not in said
    assert said.startswith("http://127.0.0.1:9/feed.xml http%3A%2F%2F127.0.0.1%3A9%2F //127")


def _raw(served: preview_server.Served, path: str, method: str = "GET") -> http.client.HTTPResponse:
    """Ask for a path exactly as it is written: most clients would tidy it up."""
    connection = http.client.HTTPConnection(served.address.split("/")[2], timeout=30)
    connection.putrequest(method, path, skip_accept_encoding=True)
    connection.endheaders()
    return connection.getresponse()


@pytest.mark.slow
@pytest.mark.parametrize("path", TRAVERSALS)
def test_a_real_server_serves_nothing_outside_either(
    example: preview_server.Served, path: str
) -> None:
    with _raw(example, path) as answer:
        assert answer.status in {301, 308, 404}
        assert b"title:" not in answer.read()


@pytest.mark.slow
def test_a_real_server_says_each_header_once(example: preview_server.Served) -> None:
    for method, path in (("GET", "/feed.xml"), ("HEAD", "/" + example.episodes[0].path)):
        with _raw(example, path, method) as answer:
            names = [name.lower() for name, _ in answer.getheaders()]
            assert sorted(names) == sorted(set(names))
            assert answer.status == 200
