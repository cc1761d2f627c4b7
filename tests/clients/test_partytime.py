"""Podcast Index's own parser reads every tag of Podcasting 2.0 and iTunes as it was written."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from episodes.frontmatter.people import Person, Role
from episodes.frontmatter.podcast_namespace import Location, Txt
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from tests.kit import full_show, shows
from tests.kit.clients import real_clients
from tests.kit.servers import preview_server

pytestmark = pytest.mark.slow
SCRIPT = Path(real_clients.__file__).with_name("partytime.js")

# What podcasttaxonomy.com calls each of our roles, and the group in which it lists it.
TAXONOMY: dict[Role, tuple[str, str]] = {
    "host": ("Host", "Cast"),
    "guest": ("Guest", "Cast"),
    "narrator": ("Narrator", "Cast"),
    "author": ("Author", "Writing"),
    "editor": ("Editor", "Writing"),
    "researcher": ("Researcher", "Writing"),
    "reviewer": ("Fact Checker", "Writing"),
    "producer": ("Producer", "Creative Direction"),
    "consultant": ("Consultant", "Misc."),
}
LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
}


@cache
def partytime(feed: bytes) -> Any:
    """Return what the parser understood."""
    command = [shows.program("node"), str(SCRIPT), str(shows.npm("podcast-partytime"))]
    done = subprocess.run(command, input=feed, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


class Told:
    """A built show: what its source says, and what the parser read in its feed."""

    def __init__(self, folder: Path, address: str, feed: bytes) -> None:
        self.folder, self.address = folder, address
        self.show = full_show.read_show(folder)
        self.episodes = full_show.read_episodes(folder)
        self.bytes, self.read = feed, partytime(feed)

    def pairs(self) -> list[tuple[dict[str, Any], EpisodeFacts]]:
        return [(item, self.episodes[item["guid"]]) for item in self.read["items"]]

    def published(self, address: str) -> Path:
        """Return the file that is published under an address of the show."""
        assert address.startswith(self.address)
        return self.folder / "public" / address.removeprefix(self.address)


@pytest.fixture(params=["example", "full"])
def told(request: pytest.FixtureRequest) -> Told:
    if request.param == "example":
        example: preview_server.Served = request.getfixturevalue("example")
        return Told(example.folder, example.address, preview_server.get(example.feed))
    full: Path = request.getfixturevalue("full")
    return Told(full, full_show.ADDRESS, (full / "public" / "feed.xml").read_bytes())


def test_the_channel_is_what_the_source_says(told: Told) -> None:
    show, read = told.show, told.read
    assert show.owner
    assert read["title"] == unescape(show.title)  # it unescapes once too often
    assert read["description"] == show.summary
    assert read["link"] == told.address
    assert read["pubsub"]["self"] == told.address + "feed.xml"
    assert read["language"] == show.language
    assert read["copyright"] == show.copyright
    assert read["author"] == show.author
    assert read["owner"] == {"name": show.owner.name, "email": show.owner.email}
    assert read["explicit"] is show.explicit
    assert read["itunesType"] == show.type
    assert tuple(read["itunesCategory"]) == show.categories


def test_the_channel_has_the_tags_of_podcasting_2(told: Told) -> None:
    show, read = told.show, told.read
    assert show.owner
    assert show.licence
    assert read["guid"] == show.guid
    assert read["locked"] is show.locked
    assert read["podcastOwner"] == show.owner.email
    assert read["medium"] == show.medium
    assert read["podcastPeople"] == [_person(person) for person in show.contributors]
    assert read["license"] == {"identifier": show.licence.lower(), "url": LICENCES[show.licence]}


def _person(person: Person) -> dict[str, str]:
    role, group = TAXONOMY[person.role]
    told = {"name": person.credit, "role": role, "group": group}
    return told | ({"href": person.link} if person.link else {})


def test_the_cover_is_a_file_that_is_there(told: Told) -> None:
    assert told.published(told.read["itunesImage"]).read_bytes()[:3] == b"\xff\xd8\xff"
    assert told.published(told.read["image"]["url"]).is_file()


def test_items_are_what_the_source_says(told: Told) -> None:
    assert len(told.read["items"]) == len(told.episodes)
    for item, facts in told.pairs():
        assert item["title"] == unescape(facts.title)
        assert item["author"] == told.show.author
        assert item["itunesEpisodeType"] == facts.type
        assert item.get("itunesEpisode") == facts.number
        assert item.get("itunesSeason") == facts.season
        assert item["explicit"] is (
            told.show.explicit if facts.explicit is None else facts.explicit
        )
        assert _moment(item["pubDate"]) == facts.date.replace(tzinfo=ZoneInfo(told.show.timezone))
        assert told.published(item["link"]).is_file()
        assert facts.title in unescape(told.published(item["link"]).read_text("utf-8"))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_enclosures_are_the_published_files(told: Told) -> None:
    for item, _ in told.pairs():
        enclosure = item["enclosure"]
        published = told.published(enclosure["url"])
        assert enclosure["length"] == published.stat().st_size
        assert enclosure["type"] == "audio/mpeg"
        assert item["duration"] == pytest.approx(_seconds(published), abs=1)


def _seconds(recording: Path) -> float:
    """Decode a recording to its end."""
    command = [shows.program("ffprobe"), "-v", "error", "-show_entries", "packet=duration_time"]
    done = subprocess.run(
        [*command, "-select_streams", "a", "-of", "csv=p=0", str(recording)],
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(float(line.strip(",")) for line in done.stdout.split())


def test_seasons_and_episodes_have_their_names(told: Told) -> None:
    for item, facts in told.pairs():
        season = {"number": facts.season, "name": told.show.seasons.get(facts.season or 0)}
        assert item.get("podcastSeason") == (season if facts.season else None)
        display = {"display": facts.display} if facts.display else {}
        number = {"number": facts.number, **display}
        assert item.get("podcastEpisode") == (number if facts.number else None)


def test_people_of_an_episode_replace_those_of_the_show(told: Told) -> None:
    for item, facts in told.pairs():
        own = told.show.contributors if facts.contributors is None else facts.contributors
        assert item["podcastPeople"] == [_person(person) for person in own]


def test_transcripts_tell_type_language_and_use(told: Told) -> None:
    """The type of SRT comes back under its other name: the parser knows both, and tells one."""
    for item, facts in told.pairs():
        found = item["podcastTranscripts"]
        published = [told.published(transcript.pop("url")) for transcript in found]
        timed = published[0].read_bytes().startswith(b"WEBVTT")
        language = {"language": facts.language or told.show.language}
        captions = ("text/vtt", "application/srt", "application/json") if timed else ()
        assert found == [
            *({"type": kind, "rel": "captions", **language} for kind in captions),
            {"type": "text/html", **language},
        ]


def test_chapters_are_where_the_feed_says(told: Told) -> None:
    for item, facts in told.pairs():
        said = item.get("podcastChapters")
        assert bool(said) is bool(facts.chapters)
        if said:
            assert said["type"] == "application/json+chapters"
            document = json.loads(told.published(said["url"]).read_bytes())
            marks = [(each["startTime"], each["title"]) for each in document["chapters"]]
            assert marks == [(each.start, each.title) for each in facts.chapters]


def test_licences_of_episodes_are_told(told: Told) -> None:
    for item, facts in told.pairs():
        licence = facts.licence or told.show.licence or ""
        link = facts.licence_link or LICENCES[licence]
        identifier = licence.lower() if licence in LICENCES else licence
        own = {"identifier": identifier, "url": link}
        inherits = licence == told.show.licence and link == LICENCES.get(licence, link)
        assert item.get("license") == (None if inherits else own)  # the channel's holds


def test_an_episode_with_a_picture_shows_it(full: Path) -> None:
    told = Told(full, full_show.ADDRESS, (full / "public" / "feed.xml").read_bytes())
    for item, facts in told.pairs():
        assert ("itunesImage" in item) is bool(facts.picture)
        if facts.picture:
            assert told.published(item["itunesImage"]).is_file()


def test_every_role_is_one_of_the_taxonomy() -> None:
    """An unknown role would come back as Host, an unknown group as Cast."""
    assert set(TAXONOMY) == set(get_args(Role))
    script = f"console.log(JSON.stringify(require({json.dumps(str(_package()))})))"
    done = subprocess.run(
        [shows.program("node"), "-e", script], capture_output=True, check=True, timeout=60
    )
    words = json.loads(done.stdout)
    assert {role for role, _ in TAXONOMY.values()} <= set(words["PersonRole"].values())
    assert {group for _, group in TAXONOMY.values()} <= set(words["PersonGroup"].values())


def _package() -> Path:
    return shows.npm("podcast-partytime")


def test_money_places_and_other_podcasts_are_told(told: Told) -> None:
    show, read = told.show, told.read
    given = [{"message": each.text, "url": each.link} for each in show.funding]
    assert read.get("podcastFunding", []) == given
    place = _place(show.places[0]) if show.places else None  # it reads one, as once was allowed
    assert read.get("podcastLocation") == place
    recommended = [
        {"feedGuid": each.guid, "feedUrl": each.feed, "title": each.title}
        for each in show.recommends
    ]
    assert read.get("podroll", []) == recommended
    blocked = dict.fromkeys(show.keep_out_of, True)
    assert read.get("podcastBlockedPlatforms", {}) == blocked
    assert read.get("podcastTxt", []) == [_txt(each) for each in show.txt]


def _place(place: Location) -> dict[str, str]:
    told = {"name": place.name}
    told |= {"osm": place.osm} if place.osm else {}
    return told | ({"geo": f"geo:{place.point}"} if place.point else {})


def _txt(txt: Txt) -> dict[str, str]:
    return {"value": txt.text} | ({"purpose": txt.purpose} if txt.purpose else {})


def test_a_trailer_is_told_in_the_channel_too(told: Told) -> None:
    trailers = {item["title"]: item for item, facts in told.pairs() if facts.type == "trailer"}
    assert len(told.read.get("trailers", [])) == len(trailers)
    for trailer in told.read.get("trailers", []):
        item = trailers[trailer["title"]]
        assert trailer["url"] == item["enclosure"]["url"]
        assert trailer["length"] == item["enclosure"]["length"]
        assert trailer["type"] == item["enclosure"]["type"]
        assert _moment(trailer["pubdate"]) == _moment(item["pubDate"])


def test_what_an_episode_adds_is_told_with_it(told: Told) -> None:
    for item, facts in told.pairs():
        bites = [
            {"startTime": each.start, "duration": each.end - each.start, "title": each.title}
            for each in facts.soundbites
        ]
        assert item.get("podcastSoundbites", []) == bites
        place = _place(facts.places[0]) if facts.places else None
        assert item.get("podcastLocation") == place
        assert item.get("podcastTxt", []) == [_txt(each) for each in facts.txt]


def test_comments_are_those_of_the_source_or_switched_off(told: Told) -> None:
    for item, facts in told.pairs():
        threads = [
            {
                "platform": each.where,
                "id": each.account,
                "url": each.link,
                "profileUrl": each.account_link,
                "priority": priority,
            }
            for priority, each in enumerate(facts.comments, 1)
        ]
        if threads:
            assert item["podcastSocialInteraction"] == threads
        else:
            assert b'protocol="disabled"' in told.bytes


def test_the_small_file_is_where_the_feed_says_and_what_it_says(told: Told) -> None:
    for item, facts in told.pairs():
        found = item.get("alternativeEnclosures", [])
        assert bool(found) is told.show.recordings.small
        for small in found:
            (source,) = small["source"]
            data = told.published(source["uri"]).read_bytes()
            digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
            assert small["length"] == len(data)
            assert small["integrity"] == {"type": "sri", "value": f"sha256-{digest}"}
            assert (small["type"], small["codecs"]) == ("audio/ogg", "opus")
            assert small["lang"] == (facts.language or told.show.language)
            assert not small["default"]


def test_podcast_index_lists_what_the_feed_supports(told: Told) -> None:
    show: ShowFacts = told.show
    phases = {name for names in told.read["pc20support"].values() for name in names}
    assert phases >= {"locked", "transcript", "chapters", "person", "season", "episode"}
    assert phases >= {"license", "guid", "medium"}
    assert told.read["podcastSeasons"].keys() == {str(number) for number in show.seasons}
