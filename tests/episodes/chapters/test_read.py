"""Chapters as other programs write them: read back as they were told, and complained of by line."""

from __future__ import annotations

import json
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.chapters import lint, write
from episodes.chapters import read as labels
from episodes.findings import Level
from episodes.frontmatter.chapter import Chapter
from episodes.text import timecodes
from episodes.text.timecodes import format_clock

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co"]),
    min_size=1,
    max_size=8,
)
TITLES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
LINKS = st.none() | st.sampled_from(["https://example.org/?a=1&b=%22", "http://example.org/#x"])
PICTURES = st.none() | st.sampled_from(["one.jpg", "two & three.png"])
CHAPTERS = st.lists(
    st.builds(
        lambda start, title, link, picture: Chapter(
            start=start / 1000, title=title, link=link, picture=picture
        ),
        st.integers(0, 40_000_000),
        TITLES,
        LINKS,
        PICTURES,
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda chapter: chapter.start,
).map(lambda found: tuple(write.sort_chapters(found)))


def read(text: str, path: str = "labels.txt") -> tuple[Chapter, ...]:
    found, findings = labels.parse_chapters(text, path)
    assert findings == []
    return found.chapters


def bare(listed: tuple[Chapter, ...]) -> list[tuple[float, str]]:
    return [(chapter.start, chapter.title) for chapter in listed]


# Written and read back


@settings(max_examples=60, deadline=None)
@given(CHAPTERS)
def test_json_is_read_back_as_it_was_told(told: tuple[Chapter, ...]) -> None:
    pictures = {name: name for name in ("one.jpg", "two & three.png")}
    assert read(write.render_json(told, "T", pictures).decode()) == told


@settings(max_examples=60, deadline=None)
@given(CHAPTERS)
def test_podlove_is_read_back_as_it_was_told(told: tuple[Chapter, ...]) -> None:
    rows = "".join(
        f"<psc:chapter start={quoteattr(format_clock(each.start))} title={quoteattr(each.title)}"
        + (f" href={quoteattr(each.link)}" if each.link else "")
        + (f" image={quoteattr(each.picture)}" if each.picture else "")
        + "/>"
        for each in told
    )
    space = 'xmlns:psc="http://podlove.org/simple-chapters"'
    document = f'<?xml version="1.0"?>\n<psc:chapters version="1.2" {space}>{rows}</psc:chapters>'
    assert read(document) == told


@settings(max_examples=60, deadline=None)
@given(CHAPTERS)
def test_labels_of_audacity_are_read_back_as_they_were_told(told: tuple[Chapter, ...]) -> None:
    text = "".join(f"{each.start:.6f}\t{each.start:.6f}\t{each.title}\n" for each in told)
    assert bare(read(text)) == bare(told)


@settings(max_examples=60, deadline=None)
@given(CHAPTERS)
def test_ffmetadata_is_read_back_as_it_was_told(told: tuple[Chapter, ...]) -> None:
    marks = write.make_marks(told, 50_000)
    found = write.parse_ffmetadata(write.render_ffmetadata(marks))
    assert [(start, title) for start, title, _ in found] == bare(told)


@settings(max_examples=60, deadline=None)
@given(CHAPTERS)
def test_the_time_stamps_of_the_notes_are_read_back_to_the_second(
    told: tuple[Chapter, ...],
) -> None:
    listed = [each for each in told if each.title[0].isalnum()]
    text = "".join(f"{timecodes.format_full(each.start)} {each.title}\n" for each in listed)
    if listed:
        assert bare(read(text)) == [(int(each.start), each.title) for each in listed]


# What people write


@pytest.mark.parametrize(
    "text",
    [
        "0:00 Welcome\n1:15 Why now\n",
        "\ufeff0:00 - Welcome\r\n\r\n[1:15] Why now\r\n",
        "0\t0\tWelcome\n75.000000\t80.5\tWhy now\n\\\t100.0\t200.0\n",
        "0,000000\t0,000000\tWelcome\n75,000000\t75,000000\tWhy now\n",
        '{"chapters":[{"startTime":0,"title":"Welcome"},{"startTime":75,"title":"Why now"}]}',
        '<c><chapter start="0" title="Welcome"/><chapter start="1:15.0" title="Why now"/></c>',
        (
            '<?xml version="1.0"?>\n<psc:chapters><psc:chapter start="0" title="Welcome"/>'
            '<psc:chapter start="1:15" title="Why now"/></psc:chapters>'
        ),
        (
            "<Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>00:00:00.000000000"
            "</ChapterTimeStart><ChapterDisplay><ChapterString>Welcome</ChapterString>"
            "</ChapterDisplay></ChapterAtom><ChapterAtom><ChapterTimeStart>00:01:15.000000000"
            "</ChapterTimeStart><ChapterDisplay><ChapterString>Why now</ChapterString>"
            "</ChapterDisplay></ChapterAtom></EditionEntry></Chapters>"
        ),
        (
            "CHAPTER01=00:00:00.000\nCHAPTER01NAME=Welcome\n"
            "CHAPTER02=00:01:15.000\nCHAPTER02NAME=Why now\n"
        ),
        "Welcome 0:00\nWhy now - (1:15)\n",
        "Welcome, 00:00:00\n\nWhy now: 00:01:15\n",
        "WEBVTT\n\n00:00.000 --> 01:15.000\nWelcome\n\n01:15.000 --> 02:00.000\nWhy now\n",
        (
            ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=75000\ntitle=Welcome\n"
            "[CHAPTER]\nTIMEBASE=1/1000\nSTART=75000\nEND=90000\ntitle=Why now"
        ),
        "- 0:00 Welcome\n- 1:15 Why now\n",
        "1. 0:00: Welcome\n2. 1:15: Why now\n",
        "0:00 - 1:15 Welcome\n1:15 - 2:00 Why now\n",
        "0:00 | Welcome\n1:15,Why now\n",
        "00:00:00:00 Welcome\n00:01:15:00 Why now\n",
    ],
)
def test_the_same_chapters_in_every_writing(text: str) -> None:
    assert bare(read(text)) == [(0, "Welcome"), (75, "Why now")]


def test_a_line_of_podlove_may_have_a_link() -> None:
    (chapter,) = read("00:00:00.000 Welcome <https://example.org/>\n")
    assert (chapter.title, chapter.link) == ("Welcome", "https://example.org/")


def test_every_fault_is_found_at_its_line() -> None:
    text = "0:00 Welcome\n\nWelcome again\n1:15\n2:99 Late\n3\t3\t\n"
    found, findings = labels.parse_chapters(text, "labels.txt")
    assert found.lines == (1,)
    assert [(each.line, each.level) for each in findings] == [
        (3, Level.ERROR), (4, Level.ERROR), (5, Level.ERROR), (6, Level.ERROR),
    ]  # fmt: skip
    assert "chapter 2: title" in findings[1].message


def test_lines_that_are_all_wrong_are_one_finding() -> None:
    _, findings = labels.parse_chapters("One\nTwo\nThree\nFour 4:00\nFive\nSix\n", "labels.txt")
    assert [str(each) for each in findings] == [
        (
            "labels.txt:1: is neither an Audacity label nor a time and a title (and 5 more lines "
            "like it); write it like `1:15 Why now`"
        )
    ]


def test_a_title_that_ends_with_a_time_stays_whole_where_times_come_first() -> None:
    text = "0:00 Welcome\n1:15 At 10:30\nThe end 2:00\n"
    found, findings = labels.parse_chapters(text, "labels.txt")
    assert bare(found.chapters) == [(0, "Welcome"), (75, "At 10:30")]
    assert [each.line for each in findings] == [3]


def test_faults_of_json_are_found_at_their_line() -> None:
    rows = [
        {"startTime": 0, "title": "A", "img": "https://example.net/pixel.png"},
        {"startTime": -1, "title": "B"},
        {"startTime": 9, "title": "C", "toc": False},
        {"startTime": 12, "title": "D", "url": "javascript:x"},
    ]
    text = json.dumps({"version": "1.2.0", "chapters": rows}, indent=0)
    found, findings = labels.parse_chapters(text, "chapters.json")
    assert bare(found.chapters) == [(0, "A")]
    starts = [line for line, said in enumerate(text.split("\n"), 1) if "startTime" in said]
    by_line = sorted(findings, key=lambda each: each.line)
    assert [(each.line, each.level) for each in by_line] == [
        (starts[0], "warning"), (starts[1], "error"), (starts[2], "warning"), (starts[3], "error"),
    ]  # fmt: skip
    assert "on another site" in by_line[0].message
    assert found.chapters[0].picture is None


def test_an_entity_is_never_expanded() -> None:
    text = '<!DOCTYPE c [<!ENTITY e SYSTEM "file:///etc/hosts">]><c><chapter title="&e;"/></c>'
    found, findings = labels.parse_chapters(text, "chapters.xml")
    assert found.chapters == ()
    assert [each.said for each in findings] == [
        "has a DOCTYPE, which a chapter file never needs; remove it"
    ]


def test_there_are_at_most_255() -> None:
    text = "".join(f"{n // 60}:{n % 60:02} Part\n" for n in range(300))
    found, findings = labels.parse_chapters(text, "labels.txt")
    assert len(found.chapters) == 255
    assert [str(each) for each in findings] == ["labels.txt: has 300 chapters; join some of them"]


@pytest.mark.parametrize("text", ["", "\n \n", "{}", "[]", '{"chapters": 5}', "<a/>", "<a", "x"])
def test_a_file_without_chapters_is_a_finding(text: str) -> None:
    found, findings = labels.parse_chapters(text, "chapters.json")
    assert found.chapters == ()
    assert findings


PIECES = st.lists(
    st.sampled_from(
        ["0:00 ", "1\t2\t", "\n", "{", "[", '"chapters":', '"startTime":', "1e999", "NaN", "}", "]",
         "<chapter start='", "'/>", "<!DOCTYPE", "&#0;", "&a;", "\\ud800", "\ud800", "\x00",
         "9" * 30, "https://", "\\", "title", "toc", "false", ",", "\u2028"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(PIECES | st.text(max_size=60))
def test_hostile_labels_give_findings_and_never_raise(text: str) -> None:
    found, findings = labels.parse_chapters(text, "labels.txt")
    assert found.chapters or findings
    lint.lint(found.chapters, lint.Origin("labels.txt", found.lines), 60)
    write.render_json(found.chapters, "T")
    "".join(map(str, findings)).encode()


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional={
    "startTime": VALUES, "title": VALUES, "url": VALUES, "img": VALUES, "toc": VALUES,
}) | VALUES, max_size=4))  # fmt: skip
def test_hostile_json_gives_findings_and_never_raises(rows: list[object]) -> None:
    found, findings = labels.parse_chapters(json.dumps({"chapters": rows}), "chapters.json")
    assert found.chapters or findings
    "".join(map(str, findings)).encode()


def test_a_recordings_own_faults_are_warnings() -> None:
    told = ((0.0, " A\n b ", "https://example.org/"), (5.0, "", ""), (9.0, "C\x07", "no link"))
    found, findings = labels.chapters_from_recording(told, "recording.mp3")
    assert found.chapters == (Chapter(start=0, title="A b", link="https://example.org/"),)
    assert [each.level for each in findings] == [Level.WARNING, Level.WARNING]


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\n00:00.000 --> 00:30.000\nPart 1: why\n\n00:30.000 --> 01:00.000\nPart 2: how\n",
        "1\n0:00:00,000 --> 0:00:30,000\nPart 1: why\n\n2\n0:00:30,000 --> 0:01:00,0\nPart 2: how",
        '[{"startTime": 0, "title": "Part 1: why"}, {"start": 30, "title": "Part 2: how"}]',
        """{"chapters": [{"start_time": "0", "tags": {"title": "Part 1: why"}},
        {"start_time": "30.0", "start": 30000, "tags": {"title": "Part 2: how"}}]}""",
    ],
    ids=["WebVTT", "SRT", "a list", "ffprobe"],
)
def test_a_title_with_a_colon_is_whole_in_every_form(text: str) -> None:
    read, findings = labels.parse_chapters(text, "chapters.txt")
    assert findings == []
    assert [(each.start, each.title) for each in read.chapters] == [
        (0, "Part 1: why"), (30, "Part 2: how"),
    ]  # fmt: skip
