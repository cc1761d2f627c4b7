"""Withdraws an episode, or every episode in which a contributor is credited."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from episodes.errors import EarmarkError, SourceError
from episodes.frontmatter import edit
from episodes.frontmatter.withdrawal import Withdrawal
from episodes.frontmatter.write import quoted
from episodes.show_folder import text_files as texts
from episodes.show_folder.real_paths import real_path
from podcast import atomic_files
from podcast.building import clock_guard
from podcast.building import read as reading
from podcast.changing import published_episode
from podcast.changing import withdraw_messages as telling
from podcast.changing.confirm import agree
from podcast.show_folder import find_episode, lockfile, show_lock
from podcast.show_folder.read_source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from episodes.frontmatter.people import Person
    from episodes.show_folder.read import WrittenEpisode
    from podcast.show_folder.read_source import ShowSource


SHOWN = 8  # names


class Wish(NamedTuple):
    """What is to be withdrawn: episodes by name, or all in which somebody is credited."""

    episodes: tuple[str, ...]
    contributor: str | None = None
    reason: str | None = None


def withdraw(show: Path | None, wish: Wish, now: datetime, *, yes: bool) -> Iterator[str]:
    """Withdraw episodes once that is agreed to; yield what was done and what is left to do.

    Raises EarmarkError or SourceError, and then nothing has changed.
    """
    if bool(wish.episodes) == bool(wish.contributor):
        raise EarmarkError(
            "name what to withdraw: `earmark withdraw EPISODE`, or only `--contributor NAME`"
        )
    source = read_source(real_path(show or _show_of(wish)))
    clock_guard.refuse(now, source.folder)
    chosen = (
        _credited(source, wish.contributor) if wish.contributor else _named(source, wish.episodes)
    )
    before = {name: each.facts.withdrawn for name, each in chosen.items()}
    taken = _taken(source, wish, now)
    for name, was in before.items():
        if was:
            yield f"{name} was withdrawn on {was.on} already; nothing changes."
    fresh = {name: each for name, each in chosen.items() if not before[name]}
    if not fresh:
        yield "Nothing was changed."
        return
    told = [reading.episode(each, source.facts) for each in fresh.values()]
    texts = {each.path: _text(source, each, taken) for each in fresh.values()}
    locked = lockfile.read(source.folder)
    what, noticed = telling.before(source.facts, told, taken, now, locked)
    if wish.contributor:
        rest = [each for name, each in source.written.items() if name not in chosen]
        what += telling.elsewhere(source.folder, wish.contributor, told, rest)
    known = any(locked.was_released(each.guid) for each in told)
    if not agree(what, noticed, yes=yes, released=known):
        return
    with show_lock.hold(source.folder, "withdraw"):
        for each in fresh.values():  # as it is now: it may have been changed while we asked
            atomic_files.write(source.folder / each.path, _text(source, each, taken).encode())
    yield from (f"{path}: {_line(taken)}" for path in texts)
    yield from telling.after(source.folder, told, source.facts)


def _show_of(wish: Wish) -> Path:
    return find_episode.show_of(wish.episodes[0]) if wish.episodes else Path()


def _named(source: ShowSource, typed: tuple[str, ...]) -> dict[str, WrittenEpisode]:
    """Return the episodes that were typed, each once. Raises EarmarkError, SourceError."""
    known = source.episodes
    names = dict.fromkeys(
        find_episode.find_folder(source.folder, each, source.names, known) for each in typed
    )
    if unread := [each for name in names for each in source.findings.get(name, ())]:
        raise SourceError(*unread)
    return {name: source.written[name] for name in names}


def _credited(source: ShowSource, who: str) -> dict[str, WrittenEpisode]:
    """Return the episodes in which somebody is credited, also where the show's list says so.

    Raises SourceError where an episode cannot be read: they may be in it.
    """
    if source.findings:
        raise SourceError(*(each for unread in source.findings.values() for each in unread))
    people = {name: _people(source, each) for name, each in source.written.items()}
    wanted = telling.plain(who)
    found = {
        name: source.written[name]
        for name, credited in people.items()
        if wanted in {telling.plain(person.credit) for person in credited}
    }
    if not found:
        said = _nobody(who, {each.credit for row in people.values() for each in row})
        heard = "".join(
            f"; but {each}"
            for each in telling.speaking(source.folder, who, source.written.values())
        )
        raise EarmarkError(said + heard)
    return found


def _people(source: ShowSource, written: WrittenEpisode) -> tuple[Person, ...]:
    own = written.facts.contributors
    return source.facts.contributors if own is None else own


def _nobody(who: str, credits_: set[str]) -> str:
    by_name = {_bare(name): name for name in sorted(credits_)}
    inside = [name for bare, name in by_name.items() if _bare(who) in bare]
    near = inside or [by_name[each] for each in get_close_matches(_bare(who), by_name)]
    said = f'no episode credits "{unicodedata.normalize("NFC", " ".join(who.split()))}"'
    names = [f'"{name}"' for name in near[:3] or [*by_name.values()][:SHOWN]]
    if near:
        return f"{said}; did you mean {' or '.join(names)}?"
    more = f" and {len(by_name) - SHOWN} more" if len(by_name) > SHOWN else ""
    return f"{said}; the show credits {', '.join(names) or 'nobody'}{more}"


def _bare(name: str) -> str:
    """Return a name without accents, for somebody whose keyboard has none."""
    signs = unicodedata.normalize("NFKD", telling.plain(name))
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def _taken(source: ShowSource, wish: Wish, now: datetime) -> Withdrawal:
    """Return what will be written: today, where the show is, and the reason as it was given."""
    today = now.astimezone(ZoneInfo(source.facts.timezone)).date()
    if wish.reason is None:
        return Withdrawal(on=today)
    if not (reason := " ".join(wish.reason.split())):
        raise EarmarkError("--reason is empty; leave it out to give no reason")
    try:
        return Withdrawal(on=today, reason=reason)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise EarmarkError(f"--reason: {said}") from None


def _line(taken: Withdrawal) -> str:
    return f"withdrawn: {_value(taken)}"


def _value(taken: Withdrawal) -> str:
    if taken.reason is None:
        return f"{taken.on}"
    return f"{{on: {taken.on}, reason: {quoted(taken.reason)}}}"


def _text(source: ShowSource, written: WrittenEpisode, taken: Withdrawal) -> str:
    """Return an episode's file with the fact in it. Raises SourceError where it cannot be put."""
    text = texts.read_exactly(source.folder, written.path)
    text = edit.set_key(text, written.path, "withdrawn", _value(taken), "date")
    published_episode.readable(written.path, text)
    return text
