"""Checks what directories and apps require of a show, and runs every other check.

Every check gets the whole show as it will be published, with scheduled episodes, and yields
findings that name a key; the line of the key is looked up afterwards.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from episodes.chapters import lint
from episodes.findings import Finding
from episodes.model import NO_ADDRESS, newest_first
from episodes.rules import finding
from episodes.text.timecodes import format_seconds
from feed import app_order, show_notes
from feed.checks import corrections, order, placeholders, podcast_namespace, safeguarding
from feed.checks.context import path as path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from episodes.model import Episode
    from feed.checks.context import Situation

UNSAID = "Write who speaks here"  # until somebody replaces it
LONG = 20 * 60  # seconds; people hear a longer episode in two parts
MINUTE = timedelta(minutes=1)
FAR = timedelta(days=365)  # a date further ahead is more often a mistake than a plan
_MARKUP = re.compile(r"</?(?:p|br|b|i|a|em|strong|ul|ol|li|div|span|h\d)\b[^<>]*>|\*\*|\]\(")


class EpisodeFindings(NamedTuple):
    """What the rules that look at one episode at a time find in an episode.

    They find the same from `since` to `until` if its recording still lasts so many seconds.
    """

    seconds: float | None
    since: date
    until: date
    rows: tuple[tuple[int, Finding], ...]  # the number of the rule in RULES, and a finding

    def hold(self, seconds: float | None, today: date) -> bool:
        """Return whether the rules would find the same today."""
        return self.seconds == seconds and self.since <= today <= self.until


def check(situation: Situation, each: Mapping[str, EpisodeFindings] | None = None) -> list[Finding]:
    """Return the findings of every rule, in the order of the rules.

    `each` is what `check_each` returned for the same situation.
    """
    each = check_each(situation, {}) if each is None else each
    only_show = situation.of(situation.show.model_copy(update={"episodes": ()}))
    rows = [
        (number, finding)
        for number, rule in enumerate(RULES)
        for finding in rule(only_show if rule in OF_ONE else situation)
    ]
    rows += [row for episode in situation.show.episodes for row in each[episode.folder].rows]
    return [finding for _, finding in sorted(rows, key=lambda row: row[0])]


def check_each(
    situation: Situation, known: Mapping[str, EpisodeFindings]
) -> dict[str, EpisodeFindings]:
    """Return what is found in each episode, by folder; `known` has it of unchanged ones."""
    today, each = situation.now.date(), dict[str, EpisodeFindings]()
    for episode in situation.show.episodes:
        findings = known.get(episode.folder)
        if not findings or not findings.hold(situation.seconds.get(episode.slug), today):
            findings = _check_episode(situation, episode)
        each[episode.folder] = findings
    return each


def _check_episode(situation: Situation, episode: Episode) -> EpisodeFindings:
    """Return what the rules that look at one episode at a time find in an episode."""
    alone = situation.show.model_copy(update={"episodes": (episode,), "withdrawn": ()})
    only = situation.of(alone)
    rows = tuple(
        (number, finding)
        for number, rule in enumerate(RULES)
        if rule in OF_ONE
        for finding in rule(only)
        if finding.path != "show.md"  # found once, for the whole show
    )
    today = situation.now.date()
    until = min(only.flips, default=date.max)
    return EpisodeFindings(situation.seconds.get(episode.slug), today, until, rows)


def identity(situation: Situation) -> Iterator[Finding]:
    """Check that guids exist and are unique (Apple: a changed guid is a new episode)."""
    if not situation.show.facts.guid and situation.show.address != NO_ADDRESS:
        yield finding("show-guid", "show.md", "guid", "is missing")
    every = newest_first((*situation.show.episodes, *situation.show.withdrawn))
    for episode in every:
        if not episode.facts.guid:
            yield finding("guid-missing", path_of(episode), "guid", "is missing")
        elif len(episode.facts.guid.split()) > 1:
            yield finding("guid-spaces", path_of(episode), "guid", "has spaces in it")
    message = "is also the guid of {}"
    yield from _twice(every, lambda each: each.guid or None, "guid", message)
    message = "is also the name in the web address of {}"
    yield from _twice(every, lambda each: each.slug, "slug", message)
    message = "is also the recording of {}"
    yield from _twice(situation.show.episodes, _sound, "audio", message)


def _sound(episode: Episode) -> str | None:
    """Return which recording it is: a file, or the URL of one hosted elsewhere."""
    link = episode.facts.audio_at
    return episode.recording or (link.url if link else None)


def _twice(
    episodes: tuple[Episode, ...],
    key: Callable[[Episode], Hashable | None],
    name: str,
    message: str,
) -> Iterator[Finding]:
    first: dict[Hashable, Episode] = {}
    for episode in reversed(episodes):  # the older episode keeps what it has
        value = key(episode)
        if value is None:
            continue
        if value in first:
            fix = f"write another, like `slug: {episode.slug}-2`" if name == "slug" else ""
            if name == "guid" and episode.facts.title == first[value].facts.title:
                fix = "if this folder is a copy, delete it; if it will be another episode, remove "
                fix += "this line and run `earmark check --fix`"
            text = message.format(first[value].folder)
            yield finding(f"{name}-twice", path_of(episode), name, text, fix=fix)
        first.setdefault(value, episode)


def address(situation: Situation) -> Iterator[Finding]:
    """Check that the show has a URL: a feed needs absolute URLs (PSP-1)."""
    if not situation.show.facts.address:
        yield finding("show-address", "show.md", "address", "is missing")


def dates(situation: Situation) -> Iterator[Finding]:
    """Check that dates are a minute apart and titles of one day differ (AntennaPod)."""
    for older, episode in pairwise(reversed(situation.show.episodes)):
        if episode.published - older.published < MINUTE:
            same = f"is in the same minute as {older.folder}"
            yield finding("date-twice", path_of(episode), "date", same)
    message = "is also the title of {} on the same day"
    yield from _twice(situation.show.episodes, app_order.title_and_day, "title", message)


def length(situation: Situation) -> Iterator[Finding]:
    """Check the length: an episode over 20 minutes is seldom heard in one break."""
    for episode in situation.show.episodes:
        seconds = situation.seconds.get(episode.slug)
        yield from lint.lint(episode.facts.chapters, episode.chapters_origin, seconds)
        if seconds is not None and seconds > LONG:
            message = f"is {format_seconds(seconds)} long"
            yield finding("audio-long", path_of(episode), "audio", message)


def words(situation: Situation) -> Iterator[Finding]:
    """Check that titles have no number or show name, and the length of descriptions (Apple)."""
    facts = situation.show.facts
    if len(facts.summary.encode()) > show_notes.DESCRIPTION_BYTES:
        message = f"is over {show_notes.DESCRIPTION_BYTES:,} bytes"
        yield finding("show-summary", "show.md", "summary", message)
    for episode in situation.show.episodes:
        path, title = path_of(episode), episode.facts.title
        if episode.facts.summary.rstrip(".") == title.rstrip("."):
            yield finding("summary-title", path, "summary", "repeats the title")
        if marks := _MARKUP.search(episode.facts.summary):
            yield finding("summary-markup", path, "summary", f'has "{marks[0]}" in it')
        if re.match(
            r"(?i)((episode|ep\.?|part|session|#)\s*)?\d+(\s*[:.–—](?!\d)|\s*-\s|\s+-)", title
        ):
            yield finding("title-number", path, "title", "begins with a number")
        if len(facts.title) > 3 and facts.title.casefold() in title.casefold():
            yield finding("title-show", path, "title", "repeats the show's name")
        if (
            len(show_notes.describe(situation.show, episode).encode())
            > show_notes.DESCRIPTION_BYTES
        ):
            message = "with the content note and sources of support is over "
            message = f"{message}{show_notes.DESCRIPTION_BYTES:,} bytes"
            yield finding("summary-long", path, "summary", message)


def complete(situation: Situation) -> Iterator[Finding]:
    """Check what directories and listeners would miss first (PSP-1)."""
    facts = situation.show.facts
    if facts.author == UNSAID:
        yield finding("show-author", "show.md", "author", "is not filled in yet")
    if facts.summary.rstrip(".") == facts.title.rstrip("."):
        yield finding("summary-title", "show.md", "summary", "repeats the title")
    if not facts.feedback:
        yield finding("show-feedback", "show.md", "feedback", "is missing")
    if not facts.owner and not facts.unlisted:
        yield finding("show-owner", "show.md", "owner", "is missing")


def coming(situation: Situation) -> Iterator[Finding]:
    """Report scheduled episodes, which are left out until then (AntennaPod drops such dates)."""
    for episode in situation.show.episodes:
        if episode.published > situation.now:
            far = episode.published - situation.now > FAR
            when = f"is in the future, on {episode.facts.date:%Y-%m-%d}"
            yield finding("date-far" if far else "date-coming", path_of(episode), "date", when)


RULES = (
    *(identity, address, dates, coming, length, words, complete),
    *order.RULES,
    *safeguarding.RULES,
    *placeholders.RULES,
    *podcast_namespace.RULES,
    *corrections.RULES,
)
# Those that look at one episode at a time, beside the show's facts: nothing else of the show
# changes what they find, and they ask for today with `Situation.is_over` only.
OF_ONE = frozenset({
    *(length, words),
    *safeguarding.OF_ONE,
    *placeholders.OF_ONE,
    *podcast_namespace.OF_ONE,
    *corrections.OF_ONE,
})  # fmt: skip
