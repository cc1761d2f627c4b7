"""Chapters from wherever they stand: a file, a recording; and into every encoding again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutagen import id3
from PIL import Image

from episodes.audio import chapter_tags, measurement, mp3_frames, stream_copy, tags
from episodes.chapters import read, write
from episodes.errors import SourceError
from episodes.findings import Level, errors_in
from episodes.show_folder import chapter_sources
from feed.feedgen_extension import PSC
from podcast.building import pipeline
from tests.kit.shows import NOW, sound

MakeShow = Callable[..., Path]
ONE = "episodes/01-talk"
MD = f"{ONE}/episode.md"
MARKS = (
    write.Mark(0, 1, "A title that is much longer than the others", "https://example.org/?a=1"),
    write.Mark(1, 2.5, "Größe & 題"),
    write.Mark(2.5, 3, "C"),
)
TOLD = [(mark.start, mark.title) for mark in MARKS]
FACTS = tags.Tags("", "", "", "", "", "", "", "", "", "", "", "", 0, 0, b"", MARKS)


def told(path: Path) -> list[tuple[float, str]]:
    return [(start, title) for start, title, _ in chapter_sources.read_audio_header(path).chapters]


def note(show: Path, line: str) -> None:
    path = show / MD
    path.write_text(path.read_text("utf-8").replace("number: 1\n", f"number: 1\n{line}\n"), "utf-8")


def catalogue(show: Path) -> list[tuple[float, str]]:
    document = json.loads((show / "public" / "catalogue.json").read_bytes())
    return [(each["start"], each["title"]) for each in document["episodes"][-1]["chapters"]]


# Written into a recording and read back


def test_those_of_an_mp3_are_read_back(tone: Path, tmp_path: Path) -> None:
    mp3_frames.copy_frames(mp3_frames.find_frames(tone), tags.render_id3(FACTS), tmp_path / "a.mp3")
    assert told(tmp_path / "a.mp3") == TOLD
    assert (
        chapter_sources.read_audio_header(tmp_path / "a.mp3").chapters[0][2]
        == "https://example.org/?a=1"
    )


def test_those_of_an_m4a_are_read_back_in_both_encodings(tmp_path: Path) -> None:
    source = sound(tmp_path / "a.m4a", 3)
    stream_copy.copy_mp4(source, tmp_path / "b.m4a", write.render_ffmetadata(MARKS))
    tags.write_mp4(tmp_path / "b.m4a", FACTS)
    assert told(tmp_path / "b.m4a") == TOLD
    data = (tmp_path / "b.m4a").read_bytes()
    assert data.count(b"chpl") == 1
    assert data.count(b"chap") == 1  # the reference to QuickTime's track
    (tmp_path / "c.m4a").write_bytes(data.replace(b"chpl", b"free"))
    assert told(tmp_path / "c.m4a") == TOLD
    (tmp_path / "d.m4a").write_bytes(data.replace(b"chap", b"free"))
    assert told(tmp_path / "d.m4a") == TOLD


@pytest.mark.parametrize("name", ["a.opus", "a.ogg"])
def test_those_of_opus_and_ogg_are_read_back_by_us_and_by_ffmpeg(tmp_path: Path, name: str) -> None:
    codec = ("-c:a", "libvorbis") if name.endswith("ogg") else ("-b:a", "32k")
    path = sound(tmp_path / name, 3, codec)
    before = tags.read_header(path).seconds
    facts = FACTS._replace(title="Opening the door", language="cy", number=3)
    tags.write_ogg(path, facts)
    again = path.read_bytes()
    tags.write_ogg(path, facts)
    assert path.read_bytes() == again
    assert told(path) == TOLD
    assert [row[:2] for row in stream_copy.read_chapters(path)] == TOLD
    found: Any = mutagen.File(path)
    assert found["title"] == ["Opening the door"]
    assert found["chapter000url"] == ["https://example.org/?a=1"]
    assert tags.read_header(path).seconds == before
    assert measurement.measure_loudness(path, "mono").seconds == pytest.approx(3, abs=0.1)


TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 2_999), TITLES), min_size=1, max_size=5))
def test_any_chapters_of_id3_and_vorbis_are_read_back(rows: list[tuple[int, str]]) -> None:
    marks = tuple(write.Mark(at / 1000, 3, title) for at, title in sorted(rows))
    wanted = [(mark.start, mark.title) for mark in marks]
    comments = mutagen._vorbis.VCommentDict()
    comments.extend(chapter_tags.chapter_comments(marks))
    assert [row[:2] for row in chapter_tags.chapters_of(comments)] == wanted
    frame = id3.ID3()
    for each in chapter_tags.chapter_frames(marks):
        frame.add(each)
    assert sorted(row[:2] for row in chapter_tags.chapters_of(frame)) == sorted(wanted)


COMMENTS = st.tuples(
    st.sampled_from(
        ["CHAPTER000", "CHAPTER00", "chapter000name", "CHAPTER1", "CHAPTER000URL", "CHAPTER٠٠"]
    ),
    st.text(max_size=12) | st.sampled_from(["00:00:01.5", "99:99:99.9", "1:2:3"]),
)
METADATA = st.sampled_from(
    ["[CHAPTER]\n", "TIMEBASE=1/1000\n", "TIMEBASE=1/0\n", "START=1\n", "START=-1\n", "title=",
     "a\\\nb\n", "\\", "\n", "[", "=", ";FFMETADATA1\n", "9" * 30]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(COMMENTS, max_size=6))
def test_hostile_comments_never_raise(rows: list[tuple[str, str]]) -> None:
    comments = mutagen._vorbis.VCommentDict()
    comments.extend(rows)
    read.chapters_from_recording(chapter_tags.chapters_of(comments), "a.opus")


@settings(max_examples=200, deadline=None)
@given(st.lists(METADATA, max_size=20).map("".join))
def test_hostile_ffmetadata_never_raises(text: str) -> None:
    read.chapters_from_recording(write.parse_ffmetadata(text), "a.m4a")


# In a show


def test_labels_beside_the_episode_are_its_chapters(make_show: MakeShow) -> None:
    show = make_show()
    (show / ONE / "labels.txt").write_text("0\t0\tA\n1.5\t1.5\tB\n2\t2\tC\n", "utf-8")
    built = pipeline.build(show, now=NOW)
    assert built.findings == []
    wanted = [(0, "A"), (1.5, "B"), (2, "C")]
    assert catalogue(show) == wanted
    (made,) = (show / "public" / "chapters").iterdir()
    assert [
        (each["startTime"], each["title"]) for each in json.loads(made.read_bytes())["chapters"]
    ] == wanted
    (media,) = (show / "public" / "media").glob("01-*")
    assert told(media) == wanted
    page = (show / "public" / "episodes" / "01-talk.html").read_text("utf-8")
    assert 'data-seek="1.5"' in page
    assert "00:00:01 B" in (show / "public" / "feed.xml").read_text("utf-8")


def test_a_file_that_front_matter_names_is_read(make_show: MakeShow) -> None:
    show = make_show()
    note(show, "chapters: mine.json")
    rows = [{"startTime": n, "title": f"Part {n}"} for n in range(3)]
    (show / ONE / "mine.json").write_text(json.dumps({"chapters": rows}), "utf-8")
    pipeline.build(show, now=NOW)
    assert catalogue(show) == [(0, "Part 0"), (1, "Part 1"), (2, "Part 2")]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("0:00 A\n0:02 B\n0:01 C\n", 3, "chapter 3: start is not later than the previous chapter"),
        ("0:01 A\n0:02 B\n0:02.5 C\n", 1, "chapter 1: start is not 0:00; set it to 0:00"),
        ("0:00 A\n0:01 B\n9:00 C\n", 3, "chapter 3: start is after the end"),
        ("0:00 A\n0:01\n0:02 C\n", 2, "chapter 2: title"),
        ("0:00 A\nwhat\n0:01 B\n0:02 C\n", 2, "is neither an Audacity label"),
    ],
)
def test_a_fault_in_a_file_of_chapters_is_one_error_at_its_line(
    make_show: MakeShow, text: str, line: int, says: str
) -> None:
    show = make_show()
    (show / ONE / "chapters.txt").write_text(text, "utf-8")
    (found,) = errors_in(pipeline.check(show, NOW))
    assert (found.path, found.line) == (f"{ONE}/chapters.txt", line)
    assert says in found.said


def test_a_file_that_is_not_there_is_one_error(make_show: MakeShow) -> None:
    show = make_show()
    note(show, "chapters: labels.txt")
    (found,) = pipeline.check(show, NOW)
    assert (found.path, found.key, found.line) == (MD, "chapters", 8)
    assert '"labels.txt" is not there' in found.message


def test_those_of_a_recording_are_published_and_said(make_show: MakeShow, tone: Path) -> None:
    show = make_show()
    mp3_frames.copy_frames(
        mp3_frames.find_frames(tone), tags.render_id3(FACTS), show / ONE / "recording.mp3"
    )
    built = pipeline.build(show, now=NOW)
    (found,) = built.findings
    assert (found.path, found.level) == (f"{ONE}/recording.mp3", Level.NOTE)
    assert "has 3 chapters of its own" in found.message
    assert catalogue(show) == TOLD
    note(show, "chapters: []")
    assert pipeline.build(show, now=NOW).findings == []
    assert catalogue(show) == []


def test_pictures_in_a_recording_that_are_not_published_are_said(
    make_show: MakeShow, tone: Path
) -> None:
    show = make_show(1)
    marks = (MARKS[0]._replace(picture=b"\xff\xd8\xff"), *MARKS[1:])
    tag = tags.render_id3(FACTS._replace(chapters=marks))
    mp3_frames.copy_frames(mp3_frames.find_frames(tone), tag, show / ONE / "recording.mp3")
    (found,) = [each for each in pipeline.check(show, NOW) if each.rule == "chapters-brought"]
    assert (
        found.message == "has 3 chapters of its own, which are published without their pictures (1)"
    )
    assert "each with `picture:`" in found.fix


def test_odd_chapters_of_a_recording_never_stop_a_build(make_show: MakeShow, tone: Path) -> None:
    show = make_show()
    marks = (write.Mark(1, 2, "A"), write.Mark(2, 3, "\n"))
    header = tags.render_id3(FACTS._replace(chapters=marks))
    mp3_frames.copy_frames(mp3_frames.find_frames(tone), header, show / ONE / "recording.mp3")
    found = pipeline.build(show, now=NOW).findings
    assert {each.level for each in found} == {Level.WARNING, Level.NOTE}
    assert {each.path for each in found} == {f"{ONE}/recording.mp3"}


def test_links_and_pictures_are_in_every_encoding_that_can_hold_them(make_show: MakeShow) -> None:
    show = make_show()
    Image.new("RGB", (700, 700), "red").save(show / ONE / "lamp.png")
    note(show, "chapters:\n  - {start: 0, title: A, picture: lamp.png, picture_alt: A lamp.}\n"
         "  - {start: 1, title: B, link: 'https://example.net/?a=1&b=2'}\n"
         "  - {start: 2, title: C}")  # fmt: skip
    assert pipeline.build(show, now=NOW).findings == []
    out = show / "public"
    (made,) = (out / "chapters").iterdir()
    one, two, three = json.loads(made.read_bytes())["chapters"]
    assert one["img"].startswith("https://podcast.example.org/night/art/01-talk-chapter-")
    assert (out / one["img"].removeprefix("https://podcast.example.org/night/")).is_file()
    assert two["url"] == "https://example.net/?a=1&b=2"
    assert three.keys() == {"startTime", "title"}
    item = etree.fromstring((out / "feed.xml").read_bytes())[0].findall("item")[-1]
    rows = item.findall(f"{{{PSC}}}chapters/{{{PSC}}}chapter")
    assert [dict(row.attrib) for row in rows] == [
        {"start": "00:00:00.000", "title": "A", "image": one["img"]},
        {"start": "00:00:01.000", "title": "B", "href": two["url"]},
        {"start": "00:00:02.000", "title": "C"},
    ]
    (media,) = (out / "media").glob("01-*")
    found = id3.ID3(media)
    first, second = (found[f"CHAP:ch{n}"].sub_frames for n in (0, 1))
    assert first.getall("APIC")[0].data.startswith(b"\xff\xd8")
    assert second.getall("WXXX")[0].url == two["url"]
    page = (out / "episodes" / "01-talk.html").read_text("utf-8")
    assert 'alt="A lamp."' in page
    assert 'href="https://example.net/?a=1&amp;b=2" rel="noreferrer">example.net' in page
    notes = str(item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded"))
    assert '00:00:01 <a href="https://example.net/?a=1&amp;b=2">B</a>' in notes


def test_a_published_file_that_is_lost_comes_back_with_its_pictures(make_show: MakeShow) -> None:
    show = make_show()
    Image.new("RGB", (700, 700), "red").save(show / ONE / "lamp.png")
    note(show, "chapters:\n  - {start: 0, title: A, picture: lamp.png}\n"
         "  - {start: 1, title: B}\n  - {start: 2, title: C}")  # fmt: skip
    pipeline.build(show, now=NOW)
    before = {path: path.read_bytes() for path in (show / "public").rglob("01-*")}
    for path in before:
        path.unlink()
    pipeline.build(show, now=NOW)
    assert {path: path.read_bytes() for path in (show / "public").rglob("01-*")} == before


@pytest.mark.parametrize(
    ("size", "says"), [((700, 500), "make it square"), ((500, 500), "make it 600 to 3000")]
)
def test_a_picture_that_apps_would_not_show_is_one_error(
    make_show: MakeShow, size: tuple[int, int], says: str
) -> None:
    show = make_show()
    Image.new("RGB", size).save(show / ONE / "lamp.png")
    note(show, "chapters:\n  - {start: 0, title: A, picture: lamp.png}\n"
         "  - {start: 1, title: B, picture: lamp.png}\n  - {start: 2, title: C}")  # fmt: skip
    with pytest.raises(SourceError) as stopped:
        pipeline.build(show, now=NOW)
    (found,) = stopped.value.findings
    assert (found.path, says in found.said) == (f"{ONE}/lamp.png", True)


def test_a_picture_that_is_not_there_is_found_at_its_chapter(make_show: MakeShow) -> None:
    show = make_show()
    note(show, "chapters:\n  - {start: 0, title: A}\n  - {start: 1, title: B, picture: x.png}\n"
         "  - {start: 2, title: C, picture: ../x.png}")  # fmt: skip
    found = errors_in(pipeline.check(show, NOW))
    assert [(each.key, each.line) for each in found] == [
        ("chapters[2].picture", 10),
        ("chapters[3].picture", 11),
    ]


def test_a_word_document_is_taken_only_where_it_is_called_a_transcript(
    make_show: MakeShow, tmp_path: Path
) -> None:
    from docx import Document

    show = make_show()
    made = Document()
    made.add_paragraph("Host: Hello.")
    made.save(str(tmp_path / "a.docx"))
    (show / ONE / "transcript.vtt").unlink()
    shutil.copy(tmp_path / "a.docx", show / ONE / "Consent of the host.docx")
    (found,) = pipeline.check(show, NOW)
    assert found.key == "transcript"
    shutil.copy(tmp_path / "a.docx", show / ONE / "Transcript.docx")
    assert pipeline.build(show, now=NOW).findings == []
    names = sorted(path.suffix for path in (show / "public" / "transcripts").glob("01-*"))
    assert names == [".html"]  # nobody timed it
