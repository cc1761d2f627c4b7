"""Import of what is easily lost: pictures of chapters, and a guid that nobody would write today."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from episodes.audio import chapter_tags
from episodes.frontmatter import read
from episodes.frontmatter.schema import EpisodeFacts
from episodes.pictures import artwork
from podcast.building import pipeline
from tests.kit import shows
from tests.kit.foreign_feeds import Shelf, built, feed, item, take, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.importing.import_feed import ImportResult

HERE = "https://podcast.example.org/night/"
CHAPTERS = """chapters:
  - {start: "0:00", title: Welcome, picture: lamp.jpg, link: "https://example.org/lamp"}
  - {start: "0:01", title: Going, picture: lamp.jpg}
  - {start: "0:02", title: Home}
"""


@pytest.fixture
def public(make_show: Callable[..., Path]) -> Path:
    """A built show whose chapters have a picture: two of them the same."""
    show = make_show(1)
    place = show / "episodes" / "01-talk"
    text = (place / "episode.md").read_text("utf-8")
    (place / "episode.md").write_text(text.replace("title:", f"{CHAPTERS}title:", 1), "utf-8")
    artwork.draw_cover("A lamp", place / "lamp.jpg")
    return built(show, shows.NOW)


def facts_of(folder: Path) -> EpisodeFacts:
    text = (folder / "episode.md").read_text("utf-8")
    return read.parse_facts(EpisodeFacts, read.split_file(text, "episode.md"), "episode.md")


def without(public: Path, *patterns: str) -> None:
    """Take tags out of a feed, as if another program had made it."""
    text = (public / "feed.xml").read_text("utf-8")
    for each in patterns:
        text, number = re.subn(each, "", text)
        assert number == 1
    (public / "feed.xml").write_text(text, "utf-8")


def copied(public: Path, to: Path) -> tuple[ImportResult, Path]:
    done = take(f"{HERE}feed.xml", to, Shelf(public, HERE))
    return done, to / "episodes" / "01-talk"


def test_pictures_of_chapters_come_each_once(public: Path, tmp_path: Path) -> None:
    done, place = copied(public, tmp_path / "copy")
    assert done.lost == []
    told = [(each.title, each.picture, each.link) for each in facts_of(place).chapters]
    lamp = "chapter-01.jpg"
    assert told == [("Welcome", lamp, "https://example.org/lamp"), ("Going", lamp, None),
                    ("Home", None, None)]  # fmt: skip
    assert [each.name for each in place.glob("chapter-*")] == [lamp]
    again = built(tmp_path / "copy", shows.NOW)
    (chapters,) = (again / "chapters").glob("*.json")
    assert [bool(row.get("img")) for row in json.loads(chapters.read_bytes())["chapters"]] == [
        True, True, False,
    ]  # fmt: skip
    before = tree(tmp_path / "copy")
    take(f"{HERE}feed.xml", tmp_path / "copy", Shelf(again, HERE))
    assert tree(tmp_path / "copy") == before


def test_pictures_in_the_recording_come_where_no_file_tells_of_them(
    public: Path, tmp_path: Path
) -> None:
    without(public, r"(?s)<psc:chapters.*</psc:chapters>", r"<podcast:chapters[^>]*/>")
    done, place = copied(public, tmp_path / "copy")
    assert done.lost == []
    (recording,) = place.glob("recording.mp3")
    assert set(chapter_tags.chapter_pictures(recording)) == {0.0, 1.0}
    told = [(each.title, each.picture) for each in facts_of(place).chapters]
    lamp = "chapter-01.jpg"
    assert told == [("Welcome", lamp), ("Going", lamp), ("Home", None)]
    assert facts_of(place).chapters[0].link == "https://example.org/lamp"


@pytest.mark.parametrize("name", ["gone", "broken", "small", "oblong"])
def test_a_picture_of_a_chapter_that_cannot_be_used_is_said(
    public: Path, tmp_path: Path, name: str
) -> None:
    without(public, r"(?s)<psc:chapters.*</psc:chapters>")
    (chapters,) = (public / "chapters").glob("*.json")
    told = json.loads(chapters.read_bytes())
    told["chapters"][0]["img"] = told["chapters"][1]["img"] = f"{HERE}{name}.jpg"
    chapters.write_text(json.dumps(told), "utf-8")
    if name == "broken":
        (public / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    elif name != "gone":
        size = (64, 64) if name == "small" else (900, 600)
        Image.new("RGB", size, "teal").save(public / f"{name}.jpg")
    done, place = copied(public, tmp_path / "copy")
    (loss,) = done.lost
    assert loss.why.startswith("the picture of chapter 1 "), loss
    assert [each.picture for each in facts_of(place).chapters] == [None, None, None]
    assert not list(place.glob("*.jpg"))
    assert not list(place.glob(".*"))


def test_a_guid_with_spaces_stays_what_subscribers_know(tmp_path: Path, tone: Path) -> None:
    guid = "Talk 7 of  the night shift"
    (tmp_path / "feed.xml").write_bytes(feed(item(1).replace("guid-1", guid)))
    done = take(tmp_path / "feed.xml", tmp_path / "show", leave_audio=True)
    assert "guid" not in "".join(each.why for each in (*done.lost, *done.feed.losses))
    (place,) = (tmp_path / "show" / "episodes").iterdir()
    assert facts_of(place).guid == guid
    shutil.copy(tone, place / "recording.mp3")
    found = [each for each in pipeline.check(tmp_path / "show") if each.rule == "guid-spaces"]
    assert [each.waived for each in found] == ["subscribers know it by this"]


def test_a_guid_of_two_lines_becomes_one_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(feed(item(1).replace("guid-1", "one\n  two")))
    done = take(tmp_path / "feed.xml", tmp_path / "show", leave_audio=True)
    assert "became one" in done.lost[0].why + "".join(each.why for each in done.feed.losses)
    (place,) = (tmp_path / "show" / "episodes").iterdir()
    assert facts_of(place).guid == "one two"
