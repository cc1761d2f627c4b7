"""Checks what can be wrong at any address: DNS, TLS, redirects and status codes.

A rule gets one address with everything that was asked about it, and yields what is wrong.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Level
from episodes.text.quantities import quantity
from podcast.doctor import remedies
from podcast.doctor.answers import (
    Answer,
    Trouble,
    here,
    host,
    plain,
    secret,
    shorten,
    without_query,
)
from podcast.doctor.resources import Look
from podcast.doctor.symptoms import LINK, Symptom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from podcast.doctor.requests import Asked

HOPS = 5  # redirects that every app follows
SOON = 21  # days before a certificate runs out
_CLOSED = {401, 403, 407, 418, 429, 451, 999}  # a door that may open for a person
_CERTIFICATE = {Trouble.EXPIRED, Trouble.STRANGER, Trouble.UNKNOWN, Trouble.TLS}
_PASSING = {
    Trouble.REFUSED,
    Trouble.PROXY,
    Trouble.SLOW,
    Trouble.BROKEN,
    Trouble.SHORT,
    Trouble.LOST,
}


class Case(NamedTuple):
    """One thing, what was asked about it, and the show it belongs to."""

    look: Look
    asked: Asked
    show: str

    @property
    def answer(self) -> Answer:
        """The first answer that is what was asked for; else the last."""
        answers = [exchange.answer for exchange in self.asked]
        return next((answer for answer in answers if answer.fine), answers[-1])

    @property
    def name(self) -> str:
        """The name of the file below the show."""
        return plain(self.look.address).partition("?")[0].removeprefix(self.show)

    def symptom(self, key: str, seen: str, remedy: str, level: Level = Level.ERROR) -> Symptom:
        """Return a symptom of this thing."""
        return Symptom(self.look.address, key, seen, remedy, level)


def arrival(case: Case) -> Iterator[Symptom]:
    """Find what cannot be had at all."""
    answer = case.answer
    if answer.trouble:
        via = f" (through {shorten(without_query(answer.hops[-1]), 100)})" if answer.hops else ""
        key = "certificate" if answer.trouble in _CERTIFICATE else "reach"
        yield case.symptom(key, f"{answer.trouble}{via}", remedies.trouble(answer.trouble))
    elif not answer.fine:
        folder = case.look.address.endswith("/")
        said = remedies.status(answer, folder=folder)
        yield case.symptom("status", f"answers {answer.status}", said)


def way(case: Case) -> Iterator[Symptom]:
    """Find a way that is long or unsafe, or holds a password."""
    hops = case.answer.hops
    if secret(case.look.address):
        yield case.symptom(
            "private",
            "has a name or a password in its address",
            "remove it: no app can use it, and anyone who has the feed can read it",
        )
    if len(hops) > HOPS:
        yield case.symptom(
            "redirects",
            f"is reached through {len(hops)} redirects",
            f"use fewer: some apps give up after {HOPS}",
            Level.WARNING,
        )
    steps = [plain(case.look.address), *hops]
    for before, after in pairwise(steps):
        if before.startswith("https:") and after.startswith("http:"):
            yield case.symptom(
                "downgrade",
                f"is redirected from https to http, at {host(after)}",
                "redirect to https: players refuse to leave it",
            )
            return


def secure(case: Case) -> Iterator[Symptom]:
    """Find what is fetched so that others on the way can listen in or change it."""
    address = plain(case.look.address)
    if address.startswith("http:") and not here(address):
        yield case.symptom(
            "http",
            "is sent without encryption",
            "use https: others on the same network can see who listens to what, "
            "and some apps and web players refuse it",
            Level.WARNING,
        )


def unpacked(case: Case) -> Iterator[Symptom]:
    """Find what is packed for those who did not ask for it."""
    for question, answer in case.asked:
        encoding = answer.header("content-encoding").lower()
        asked = encoding and encoding in question.header("Accept-Encoding")
        if answer.fine and encoding not in {"", "identity"} and not asked:
            seen = f"is sent compressed ({encoding}) to clients that did not ask for it"
            yield case.symptom("gzip", seen, remedies.packed(answer))
            return


def head(case: Case) -> Iterator[Symptom]:
    """Find what answers GET, but not HEAD."""
    first = case.asked[0]
    if first.question.method == "HEAD" and not first.answer.fine:
        yield case.symptom("head", f"answers {first.answer.status} to HEAD", remedies.head())


def readable(case: Case) -> Iterator[Symptom]:
    """Find what a player on another site may not read (CORS)."""
    allowed = case.answer.header("access-control-allow-origin")
    if allowed not in {"*", case.asked[0].question.header("Origin")}:
        yield case.symptom(
            "cors",
            "cannot be read by players on other sites",
            remedies.cors(case.answer),
            Level.WARNING,
        )


def link(case: Case) -> Iterator[Symptom]:
    """Find a link that leads nowhere."""
    answer = case.answer
    more = f" and {case.look.more:,} more" if case.look.more else ""
    where = f' (in "{shorten(case.look.of)}"{more})' if case.look.of else " (of the show)"
    if secret(case.look.address):
        yield from way(case)
    if answer.trouble or not (200 <= answer.status < 300 or answer.status in _CLOSED):
        seen = answer.trouble or f"answers {answer.status}"
        what = "correct this link or remove it, and publish again"
        if answer.trouble is Trouble.NAME:  # some networks hide names
            what = "open it yourself; if it does not open, correct it or remove it"
        if answer.trouble in _PASSING or answer.status >= 500:
            what = "test again later; if it stays like this, correct this link or remove it"
        yield case.symptom(LINK, f"{seen}{where}", what, Level.WARNING)
    elif answer.status in _CLOSED:
        seen = f"could not be checked: it answers {answer.status} to programs{where}"
        yield case.symptom(LINK, seen, "open it yourself", Level.NOTE)


def expiry(address: str, until: datetime | None, now: datetime) -> Iterator[Symptom]:
    """Find a certificate that runs out soon."""
    days = (until - now).days if until else SOON
    if days < SOON:
        seen = f"has a certificate that expires in {quantity(days, 'day')}"
        what = "renew it now, and set a timer to renew it from now on"
        yield Symptom(address, "certificate", seen, what, Level.WARNING)


def lettered(case: Case) -> Iterator[Symptom]:
    """Find an encoding that a server names, and that is not the one written."""
    said = case.answer.header("content-type").lower()
    found = re.search(r"charset\s*=\s*[\"']?([\w-]+)", said)
    if found and found[1] not in {"utf-8", "utf8"}:
        yield case.symptom(
            "charset",
            f"is sent as {found[1]}, but was written as utf-8: some characters look wrong",
            "make the server send `charset=utf-8`, or no charset at all",
        )
