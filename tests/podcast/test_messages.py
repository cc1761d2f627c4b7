"""Mistakes as somebody makes them who knows nothing of YAML or feeds, and what they are told.

Each message was judged by itself: does it say where, what is wrong, and what to write instead?
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from episodes.errors import SourceError
from episodes.frontmatter import read, yaml_errors
from episodes.frontmatter.schema import EpisodeFacts
from podcast.cli import main
from tests.kit.broken_shows import (
    MD,
    MD2,
    MP3,
    ONE,
    SHOW,
    VTT,
    Harm,
    block,
    both,
    cover,
    edit,
    line,
)

LATER = "\n00:59:00.000 --> 00:59:10.000\n<v Narrator>Goodbye.\n"


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (line(MD, "date", "date: 2026-02-31"), (f'{MD}:4: error: date: "2026-02-31" is not a day '
         "and time that exists; write year, month and day, like 2026-05-03 or 2026-05-03 07:00")),
        (line(MD, "date", "date: 03/05/2026"), (f'{MD}:4: error: date: "03/05/2026" is not a date; '
         "write year, month and day, like 2026-05-03 or 2026-05-03 07:00")),
        (edit(MD, "prompts:\n  -", "prompts:\n\t-"),
         f"{MD}:10: error: begins with a tab; use spaces to indent it"),
        (cover(size=(1920, 1080)), ("cover.jpg: error: is 1920 x 1080 pixels; make it square, "
         "at least 1400 pixels wide and high")),
        (block(SHOW, "support"), ("error: support: names no source of support; list at least one "
         f"here or in show.md [support-missing] (2 places: {MD}:1, ")),
        (edit(VTT, "Hello.\n", f"Hello.\n{LATER}"), (f"{VTT}:6: error: runs to 59:10, but "
         "the recording ends at 0:03; name the right file with `transcript:`, or correct its ")),
        (line(MD, "guid", "guid: guid-2"), (f"{MD2}:3: error: guid: is also the guid of {ONE}; "
         "remove this line and run `earmark check --fix`")),
        (line(MD, "title", "title: Before you ask: a beginning"), (f"{MD}:2: error: has a colon "
         'in its text; put all of it in quotes: title: "Before you ask: a beginning"')),
        (line(MD, "audio", "audio: recordng.mp3"), (f'{MD}:6: error: audio: "recordng.mp3" is not '
         "there; did you mean recording.mp3?")),
        (line(MD, "date", "date: 2062-10-01"), (f"{MD}:4: warning: date: is in the future, on "
         "2062-10-01; check the year")),
        (line(SHOW, "categories", "categories: [Education > Training]"), (f"{SHOW}:3: error: "
         'categories[1]: "Education > Training" is not in Apple\'s table of categories; write '
         '"Education > ')),
        (line(SHOW, "categories", "categories: Education"), (f"{SHOW}:3: error: categories: "
         '"Education" does not fit; write a list: each item on its own line, which begins')),
        (line(MD, "title", "title: 'Don't ask"), (f"{MD}:2: error: has quotes inside its text; "
         """put all of it in quotes: title: "Don't ask\"""")),
        (line(MD, "number", "number:1"), (f"{MD}:7: error: has no colon with a space after it; "
         "write `key: value`")),
        (line(MD, "number", "number: 1\nnumber: 1"), (f"{MD}:8: error: number: is written twice; "
         "keep one of them")),
        (lambda show: (show / MD).rename(show / f"{MD}.txt"),
         f"{MD}: error: is not there; rename episode.md.txt to episode.md"),
        (lambda show: (show / VTT).rename(show / ONE / "transcript.doc"), (f"{MD}:1: warning: "
         "transcript: transcript.doc is an old Word document; save it as .docx")),
        (edit(MD, "prompts:\n  -", "chapters:\n  - {start: “0:00”, title: A}\nprompts:\n  -"),
         f'{MD}:10: error: has curly quotes, which YAML reads as text; type straight ones: "0:12"'),
        (both(lambda show: (show / MP3).rename(show / ONE / "Talk.MP3")), (f'{MD}:6: error: audio: '
         '"recording.mp3" is not there; did you mean Talk.MP3?')),
    ],
)  # fmt: skip
def test_a_mistake_is_understood_from_the_message_alone(
    make_show: Callable[..., Path], harm: Harm, says: str
) -> None:
    show = make_show()
    harm(show)
    answer = CliRunner().invoke(main, ["check", str(show)])
    assert says in answer.stderr
    assert "Traceback" not in answer.output


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("---\ntitle: A\n---\n".encode("utf-16"), "is UTF-16 text; save it as UTF-8: in Notepad"),
        ("---\ntitle: A\n---\n".encode("utf-16-be"), "is UTF-16 text; save it as UTF-8"),
        (b"PK\x03\x04word", "is a Word document or a zip file, not plain text; save it as UTF-8"),
        (b"{\\rtf1 A}", "is rich text (RTF), not plain text"),
        (b"%PDF-1.7", "is a PDF, not plain text"),
    ],
)
def test_a_file_that_is_no_plain_text_is_named_and_how_to_save_it(
    make_show: Callable[..., Path], raw: bytes, says: str
) -> None:
    show = make_show()
    (show / MD).write_bytes(raw)
    assert f"{MD}:1: error: {says}" in CliRunner().invoke(main, ["check", str(show)]).stderr


def test_an_hour_of_one_digit_is_read(make_show: Callable[..., Path]) -> None:
    show = make_show()
    line(MD, "date", "date: 2026-10-01 7:00")(show)
    assert "date" not in CliRunner().invoke(main, ["check", str(show)]).stderr


@pytest.mark.parametrize(
    ("written", "better"),
    [
        ('title: "Before" you ask', """title: '"Before" you ask'"""),
        ("  - name: Help: by day", 'name: "Help: by day"'),
        ('summary: "A" and it\'s: "B"', """summary: '"A" and it''s: "B"'"""),
    ],
)
def test_a_text_is_shown_in_the_quotes_that_it_needs(written: str, better: str) -> None:
    _, fix = yaml_errors.explain_problem("mapping values are not allowed", written)
    assert better in fix


def test_what_nobody_foresaw_is_said_as_it_is() -> None:
    assert yaml_errors.explain_problem("so it is", "x: 1") == ("cannot be read (so it is)", "")


@pytest.mark.parametrize(
    ("written", "at", "says"),
    [
        ("title:\u00a0Talk", 2, "has an invisible character (no-break space, U+00A0)"),
        ("\u200btitle: Talk", 2, "has an invisible character (zero width space, U+200B)"),
        ("title: A\nlicence\u00a0: x", 3, "has an invisible character (no-break space"),
        ("title: A\nnumber: 1\u200b", 3, "has an invisible character (zero width space"),
        ("title:Talk", 2, "has no colon with a space after it; write `key: value`"),
        ("title = Talk", 2, "has no colon with a space after it"),
        ('title: "Talk\nprompts: ["Who?"]', 2, 'put all of it in quotes: title: "Talk"'),
        ('title: A\nprompts:\n  - "Why so?\n  - "Who?"', 4, 'in quotes: - "Why so?"'),
        ("title: A\nguid: g # keep it", 3, "put the comment on its own line; or,"),
        ("title: 'Me' too", 2, """put all of it in quotes: title: "'Me' too\""""),
        ('title: "I said "no""', 2, """put all of it in quotes: title: 'I said "no"'"""),
        ("title: A\nprompts:\n  * Who?", 4, "begin each item of a list with `- `"),
        ("title: A\nsummary: One\ntwo.", 4, "more than the line above if that one continues here"),
        ("TITLE: A", 2, "did you mean `title`?"),
        ("title: A\ncontributors:\n  - Somebody", 4, "each indented: credit, role"),
        ("## The talk", 3, "title: is missing"),
        ("  title: A", 2, "is indented more than the lines below it"),
        ("title: A\nprompts: [What will you try?]", 3, "has a ? inside [ ]; put each text"),
        ("title: A\nprompts: [Why: that]", 3, 'put all of it in quotes: "Why: that"'),
        ("title: A\nprompts: [What [if any]]", 3, "has a [ inside [ ]"),
        ("title: A\nprompts: [Why #2]", 3, "has a # inside [ ]"),
        ("title: A\nprompts:\n  - One\n    - Two", 4, "continues on the next line, which"),
        ("title: 'tis A\nlicence: The learners'", 2, """in quotes: title: "'tis A\""""),
        ('title: A\naudio: "C:\\Users\\a.mp3"', 3, "has a backslash in double quotes"),
        ('title: A\naudio: "D:\\talk.mp3"', 3, "a path in double quotes needs /"),
        ("title: [Talk](https://example.org)", 2, 'quotes: title: "[Talk](https://example.org)"'),
        ("title: - Talk", 2, "has a `- ` where a list cannot start"),
        ("title: A\nlicence: null", 3, '"null" means “nothing” in YAML; remove the line'),
        ("title: A\nlicence: Room #4", 3, 'put all of it in quotes: "Room #4"'),
        ("title: A\nlicence: &b B", 3, 'begins with "&", which has a special meaning in YAML'),
    ],
)  # fmt: skip
def test_a_mistake_in_an_editor_is_named_at_its_own_line(written: str, at: int, says: str) -> None:
    text = f"---\n{written}\nsummary: S\ndate: 2026-05-03\n---\n"
    with pytest.raises(SourceError) as error:
        read.parse_facts(EpisodeFacts, read.split_file(text, "x.md"), "x.md")
    found = [each for each in error.value.findings if says in each.said]
    assert [each.line for each in found] == [at if "missing" not in says else 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("—\ntitle: A\n---\n", '1: begins with "—"; type three hyphens: ---'),
        ("----\ntitle: A\n---\n", '1: begins with "----"; type three hyphens: ---'),
        ("---\ntitle: A\n—\n", '3: has "—" where the front matter ends'),
        ("---\ntitle: A\n ---\n", "3: has spaces before the --- that ends the front matter"),
        ("\u200b---\ntitle: A\n---\n", "1: has an invisible character (zero width space, U+200B)"),
    ],
)
def test_lines_of_dashes_that_are_none_are_named(text: str, says: str) -> None:
    with pytest.raises(SourceError) as error:
        read.split_file(text, "x.md")
    assert f"x.md:{says}" in str(error.value)
