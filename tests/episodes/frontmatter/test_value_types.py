"""The kinds of value in front matter: what is taken, what is refused, and in which words."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from episodes.frontmatter import value_types
from episodes.text import timecodes

KINDS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(getattr(value_types, name))
    for name in (
        "Text", "Line", "Name", "FileName", "Link", "Address", "Email", "Reachable", "Language",
        "Category", "Guid", "Zone", "Uuid", "Slug", "Phone", "Seconds", "Whole", "Day", "Moment",
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("Text", "  two\nlines ", "two\nlines"),
        ("Line", "x" * 255, "x" * 255),
        ("Link", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("Address", "https://example.org/talks", "https://example.org/talks/"),
        ("Address", "http://localhost:8000//", "http://localhost:8000/"),
        ("Email", "o'brien+x@example.co.uk", "o'brien+x@example.co.uk"),
        ("Reachable", "https://example.org/write", "https://example.org/write"),
        ("Language", "EN-GB", "en-gb"),
        ("Language", "cy", "cy"),
        ("Language", "sco", "sco"),
        ("Language", "zh-Hant-TW", "zh-hant-tw"),
        ("Language", "es-419", "es-419"),
        ("Whole", 3, 3),
        ("Category", "Education>Courses", "Education > Courses"),
        ("Guid", "https://example.org/?p=1", "https://example.org/?p=1"),
        ("Guid", "x" * 2000, "x" * 2000),
        ("Guid", "\U00020000" * 500, "\U00020000" * 500),
        ("Zone", "Europe/London", "Europe/London"),
        (
            "Uuid",
            "917393E3-1B1E-5CEF-ACE4-EDAA54E1F810",
            "917393e3-1b1e-5cef-ace4-edaa54e1f810",
        ),
        ("Slug", "talking-with-parents-2", "talking-with-parents-2"),
        ("Phone", "+44 (0)20 7946 0000", "+44 (0)20 7946 0000"),
        ("Seconds", 75, 75.0),
        ("Seconds", "1:15", 75.0),
        ("Seconds", "90:00", 5400.0),
        ("Seconds", "1:02:03.5", 3723.5),
        ("Seconds", 0, 0.0),
        ("Day", "2026-05-03", date(2026, 5, 3)),
        ("Moment", "2026-05-03", datetime(2026, 5, 3, 7)),  # noqa: DTZ001 - the zone is the show's
        ("Moment", date(2026, 5, 3), datetime(2026, 5, 3, 7)),  # noqa: DTZ001
        ("Moment", "2026-05-03 18:30", datetime(2026, 5, 3, 18, 30)),  # noqa: DTZ001
        ("Moment", "2026-05-03T18:30:00Z", datetime.fromisoformat("2026-05-03T18:30:00+00:00")),
    ],
)
def test_a_good_value_is_read(kind: str, value: object, read: object) -> None:
    assert KINDS[kind].validate_python(value) == read


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("Text", " \n ", "at least 1 character"),
        ("Text", "a\x00", "control character (U+0000)"),
        ("Text", "a\ufffe", "control character (U+FFFE)"),
        ("Line", "a\nb", "pattern"),
        ("Line", "a\rb", "pattern"),
        ("Line", "x" * 256, "at most 255"),
        ("Name", "x" * 129, "at most 128"),
        ("Link", "example.org", "starting with https://"),
        ("Link", "https://", "starting with https://"),
        ("Link", "https://[::1", "starting with https://"),
        ("Link", "https://example.org:99999/", "starting with https://"),
        ("Link", "https://example.org:0/", "starting with https://"),
        ("Link", "ftp://example.org/", "starting with https://"),
        ("Link", "javascript:alert(1)", "starting with https://"),
        ("Link", "https://exämple.org/", "starting with https://"),
        ("Link", "https://example.org/a b", "starting with https://"),
        ("Link", 'https://example.org/"onclick=', "starting with https://"),
        ("Link", "https://example.org/\x01", "control character (U+0001)"),
        ("Address", "https://example.org/?a=b", "web address of a folder"),
        ("Address", "https://me:you@example.org/", "web address of a folder"),
        ("Email", "nobody", "is not an email address"),
        ("Email", "a b@example.org", "is not an email address"),
        ("Email", "a\x01@example.org", "control character"),
        ("Reachable", "ring us", "is not an email address"),
        ("Language", "english!", "is not a language code"),
        ("Language", "en_GB", "write en-gb"),
        ("Language", "en-uk", "write en-gb"),
        ("Language", "enn", "write one like en-gb"),
        ("Language", "eng", "write one like en-gb"),
        ("Language", "English", "write one like en-gb"),
        ("Language", "en-zz", "write one like en-gb"),
        ("Whole", True, "is not a whole number"),
        ("Whole", "x", "valid integer"),
        ("Category", "Education > Course", '"Education > Courses"'),
        ("Guid", "two\nlines", "has more than one line"),
        ("Guid", "x" * 2001, "is longer than 2000 bytes"),
        ("Guid", "\U00020000" * 501, "is longer than 2000 bytes"),
        ("Guid", "two\u2028lines", "has more than one line"),
        ("Zone", "Mars/Base", "is not a time zone"),
        ("Zone", "../../etc/passwd", "is not a time zone"),
        ("Zone", "Europe", "is not a time zone"),
        ("Zone", "x\x00", "is not a time zone"),
        ("Uuid", "1234", "is not a UUID"),
        ("Slug", "../x", "must have only"),
        ("Slug", "a--b", "must have only"),
        ("Slug", "-a", "must have only"),
        ("Phone", "call us", "is not a phone number"),
        ("Phone", "-999", "is not a phone number"),
        ("Seconds", "0:60", "is not a time"),
        ("Seconds", "1:60:00", "is not a time"),
        ("Seconds", -1, "is not a time"),
        ("Seconds", float("nan"), "is not a time"),
        ("Seconds", float("inf"), "is not a time"),
        ("Seconds", True, "is not a time"),
        ("Seconds", None, "is not a time"),
        ("Seconds", "9" * 5000 + ":00:00", "is not a time"),
        ("Day", "2026-05-03 07:00", "is not a day"),
        ("Day", 20260503, "is not a day"),
        ("Moment", "soon", "is not a date"),
        ("Moment", "2026-02-30", "is not a day and time that exists"),
        ("Moment", "0001-01-01", "is not a date"),
        ("Moment", "9999-12-31", "is not a date"),
        ("Moment", 20260503, "is not a date"),
        ("Moment", None, "is not a date"),
    ],
)
def test_a_bad_value_is_refused_in_words(kind: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as error:
        KINDS[kind].validate_python(value)
    assert words in str(error.value)


@given(st.floats(0, 359_999, allow_nan=False))
def test_seconds_written_are_read_back(seconds: float) -> None:
    assert value_types.parse_seconds(timecodes.format_seconds(seconds)) == int(seconds)


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=40, deadline=None)
@given(value=st.text(max_size=40))
def test_no_text_makes_a_value_raise_anything_else(kind: str, value: str) -> None:
    with contextlib.suppress(ValidationError):
        KINDS[kind].validate_python(value)
