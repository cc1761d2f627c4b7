"""Transcripts in Word documents: every word that is shown, none that is hidden, bombs refused."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.errors import SourceError
from episodes.show_folder import read as source
from episodes.transcripts import docx

if TYPE_CHECKING:
    from pathlib import Path


def document(path: Path, *paragraphs: str) -> Any:
    made = Document()
    for words in paragraphs:
        made.add_paragraph(words)
    made.save(str(path))
    return made


def test_names_and_words_are_read_with_the_paragraph_as_line(tmp_path: Path) -> None:
    document(tmp_path / "t.docx", "Ann: Hello\nthere.", "", "Ben Lee: And\tme.", "Still me.")
    read, found = docx.read(tmp_path / "t.docx", "t.docx")
    assert found == []
    assert [(cue.speaker, cue.text, cue.line) for cue in read.cues] == [
        ("Ann", "Hello there.", 1),
        ("Ben Lee", "And me.", 3),
        ("Ben Lee", "Still me.", 4),
    ]
    assert not read.timed


def test_a_transcript_of_teams_has_times(tmp_path: Path) -> None:
    document(tmp_path / "t.docx", "Ann Lee   0:03\nHello there.", "Ben   0:07\nAnd me.")
    read, _ = docx.read(tmp_path / "t.docx", "t.docx")
    assert [(cue.start, cue.speaker, cue.text) for cue in read.cues] == [
        (3, "Ann Lee", "Hello there."),
        (7, "Ben", "And me."),
    ]


def test_captions_that_were_pasted_are_read_as_captions(tmp_path: Path) -> None:
    rows = ("WEBVTT", "", "00:00.000 --> 00:03.000", "<v Ann>Hello.</v>", "",
            "00:03.000 --> 00:06.000", "<v Ben>And me.</v>")  # fmt: skip
    document(tmp_path / "t.docx", *rows)
    read, found = docx.read(tmp_path / "t.docx", "t.docx")
    assert found == []
    assert [(cue.start, cue.speaker, cue.text, cue.line) for cue in read.cues] == [
        (0, "Ann", "Hello.", 3),
        (3, "Ben", "And me.", 6),
    ]


def test_tables_and_tracked_insertions_are_read_and_what_is_hidden_is_not(tmp_path: Path) -> None:
    made = document(tmp_path / "t.docx", "Ann: One")
    space = nsdecls("w")
    inner = (
        f"<w:ins {space}><w:r><w:t> two</w:t></w:r></w:ins>",
        f"<w:del {space}><w:r><w:delText> gone</w:delText></w:r></w:del>",
        f"<w:moveFrom {space}><w:r><w:t> moved</w:t></w:r></w:moveFrom>",
        f"<w:r {space}><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r>",
    )
    for xml in inner:
        made.paragraphs[0]._p.append(parse_xml(xml))
    made.add_table(1, 2).cell(0, 1).text = "Ben: three"
    made.save(str(tmp_path / "t.docx"))
    read, _ = docx.read(tmp_path / "t.docx", "t.docx")
    assert [cue.text for cue in read.cues] == ["One two", "three"]


def test_a_document_without_words_is_a_finding(tmp_path: Path) -> None:
    document(tmp_path / "t.docx", "", " ")
    read, found = docx.read(tmp_path / "t.docx", "t.docx")
    assert read.cues == ()
    assert "has no words in it" in found[0].message


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    document(tmp_path / "t.docx", "Ann: One")
    with zipfile.ZipFile(tmp_path / "t.docx", "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/more.xml", b" " * (docx.WORDS + 1))
    with pytest.raises(SourceError, match="much too large for a transcript"):
        docx.read(tmp_path / "t.docx", "t.docx")


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    document(tmp_path / "a.docx", "Ann: NAME")
    bomb = '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    with (
        zipfile.ZipFile(tmp_path / "a.docx") as before,
        zipfile.ZipFile(tmp_path / "t.docx", "w") as after,
    ):
        for name in before.namelist():
            text = before.read(name)
            if name == "word/document.xml":
                head, _, rest = text.partition(b"\n")
                text = head + b"\n" + bomb.encode() + rest.replace(b"NAME", b"&b;")
            after.writestr(name, text)
    read, _ = docx.read(tmp_path / "t.docx", "t.docx")
    assert not any("lol" in cue.text for cue in read.cues)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"Hello", b"\xd0\xcf\x11\xe0"]
)
def test_what_is_no_document_is_a_finding(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.docx").write_bytes(data)
    findings: list[Any] = []
    assert source.read_transcript(tmp_path, "t.docx", findings) is None
    assert "save it" in findings[0].said


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=8)), max_size=5))
def test_a_damaged_document_gives_a_finding_or_words(
    tmp_path: Path, harm: list[tuple[int, bytes]]
) -> None:
    path = tmp_path / "whole.docx"
    if not path.exists():
        document(path, "Ann: One", "Ben: Two")
    data = bytearray(path.read_bytes())
    for at, junk in harm:
        data[at % len(data) : at % len(data) + len(junk)] = junk
    (tmp_path / "t.docx").write_bytes(data)
    findings: list[Any] = []
    read = source.read_transcript(tmp_path, "t.docx", findings)
    assert findings or (read and read.cues)
