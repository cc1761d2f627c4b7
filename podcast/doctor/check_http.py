"""Checks what can be wrong with any URL: DNS, TLS, redirects and status codes.

A check gets one resource with its requests and responses, and yields symptoms.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Level
from episodes.text.quantities import quantity
from podcast.doctor import remedies
from podcast.doctor.resources import Resource
from podcast.doctor.symptoms import LINK, Symptom, shorten
from podcast.network.messages import Failure, Response
from podcast.network.urls import clean_url, has_credentials, is_loopback, origin_of, strip_query

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from podcast.doctor.requests import RequestLog

HOPS = 5  # redirects that every app follows
SOON = 21  # days before a certificate runs out
_CLOSED = {401, 403, 407, 418, 429, 451, 999}  # a door that may open for a person
_CERTIFICATE = {Failure.EXPIRED, Failure.STRANGER, Failure.UNKNOWN, Failure.TLS}
_PASSING = {
    Failure.REFUSED,
    Failure.PROXY,
    Failure.SLOW,
    Failure.BROKEN,
    Failure.SHORT,
    Failure.LOST,
}


class Examined(NamedTuple):
    """A resource, its requests and responses, and the URL of its show."""

    resource: Resource
    log: RequestLog
    show: str

    @property
    def response(self) -> Response:
        """The first response that is what was requested, or the last."""
        responses = [exchange.response for exchange in self.log]
        return next((response for response in responses if response.fine), responses[-1])

    @property
    def name(self) -> str:
        """The path of the file in the show."""
        return clean_url(self.resource.address).partition("?")[0].removeprefix(self.show)

    def symptom(self, key: str, seen: str, remedy: str, level: Level = Level.ERROR) -> Symptom:
        """Return a symptom of this resource."""
        return Symptom(self.resource.address, key, seen, remedy, level)


def check_arrival(examined: Examined) -> Iterator[Symptom]:
    """Find what cannot be downloaded at all."""
    response = examined.response
    if response.failure:
        via = f" (through {shorten(strip_query(response.hops[-1]), 100)})" if response.hops else ""
        key = "certificate" if response.failure in _CERTIFICATE else "reach"
        yield examined.symptom(
            key, f"{response.failure}{via}", remedies.for_failure(response.failure)
        )
    elif not response.fine:
        folder = examined.resource.address.endswith("/")
        remedy = remedies.for_status(response, folder=folder)
        yield examined.symptom("status", f"answers {response.status}", remedy)


def check_redirects(examined: Examined) -> Iterator[Symptom]:
    """Find too many redirects, unsafe ones, and passwords in a URL."""
    hops = examined.response.hops
    if has_credentials(examined.resource.address):
        yield examined.symptom(
            "private",
            "has a name or a password in its address",
            "remove it: no app can use it, and anyone who has the feed can read it",
        )
    if len(hops) > HOPS:
        yield examined.symptom(
            "redirects",
            f"is reached through {len(hops)} redirects",
            f"use fewer: some apps give up after {HOPS}",
            Level.WARNING,
        )
    steps = [clean_url(examined.resource.address), *hops]
    for before, after in pairwise(steps):
        if before.startswith("https:") and after.startswith("http:"):
            yield examined.symptom(
                "downgrade",
                f"is redirected from https to http, at {origin_of(after)}",
                "redirect to https: players refuse to leave it",
            )
            return


def check_encryption(examined: Examined) -> Iterator[Symptom]:
    """Find what is sent without encryption, so that others can read or change it."""
    address = clean_url(examined.resource.address)
    if address.startswith("http:") and not is_loopback(address):
        yield examined.symptom(
            "http",
            "is sent without encryption",
            "use https: others on the same network can see who listens to what, "
            "and some apps and web players refuse it",
            Level.WARNING,
        )


def check_compression(examined: Examined) -> Iterator[Symptom]:
    """Find what is compressed although the client did not ask for it."""
    for request, response in examined.log:
        encoding = response.header("content-encoding").lower()
        requested = encoding and encoding in request.header("Accept-Encoding")
        if response.fine and encoding not in {"", "identity"} and not requested:
            seen = f"is sent compressed ({encoding}) to clients that did not ask for it"
            yield examined.symptom("gzip", seen, remedies.for_compression(response))
            return


def check_head(examined: Examined) -> Iterator[Symptom]:
    """Find what answers GET, but not HEAD."""
    first = examined.log[0]
    if first.request.method == "HEAD" and not first.response.fine:
        yield examined.symptom(
            "head", f"answers {first.response.status} to HEAD", remedies.for_head()
        )


def check_cors(examined: Examined) -> Iterator[Symptom]:
    """Find what a player on another site may not read (CORS)."""
    allowed = examined.response.header("access-control-allow-origin")
    if allowed not in {"*", examined.log[0].request.header("Origin")}:
        yield examined.symptom(
            "cors",
            "cannot be read by players on other sites",
            remedies.for_cors(examined.response),
            Level.WARNING,
        )


def check_link(examined: Examined) -> Iterator[Symptom]:
    """Find a link that does not work."""
    response = examined.response
    more = f" and {examined.resource.more:,} more" if examined.resource.more else ""
    where = (
        f' (in "{shorten(examined.resource.of)}"{more})'
        if examined.resource.of
        else " (of the show)"
    )
    if has_credentials(examined.resource.address):
        yield from check_redirects(examined)
    if response.failure or not (200 <= response.status < 300 or response.status in _CLOSED):
        seen = response.failure or f"answers {response.status}"
        what = "correct this link or remove it, and publish again"
        if response.failure is Failure.NAME:  # some networks hide names
            what = "open it yourself; if it does not open, correct it or remove it"
        if response.failure in _PASSING or response.status >= 500:
            what = "test again later; if it stays like this, correct this link or remove it"
        yield examined.symptom(LINK, f"{seen}{where}", what, Level.WARNING)
    elif response.status in _CLOSED:
        seen = f"could not be checked: it answers {response.status} to programs{where}"
        yield examined.symptom(LINK, seen, "open it yourself", Level.NOTE)


def check_expiry(address: str, until: datetime | None, now: datetime) -> Iterator[Symptom]:
    """Find a certificate that expires soon."""
    days = (until - now).days if until else SOON
    if days < SOON:
        seen = f"has a certificate that expires in {quantity(days, 'day')}"
        what = "renew it now, and set a timer to renew it from now on"
        yield Symptom(address, "certificate", seen, what, Level.WARNING)


def check_charset(examined: Examined) -> Iterator[Symptom]:
    """Find a charset that is not the one of the file."""
    content_type = examined.response.header("content-type").lower()
    encoding = re.search(r"charset\s*=\s*[\"']?([\w-]+)", content_type)
    if encoding and encoding[1] not in {"utf-8", "utf8"}:
        yield examined.symptom(
            "charset",
            f"is sent as {encoding[1]}, but was written as utf-8: some characters look wrong",
            "make the server send `charset=utf-8`, or no charset at all",
        )
