"""Visits a show: sends its requests, about eight at a time, and examines each response."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.findings import Finding, Level
from podcast.doctor import check_http, checks, feed_contents
from podcast.doctor.check_http import Examined
from podcast.doctor.requests import RequestLog, next_request
from podcast.doctor.resources import Kind, Resource, parts_of_page, withdrawn_recordings
from podcast.doctor.symptoms import Symptom, group_symptoms, merge_if_offline
from podcast.network.certificates import certificate_end
from podcast.network.messages import Exchange
from podcast.network.urls import clean_url, has_credentials, is_loopback, is_web_url, origin_of
from podcast.parallel import run_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from podcast.link_check import CheckProgress
    from podcast.network.client import Client

FOLLOW = 10  # redirects, so that a long chain can be described


class VisitResult(NamedTuple):
    """The number of resources of each kind that were examined, and what is wrong.

    Without a feed that can be read there is no show either, and findings have whole URLs.
    """

    counts: dict[Kind, int]
    symptoms: list[Symptom]
    show: str = ""

    def findings(self, *, each: bool = False) -> list[Finding]:
        """Return the findings, if not `each`, those that are alike only once."""
        return group_symptoms(self.symptoms, self.show, each=each)


def feed_urls(given: str) -> tuple[str, ...]:
    """Return the URLs the feed may have, most likely first. Raises EarmarkError."""
    address = given.strip()
    if "://" not in address:
        address = f"http{'' if is_loopback(f'http://{address}') else 's'}://{address}"
    address = clean_url(address)
    if not is_web_url(address):
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


def visit_show(
    given: str, now: datetime, progress: CheckProgress, client: Client, *, links: bool = True
) -> VisitResult:
    """Test a show, by the URL of its feed or its own. Raises EarmarkError if it is not one."""
    resource, log = _feed(client, feed_urls(given))
    at = (resource.address, *log[0].response.hops)[-1]  # a feed that moved has that URL
    show = urljoin(at, ".")
    examined = Examined(resource, log, show)
    counts, symptoms = Counter({Kind.FEED: 1}), checks.examine(examined)
    if has_credentials(given if "://" in given else f"//{given}"):
        left = "was requested without the name and the password in its address"
        what = "publish it without: no podcast app can use them"
        symptoms.append(examined.symptom("private", left, what, Level.NOTE))
    if not examined.response.fine or examined.response.cut:
        return VisitResult(dict(counts), symptoms)
    try:
        contents = feed_contents.read_feed(examined.response.body, at, show)
    except feed_contents.UnreadableError as error:
        what = "publish the feed there again, as `earmark build` wrote it"
        unread = [each for each in symptoms if each.key != "type"]  # that follows from this
        return VisitResult(dict(counts), [*unread, examined.symptom("xml", str(error), what)])
    symptoms += checks.examine_contents(examined, contents)
    resources = [each for each in contents.resources if links or each.kind is not Kind.LINK]
    if contents.ours:
        resources.append(Resource(Kind.CATALOGUE, urljoin(show, site_layout.CATALOGUE)))
    seen = _examine_all(resources, show, client, progress, counts)
    symptoms += merge_if_offline(seen, counts[Kind.LINK], show)
    symptoms += _certificates([resource, *resources], client, now)
    return VisitResult(dict(counts), symptoms, show)


def _feed(client: Client, candidates: tuple[str, ...]) -> tuple[Resource, RequestLog]:
    """Request the feed at each URL; return the first response if none has it."""
    resource = Resource(Kind.FEED, candidates[0])
    log = _ask(resource, client)
    response = log[0].response
    if len(candidates) > 1 and not response.fine and not response.failure:
        other = Resource(Kind.FEED, candidates[1])
        instead = _ask(other, client)
        if b"<rss" in instead[0].response.body[:4000]:
            return other, instead
    return resource, log


def _ask(resource: Resource, client: Client) -> RequestLog:
    """Send all requests for one resource."""
    log: RequestLog = ()
    while request := next_request(resource, log):
        log = (*log, Exchange(request, client.fetch(request, follow=FOLLOW)))
    return log


def _examine_all(
    resources: list[Resource],
    show: str,
    client: Client,
    progress: CheckProgress,
    counts: Counter[Kind],
) -> list[Symptom]:
    """Examine every resource, then what the pages need."""
    symptoms_at: dict[int, list[Symptom]] = {}
    needed: dict[str, Resource] = {clean_url(each.address): each for each in resources}
    later: list[Resource] = []
    lock = threading.Lock()

    def one(numbered: tuple[int, Resource]) -> None:
        at, resource = numbered
        examined = Examined(resource, _ask(resource, client), show)
        symptoms = checks.examine(examined)
        further = _further(examined, show)
        with lock:
            symptoms_at[at] = symptoms
            counts[resource.kind] += 1
            for each in further:
                if each.address not in needed:
                    needed[each.address] = each
                    later.append(each)
        progress.looked()

    progress.looking(len(resources))
    run_rows(_rows_by_site(enumerate(resources)), one)
    progress.looking(len(later))
    run_rows([[each] for each in enumerate(later, len(resources))], one)
    return [symptom for at in sorted(symptoms_at) for symptom in symptoms_at[at]]


def _further(examined: Examined, show: str) -> list[Resource]:
    """Return more resources: what a page needs, and recordings that were withdrawn."""
    resource, body = examined.resource, examined.response.body if examined.response.fine else b""
    if resource.kind is Kind.CATALOGUE:
        return withdrawn_recordings(body, show)
    return (
        parts_of_page(resource.address, body.decode(errors="replace"), show)
        if resource.kind is Kind.PAGE
        else []
    )


def _rows_by_site(resources: Iterable[tuple[int, Resource]]) -> list[list[tuple[int, Resource]]]:
    """Return rows: links to one site in one row, each resource of the show in its own."""
    by_host: dict[object, list[tuple[int, Resource]]] = {}
    for at, resource in resources:
        key = origin_of(resource.address) if resource.kind is Kind.LINK else at
        by_host.setdefault(key, []).append((at, resource))
    return list(by_host.values())


def _certificates(resources: list[Resource], client: Client, now: datetime) -> list[Symptom]:
    """Check when the certificates of all servers of the show expire."""
    hosts = dict.fromkeys(
        origin_of(each.address) for each in resources if each.kind is not Kind.LINK
    )
    return [
        symptom
        for each in hosts
        if each.startswith("https:")
        for symptom in check_http.check_expiry(each, certificate_end(client, each), now)
    ]
