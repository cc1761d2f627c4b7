"""Validators and parsers have nothing to say about any feed that we build.

What the W3C feed validator says all the same is a false alarm, and has its reason in `ALARMS`.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest

from tests.kit import feeds_of_every_kind, full_show, shows
from tests.kit.clients import real_clients
from tests.kit.w3c import feed_rules

SCRIPT = Path(real_clients.__file__).with_name("partytime.js")


class Alarm(NamedTuple):
    """What the validator says of which values in which shows, and why nothing is wrong."""

    message: str
    value: str
    shows: frozenset[str]
    reason: str


EVERY = frozenset(feeds_of_every_kind.KINDS)
HARD = frozenset({"everything", "letters"})
ALARMS = (
    Alarm(
        "UnsupportedNamespace",
        r"https://podcastindex\.org/namespace/1\.0",
        EVERY,
        "It knows of Podcasting 2.0 and says that it does not look into it.",
    ),
    Alarm(
        "UnknownNamespace",
        r"http://podlove\.org/simple-chapters",
        EVERY,
        "It does not know Podlove's chapters, which gPodder and others read.",
    ),
    Alarm(
        "ContainsHTML",
        r".*(&amp;|&copy;).*",
        HARD,
        "These titles are meant to say `&amp;` and `<b>`; the feed carries the signs, no markup.",
    ),
    Alarm(
        "CharacterData",
        r"Zoë & the <Example> Trust",
        frozenset({"everything"}),
        "This author is meant to be written with the signs.",
    ),
    Alarm(
        "MissingItunesEmail",
        "itunes:owner",
        frozenset({"unlisted"}),
        "An unlisted show publishes no e-mail address; no directory is to list it.",
    ),
    Alarm(
        "UndefinedElement",
        "",
        frozenset({"over"}),
        "Apple defines `itunes:complete`; the validator's list lacks it.",
    ),
    Alarm(
        "InvalidItunesCategory",
        "",
        frozenset({"over"}),
        "Apple has had Religion under Religion & Spirituality for years; the list is older.",
    ),
)


class Feed(NamedTuple):
    """The feed of a kind of show, and where it is to be."""

    show: str
    raw: bytes
    address: str


_LARGE = {"everything", "example", "many"}
_KINDS = [
    pytest.param(name, marks=pytest.mark.slow if name in _LARGE else ())
    for name in feeds_of_every_kind.KINDS
]


@pytest.fixture(scope="module", params=_KINDS)
def feed(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tone: Path,
    cover: Path,
) -> Feed:
    name: str = request.param
    folder = tmp_path_factory.mktemp("feeds") / name
    raw = feeds_of_every_kind.build(name, folder, tone, cover)
    return Feed(name, raw, f"{full_show.read_show(folder).address}feed.xml")


def _expects(alarm: Alarm, found: feed_rules.Finding, show: str) -> bool:
    same = alarm.message == found.message and show in alarm.shows
    return same and re.fullmatch(alarm.value, found.value) is not None


def test_the_w3c_validator_says_nothing_but_known_false_alarms(feed: Feed) -> None:
    found = feed_rules.findings(feed.raw, feed.address)
    alarms = [alarm for alarm in ALARMS if feed.show in alarm.shows]
    new = [each for each in found if not any(_expects(alarm, each, feed.show) for alarm in alarms)]
    assert new == []
    gone = [each for each in alarms if not any(_expects(each, one, feed.show) for one in found)]
    assert gone == []


def test_feedparser_finds_it_well_formed(feed: Feed) -> None:
    assert not feedparser.parse(io.BytesIO(feed.raw)).bozo


@pytest.mark.slow
def test_podcast_indexs_parser_has_no_remark(feed: Feed) -> None:
    assert _remarks(feed.raw) == (["Provided feed has no items to parse."] * (feed.show == "empty"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after", "remark"),
    [
        ('type="text/vtt"', 'type="text/vtt; charset=utf-8"', "Unexpected transcript type"),
        (r"<guid.*?</guid>", "", "Item has no guid"),
        (r"<enclosure[^>]*/>", "", "Item has no enclosure"),
    ],
)
def test_podcast_indexs_parser_remarks_on_what_is_wrong(
    before: str, after: str, remark: str, make_feed: Callable[[], str]
) -> None:
    assert any(remark in said for said in _remarks(re.sub(before, after, make_feed()).encode()))


@pytest.fixture
def make_feed(tmp_path: Path, tone: Path, cover: Path) -> Callable[[], str]:
    return lambda: feeds_of_every_kind.build("unlisted", tmp_path / "show", tone, cover).decode()


def _remarks(feed: bytes) -> list[str]:
    """Return what the parser warns of: lines on standard error, and its log among its output."""
    command = [shows.program("node"), str(SCRIPT), str(shows.npm("podcast-partytime"))]
    done = subprocess.run(command, input=feed, capture_output=True, check=True, timeout=60)
    said = [line for line in done.stderr.decode().splitlines() if line.strip()]
    logged = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b'{"level"')]
    return said + [str(line["msg"]) for line in logged]
