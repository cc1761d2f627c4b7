"""Measures F10: 64 people sign in at one moment, and how long a first page takes somebody else."""

from __future__ import annotations

import http.client
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import companion
import crowd
from table import Row, seconds
from timing import remove

from web import crypto
from web.accounts import store, word_list
from web.database.engine import Database

if TYPE_CHECKING:
    from crowd import Crowd
    from workspace import Workspace

PEOPLE = 64
TOKEN = re.compile(r'name="(csrf_token|once)" value="([^"]*)"')
PATIENCE = 120  # seconds for one person


def sign_in(space: Workspace) -> list[Row]:
    """Measure the last of 64 sign-ins, and the first pages of somebody else during them."""
    address, folder = companion.free_address(), space.folder / "sign-in"
    made = crowd.make(folder, address, 10, 10)
    people = space.count(PEOPLE)
    phrases = _phrases(made, people)
    scrypt = _scrypt(made)
    with companion.unlimited(made, folder, address, "report"):
        last, pages = _at_once(address, phrases)
    remove(folder)
    said, alone = f"{people} at once", scrypt * people
    ninetieth, worst = quantiles(pages, n=20)[-1], max(pages)

    def page(work: str, took: float, must: float, aim: float) -> Row:
        return Row("F10", work, said, seconds(took), "", "", took * 1000, must, aim, unit=" ms")

    return [
        page("a first page in that time, p95", ninetieth, 40, 20),
        page("a first page in that time, worst", worst, 300, 100),
        Row("F10", "the last one is signed in", said, seconds(last), "scrypt on one core",
            seconds(alone), last / alone, 1.1, 0.6),
    ]  # fmt: skip


def _phrases(made: Crowd, people: int) -> list[str]:
    """Give people accounts; return their phrases."""
    database = Database(made.settings.database)
    pepper, today = made.settings.secrets.pepper, datetime.now(UTC).date()
    phrases = [word_list.new() for _ in range(people)]
    with ThreadPoolExecutor() as pool:
        opened = list(pool.map(lambda each: crypto.derive(each, pepper), phrases))
    with database.writing() as connection:
        for each in opened:
            store.add_learner(connection, each, today)
    database.close()
    return phrases


def _scrypt(made: Crowd) -> float:
    """Return the median seconds of one derivation, alone."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        crypto.derive(word_list.new(), made.settings.secrets.pepper)
        times.append(time.perf_counter() - began)
    return median(times)


def _at_once(address: str, phrases: list[str]) -> tuple[float, list[float]]:
    """Return the seconds until the last is signed in, and those of the first pages till then."""
    start, done = threading.Barrier(len(phrases) + 1), threading.Event()
    pages: list[float] = []
    visitor = threading.Thread(target=_visit, args=(address, done, pages), daemon=True)
    with ThreadPoolExecutor(len(phrases)) as pool:
        people = [pool.submit(_enter, address, each, start) for each in phrases]
        start.wait()
        began = time.perf_counter()
        visitor.start()
        ends = [each.result() for each in people]
    last = max(ends) - began
    done.set()
    visitor.join()
    return last, pages


def _enter(address: str, phrase: str, start: threading.Barrier) -> float:
    """Sign in, and again as told where too many do; return when it was done."""
    line = http.client.HTTPConnection(address.split("/")[2], timeout=PATIENCE)
    cookies: SimpleCookie = SimpleCookie()
    fields = _form(line, cookies)
    start.wait()
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        headers = {"Cookie": _sent(cookies), "Origin": address.rstrip("/"),
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        line.request("POST", "/sign-in", urlencode({**fields, "phrase": phrase}), headers)
        answer = line.getresponse()
        answer.read()
        if answer.status in (302, 303):
            return time.perf_counter()
        if answer.status != 503:
            break
        time.sleep(float(answer.headers["Retry-After"]))
    raise SystemExit(f"a sign-in was answered with {answer.status}")


def _form(line: http.client.HTTPConnection, cookies: SimpleCookie) -> dict[str, str]:
    """Open the form; return its hidden fields, and keep its cookies."""
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    for each in answer.headers.get_all("Set-Cookie") or []:
        cookies.load(each)
    return dict(TOKEN.findall(answer.read().decode()))


def _sent(cookies: SimpleCookie) -> str:
    return "; ".join(f"{name}={each.value}" for name, each in cookies.items())


def _visit(address: str, done: threading.Event, times: list[float]) -> None:
    """Open the first page as somebody new again and again, until everybody is signed in."""
    while not done.is_set() or len(times) < 20:
        line = http.client.HTTPConnection(address.split("/")[2], timeout=PATIENCE)
        began = time.perf_counter()
        line.request("GET", "/")
        answer = line.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        line.close()
        if answer.status != 200:
            raise SystemExit(f"a first page was answered with {answer.status}")
        time.sleep(0.02)
