"""Links are asked for politely, and only what is certainly gone is called dead.

Other sites are a server on this computer, so the checker is told that it may ask there.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from episodes.links import LinkState, Verdict
from podcast import link_check
from podcast.link_check import LinkChecker
from podcast.network import public_addresses
from tests.kit.servers.loopback import Quiet, answering

PATIENCE = 1.5


class Elsewhere(BaseHTTPRequestHandler):
    """/status/N answers N; /to/N/PATH redirects to /PATH by N; the other words say what happens."""

    asked: ClassVar[Counter[str]] = Counter()
    agents: ClassVar[set[str]] = set()
    inside, most = 0, 0  # how many are asked at once, by now and at most
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        kind = type(self)
        with kind.lock:
            kind.asked[f"{self.command} {self.path}"] += 1
            kind.agents.add(self.headers["User-Agent"])
            kind.inside += 1
            kind.most = max(kind.most, kind.inside)
        time.sleep(0.01)
        with kind.lock:  # before it is answered: the next question may come at once
            kind.inside -= 1
        self._answer()

    do_GET = do_HEAD  # noqa: N815 - http.server's name

    def _answer(self) -> None:
        first, _, rest = self.path.strip("/").partition("/")
        if first == "slow":
            time.sleep(PATIENCE * 2)
        elif first == "closed":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        elif first == "to":
            status, _, target = rest.partition("/")
            self._send(int(status), target if ":" in target else f"/{target}")
            return
        head = first in {"head-403", "head-405", "head-404"} and self.command == "HEAD"
        status = first.rpartition("-")[2] if head else rest if first == "status" else "200"
        self._send(int(status))

    def _send(self, status: int, location: str = "") -> None:
        with suppress(OSError):
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()


@contextmanager
def server() -> Iterator[str]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    made.daemon_threads = True
    with answering(made) as address:
        yield address


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture
def checker() -> Iterator[LinkChecker]:
    made = LinkChecker(private=True, patience=PATIENCE)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("path", "state", "said"),
    [
        ("status/200", LinkState.FINE, ""),
        ("head-403", LinkState.FINE, ""),
        ("head-405", LinkState.FINE, ""),
        ("head-404", LinkState.FINE, ""),  # not true of the page itself
        ("status/404", LinkState.DEAD, "no longer works: its server answers 404"),
        ("status/410", LinkState.DEAD, "410"),
        ("status/401", LinkState.UNSURE, "asks for a password (401)"),
        ("status/403", LinkState.UNSURE, "blocks programs (403)"),
        ("status/429", LinkState.UNSURE, "gets too many requests (429)"),
        ("status/500", LinkState.UNSURE, "has a problem at the moment (500)"),
        ("status/400", LinkState.UNSURE, "answers in an unexpected way (400)"),
        ("to/302/status/200", LinkState.FINE, ""),
        ("to/301/status/200", LinkState.MOVED, "has moved permanently to http"),
        ("to/308/to/301/status/200", LinkState.MOVED, "has moved permanently"),
        ("to/301/to/302/status/200", LinkState.MOVED, "has moved permanently"),
        ("to/302/to/301/status/200", LinkState.FINE, ""),  # the first may lead elsewhere tomorrow
        ("to/301/status/404", LinkState.DEAD, "status/404, which no longer works"),
        ("to/301/status/500", LinkState.UNSURE, "has a problem"),
        ("to/301/", LinkState.MOVED, "home page"),
        ("to/302/to/302/to/302/to/302/to/302/to/302/x", LinkState.UNSURE, "never end"),
        ("to/301/mailto:a@example.org", LinkState.UNSURE, "not on the web"),
        ("slow", LinkState.UNSURE, "does not answer in time"),
        ("closed", LinkState.UNSURE, "could not be reached"),
    ],
)
def test_only_what_is_certain_is_called_dead(
    site: str, checker: LinkChecker, path: str, state: LinkState, said: str
) -> None:
    verdict = checker.check(site + path)
    assert verdict.state is state, verdict
    assert said in verdict.said


def test_a_move_for_good_names_the_last_address_that_is_for_good(
    site: str, checker: LinkChecker
) -> None:
    assert checker.check(f"{site}to/301/to/302/a").to == f"{site}to/302/a"
    assert checker.check(f"{site}to/301/to/308/a").to == f"{site}a"


def test_a_circle_of_redirects_ends(site: str, checker: LinkChecker) -> None:
    with server() as other:
        assert checker.check(f"{other}to/302/to/302/{'to/302/' * 20}a").state is LinkState.UNSURE


def test_a_port_where_nobody_listens_is_not_called_dead(checker: LinkChecker) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    verdict = checker.check(f"http://127.0.0.1:{port}/")
    assert (verdict.state, verdict.reached) == (LinkState.UNSURE, False)
    assert "nothing answers there" in verdict.said


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"])  # noqa: S104 - asked, not listened at
def test_nobody_is_asked_in_this_computers_own_network(site: str, name: str) -> None:
    careful = LinkChecker(patience=PATIENCE)
    before = Elsewhere.asked.total()
    verdict = careful.check(site.replace("127.0.0.1", name) + "status/404")
    careful.close()
    assert verdict.state is LinkState.UNSURE
    assert Elsewhere.asked.total() == before


def test_a_redirect_into_this_computers_own_network_is_not_followed(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful = LinkChecker(patience=PATIENCE)
    Elsewhere.asked.clear()
    first = iter([True])  # only the first server counts as a public one
    real = public_addresses.allowed
    monkeypatch.setattr(
        public_addresses, "allowed", lambda address: next(first, False) or real(address)
    )
    verdict = careful.check(f"{site}to/302/status/404")
    careful.close()
    assert "your own network" in verdict.said
    assert Elsewhere.asked == {"HEAD /to/302/status/404": 1}


def unresolved(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    real = socket.getaddrinfo

    def lookup(name: str, *rest: object, **more: object) -> object:
        if name.endswith(".example"):
            raise socket.gaierror(number, "no")
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_a_name_that_there_is_not_is_dead(
    site: str, checker: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    unresolved(monkeypatch, socket.EAI_NONAME)
    gone = "https://nobody.example/a"
    found = link_check.check_links([gone, f"{site}status/200"], checker, Quiet())
    assert found[gone].state is LinkState.DEAD
    assert found[gone].said == "no longer works: no server is called nobody.example"
    assert not found[gone].reached


def test_a_name_that_could_not_be_asked_for_is_not_dead(
    site: str, checker: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    unresolved(monkeypatch, socket.EAI_AGAIN)
    found = link_check.check_links(
        ["https://nobody.example/a", f"{site}status/200"], checker, Quiet()
    )
    assert found["https://nobody.example/a"].state is LinkState.UNSURE


def test_each_address_is_asked_once_and_each_server_one_thing_at_a_time(
    checker: LinkChecker,
) -> None:
    Elsewhere.asked.clear()
    Elsewhere.most = 0
    progress = Quiet()
    with server() as one:
        links = [f"{one}a", f"{one}a#part", f"{one}b", f"{one}c", f"{one}d"]
        found = link_check.check_links(links, checker, progress)
    assert set(found) == set(links)
    assert Elsewhere.asked == {f"HEAD /{each}": 1 for each in "abcd"}
    assert Elsewhere.most == 1
    assert (progress.number, progress.done) == (4, 4)
    assert Elsewhere.agents == {"Earmark"}


def test_a_server_that_does_not_answer_is_given_up(checker: LinkChecker) -> None:
    Elsewhere.asked.clear()
    with server() as one:
        links = [f"{one}closed/{number}" for number in range(link_check.GIVE_UP + 2)]
        found = link_check.check_links([*links, "http://127.0.0.1:1/"], checker, Quiet())
        assert Elsewhere.asked.total() <= link_check.GIVE_UP * 2
    assert {each.state for each in found.values()} == {LinkState.UNSURE}


def test_nothing_to_ask_is_nothing_found(checker: LinkChecker) -> None:
    assert link_check.check_links([], checker, Quiet()) == dict[str, Verdict]()
