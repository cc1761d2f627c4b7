"""Defines the front matter of Podcasting 2.0: funding, places, rhythm, comments.

Limits and choices are those of podcastindex.org/namespace/1.0. `feed/podcast_tags.py` writes the
tags.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from episodes.frontmatter.value_types import Day, Facts, Line, Link, Name, Seconds, Text, Uuid

_POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)")
_MAP = re.compile(r"[NWR][1-9]\d*(#[1-9]\d*)?")
_COUNTRY = re.compile(r"[A-Z]{2}")

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# From serviceslugs.txt and socialprotocols.txt, which are beside the namespace's specification.
Service = Literal[
    "acast", "amazon", "anchor", "apple", "audioboom", "backtracks", "bitcoin", "blubrry",
    "buzzsprout", "captivate", "castos", "fireside", "google", "hypercatcher", "libsyn", "mastodon",
    "megafono", "megaphone", "omnystudio", "overcast", "paypal", "pinecast", "podbean",
    "podcastaddict", "podcastindex", "podcasts.com", "podchaser", "podfriend", "podiant", "podigee",
    "podnews", "podomatic", "podserve", "podverse", "redcircle", "relayfm", "resonate", "rss.com",
    "shoutengine", "simplecast", "slack", "soundcloud", "spotify", "spreaker", "transistor",
    "twitter", "whooshkaa", "zencast",
]  # fmt: skip
Protocol = Literal["activitypub", "bluesky", "hive", "lightning", "matrix", "nostr", "twitter"]


def _point(value: str) -> str:
    match = _POINT.fullmatch(value)
    if not match or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        msg = "is not a position on a map; write latitude and longitude, like 53.80, -1.55"
        raise ValueError(msg)
    return f"{match[1]},{match[2]}"


def _map(value: str) -> str:
    if not _MAP.fullmatch(value):
        msg = "is not a place in OpenStreetMap; write N, W or R and its number, like R118362"
        raise ValueError(msg)
    return value


def _country(value: str) -> str:
    if not _COUNTRY.fullmatch(value.upper()):
        msg = "is not a country code; write two letters, like GB"
        raise ValueError(msg)
    return value.upper()


class Funding(Facts):
    """A way to give money to the show."""

    text: Name = Field(description="The words of the link, like Support our work.")
    link: Link = Field(description="The web page where people can give.")


class Location(Facts):
    """A town, a region or a building, but never somebody's home."""

    name: Name = Field(description="The name of the place, like Leeds.")
    what: Literal["made here", "about"] = Field(
        "made here",
        description="`made here` if it is recorded there, `about` if it is about the place.",
    )
    point: Annotated[Text, AfterValidator(_point)] | None = Field(
        None, description="Latitude and longitude, like 53.80, -1.55."
    )
    osm: Annotated[Text, AfterValidator(_map)] | None = Field(
        None, description="N, W or R and its number in OpenStreetMap, like R118362."
    )
    country: Annotated[Text, AfterValidator(_country)] | None = Field(
        None, description="The two-letter code of its country, like GB."
    )


class Rhythm(Facts):
    """How often there is a new episode."""

    text: Name = Field(description="The rhythm in words, like Every other Monday.")
    every: Literal[
        "day", "week", "two weeks", "month", "two months", "three months", "year"
    ] | None = Field(None, description="The same rhythm for apps.")  # fmt: skip
    on: tuple[Weekday, ...] = Field(
        (), description="The days of the week, if it is every week or every two weeks."
    )
    starting: Day | None = Field(None, description="The day of the first episode.")
    times: int | None = Field(None, ge=1, description="How many episodes there will be.")


class Recommendation(Facts):
    """Another podcast that you recommend."""

    title: Name = Field(description="Its title.")
    guid: Uuid = Field(description="Its podcast:guid, which podcastindex.org shows.")
    feed: Link | None = Field(None, description="The web address of its feed.")


class Thread(Facts):
    """A public post under which people discuss the episode or show."""

    where: Protocol = Field(description="The network.")
    link: Link = Field(description="The web address of the post.")
    account: Name | None = Field(None, description="The account that wrote it, like @training.")
    account_link: Link | None = Field(None, description="The web page of that account.")


class Txt(Facts):
    """Text that a service looks for, to verify the feed."""

    text: Annotated[Text, StringConstraints(max_length=4000)] = Field(
        description="The text exactly as they gave it to you."
    )
    purpose: Name | None = Field(
        None, description="The name they give it, like applepodcastsverify."
    )


class Soundbite(Facts):
    """A short extract that apps can play as a preview."""

    start: Seconds = Field(description="The time at which it starts.")
    end: Seconds = Field(description="The time at which it ends.")
    title: Name | None = Field(
        None, description="What it is about. Default: the title of the episode."
    )


class Elsewhere(Facts):
    """Another place where the episode can be heard, watched or read."""

    text: Line = Field(description="The words of the link, like Watch it with sign language.")
    link: Link = Field(description="Its web address.")
