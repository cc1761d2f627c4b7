"""Checks the safeguarding rules: content notes, support, consent, knowledge and discretion."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from episodes import review
from episodes.model import NO_ADDRESS
from episodes.rules import finding
from episodes.text.timecodes import format_seconds
from feed.checks import address_privacy
from feed.checks.context import path as path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from episodes.model import Episode
    from feed.checks.context import Situation

STALE = review.YEAR
DAY = timedelta(days=1)
EAST = timedelta(hours=14)  # the clocks furthest ahead: today may have begun there already
SECRET = 20  # letters and digits; a shorter path could be found by trying


def care(situation: Situation) -> Iterator[Finding]:
    """Check that listeners know what is coming and where to get support, with right numbers."""
    for episode in situation.show.episodes:
        facts, path = episode.facts, path_of(episode)
        if facts.content_note is None:
            yield finding("note-missing", path, "content_note", "is missing")
        else:
            yield from _skips(episode, situation.seconds.get(episode.slug))
        if not episode.support:
            yield finding("support-missing", path, "support", "names no source of support")
        if not episode.transcript_source:
            yield finding("transcript-missing", path, "transcript", "is missing")
        if not facts.prompts:
            yield finding("prompts-missing", path, "prompts", "are missing")
        if facts.review_due and situation.is_over(facts.review_due):
            yield finding("review-due", path, "review_due", f"was {facts.review_due}")
        own = episode.support != situation.show.facts.support
        yield from _stale(episode.support if own else (), path, situation)
    yield from _stale(situation.show.facts.support, "show.md", situation)


def withdrawn(situation: Situation) -> Iterator[Finding]:
    """Check the sources of support of withdrawn episodes; little else of them matters."""
    for episode in situation.show.withdrawn:
        path, taken = path_of(episode), episode.facts.withdrawn
        if not episode.support:
            yield finding("support-missing", path, "support", "names no source of support")
        own = episode.support != situation.show.facts.support
        yield from _stale(episode.support if own else (), path, situation)
        if taken and taken.on > (situation.now + EAST).date():
            yield finding("withdrawn-future", path, "withdrawn.on", "is in the future")


def _skips(episode: Episode, seconds: float | None) -> Iterator[Finding]:
    note = episode.facts.content_note
    for number, skip in enumerate(note.skip if note else (), 1):
        key = f"content_note.skip[{number}].end"
        if skip.end <= skip.start:
            yield finding("skip-order", path_of(episode), key, "is not later than its start")
        elif seconds is not None and skip.end > seconds + 1:
            message = f"is after the end of the recording ({format_seconds(seconds)})"
            yield finding("skip-beyond", path_of(episode), key, message)


def _stale(sources: tuple[object, ...], path: str, situation: Situation) -> Iterator[Finding]:
    for number, source in enumerate(sources, 1):
        checked = getattr(source, "checked_on", None)
        key = f"support[{number}].checked_on"
        if checked is None:
            yield finding("support-unchecked", path, key, "is missing")
        elif situation.is_over(checked, STALE):
            yield finding("support-old", path, key, "is more than a year ago")
        elif not situation.is_over(checked, -DAY):
            yield finding("support-future", path, key, "is in the future")


def elsewhere(situation: Situation) -> Iterator[Finding]:
    """Check that no other site hosts a recording: it sees who listens, and can remove it."""
    for episode in situation.show.episodes:
        link = episode.facts.audio_at
        if link and not episode.recording:
            host = urlsplit(link.url).netloc.rpartition("@")[2]
            yield finding("audio-elsewhere", path_of(episode), "audio_at", f"is on {host}")


def people(situation: Situation) -> Iterator[Finding]:
    """Check that everyone named has agreed, and that knowledge of several kinds is used."""
    facts = situation.show.facts
    shared = facts.contributors
    yield from _consents(shared, "show.md", situation)
    for episode in situation.show.episodes:
        own = episode.people if episode.people != shared else ()
        yield from _consents(own, path_of(episode), situation)
        kinds: set[str] = {person.brings for person in episode.people if person.brings}
        kinds |= {reference.kind for reference in episode.facts.references}
        kinds = {"research" if kind in {"guidance", "statistics"} else kind for kind in kinds}
        if len(kinds) == 1:
            message = f"and references draw on {kinds.pop()} alone"
            yield finding("knowledge-alone", path_of(episode), "contributors", message)


def _consents(persons: tuple[object, ...], path: str, situation: Situation) -> Iterator[Finding]:
    for number, person in enumerate(persons, 1):
        consent = getattr(person, "consent", None)
        key = f"contributors[{number}].consent"
        if consent is None:
            yield finding("consent-missing", path, key, "is missing")
        elif consent.until and situation.is_over(consent.until):
            yield finding("consent-ended", path, key, f"ended on {consent.until}")


def knowledge(situation: Situation) -> Iterator[Finding]:
    """Check that an episode says who made it, its sources, and when somebody checked them."""
    for episode in situation.show.episodes:
        facts, path = episode.facts, path_of(episode)
        if not episode.people:
            yield finding("contributors-missing", path, "contributors", "are missing")
        if not facts.references:
            yield finding("references-missing", path, "references", "are missing")
        if not facts.reviewed_on:
            yield finding("review-missing", path, "reviewed_on", "is missing")
        if episode.picture_source and not facts.picture_alt:
            yield finding("picture-words", path, "picture_alt", "is missing")
        yield from _references(episode)


def _references(episode: Episode) -> Iterator[Finding]:
    for number, reference in enumerate(episode.facts.references, 1):
        for name in ("year", "limits"):
            if not getattr(reference, name):
                key = f"references[{number}].{name}"
                yield finding(f"reference-{name}", path_of(episode), key, "is missing")


def discreet(situation: Situation) -> Iterator[Finding]:
    """Check that neither the title nor the host reveals a hard subject to other people."""
    facts = situation.show.facts
    if word := address_privacy.hard(facts.title):
        yield finding("subject-title", "show.md", "title", f'says "{word}"')
    if facts.unlisted:
        return  # `unlisted` looks closer
    to = facts.publish.to if facts.publish else ""
    addresses = {"address": situation.show.address, "publish.to": to if "://" in to else ""}
    for key, address in addresses.items():
        if word := address_privacy.hard(urlsplit(address).netloc):
            yield finding("subject-host", "show.md", key, f'says "{word}" to anyone who sees it')


def unlisted(situation: Situation) -> Iterator[Finding]:
    """Check that nobody can guess the URL of an unlisted show, and that it reveals nothing."""
    facts = situation.show.facts
    if not facts.unlisted:
        return
    where = urlsplit(situation.show.address)
    longest = max(sum(map(str.isalnum, part)) for part in where.path.split("/"))
    if longest < SECRET and situation.show.address != NO_ADDRESS:
        message = f"can be guessed: no part of its path has {SECRET} letters and digits"
        yield finding("unlisted-guess", "show.md", "address", message)
    to = facts.publish.to if facts.publish else ""
    addresses = {"address": where.netloc + where.path, "publish.to": to if "://" in to else ""}
    for key, address in addresses.items():
        if words := " and ".join(
            f'"{word}"' for word in address_privacy.find_revealing_words(facts, address)
        ):
            message = f"says {words}, from the title or categories, to anyone who sees it"
            yield finding("unlisted-subject", "show.md", key, message)


RULES = (care, withdrawn, elsewhere, people, knowledge, discreet, unlisted)
OF_ONE = frozenset({care, elsewhere, people, knowledge})
