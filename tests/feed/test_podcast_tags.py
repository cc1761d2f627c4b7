"""The tags of Podcasting 2.0: what a key becomes, and what is said where it cannot be right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from episodes.errors import SourceError
from episodes.findings import Finding, Level
from episodes.frontmatter import read as frontmatter
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.model import Art, Episode, Media, Show, SmallFile
from feed import rss, show_notes
from feed.checks import podcast_namespace
from feed.checks.context import Situation
from feed.reader import earmark_notes
from tests.kit.shows import NOW

GOLDEN = Path(__file__).parents[1] / "golden" / "podcasting"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
HEAD = "title: Night shift\nauthor: Example Trust\nsummary: Short talks.\n"
TALK = "title: A talk\nguid: guid-1\ndate: 2026-10-01 07:00\nsummary: What it gives.\n"


def facts_of(keys: str = "") -> ShowFacts:
    return frontmatter.parse_facts(
        ShowFacts, frontmatter.split_file(f"---\n{HEAD}{keys}\n---\n", ""), ""
    )


def talk(keys: str = "") -> EpisodeFacts:
    return frontmatter.parse_facts(
        EpisodeFacts, frontmatter.split_file(f"---\n{TALK}{keys}\n---\n", ""), ""
    )


def episode(facts: EpisodeFacts, **changes: object) -> Episode:
    one = Episode(
        slug="talk",
        folder="episodes/talk",
        facts=facts,
        published=datetime(2026, 10, 1, 6, tzinfo=UTC),
        notes="",
        recording="episodes/talk/recording.mp3",
        media=Media(file="media/a.mp3", length=9, type="audio/mpeg", seconds=300, digest="d"),
    )
    return one.model_copy(update=changes)


def show(facts: ShowFacts, *episodes: Episode, art: Art | None = None) -> Show:
    address = "https://podcast.example.org/night/"
    return Show(facts=facts, description="", address=address, art=art, episodes=episodes)


def fed(shown: Show) -> etree._Element:
    channel = etree.fromstring(rss.render(shown)).find("channel")
    assert channel is not None
    return channel


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def wrong(keys: str, *, show_md: bool = True) -> list[str]:
    with pytest.raises(SourceError) as caught:
        facts_of(keys) if show_md else talk(keys)
    return [f"{each.line}: {each.said}" for each in caught.value.findings]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.md")), ids=lambda path: path.stem)
def test_what_is_written_becomes_these_tags(path: Path) -> None:
    """A file of each pair holds front matter, the other every tag of the namespace made from it."""
    keys = path.read_text(encoding="utf-8")
    picture = Art(file="art/a.jpg", width=3000, small="art/b.jpg", small_width=600, alt="A lamp.")
    small = SmallFile(file="media/a.opus", length=45_000, type="audio/ogg",
                  seconds=15.0, sha256="0f" * 32)  # fmt: skip
    if path.stem.startswith("show"):
        told = fed(show(facts_of(keys), art=picture))
    else:
        media = Media(file="media/a.mp3", length=9, type="audio/mpeg", seconds=15, digest="d",
                      small=small)  # fmt: skip
        one = episode(talk(keys), media=media, art=picture)
        found = fed(show(facts_of(), one)).find("item")
        assert found is not None
        told = found
    tags = [each for each in told if str(each.tag).startswith(PODCAST)]
    text = "".join(
        etree.tostring(each, encoding="unicode", pretty_print=True, with_tail=False)
        for each in tags
    )
    text = text.replace(f' xmlns:podcast="{PODCAST.strip("{}")}"', "")
    for prefix, uri in told.nsmap.items():
        text = text.replace(f' xmlns:{prefix}="{uri}"', "")
    expected = path.with_suffix(".xml")
    assert text.strip() == expected.read_text(encoding="utf-8").strip()


def test_what_is_elsewhere_is_in_the_notes_too() -> None:
    """Most apps read no other tag."""
    keys = "elsewhere: [{text: Watch & read, link: 'https://video.example.org/?a=1&b=2'}]"
    shown = show_notes.render(show(facts_of()), episode(talk(keys)))
    assert '<a href="https://video.example.org/?a=1&amp;b=2">Watch &amp; read</a>' in shown


def test_a_trailer_among_the_episodes_is_told_in_the_channel() -> None:
    one = episode(talk("type: trailer\nseason: 2"))
    (trailer,) = fed(show(facts_of(), one)).findall(f"{PODCAST}trailer")
    assert trailer.text == "A talk"
    assert attributes(trailer) == {
        "pubdate": "Thu, 01 Oct 2026 06:00:00 +0000",
        "url": "https://podcast.example.org/night/media/a.mp3",
        "length": "9",
        "type": "audio/mpeg",
        "season": "2",
    }


def test_a_long_title_of_a_trailer_is_cut_where_aggregators_would_cut_it() -> None:
    facts = talk("type: trailer").model_copy(update={"title": "Word " * 40})
    (trailer,) = fed(show(facts_of(), episode(facts))).findall(f"{PODCAST}trailer")
    assert trailer.text is not None
    assert len(trailer.text) <= 128


def test_without_a_thread_apps_are_asked_to_show_no_comments() -> None:
    channel = fed(show(facts_of(), episode(talk())))
    for parent in (channel, channel.find("item")):
        assert parent is not None
        (tag,) = parent.findall(f"{PODCAST}socialInteract")
        assert attributes(tag) == {"protocol": "disabled"}


def test_a_thread_of_one_episode_is_not_switched_off_by_the_show() -> None:
    keys = "comments: [{where: activitypub, link: 'https://social.example.org/1'}]"
    with_one, without = episode(talk(keys)), episode(talk(), slug="other")
    channel = fed(show(facts_of(), with_one, without))
    assert channel.find(f"{PODCAST}socialInteract") is None
    said = [each.attrib["protocol"] for each in channel.iter(f"{PODCAST}socialInteract")]
    assert said == ["activitypub", "disabled"]


def test_a_complete_show_says_so_to_apple_too() -> None:
    channel = fed(show(facts_of("complete: true")))
    assert channel.findtext(f"{ITUNES}complete") == "Yes"
    rhythm = channel.find(f"{PODCAST}updateFrequency")
    assert rhythm is not None
    assert attributes(rhythm) == {"complete": "true"}
    assert fed(show(facts_of())).find(f"{ITUNES}complete") is None


def test_an_item_has_a_licence_only_if_it_is_not_the_channels() -> None:
    """The channel's holds for every other item, and each phone fetches the whole feed."""
    ours = "licence: Our own terms\nlicence_link: https://example.org/"
    talks = (talk(f"{ours}terms"), talk(f"{ours}other"), talk("licence: CC-BY-4.0"))
    feed = fed(show(facts_of(f"{ours}terms"), *map(episode, talks)))
    licences = [each.findtext(f"{PODCAST}license") for each in feed.iter("item")]
    assert licences == [None, "Our own terms", "cc-by-4.0"]
    assert feed.findtext(f"{PODCAST}license") == "Our own terms"


def test_a_licence_that_can_be_read_nowhere_is_no_tag() -> None:
    channel = fed(show(facts_of("licence: All rights kept")))
    assert channel.find(f"{PODCAST}license") is None


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('places: [{name: Leeds, point: "53.8"}]', "is not a position on a map; write latitude"),
        ('places: [{name: Leeds, point: "91, 0"}]', "is not a position"),
        ("places: [{name: Leeds, osm: 118362}]", "is not a place in OpenStreetMap"),
        ("places: [{name: Leeds, country: UK1}]", "is not a country code; write two letters"),
        ("keep_out_of: [myspace]", "is not one of the choices"),
        ("funding: [{text: Give, link: example.org}]", "is not a web address"),
        (f"funding: [{{text: {'a' * 129}, link: 'https://example.org'}}]", "128 characters or"),
        ("recommends: [{title: Other}]", "is missing; write `guid: ...`"),
        (f"txt: [{{text: {'a' * 4001}}}]", "4000 characters or fewer"),
        ("comments: [{where: pigeon, link: 'https://example.org'}]", "is not one of the choices"),
        ("rhythm: {text: Weekly, every: fortnight}", "is not one of the choices"),
        ("rhythm: {text: Weekly, on: [Mon]}", "is not one of the choices"),
    ],
)
def test_a_value_that_does_not_fit_is_found_at_its_line(keys: str, said: str) -> None:
    (found,) = wrong(keys)
    assert said in found
    assert found.startswith("5: "), found


def found(facts: ShowFacts, *episodes: Episode, seconds: float = 300) -> list[Finding]:
    lengths = {each.slug: seconds for each in episodes}
    situation = Situation(show(facts, *episodes), lengths, NOW)
    return [finding for rule in podcast_namespace.RULES for finding in rule(situation)]


@pytest.mark.parametrize(
    ("keys", "key", "said"),
    [
        ("rhythm: {text: T, every: month, on: [Monday]}", "rhythm.on", "needs a rhythm of weeks"),
        ("rhythm: {text: T, every: week, times: 6}", "rhythm.times", "needs a first day"),
        ("rhythm: {text: T, times: 6, starting: 2026-01-05}", "rhythm.times", "needs a rhythm"),
        ("licence: All rights kept", "licence", "has no web address"),
        ("funding: [{text: Give, link: 'http://example.org'}]", "funding[1].link", "http://"),
    ],
)
def test_what_contradicts_itself_in_a_show_is_found(keys: str, key: str, said: str) -> None:
    (one,) = found(facts_of(keys))
    assert (one.path, one.key) == ("show.md", key)
    assert said in one.said


@pytest.mark.parametrize(
    ("keys", "key", "said", "level"),
    [
        ('soundbites: [{start: "1:00", end: "0:30"}]', "soundbites[1].end", "not later", "error"),
        (
            'soundbites: [{start: "4:30", end: "5:10"}]',
            "soundbites[1].end",
            "after the end",
            "error",
        ),
        ('soundbites: [{start: "0:00", end: "0:05"}]', "soundbites[1].end", "5 sec", "warning"),
        ("licence: Ours alone", "licence", "has no web address", "warning"),
        ("elsewhere: [{text: T, link: 'http://a.org'}]", "elsewhere[1].link", "//", "warning"),
    ],
)
def test_what_contradicts_itself_in_an_episode_is_found(
    keys: str, key: str, said: str, level: str
) -> None:
    (one,) = found(facts_of(), episode(talk(keys)))
    assert (one.path, one.key, one.level) == ("episodes/talk/episode.md", key, Level(level))
    assert said in one.message


def test_a_complete_show_has_nothing_to_come() -> None:
    later = episode(talk(), published=NOW + timedelta(days=1))
    (one,) = found(facts_of("complete: true"), later)
    assert one.rule == "complete-coming"
    assert one.level is Level.ERROR
    assert "episodes/talk" in one.message
    assert found(facts_of("complete: true"), episode(talk())) == []


def test_a_show_that_is_right_has_no_such_finding() -> None:
    for path in GOLDEN.glob("*.md"):
        keys = path.read_text(encoding="utf-8")
        is_show = path.stem.startswith("show")
        facts = facts_of(keys) if is_show else facts_of()
        assert found(facts, *([] if is_show else [episode(talk(keys))])) == []


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_on_earth_is_a_geo_address(latitude: float, longitude: float) -> None:
    facts = facts_of(f'places: [{{name: Here, point: "{latitude:.6f}, {longitude:.6f}"}}]')
    place = fed(show(facts)).find(f"{PODCAST}location")
    assert place is not None
    written = attributes(place)["geo"].removeprefix("geo:").split(",")
    assert [float(each) for each in written] == [
        float(f"{latitude:.6f}"),
        float(f"{longitude:.6f}"),
    ]


def test_a_full_stop_behind_what_can_be_skipped_does_not_stand_before_a_time() -> None:
    skip = "{start: '0:24', end: '0:38', what: What the porter saw.}"
    one = episode(talk(f"\ncontent_note: {{text: A loss., skip: [{skip}]}}"))
    said = show_notes.render(show(facts_of(), one), one)
    assert "<li>0:24 to 0:38: What the porter saw</li>" in said
    own = earmark_notes.split(said)
    assert own is not None
    (read,) = own.facts["content_note"]["skip"]
    assert read == {"start": "0:24", "end": "0:38", "what": "What the porter saw"}
