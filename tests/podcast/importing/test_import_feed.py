"""Tests an import into a folder: what is written, and what a second one adds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from episodes.errors import EarmarkError
from episodes.findings import Level
from podcast.building import pipeline
from podcast.network.failures import FetchError
from tests.kit import full_show, shows
from tests.kit.foreign_feeds import Shelf, built, earmark, feed, item, take, tree, written

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_show_comes_with_recordings_chapters_transcripts_and_art(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    public = built(make_show(2), shows.NOW)
    done = take("https://podcast.example.org/night/feed.xml", tmp_path / "copy",
                Shelf(public, "https://podcast.example.org/night/"))  # fmt: skip
    assert (done.added, done.missing, done.lost) == (2, 0, [])
    assert set(tree(tmp_path / "copy")) == {
        ".gitignore", "cover.jpg", "show.md",
        *(f"episodes/0{n}-talk/{name}" for n in (1, 2)
          for name in ("episode.md", "recording.mp3", "transcript.vtt")),
    }  # fmt: skip
    assert not [each for each in pipeline.check(tmp_path / "copy") if each.level is Level.ERROR]


def test_every_key_that_a_feed_can_tell_survives(tmp_path: Path, tone: Path, cover: Path) -> None:
    full_show.write(tmp_path / "show", tone, cover)
    public = built(tmp_path / "show", shows.NOW)
    shelf = Shelf(public, full_show.ADDRESS)
    take(f"{full_show.ADDRESS}feed.xml", tmp_path / "copy", shelf)
    before, after = full_show.read_show(tmp_path / "show"), full_show.read_show(tmp_path / "copy")
    untold = {"recordings", "contributors", "support", "timezone", "publish", "waive"}
    assert after.model_dump(exclude=untold) == before.model_dump(exclude=untold)
    old, new = (full_show.read_episodes(tmp_path / each) for each in ("show", "copy"))
    assert set(old) == set(new) == set(full_show.NEWEST_FIRST)
    kept = {"title", "date", "summary", "season", "number", "display", "type", "explicit",
            "language", "chapters", "soundbites", "elsewhere", "places", "comments", "txt",
            "prompts", "outcomes", "answers", "licence", "licence_link", "picture_alt"}  # fmt: skip
    for guid in old:
        assert new[guid].model_dump(include=kept) == old[guid].model_dump(include=kept), guid


def test_a_second_import_into_the_folder_changes_no_byte(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    shelf = Shelf(built(make_show(2), shows.NOW), "https://podcast.example.org/night/")
    take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf)
    text = (tmp_path / "copy" / "episodes" / "01-talk" / "episode.md").read_text("utf-8")
    edited = text.replace("Talk A", "My own title")
    (tmp_path / "copy" / "episodes" / "01-talk" / "episode.md").write_text(edited, "utf-8")
    before = tree(tmp_path / "copy")
    done = take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf)
    assert (done.added, done.before) == (0, 2)
    assert tree(tmp_path / "copy") == before


def test_a_later_import_adds_what_is_new(tmp_path: Path, make_show: Callable[..., Path]) -> None:
    shelf = Shelf(built(make_show(3), shows.NOW), "https://podcast.example.org/night/")
    first = take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf, most=1)
    assert (first.added, first.left) == (1, 2)
    before = tree(tmp_path / "copy")
    done = take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf)
    after = tree(tmp_path / "copy")
    assert (done.added, done.before) == (2, 1)
    assert {name: after[name] for name in before} == before


def test_a_guid_that_is_too_long_becomes_the_same_short_one_at_every_import(tmp_path: Path) -> None:
    long = b"https://example.org/" + b"x" * 2000
    said = feed(item(1), head="<title>A show</title>").replace(b"guid-1", long)
    path = written(tmp_path, said)
    done = take(path, tmp_path / "show", leave_audio=True)
    assert "has too long a guid" in " ".join(each.why for each in done.lost)
    assert take(path, tmp_path / "show", leave_audio=True).before == 1
    (kept,) = full_show.read_episodes(tmp_path / "show")
    assert len(kept) == 36


def test_another_show_in_the_folder_is_refused(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    show = make_show(1)
    before = tree(show)
    other = feed(item(1), head="<title>B</title><podcast:guid>"
                 "917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>")  # fmt: skip
    with pytest.raises(EarmarkError, match="another show"):
        take(written(tmp_path / "f", other.replace(b"guid-1", b"x")), show)
    assert tree(show) == before


def test_recordings_may_stay_where_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, feed(item(1), item(2), head="<title>A show</title>"))
    done = take(path, tmp_path / "show", leave_audio=True)
    assert (done.added, done.missing) == (2, 0)
    folder = tmp_path / "show"
    assert not list(folder.rglob("*.mp3"))
    complete(folder)
    found = {each.rule: each for each in pipeline.check(folder)}
    assert "example.org" in found["audio-elsewhere"].message
    pipeline.build(folder, now=shows.NOW)
    made = (folder / "public" / "feed.xml").read_text("utf-8")
    assert '<enclosure url="https://example.org/1.mp3" length="1000" type="audio/mpeg"/>' in made
    page = (folder / "public" / "episodes" / "01-talk-1.html").read_text("utf-8")
    assert 'src="https://example.org/1.mp3"' in page
    assert "media-src https: http:" in page
    assert not [each for each in pipeline.check(folder, shows.NOW) if each.level is Level.ERROR]
    said = json.loads((folder / "public" / "catalogue.json").read_bytes())
    assert said["episodes"][0]["media"]["file"] == "https://example.org/2.mp3"
    assert pipeline.build(folder, now=shows.NOW).written == 0


def complete(folder: Path) -> None:
    """Write what no feed tells: the address, the guid, whom to turn to."""
    text = (folder / "show.md").read_text("utf-8")
    more = (
        "address: https://podcast.example.org/a/\nguid: 917393e3-1b1e-5cef-ace4-edaa54e1f810\n"
        'support: [{name: Samaritans, phone: "116 123"}]\n'
    )
    (folder / "show.md").write_text(text.replace("---\n#", f"---\n{more}#", 1), "utf-8")


def test_a_recording_in_the_folder_comes_before_one_elsewhere(tmp_path: Path, tone: Path) -> None:
    take(written(tmp_path, feed(item(1))), tmp_path / "show", leave_audio=True)
    complete(tmp_path / "show")
    place = tmp_path / "show" / "episodes" / "01-talk-1"
    (place / "recording.mp3").write_bytes(tone.read_bytes())
    assert "audio-elsewhere" not in {each.rule for each in pipeline.check(tmp_path / "show")}
    pipeline.build(tmp_path / "show", now=shows.NOW)
    assert (
        b"https://podcast.example.org/a/media/01-talk-1-"
        in (tmp_path / "show" / "public" / "feed.xml").read_bytes()
    )


def test_an_episode_whose_recording_stays_elsewhere_is_not_packed(tmp_path: Path) -> None:
    take(written(tmp_path, feed(item(1))), tmp_path / "show", leave_audio=True)
    complete(tmp_path / "show")
    result = earmark("offline", "guid-1", "--show", tmp_path / "show")
    assert result.exit_code == 1
    assert "on another server" in result.output


def test_a_cover_that_was_drawn_gives_way_to_the_right_one(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    public = built(make_show(1), shows.NOW)
    address = "https://podcast.example.org/night/"
    (cover,) = public.glob("art/cover-*[0-9a-f].jpg")
    right = cover.read_bytes()
    cover.unlink()
    take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    drawn = (tmp_path / "copy" / "cover.jpg").read_bytes()
    right = right[:-2] + b"\0\0" + right[-2:]  # not the same as one that is drawn
    cover.write_bytes(right)
    take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    assert (tmp_path / "copy" / "cover.jpg").read_bytes() == right != drawn
    (tmp_path / "copy" / "cover.jpg").write_bytes(b"the lead's own")
    take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    assert (tmp_path / "copy" / "cover.jpg").read_bytes() == b"the lead's own"


def test_a_cover_that_is_not_square_is_cropped_with_a_word(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    public = built(make_show(1), shows.NOW)
    address = "https://podcast.example.org/night/"
    (cover,) = public.glob("art/cover-*[0-9a-f].jpg")
    Image.new("RGB", (1600, 1400), "white").save(cover)
    done = take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    (lost,) = (each for each in done.lost if each.what == "the cover")
    assert lost.why.startswith("is 1600 x 1400 pixels; its middle is used")
    with Image.open(tmp_path / "copy" / "cover.jpg") as image:
        assert image.size == (1400, 1400)
        assert image.getpixel((700, 700)) == (255, 255, 255)


def test_a_gate_error_is_for_people() -> None:
    assert issubclass(FetchError, EarmarkError)
