"""Defines the types of values in front matter: times, links, lines of text, languages."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
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

from episodes.frontmatter import language_codes
from episodes.frontmatter.apple_categories import NAMES
from episodes.frontmatter.yaml_errors import INVISIBLE, describe_invisible
from episodes.rules import RULES

FIRST, LAST = 1900, 2199  # years: others are mistakes, and time zones do not cover them
LONGEST_GUID = 2000  # bytes: an index row of PostgreSQL has 2,700 in all
EARLY = time(7)  # when an episode with a day and no time is published: before the early shift

# Characters that XML 1.0 cannot carry: feedgen raises on them too late to know the line.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# The host of a web address: a name in ASCII, an address of IPv4, or one of IPv6 in brackets.
HOST = r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?|\[[0-9A-Fa-f:.]{2,45}\])"
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)(\.\d{1,3})?")
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_PHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){3})[+(0-9][0-9 ()-]*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class WrongValueError(ValueError):
    """A value that breaks a rule: what is wrong, and what to write instead."""

    def __init__(self, rule: str, seen: str, fix: str = "") -> None:
        self.rule, self.seen, self.fix = rule, seen, fix or RULES[rule].fix
        super().__init__(f"{self.seen}; {self.fix}")


def parse_seconds(value: Any) -> float:
    """Parse 75, "1:15" or "1:02:03.5" as seconds from the start of the recording."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
        return round(float(value), 3)
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match or (match[1] and int(match[2]) > 59) or int(match[3]) > 59:
        raise WrongValueError("value-time", "is not a time")
    hours, minutes, seconds, rest = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return round(whole + float(rest or 0), 3)


def lines_of_key(text: str, key: str, count: int) -> list[int]:
    """Return the line of a key in each of `count` JSON objects; 0 if not certain."""
    starts = [match.start() for match in re.finditer(rf'(?<!\\)"{key}"\s*:', text)]
    if len(starts) != count:
        return [0] * count
    lines, line, before = [], 1, 0
    for at in starts:
        line += text.count("\n", before, at)
        lines.append(line)
        before = at
    return lines


def _text(value: str) -> str:
    if match := CONTROL.search(value):
        seen = f"contains a control character (U+{ord(match[0]):04X})"
        raise WrongValueError("value-kind", seen, "remove it")
    return value


def _refuse_invisible(value: str, rule: str) -> None:
    """Raise WrongValueError if a value has an invisible character."""
    if hidden := INVISIBLE.search(value):
        raise WrongValueError(
            rule, describe_invisible(hidden[0]), "delete it, or type all of it again"
        )


@lru_cache(maxsize=4096)  # sources of support and contributors have the same in every episode
def _link(value: str) -> str:
    _refuse_invisible(value, "value-link")
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        named = re.fullmatch(HOST, f"[{host}]" if ":" in host else host)
        good = parts.scheme in {"http", "https"} and named and parts.port != 0
    except ValueError:
        good = False
    if not good or not value.isascii() or re.search(r"[\s<>\"`{}\\]", value):
        raise WrongValueError("value-link", "is not a web address")
    return value


def _address(value: str) -> str:
    parts = urlsplit(_link(value))
    if "?" in value or "#" in value or parts.username is not None:
        raise WrongValueError("value-address", "is not the web address of a folder")
    return value.rstrip("/") + "/"


def _email(value: str) -> str:
    _refuse_invisible(value, "value-email")
    if not _EMAIL.fullmatch(value):
        raise WrongValueError("value-email", "is not an email address")
    return value


def _reachable(value: str) -> str:
    return _link(value) if value.startswith(("http://", "https://")) else _email(value)


def _language(value: str) -> str:
    if not language_codes.is_language(value.lower()):
        better = language_codes.nearest_language(value)
        fix = f"write {better}" if better else ""
        raise WrongValueError("value-language", "is not a language code", fix)
    return value.lower()


def _category(value: str) -> str:
    value = " > ".join(part.strip() for part in value.split(">"))
    if value not in NAMES:
        from difflib import get_close_matches

        near = get_close_matches(value, NAMES, 1, 0.5) or ["Education > Courses"]
        seen = "is not in Apple's table of categories"
        raise WrongValueError("value-category", seen, f'write "{near[0]}"')
    return value


def _guid(value: str) -> str:
    if len(value.splitlines()) != 1:
        raise WrongValueError("value-guid", "has more than one line")
    if len(value.encode()) > LONGEST_GUID:
        fix = "write a shorter one: apps will show it as a new episode"
        raise WrongValueError("value-long", f"is longer than {LONGEST_GUID} bytes", fix)
    return value


def _uuid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise WrongValueError("value-uuid", "is not a UUID") from None


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        seen = "must have only a to z, 0 to 9 and single hyphens"
        raise WrongValueError("value-slug", seen)
    return value


def _phone(value: str) -> str:
    _refuse_invisible(value, "value-phone")
    if not _PHONE.fullmatch(value):
        raise WrongValueError("value-phone", "is not a phone number")
    return value


def parse_moment(value: Any) -> datetime:
    """Parse a date (then 07:00), or a date and time, from a YAML value or from text."""
    try:
        if isinstance(value, str):
            value = re.sub(r"[ T](\d):", r" 0\1:", value)
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        pass
    if isinstance(value, date) and FIRST <= value.year <= LAST:
        moment = value if isinstance(value, datetime) else datetime.combine(value, EARLY)
        return moment.replace(microsecond=0)
    has_date = isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d\b", value)
    seen = "is not a day and time that exists" if has_date else "is not a date"
    raise WrongValueError("value-date", seen)


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise WrongValueError("value-day", "is not a day") from None


def _whole(value: Any) -> Any:
    if isinstance(value, bool):  # which is an int in Python
        raise WrongValueError("value-number", "is not a whole number")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise WrongValueError("value-zone", "is not a time zone") from None
    return value


class Facts(BaseModel):
    """The base of front matter: immutable, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


# Validators of formats that contain no space, and so no comment.
FORMS = frozenset({_link, _address, _email, _reachable, _language, _category, _zone, _slug})
_STRIPPED = StringConstraints(strip_whitespace=True, min_length=1)

Text = Annotated[str, _STRIPPED, AfterValidator(_text)]
Line = Annotated[Text, StringConstraints(max_length=255, pattern=r"^[^\r\n]*$")]
Name = Annotated[Text, StringConstraints(max_length=128, pattern=r"^[^\r\n]*$")]
FileName = Annotated[Text, StringConstraints(max_length=255, pattern=r"^[^\r\n\t]*$")]
Link = Annotated[Text, AfterValidator(_link)]
Address = Annotated[Text, AfterValidator(_address)]
Email = Annotated[Text, AfterValidator(_email)]
Reachable = Annotated[Text, AfterValidator(_reachable)]
Language = Annotated[str, _STRIPPED, AfterValidator(_language)]
Category = Annotated[str, _STRIPPED, AfterValidator(_category)]
Guid = Annotated[Text, AfterValidator(_guid)]
Zone = Annotated[str, _STRIPPED, AfterValidator(_zone)]
Uuid = Annotated[str, _STRIPPED, AfterValidator(_uuid)]
Whole = Annotated[int, BeforeValidator(_whole)]
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
            "pattern": r"^\d{4}-\d\d-\d\d([ T]\d{1,2}:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?)?$",
        }
    ),
]


def number_to_dial(phone: str) -> str:
    """Return a phone number for a `tel:` link."""
    abroad = re.sub(r"^\s*(\+[\d -]*)\(0\)", r"\1", phone)  # +44 (0)20: dial one or the other
    return "".join(char for char in abroad if char.isdigit() or char == "+")
