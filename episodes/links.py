"""Lists every link of a show with its places, and what is due for each."""

from __future__ import annotations

import html
import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from episodes.frontmatter.value_types import Facts
from episodes.review import Due, DueKind, SourcePlace, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from episodes.model import Episode, Show

KEYS = {"link", "licence_link", "account_link", "feed", "feedback"}
INHERITED = ("support", "contributors", "licence_link")
_HREF = re.compile(r'\bhref="([^"]*)"')  # in notes that were sanitised: always with these quotes


class Link(NamedTuple):
    """A URL, where it is written, and the titles of episodes; no titles for the whole show.

    A place in notes has no key; its line is found by the URL.
    """

    address: str
    places: tuple[SourcePlace, ...]
    episodes: tuple[str, ...]


class LinkState(StrEnum):
    """The result of checking a link; UNSURE raises no alarm."""

    FINE = "fine"
    DEAD = "dead"
    MOVED = "moved"
    UNSURE = "unsure"


class Verdict(NamedTuple):
    """The result of a check; `to` is the new URL if it has moved for good.

    `reached` is whether a server answered at all.
    """

    state: LinkState
    said: str = ""
    to: str = ""
    reached: bool = True


def links_in(show: Show) -> list[Link]:
    """Return every web link of a show once, in the order in which they are written."""
    rows_by_address: dict[str, list[tuple[SourcePlace, str]]] = {}
    for address, place, title in _all(show):
        if is_web_address(address):
            rows_by_address.setdefault(address, []).append((place, title))
    return [
        Link(address, tuple(place for place, _ in rows), _titles(title for _, title in rows))
        for address, rows in rows_by_address.items()
    ]


def is_web_address(address: str) -> bool:
    """Return whether this is an http or https URL."""
    return address.startswith(("https://", "http://"))


def _titles(titles: Iterable[str]) -> tuple[str, ...]:
    known = tuple(dict.fromkeys(titles))
    return () if "" in known else known


def _all(show: Show) -> Iterator[tuple[str, SourcePlace, str]]:
    for key, address in _walk(show.facts, ""):
        yield address, SourcePlace("show.md", key), ""
    for address in _links_in_notes(show.description):
        yield address, SourcePlace("show.md", ""), ""
    for episode in (*reversed(show.episodes), *show.withdrawn):
        path, title = f"{episode.folder}/episode.md", episode.facts.title
        for key, address in _walk(_own(show, episode), ""):
            yield address, _source_place(episode, path, key), title
        for address in _links_in_notes(episode.notes):
            yield address, SourcePlace(path, ""), title


def _own(show: Show, episode: Episode) -> Facts:
    """Return an episode's facts without those inherited from its show."""
    shared = (name for name in INHERITED if _same(show, episode, name))
    return episode.facts.model_copy(update=dict.fromkeys(shared))


def _same(show: Show, episode: Episode, name: str) -> bool:
    return bool(getattr(show.facts, name) == getattr(episode.facts, name))


def _source_place(episode: Episode, path: str, key: str) -> SourcePlace:
    """Return where a key is written; chapters may be in a file of their own."""
    chapter = re.match(r"chapters\[(\d+)\]", key)
    if not chapter or episode.chapters_origin.path == path:
        return SourcePlace(path, key)
    at, lines = int(chapter[1]) - 1, episode.chapters_origin.lines
    return SourcePlace(episode.chapters_origin.path, "", lines[at] if at < len(lines) else 0)


def _walk(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield (key, URL) of every link in facts and in the facts inside them."""
    if isinstance(value, Facts):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), f"{key}.{name}" if key else name)
    elif isinstance(value, tuple):
        for number, each in enumerate(value, 1):
            yield from _walk(each, f"{key}[{number}]")
    elif isinstance(value, str) and key.rpartition(".")[2] in KEYS:
        yield key, value


def _links_in_notes(notes: str) -> Iterator[str]:
    """Yield the URLs of the links in notes."""
    yield from (html.unescape(each) for each in _HREF.findall(notes))


def dues_of(links: Iterable[Link], verdicts: Mapping[str, Verdict]) -> list[Due]:
    """Return what is due for each link that is not fine."""
    seen = ((link, verdicts[link.address]) for link in links if link.address in verdicts)
    return [_due(link, verdict) for link, verdict in seen if verdict.state is not LinkState.FINE]


def _due(link: Link, verdict: Verdict) -> Due:
    urgency, to_do = {
        LinkState.DEAD: (Urgency.OVERDUE, "find where the page has moved to, or remove the link"),
        LinkState.MOVED: (Urgency.SOON, "write the new web address"),
    }.get(verdict.state, (Urgency.LATER, "open it yourself to check"))
    identity = f"link {link.address}"
    return Due(DueKind.LINK, urgency, link.address, verdict.said, to_do, link.places, identity,
               episodes=link.episodes, ways=(verdict.to,) if verdict.to else ())  # fmt: skip
