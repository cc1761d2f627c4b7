"""Creates follow-ups: short episodes that go back to another, some weeks after it.

So listeners are reminded by the feed itself, and nobody has to be tracked for it.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from episodes.errors import EarmarkError, SourceError
from episodes.findings import Finding
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.frontmatter.value_types import Facts
from episodes.frontmatter.write import quoted
from episodes.show_folder import read, scan
from episodes.show_folder.real_paths import real_path
from episodes.text.quantities import plural
from podcast import atomic_files
from podcast.building import read as reading
from podcast.creating import show as starting
from podcast.show_folder import episode_names, show_lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.model import Episode

NUMBERS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve",
)  # fmt: skip
LONGEST = 255  # signs in a title
TEXT = """\
---
title: {title}
guid: {guid}
date: {date}
summary: {summary}
audio: {audio}
{taken}prompts:
  - What happened when you tried?
  - What would you do the same again?
  - What got in the way, and who could help?
---

This follows on from {link}. If you have not heard that yet, listen to it first.
"""


def new_follow_up(
    show: Path | None, wanted: str, weeks: int, audio: Path, transcript: Path | None
) -> list[str]:
    """Add the folder of a follow-up to the episode that is wanted, and say what is left to do.

    Raises SourceError where the show or the episode cannot be read, EarmarkError where there is no
    such episode or the follow-up is there already.
    """
    show = show or show_of(wanted)
    with show_lock.hold(show, "new"):
        return _new_follow_up(show, wanted, weeks, audio, transcript)


def _new_follow_up(
    show: Path, wanted: str, weeks: int, audio: Path, transcript: Path | None
) -> list[str]:
    tree = scan.scan(show)
    facts = starting.read_facts(show)
    known = starting.read_episodes(show, tree, facts)
    written, own = _read(show, find(show, wanted, [name for name in tree if name], known))
    first = reading.episode(written, facts)
    zone = ZoneInfo(facts.timezone)
    due = moment(first.published.astimezone(zone), weeks, datetime.now(zone))
    due = starting.free_minute(due, {each.published for each in known})
    folder = show / "episodes" / read.slugify(f"{first.slug[:60]}-{in_words(weeks)}-on")
    title = first.facts.title
    summary = f"A few minutes to look back on “{title}”: what you tried, and how it went."
    text = TEXT.format(
        title=quoted(f"{in_words(weeks)} on: {title}"[:LONGEST]),
        guid=uuid.uuid4(),
        date=f"{due:%Y-%m-%d %H:%M}",
        summary=quoted(summary),
        audio=quoted(audio.name),
        taken="".join(f"{line}\n" for line in _taken(own, facts, transcript)),
        link=_link(first, facts.address),
    )
    with starting.new_folder(folder, audio, transcript):
        atomic_files.write(folder / "episode.md", text.encode())
    late = due - first.published >= timedelta(weeks=weeks, days=1)
    made = f"Made {folder / 'episode.md'}: it appears on {due:%Y-%m-%d} at {due:%H:%M}."
    return [
        made,
        *_asked(own, weeks if late else 0),
        f"Next: earmark check {atomic_files.typed(show)}",
    ]


def in_words(weeks: int) -> str:
    """Return a number of weeks as a title begins with it: "Two weeks", "13 weeks"."""
    number = NUMBERS[weeks] if weeks < len(NUMBERS) else str(weeks)
    return f"{number} {plural(weeks, 'week')}"


def moment(first: datetime, weeks: int, now: datetime) -> datetime:
    """Return when a follow-up appears: weeks after `first`, at the same time of day there.

    Where that is over, on the day after `now`. Both are in the show's own time zone.
    """
    due = first.replace(second=0) + timedelta(weeks=weeks)
    if due > now:
        return due
    return datetime.combine(now.date() + timedelta(days=1), due.time(), due.tzinfo)


def _folder(wanted: str) -> Path:
    """Return the folder that EPISODE is a path to, if it is one."""
    path = real_path(Path(wanted))
    return path.parent if path.name == "episode.md" else path


def show_of(wanted: str) -> Path:
    """Return the show in which the path to an episode lies, else the folder one is in."""
    folder = _folder(wanted)
    return folder.parent.parent if (folder / "episode.md").is_file() else Path()


def locate(show: Path | None, wanted: str) -> tuple[Path, str, read.WrittenEpisode]:
    """Return (show, language, what was written) of the episode that is wanted.

    Raises SourceError where the show or the episode cannot be read, EarmarkError where there is no
    such episode.
    """
    show = show or show_of(wanted)
    tree = scan.scan(show)
    facts = starting.read_facts(show)
    known = starting.read_episodes(show, tree, facts)
    written, own = _read(show, find(show, wanted, [name for name in tree if name], known))
    return show, own.language or facts.language, written


def find(show: Path, wanted: str, names: list[str], known: Iterable[Episode]) -> str:
    """Return the folder of the episode that is wanted.

    Raises EarmarkError where none fits, or more than one.
    """
    path, root, every = _folder(wanted), real_path(show), tuple(known)
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
    plain = Path(wanted).as_posix()
    folders = [inside] if inside in names else episode_names.matches(plain, names, every)
    if not folders:
        raise EarmarkError(episode_names.unknown(wanted, names))
    if len(folders) > 1:
        raise EarmarkError(episode_names.several(wanted, folders, every))
    return folders[0]


def _read(show: Path, folder: str) -> tuple[read.WrittenEpisode, EpisodeFacts]:
    """Return what was written of an episode, and its head. Raises SourceError."""
    findings: list[Finding] = []
    written = read.read_episode(show, folder, findings)
    if written is None:
        raise SourceError(*findings)
    if written.facts.withdrawn:
        raise EarmarkError(f"{folder} was withdrawn, so it cannot have a follow-up")
    return written, written.facts


def _taken(facts: EpisodeFacts, show: ShowFacts, transcript: Path | None) -> Iterator[str]:
    """Yield the lines of front matter that a follow-up has of its first episode."""
    if transcript:
        yield f"transcript: {quoted(transcript.name)}"
    if facts.season:
        yield f"season: {facts.season}"
    if show.ordered:
        yield "type: bonus"  # it has no number of its own in the order
    for key in ("language", "explicit"):
        if (value := getattr(facts, key)) is not None:
            yield f"{key}: {_flow(value)}"
    if facts.content_note:  # without its passages to skip: they are of the other recording
        yield f"content_note: {_flow(facts.content_note.text)}"
    yield from _listed("support", facts.support)
    # Without consent, pay and stage: those are about the other recording too.
    yield from _listed("contributors", facts.contributors, "credit", "role", "brings", "link")


def _flow(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(key: str, items: tuple[Facts, ...] | None, *only: str) -> Iterator[str]:
    if items is None:
        return
    yield f"{key}:" if items else f"{key}: []"
    for item in items:
        values = item.model_dump(mode="json", exclude_none=True, include=set(only) or None)
        lines = [f"{name}: {_flow(value)}" for name, value in values.items()]
        yield "  - " + "\n    ".join(lines)


def _link(first: Episode, address: str | None) -> str:
    """Return a link to its page in Markdown; only its title where the show has no address."""
    title = re.sub(r"([\\`*_\[\]<>&~])", r"\\\1", first.facts.title)
    return f"[{title}]({address}{first.page})" if address else f"“{title}”"


def _asked(own: EpisodeFacts, over: int) -> Iterator[str]:
    """Yield what a lead has to do; `over` is a number of weeks that have passed already, or 0."""
    yield "Open it and change anything that does not fit."
    if over:
        has = "has" if over == 1 else "have"
        yield f"{in_words(over)} {has} passed already; check that its title is still right."
    if own.content_note and own.content_note.needed:
        yield "Its content note is a copy of the first episode's; change it to fit this one."
    if own.contributors:
        yield "Ask the people it names if they agree to this one too, and note their consent."
