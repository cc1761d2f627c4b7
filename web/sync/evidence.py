"""Decides which actions of apps count as evidence of listening, and where to resume; pure."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

from web.listening.rules import END
from web.sync import action_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from web.sync.actions import Action

FASTEST, SLACK = 3.5, 60  # the fastest playback that apps offer, and seconds of tolerance
STAMP = 5  # seconds: times closer than this come from an upload, not from playing
WIPE = 60  # seconds after a position: an app that then sends 0 has only lost it
# What an action proves.
INTERVAL, POSITION, FINISHED, NOTHING, WIPED = (
    "interval", "position", "finished", "nothing", "wiped",
)  # fmt: skip


class Played(NamedTuple):
    """An earlier action of a device, by its own clock; `position` in seconds."""

    at: int
    media: int
    position: int


def judged(
    batch: Iterable[tuple[Action, int, int]], before: Iterable[Played]
) -> list[tuple[Action, str]]:
    """Return the actions of one device with what each proves, ordered by time.

    `batch` is (action, number of the recording, its length in tenths), `before` the earlier
    actions of the device. A device plays one thing at a time: an interval that is too long to
    have been played since the previous action proves only where it ended. Only times of the same
    clock can be ordered.
    """
    pasts = {action_times.OWN: sorted(before)}
    proven = []
    for action, media, tenths in sorted(batch, key=_by_time):
        past = pasts.setdefault(action.clock, [])
        at = bisect_right(past, action.at, key=_at)
        proves = _proves(action, tenths / 10, past)
        if proves == POSITION and action.position == 0:
            proves = WIPED if _wipes(action.at, media, past[at - 1] if at else None) else POSITION
        if proves in {INTERVAL, POSITION}:
            insort(past, Played(action.at, media, action.position or 0), key=_at)
        proven.append((action, proves))
    return proven


def _at(played: Played) -> int:
    return played.at


def _by_time(row: tuple[Action, int, int]) -> tuple[int, int, bytes]:
    """Order actions by time; within a second the furthest position first, so a 0 follows it."""
    action = row[0]
    return action.at, -(action.position or 0), action.digest


def _proves(action: Action, seconds: float, past: Sequence[Played]) -> str:
    if action.kind != "play" or action.position is None:
        return NOTHING
    started, position = action.started, action.position
    if started == position and reaches_end(action, seconds):
        return FINISHED
    if started is None or started >= position:
        return POSITION
    return INTERVAL if _fits(action.at, position - started, action.clock, past) else POSITION


def _fits(at: int, seconds: int, clock: int, past: Sequence[Played]) -> bool:
    """Return whether a device can have played so many seconds since its previous action.

    Actions within `STAMP` seconds got their times from one upload, not from playing; a time that
    we set proves nothing.
    """
    before = bisect_right(past, at - STAMP, key=_at)
    if clock == action_times.OURS or not before:
        return True
    return seconds <= FASTEST * (at - past[before - 1].at) + SLACK


def reaches_end(action: Action, seconds: float) -> bool:
    """Return whether an action ends at the end of the recording, by the length the app knows."""
    return action.position is not None and action.position >= (action.total or seconds) - END


def _wipes(at: int, media: int, last: Played | None) -> bool:
    return bool(last and last.media == media and last.position > 0 and at - last.at <= WIPE)


class Step(NamedTuple):
    """One action on a recording, for the position to resume at; in tenths of a second."""

    at: int
    device: int
    kind: str
    proves: str
    tenths: int


def says_where(kind: str, proves: str) -> bool:
    """Return whether an action has a position to resume at."""
    return kind == "new" or proves in {INTERVAL, POSITION, FINISHED}


def resume(steps: Sequence[Step]) -> tuple[int, int] | None:
    """Return (position in tenths, its time) to resume at; `steps` are the newest first.

    The newest counts, unless its device sends 0 soon after a later position.
    """
    for number, step in enumerate(steps):
        if step.kind == "new" or step.proves == FINISHED:
            return 0, step.at
        if step.proves in {INTERVAL, POSITION}:
            lost = step.tenths == 0 and any(
                each.device == step.device and each.tenths > 0 and step.at - each.at <= WIPE
                for each in steps[number + 1 :]
            )
            if not lost:
                return step.tenths, step.at
    return None


def resumed(steps: Sequence[Step], before: tuple[int, int]) -> tuple[int, int] | None:
    """Return where to resume after new steps, given the stored position.

    None if the earlier steps have to be read: a position of 0 may only have been lost, and the
    order of two steps in one second needs more than their times.
    """
    position = resume(steps)
    if position and position[0] > 0 and position[1] > before[1]:
        return position
    is_older = position is None or position[1] < before[1]
    return before if is_older and before[0] > 0 else None
