"""Every answer is bounded: the largest and oddest bodies to every address, and nobody else waits.

A computer that does much else gets three tries: nobody waits for longer than the best of them.
"""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
import zlib
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.kit.clients import sync_clients
from tests.kit.companion import cast
from tests.kit.companion.visitor import FORM, Line, Visitor
from tests.kit.servers import companion_server
from web.application import create_app
from web.companion import NAME
from web.limits import form_size
from web.reflections import rules
from web.sync.actions import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.servers.companion_server import Accompanied
    from web.companion import Companion

pytestmark = pytest.mark.slow
PATIENCE = 1.0  # seconds that anybody else may wait
GROWTH = 400 * 2**20  # bytes that the server may grow by
JSON = "application/json"
ANSWER = "%E8%AA%9E" * rules.LONGEST_ANSWER
NOTE = "&".join(
    [f"id={'a' * 32}&version=0&page={'b' * 32}&model=what&minute="]
    + [f"question-{n}=Q{n}&answer-{n}={ANSWER}" for n in range(1, rules.MOST + 1)]
)


class Sent(NamedTuple):
    """A body, what it says it is, and how it comes."""

    type: str
    data: bytes
    packed: str = ""
    chunked: bool = False


MULTIPART = b"".join(
    b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nb\r\n' % n for n in range(50_000)
)
BODIES = {
    "the largest note": Sent(FORM, NOTE.encode()),
    "equal letters": Sent(FORM, b"answer-1=" + b"a" * form_size.LARGEST),
    "half a sign": Sent(FORM, b"answer-1=" + b"a%41" * (form_size.LARGEST // 4 - 20)),
    "percent signs": Sent(FORM, b"answer-1=" + b"%" * (form_size.LARGEST - 20)),
    "a hundred thousand fields": Sent(FORM, b"a=b&" * 100_000),
    "parts": Sent("multipart/form-data; boundary=x", MULTIPART),
    "one long part": Sent("multipart/form-data; boundary=x", b"--x\r\n" + b"\r\n-" * 3_000_000),
    "deep JSON": Sent(JSON, b"[" * 5_000_000),
    "wide JSON": Sent(JSON, b"[" + b"{}," * 3_000_000 + b"{}]"),
    "equal actions": Sent(JSON, json.dumps([{"podcast": "a" * 60, "episode": "b", "action": "play"}]
                                           * 80_000).encode()),
    "a bomb": Sent(JSON, gzip.compress(b"[" + b"0," * (LARGEST // 2)), "gzip"),
    "a deflated bomb": Sent(JSON, zlib.compress(b" " * LARGEST), "deflate"),
    "no length": Sent(FORM, b"a" * 12_000_000, chunked=True),
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accompanied]:
    folder: Path = tmp_path_factory.mktemp("bounded")
    show = cast.catalogue(folder / "show")
    with companion_server.serve(folder / "companion", show) as found:
        yield found


@pytest.fixture(scope="module")
def alice(running: Accompanied) -> Visitor:
    visitor = Visitor(Line(running.address))
    visitor.join(running.new_code())
    visitor.token()
    return visitor


@pytest.fixture(scope="module")
def app(running: Accompanied) -> dict[str, str]:
    """The headers of an app that somebody let in."""
    place: Companion = create_app(running.settings).extensions[NAME]
    learner = sync_clients.new_learner(place)
    found = sync_clients.basic(sync_clients.let_in(place, learner.id, learner.key))
    place.database.close()
    return found


def memory(running: Accompanied) -> int:
    """Return the bytes of the server's processes."""
    total = 0
    for pid in (running.process.pid, *companion_server.children(running.process.pid)):
        with open(f"/proc/{pid}/statm", encoding="ascii") as said:  # noqa: PTH123 - no file
            total += int(said.read().split()[1]) * 4096
    return total


def addresses(running: Accompanied) -> list[tuple[str, str]]:
    """Return (method, path) of every address that takes a body."""
    found = create_app(running.settings)
    rules_ = sorted(found.url_map.iter_rules(), key=lambda each: each.rule)
    return [
        (method, cast.fill(rule.rule))
        for rule in rules_
        for method in sorted((rule.methods or set()) & {"POST", "PUT"})
        if rule.endpoint not in {"accounts.erase", "accounts.sign_out", "reflections.delete"}
    ]


def send(running: Accompanied, method: str, path: str, sent: Sent, headers: dict[str, str]) -> int:
    """Send a body; return the status, 0 where the server hangs up before it was all sent."""
    line = http.client.HTTPConnection(urlsplit(running.address).netloc, timeout=60)
    given = {"Content-Type": sent.type, **headers}
    if sent.packed:
        given["Content-Encoding"] = sent.packed
    try:
        if sent.chunked:
            pieces = (sent.data[at : at + 65_536] for at in range(0, len(sent.data), 65_536))
            line.request(method, path, pieces, given, encode_chunked=True)
        else:
            line.request(method, path, sent.data, given)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


def waits_while(running: Accompanied, work: threading.Thread) -> float:
    """Return the longest that somebody else waits for a page while something is sent."""
    work.start()
    longest = 0.0
    other = Visitor(Line(running.address))
    while True:
        began = time.monotonic()
        assert other.get("/sign-in").status == 200
        longest = max(longest, time.monotonic() - began)
        if not work.is_alive():
            return longest


def as_whom(alice: Visitor, app: dict[str, str]) -> list[dict[str, str]]:
    cookie = "; ".join(f"{name}={value}" for name, (value, _) in alice.cookies.items())
    return [{}, {"Cookie": cookie, "X-CSRFToken": alice.token()}, app]


@pytest.mark.parametrize("name", BODIES)
def test_whatever_is_sent_nobody_else_waits_and_memory_stays(
    running: Accompanied, alice: Visitor, app: dict[str, str], name: str
) -> None:
    sent, before, slow = BODIES[name], memory(running), []
    for method, path in addresses(running):
        for who in as_whom(alice, app):
            tries = []
            for _ in range(3):
                statuses: list[int] = []
                work = threading.Thread(
                    target=lambda m=method, p=path, w=who, s=statuses: s.append(
                        send(running, m, p, sent, w)
                    )
                )
                tries.append(waits_while(running, work))
                assert statuses[0] < 500, (method, path, statuses)
                if tries[-1] < PATIENCE:
                    break
            else:
                slow.append((method, path, *who, min(tries)))
    assert slow == []
    assert memory(running) - before < GROWTH


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/?" + "a&" * 15_000, {}),
        ("/?" + "%F0%9F%98%80" * 2000, {}),
        ("/" + "a/" * 10_000, {}),
        ("//" * 10_000, {}),
        ("/sign-in?next=" + "/" * 30_000, {}),
        ("/notes", {"Cookie": "; ".join(f"c{n}=v" for n in range(5000))}),
        ("/notes", {"Cookie": "a=" + '"\\' * 15_000}),
        ("/", {"Accept": "text/html;q=0.1, " * 3000}),
        ("/", {"Accept-Language": "en-gb," * 8000}),
        ("/", {"Authorization": "Basic " + "QUFB" * 10_000}),
        ("/", {"If-None-Match": 'W/"a", ' * 6000}),
        ("/static/app.js", {"Range": "bytes=" + "0-1," * 9000}),
    ],
    ids=lambda value: str(value)[:20],
)
def test_long_addresses_and_headers_keep_nobody_waiting(
    running: Accompanied, path: str, headers: dict[str, str]
) -> None:
    def ask() -> None:
        for _ in range(20):
            assert send(running, "GET", path, Sent("text/plain", b""), headers) < 500

    assert min(waits_while(running, threading.Thread(target=ask)) for _ in range(2)) < PATIENCE


def test_taking_many_large_notes_away_keeps_nobody_waiting(
    running: Accompanied, alice: Visitor
) -> None:
    before = memory(running)
    for n in range(8):
        body = NOTE.replace("a" * 32, f"{n:032x}")
        headers = as_whom(alice, {})[1]
        saved = send(running, "POST", "/reflect/guid-1", Sent(FORM, body.encode()), headers)
        assert saved == 303
    for method in ("GET", "POST"):
        work = threading.Thread(
            target=send,
            args=(running, method, "/take-away", Sent(FORM, b""), as_whom(alice, {})[1]),
        )
        assert waits_while(running, work) < PATIENCE * 3
    assert memory(running) - before < GROWTH
