"""The rules: what directories, apps and our own care ask of a show, each with its source.

Every rule takes the whole show as it will be told, episodes to come included, and yields findings
that name a key; where the key stands is looked up afterwards.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from episodes import chapters
from episodes.findings import Finding, Level
from episodes.model import NO_ADDRESS
from episodes.values import format_seconds
from feed import notes, promises, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from episodes.model import Episode, Show

LONG = 20 * 60  # seconds after which training is heard in two parts
STALE = timedelta(days=365)
SECRET = 20  # letters and digits below which a path may be found by trying


class Situation(NamedTuple):
    """What the rules look at: `seconds` is each recording's length by slug, where it is known."""

    show: Show
    seconds: dict[str, float]
    now: datetime


def check(situation: Situation) -> list[Finding]:
    """Return what every rule finds, in the order of the episodes."""
    return [finding for rule in RULES for finding in rule(situation)]


def _path(episode: Episode) -> str:
    return f"{episode.folder}/episode.md"


def _error(episode: Episode, key: str, message: str) -> Finding:
    return Finding(_path(episode), key, message)


def _warning(episode: Episode, key: str, message: str) -> Finding:
    return Finding(_path(episode), key, message, Level.WARNING)


_FIX = "run `earmark check --fix`, which writes one"


def identity(situation: Situation) -> Iterator[Finding]:
    """GUIDs are there and never shared (RSS 2.0; Apple: a changed GUID is a new episode)."""
    if not situation.show.facts.guid and situation.show.address != NO_ADDRESS:
        yield Finding("show.md", "guid", f"is missing; {_FIX}")
    for episode in situation.show.episodes:
        if not episode.facts.guid:
            yield _error(episode, "guid", f"is missing; {_FIX}")
    message = "is also the guid of {}; remove this line and run `earmark check --fix`"
    yield from _twice(situation, lambda each: each.guid or None, "guid", message)
    message = "is also the name in addresses of {}; write another, like `slug: {}`"
    yield from _twice(situation, lambda each: each.slug, "slug", message)
    message = "is also the recording of {}; every episode needs its own"
    yield from _twice(situation, lambda each: each.recording, "audio", message)


def _twice(
    situation: Situation, key: Callable[[Episode], Hashable | None], name: str, message: str
) -> Iterator[Finding]:
    first: dict[Hashable, Episode] = {}
    for episode in reversed(situation.show.episodes):  # the older episode keeps what it has
        value = key(episode)
        if value is None:
            continue
        if value in first:
            text = message.format(first[value].folder, f"{episode.slug}-2")
            yield _error(episode, name, text)
        first.setdefault(value, episode)


def address(situation: Situation) -> Iterator[Finding]:
    """A feed needs absolute addresses (PSP-1)."""
    if not situation.show.facts.address:
        message = "is missing; write where the show will live, like https://example.org/talks/"
        yield Finding("show.md", "address", message)


def dates(situation: Situation) -> Iterator[Finding]:
    """Dates are distinct, and no two episodes of one day share a title (AntennaPod joins them)."""
    message = "is the same minute as {}; put a minute or more between them, apps sort by date"
    yield from _twice(situation, lambda each: each.published, "date", message)
    message = "is also the title of {} on the same day; AntennaPod would show one of them"
    yield from _twice(situation, _title_and_day, "title", message)


def _title_and_day(episode: Episode) -> Hashable:
    return (re.sub(r"\W+", "", episode.facts.title).casefold(), episode.published.date())


def order(situation: Situation) -> Iterator[Finding]:
    """A serial show needs numbers (Apple), and course order is date order."""
    facts = situation.show.facts
    by_season: dict[int | None, list[Episode]] = defaultdict(list)
    for episode in reversed(situation.show.episodes):
        full = episode.facts.type == "full"
        if full and episode.facts.number:
            by_season[episode.facts.season].append(episode)
        elif full and facts.type == "serial":
            yield _error(episode, "number", "is missing; a serial show needs `number: 1` and so on")
    for episodes in by_season.values():
        highest: Episode | None = None
        for episode in episodes:
            if highest and (episode.facts.number or 0) <= (highest.facts.number or 0):
                message = f"does not follow the date: {highest.folder} is older and has "
                yield _warning(episode, "number", f"{message}{highest.facts.number}")
            else:
                highest = episode


def length(situation: Situation) -> Iterator[Finding]:
    """Short-form: what is over twenty minutes is seldom heard to the end in one break."""
    for episode in situation.show.episodes:
        seconds = situation.seconds.get(episode.slug)
        yield from chapters.lint(episode.facts.chapters, episode.tracks, seconds)
        if seconds is not None and seconds > LONG:
            message = f"is {format_seconds(seconds)} long; could it be two episodes?"
            yield _warning(episode, "audio", message)


def words(situation: Situation) -> Iterator[Finding]:
    """Titles carry no number and no show name (Apple); descriptions hold 4000 bytes at most."""
    facts = situation.show.facts
    if len(facts.summary.encode()) > notes.DESCRIPTION_BYTES:
        message = f"is over {notes.DESCRIPTION_BYTES} bytes; two sentences are enough"
        yield Finding("show.md", "summary", message)
    for episode in situation.show.episodes:
        title = episode.facts.title
        if episode.facts.summary.rstrip(".") == title.rstrip("."):
            yield _warning(episode, "summary", "repeats the title; say in a sentence what it gives")
        if re.match(r"(?i)((episode|ep\.?|part|session|#)\s*)?\d+\s*[:.–—-]", title):
            yield _warning(episode, "title", "begins with a number; write it as `number:` instead")
        if len(facts.title) > 3 and facts.title.casefold() in title.casefold():
            yield _warning(episode, "title", "repeats the show's name; apps show it beside it")
        if len(notes.describe(situation.show, episode).encode()) > notes.DESCRIPTION_BYTES:
            message = f"with content note and support is over {notes.DESCRIPTION_BYTES} bytes"
            yield _error(episode, "summary", message)


def care(situation: Situation) -> Iterator[Finding]:
    """A frightened listener knows what comes and where to turn, and the numbers are right."""
    for episode in situation.show.episodes:
        facts = episode.facts
        if facts.content_note is None:
            message = "is missing; say what a listener may want to know, or write `none`"
            yield _warning(episode, "content_note", message)
        else:
            yield from _skips(episode, situation.seconds.get(episode.slug))
        if not episode.support:
            message = "names nobody to turn to; list at least one here or in show.md"
            yield _error(episode, "support", message)
        if not episode.transcript_source:
            message = "is missing; without one, people who are deaf or at work are left out"
            yield _warning(episode, "transcript", message)
        if not facts.prompts:
            yield _warning(episode, "prompts", "are missing; one question is enough to begin")
        if facts.review_due and facts.review_due < situation.now.date():
            yield _warning(episode, "review_due", f"was {facts.review_due}; check the facts again")
        own = episode.support != situation.show.facts.support
        yield from _stale(episode.support if own else (), _path(episode), situation.now)
    yield from _stale(situation.show.facts.support, "show.md", situation.now)


def _skips(episode: Episode, seconds: float | None) -> Iterator[Finding]:
    note = episode.facts.content_note
    for number, skip in enumerate(note.skip if note else (), 1):
        key = f"content_note.skip[{number}].end"
        if skip.end <= skip.start:
            yield _error(episode, key, "is not after its start; write the later time")
        elif seconds is not None and skip.end > seconds + 1:
            yield _error(episode, key, f"is beyond the end ({format_seconds(seconds)})")


def _stale(sources: tuple[object, ...], path: str, now: datetime) -> Iterator[Finding]:
    for number, source in enumerate(sources, 1):
        checked = getattr(source, "checked_on", None)
        key = f"support[{number}].checked_on"
        if checked is None:
            message = "is missing; ring or open it, then write the day"
            yield Finding(path, key, message, Level.WARNING)
        elif now.date() - checked > STALE:
            message = "is over a year ago; try it again and write the day"
            yield Finding(path, key, message, Level.WARNING)
        elif checked > now.date():
            yield Finding(path, key, "is a day to come; write the day somebody tried it")


def people(situation: Situation) -> Iterator[Finding]:
    """Everybody named has agreed, and an episode rests on more than one kind of knowledge."""
    facts = situation.show.facts
    shared = facts.contributors
    yield from _consents(shared, "show.md", situation.now)
    for episode in situation.show.episodes:
        own = episode.people if episode.people != shared else ()
        yield from _consents(own, _path(episode), situation.now)
        kinds: set[str] = {person.brings for person in episode.people if person.brings}
        kinds |= {reference.kind for reference in episode.facts.references}
        kinds = {"research" if kind in {"guidance", "statistics"} else kind for kind in kinds}
        if len(kinds) == 1:
            message = f"and references rest on {kinds.pop()} alone; whose knowledge is missing?"
            yield _warning(episode, "contributors", message)


def _consents(persons: tuple[object, ...], path: str, now: datetime) -> Iterator[Finding]:
    for number, person in enumerate(persons, 1):
        consent = getattr(person, "consent", None)
        key = f"contributors[{number}].consent"
        if consent is None:
            message = "is missing; write what they agreed to and when, with `given_on:`"
            yield Finding(path, key, message, Level.WARNING)
        elif consent.until and consent.until < now.date():
            message = f"ended on {consent.until}; ask again, or take them out"
            yield Finding(path, key, message, Level.WARNING)


def complete(situation: Situation) -> Iterator[Finding]:
    """What directories and listeners miss first (PSP-1, and "the work lives from answers")."""
    facts = situation.show.facts
    if not facts.feedback:
        message = "is missing; without an address to write to, nobody can answer"
        yield Finding("show.md", "feedback", message, Level.WARNING)
    if not facts.owner and not facts.unlisted:
        message = "is missing; directories write to it to prove that the show is yours"
        yield Finding("show.md", "owner", message, Level.WARNING)


def unlisted(situation: Situation) -> Iterator[Finding]:
    """The address is all that an unlisted show has: nobody guesses it, and it tells no subject."""
    facts = situation.show.facts
    if not facts.unlisted:
        return
    where = urlsplit(situation.show.address)
    longest = max(sum(map(str.isalnum, part)) for part in where.path.split("/"))
    if longest < SECRET and situation.show.address != NO_ADDRESS:
        message = f"can be guessed: no part of its path has {SECRET} letters and digits"
        message = f"{message}; add a long random one while nobody has subscribed"
        yield Finding("show.md", "address", message, Level.WARNING)
    to = facts.publish.to if facts.publish else ""
    places = {"address": where.netloc + where.path, "publish.to": to if "://" in to else ""}
    for key, place in places.items():
        if told := " and ".join(f'"{word}"' for word in subject.told(facts, place)):
            message = f"says {told}, of title or categories, to whoever sees it"
            message = f"{message}; choose another while nobody has subscribed"
            yield Finding("show.md", key, message, Level.WARNING)


RULES = (
    *(identity, address, dates, order, length, words, care, people, complete, unlisted),
    *promises.RULES,
)
