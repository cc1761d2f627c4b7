"""Checks what a player sends against what can be true, and words it for people; pure."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.translations import ngettext
from episodes.translations import text as _
from web import dates
from web.listening import coverage
from web.listening.coverage import TENTHS, Coverage

if TYPE_CHECKING:
    from datetime import date

MOST_RUNS = 200  # in one message: 15 seconds of a player hold a handful
LARGEST = 64_000  # bytes of a message: what a browser sends as it closes
SITTING = 16  # bytes of the random name of one opening of a page
FASTEST = 2.5  # media seconds in a second: the player's 2 and a quarter for clocks
SLACK = 60  # seconds that a message may be early
LEEWAY = 15 * 60  # seconds by which the clock may have gone back since a start of the program
HOURS = 6  # that a page may go on sending
MINUTE = 60 * TENTHS
FEWEST = SLACK * TENTHS + 1  # tenths heard before a month counts somebody: never the slack alone
END = 2 * TENTHS  # tenths before the end that count as the end


class Sitting(NamedTuple):
    """One opening of a page, as its write-only token says: whose, what, since when (seconds).

    `start` and `started` are the same by a stopwatch: its name, and what it showed.
    """

    listener: int
    media: int
    name: bytes
    since: int
    start: str = ""
    started: float = 0

    def dump(self) -> bytes:
        """Return it as the bytes that are sealed into a token."""
        return json.dumps([*self[:2], self.name.hex(), *self[3:]]).encode()

    @classmethod
    def load(cls, data: bytes) -> Sitting:
        """Read what `dump` wrote, also an earlier one."""
        listener, media, name, *rest = json.loads(data)
        return cls(listener, media, bytes.fromhex(name), *rest)


def open_for(sitting: Sitting, now: float, start: str, seconds: float) -> float:
    """Return for how many seconds a page has been open.

    A stopwatch that still goes knows. If this program started again since, only the clock is left;
    it may have gone back by then, and the page must not lose what it has.
    """
    if start and sitting.start == start:
        return seconds - sitting.started
    return max(now - sitting.since, 0) + LEEWAY


class Message(NamedTuple):
    """What a page says was heard; `place` is where it is, None where it does not know.

    `token` says who, what and which opening of a page, see `Sitting`.
    """

    token: str
    sequence: int
    runs: Coverage
    place: int | None
    ended: bool


def parse(data: bytes) -> Message | None:
    """Read a message; None where it is not one. Runs that cannot be are left out."""
    try:
        document: Any = json.loads(data) if len(data) <= LARGEST else None
        token = str(document["token"])
        sequence, given = document["sequence"], document["runs"]
        runs = [coverage.run(*_pair(each)) for each in given[:MOST_RUNS]]
        place = document.get("place")
        at = None if place is None else coverage.run(max(_finite(place), 0), 0)[0]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
    if type(sequence) is not int or not 0 <= sequence < 2**31:
        return None
    return Message(token, sequence, coverage.union(runs), at, document.get("ended") is True)


def _pair(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    return _finite(value[0]), _finite(value[1])


def _finite(value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or abs(value) > 1e6:  # type: ignore[arg-type]
        raise ValueError
    return float(value)  # type: ignore[arg-type]


def fits(heard: float, already: float, open_for: float) -> bool:
    """Say whether a page that is open for so many seconds can have played that many more."""
    return heard + already <= open_for * FASTEST + SLACK


def at_end(tenths: int, length: int) -> bool:
    """Say whether a place is the end of a recording."""
    return tenths >= length - END


class Known(NamedTuple):
    """What is known of one learner and one episode; lengths in tenths of a second.

    `measured` was played out by our page, `reported` is what an app says that it played, `heard`
    both together. `furthest` and `ended` are where an app was, which is not the same as heard.
    `earlier` is what was heard of a recording that another one has taken the place of.
    """

    length: int
    measured: int = 0
    played: int = 0
    earlier: int = 0
    finished: int = 0
    elsewhere: date | None = None
    place: int = 0
    reported: int = 0
    heard: int = 0
    furthest: int = 0
    ended: int = 0
    earlier_reported: int = 0


def sentences(known: Known) -> list[str]:
    """Return what is known and from where, in plain words; no data is no statement."""
    said = []
    if part := _heard(known):
        said.append(part)
    all_of_it = max(known.heard, known.measured)
    if all_of_it and known.played >= all_of_it + known.length // 2:
        said.append(
            _("Some of it was reported more than once.")
            if known.reported
            else _("You have listened to some of it again.")
        )
    if known.earlier:
        minutes = _minutes(known.earlier)
        said.append(_("You have heard %(time)s of an earlier recording here.", time=minutes))
    if known.earlier_reported:
        minutes = _minutes(known.earlier_reported)
        said.append(
            _("Your app reported %(time)s more of an earlier recording.", time=minutes)
            if known.earlier
            else _("Your app reported %(time)s of an earlier recording.", time=minutes)
        )
    if known.elsewhere:
        day = dates.day(known.elsewhere)
        said.append(_("On %(day)s you said you listened somewhere else.", day=day))
    return said


def _heard(known: Known) -> str:
    """Return how much was heard and who says so, and where an app was beside that."""
    there = _reached(known)
    if known.reported:
        part = _part(known.heard, known.length)
        said = (
            _both(part, known.measured)
            if known.measured
            else _("Your app says you have heard %(part)s.", part=part)
        )
    elif known.measured:
        said = _("You have heard %(part)s here.", part=_part(known.measured, known.length))
    else:
        more = _("It does not say how much you heard.")
        return f"{there} {more}" if there else ""
    return f"{said} {there}".strip()


def _both(part: str, here: int) -> str:
    """Return how much was heard, and how much of it on our page."""
    if here < MINUTE:
        return _("You have heard %(part)s (less than one of them on this site).", part=part)
    return ngettext(
        "You have heard %(part)s (%(num)s of them on this site).",
        "You have heard %(part)s (%(num)s of them on this site).",
        here // MINUTE,
        part=part,
    )


def _reached(known: Known) -> str:
    if known.ended:
        return _("Your app says it reached the end.")
    if known.furthest >= max(known.heard, known.measured) + MINUTE:
        return _("Your app got to minute %(minute)s.", minute=known.furthest // MINUTE)
    return ""


def _part(tenths: int, length: int) -> str:
    """Return how much of a recording; rounded down, so that it never says more than was heard."""
    whole = max(-(-length // MINUTE), 1)
    if tenths >= length - END:
        return ngettext("all of it", "all %(num)s minutes", whole)
    if tenths < MINUTE:
        return ngettext(
            "less than a minute of %(num)s minute", "less than a minute of %(num)s minutes", whole
        )
    return ngettext(
        "%(part)s of %(num)s minute", "%(part)s of %(num)s minutes", whole, part=tenths // MINUTE
    )


def _minutes(tenths: int) -> str:
    number = tenths // MINUTE
    if not number:
        return _("less than a minute")
    return ngettext("%(num)s minute", "%(num)s minutes", number)
