"""Podcast apps as they speak on the line: what AntennaPod, Kasts and Cardo send, in their order.

What each sends was read from their programs; nothing here knows how we answer.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from tests.kit.companion.visitor import Answer, Visitor
from web import crypto
from web.accounts import store as accounts
from web.accounts.store import Learner
from web.companion import Companion
from web.sync import grants
from web.sync.grants import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.kit.companion.visitor import Ask

FEED = "https://podcast.example.org/night/feed.xml"
TALKS = tuple(f"https://podcast.example.org/night/media/talk-{n}.mp3" for n in (1, 2))
NEXTCLOUD = "/index.php/apps/gpoddersync"
OK = 200


class Spoken(NamedTuple):
    """One thing that was said: a number, what was asked, and the status."""

    number: int
    asked: str
    status: int


class Line:
    """An app's line to a server: every exchange is numbered, so that a failure names its step."""

    def __init__(self, ask: Ask, prefix: str = "") -> None:
        self._visitor = Visitor(ask, prefix)
        self.spoken: list[Spoken] = []

    @property
    def prefix(self) -> str:
        return self._visitor.prefix

    @property
    def cookies(self) -> dict[str, tuple[str, str]]:
        return self._visitor.cookies

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        answer = self._visitor.send(method, path, headers, body)
        self.spoken.append(Spoken(len(self.spoken) + 1, f"{method} {path}", answer.status))
        return answer

    def json(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Any:
        """Send; every app takes anything but 200 for a failure."""
        answer = self.send(method, path, headers, body)
        assert answer.status == OK, (self.spoken[-1], answer.text)
        return json.loads(answer.body) if answer.body else None


def basic(who: Credentials) -> dict[str, str]:
    """Return the header with a user name and a password."""
    told = base64.b64encode(f"{who.handle}:{who.password}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


def play(position: int, started: int = 0, *, talk: int = 0, **more: Any) -> dict[str, Any]:
    """Return an action as apps write it, 300 seconds being the whole."""
    return {
        "podcast": FEED, "episode": TALKS[talk], "action": "play",
        "timestamp": "2026-10-20T10:00:00", "started": started, "position": position,
        "total": 300,
    } | more  # fmt: skip


def let_in(place: Companion, learner: str, key: bytes, name: str = "my phone") -> Credentials:
    """Make an app password, as the page does."""
    with place.database.writing() as connection:
        return grants.let_in(connection, place, Learner(learner, key), name)


def new_learner(place: Companion) -> Learner:
    """Make an account whose phrase nobody has."""
    with place.database.writing() as connection:
        opened = crypto.Opened(crypto.random(), crypto.random())
        return accounts.add_learner(connection, opened, place.now().date())


class AntennaPod:
    """AntennaPod 3 in its gPodder mode: Basic at login only, the cookie after that."""

    BATCH = 30

    def __init__(self, line: Line, who: Credentials, device: str = "antennapod_pixel") -> None:
        self.line, self.who, self.device = line, who, device
        self.subscriptions: list[str] = []
        self.queue: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        self.since_subscriptions = self.since_episodes = 0

    def connect(self) -> None:
        """What its dialog does: log in, list devices, make one of its own."""
        self.login()
        every = self.line.json("GET", f"/api/2/devices/{self.who.handle}.json")
        for each in every:
            assert set(each) >= {"id", "caption", "type", "subscriptions"}
        body = json.dumps({"caption": "AntennaPod on Pixel", "type": "mobile"}).encode()
        kind = {"Content-Type": "application/json; charset=utf-8"}
        path = f"/api/2/devices/{self.who.handle}/{self.device}.json"
        assert self.line.send("POST", path, kind, body).status == OK

    def login(self) -> None:
        kind = {"Content-Type": "plain/text; charset=utf-8"}
        path = f"/api/2/auth/{self.who.handle}/login.json"
        assert self.line.send("POST", path, kind | basic(self.who)).status == OK

    def sync(self) -> None:
        """One turn, as its worker takes it."""
        self.login()
        path = f"/api/2/subscriptions/{self.who.handle}/{self.device}.json"
        changes = self.line.json("GET", f"{path}?since={self.since_subscriptions}")
        added = [url for url in changes["add"] if url not in self.subscriptions]
        if self.since_subscriptions == 0:
            sent = {"add": self.subscriptions, "remove": []}
            kind = {"Content-Type": "application/json; charset=utf-8"}
            changes = self.line.json("POST", path, kind, json.dumps(sent).encode())
            assert changes["update_urls"] == []
        self.subscriptions += added
        self.since_subscriptions = self._number(changes)
        self._episodes()
        out = f"/api/2/auth/{self.who.handle}/logout.json"
        assert self.line.send("POST", out).status == OK

    def _episodes(self) -> None:
        path = f"/api/2/episodes/{self.who.handle}.json"
        got = self.line.json("GET", f"{path}?since={self.since_episodes}")
        self.received += got["actions"]
        number = self._number(got)
        for batch in self._batches():
            kind = {"Content-Type": "application/json; charset=utf-8"}
            number = self._number(self.line.json("POST", path, kind, json.dumps(batch).encode()))
        self.queue.clear()  # only now: everything has to arrive
        self.since_episodes = number

    def _batches(self) -> list[list[dict[str, Any]]]:
        named = [{"device": self.device, **each} for each in self.queue]
        return [named[at : at + self.BATCH] for at in range(0, len(named), self.BATCH)]

    @staticmethod
    def _number(answer: Any) -> int:
        assert type(answer["timestamp"]) is int
        assert 0 < answer["timestamp"] < 2**31
        found: int = answer["timestamp"]
        return found


class Nextcloud:
    """AntennaPod and Cardo in their Nextcloud mode: Basic each time, no cookie, their own clock.

    `clock` says what time it is on the device.
    """

    BATCH = 30
    KIND = "application/json; charset=utf-8"

    def __init__(self, line: Line, clock: Any) -> None:
        self.line, self.clock = line, clock
        self.who = Credentials("", "")
        self.server = ""
        self.subscriptions: list[str] = []
        self.queue: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        self.since_subscriptions = self.since_episodes = 0
        self._token = self._endpoint = ""

    def begin(self) -> str:
        """Ask to be let in; return the page that it opens in the browser."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "AntennaPod/3.5"}
        found = self.line.json("POST", "/index.php/login/v2", kind)
        self._token, self._endpoint = found["poll"]["token"], found["poll"]["endpoint"]
        login: str = found["login"]
        assert self._token not in login
        return login

    def poll(self) -> bool:
        """Ask whether it was let in."""
        headers, body = self._poll_body()
        path = urlsplit(self._endpoint).path.removeprefix(self.line.prefix)
        answer = self.line.send("POST", path, headers, body)
        if answer.status == OK:
            found = json.loads(answer.body)
            self.who = Credentials(found["loginName"], found["appPassword"])
            self.server = found["server"]
        return answer.status == OK

    def _poll_body(self) -> tuple[dict[str, str], bytes]:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return kind, f"token={self._token}".encode()

    def _json(self, method: str, path: str, sent: Any = None) -> Any:
        headers = basic(self.who) | {"Accept": "application/json"}
        if sent is not None:
            headers["Content-Type"] = self.KIND
        self.line.cookies.clear()
        body = b"" if sent is None else json.dumps(sent).encode()
        return self.line.json(method, f"{NEXTCLOUD}{path}", headers, body)

    def sync(self) -> None:
        """One turn."""
        got = self._json("GET", f"/subscriptions?since={self.since_subscriptions}")
        added = [url for url in got["add"] if url not in self.subscriptions]
        if self.since_subscriptions == 0 and self.subscriptions:
            sent = {"add": self.subscriptions, "remove": []}
            self._json("POST", "/subscription_change/create", sent)
            got["timestamp"] = int(self.clock())
        self.subscriptions += added
        self.since_subscriptions = got["timestamp"]
        got = self._json("GET", f"/episode_action?since={self.since_episodes}")
        self.received += got["actions"]
        number = got["timestamp"]
        for at in range(0, len(self.queue), self.BATCH):
            self._json("POST", "/episode_action/create", self.queue[at : at + self.BATCH])
            number = int(self.clock())  # its own time, not the answer's
        self.queue.clear()
        self.since_episodes = number


class Cardo(Nextcloud):
    """Cardo: everything at once, one time of its own for both lists, and places only.

    Its bodies are what a script in a page sends.
    """

    KIND = "text/plain;charset=UTF-8"

    def _poll_body(self) -> tuple[dict[str, str], bytes]:
        return {"Content-Type": "application/json"}, json.dumps({"token": self._token}).encode()

    def sync(self) -> None:
        """One turn; it sends what it did last, even if that is nothing."""
        since = self.since_episodes
        got = self._json("GET", f"/subscriptions?since={since}")
        wanted = [url for url in self.subscriptions if url not in got["add"]]
        if since == 0 and wanted:
            self._json("POST", "/subscription_change/create", {"add": wanted, "remove": []})
        self.received += self._json("GET", f"/episode_action?since={since}")["actions"]
        sent = [{**each, "started": each["position"]} for each in self.queue]
        self._json("POST", "/episode_action/create", sent)
        self.queue.clear()
        self.since_episodes = int(self.clock())


class Kasts:
    """Kasts in its gPodder mode: Basic each time, and it asks again until nothing comes."""

    def __init__(self, line: Line, who: Credentials, clock: Any, device: str = "kasts") -> None:
        self.line, self.who, self.clock, self.device = line, who, clock, device
        self.since = self.since_subscriptions = 0
        self.received: list[dict[str, Any]] = []

    def _json(self, method: str, path: str, sent: Any = None) -> Any:
        headers = basic(self.who)
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.cookies.clear()
        body = b"" if sent is None else json.dumps(sent).encode()
        return self.line.json(method, path, headers, body)

    def connect(self) -> None:
        """Log in: it looks for devices, makes one, and lets all of them go together."""
        self._json("GET", f"/api/2/devices/{self.who.handle}.json")
        path = f"/api/2/devices/{self.who.handle}/{self.device}.json"
        assert self._json("POST", path, {"caption": "laptop", "type": "laptop"}) is None
        together = f"/api/2/sync-devices/{self.who.handle}.json"
        known = self._json("GET", together)
        every = [
            *known["not-synchronized"],
            *(id_ for group in known["synchronized"] for id_ in group),
        ]
        self._json("POST", together, {"synchronize": [every], "stop-synchronize": []})

    def sync(self, subscriptions: Sequence[str], queue: Sequence[dict[str, Any]]) -> None:
        """One turn; it asks since one more than it was told, and sends only what there is."""
        path = f"/api/2/subscriptions/{self.who.handle}/{self.device}.json"
        got = self._json("GET", f"{path}?since={self.since_subscriptions}")
        self.since_subscriptions = got["timestamp"] + 1
        if subscriptions:
            got = self._json("POST", path, {"add": [*subscriptions], "remove": []})
            self.since_subscriptions = got["timestamp"] + 1
        episodes = f"/api/2/episodes/{self.who.handle}.json"
        for _ in range(10):
            aggregated = "false" if self.since else "true"
            got = self._json("GET", f"{episodes}?since={self.since}&aggregated={aggregated}")
            self.received += got["actions"]
            self.since = got["timestamp"] + 1
            if got["timestamp"] > self.clock() - 10 or not got["actions"]:
                break
        else:
            raise AssertionError("it would ask for ever")
        sent = [{"device": self.device, **each} for each in queue]
        for at in range(0, len(sent), 30):
            self.since = self._json("POST", episodes, sent[at : at + 30])["timestamp"] + 1


def grant(visitor: Visitor, login: str) -> Answer:
    """Open the page that an app opened, and press the button."""
    path = urlsplit(login).path.removeprefix(visitor.prefix)
    page = visitor.get(path)
    assert page.status == OK, page.text
    assert re.search("Connect .*\\?", page.text)
    return visitor.follow(visitor.post(path, {"name": "my phone"}))
