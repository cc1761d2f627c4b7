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
from episodes.model import NO_ADDRESS
from episodes.rulebook import found
from episodes.values import format_seconds
from feed import notes, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from episodes.findings import Finding
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


def identity(situation: Situation) -> Iterator[Finding]:
    """GUIDs are there and never shared (RSS 2.0; Apple: a changed GUID is a new episode)."""
    if not situation.show.facts.guid and situation.show.address != NO_ADDRESS:
        yield found("show-guid", "show.md", "guid", "is missing")
    for episode in situation.show.episodes:
        if not episode.facts.guid:
            yield found("guid-missing", _path(episode), "guid", "is missing")
    message = "is also the guid of {}"
    yield from _twice(situation, lambda each: each.guid or None, "guid", message)
    message = "is also the name in addresses of {}"
    yield from _twice(situation, lambda each: each.slug, "slug", message)
    message = "is also the recording of {}"
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
            fix = f"write another, like `slug: {episode.slug}-2`" if name == "slug" else ""
            text = message.format(first[value].folder)
            yield found(f"{name}-twice", _path(episode), name, text, fix=fix)
        first.setdefault(value, episode)


def address(situation: Situation) -> Iterator[Finding]:
    """A feed needs absolute addresses (PSP-1)."""
    if not situation.show.facts.address:
        yield found("show-address", "show.md", "address", "is missing")


def dates(situation: Situation) -> Iterator[Finding]:
    """Dates are distinct, and no two episodes of one day share a title (AntennaPod joins them)."""
    message = "is the same minute as {}"
    yield from _twice(situation, lambda each: each.published, "date", message)
    message = "is also the title of {} on the same day"
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
            yield found("number-missing", _path(episode), "number", "is missing")
    for episodes in by_season.values():
        highest: Episode | None = None
        for episode in episodes:
            if highest and (episode.facts.number or 0) <= (highest.facts.number or 0):
                message = f"does not follow the date: {highest.folder} is older and has "
                message = f"{message}{highest.facts.number}"
                yield found("number-order", _path(episode), "number", message)
            else:
                highest = episode


def length(situation: Situation) -> Iterator[Finding]:
    """Short-form: what is over twenty minutes is seldom heard to the end in one break."""
    for episode in situation.show.episodes:
        seconds = situation.seconds.get(episode.slug)
        yield from chapters.lint(episode.facts.chapters, _path(episode), seconds)
        if seconds is not None and seconds > LONG:
            message = f"is {format_seconds(seconds)} long"
            yield found("audio-long", _path(episode), "audio", message)


def words(situation: Situation) -> Iterator[Finding]:
    """Titles carry no number and no show name (Apple); descriptions hold 4000 bytes at most."""
    facts = situation.show.facts
    if len(facts.summary.encode()) > notes.DESCRIPTION_BYTES:
        message = f"is over {notes.DESCRIPTION_BYTES} bytes"
        yield found("show-summary", "show.md", "summary", message)
    for episode in situation.show.episodes:
        path, title = _path(episode), episode.facts.title
        if episode.facts.summary.rstrip(".") == title.rstrip("."):
            yield found("summary-title", path, "summary", "repeats the title")
        if re.match(r"(?i)((episode|ep\.?|part|session|#)\s*)?\d+\s*[:.–—-]", title):
            yield found("title-number", path, "title", "begins with a number")
        if len(facts.title) > 3 and facts.title.casefold() in title.casefold():
            yield found("title-show", path, "title", "repeats the show's name")
        if len(notes.describe(situation.show, episode).encode()) > notes.DESCRIPTION_BYTES:
            message = f"with content note and support is over {notes.DESCRIPTION_BYTES} bytes"
            yield found("summary-long", path, "summary", message)


def care(situation: Situation) -> Iterator[Finding]:
    """A frightened listener knows what comes and where to turn, and the numbers are right."""
    for episode in situation.show.episodes:
        facts, path = episode.facts, _path(episode)
        if facts.content_note is None:
            yield found("note-missing", path, "content_note", "is missing")
        else:
            yield from _skips(episode, situation.seconds.get(episode.slug))
        if not episode.support:
            yield found("support-missing", path, "support", "names nobody to turn to")
        if not episode.transcript_source:
            yield found("transcript-missing", path, "transcript", "is missing")
        if not facts.prompts:
            yield found("prompts-missing", path, "prompts", "are missing")
        if facts.review_due and facts.review_due < situation.now.date():
            yield found("review-due", path, "review_due", f"was {facts.review_due}")
        own = episode.support != situation.show.facts.support
        yield from _stale(episode.support if own else (), path, situation.now)
    yield from _stale(situation.show.facts.support, "show.md", situation.now)


def _skips(episode: Episode, seconds: float | None) -> Iterator[Finding]:
    note = episode.facts.content_note
    for number, skip in enumerate(note.skip if note else (), 1):
        key = f"content_note.skip[{number}].end"
        if skip.end <= skip.start:
            yield found("skip-order", _path(episode), key, "is not after its start")
        elif seconds is not None and skip.end > seconds + 1:
            message = f"is beyond the end ({format_seconds(seconds)})"
            yield found("skip-beyond", _path(episode), key, message)


def _stale(sources: tuple[object, ...], path: str, now: datetime) -> Iterator[Finding]:
    for number, source in enumerate(sources, 1):
        checked = getattr(source, "checked_on", None)
        key = f"support[{number}].checked_on"
        if checked is None:
            yield found("support-unchecked", path, key, "is missing")
        elif now.date() - checked > STALE:
            yield found("support-old", path, key, "is over a year ago")
        elif checked > now.date():
            yield found("support-future", path, key, "is a day to come")


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
            message = f"and references rest on {kinds.pop()} alone"
            yield found("knowledge-alone", _path(episode), "contributors", message)


def _consents(persons: tuple[object, ...], path: str, now: datetime) -> Iterator[Finding]:
    for number, person in enumerate(persons, 1):
        consent = getattr(person, "consent", None)
        key = f"contributors[{number}].consent"
        if consent is None:
            yield found("consent-missing", path, key, "is missing")
        elif consent.until and consent.until < now.date():
            yield found("consent-ended", path, key, f"ended on {consent.until}")


def complete(situation: Situation) -> Iterator[Finding]:
    """What directories and listeners miss first (PSP-1, and "the work lives from answers")."""
    facts = situation.show.facts
    if not facts.feedback:
        yield found("show-feedback", "show.md", "feedback", "is missing")
    if not facts.owner and not facts.unlisted:
        yield found("show-owner", "show.md", "owner", "is missing")


def unlisted(situation: Situation) -> Iterator[Finding]:
    """The address is all that an unlisted show has: nobody guesses it, and it tells no subject."""
    facts = situation.show.facts
    if not facts.unlisted:
        return
    where = urlsplit(situation.show.address)
    longest = max(sum(map(str.isalnum, part)) for part in where.path.split("/"))
    if longest < SECRET and situation.show.address != NO_ADDRESS:
        message = f"can be guessed: no part of its path has {SECRET} letters and digits"
        yield found("unlisted-guess", "show.md", "address", message)
    to = facts.publish.to if facts.publish else ""
    places = {"address": where.netloc + where.path, "publish.to": to if "://" in to else ""}
    for key, place in places.items():
        if told := " and ".join(f'"{word}"' for word in subject.told(facts, place)):
            message = f"says {told}, of title or categories, to whoever sees it"
            yield found("unlisted-subject", "show.md", key, message)


RULES = (identity, address, dates, order, length, words, care, people, complete, unlisted)
