"""Real clients of the gPodder API against a companion that is served: mygpoclient and gPodder."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.kit import shows
from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import FEED, TALKS
from tests.kit.companion import cast
from tests.kit.servers import companion_server, preview_server
from web.companion import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.sync.grants import Credentials

pytestmark = pytest.mark.slow
OTHERS = "https://elsewhere.example.com/private/feed.xml"
DEBIAN = Path("/usr/bin/python3")


class Served(NamedTuple):
    """A companion that runs below a path or not, and an app password for it."""

    address: str
    who: Credentials


@pytest.fixture(params=["", "notes/"])
def served(request: pytest.FixtureRequest, tmp_path: Path, kind: str,
           monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:  # fmt: skip
    if kind == "postgresql":
        address = request.getfixturevalue("server").create()
        monkeypatch.setenv("EARMARK_DATABASE_URL", address)
    folder, show = tmp_path / "companion", cast.catalogue(tmp_path / "show")
    companion_server.make(folder, preview_server.free_port(), request.param)
    with companion_server.serve(folder, show) as running:
        house = cast.house(running.settings)
        place = house.app.extensions[NAME]
        alice = sync_clients.new_learner(place)
        yield Served(running.address, sync_clients.let_in(place, alice.id, alice.key))
        house.close()


def test_mygpoclient_has_its_whole_conversation(served: Served) -> None:
    api = shows.library("mygpoclient.api")
    who = served.who
    client = api.MygPodderClient(who.handle, who.password, served.address)
    # 1. a device, with the challenge and then the cookie
    assert client.update_device_settings("laptop", "my laptop", "laptop")
    (device,) = client.get_devices()
    assert (device.device_id, device.caption, device.type) == ("laptop", "my laptop", "laptop")
    # 2. subscriptions, ours and what is nobody's business
    first = client.pull_subscriptions("laptop", 0)
    assert (first.add, first.remove) == ([], [])
    told = client.update_subscriptions("laptop", [FEED, OTHERS], [])
    assert told.update_urls == []
    assert client.get_subscriptions("laptop") == [FEED]
    assert client.pull_subscriptions("other", 0).add == [FEED]
    assert client.pull_subscriptions("laptop", told.since).add == []
    assert client.put_subscriptions("laptop", [OTHERS])
    assert client.get_subscriptions("laptop") == []
    assert client.put_subscriptions("laptop", [OTHERS, FEED])
    # 3. episodes
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    action = api.EpisodeAction
    sent = [
        action(FEED, TALKS[0], "play", "laptop", at, 0, 120, 300),
        action(FEED, TALKS[0], "download", "laptop", at),
        action(OTHERS, "https://elsewhere.example.com/a.mp3", "play", "laptop", at, 0, 9, 10),
        action(FEED, TALKS[1], "play", "laptop", at),
        action(FEED, TALKS[1], "play", "laptop", at, None, 50),
    ]
    since = client.upload_episode_actions(sent)
    assert client.upload_episode_actions(sent) == since, "what is sent again is one"
    assert client.upload_episode_actions([]) == since
    got = client.download_episode_actions(0)
    assert got.since == since
    places = {(each.episode, each.action, each.position) for each in got.actions}
    assert places == {
        (TALKS[0], "play", 120), (TALKS[0], "download", None), (TALKS[1], "play", 50),
    }  # fmt: skip
    assert client.download_episode_actions(since).actions == []
    # 4. what is not kept
    assert client.get_settings("account") == {}
    assert client.set_settings("device", "laptop", None, {"auto": True}) == {}
    assert client.get_favorite_episodes() == []
    assert shows.library("mygpoclient.public").PublicClient(served.address).get_toplist() == []


def test_mygpoclient_with_a_wrong_password_is_told_so(served: Served) -> None:
    api, http = shows.library("mygpoclient.api"), shows.library("mygpoclient.http")
    client = api.MygPodderClient(served.who.handle, "wrong", served.address)
    with pytest.raises(http.Unauthorized):
        client.get_devices()


def gpodder(served: Served, folder: Path, device: str, **told: Any) -> Any:
    """Let gPodder's own class sync once; return what it says."""
    shows.program("gpo")
    folder.mkdir(exist_ok=True)
    what = {"server": served.address, "user": served.who.handle, "device": device,
            "password": served.who.password, "feeds": [], "episodes": []} | told  # fmt: skip
    script = shows.ROOT / "tests" / "kit" / "clients" / "gpodder_sync.py"
    run = [str(DEBIAN), str(script), str(folder), json.dumps(what)]
    done = subprocess.run(run, check=False, capture_output=True, text=True, timeout=120)
    assert "ANSWER" in done.stdout, done.stdout + done.stderr
    return json.loads(done.stdout.partition("ANSWER")[2].splitlines()[0])


def test_gpodder_syncs_with_its_own_class(served: Served, tmp_path: Path) -> None:
    # 1. a first desk: it makes itself known, subscribes, reports more than one batch
    many = [[FEED, TALKS[0], at, at + 1, 300] for at in range(0, 250, 2)]
    one = gpodder(served, tmp_path / "one", "one", feeds=[FEED, OTHERS], episodes=many)
    assert (one["enabled"], one["waiting"]) == (True, 0)
    # 2. a second one hears of both
    two = gpodder(served, tmp_path / "two", "two")
    assert (two["enabled"], two["waiting"], two["subscribed"]) == (True, 0, [FEED])
    assert [each[0] for each in two["received"]] == [TALKS[0]]
    assert {tuple(each) for each in two["devices"]} == {
        ("one", "a desk", "desktop"), ("two", "a desk", "desktop")}  # fmt: skip
    # 3. it reports, and the first one hears of it
    heard = [[FEED, TALKS[1], 0, 60, 300]]
    assert gpodder(served, tmp_path / "two", "two", episodes=heard)["waiting"] == 0
    again = gpodder(served, tmp_path / "one", "one")
    assert [TALKS[1], 60] in again["received"]


def test_gpodder_with_a_password_that_was_taken_back_stops(served: Served, tmp_path: Path) -> None:
    wrong = served._replace(who=served.who._replace(password="wrong"))  # noqa: S106 - it is wrong
    assert gpodder(wrong, tmp_path / "one", "one")["enabled"] is False
