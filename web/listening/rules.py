"""What a player sends, what of it can be true, and how it is told; pure."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.text.quantities import quantity
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
        said.append("You have listened to some of it again." if not known.reported
                    else "Some of it was reported more than once.")  # fmt: skip
    if known.earlier:
        said.append(f"You have heard {_minutes(known.earlier)} of an earlier recording here.")
    if known.earlier_reported:
        minutes = _minutes(known.earlier_reported)
        said.append(
            f"Your app reported {minutes} more of an earlier recording."
            if known.earlier
            else f"Your app reported {minutes} of an earlier recording."
        )
    if known.elsewhere:
        said.append(f"On {dates.day(known.elsewhere)} you said you listened somewhere else.")
    return said


def _heard(known: Known) -> str:
    """Return how much was heard and who says so, and where an app was beside that."""
    there = _reached(known)
    if known.reported:
        part = _part(known.heard, known.length)
        said = (
            f"You have heard {part} ({_some(known.measured)} of them on this site)."
            if known.measured
            else f"Your app says you have heard {part}."
        )
    elif known.measured:
        said = f"You have heard {_part(known.measured, known.length)} here."
    else:
        return f"{there} It does not say how much you heard." if there else ""
    return f"{said} {there}".strip()


def _reached(known: Known) -> str:
    if known.ended:
        return "Your app says it reached the end."
    if known.furthest >= max(known.heard, known.measured) + MINUTE:
        return f"Your app got to minute {known.furthest // MINUTE}."
    return ""


def _some(tenths: int) -> str:
    return f"{tenths // MINUTE}" if tenths >= MINUTE else "less than one"


def _part(tenths: int, length: int) -> str:
    """Return how much of a recording; rounded down, so that it never says more than was heard."""
    whole = -(-length // MINUTE)
    total = quantity(whole, "minute")
    if tenths >= length - END:
        return f"all {total}" if whole > 1 else "all of it"
    return (
        f"{tenths // MINUTE} of {total}" if tenths >= MINUTE else f"less than a minute of {total}"
    )


def _minutes(tenths: int) -> str:
    number = tenths // MINUTE
    return quantity(number, "minute") if number else "less than a minute"
