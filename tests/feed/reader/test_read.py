"""Reading feeds as they are in the wild: golden pairs, dates, encodings, and what must not happen.

Each pair in golden/import is a feed and what is taken from it, with the losses and their lines. To
write the second half of a new one: `python -m tests.feed.reader.test_read`, and then read it.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed import rss
from feed.reader import dates, document, earmark_notes, plain_text
from feed.reader import read as reading
from feed.reader.result import NotAFeedError, ParsedFeed
from tests.kit.foreign_feeds import HEAD, feed, item

GOLDEN = sorted((Path(__file__).parents[2] / "golden" / "import").glob("*.xml"))
ADDRESS = "https://example.org/shows/feed.xml"


def read(data: bytes) -> ParsedFeed:
    return reading.read(data, ADDRESS)


def told(taken: ParsedFeed) -> dict[str, Any]:
    """Return what was taken as JSON has it."""
    return {
        "show": dict(taken.facts) | {"address": taken.address, "picture": taken.picture},
        "locked": [taken.locked, taken.owner],
        "episodes": [
            {**each._asdict(), "facts": dict(each.facts), "enclosure": list(each.enclosure),
             "transcripts": [list(paper) for paper in each.transcripts]}
            for each in taken.episodes
        ],
        "losses": [list(each) for each in taken.losses],
    }  # fmt: skip


def shown(path: Path) -> str:
    made = told(read(path.read_bytes()))
    return json.dumps(made, indent=1, ensure_ascii=False, default=str) + "\n"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_each_golden_feed_gives_what_stands_beside_it(path: Path) -> None:
    assert shown(path) == path.with_suffix(".json").read_text("utf-8")


def test_earmark_knows_its_own_feeds() -> None:
    assert earmark_notes.GENERATOR == rss.GENERATOR


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("Thu, 01 Oct 2026 06:00:00 +0000", "2026-10-01T06:00:00"),
        ("Mon, 1 Oct 2026 06:00:00 GMT", "2026-10-01T06:00:00"),
        ("Thu, 01 October 2026 06:00:00 EST", "2026-10-01T11:00:00"),
        ("01 Oct 26 06:00 +0200", "2026-10-01T04:00:00"),
        ("2026-10-01", "2026-10-01T00:00:00"),
        ("2026-10-01T06:00:00Z", "2026-10-01T06:00:00"),
        ("2026-10-01T06:00:00.123+02:00", "2026-10-01T04:00:00"),
        ("2026-10-01 06:00:00 -0500", "2026-10-01T11:00:00"),
        ("October 1, 2026 6:00 am", "2026-10-01T06:00:00"),
        ("Thursday, 1 October 2026, 06:00", "2026-10-01T06:00:00"),
        ("03/04/2026", None),
        ("1.4.2026 10:00", None),
        ("yesterday", None),
        ("June", None),
        ("31 Feb 2026 10:00:00 GMT", None),
        ("Thu, 01 Oct 0001 06:00:00 +0000", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("", None),
        ("9" * 4000, None),
    ],
)
def test_dates_are_read_exactly_or_not_at_all(said: str, when: str | None) -> None:
    assert dates.parse(said) == (datetime.fromisoformat(f"{when}+00:00") if when else None)


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_no_date_whatever_raises(said: str) -> None:
    found = dates.parse(said)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("3723", 3723), ("1:02:03", 3723), ("62:03", 3723), ("90.5", 90.5), ("", 0), ("1h", 0),
     ("1:2:3:4", 0), ("-5", 0), ("9999999:00:00", 0)],
)  # fmt: skip
def test_durations_are_read_in_every_form(said: str, seconds: float) -> None:
    assert plain_text.seconds(said) == seconds


@pytest.mark.parametrize("name", ["utf-8", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_a_feed_is_read_in_the_letters_it_declares(name: str) -> None:
    text = feed(item(1)).decode().replace("A show", "Café").replace("UTF-8", name)
    assert read(text.encode(name)).facts["title"] == "Café"


def test_a_feed_that_declares_the_wrong_letters_is_read_and_that_is_said() -> None:
    text = feed(item(1)).decode().replace("A show", "Café")
    taken = read(text.encode("cp1252"))
    assert taken.facts["title"] == "Café"
    assert "Windows-1252" in taken.losses[0].why
    taken = read(text.replace("UTF-8", "us-ascii").encode())
    assert taken.facts["title"] == "Café"


@pytest.mark.parametrize("name", ["rot13", "base64", "idna", "nonsense", "hex"])
def test_letters_that_are_none_are_no_way_in(name: str) -> None:
    assert read(feed(item(1)).replace(b"UTF-8", name.encode())).facts["title"] == "A show"


@pytest.mark.parametrize(
    "prefix",
    ["http://www.itunes.com/DTDs/Podcast-1.0.dtd", "https://www.itunes.com/dtds/podcast-1.0.dtd",
     "http://www.itunes.com/dtds/podcast-1.0.dtd/", "http://example.org/wrong"],
)  # fmt: skip
def test_namespaces_may_be_written_wrongly(prefix: str) -> None:
    data = feed(item(1), head="<title>A</title><itunes:author>Ann</itunes:author>")
    wrong = data.replace(b"http://www.itunes.com/dtds/podcast-1.0.dtd", prefix.encode())
    assert read(wrong).facts["author"] == "Ann"


def test_a_namespace_that_nobody_declared_is_known_by_its_prefix() -> None:
    data = b"<rss><channel><title>A</title><itunes:author>Ann</itunes:author></channel></rss>"
    assert read(data).facts["author"] == "Ann"


# What must not happen.


def test_entities_are_not_expanded() -> None:
    rows = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY l0 "lol">{rows}]>\n'
    data = feed(item(1), head="<title>A &l9;</title>").decode()
    began = time.monotonic()
    taken = read((bomb + data.partition("\n")[2]).encode())
    assert taken.facts["title"] == "A &l9;"
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("kind", ["SYSTEM", 'PUBLIC "x"'])
def test_files_are_not_read_through_entities(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret").write_text("hidden words", "utf-8")
    declared = f'<!DOCTYPE rss [<!ENTITY x {kind} "file://{tmp_path / "secret"}">]>\n'
    data = feed(item(1), head="<title>A &x;</title>").decode()
    taken = read((declared + data.partition("\n")[2]).encode())
    assert "hidden" not in json.dumps(told(taken), default=str)
    assert len(taken.episodes) == 1


def test_what_is_nested_without_end_is_read_as_far_as_it_goes() -> None:
    for deep in ("<a>" * 100_000, "<item>" * 50_000, "<channel>" * 20_000):
        assert read(f"{HEAD}<title>A</title>{deep}".encode()).facts["title"] == "A"


def test_control_characters_are_left_out() -> None:
    data = feed(item(1).replace("Talk 1", "Ta\x00l\x0bk\x1b&#0;&#x1F; 1&#xD800;"))
    assert read(data).episodes[0].title == "Talk 1"


@pytest.mark.slow
def test_ten_thousand_items_are_read_in_seconds() -> None:
    rows = (
        item(1).replace("guid-1", f"g{n}").replace("/1.mp3", f"/{n}.mp3") for n in range(10_000)
    )
    began = time.process_time()
    assert len(read(feed(*rows)).episodes) == 10_000
    assert time.process_time() - began < 20


def test_giant_values_are_cut() -> None:
    giant = "word " * 400_000
    data = feed(item(1).replace("Words of 1.", giant).replace("Talk 1", giant),
                head=f"<title>{giant}</title><description>{giant}</description>")  # fmt: skip
    taken = read(data)
    assert len(str(taken.facts["title"])) <= 255
    assert len(str(taken.facts["summary"]).encode()) <= 4000
    assert len(taken.episodes[0].title) <= 255
    assert len(taken.episodes[0].notes) <= 1_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"\x00\xff" * 50,
        b"just words",
        b"{}",
        b"<",
        b"<html>",
        b"<opml/>",
        b"\xef\xbb\xbf",
    ],
)
def test_what_is_no_feed_says_so(data: bytes) -> None:
    with pytest.raises(NotAFeedError):
        read(data)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_feed_that_is_cut_and_stirred_never_raises_anything_else(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([path.read_bytes() for path in GOLDEN]))
    at = data.draw(st.integers(0, len(whole)))
    more = data.draw(
        st.binary(max_size=20) | st.sampled_from([b"<![CDATA[", b"]]>", b"<item>", b"&", b'"'])
    )
    gone = data.draw(st.integers(0, 200))
    try:
        taken = read(whole[:at] + more + whole[at + gone :])
    except NotAFeedError:
        return
    assert all(each.line >= 0 and each.why for each in taken.losses)


def test_lines_are_those_of_the_file() -> None:
    text = (
        "\n\n<?xml version='1.0'?>\n<!DOCTYPE rss [\n<!ENTITY a 'b'>\n]>\n<rss><channel>\n<item>\n"
    )
    taken = read(f"{text}<title>A</title></item></channel></rss>".encode())
    assert [each.line for each in taken.losses if "no recording" in each.why] == [8]
    assert text.split("\n")[7] == "<item>"


def test_a_bare_ampersand_is_one() -> None:
    assert document.read(b"<rss><a>Tom & Jerry &nbsp; &bogus; &amp;</a></rss>", "")[0].text(
        "a"
    ) == ("Tom & Jerry \u00a0 &bogus; &")


if __name__ == "__main__":
    for each in GOLDEN:
        each.with_suffix(".json").write_text(shown(each), "utf-8")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('<enclosure url="https://e.org/a.jpg" length="1" type="image/jpeg"/>', "has no recording"),
        ('<enclosure url="https://e.org/a.jpg?x=1" length="1" type=""/>', "has no recording"),
        (
            '<enclosure url="https://e.org/a.PNG" type="application/octet-stream"/>',
            "has no recording",
        ),
        ('<media:content url="https://e.org/a" medium="image"/>', "has no recording"),
        ('<media:content url="https://e.org/a.php?id=1"/>', "has no recording"),
        ('<media:content url="https://e.org/a.webp"/>', "has no recording"),
        ("", "has no recording"),
        ('<enclosure url="https://e.org/a.mp4" type="video/mp4"/>', "has no audio but video/mp4"),
        ('<media:content url="https://e.org/a" medium="video"/>', "has no audio but video/*"),
        ('<enclosure url="https://e.org/a.pdf"/>', "has no audio but application/pdf"),
    ],
)
def test_a_post_without_a_recording_has_none(more: str, why: str) -> None:
    head = '<rss xmlns:media="http://search.yahoo.com/mrss/">'
    bare = item(1).partition("<enclosure")[0]
    data = f"{head}<channel><title>A</title><item>{bare}{more}</item></channel></rss>".encode()
    taken = read(data)
    assert taken.episodes == ()
    assert f"{why}, so it was left out" in [each.why for each in taken.losses]


@pytest.mark.parametrize(
    "more",
    [
        '<enclosure url="https://e.org/a" type=""/>', '<enclosure url="https://e.org/a.mp3"/>',
        '<enclosure url="https://e.org/a.mp3?x=1" type="text/html"/>',
        '<enclosure url="https://e.org/a.php" type="audio/mpeg"/>',
        '<media:content url="https://e.org/a.m4a"/>',
        '<media:content url="https://e.org/a" medium="audio"/>',
        '<media:content url="https://e.org/a" type="audio/mpeg" medium="image"/>',
    ],
)  # fmt: skip
def test_what_may_be_a_recording_is_one(more: str) -> None:
    head = '<rss xmlns:media="http://search.yahoo.com/mrss/">'
    bare = item(1).partition("<enclosure")[0]
    data = f"{head}<channel><title>A</title><item>{bare}{more}</item></channel></rss>".encode()
    assert len(read(data).episodes) == 1
