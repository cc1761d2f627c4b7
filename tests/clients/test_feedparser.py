"""Two parsers that many apps are made of, feedparser and podcastparser, read every field back."""

from __future__ import annotations

import calendar
import io
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import podcastparser
import pytest
from lxml import etree

from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from podcast.building import pipeline
from tests.kit import full_show, shows

SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
}
CONTENT = f"{{{SPACES['content']}}}encoded"
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def feed(full: Path) -> bytes:
    return (full / "public" / "feed.xml").read_bytes()


@pytest.fixture(scope="module")
def channel(feed: bytes) -> Any:
    return etree.fromstring(feed).find("channel")


@pytest.fixture(scope="module")
def read(feed: bytes) -> Any:
    """What feedparser makes of it."""
    found = feedparser.parse(io.BytesIO(feed))
    assert not found.bozo
    return found


@pytest.fixture(scope="module")
def show(full: Path) -> ShowFacts:
    return full_show.read_show(full)


@pytest.fixture(scope="module")
def episodes(full: Path) -> dict[str, EpisodeFacts]:
    return full_show.read_episodes(full)


def test_the_channel_comes_back_as_it_was_written(read: Any, show: ShowFacts) -> None:
    said = read.feed
    assert show.owner
    assert said.title == show.title
    assert said.subtitle == show.summary
    assert said.link == full_show.ADDRESS
    assert said.language == show.language
    assert said.rights == show.copyright
    assert said.publisher_detail == {"name": show.owner.name, "email": show.owner.email}
    assert said.itunes_type == show.type
    assert said.image.href.endswith(".jpg")
    assert said.podcast_guid == show.guid
    assert said.podcast_medium == show.medium


def test_the_feed_says_where_it_is(channel: Any) -> None:
    link = channel.find("atom:link[@rel='self']", SPACES)
    assert link.get("href") == full_show.ADDRESS + "feed.xml"


def test_podcastparser_reads_author_owner_and_categories(feed: bytes, show: ShowFacts) -> None:
    found = podcastparser.parse(full_show.ADDRESS + "feed.xml", io.BytesIO(feed))
    assert show.owner
    assert found["itunes_author"] == show.author  # feedparser takes the owner's name for it
    assert found["itunes_owner"] == {"name": show.owner.name, "email": show.owner.email}
    assert found["type"] == show.type
    assert found["explicit"] is show.explicit
    pairs = [" > ".join(pair) for pair in found["itunes_categories"]]
    assert tuple(pairs) == show.categories


def test_every_episode_comes_back_as_it_was_written(
    read: Any, episodes: dict[str, EpisodeFacts]
) -> None:
    assert len(read.entries) == len(episodes)
    for entry in read.entries:
        facts = episodes[entry.id]
        assert entry.title == entry.itunes_title == facts.title
        assert entry.itunes_episodetype == facts.type
        assert entry.get("itunes_episode") == (str(facts.number) if facts.number else None)
        assert entry.get("itunes_season") == (str(facts.season) if facts.season else None)
        assert entry.link.startswith(full_show.ADDRESS + "episodes/")
        assert entry.published_parsed[:6] == _utc(facts).timetuple()[:6]


def _utc(facts: EpisodeFacts) -> datetime:
    return facts.date.replace(tzinfo=LONDON).astimezone(UTC)


def test_enclosures_tell_address_length_and_type_of_the_file(read: Any, full: Path) -> None:
    names = set()
    for entry in read.entries:
        (enclosure,) = entry.enclosures
        name = enclosure.href.removeprefix(full_show.ADDRESS)
        assert int(enclosure.length) == (full / "public" / name).stat().st_size
        assert enclosure.type == "audio/mpeg"
        assert name.isascii()
        names.add(name)
    assert len(names) == len(read.entries)


def test_podcastparser_reads_episodes_with_chapters(
    feed: bytes, episodes: dict[str, EpisodeFacts]
) -> None:
    found = podcastparser.parse(full_show.ADDRESS + "feed.xml", io.BytesIO(feed))
    for entry in found["episodes"]:
        facts = episodes[entry["guid"]]
        assert entry["published"] == _utc(facts).timestamp()
        assert entry["total_time"] == 3
        assert entry["explicit"] is bool(facts.explicit)
        assert (entry.get("number"), entry.get("season")) == (facts.number, facts.season)
        marks = [(mark["start"], mark["title"]) for mark in entry.get("chapters", [])]
        assert marks == [(int(mark.start), mark.title) for mark in facts.chapters]


def test_podcastparser_shows_the_full_notes(feed: bytes) -> None:
    found = podcastparser.parse(full_show.ADDRESS + "feed.xml", io.BytesIO(feed))
    notes = {entry["guid"]: entry["description_html"] for entry in found["episodes"]}
    assert notes["guid-long"].startswith("<p><strong>Before you listen:</strong> Talks about")
    assert "If you need support" in notes["guid-long"]


@pytest.mark.parametrize("element", ["description", CONTENT])
def test_notes_begin_with_the_content_note_and_end_with_support(
    channel: Any, episodes: dict[str, EpisodeFacts], element: str
) -> None:
    for item in channel.findall("item"):
        notes = item.findtext(element)
        facts = episodes[item.findtext("guid")]
        needed = facts.content_note is not None and facts.content_note.needed
        assert notes.startswith("<p><strong>Before you listen:</strong>") is needed
        title, _, support = notes.rpartition("<p><strong>If you need support</strong></p>")
        assert title
        assert re.fullmatch(r"<ul>(<li>((?!</ul>).)+</li>)+</ul>", support)


def test_feedparser_shows_the_content_note_first(read: Any) -> None:
    for entry in read.entries:
        if entry.id in {"guid-long", "guid:first/&?#%20"}:
            assert entry.summary.startswith("<p><strong>Before you listen:</strong>")
            assert entry.content[0].value.startswith("<p><strong>Before you listen:</strong>")


def test_signs_of_markup_survive_in_the_notes(read: Any) -> None:
    (first,) = (entry for entry in read.entries if entry.id == "guid:first/&?#%20")
    notes = first.content[-1].value
    assert "a ]]&gt; mark" in notes
    assert "Start &amp; &lt;go&gt;" in notes
    assert '<a href="https://example.net/?p=1&amp;q=2"' in notes


def test_descriptions_hold_4000_bytes_at_most(channel: Any) -> None:
    texts = [channel.findtext("description")]
    texts += [item.findtext("description") for item in channel.findall("item")]
    assert max(len(text.encode()) for text in texts) <= 4000


def test_notes_and_support_beyond_4000_bytes_are_a_finding_and_never_left_out(
    tmp_path: Path, tone: Path, cover: Path
) -> None:
    folder = tmp_path / "show"
    full_show.write(folder, tone, cover)
    page = folder / "episodes" / "04-talk" / "episode.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("Talks about a hard night.", "Long. " * 500), encoding="utf-8")
    said = [str(finding) for finding in pipeline.check(folder, shows.NOW)]
    assert any("note and sources of support is over 4,000 bytes" in line for line in said)


def test_guids_are_never_addresses(channel: Any) -> None:
    assert {guid.get("isPermaLink") for guid in channel.iterfind("item/guid")} == {"false"}


def test_the_newest_episode_comes_first(channel: Any) -> None:
    guids = tuple(item.findtext("guid") for item in channel.findall("item"))
    assert guids == full_show.NEWEST_FIRST


def test_dates_have_the_right_weekday(channel: Any) -> None:
    dates = [channel.findtext("lastBuildDate")]
    dates += [item.findtext("pubDate") for item in channel.findall("item")]
    for date in dates:
        moment = parsedate_to_datetime(date)
        assert re.fullmatch(
            r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", date
        )
        assert date[:3] == calendar.day_abbr[moment.weekday()]
    assert dates[0] == dates[1]  # the newest change, never now


def test_namespaces_keep_their_prefixes(feed: bytes) -> None:
    head = feed[: feed.index(b"<channel>")].decode()
    for prefix, address in SPACES.items():
        assert f'xmlns:{prefix}="{address}"' in head
    assert feed.count(b"xmlns") == len(SPACES)
    assert set(re.findall(rb"</?(\w+):", feed)) <= {prefix.encode() for prefix in SPACES}


def test_the_feed_is_utf8_and_has_a_style_for_browsers(feed: bytes) -> None:
    first, second, third, fourth = feed.split(b"\n")[:4]
    assert re.fullmatch(rb"<\?xml version=['\"]1.0['\"] encoding=['\"]UTF-8['\"]\?>", first)
    assert second == b'<?xml-stylesheet type="text/css" href="static/feed.css"?>'
    assert re.fullmatch(
        r"<!-- .*podcast app.* -->", third.decode()
    )  # for who opens it in a browser
    assert full_show.ADDRESS in third.decode()
    assert fourth.startswith(b"<rss ")
    assert full_show.HARD.split()[-1] in feed.decode()


@pytest.mark.parametrize("name", ["title", "link", "description", "language", "lastBuildDate",
                                  "itunes:image", "itunes:author", "itunes:owner", "itunes:type",
                                  "itunes:explicit", "podcast:guid", "podcast:locked",
                                  "podcast:medium"])  # fmt: skip
def test_the_channel_says_each_thing_once(channel: Any, name: str) -> None:
    assert len(channel.findall(name, SPACES)) == 1


def test_explicit_is_true_or_false(channel: Any) -> None:
    said = [each.text for each in channel.iterfind(".//itunes:explicit", SPACES)]
    assert said == ["false", "false", "false", "false", "true"]
