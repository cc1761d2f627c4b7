"""Reads dates of feeds: RFC 2822 and ISO 8601, exact or nearly so. The only door to dateutil.

An ambiguous day or month does not count as a date.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dateutil import parser

from episodes.frontmatter.value_types import FIRST, LAST

_DOUBTFUL = re.compile(r"\s*\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b")  # 3/4 is March or April
_NEVER = re.compile(r"(?<![\d:.+-])00\d\d(?![\d:])")  # the year 1 stands for no date
_DEFAULTS = (datetime(2001, 1, 1, tzinfo=UTC), datetime(2002, 2, 2, tzinfo=UTC))
_LONGEST = 60
_ZONES = {
    "EST": -18_000, "EDT": -14_400, "CST": -21_600, "CDT": -18_000, "MST": -25_200, "MDT": -21_600,
    "PST": -28_800, "PDT": -25_200, "BST": 3_600, "CET": 3_600, "CEST": 7_200, "MEZ": 3_600,
    "EET": 7_200, "EEST": 10_800, "UT": 0, "AEST": 36_000, "AEDT": 39_600, "JST": 32_400,
    "WET": 0, "WEST": 3_600, "MESZ": 7_200, "MSK": 10_800, "SAST": 7_200, "SGT": 28_800,
    "HKT": 28_800, "KST": 32_400, "AWST": 28_800, "ACST": 34_200, "NZST": 43_200, "NZDT": 46_800,
    "AKST": -32_400, "AKDT": -28_800, "HST": -36_000,
}  # fmt: skip
_ZONE = re.compile(r"\d\s+([A-Z]{3,5})$")
_NONE = {"GMT", "UTC"}  # they need no table


def parse(text: str) -> datetime | None:
    """Parse a date to UTC, to the second; None if it is not an existing date."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST or _NEVER.search(text):
        return None
    for read in (_mail, datetime.fromisoformat, _tolerant):
        try:
            moment = read(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            moment = moment.astimezone(UTC).replace(microsecond=0)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            continue
        if FIRST < moment.year < LAST:
            return moment
    return None


def zone(text: str) -> str:
    """Return the name of an unknown time zone in a date; "" if there is none."""
    match = _ZONE.search(" ".join(text.split()).upper())
    return match[1] if match and match[1] not in {*_ZONES, *_NONE, "AM", "PM"} else ""


def _mail(text: str) -> datetime:
    moment = None if re.match(r"\d{4}-", text) else parsedate_to_datetime(text)
    if moment is None or (moment.tzinfo is None and text[-1:].isalpha()):
        raise ValueError(text)  # the standard library ignores a zone that it does not know
    return moment


def _tolerant(text: str) -> datetime:
    """Parse a malformed date if it has day, month and year."""
    if _DOUBTFUL.match(text):
        raise ValueError(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moments = [parser.parse(text, default=each, tzinfos=_ZONES) for each in _DEFAULTS]
    if moments[0] != moments[1]:
        raise ValueError(text)
    first: datetime = moments[0]
    return first
