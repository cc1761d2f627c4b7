"""The kinds of value that front matter may hold: a time, a link, a line of text, a language."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)

from episodes.categories import NAMES

FIRST, LAST = 1900, 2199  # years: what lies outside is a slip, and time zones cannot count there
EARLY = time(7)  # when an episode appears that only names a day: before the early shift

# Characters that XML 1.0 cannot carry: feedgen raises on them when it is too late to say where.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)(\.\d{1,3})?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_PHONE = re.compile(r"[+\d][\d ()-]*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def parse_seconds(value: Any) -> float:
    """Read 75, "1:15" or "1:02:03.5" as seconds since the start of the recording."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
        return round(float(value), 3)
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or (found[1] and int(found[2]) > 59) or int(found[3]) > 59:
        msg = 'is not a time; write minutes and seconds in quotes, like "12:34" or "1:02:03"'
        raise ValueError(msg)
    hours, minutes, seconds, rest = found.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return round(whole + float(rest or 0), 3)


def format_seconds(seconds: float) -> str:
    """Write seconds as people read them: 0:07, 12:34, 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def format_clock(seconds: float) -> str:
    """Write a time to the millisecond, as VTT, Podlove and Vorbis comments do: 00:12:34.500."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def places(text: str, key: str, count: int) -> list[int]:
    """Return the line of each object of JSON by a key that each has; 0 where it is not certain."""
    found = [match.start() for match in re.finditer(rf'(?<!\\)"{key}"\s*:', text)]
    if len(found) != count:
        return [0] * count
    lines, line, before = [], 1, 0
    for at in found:
        line += text.count("\n", before, at)
        lines.append(line)
        before = at
    return lines


def _text(value: str) -> str:
    if found := CONTROL.search(value):
        msg = f"contains a control character (U+{ord(found[0]):04X}); remove it"
        raise ValueError(msg)
    return value


def _link(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not value.isascii() or re.search(r"[\s<>\"`{}\\]", value):
        msg = "is not a web address; write it whole, starting with https://"
        raise ValueError(msg)
    return value


def _address(value: str) -> str:
    parts = urlsplit(_link(value))
    if parts.query or parts.fragment or parts.username:
        msg = "must be a plain folder address without ?, # or @, like https://example.org/talks/"
        raise ValueError(msg)
    return value.rstrip("/") + "/"


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        msg = "is not an e-mail address; write one like training@example.org"
        raise ValueError(msg)
    return value


def _reachable(value: str) -> str:
    return _link(value) if value.startswith(("http://", "https://")) else _email(value)


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value.lower()):
        better = value.lower().replace("_", "-")
        msg = f"is not a language code; write {better if _LANGUAGE.fullmatch(better) else 'en-gb'}"
        raise ValueError(msg)
    return value.lower()


def _category(value: str) -> str:
    value = " > ".join(part.strip() for part in value.split(">"))
    if value not in NAMES:
        from difflib import get_close_matches

        near = get_close_matches(value, NAMES, 1, 0.5) or ["Education > Courses"]
        msg = f'is not in Apple\'s table of categories; write "{near[0]}"'
        raise ValueError(msg)
    return value


def _guid(value: str) -> str:
    if not value or re.search(r"\s", value):
        msg = "must be one word without spaces; remove the line and run `earmark check --fix`"
        raise ValueError(msg)
    return value


def _uuid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        msg = "is not a UUID; remove the line and run `earmark check --fix`"
        raise ValueError(msg) from None


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        msg = "may hold only a to z, 0 to 9 and single hyphens, like talking-with-parents"
        raise ValueError(msg)
    return value


def _phone(value: str) -> str:
    if not _PHONE.fullmatch(value):
        msg = 'is not a telephone number; write digits and spaces in quotes, like "116 123"'
        raise ValueError(msg)
    return value


def parse_moment(value: Any) -> datetime:
    """Read a date (then 07:00), or a date and time, from YAML's own types or from text."""
    try:
        if isinstance(value, str):
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        pass
    if isinstance(value, date) and FIRST <= value.year <= LAST:
        moment = value if isinstance(value, datetime) else datetime.combine(value, EARLY)
        return moment.replace(microsecond=0)
    msg = "is not a date; write 2026-05-03 or 2026-05-03 07:00"
    raise ValueError(msg)


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        msg = "is not a day; write it alone, like 2026-05-03"
        raise ValueError(msg) from None


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        msg = "is not a time zone; write one like Europe/London"
        raise ValueError(msg) from None
    return value


class Facts(BaseModel):
    """Frozen, and a key that nobody knows is an error rather than a silent loss."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, defer_build=True
    )


_STRIPPED = StringConstraints(strip_whitespace=True, min_length=1)

Text = Annotated[str, _STRIPPED, AfterValidator(_text)]
Line = Annotated[Text, StringConstraints(max_length=255, pattern=r"^[^\r\n]*$")]
Name = Annotated[Text, StringConstraints(max_length=128, pattern=r"^[^\r\n]*$")]
FileName = Annotated[Text, StringConstraints(max_length=255, pattern=r"^[^\r\n]*$")]
Link = Annotated[Text, AfterValidator(_link)]
Address = Annotated[Text, AfterValidator(_address)]
Email = Annotated[Text, AfterValidator(_email)]
Reachable = Annotated[Text, AfterValidator(_reachable)]
Language = Annotated[str, _STRIPPED, AfterValidator(_language)]
Category = Annotated[str, _STRIPPED, AfterValidator(_category)]
Guid = Annotated[Text, AfterValidator(_guid)]
Zone = Annotated[str, _STRIPPED, AfterValidator(_zone)]
Uuid = Annotated[str, _STRIPPED, AfterValidator(_uuid)]
Slug = Annotated[str, _STRIPPED, AfterValidator(_slug)]
Phone = Annotated[str, _STRIPPED, AfterValidator(_phone)]
Seconds = Annotated[
    float,
    BeforeValidator(parse_seconds),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "pattern": r"^(\d{1,3}:)?\d{1,3}:\d\d(\.\d{1,3})?$",
            "description": 'A time in the recording: "12:34", "1:02:03" or seconds.',
        }
    ),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime,
    BeforeValidator(parse_moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?)?$",
        }
    ),
]
