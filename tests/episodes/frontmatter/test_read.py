"""Front matter: every fault is one finding at its line, and a line added disturbs no other byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.errors import SourceError
from episodes.findings import Finding, Level
from episodes.frontmatter import edit
from episodes.frontmatter import read as frontmatter
from episodes.frontmatter.read import load_values
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from tests.kit.shows import ROOT

GOLDEN = sorted((ROOT / "tests" / "golden" / "frontmatter").glob("*.md"))
GOOD = "---\ntitle: A\ndate: 2026-05-03\nsummary: S\n---\nNotes.\n"


def findings(text: str, path: str = "episode.md") -> list[Finding]:
    kind = ShowFacts if path == "show.md" else EpisodeFacts
    found: list[Finding] = []
    try:
        parts = frontmatter.split_file(text, path)
        found += parts.findings
        frontmatter.parse_facts(kind, parts, path)
    except SourceError as error:
        found += error.findings
    return sorted(found, key=lambda finding: finding.line)


@pytest.mark.parametrize("source", GOLDEN, ids=lambda path: path.stem)
def test_every_fault_of_a_golden_file_is_found_at_its_line(source: Path) -> None:
    path = "show.md" if source.name.startswith("show") else "episode.md"
    said = "".join(f"{finding}\n" for finding in findings(source.read_bytes().decode(), path))
    assert said == source.with_suffix(".txt").read_text(encoding="utf-8")


def test_good_front_matter_has_no_findings() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_and_a_byte_order_mark_change_nothing(ending: str) -> None:
    parts = frontmatter.split_file("\ufeff" + GOOD.replace("\n", ending), "episode.md")
    assert parts == frontmatter.split_file(GOOD, "episode.md")
    assert parts.body == "Notes.\n"
    assert parts.body_line == 6


def test_control_characters_are_left_out_of_notes_and_said() -> None:
    parts = frontmatter.split_file(GOOD + "a\x0bb self\x1eharm don\x92t So\x07me", "episode.md")
    assert parts.body == "Notes.\na b self-harm don’t Some"
    assert [(found.level, found.line) for found in parts.findings] == [(Level.WARNING, 7)] * 4


def test_a_line_break_that_html_does_not_know_is_a_space_in_notes() -> None:
    parts = frontmatter.split_file("---\ntitle: A\n---\nFor\x85ever", "episode.md")
    assert parts.body == "For ever"
    assert parts.findings == []


@pytest.mark.parametrize("sign", ["\x0b", "\x00", "\x85", "\u2028", "\u2029", "\ufffe"])
def test_what_nobody_sees_between_the_dashes_is_named_with_its_line(sign: str) -> None:
    (found,) = findings(GOOD.replace("title: A", f"title: A{sign}B"))
    assert (found.line, f"U+{ord(sign):04X}" in found.said) == (2, True)


def test_a_file_of_control_characters_is_said_in_five_lines() -> None:
    with pytest.raises(SourceError):
        frontmatter.split_file("\x01" * 1_000_000, "episode.md")
    assert len(frontmatter.split_file(GOOD + "\x01" * 200_000, "episode.md").findings) == 5
    assert len(findings(GOOD.replace("A", "\x01" * 200_000))) == 5


def test_yaml_1_2_reads_times_and_words_as_text() -> None:
    matter = '\ntitle: yes\nstart: 12:34\nnumber: 010\nquoted: "no"\n'
    read = load_values(matter, "episode.md")
    assert read == {"title": "yes", "start": "12:34", "number": "010", "quoted": "no"}
    assert read["number"].meant == 10


def test_a_number_of_thousands_of_digits_is_named_by_its_key() -> None:
    (found,) = findings(GOOD.replace("summary: S", f"summary: S\nnumber: {'9' * 5000}"))
    assert (found.line, found.key) == (5, "number")
    assert found.said.endswith("is not a whole number; write one, like 3")
    assert len(found.said) < 120


@pytest.mark.parametrize(
    ("start", "repeat", "times"),
    [
        ("x: ", "[", 100_000),
        ("x: ", "{a: ", 100_000),
        ("x: ", "[{a: ", 50_000),
        ("", "- ", 100_000),
        ("", "? ", 100_000),
        ("", "-\t", 100_000),
        ("", "? - ", 50_000),
        ("x: ", "!!seq [", 10_000),
        ("x: ", "&a [", 10_000),
    ],
)
def test_deep_nesting_is_refused_and_never_crashes(start: str, repeat: str, times: int) -> None:
    with pytest.raises(SourceError):
        load_values(f"\n{start}{repeat * times}\n", "episode.md")


def test_nesting_by_indents_is_refused_and_never_crashes() -> None:
    matter = "\n" + "\n".join(" " * depth + "a:" for depth in range(2_500)) + "\n"
    with pytest.raises(SourceError):
        load_values(matter, "episode.md")


def test_a_list_as_long_as_any_real_one_is_read() -> None:
    chapters = "".join(f'  - {{start: "{n // 60}:{n % 60:02}", title: C}}\n' for n in range(255))
    text = GOOD.replace("---\nNotes", f"chapters:\n{chapters}---\nNotes")
    assert findings(text) == []


def test_the_line_of_a_key_is_that_of_the_nearest_key_above_it() -> None:
    matter = "\na: 1\nb:\n  - c: 1\n    d: 2\n  - e: 3\n"
    assert frontmatter.lines_of(matter, [("b", 0, "d")]) == [5]
    assert frontmatter.lines_of(matter, [("b", 1, "e")]) == [6]
    assert frontmatter.lines_of(matter, [("b", 1, "missing")]) == [6]
    assert frontmatter.lines_of(matter, [("b", 7)]) == [3]
    assert frontmatter.lines_of(matter, [("missing",)]) == [1]
    assert frontmatter.lines_of("\na: [\n", [("a",)]) == [1]


# Adding a line -------------------------------------------------------------------------------

TITLES = st.sampled_from(
    ["A", '"A: b # c"', "'it''s'", ">-\n  folded\n  text", "|\n  kept\n\n  text", "A\n  b",
     "A # a remark", "Ünïcode \u2028 \x85", "&anchor A", '"a\\\n  b"', "A ---", "[" + "x]"]
)  # fmt: skip
OTHERS = st.lists(
    st.sampled_from(
        [
            "# a remark",
            "",
            "summary: S",
            "date: 2026-05-03",
            "prompts:\n  - One\n  # between\n  - Two",
            "support:\n- name: x",
            "chapters: [{start: 0, title: a}]",
            "  # moved in",
            "\t",
            "number: 3",
            "licence: *anchor",
        ]
    ),
    max_size=6,
    unique=True,
)


@settings(max_examples=150, deadline=None)
@given(
    above=OTHERS,
    title=TITLES,
    below=OTHERS,
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
    body=st.text(max_size=30),
)
def test_a_line_added_disturbs_no_other_byte(
    above: list[str], title: str, below: list[str], ending: str, mark: str, body: str
) -> None:
    lines = ["---", *above, f"title: {title}", *(x for x in below if x not in above), "---", ""]
    text = mark + "\n".join(lines).replace("\n", ending) + body
    try:
        before = load_values(frontmatter.split_file(text, "episode.md").matter, "episode.md")
    except SourceError:
        return  # what cannot be read is never written to
    try:
        after = edit.insert_key(text, "episode.md", "guid", "abc", "title")
    except SourceError as error:
        assert "write `guid: abc` yourself" in str(error)
        return
    assert after.count(f"guid: abc{ending}") == 1
    assert after.replace(f"guid: abc{ending}", "", 1) == text
    read = load_values(frontmatter.split_file(after, "episode.md").matter, "episode.md")
    assert read == {**before, "guid": "abc"}


def test_a_line_is_added_below_the_whole_of_a_value() -> None:
    text = "---\ntitle: >-\n  A\n  B\n\n# about the date\ndate: 2026-05-03\n---\n"
    added = edit.insert_key(text, "episode.md", "guid", "abc", "title")
    assert added == text.replace("\n\n# about", "\nguid: abc\n\n# about")


def test_what_cannot_be_added_is_said_with_the_file() -> None:
    with pytest.raises(SourceError) as error:
        edit.insert_key("---\n{title: A}\n---\n", "show.md", "guid", "abc", "title")
    (found,) = error.value.findings
    assert (found.path, found.key) == ("show.md", "guid")
    assert "write `guid: abc` yourself" in found.said


MANY = (
    '---\ntitle: A  # the name\ndate: 2026-05-03\nchapters:\n  - {start: "0:00"}\n\n'
    "# said\nsummary: S\n---\nN\n"
)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_value_takes_the_place_of_the_one_before_it_and_of_no_other_byte(ending: str) -> None:
    text = MANY.replace("\n", ending)
    after = edit.set_key(text, "episode.md", "chapters", "[]", "title")
    wanted = MANY.replace('chapters:\n  - {start: "0:00"}\n', "chapters: []\n")
    assert after == wanted.replace("\n", ending)


def test_a_value_of_a_key_that_is_not_there_is_added() -> None:
    after = edit.set_key(GOOD, "episode.md", "withdrawn", "{on: 2026-11-24}", "title")
    assert after == GOOD.replace("title: A\n", "title: A\nwithdrawn: {on: 2026-11-24}\n")


def test_what_would_not_read_back_as_the_same_is_not_written() -> None:
    with pytest.raises(SourceError, match="could not be added"):
        edit.set_key("---\n{title: A, date: 1}\n---\n", "show.md", "date", "2", "title")


# A list that grows ---------------------------------------------------------------------------

ITEM = '{on: 2026-11-24, note: "A: b # c"}'
NOTES = st.lists(st.sampled_from(["{on: 2026-01-01, note: One}", '"two"', "3"]), max_size=3)


@settings(max_examples=200, deadline=None)
@given(
    above=OTHERS,
    notes=NOTES,
    how=st.sampled_from(["none", "block", "indented", "flow", "empty", "comment"]),
    below=OTHERS,
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
    body=st.text(max_size=30),
)
def test_an_item_added_to_a_list_disturbs_no_other_byte(
    above: list[str], notes: list[str], how: str, below: list[str], ending: str, mark: str,
    body: str,
) -> None:  # fmt: skip
    said = {
        "none": [],
        "block": ["notes:", *(f"- {each}" for each in notes)],
        "indented": ["notes:  # said", *(f"    - {each}" for each in notes)],
        "flow": [f"notes: [{', '.join(notes)}]  # said"],
        "empty": ["notes: []"],
        "comment": ["notes:", *(f"  - {each}  # why" for each in notes), "  # the last"],
    }[how]
    lines = ["---", *above, "title: A", *said, *(x for x in below if x not in above), "---", ""]
    text = mark + "\n".join(lines).replace("\n", ending) + body
    try:
        before = load_values(frontmatter.split_file(text, "episode.md").matter, "episode.md")
    except SourceError:
        return  # what cannot be read is never written to
    try:
        after = edit.append_item(text, "episode.md", "notes", ITEM, "title")
    except SourceError as error:
        assert "yourself" in str(error)
        return
    new = load_values(f"x: {ITEM}", "-")["x"]
    read = load_values(frontmatter.split_file(after, "episode.md").matter, "episode.md")
    assert read == {**before, "notes": [*(before.get("notes") or []), new]}
    assert after.startswith(text[: text.index(f"title: A{ending}")])
    assert after.endswith(body)
    rest = after.replace(f", {ITEM}", "", 1).replace(f"- {ITEM}", "", 1)
    kept = [line for line in rest.splitlines() if line.strip() and line != "notes:"]
    gone = {"notes:", "notes: []", "notes: []  # said"}  # an empty list gives way to a longer one
    assert [line for line in kept if line not in gone] == [
        line for line in text.splitlines() if line.strip() and line not in gone
    ]


def test_a_list_begins_below_a_key_and_grows_at_its_end() -> None:
    one = edit.append_item(GOOD, "episode.md", "notes", "{a: 1}", "date")
    assert one == GOOD.replace("summary", "notes:\n  - {a: 1}\nsummary")
    two = edit.append_item(one, "episode.md", "notes", "{a: 2}", "date")
    assert two == GOOD.replace("summary", "notes:\n  - {a: 1}\n  - {a: 2}\nsummary")


def test_a_list_on_one_line_stays_on_it() -> None:
    text = GOOD.replace("summary", "notes: [{a: 1}]  # said\nsummary")
    after = edit.append_item(text, "episode.md", "notes", "{a: 2}", "date")
    assert after == text.replace("[{a: 1}]", "[{a: 1}, {a: 2}]")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_key_is_taken_out_with_its_lines_and_no_other_byte(ending: str) -> None:
    text = MANY.replace("\n", ending)
    after = edit.delete_key(text, "episode.md", "chapters")
    assert after == MANY.replace('chapters:\n  - {start: "0:00"}\n', "").replace("\n", ending)
    assert edit.delete_key(text, "episode.md", "number") == text


def test_a_value_is_no_list_to_add_to() -> None:
    with pytest.raises(SourceError, match="yourself"):
        edit.append_item("---\n{title: A, n: [1]}\n---\n", "show.md", "m", "2", "title")


def test_an_edit_leaves_texts_as_they_were_written() -> None:
    text = GOOD.replace(
        "title: A", "title: 0800\nlicence: 1.10\nsupport:\n  - {name: 08, phone: 0300 1}"
    )
    for after in (
        edit.set_key(text, "episode.md", "number", "010", "title"),
        edit.insert_key(text, "episode.md", "guid", "0001", "title"),
        edit.append_item(text, "episode.md", "prompts", "1e3", "title"),
    ):
        read = load_values(frontmatter.split_file(after, "episode.md").matter, "episode.md")
        assert (read["title"], read["licence"], read["support"][0]["name"]) == (
            "0800",
            "1.10",
            "08",
        )
        assert all(line in after.split("\n") for line in text.split("\n"))
