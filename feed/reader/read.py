"""Parses a feed into front-matter values: the entry point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.text.quantities import plural, quantity
from feed.reader import channel as show
from feed.reader import dates, document, item, other_documents, plain_text
from feed.reader.result import Loss, NotAFeedError, ParsedEpisode, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feed.reader.document import Node

MOST, PAGES = 20_000, 200  # items read at most, and pages of a feed
_ROOTS = {"rss", "rdf:rdf", "feed", "atom:feed", "channel", "rdf"}
_DATES = ("pubdate", "dc:date", "atom:published", "published", "atom:updated", "updated", "date")
_MINUTE = timedelta(minutes=1)
# Tags that have other equivalents, are made again, or say nothing about the podcast.
_QUIET = {
    "item", "entry", "atom:entry", "title", "link", "description", "language", "copyright",
    "generator", "docs", "pubdate", "lastbuilddate", "ttl", "image", "managingeditor", "webmaster",
    "guid", "enclosure", "author", "category", "comments", "source", "cloud", "skiphours",
    "skipdays", "atom:link", "rating", "textinput", "items", "content:encoded", "id", "updated",
    "published", "summary", "content", "rights", "subtitle", "logo", "icon", "name", "email",
}  # fmt: skip
_KNOWN = {
    "itunes": {
        "author", "block", "category", "complete", "duration", "email", "episode", "episodetype",
        "explicit", "image", "keywords", "name", "new-feed-url", "order", "owner", "season",
        "subtitle", "summary", "title", "type", "isclosedcaptioned", "applepodcastsverify",
    },
    "podcast": {
        "person", "location", "txt", "socialinteract", "license", "funding", "podroll",
        "updatefrequency", "block", "soundbite", "contentlink", "image", "images", "guid",
        "locked", "medium", "season", "episode", "transcript", "chapters", "trailer",
    },
    "psc": {"chapters"},
}  # fmt: skip
_LOUD = ("itunes", "podcast", "psc")


def read(
    data: bytes, address: str, fetch: Callable[[str], bytes] | None = None, charset: str = ""
) -> ParsedFeed:
    """Read a feed that came from `address` (a path, if it is a local file).

    A feed may be one page of several (RFC 5005): `fetch` gets the next ones. `charset` is what
    the server declares. Raises NotAFeedError if it is not a feed; keeps as much of a broken one
    as possible.
    """
    root, losses = document.read(data, address, charset)
    channel = next(iter(root.all("channel")), root)
    if root.name not in _ROOTS:
        if b"\0" in data[:1000] and not document.wide(data):
            raise NotAFeedError("is not a feed, and not text at all")
        text, _ = document.decode(data, charset)
        raise NotAFeedError(other_documents.element(root.name, text, address))
    itself = show.itself(channel, address)
    ours = show.is_ours(channel)
    facts = show.read(channel, losses)
    below = itself.removesuffix(site_layout.FEED)
    context = item.Context(facts, losses, ours, below if ours else "")
    every = _items(root, _Source(address, fetch, charset), losses)
    nodes = [node for node, _ in zip(every, range(MOST), strict=False)]
    episodes = _supported(_dated(context, _with_own_guid(nodes, context)), facts)
    facts |= _seasons(nodes)
    losses += _unknown([channel, *nodes])
    _trailers(channel, episodes, losses)
    locked = [each for each in channel.all("podcast:locked") if plain_text.yes(each.text())]
    return ParsedFeed(
        facts=facts,
        episodes=tuple(_serial(episodes, context)),
        losses=tuple(sorted(losses, key=lambda each: each.line)),
        address=itself,
        picture=show.picture(channel),
        locked=bool(locked),
        owner=locked[0].get("owner") if locked else "",
    )


class _Source(NamedTuple):
    """Where a feed came from, how to get its other pages, and the server's charset."""

    address: str
    fetch: Callable[[str], bytes] | None
    charset: str


def _items(root: Node, source: _Source, losses: list[Loss]) -> Iterator[Node]:
    """Yield the items of a feed and of its next pages, newest first."""
    address, fetch = source.address, source.fetch
    seen = {address}
    while True:
        yield from document.items(root, address)
        address, line = _following(root)
        if not address or address in seen:
            return
        seen.add(address)
        what = f"the next page ({plain_text.cut(address, 200)})"
        if fetch is None or len(seen) > PAGES:
            why = "has older episodes; to import them too, give the web address of the feed"
            if fetch:
                why = f"has older episodes, but Earmark reads only {PAGES} pages of a feed"
            losses.append(Loss(line, what, why))
            return
        try:
            root, more = document.read(fetch(address), address, source.charset)
        except EarmarkError as error:
            losses.append(Loss(line, what, f"{error}; its older episodes were not imported"))
            return
        losses.extend(each._replace(what=what) for each in more)


def _following(root: Node) -> tuple[str, int]:
    """Return the URL of the next page and its line; ("", 0) if there is none."""
    channel = next(iter(root.all("channel")), root)
    for each in (*channel.all("atom:link"), *channel.all("link")):
        if each.get("rel").lower() in {"next", "prev-archive"}:
            return each.link(each.get("href")), each.line
    return "", 0


def _with_own_guid(
    nodes: list[Node], context: item.Context
) -> Iterator[tuple[Node, ParsedEpisode]]:
    """Yield the episodes; give the second of two with one guid another, as apps show only one."""
    guids: set[str] = set()
    recordings: set[str] = set()
    for node in nodes:
        episode = item.read(node, context)
        if episode is None:
            continue
        url = episode.enclosure.url
        if url in recordings:
            why = "has the same recording as an item above it, so it was left out"
            context.lost(node, episode.title, why)
            continue
        if episode.guid in guids:
            why = "has the same guid as an item above it, so it got another"
            context.lost(node, episode.title, why)
            episode = episode._replace(facts={**episode.facts, "guid": item.short(url)})
            if url in guids:
                continue
        guids.add(episode.guid)
        recordings.add(url)
        yield node, episode


def _supported(episodes: list[ParsedEpisode], facts: dict[str, Any]) -> list[ParsedEpisode]:
    """Move the sources of support that most episodes share to the show."""
    lists = [each.facts["support"] for each in episodes if "support" in each.facts]
    counts = Counter(map(repr, lists))
    shared: list[Any] = max(lists, key=lambda each: counts[repr(each)], default=[])
    facts |= {"support": shared} if shared else {}
    return [
        each._replace(facts={key: value for key, value in each.facts.items()
                             if key != "support" or value != shared})
        for each in episodes
    ]  # fmt: skip


def _dated(
    context: item.Context, episodes: Iterable[tuple[Node, ParsedEpisode]]
) -> list[ParsedEpisode]:
    """Give each episode its date, newest first; one without gets its place from its neighbour."""
    rows = [(node, each, dates.parse(node.text(*_DATES))) for node, each in episodes]
    known = [when for _, _, when in rows if when]
    before = min(known, default=datetime.fromisoformat("2000-01-01T00:00:00+00:00")) - _MINUTE
    dated: list[tuple[datetime, ParsedEpisode]] = []
    taken: set[datetime] = set()
    free: dict[datetime, datetime] = {}  # ten thousand may have one date
    for node, each, when in reversed(rows):
        moment = when or before + _MINUTE
        if when is None:
            why = f"has no readable date; it got {moment:%Y-%m-%d}, the date of the item beside it"
            context.lost(node, each.title, why)
        before, base = moment, moment
        moment = free.get(base, base)
        while moment in taken:
            moment += _MINUTE
        free[base] = moment + _MINUTE
        if when and moment != when:
            why = "was published in the same minute as another; it got the next minute"
            context.lost(node, each.title, why)
        if when and (name := dates.zone(node.text(*_DATES))):
            why = f"has the time zone {name}, which can mean several; it was read as UTC"
            context.lost(node, each.title, why)
        taken.add(moment)
        dated.append((moment, each))
    dated.sort(key=lambda row: (row[0], row[1].guid), reverse=True)
    return [each._replace(facts={**each.facts, "date": when}) for when, each in dated]


def _serial(episodes: list[ParsedEpisode], context: item.Context) -> Iterator[ParsedEpisode]:
    """Make a show serial only if its episodes have numbers: apps need them."""
    full = [each for each in episodes if "type" not in each.facts]
    missing = [each for each in full if "number" not in each.facts]
    if context.facts.get("type") == "serial" and missing:
        context.facts.pop("type")
        some = f"{quantity(len(missing), 'episode')} {plural(len(missing), 'has')}"
        why = f"is serial, but {some} no number, so it became episodic"
        context.losses.append(Loss(missing[0].line, "the show", why))
    days: Counter[tuple[str, str]] = Counter()
    for each in episodes:
        title, day = each.title, f"{each.facts['date']:%Y-%m-%d}"
        own = (_bare(title), day)
        while (key := (_bare(title), day)) in days:
            days[own] += 1
            title = f"{plain_text.cut(each.title, 240)} ({days[own]})"
        if title != each.title:
            why = "has the same title as another episode of that day, so it got a number"
            context.losses.append(Loss(each.line, f'"{plain_text.cut(each.title, 60)}"', why))
        days[key] += 1
        yield each._replace(facts={**each.facts, "title": title})


def _bare(title: str) -> str:
    return "".join(sign for sign in title if sign.isalnum() or sign == "_").casefold()


def _seasons(nodes: list[Node]) -> dict[str, dict[int, str]]:
    """Return the names of seasons."""
    names: dict[int, str] = {}
    for node in nodes:
        for each in node.all("podcast:season"):
            number, name = plain_text.whole(each.text()), each.get("name")
            if number and name:
                names[number] = plain_text.cut(name, 128)
    return {"seasons": dict(sorted(names.items()))} if names else {}


def _unknown(nodes: list[Node]) -> Iterator[Loss]:
    """Yield each unsupported tag once, with the number of its uses."""
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for node in nodes:
        for name, every in node.children.items():
            space, _, local = name.rpartition(":")
            each = [one for one in every if one.get("title") != "Smaller file"]
            shown = f"{space}:{str(every[0].element.tag).rpartition('}')[2].rpartition(':')[2]}"
            if name == "podcast:person":  # only the person can agree to the use of their picture
                each, shown = [one for one in every if one.get("img")], "podcast:person img"
            elif name in _QUIET or space not in _LOUD or local in _KNOWN[space]:
                continue
            if each:
                counts[shown] += len(each)
                first.setdefault(shown, each[0].line)
    for name, number in counts.items():
        times = f" ({number:,} times)" if number > 1 else ""
        yield Loss(first[name], f"<{plain_text.cut(name, 40)}>", f"has no place here{times}")


def _trailers(channel: Node, episodes: list[ParsedEpisode], losses: list[Loss]) -> None:
    """Report the trailers that are not items: only items become episodes."""
    known = {each.enclosure.url for each in episodes}
    for each in channel.all("podcast:trailer"):
        if each.link(each.get("url")) not in known:
            what = f'the trailer "{plain_text.cut(each.text(), 60)}"'
            losses.append(Loss(each.line, what, "is no item of the feed, and was left out"))
