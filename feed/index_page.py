"""Renders the first page of a show: where to start, its episodes, how to subscribe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from episodes import site_layout, translations
from episodes.pictures import qr_codes
from episodes.translations import marked
from feed import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from episodes.model import Episode, Show

ROWS, FEW = 10, 12  # rows that are never folded; a show of few episodes folds none
SUBSCRIBE = f"{site_layout.INDEX}#subscribe"  # where the QR code leads

APPLE, POCKET = "Apple Podcasts", "Pocket Casts"
DEVICES = {  # what the script of the page calls a device: its name, and its apps
    "iphone": (marked("iPhone or iPad"), (APPLE, "Overcast", POCKET)),
    "android": (marked("Android phone"), ("AntennaPod", POCKET)),
    "computer": (marked("Computer"), (APPLE, "gPodder")),
}


class EpisodeGroup(NamedTuple):
    """Episodes under one heading, which is "" if there is none."""

    heading: str
    episodes: list[Episode]


@pages.in_language_of_show
def render(show: Show, first_on: date | None = None) -> bytes:
    """Return the show's page; `first_on` is the day of the first episode if none is out."""
    episodes = show.in_order()
    feature = _choose_feature(episodes)
    if len(episodes) > 1 and not show.facts.ordered:
        episodes = tuple(each for each in episodes if each is not feature)
    rows = episodes if len(episodes) <= FEW else episodes[:ROWS]
    return pages.fill_template(
        "index.html",
        show,
        show.facts.language,
        root="",
        support=show.facts.support,
        feature=feature,
        shown=list(_by_season(show, rows)) if rows is episodes else [EpisodeGroup("", [*rows])],
        folded=list(_fold(show, episodes[len(rows) :])),
        count=len(show.episodes),
        devices=[
            (key, name, list(_links(apps, show.feed))) for key, (name, apps) in DEVICES.items()
        ],
        qr=Markup(qr(show.address)),  # noqa: S704 - our own
        first_day=translations.weekday(first_on) if first_on else None,
    )


def _choose_feature(episodes: tuple[Episode, ...]) -> Episode | None:
    """Return where to start: no trailer, and none that has a newer version."""
    whole = (each for each in episodes if each.facts.type == "full" and not each.newer)
    return next(whole, episodes[0] if episodes else None)


def _by_season(show: Show, episodes: Iterable[Episode]) -> Iterator[EpisodeGroup]:
    yield from _group(episodes, lambda each: show.facts.seasons.get(each.facts.season or 0, ""))


def _fold(show: Show, episodes: tuple[Episode, ...]) -> Iterator[EpisodeGroup]:
    """Yield the seasons if all of them have names, else the years."""
    names = show.facts.seasons
    if all(each.facts.season in names for each in episodes):
        yield from _by_season(show, episodes)
    else:
        yield from _group(episodes, lambda each: f"{each.published.year}")


def _group(episodes: Iterable[Episode], key: Callable[[Episode], str]) -> Iterator[EpisodeGroup]:
    for heading, group in groupby(episodes, key):
        yield EpisodeGroup(heading, list(group))


def subscribe_links(feed: str) -> dict[str, str]:
    """Return the link that opens the feed in an app, by the name of the app."""
    bare, whole = feed.split("://", 1)[1], quote(feed, safe="")
    return {
        APPLE: f"podcast://{bare}",
        "Overcast": f"overcast://x-callback-url/add?url={whole}",
        POCKET: f"pktc://subscribe/{bare}",
        "AntennaPod": f"https://antennapod.org/deeplink/subscribe?url={whole}",
        "gPodder": f"gpodder://{bare}",
    }


def _links(apps: tuple[str, ...], feed: str) -> Iterator[tuple[str, str]]:
    links = subscribe_links(feed)
    yield from ((app, links[app]) for app in apps)


@cache
def qr(address: str) -> str:
    """Return a QR code that leads to the buttons for apps, without a label: the page has one."""
    return qr_codes.draw_qr(address + SUBSCRIBE)
