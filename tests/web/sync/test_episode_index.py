"""An episode is known by its exact guid or address; a shortened one counts only if it is unique."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.catalogue import Catalogue
from web.sync.episode_index import EpisodeIndex
from web.sync.url_match import parse

HOME, OLD = "https://podcast.example.org/night/", "https://old.example.org/"
FEED = f"{HOME}feed.xml"
PLAYER = "https://media.example.net/play.mp3"


def audio(file: str, *former: str, seconds: float = 1800) -> dict[str, Any]:
    return {"seconds": seconds, "version": "v", "former": former, "file": file, "length": 1,
            "type": "audio/mpeg"}  # fmt: skip


def row(guid: str, media: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = {"title": guid, "page": "p.html", "published": "2026-10-01T08:00:00+00:00"}
    return {"guid": guid, **told, "media": media, **more}


def show(*rows: dict[str, Any], **head: Any) -> Catalogue:
    return Catalogue.model_validate({
        "version": 1, "show": {"title": "Night", "address": HOME, "feed": FEED, **head},
        "episodes": [each for each in rows if "withdrawn" not in each],
        "withdrawn": [each for each in rows if "withdrawn" in each],
    })  # fmt: skip


def credited(shelf: EpisodeIndex, episode: str, guid: str = "", podcast: str = FEED) -> str:
    found = shelf.find(podcast, episode, guid, None)
    return found.guid if found else ""


def test_of_addresses_that_differ_in_the_query_the_exact_one_is_credited() -> None:
    shelf = EpisodeIndex(show(*(row(f"guid-{n}", audio(f"{PLAYER}?id={n}")) for n in (3, 2, 1))))
    assert [credited(shelf, f"{PLAYER}?id={n}") for n in (1, 2, 3)] == ["guid-1", "guid-2",
                                                                        "guid-3"]  # fmt: skip
    for other in (PLAYER, f"{PLAYER}?id=4", f"{PLAYER}?id=1&from=app", f"{PLAYER}?ID=1",
                  "https://count.example.com/r/media.example.net/play.mp3?id=1",
                  "https://cdn.example.com/play.mp3?id=1"):  # fmt: skip
        assert credited(shelf, other) == "", other


@pytest.mark.parametrize(
    ("file", "app", "is_credited"),
    [
        (f"{PLAYER}?id=1", f"{PLAYER}?id=1&from=app", True),
        (f"{PLAYER}?id=1", PLAYER, True),
        ("media/T%C3%A9l.mp3", f"{HOME}media/Te\u0301l.mp3", True),  # a file's name on a Mac
        (f"{PLAYER}?id=1", f"{PLAYER}?id=7", False),  # one that is not in the feed any more
        (f"{PLAYER}?id=1", f"{PLAYER}?from=app", False),
        (f"{PLAYER}?id=1", "https://cdn.example.com/play.mp3?id=7", False),
        (f"{PLAYER}#first", f"{PLAYER}#second", False),
        (f"{PLAYER}", f"{PLAYER}#t=20", True),
        ("media/caf%c3%a9.mp3", f"{HOME}media/café.mp3", True),
        ("media/a%7Eb.mp3", "http://podcast.example.org:80/night/media/a~b.mp3", True),
        ("media/talk.mp3", "https://x.example.com/notpodcast.example.org/night/media/tale.mp3",
         False),
        ("media/talk.mp3", f"https://x.example.com/e/www.{HOME[8:]}media/talk.mp3", True),
    ],
)  # fmt: skip
def test_a_part_of_an_address_counts_if_the_rest_does_not_contradict_it(
    file: str, app: str, *, is_credited: bool
) -> None:
    shelf = EpisodeIndex(show(row("guid-1", audio(file))))
    assert bool(credited(shelf, app)) is is_credited


def test_an_address_that_two_episodes_had_is_nobodys_without_a_guid() -> None:
    moved = show(
        row("guid-1", audio("media/new.mp3", "media/talk.mp3")),
        row("guid-2", audio("media/talk.mp3")),
    )
    shelf = EpisodeIndex(moved)
    assert credited(shelf, f"{HOME}media/talk.mp3") == ""
    assert credited(shelf, f"{HOME}media/talk.mp3", "guid-2") == "guid-2"
    found = shelf.find(FEED, f"{HOME}media/talk.mp3", "guid-2", 900)
    assert found is not None
    assert found.version == "v", "another episode's former file says nothing of this one"


def test_what_a_withdrawn_episode_shares_is_not_unique() -> None:
    back = row("guid-1", {"seconds": 9, "version": "w", "former": [f"{OLD}talk.mp3"]},
               withdrawn={"on": "2026-11-01"})  # fmt: skip
    shelf = EpisodeIndex(show(row("guid-2", audio("media/talk.mp3")), back))
    assert credited(shelf, "https://cdn.example.com/talk.mp3") == ""
    assert credited(shelf, f"{OLD}talk.mp3?from=app") == "guid-1"


def test_a_guid_decides_over_an_address_and_one_of_nobody_takes_no_part_of_one() -> None:
    shelf = EpisodeIndex(
        show(row("guid-1", audio("media/1.mp3")), row("guid-2", audio("media/2.mp3")))
    )
    assert credited(shelf, f"{HOME}media/2.mp3", "guid-1") == "guid-1"
    assert credited(shelf, f"{HOME}media/2.mp3", "unknown") == "guid-2", "the exact address is ours"
    assert credited(shelf, f"{HOME}media/2.mp3?from=app", "unknown") == ""
    assert credited(shelf, f"{HOME}media/2.mp3?from=app", "guid-2") == "guid-2"


def test_another_show_at_our_feeds_host_and_path_is_not_ours() -> None:
    ours = "https://feeds.example.net/rss.php?show=1"
    shelf = EpisodeIndex(show(row("1", audio("media/1.mp3")), feed=ours))
    assert shelf.is_ours(f"{ours}&from=app")
    for other in ("https://feeds.example.net/rss.php?show=2", "https://feeds.example.net/rss.php"):
        assert not shelf.is_ours(other)
        assert credited(shelf, "https://feeds.example.net/x.mp3", "1", other) == ""


# Every way in which addresses of one show can look alike.
HOSTS = (
    "podcast.example.org/night",
    "old.example.org",
    "media.example.net",
    "www.media.example.net",
)
PATHS = ("play.mp3", "media/play.mp3", "media/talk.mp3", "media/t%61lk.mp3")
QUERIES = ("", "?id=1", "?id=2", "?id=1&v=2", "?v=2", "#a", "?id=1#b")
WHOLE = st.builds("{}://{}/{}{}".format, st.sampled_from(["http", "https"]), st.sampled_from(HOSTS),
                  st.sampled_from(PATHS), st.sampled_from(QUERIES))  # fmt: skip
FILES = st.builds("{}{}".format, st.sampled_from(PATHS), st.sampled_from(QUERIES)) | WHOLE
GUIDS = ("a", "b", "c", "urn:a-guid-that-nobody-else-would-choose")
MEDIA = st.builds(lambda file, former: audio(file, *former), FILES, st.lists(FILES, max_size=2))
ROWS = st.lists(st.tuples(st.sampled_from(GUIDS), MEDIA, st.booleans()), max_size=4,
                unique_by=lambda each: each[0])  # fmt: skip
SENT = st.builds("{}{}".format, st.sampled_from(["", "https://count.example.com/r/"]), WHOLE)


def _same(address: str) -> str:
    """Return what may differ nowhere in an exact address; the examples need no more."""
    return address.replace("https://", "http://", 1).replace("t%61lk", "talk")


def _place(address: str) -> str:
    parts = urlsplit(_same(address))
    return parts.netloc.removeprefix("www.") + parts.path


@settings(max_examples=400, deadline=None)
@given(ROWS, st.booleans(), SENT, st.sampled_from(["", "z", *GUIDS]), st.sampled_from(
    [FEED, f"{OLD}feed.xml", "https://elsewhere.example.com/feed.xml"]))  # fmt: skip
def test_only_what_is_exact_or_uniquely_shortened_is_credited(
    rows: list[Any], has_moved: bool, sent: str, guid: str, podcast: str
) -> None:
    made = [
        row(name, media, **({"withdrawn": {"on": "2026-11-01"}} if is_back else {}))
        for name, media, is_back in rows
    ]
    found = credited(
        EpisodeIndex(show(*made, former=[OLD] if has_moved else [])), sent, guid, podcast
    )
    if not found or found == guid:
        return
    bases = (HOME, OLD) if has_moved else (HOME,)
    every = {
        (name, urljoin(base, each))
        for name, media, is_back in rows
        for each in (*media["former"], *([] if is_back else [media["file"]]))
        for base in bases
    }
    exact = {name for name, each in every if _same(each) == _same(sent)}
    written = {name for name, each in every if each == sent}
    inner = sent.partition("/r/")[2] or sent
    places = {name for name, each in every if _place(each) == _place(inner)}
    names = {name for name, each in every
             if _place(each).rpartition("/")[2] == _place(sent).rpartition("/")[2]}  # fmt: skip
    first = next(each for each in (written, exact, places, names) if each)
    assert first == {found}


@given(st.text(max_size=60) | SENT.map(lambda each: quote(each, safe="/:?=%")))
def test_any_text_is_an_address_or_none(text: str) -> None:
    shelf = EpisodeIndex(show(row("guid-1", audio("media/talk.mp3"))))
    assert credited(shelf, text, podcast="https://elsewhere.example.com/") in {"", "guid-1"}
    assert parse(text).exact == parse(text).exact


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_what_devices_are_sent_leads_back_to_the_episode_or_to_nobody(rows: list[Any]) -> None:
    shelf = EpisodeIndex(show(*(row(name, media) for name, media, _ in rows)))
    for name, _, _ in rows:
        entry = shelf.entry(name)
        assert entry is not None
        assert credited(shelf, shelf.enclosure(entry)) in {name, ""}
        assert credited(shelf, shelf.enclosure(entry), name) == name
