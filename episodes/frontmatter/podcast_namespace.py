"""What a lead may write for the tags of Podcasting 2.0: money, places, rhythm, comments.

Limits and choices are those of podcastindex.org/namespace/1.0; where they are told in the feed,
`feed/podcast_tags.py` says.
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

# Those that the namespace lists: serviceslugs.txt and socialprotocols.txt beside its specification.
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
    found = _POINT.fullmatch(value)
    if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        msg = "is not a position on a map; write latitude and longitude, like 53.80, -1.55"
        raise ValueError(msg)
    return f"{found[1]},{found[2]}"


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
    """A way to give money."""

    text: Name = Field(description="What to show beside the link, like Support our work.")
    link: Link = Field(description="Where to give.")


class Place(Facts):
    """A town, a region, a building: never somebody's home."""

    name: Name = Field(description="The place in words, like Leeds.")
    what: Literal["made here", "about"] = Field(
        "made here", description="Whether it is recorded there or speaks about it."
    )
    point: Annotated[Text, AfterValidator(_point)] | None = Field(
        None, description="Latitude and longitude, like 53.80, -1.55."
    )
    osm: Annotated[Text, AfterValidator(_map)] | None = Field(
        None, description="Its number in OpenStreetMap with N, W or R before it, like R118362."
    )
    country: Annotated[Text, AfterValidator(_country)] | None = Field(
        None, description="The two letters of its country, like GB."
    )


class Rhythm(Facts):
    """How often an episode appears."""

    text: Name = Field(description="In words, like Every other Monday.")
    every: Literal[
        "day", "week", "two weeks", "month", "two months", "three months", "year"
    ] | None = Field(None, description="The same for programs.")  # fmt: skip
    on: tuple[Weekday, ...] = Field((), description="The days, where it is every week or two.")
    starting: Day | None = Field(None, description="The day of the first episode.")
    times: int | None = Field(None, ge=1, description="How many episodes there will be.")


class Recommendation(Facts):
    """Another podcast."""

    title: Name = Field(description="Its name.")
    guid: Uuid = Field(description="Its podcast:guid; podcastindex.org shows it.")
    feed: Link | None = Field(None, description="The address of its feed.")


class Thread(Facts):
    """A public post below which people talk."""

    where: Protocol = Field(description="The network, in the namespace's words.")
    link: Link = Field(description="The post.")
    account: Name | None = Field(None, description="Who wrote it, like @training.")
    account_link: Link | None = Field(None, description="The page of that account.")


class Txt(Facts):
    """Text for a program that looks for it."""

    text: Annotated[Text, StringConstraints(max_length=4000)] = Field(
        description="What they gave you, letter for letter."
    )
    purpose: Name | None = Field(None, description="What they call it, like applepodcastsverify.")


class Soundbite(Facts):
    """A passage that stands for the episode."""

    start: Seconds = Field(description="Where it starts.")
    end: Seconds = Field(description="Where it is over.")
    title: Name | None = Field(None, description="What is said there; otherwise the title.")


class Elsewhere(Facts):
    """The same, somewhere else."""

    text: Line = Field(description="What is there, like Watch it with sign language.")
    link: Link = Field(description="Its address.")
