"""Visits a show: sends its requests, about eight at a time, and examines each answer."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.findings import Finding, Level
from podcast.doctor import check_http, checks, feed_contents
from podcast.doctor.answers import Exchange, here, host, plain, secret, web
from podcast.doctor.check_http import Case
from podcast.doctor.requests import Asked, following
from podcast.doctor.resources import Kind, Look, parts, withdrawn
from podcast.doctor.symptoms import Symptom, calmed, findings
from podcast.network.fetch import Fetcher
from podcast.network.threads import together

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Seen(NamedTuple):
    """What a visit found: how many of each kind were looked at, and what is wrong.

    Without a feed that can be read there is no show either, and addresses are told whole.
    """

    counts: dict[Kind, int]
    symptoms: list[Symptom]
    show: str = ""

    def findings(self, *, each: bool = False) -> list[Finding]:
        """Return the findings, told once where they are alike unless each is wanted."""
        return findings(self.symptoms, self.show, each=each)


class Progress(Protocol):
    """What is told while a visit goes on. Called from several threads."""

    def looking(self, number: int) -> None:
        """Say that there are so many things more to look at."""

    def looked(self) -> None:
        """Say that one was looked at."""


def addresses(given: str) -> tuple[str, ...]:
    """Return where the feed may be, most likely first. Raises EarmarkError."""
    address = given.strip()
    if "://" not in address:
        address = f"http{'' if here(f'http://{address}') else 's'}://{address}"
    address = plain(address)
    if not web(address):
        raise EarmarkError(
            "that is not a web address; write one like https://example.org/talks/feed.xml"
        )
    last = urlsplit(address).path.rpartition("/")[2]
    if last.endswith((".xml", ".rss")):
        return (address,)
    if last.endswith((".html", ".htm")):
        return (urljoin(address, site_layout.FEED),)
    below = f"{address.partition('?')[0].rstrip('/')}/{site_layout.FEED}"
    return (below, address) if last else (below,)


def visit(
    given: str, now: datetime, progress: Progress, fetcher: Fetcher, *, links: bool = True
) -> Seen:
    """Look at a show, at the address of its feed or its own. Raises EarmarkError for no address."""
    look, asked = _feed(fetcher, addresses(given))
    at = (look.address, *asked[0].answer.hops)[-1]  # a feed that moved is told from where it is
    show = urljoin(at, ".")
    case = Case(look, asked, show)
    counts, symptoms = Counter({Kind.FEED: 1}), checks.examine(case)
    if secret(given if "://" in given else f"//{given}"):
        left = "was requested without the name and the password in its address"
        what = "publish it without: no podcast app can use them"
        symptoms.append(case.symptom("private", left, what, Level.NOTE))
    if not case.answer.fine or case.answer.cut:
        return Seen(dict(counts), symptoms)
    try:
        told = feed_contents.read(case.answer.body, at, show)
    except feed_contents.UnreadableError as error:
        what = "publish the feed there again, as `earmark build` wrote it"
        unread = [each for each in symptoms if each.key != "type"]  # that follows from this
        return Seen(dict(counts), [*unread, case.symptom("xml", str(error), what)])
    symptoms += checks.examine_told(case, told)
    looks = [each for each in told.looks if links or each.kind is not Kind.LINK]
    if told.ours:
        looks.append(Look(Kind.CATALOGUE, urljoin(show, site_layout.CATALOGUE)))
    seen = _look(looks, show, fetcher, progress, counts)
    symptoms += calmed(seen, counts[Kind.LINK], show)
    symptoms += _certificates([look, *looks], fetcher, now)
    return Seen(dict(counts), symptoms, show)


def _feed(fetcher: Fetcher, candidates: tuple[str, ...]) -> tuple[Look, Asked]:
    """Ask for the feed where it may be; the first place speaks where none has it."""
    look = Look(Kind.FEED, candidates[0])
    asked = _ask(look, fetcher)
    answer = asked[0].answer
    if len(candidates) > 1 and not answer.fine and not answer.trouble:
        other = Look(Kind.FEED, candidates[1])
        instead = _ask(other, fetcher)
        if b"<rss" in instead[0].answer.body[:4000]:
            return other, instead
    return look, asked


def _ask(look: Look, fetcher: Fetcher) -> Asked:
    """Ask all there is to ask about one thing."""
    asked: Asked = ()
    while question := following(look, asked):
        asked = (*asked, Exchange(question, fetcher.ask(question)))
    return asked


def _look(
    looks: list[Look], show: str, fetcher: Fetcher, progress: Progress, counts: Counter[Kind]
) -> list[Symptom]:
    """Look at everything, then at what the pages need."""
    found: dict[int, list[Symptom]] = {}
    needed: dict[str, Look] = {plain(each.address): each for each in looks}
    later: list[Look] = []
    lock = threading.Lock()

    def one(numbered: tuple[int, Look]) -> None:
        at, look = numbered
        case = Case(look, _ask(look, fetcher), show)
        symptoms = checks.examine(case)
        wanted = _wanted(case, show)
        with lock:
            found[at] = symptoms
            counts[look.kind] += 1
            for each in wanted:
                if each.address not in needed:
                    needed[each.address] = each
                    later.append(each)
        progress.looked()

    progress.looking(len(looks))
    together(_polite(enumerate(looks)), one)
    progress.looking(len(later))
    together([[each] for each in enumerate(later, len(looks))], one)
    return [symptom for at in sorted(found) for symptom in found[at]]


def _wanted(case: Case, show: str) -> list[Look]:
    """Return what else to look at: what a page needs, and what a catalogue says has gone."""
    look, body = case.look, case.answer.body if case.answer.fine else b""
    if look.kind is Kind.CATALOGUE:
        return withdrawn(body, show)
    return (
        parts(look.address, body.decode(errors="replace"), show) if look.kind is Kind.PAGE else []
    )


def _polite(looks: Iterable[tuple[int, Look]]) -> list[list[tuple[int, Look]]]:
    """Put links to one site one after the other; what belongs to the show goes side by side."""
    by_host: dict[object, list[tuple[int, Look]]] = {}
    for at, look in looks:
        key = host(look.address) if look.kind is Kind.LINK else at
        by_host.setdefault(key, []).append((at, look))
    return list(by_host.values())


def _certificates(looks: list[Look], fetcher: Fetcher, now: datetime) -> list[Symptom]:
    """Look how long the certificates last of every server that the show needs."""
    hosts = dict.fromkeys(host(each.address) for each in looks if each.kind is not Kind.LINK)
    return [
        symptom
        for each in hosts
        if each.startswith("https:")
        for symptom in check_http.expiry(each, fetcher.expiry(each), now)
    ]
