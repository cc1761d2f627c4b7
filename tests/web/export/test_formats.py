"""What a learner takes away: everything, in four forms, none of which runs anything."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from web.export import formats, zip_file
from web.listening.progress import EpisodeProgress
from web.reflections.rules import Note
from web.reflections.store import Reflection

DAY = date(2026, 11, 23)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)


def kept(answer: str, draft: str = "") -> Reflection:
    note = Note("guid-1", "Listening", "what", (("What?", answer), ("So what?", "")), 75)
    begun = Note("guid-1", "Listening", "what", (("What?", draft),)) if draft else None
    return Reflection("1" * 32, 1, note, begun, DAY, DAY)


def zipped(all_of_it: formats.Everything) -> bytes:
    return b"".join(zip_file.zip_pieces(all_of_it, "<p>page</p>", DAY))


@given(WORDS)
def test_json_and_csv_hold_every_word(answer: str) -> None:
    document = json.loads(formats.as_json(formats.Everything([kept(answer)]), DAY))
    assert document["notes"][0]["answers"][0]["answer"] == answer
    assert document["notes"][0]["second"] == 75
    rows = list(csv.DictReader(io.StringIO(formats.as_csv([kept(answer)])[1:], newline="")))
    assert rows[0]["answer"].removeprefix("'" if answer[0] in "=+-@" else "") == answer
    assert rows[0]["minute"] == "1:15"


@given(st.sampled_from(["=1+1", "+SUM(A1)", "-1", "@import", "\tx", "\rx"]))
def test_no_spreadsheet_takes_a_note_for_a_formula(answer: str) -> None:
    rows = list(csv.reader(io.StringIO(formats.as_csv([kept(answer)])[1:], newline="")))
    assert rows[1][-1].startswith("'")


def test_a_draft_is_there_and_says_what_it_is() -> None:
    both = [kept("saved words", "begun words")]
    document = json.loads(formats.as_json(formats.Everything(both), DAY))
    assert [each["state"] for each in document["notes"]] == [
        "draft", "saved",
    ]  # fmt: skip
    text = formats.as_markdown(both)
    assert "# Listening (a draft, not saved)" in text
    assert "begun words" in text
    assert "saved words" in text
    assert "So what?" not in text, "a question without an answer is left out"


def test_the_zip_opens_without_us_and_its_days_are_days() -> None:
    packed = zipfile.ZipFile(io.BytesIO(zipped(formats.Everything([kept("words")]))))
    assert packed.testzip() is None
    names = {"README.txt", "notes.html", "notes.md", "notes.csv", "notes.json", "heard.csv",
             "apps.csv", "reported.csv"}  # fmt: skip
    assert set(packed.namelist()) == names
    assert {each.date_time for each in packed.infolist()} == {(2026, 11, 23, 0, 0, 0)}


def test_what_was_heard_is_there_with_what_it_does_not_tell() -> None:
    known = EpisodeProgress(6000, 1234, 2000, finished=1, elsewhere=DAY, place=50)
    heard = [("=Listening", "guid-1", known)]
    rows = list(csv.DictReader(io.StringIO(formats.heard_csv(heard)[1:], newline="")))
    assert rows[0]["heard_seconds"] == "123.4"
    assert rows[0]["episode"] == "'=Listening"
    document = json.loads(formats.as_json(formats.Everything([], heard), DAY))
    assert document["heard"][0]["said_listened_elsewhere_on"] == "2026-11-23"
    assert document["heard"][0]["what this does not tell"] == formats.UNTOLD


def test_nobody_who_wrote_nothing_gets_an_empty_file() -> None:
    packed = zipfile.ZipFile(io.BytesIO(zipped(formats.Everything([]))))
    assert packed.read("notes.md").decode() == "There are no notes.\n"
