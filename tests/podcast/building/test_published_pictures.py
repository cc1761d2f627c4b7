"""Nothing that is published says more of a picture than the picture: art, recordings, pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from episodes.errors import SourceError
from episodes.pictures import artwork, metadata
from podcast.building import pipeline
from tests.kit import marked_pictures as marked
from tests.kit import shows
from tests.kit.broken_shows import edit
from tests.kit.marked_pictures import MARKER, Extra
from tests.kit.shows import NOW

pytestmark = pytest.mark.slow  # each builds a show of 12 pictures
EXTRAS = [Extra(0xE1, b"eXIf", b"Exif\0\0" + marked.exif()), Extra(0xFE, b"tEXt", b"a\0" + MARKER),
          Extra(0xED, b"iTXt", b"Photoshop 3.0\0" + MARKER)]  # fmt: skip
CHAPTERS = """chapters:
  - {start: "0:00", title: Welcome, picture: lamp.jpg}
  - {start: "0:01", title: Going, picture: lamp.png}
  - {start: "0:02", title: Home}
"""


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    """A show whose every picture says where somebody lives; one recording is an M4A."""
    show = make_show(2)
    (show / "cover.jpg").write_bytes(marked.jpeg(EXTRAS, MARKER, size=1400))
    one, two = (show / "episodes" / name for name in ("01-talk", "02-talk"))
    for each in (one, two):
        edit(f"episodes/{each.name}/episode.md", "title:", f"{CHAPTERS}title:")(show)
        (each / "lamp.jpg").write_bytes(marked.jpeg(EXTRAS, MARKER, size=600, progressive=True))
        (each / "lamp.png").write_bytes(marked.png(EXTRAS, MARKER, size=640))
    (one / "picture.png").write_bytes(marked.png(EXTRAS, MARKER, size=1400))
    shows.sound(two / "recording.m4a", volume=1.45)
    edit("episodes/02-talk/episode.md", "recording.mp3", "recording.m4a")(show)
    edit("show.md", "licence:", "recordings: {finished: true}\nlicence:")(show)
    return show


def published(show: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((show / "public").rglob("*")):
        if path.is_file():
            yield path.relative_to(show).as_posix(), path.read_bytes()


def test_no_published_byte_says_more_than_the_picture(show: Path) -> None:
    built = pipeline.build(show, now=NOW)
    said = [each for each in built.findings if each.rule == "art-metadata"]
    assert len(said) == 6
    assert all(each.message.startswith("says where it was taken (GPS)") for each in said)
    files = dict(published(show))
    assert [name for name, data in files.items() if MARKER in data] == []
    assert {name[-4:] for name in files} >= {".mp3", ".m4a", ".jpg", ".png", "html"}
    pictures = [data for name, data in files.items() if "/art/" in name]
    assert len(pictures) == 2 * 6
    assert all(map(metadata.is_bare, pictures))
    again = pipeline.build(show, now=NOW)
    assert (again.written, again.findings) == (0, built.findings)
    shutil.rmtree(show / ".earmark")
    pipeline.build(show, now=NOW)
    assert dict(published(show)) == files


def test_a_picture_that_is_not_bare_stops_the_build(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = artwork.prepare_picture

    def leaky(path: Path, name: str, wish: artwork.PictureRequest, *, copies: bool = True) -> Any:
        picture, findings = right(path, name, wish, copies=copies)
        assert picture
        return picture._replace(data=path.read_bytes(), bare=True), findings

    monkeypatch.setattr(artwork, "prepare_picture", leaky)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW)
    assert {each.rule for each in error.value.findings} == {"art-bare"}
    assert [name for name, data in published(show) if MARKER in data] == []


def test_a_picture_in_a_recording_that_is_not_bare_stops_the_build(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artwork, "_jpeg", lambda *_: marked.jpeg(EXTRAS, size=480))
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW)
    assert {each.rule for each in error.value.findings} == {"art-bare"}
    assert [name for name, data in published(show) if MARKER in data] == []


def test_what_an_earlier_version_published_is_found_and_goes(show: Path) -> None:
    pipeline.build(show, now=NOW)
    old = show / "public" / "art" / "cover-0123456789ab.jpg"
    old.write_bytes(marked.jpeg(EXTRAS, size=1400))
    for name, more in (("01-talk", b""), ("02-talk", b"\xff\xfe\0\4hi")):
        (made,) = (show / "public" / "media").glob(f"{name}-*.m*")
        old_tags = made.with_name(f"{name}-0123456789ab{made.suffix}")
        art_at = made.read_bytes().index(b"\xff\xd8\xff") + 2
        data = made.read_bytes()
        old_tags.write_bytes(data[:art_at] + more + data[art_at:])
    theirs = show / "public" / "art" / "own.jpg"
    theirs.touch()
    (kept,) = (show / "public" / "art").glob("01-talk-????????????.png")
    kept.write_bytes(marked.png(EXTRAS, size=1400))
    rules = [each.rule for each in pipeline.check(show, now=NOW) if each.path.startswith("public")]
    assert rules == ["art-bare"]
    shutil.rmtree(show / ".earmark")  # another version of the program does not read it
    copy = show / ".earmark" / "art" / f"{'0' * 32}-embedded.jpg"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(marked.jpeg(EXTRAS))
    pipeline.build(show, now=NOW, verify=True)
    assert not copy.exists()
    assert (old.exists(), theirs.exists()) == (False, True)
    left = [path.name for path in (show / "public" / "media").glob("*-0123456789ab.*")]
    assert left == ["01-talk-0123456789ab.mp3"]  # nothing is wrong with it
    assert [name for name, data in published(show) if MARKER in data] == []


def test_a_photo_is_cropped_when_the_show_asks_for_it(make_show: Callable[..., Path]) -> None:
    show = make_show(1)
    Image.new("RGB", (1600, 1400)).save(show / "cover.jpg")
    (finding,) = (each for each in pipeline.check(show, now=NOW) if each.rule == "art-square")
    assert "write `cover_crop: centre` in show.md" in finding.said
    edit("show.md", "licence:", "cover_crop: centre\nlicence:")(show)
    pipeline.build(show, now=NOW)
    (cover,) = (show / "public" / "art").glob("cover-????????????.jpg")
    with Image.open(cover) as image:
        assert image.size == (1400, 1400)
    (feed,) = re.findall(r"art/cover-\w+\.jpg", (show / "public" / "feed.xml").read_text())[:1]
    assert feed == f"art/{cover.name}"
