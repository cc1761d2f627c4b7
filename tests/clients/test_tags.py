"""The example's published recordings, read by three programs that know nothing of the feed.

ffprobe is what players on ffmpeg's demuxer show, eyeD3 reads ID3 by itself, and mutagen wrote it.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest

from episodes.frontmatter.schema import EpisodeFacts
from podcast.building import pipeline
from tests.kit import full_show, shows
from tests.kit.servers import preview_server

pytestmark = pytest.mark.slow
Recordings = list[tuple[Path, EpisodeFacts]]


@pytest.fixture
def recordings(example: preview_server.Served) -> Recordings:
    facts = full_show.read_episodes(example.folder)
    return [(example.public / each.path, facts[each.guid]) for each in example.episodes]


def ffprobe(path: Path) -> Any:
    command = [shows.program("ffprobe"), "-v", "error", "-of", "json", "-show_format"]
    command += ["-show_streams", "-show_chapters", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_ffprobe_reads_the_tags(recordings: Recordings, example: preview_server.Served) -> None:
    show = full_show.read_show(example.folder)
    for path, facts in recordings:
        tags = ffprobe(path)["format"]["tags"]
        assert tags["title"] == facts.title
        assert tags["artist"] == show.author
        assert tags["album"] == show.title
        assert tags["genre"] == "Podcast"
        assert tags["date"] == f"{facts.date:%Y-%m-%d}"
        assert (tags["track"], tags["disc"]) == (str(facts.number), str(facts.season))
        assert tags["language"] == "eng"
        assert tags["comment"] == facts.summary
        assert tags["copyright"] == show.copyright


def test_ffprobe_sees_one_sound_and_the_cover(recordings: Recordings) -> None:
    for path, _ in recordings:
        sound, picture = ffprobe(path)["streams"]
        assert (sound["codec_name"], sound["sample_rate"]) == ("mp3", "44100")
        assert sound["channels"] == 1
        assert picture["codec_name"] == "mjpeg"
        assert picture["disposition"]["attached_pic"] == 1
        assert picture["tags"]["comment"] == "Cover (front)"
        assert 1400 <= picture["width"] == picture["height"] <= 3000


def test_ffprobe_reads_chapters_in_the_order_of_time(recordings: Recordings) -> None:
    for path, facts in recordings:
        found = ffprobe(path)
        chapters = [(float(c["start_time"]), c["tags"]["title"]) for c in found["chapters"]]
        assert chapters == [(mark.start, mark.title) for mark in facts.chapters]
        ends = [float(each["end_time"]) for each in found["chapters"]]
        assert ends[:-1] == [mark.start for mark in facts.chapters[1:]]
        assert ends[-1] == pytest.approx(float(found["format"]["duration"]), abs=0.1)


def test_chapters_lie_in_the_file_in_the_order_of_time(recordings: Recordings) -> None:
    """mutagen sorts them by size when it saves, and some players go by their place (issue 506)."""
    for path, facts in recordings:
        tag = path.read_bytes()[:2_000_000]
        assert tag[:5] == b"ID3\x03\x00"
        starts = [
            int.from_bytes(found[1], "big") / 1000
            for found in re.finditer(rb"CHAP.{6}[a-z0-9]+\x00(.{4})", tag, re.DOTALL)
        ]
        assert starts == [mark.start for mark in facts.chapters]


def test_mutagen_reads_what_podcast_apps_of_apple_look_for(
    recordings: Recordings, example: preview_server.Served
) -> None:
    show = full_show.read_show(example.folder)
    for path, facts in recordings:
        tags: Any = mutagen.id3.ID3(path)
        assert tags["TGID"] == facts.guid
        assert tags["PCST"].value == 1
        assert f"\0{show.address}feed.xml\0".encode() in path.read_bytes()[:500_000]
        assert tags["WOAF"].url.startswith(f"{show.address}episodes/")
        (toc,) = tags.getall("CTOC")
        assert toc.child_element_ids == [f"ch{n}" for n in range(len(facts.chapters))]
        (cover,) = tags.getall("APIC")
        assert (cover.mime, cover.type) == ("image/jpeg", 3)
        assert len(cover.data) <= 300_000


def test_eyed3_reads_tags_cover_and_chapters(recordings: Recordings) -> None:
    eyed3 = shows.library("eyed3")
    for path, facts in recordings:
        tag = eyed3.load(path).tag
        assert tag.version == (2, 3, 0)
        assert tag.title == facts.title
        assert (tag.track_num[0], tag.disc_num[0]) == (facts.number, facts.season)
        chapters = [(each.times.start / 1000, each.title) for each in tag.chapters]
        assert chapters == [(mark.start, mark.title) for mark in facts.chapters]
        (toc,) = tag.table_of_contents
        assert toc.toplevel
        assert toc.ordered
        assert [image.mime_type for image in tag.images] == ["image/jpeg"]


def test_tags_carry_any_script(full: Path) -> None:
    (path,) = (full / "public" / "media").glob("01-talk-*.mp3")
    found = ffprobe(path)
    assert found["format"]["tags"]["title"] == full_show.HARD
    titles = [each["tags"]["title"] for each in found["chapters"]]
    assert titles == ["Start & <go>", "Середина", "End"]


def test_an_m4a_is_published_with_tags_cover_and_chapters(make_show: Callable[..., Path]) -> None:
    show = make_show(1)
    folder = show / "episodes" / "01-talk"
    (folder / "recording.mp3").unlink()
    shows.sound(folder / "recording.m4a", 6, ("-ac", "1", "-ar", "44100", "-b:a", "96k"))
    text = (folder / "episode.md").read_text(encoding="utf-8")
    rows = "".join(f'  - {{start: "0:0{n}", title: Part {n} & ½}}\n' for n in (0, 2, 4))
    head = "recordings: {finished: true}\nchapters:\n" + rows
    text = text.replace("recording.mp3\n", "recording.m4a\n" + head)
    (folder / "episode.md").write_text(text, encoding="utf-8")
    built = pipeline.build(show, now=shows.NOW)
    (path,) = (built.out / "media").glob("*.m4a")
    found = ffprobe(path)
    assert found["format"]["tags"]["title"] == "Talk A"
    assert found["format"]["tags"]["album"] == "Night shift"
    chapters = [(float(c["start_time"]), c["tags"]["title"]) for c in found["chapters"]]
    assert chapters == [(0, "Part 0 & ½"), (2, "Part 2 & ½"), (4, "Part 4 & ½")]
    assert [s["codec_name"] for s in found["streams"] if "codec_name" in s][:1] == ["aac"]
    assert any(s["disposition"]["attached_pic"] for s in found["streams"])
    raw = path.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")  # it can be played before it is all there
