"""Real web servers, configured as docs/hosting says, do what podcast apps need of a host."""

from __future__ import annotations

import gzip
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from podcast.publishing import http_headers, upload_order
from tests.kit import shows

if TYPE_CHECKING:
    from tests.hosting.conftest import Server

pytestmark = pytest.mark.slow


def _one(server: Server, start: str, ending: str = "") -> str:
    """Return the path of a public file."""
    names = server.site.names
    found = next(name for name in names if name.startswith(start) and name.endswith(ending))
    return server.site.path + found


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_file_has_its_type_and_says_how_long_to_keep_it(server: Server, method: str) -> None:
    assert {upload_order.position_of(name) for name in server.site.names} == set(range(9))
    for name in server.site.names:
        answer, data = server.ask(server.site.path + name, method)
        whole = (server.site.folder / name).read_bytes()
        said = dict(answer.getheaders())
        assert answer.status == 200, name
        assert (said["Content-Type"], said["Cache-Control"]) == http_headers.choose_headers(name), (
            name
        )
        assert said["Access-Control-Allow-Origin"] == "*"
        assert said["X-Content-Type-Options"] == "nosniff"
        assert int(said["Content-Length"]) == len(whole)
        assert said["Accept-Ranges"] == "bytes"
        assert data == (b"" if method == "HEAD" else whole)
        assert "X-Robots-Tag" not in said
        names = [each.lower() for each, _ in answer.getheaders()]
        assert sorted(names) == sorted(set(names)), f"{name}: a header comes twice"


@pytest.mark.parametrize("start", ["media/", "art/", "feed.xml"])
@pytest.mark.parametrize("asked", ["0-0", "10-99", "100-", "-50"])
def test_a_range_of_a_file(server: Server, start: str, asked: str) -> None:
    path = _one(server, start)
    whole = (server.site.root / path[1:]).read_bytes()
    first, last = asked.split("-")
    at = int(first) if first else len(whole) - int(last)
    end = int(last) + 1 if first and last else len(whole)
    answer, data = server.ask(path, Range=f"bytes={asked}")
    assert answer.status == 206
    assert data == whole[at:end]
    assert answer.headers["Content-Range"] == f"bytes {at}-{end - 1}/{len(whole)}"
    assert (
        answer.headers["Content-Type"] == http_headers.choose_headers(start).content_type
        or start != "feed.xml"
    )


@pytest.mark.parametrize("start", ["feed.xml", "catalogue.json", "episodes/", "media/"])
def test_what_has_not_changed_is_not_sent_again(server: Server, start: str) -> None:
    path = _one(server, start)
    first, _ = server.ask(path, "HEAD")
    for asked in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_Modified_Since": first.headers["Last-Modified"]},
    ):
        answer, data = server.ask(path, **asked)
        assert (answer.status, data) == (304, b"")
    answer, data = server.ask(path, If_None_Match='"something-else"')
    assert answer.status == 200
    assert data


def test_the_address_itself_is_the_first_page(server: Server) -> None:
    answer, data = server.ask(server.site.path)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert data == (server.site.folder / "index.html").read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        ".published/current.json", ".published/", ".published", ".htaccess", "art/.hidden",
        "%2epublished/current.json", "episodes/../.published/current.json",
    ],
)  # fmt: skip
def test_what_is_hidden_is_never_served(server: Server, name: str) -> None:
    assert (server.site.folder / ".published" / "current.json").is_file()
    answer, data = server.ask(server.site.path + name)
    assert answer.status in {403, 404}
    assert b"history" not in data
    assert b"secret" not in data


@pytest.mark.parametrize("name", ["media/gone.mp3", "chapters/gone.json", "gone.html"])
def test_nobody_keeps_the_answer_that_a_file_is_not_there(server: Server, name: str) -> None:
    answer, _ = server.ask(server.site.path + name)
    assert answer.status == 404
    assert "Cache-Control" not in answer.headers


@pytest.mark.parametrize("name", ["gone.html", "episodes/gone.html", "media/gone.mp3"])
def test_a_missing_page_is_answered_with_support_and_a_way_back(server: Server, name: str) -> None:
    answer, data = server.ask(server.site.path + name)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert data == (server.site.folder / "404.html").read_bytes()
    assert b'id="support"' in data
    assert b'index.html#episodes"' in data


def test_text_is_compressed_for_who_asks_and_recordings_never_are(server: Server) -> None:
    if server.name != "nginx":
        return  # htaccess leaves that to the provider
    for start in ("feed.xml", "index.html", "transcripts/", "chapters/", "static/site.css"):
        path = _one(server, start)
        answer, data = server.ask(path, Accept_Encoding="gzip")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(data) == (server.site.root / path[1:]).read_bytes()
        again, _ = server.ask(path, Accept_Encoding="gzip", If_None_Match=answer.headers["ETag"])
        assert again.status == 304
    for start in ("media/", "art/"):
        answer, _ = server.ask(_one(server, start), Accept_Encoding="gzip", Range="bytes=0-9")
        assert answer.status == 206
        assert "Content-Encoding" not in answer.headers


def test_a_player_elsewhere_may_ask_what_it_may_ask(server: Server) -> None:
    if server.name != "nginx":
        return  # no player that we know of asks first; Apache could answer only with mod_rewrite
    asking = {"Origin": "https://player.example.org", "Access_Control_Request_Method": "GET"}
    answer, _ = server.ask(_one(server, "transcripts/"), "OPTIONS", **asking)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"


def test_no_log_names_a_listener(server: Server) -> None:
    if server.name != "nginx":
        return  # an .htaccess cannot change what is logged
    server.ask(_one(server, "media/"))
    server.ask(server.site.path + "media/gone.mp3")
    server.ask(server.site.path + ".published/current.json")
    logs = sorted(server.run.glob("*.log"))
    assert len(logs) >= 2
    for log in logs:
        assert "127.0.0.1" not in log.read_text(encoding="utf-8"), log.name


def test_the_doctor_finds_nothing_to_mend(server: Server) -> None:
    run = [shows.program("earmark"), "doctor", "--no-links", "--json", server.site.address]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, json.loads(done.stdout)) == (0, []), done.stderr
