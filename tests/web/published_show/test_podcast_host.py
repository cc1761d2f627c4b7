"""What `serve` says of the podcast before it starts: its episodes, or why it does not start."""

from __future__ import annotations

import json
import socket
import subprocess
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from episodes.errors import EarmarkError
from podcast.creating.companion_settings import NewCompanion, create_settings
from tests.kit import shows
from tests.kit.companion import cast
from tests.kit.companion.cast import SHOW
from tests.kit.servers import companion_server, preview_server
from web import podcast_host, published_show
from web import settings as reading
from web.application import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.database_rows import Making
    from web.settings import Settings

OWN = "https://notes.example.org/"
OTHER_PORTS = {"https://example.org:8443/", "https://EXAMPLE.org.:8443/talks/",
               "http://192.168.1.20:8000/", "https://notes.example.org:444/x.mp3"}  # fmt: skip


def settings(tmp_path: Path, address: str, catalogue: str, **more: Any) -> Settings:
    made = create_settings(
        tmp_path / "companion", NewCompanion("Riverside Trust", address, "a@example.org")
    )
    return made.model_copy(update={"catalogue": catalogue, **more})


def show(tmp_path: Path, address: str = "", file: str = "") -> str:
    """Write a show at an address, with a recording at another; return its folder."""
    document: dict[str, Any] = deepcopy(SHOW)
    if address:
        document["show"]["address"] = address
    if file:
        document["episodes"][1]["media"]["file"] = file
    folder = cast.catalogue(tmp_path / "show")
    (folder / "catalogue.json").write_text(json.dumps(document), encoding="utf-8")
    return str(folder)


def test_it_says_how_many_episodes_there_are(tmp_path: Path) -> None:
    found = settings(tmp_path, OWN, show(tmp_path))
    assert podcast_host.check(found) == ["2 episodes of “Night shift”."]
    assert podcast_host.check(found.model_copy(update={"catalogue": None})) == []


def test_a_folder_that_cannot_be_read_is_said_and_nothing_starts(tmp_path: Path) -> None:
    folder = tmp_path / "show"
    with pytest.raises(EarmarkError, match=r"No such file.*`earmark build` made"):
        podcast_host.check(settings(tmp_path, OWN, str(folder)))
    cast.catalogue(folder)
    (folder / "catalogue.json").write_text('{"version": 1}', encoding="utf-8")
    with pytest.raises(EarmarkError, match=r"not a catalogue .*show: Field required"):
        podcast_host.check(settings(tmp_path / "other", OWN, str(folder)))


def test_an_address_that_does_not_answer_may_come_later(tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{preview_server.free_port()}/"
    (line,) = podcast_host.check(settings(tmp_path, OWN, gone))
    assert line.startswith("There are no episodes yet: http://127.0.0.1")
    assert line.endswith(f"tries again every {published_show.SOON} seconds.")


@pytest.mark.parametrize(
    ("own", "podcast", "recording", "is_shared"),
    [
        ("https://example.org/notes/", "https://example.org/talks/", "", True),
        ("https://example.org/notes/", "https://EXAMPLE.org:443/talks/", "", True),
        ("https://example.org/notes/", "http://example.org/talks/", "", True),
        ("https://example.org./notes/", "https://example.org/talks/", "", True),
        (OWN, "https://talks.example.org/", "https://notes.example.org/x.mp3", True),
        ("http://127.0.0.1:8090/", "http://127.0.0.1:8090/talks/", "", True),
        (OWN, "https://talks.example.org/", "", False),
        (OWN, "https://example.org/", "https://cdn.example.org/x.mp3", False),
        ("http://127.0.0.1:8090/", "http://127.0.0.1:8000/", "", False),
        ("https://example.org:8443/", "https://example.org/", "", True),
        ("https://example.org/", "https://EXAMPLE.org.:8443/talks/", "", True),
        ("http://192.168.1.20:8090/", "http://192.168.1.20:8000/", "", True),
        (OWN, "https://talks.example.org/", "https://notes.example.org:444/x.mp3", True),
        ("http://localhost:8090/", "http://127.0.0.1:8090/", "", False),
    ],
)
def test_a_podcast_on_the_companions_own_host_name_is_refused(
    tmp_path: Path, own: str, podcast: str, recording: str, *, is_shared: bool
) -> None:
    found = settings(tmp_path, own, show(tmp_path, podcast, recording))
    if not is_shared:
        assert podcast_host.check(found) == ["2 episodes of “Night shift”."]
        return
    with pytest.raises(EarmarkError, match=r"settings\.toml: address: .*have the same host name"):
        podcast_host.check(found)
    accepted = found.model_copy(update={"podcast_shares_host": True})
    warning, line = podcast_host.check(accepted)
    assert warning.startswith("Warning: the podcast (")
    of_another_port = {own, podcast, recording} & OTHER_PORTS
    assert ("every port" in warning) == bool(of_another_port)
    assert line.startswith("2 episodes")


def test_an_address_of_ipv6_is_refused_under_which_nobody_gets_an_answer(tmp_path: Path) -> None:
    with pytest.raises(EarmarkError, match=r"address: is an IPv6 address.* write a host name"):
        settings(tmp_path, "http://[::1]:8090/", show(tmp_path))


def test_its_address_alone_is_enough_to_refuse(tmp_path: Path) -> None:
    port = preview_server.free_port()
    found = settings(tmp_path, f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/show/")
    with pytest.raises(EarmarkError, match="have the same host name"):
        podcast_host.check(found)


@pytest.mark.slow
def test_the_command_says_it_too(tmp_path: Path) -> None:
    folder, place = tmp_path / "companion", tmp_path / "show"
    companion_server.make(folder, preview_server.free_port())
    address = reading.read(folder).address
    run = [shows.program("earmark"), "web", "serve", str(folder), "--catalogue"]
    done = subprocess.run([*run, str(place)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "No such file" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    own = show(tmp_path, address)
    done = subprocess.run([*run, own], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "have the same host name" in done.stderr
    done = subprocess.run(
        [*run, "http://podcast.example.org/"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "over http://" in done.stderr
    with companion_server.serve(folder, show(tmp_path, "https://talks.example.org/")) as running:
        assert "2 episodes of “Night shift”." in running.log.read_text(encoding="utf-8")


def test_a_podcast_that_moves_to_the_companions_host_name_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = settings(tmp_path, OWN, show(tmp_path))
    shows = published_show.Shows(own.catalogue, lambda: 0.0, partial(podcast_host.warning, own))
    shows.renew()
    assert not caplog.records
    show(tmp_path, OWN)
    for _ in range(2):
        shows.renew()
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage().startswith(f"DANGER: the podcast ({OWN}) and this companion")
    show(tmp_path)
    shows.renew()
    show(tmp_path, OWN)
    shows.renew()
    assert len(caplog.records) == 2, "it is logged again if it comes back"


def test_a_host_name_that_the_operator_accepted_is_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = settings(tmp_path, OWN, show(tmp_path, OWN), podcast_shares_host=True)
    published_show.Shows(own.catalogue, lambda: 0.0, partial(podcast_host.warning, own)).renew()
    assert not caplog.records


def test_an_application_looks_at_each_catalogue_that_it_reads(
    tmp_path: Path, make_database: Making, caplog: pytest.LogCaptureFixture
) -> None:
    built = cast.house(cast.settings(tmp_path, make_database("sqlite")))
    own = built.settings.model_copy(update={"catalogue": show(tmp_path / "new", cast.ADDRESS)})
    assert not caplog.records
    create_app(own).extensions["earmark"].database.close()
    assert "have the same host name" in caplog.text
    built.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:{port}/", "cannot be reached: nothing answers there"),
        ("https://nowhere.invalid/", "cannot be found: DNS does not know the name"),
        ("http://[::1/", "is not a complete web address"),
    ],
)
def test_a_catalogue_that_does_not_come_is_told_in_words(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "nowhere" in address:  # no test asks a real DNS
        unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        monkeypatch.setattr(socket, "getaddrinfo", Mock(side_effect=unknown))
    with pytest.raises(EarmarkError) as found:
        published_show.read(address.format(port=preview_server.free_port()))
    assert str(found.value).endswith(words)
    assert "Error" not in str(found.value)
