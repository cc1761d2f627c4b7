"""Lists what is due for review in a show, by when, and what to do about it."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from episodes.frontmatter.people import Person
    from episodes.frontmatter.safeguarding import Support
    from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
    from episodes.model import Episode, Show

T = TypeVar("T")

YEAR = timedelta(days=365)  # after which a source of support is due for a check
UNDATED = 3 * YEAR  # after which facts without a review date are looked at again (PIF TICK)
NEAR = timedelta(days=60)
ASKING = timedelta(days=90)  # people take longer to answer than a phone line
EMERGENCY = {
    "999",
    "112",
    "911",
    "000",
    "110",
    "118",
    "119",
}  # a test call would keep other callers waiting
TRY = "ring or open each one, then write `checked_on:` with the day"
READ = (
    "do not ring an emergency number to test it: check that it is still right, then write the day"
)
ASK = (
    "ask whether they still agree, and write the new day; or withdraw their episodes: "
    "`earmark withdraw --contributor NAME`"
)
CHECK = "check them again, then write the new `reviewed_on:` and `review_due:`"
PUBLISH = "run `earmark publish` after that, unless a timer does it"


class DueKind(StrEnum):
    """The kind of a task; listed in this order."""

    SUPPORT = "support"
    CONSENT = "consent"
    REVIEW = "review"
    LINK = "link"
    COMING = "coming"


class Urgency(StrEnum):
    """How soon a task is due."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


class SourcePlace(NamedTuple):
    """Where something is written; line 0 means that the line has not been looked up."""

    path: str
    key: str
    line: int = 0

    @property
    def where(self) -> str:
        """The place in the form that editors and terminals turn into a link."""
        return f"{self.path}:{self.line}" if self.line else self.path


class Due(NamedTuple):
    """One thing to look at again.

    `what` and `why` make a sentence. `when` is the last day in time; None means now. `episodes`
    are titles, none for the whole show. `ways` are phone numbers or pages. `rule` is the rule by
    which `check` finds the same, and `waived` the reason of a waiver. `identity` stays the same
    when texts change.
    """

    kind: DueKind
    urgency: Urgency
    what: str
    why: str
    to_do: str
    places: tuple[SourcePlace, ...]
    identity: str
    when: date | None = None
    episodes: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    hours: str = ""
    rule: str = ""
    waived: str = ""


def find_dues(show: Show, now: datetime) -> list[Due]:
    """Return everything that has a date, most urgent first; links are checked elsewhere."""
    today = now.date()
    dues = [*_support(show, today), *_consents(show, today)]
    for episode in show.episodes:
        dues += _facts(episode, now)
        dues += _scheduled(episode, now)
    return sort_dues(dues)


def sort_dues(dues: Iterable[Due]) -> list[Due]:
    """Sort by urgency, then by day."""
    urgencies, kinds = list(Urgency), list(DueKind)
    return sorted(
        dues,
        key=lambda due: (
            urgencies.index(due.urgency),
            due.when or date.min,
            kinds.index(due.kind),
            due.what,
        ),
    )


def group_by_task(dues: Iterable[Due]) -> dict[str, list[Due]]:
    """Return dues grouped by what to do."""
    groups: dict[str, list[Due]] = {}
    for due in dues:
        groups.setdefault(due.to_do, []).append(due)
    return groups


def _urgency(when: date | None, today: date, near: timedelta = NEAR) -> Urgency:
    if when is None or when < today:
        return Urgency.OVERDUE
    return Urgency.SOON if when - today <= near else Urgency.LATER


def _after(day: date, span: timedelta) -> date:
    return day + span if day < date.max - span else date.max


class _InheritedEntry(NamedTuple, Generic[T]):
    """An entry of a list that episodes inherit; `title` is of an episode with its own list."""

    entry: T
    place: SourcePlace
    title: str
    waive: dict[str, str]


def _rows(
    show: Show, name: str, of: Callable[[ShowFacts | EpisodeFacts], tuple[T, ...] | None]
) -> Iterator[_InheritedEntry[T]]:
    """Yield each entry where it is written: in show.md, and in episodes with their own list."""
    shared, waive = of(show.facts) or (), show.facts.waive
    for number, entry in enumerate(shared, 1):
        yield _InheritedEntry(entry, SourcePlace("show.md", f"{name}[{number}]"), "", waive)
    for episode in (*show.episodes, *show.withdrawn):
        own, both = of(episode.facts) or (), {**waive, **episode.facts.waive}
        for number, entry in enumerate(own if own != shared else (), 1):
            place = SourcePlace(f"{episode.folder}/episode.md", f"{name}[{number}]")
            yield _InheritedEntry(entry, place, episode.facts.title, both)


def _places(rows: list[_InheritedEntry[T]], key: str) -> tuple[SourcePlace, ...]:
    return tuple(row.place._replace(key=f"{row.place.key}.{key}") for row in rows)


def _titles(rows: list[_InheritedEntry[T]]) -> tuple[str, ...]:
    """Return the titles of the episodes concerned; none for the whole show."""
    known = tuple(dict.fromkeys(row.title for row in rows))
    return () if "" in known else known


def _reason(rule: str, rows: list[_InheritedEntry[T]]) -> str:
    """Return the reason of a waiver, if every place has one."""
    reasons = [row.waive.get(rule, "") for row in rows]
    return reasons[0] if all(reasons) else ""


def _support(show: Show, today: date) -> Iterator[Due]:
    """Yield each source of support once, wherever it is written: one call is enough."""
    alike: dict[tuple[str, str], list[_InheritedEntry[Support]]] = defaultdict(list)
    for row in _rows(show, "support", lambda facts: facts.support):
        way = row.entry.phone or row.entry.text or row.entry.link or ""
        alike[row.entry.name, way].append(row)
    for (name, way), rows in alike.items():
        days = [row.entry.checked_on for row in rows]
        tried = min((day for day in days if day), default=None) if all(days) else None
        when = _after(tried, YEAR) if tried else None
        rule, entry = "support-old" if tried else "support-unchecked", rows[0].entry
        yield Due(
            DueKind.SUPPORT,
            _urgency(when, today),
            name,
            f"was last checked on {tried}"
            if tried
            else "was never checked, or nobody wrote down the day",
            READ if re.sub(r"\D", "", entry.phone or "") in EMERGENCY else TRY,
            _places(rows, "checked_on"),
            f"support {name} {way}",
            when,
            _titles(rows),
            tuple(filter(None, (entry.phone, entry.text, entry.link))),
            entry.hours or "",
            rule,
            _reason(rule, rows),
        )


def _consents(show: Show, today: date) -> Iterator[Due]:
    """Yield each person whose consent ends, once."""
    people: dict[str, list[_InheritedEntry[Person]]] = defaultdict(list)
    for row in _rows(show, "contributors", lambda facts: facts.contributors):
        if _until(row.entry):
            people[row.entry.credit].append(row)
    for credit, rows in people.items():
        until = min(filter(None, (_until(row.entry) for row in rows)))
        yield Due(
            DueKind.CONSENT,
            _urgency(until, today, ASKING),
            credit,
            f"{'agreed' if until >= today else 'agreed only'} until {until}",
            ASK,
            _places(rows, "consent.until"),
            f"consent {credit}",
            until,
            _titles(rows),
            rule="consent-ended",
            waived=_reason("consent-ended", rows),
        )


def _until(person: Person) -> date | None:
    return person.consent.until if person.consent else None


def _facts(episode: Episode, now: datetime) -> Iterator[Due]:
    """Yield when the facts of an episode are due for review."""
    facts, when = episode.facts, episode.facts.review_due
    last = f"last checked on {facts.reviewed_on}" if facts.reviewed_on else ""
    if when:
        why = f"{'were' if when < now.date() else 'are'} to be checked by {when}"
        why = f"{why}; {last}" if last else why
    elif facts.reviewed_on or episode.published <= now:
        when = _after(facts.reviewed_on or episode.published.date(), UNDATED)
        last = last or f"not checked since {facts.date:%Y-%m-%d}, when the episode was published"
        why = f"have no review date; {last}"
    else:
        return
    rule = "review-due" if facts.review_due else "review-missing"
    yield Due(
        DueKind.REVIEW,
        _urgency(when, now.date()),
        f"the facts of “{facts.title}”",
        why,
        CHECK,
        (
            SourcePlace(
                f"{episode.folder}/episode.md", "review_due" if facts.review_due else "reviewed_on"
            ),
        ),
        f"review {episode.guid or episode.folder}",
        when,
        rule=rule,
        waived=facts.waive.get(rule, ""),
    )


def _scheduled(episode: Episode, now: datetime) -> Iterator[Due]:
    if episode.published <= now:
        return
    when = episode.facts.date.date()
    yield Due(
        DueKind.COMING,
        _urgency(when, now.date()),
        f"“{episode.facts.title}”",
        f"is scheduled for {episode.facts.date:%Y-%m-%d %H:%M}",
        PUBLISH,
        (SourcePlace(f"{episode.folder}/episode.md", "date"),),
        f"coming {episode.guid or episode.folder}",
        when,
    )
