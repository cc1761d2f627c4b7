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
from episodes.show_folder import inherit, text_files
from episodes.show_folder.real_paths import real_path
from podcast import atomic_files
from podcast.building import clock_guard
from podcast.changing import published_episode, withdraw_messages
from podcast.changing.confirm import confirm_change
from podcast.show_folder import find_episode, lockfile, show_lock
from podcast.show_folder.read_source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from episodes.frontmatter.people import Person
    from episodes.show_folder.read import WrittenEpisode
    from podcast.show_folder.read_source import ShowSource


SHOWN = 8  # names in a message


class WithdrawRequest(NamedTuple):
    """What to withdraw: episodes by name, or all that credit a contributor; and why."""

    episodes: tuple[str, ...]
    contributor: str | None = None
    reason: str | None = None


def withdraw(
    show: Path | None, request: WithdrawRequest, now: datetime, *, yes: bool
) -> Iterator[str]:
    """Withdraw episodes after the lead has confirmed; yield what was done and what to do next.

    Raises EarmarkError or SourceError; then nothing has changed.
    """
    if bool(request.episodes) == bool(request.contributor):
        raise EarmarkError(
            "name what to withdraw: `earmark withdraw EPISODE`, or only `--contributor NAME`"
        )
    source = read_source(real_path(show or _show_of(request)))
    clock_guard.refuse(now, source.folder)
    chosen = (
        _credited(source, request.contributor)
        if request.contributor
        else _named(source, request.episodes)
    )
    before = {name: each.facts.withdrawn for name, each in chosen.items()}
    withdrawal = _withdrawal(source, request, now)
    for name, was in before.items():
        if was:
            yield f"{name} was withdrawn on {was.on} already; nothing changes."
    fresh = {name: each for name, each in chosen.items() if not before[name]}
    if not fresh:
        yield "Nothing was changed."
        return
    episodes = [inherit.complete_episode(each, source.facts) for each in fresh.values()]
    texts = {each.path: _text(source, each, withdrawal) for each in fresh.values()}
    locked = lockfile.read(source.folder)
    what, effects = withdraw_messages.describe_effects(
        source.facts, episodes, withdrawal, now, locked
    )
    if request.contributor:
        rest = [each for name, each in source.written.items() if name not in chosen]
        what += withdraw_messages.list_mentions(source.folder, request.contributor, episodes, rest)
    known = any(locked.was_released(each.guid) for each in episodes)
    if not confirm_change(what, effects, yes=yes, released=known):
        return
    with show_lock.hold(source.folder, "withdraw"):
        for each in fresh.values():  # read again: it may have changed before the lead answered
            atomic_files.write(source.folder / each.path, _text(source, each, withdrawal).encode())
    yield from (f"{path}: {_line(withdrawal)}" for path in texts)
    yield from withdraw_messages.list_next_steps(source.folder, episodes, source.facts)


def _show_of(request: WithdrawRequest) -> Path:
    return find_episode.show_of(request.episodes[0]) if request.episodes else Path()


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
    """Return the episodes that credit a contributor, also by the show's own list.

    Raises SourceError if an episode cannot be read, because they may be in it.
    """
    if source.findings:
        raise SourceError(*(each for unread in source.findings.values() for each in unread))
    people = {name: _people(source, each) for name, each in source.written.items()}
    wanted_name = withdraw_messages.normalise_name(who)
    credited_in = {
        name: source.written[name]
        for name, credited in people.items()
        if wanted_name in {withdraw_messages.normalise_name(person.credit) for person in credited}
    }
    if not credited_in:
        message = _nobody(who, {each.credit for row in people.values() for each in row})
        speakers = "".join(
            f"; but {each}"
            for each in withdraw_messages.find_speakers(source.folder, who, source.written.values())
        )
        raise EarmarkError(message + speakers)
    return credited_in


def _people(source: ShowSource, written: WrittenEpisode) -> tuple[Person, ...]:
    own = written.facts.contributors
    return source.facts.contributors if own is None else own


def _nobody(who: str, credits_: set[str]) -> str:
    by_name = {_bare(name): name for name in sorted(credits_)}
    inside = [name for bare, name in by_name.items() if _bare(who) in bare]
    near = inside or [by_name[each] for each in get_close_matches(_bare(who), by_name)]
    message = f'no episode credits "{unicodedata.normalize("NFC", " ".join(who.split()))}"'
    names = [f'"{name}"' for name in near[:3] or [*by_name.values()][:SHOWN]]
    if near:
        return f"{message}; did you mean {' or '.join(names)}?"
    more = f" and {len(by_name) - SHOWN} more" if len(by_name) > SHOWN else ""
    return f"{message}; the show credits {', '.join(names) or 'nobody'}{more}"


def _bare(name: str) -> str:
    """Return a name without accents, for people whose keyboard has none."""
    chars = unicodedata.normalize("NFKD", withdraw_messages.normalise_name(name))
    return "".join(char for char in chars if not unicodedata.combining(char))


def _withdrawal(source: ShowSource, request: WithdrawRequest, now: datetime) -> Withdrawal:
    """Return the withdrawal to write: today's date in the show's time zone, and the reason."""
    today = now.astimezone(ZoneInfo(source.facts.timezone)).date()
    if request.reason is None:
        return Withdrawal(on=today)
    if not (reason := " ".join(request.reason.split())):
        raise EarmarkError("--reason is empty; leave it out to give no reason")
    try:
        return Withdrawal(on=today, reason=reason)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise EarmarkError(f"--reason: {reason}") from None


def _line(withdrawal: Withdrawal) -> str:
    return f"withdrawn: {_value(withdrawal)}"


def _value(withdrawal: Withdrawal) -> str:
    if withdrawal.reason is None:
        return f"{withdrawal.on}"
    return f"{{on: {withdrawal.on}, reason: {quoted(withdrawal.reason)}}}"


def _text(source: ShowSource, written: WrittenEpisode, withdrawal: Withdrawal) -> str:
    """Return an episode.md with the withdrawal. Raises SourceError if it cannot be inserted."""
    text = text_files.read_exactly(source.folder, written.path)
    text = edit.set_key(text, written.path, "withdrawn", _value(withdrawal), "date")
    published_episode.check_readable(written.path, text)
    return text
