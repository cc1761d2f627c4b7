"""Chapters: one list in each of its encodings, and what apps would show wrongly."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.chapters import lint, write
from episodes.chapters.write import Mark
from episodes.findings import Level
from episodes.frontmatter.chapter import Chapter
from episodes.text import timecodes


def listed(*starts: float, title: str = "Title") -> tuple[Chapter, ...]:
    return tuple(Chapter(start=start, title=f"{title} {n}") for n, start in enumerate(starts))


def test_each_mark_ends_where_the_next_begins_and_the_last_at_the_end() -> None:
    marks = write.make_marks(listed(0, 20, 10), 30)
    assert [(mark.start, mark.end) for mark in marks] == [(0, 10), (10, 20), (20, 30)]


def test_no_mark_ends_before_it_starts() -> None:
    assert write.make_marks(listed(0, 50), 30)[-1][:2] == (50, 50)


def test_json_is_version_1_2_in_time_order_and_never_hides_a_chapter() -> None:
    link = Chapter(start=1.5, title="Größe", link="https://example.org/")
    document = json.loads(write.render_json((link, Chapter(start=0, title="A")), "T"))
    assert document == {
        "version": "1.2.0",
        "title": "T",
        "chapters": [
            {"startTime": 0, "title": "A"},
            {"startTime": 1.5, "title": "Größe", "url": "https://example.org/"},
        ],
    }
    assert '"toc"' not in json.dumps(document)


def test_ffmetadata_escapes_what_means_something_in_it() -> None:
    text = write.render_ffmetadata((Mark(0, 1.5, "a=b;c#d\\e"),))
    assert text == (
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=a\\=b\\;c\\#d\\\\e\n"
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=128))
def test_a_title_in_an_m4a_is_never_cut_inside_a_letter(title: str) -> None:
    text = write.render_ffmetadata((Mark(0, 1, title),))
    said = re.sub(r"\\(.)", r"\1", text.partition("title=")[2].removesuffix("\n"), flags=re.DOTALL)
    assert len(said.encode()) <= write.CHPL
    assert said == title or title.startswith(said[:-1])


def test_stamps_are_written_as_apple_reads_them() -> None:
    assert [timecodes.format_full(each) for each in (0, 75.9, 3723)] == [
        "00:00:00",
        "00:01:15",
        "01:02:03",
    ]


@pytest.mark.parametrize(
    ("starts", "seconds", "found"),
    [
        ((), 60, []),
        ((0, 10, 20), 60, []),
        ((0, 10, 20), None, []),
        ((1, 10, 20), 60, [("chapters[1].start", Level.ERROR)]),
        ((0, 10), 60, [("chapters", Level.WARNING)]),
        ((0, 10, 10), 60, [("chapters[3].start", Level.ERROR)]),
        ((0, 20, 10), 60, [("chapters[3].start", Level.ERROR)]),
        ((0, 10, 60, 70), 60, [("chapters[3].start", Level.ERROR), ("chapters[4].start", "error")]),
    ],
)
def test_what_apps_would_show_wrongly_is_found(
    starts: tuple[float, ...], seconds: float | None, found: list[tuple[str, str]]
) -> None:
    said = lint.lint(listed(*starts), "episodes/a/episode.md", seconds)
    assert [(finding.key, finding.level) for finding in said] == found
    assert all(finding.path == "episodes/a/episode.md" for finding in said)


def test_links_and_pictures_are_told_in_json() -> None:
    chapter = Chapter(start=0, title="A", link="https://example.org/", picture="a.jpg")
    pictures = {"a.jpg": "https://example.org/art/a.jpg"}
    (told,) = json.loads(write.render_json((chapter,), "T", pictures))["chapters"]
    assert told == {
        "startTime": 0, "title": "A", "url": "https://example.org/",
        "img": "https://example.org/art/a.jpg",
    }  # fmt: skip


def test_a_title_that_an_m4a_cannot_hold_is_a_warning() -> None:
    long = Chapter(start=0, title="ü" * 64)
    (found,) = lint.lint((long, *listed(0, 1, 2)[1:]), "episodes/a/episode.md", 60)
    assert (found.key, found.level) == ("chapters[1].title", Level.WARNING)
    assert "is 128 bytes long" in found.message


def test_faults_of_a_file_are_found_at_its_line_and_those_of_a_recording_are_warnings() -> None:
    origin = lint.Origin("episodes/a/labels.txt", (3, 5, 9))
    (found,) = lint.lint(listed(0, 20, 10), origin, 60)
    assert str(found).startswith("episodes/a/labels.txt:9: chapter 3: start is not later than")
    soft = lint.Origin("episodes/a/recording.mp3", soft=True)
    (found,) = lint.lint(listed(1, 20, 30), soft, 60)
    assert (found.path, found.level) == ("episodes/a/recording.mp3", Level.WARNING)
