"""The preview answers only this computer, and goes on whatever happens to the show."""

from __future__ import annotations

import errno
import os
import re
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from episodes.errors import EarmarkError
from podcast import preview, preview_rebuild
from podcast.building import pipeline
from podcast.show_folder import read_only_copy, show_lock
from tests.kit.servers import preview_server

if TYPE_CHECKING:
    from collections.abc import Callable

OWN = ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "127.0.0.1", "localhost."]
OTHERS = ["evil.test", "evil.test:8000", "", "127.0.0.1.evil.test", "localhost.evil.test:80",
          "evil.test@localhost", "localhost#.evil.test", "localhost?.evil.test",
          "[::2]:8000", "[", "a@b", "127.0.0.2", "0.0.0.0:8000", "localhost evil.test"]  # fmt: skip


@pytest.fixture
def client(show: Path) -> Client:
    return Client(preview.OwnNames(preview.app(show / "public"), "127.0.0.1"))


@pytest.mark.parametrize("host", OWN)
def test_names_of_this_computer_are_answered_and_open_to_nobody_else(
    client: Client, host: str
) -> None:
    answer = client.get("/feed.xml", headers={"Host": host})
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("host", OTHERS)
def test_other_names_are_refused(client: Client, host: str) -> None:
    answer = client.get("/feed.xml", headers={"Host": host})
    assert answer.status_code == 403
    assert b"<rss" not in answer.data


def test_a_page_of_another_site_cannot_read_it_but_may_lead_to_it(client: Client) -> None:
    asked = {"Host": "localhost:8000", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert client.get("/feed.xml", headers=asked).status_code == 403
    assert client.get("/", headers=asked | {"Sec-Fetch-Mode": "navigate"}).status_code == 200


@pytest.mark.parametrize("path", ["/nothing.html", "/episodes/", "/.hidden", "/media/nothing.mp3"])
def test_an_address_without_a_file_gets_a_page_in_the_look_of_the_show(
    client: Client, path: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Page not found" in answer.text
    assert "116 123" in answer.text
    targets = re.findall(r'(?:href|src)="http://localhost(/[^"#]*)', answer.text)
    assert len(targets) > 5
    assert {client.get(each, buffered=True).status_code for each in targets} == {200}


def test_no_page_makes_a_browser_look_for_an_icon(show: Path) -> None:
    built = sorted((show / "public").rglob("*.html"))
    assert any(path.parent.name == "transcripts" for path in built)
    assert [path.name for path in built if 'rel="icon"' not in path.read_text("utf-8")] == []


def test_a_companion_at_another_port_of_this_computer_plays_it(client: Client) -> None:
    asked = {"Host": "127.0.0.1:8000", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors",
             "Sec-Fetch-Dest": "audio"}  # fmt: skip
    sound = re.search(rb'<enclosure url="http://[^/]+(/[^"?]+)', client.get("/feed.xml").data)
    assert sound
    answer = client.get(sound[1].decode(), headers=asked, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    asked["Sec-Fetch-Site"] = "cross-site"
    assert client.get(sound[1].decode(), headers=asked).status_code == 403


def test_the_address_that_is_given_is_answered(show: Path) -> None:
    client = Client(preview.OwnNames(preview.app(show / "public"), "192.0.2.7"))
    assert client.get("/", headers={"Host": "192.0.2.7:8000"}).status_code == 200
    name = socket.gethostname()
    everywhere = preview.OwnNames(preview.app(show / "public"), next(iter(preview.EVERYWHERE)))
    assert Client(everywhere).get("/", headers={"Host": f"{name}:8000"}).status_code == 200
    assert Client(everywhere).get("/", headers={"Host": "evil.test"}).status_code == 403


def test_a_taken_port_is_one_line_of_ours(
    show: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        preview_rebuild, "build", lambda _: pytest.fail("built before the port is known")
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EarmarkError, match=rf"^port {port} is already in use; try --port "):
            preview.serve(show, "127.0.0.1", port)
    assert capfd.readouterr() == ("", "")


def test_an_address_of_another_computer_is_named(show: Path) -> None:
    with pytest.raises(EarmarkError, match=r"--host 192\.0\.2\.1: "):
        preview.serve(show, "192.0.2.1", preview_server.free_port())


BROKEN: list[BaseException] = [
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "feed.xml"),
    PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
    ValueError("a fault of ours"),
    EarmarkError("a sentence"),
    show_lock.BusyError("somebody is at work"),
    RecursionError(),
]


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
def test_the_watcher_says_what_went_wrong_and_goes_on(
    show: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    monkeypatch.setattr(preview_rebuild, "EVERY", 0.01)
    monkeypatch.setattr(preview_rebuild, "RETRY", 0.0)
    done = threading.Event()
    really, tries = pipeline.build, iter([error, error])

    def build(*rest: object, **more: object) -> object:
        for wrong in tries:
            raise wrong
        done.set()
        return really(show)

    monkeypatch.setattr(pipeline, "build", build)
    stop = threading.Event()
    watcher = threading.Thread(target=preview_rebuild.watch, args=(show, show, stop))
    watcher.start()
    until = time.monotonic() + 60
    while not done.is_set() and time.monotonic() < until:
        (show / "show.md").touch()
        done.wait(0.05)
    stop.set()
    watcher.join()
    said = capfd.readouterr().err
    assert done.is_set()
    assert "Not built: you are seeing the previous version." in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("took", "pause"), [(0, 0.1), (0.001, 0.1), (0.01, 0.2), (0.3, 1.0)])
def test_a_large_show_is_scanned_less_often(took: float, pause: float) -> None:
    assert preview_rebuild._pause(took) == pytest.approx(pause)


def test_a_show_that_is_read_only_is_previewed_from_a_copy(
    make_show: Callable[..., Path], tmp_path: Path
) -> None:
    show, copy = make_show(2), tmp_path / "copy"
    read_only_copy.update(show, copy)
    built = pipeline.build(copy)
    assert built.episodes == 2
    read_only_copy.update(show, copy)
    assert pipeline.build(copy).written == 0
    text = (show / "show.md").read_text("utf-8")
    (show / "show.md").write_text(text.replace("Night", "Late"), "utf-8")
    (show / "episodes" / "01-talk" / "episode.md").unlink()
    read_only_copy.update(show, copy)
    assert "Late" in (copy / "show.md").read_text("utf-8")
    assert not (copy / "episodes" / "01-talk" / "episode.md").exists()
    assert not (show / ".earmark").exists()
