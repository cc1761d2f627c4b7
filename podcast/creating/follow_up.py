"""Creates follow-ups: short episodes that go back to another, some weeks after it.

The feed itself reminds listeners, so nobody has to be tracked for it.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from episodes.errors import EarmarkError
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.frontmatter.write import write
from episodes.show_folder import read
from episodes.text.quantities import plural
from podcast import atomic_files
from podcast.creating.episode import add_folder
from podcast.creating.publish_dates import first_free_minute
from podcast.show_folder import find_episode, read_source, show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from episodes.model import Episode
    from episodes.show_folder.read import WrittenEpisode
    from podcast.show_folder.read_source import ShowSource

NUMBERS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve",
)  # fmt: skip
LONGEST = 255  # characters in a title
PROMPTS = (
    "What happened when you tried?",
    "What would you do the same again?",
    "What got in the way, and who could help?",
)
BODY = """
This follows on from {link}. If you have not heard that yet, listen to it first.
"""


def new_follow_up(
    show: Path | None, typed: str, weeks: int, audio: Path, transcript: Path | None
) -> list[str]:
    """Add the folder of a follow-up to the episode that was typed, and return what to print.

    Raises SourceError if the show or the episode cannot be read, EarmarkError if there is no such
    episode, or if the follow-up exists.
    """
    show = show or find_episode.show_of(typed)
    with show_lock.hold(show, "new"):
        source = read_source.read_source(show)
        written = find_episode.find_written(source, typed)
        if written.facts.withdrawn:
            raise EarmarkError(f"{written.folder} was withdrawn, so it cannot have a follow-up")
        return _new_follow_up(source, written, weeks, audio, transcript)


def _new_follow_up(
    source: ShowSource, written: WrittenEpisode, weeks: int, audio: Path, transcript: Path | None
) -> list[str]:
    first, zone = source.complete_episode(written), ZoneInfo(source.facts.timezone)
    due = follow_up_date(first.published.astimezone(zone), weeks, datetime.now(zone))
    due = first_free_minute(due, {each.published for each in source.episodes})
    folder = (
        source.folder / "episodes" / read.slugify(f"{first.slug[:60]}-{weeks_in_words(weeks)}-on")
    )
    title = first.facts.title
    values = {
        "title": f"{weeks_in_words(weeks)} on: {title}"[:LONGEST],
        "guid": str(uuid.uuid4()),
        "date": f"{due:%Y-%m-%d %H:%M}",
        "summary": f"A few minutes to look back on “{title}”: what you tried, and how it went.",
        "audio": audio.name,
        **({"transcript": transcript.name} if transcript else {}),
        **_copied_values(written.facts, source.facts),
        "prompts": PROMPTS,
    }
    text = write(EpisodeFacts, values, {}) + BODY.format(link=_link(first, source.facts.address))
    with add_folder(folder, audio, transcript):
        atomic_files.write(folder / "episode.md", text.encode())
    is_late = due - first.published >= timedelta(weeks=weeks, days=1)
    return [
        f"Made {folder / 'episode.md'}: it appears on {due:%Y-%m-%d} at {due:%H:%M}.",
        *_advice(written.facts, weeks if is_late else 0),
        f"Next: earmark check {atomic_files.typed(source.folder)}",
    ]


def weeks_in_words(weeks: int) -> str:
    """Return a number of weeks for the start of a title: "Two weeks", "13 weeks"."""
    number = NUMBERS[weeks] if weeks < len(NUMBERS) else str(weeks)
    return f"{number} {plural(weeks, 'week')}"


def follow_up_date(first: datetime, weeks: int, now: datetime) -> datetime:
    """Return the date some weeks after `first`, at the same time of day.

    If that has passed, it is the day after `now`. Both are in the show's own time zone.
    """
    due = first.replace(second=0) + timedelta(weeks=weeks)
    if due > now:
        return due
    return datetime.combine(now.date() + timedelta(days=1), due.time(), due.tzinfo)


def _copied_values(first: EpisodeFacts, show: ShowFacts) -> dict[str, Any]:
    """Return the front matter that a follow-up has from its first episode.

    Not the passages to skip, consents, pay and stages: they are about the other recording.
    """
    keys = {"season", "language", "explicit", "support", "contributors"}
    values = first.model_dump(mode="json", exclude_none=True, include=keys)
    if "contributors" in values:
        kept = {"credit", "role", "brings", "link"}
        people = first.contributors or ()
        values["contributors"] = [
            each.model_dump(mode="json", exclude_none=True, include=kept) for each in people
        ]
    if show.ordered:
        values["type"] = "bonus"  # it has no number of its own in the order
    if first.content_note:
        values["content_note"] = first.content_note.text
    return values


def _link(first: Episode, address: str | None) -> str:
    """Return a Markdown link to the episode's page; only its title if the show has no address."""
    title = re.sub(r"([\\`*_\[\]<>&~])", r"\\\1", first.facts.title)
    return f"[{title}]({address}{first.page})" if address else f"“{title}”"


def _advice(first: EpisodeFacts, weeks_ago: int) -> Iterator[str]:
    """Yield what the lead has to do; `weeks_ago` is 0 if the weeks have not passed yet."""
    yield "Open it and change anything that does not fit."
    if weeks_ago:
        has = "has" if weeks_ago == 1 else "have"
        weeks = weeks_in_words(weeks_ago)
        yield f"{weeks} {has} passed already; check that its title is still right."
    if first.content_note and first.content_note.needed:
        yield "Its content note is a copy of the first episode's; change it to fit this one."
    if first.contributors:
        yield "Ask the people it names if they agree to this one too, and note their consent."
