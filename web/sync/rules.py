"""What apps report, what of it proves what, and what may be answered to whom; pure.

An app's clock is its own: times order what one app did, and never what others may see. For that
there is a number that grows with every upload; see `following`.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right, insort
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from web import typed_text
from web.sync import action_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST = 10_000_000  # bytes of a body, unpacked: everything that somebody ever played, at once
LARGEST_LIST = 250_000_000  # bytes of a list of actions, unpacked: read one by one
MOST = 20_000  # actions of ours that are written at once
KINDS = {"play", "new", "download", "delete"}
KEYS = ("podcast", "episode", "guid", "device", "action", "timestamp", "started", "position",
        "total")  # fmt: skip
END = 2  # seconds before the end that count as the end
FASTEST, SLACK = 3.5, 60  # media seconds in a second that apps can play, and seconds to spare
STAMP = 5  # seconds within which times are those of an upload, and not of what was played
WIPE = 60  # seconds after a place within which an app that says 0 has only lost it
LONGEST = 24 * 3600  # seconds: no recording is longer than a day
TOP = 2**31 - 1  # what apps read as a number
PASSWORD, GROUP, HANDLE = 28, 4, 8  # signs: 130 bits in seven groups; a name for an account
TYPES = {"desktop", "laptop", "mobile", "server", "other"}
NAME = 60  # letters of the name that a learner gives an app
MINUTE, TWENTY_MINUTES = 60, 20 * 60  # seconds
# What an action proves (../shared words: evidence classes).
INTERVAL, POSITION, FINISHED, NOTHING, WIPED = (
    "interval", "position", "finished", "nothing", "wiped",
)  # fmt: skip


class Action(NamedTuple):
    """One thing that an app did, as it is understood; times are seconds since 1970.

    `digest` is of the values as they were sent: what is sent twice is one.
    """

    digest: bytes
    podcast: str
    episode: str
    guid: str
    device: str
    kind: str
    at: int
    started: int | None
    position: int | None
    total: int | None
    clock: int = action_times.OWN


def actions(document: object, now: int, key: bytes) -> list[Action]:
    """Read what an app reports; what is no action is left out, and nothing more is said of it."""
    rows = document if isinstance(document, list) else []
    return settled([pair for row in rows if (pair := action(row, key))], now)


def settled(pairs: Sequence[tuple[Action, int | None]], now: int) -> list[Action]:
    """Return actions with the times that count, in the same order; see `times.settle`."""
    sent: dict[str, list[int | None]] = {}
    for each, time in pairs:
        sent.setdefault(each.device, []).append(time)
    found = {device: iter(action_times.settle(every, now)) for device, every in sent.items()}
    return [each._replace(**next(found[each.device])._asdict()) for each, _ in pairs]


def action(row: object, key: bytes) -> tuple[Action, int | None] | None:
    """Return an action and when the app says that it was; the first still lacks its time."""
    if not isinstance(row, dict):
        return None
    podcast, episode = text(row.get("podcast")), text(row.get("episode"))
    kind = text(row.get("action")).lower()
    if kind not in KINDS or not podcast or not (episode or row.get("guid")):
        return None
    sent = json.dumps([row.get(name) for name in KEYS], default=str).encode()
    places = [_whole(row.get(name)) if kind == "play" else None for name in KEYS[6:]]
    started, position, total = places
    found = Action(
        hashlib.blake2b(sent, key=key, digest_size=16).digest(),
        podcast,
        episode,
        text(row.get("guid")),
        text(row.get("device"))[:200],
        kind,
        0,
        None if position is None else started,
        position,
        total or None,
    )
    return found, action_times.parse(row.get("timestamp"))


def text(value: object) -> str:
    """Return a text as it can be kept: without halves of signs, and without an end in it."""
    found = value.strip() if isinstance(value, str) else ""
    return found.encode("utf-8", "replace").decode().replace("\0", "")


def _whole(value: object) -> int | None:
    """Return a number of seconds, None where it is none or unknown (apps say -1)."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= LONGEST else None  # never true of NaN


def format_time(moment: int) -> str:
    """Return a time as every app reads it: UTC, neither zone nor fraction."""
    return datetime.fromtimestamp(moment, UTC).isoformat()[:19]  # four times as fast as strftime


class Played(NamedTuple):
    """What a device did before, by its own clock; `position` in seconds."""

    at: int
    media: int
    position: int


def judged(
    batch: Iterable[tuple[Action, int, int]], before: Iterable[Played]
) -> list[tuple[Action, str]]:
    """Return what each action of one device proves, in the order in which they were done.

    `batch` is (action, number of the recording, its length in tenths), `before` what is known of
    the device. A device plays one thing at a time: an interval that cannot have been played since
    the action before proves only where it ended. Only times of one clock say what was before.
    """
    pasts = {action_times.OWN: sorted(before)}
    found = []
    for action, media, tenths in sorted(batch, key=_by_time):
        past = pasts.setdefault(action.clock, [])
        at = bisect_right(past, action.at, key=_at)
        proves = _proves(action, tenths / 10, past)
        if proves == POSITION and action.position == 0:
            proves = WIPED if _wipes(action.at, media, past[at - 1] if at else None) else POSITION
        if proves in {INTERVAL, POSITION}:
            insort(past, Played(action.at, media, action.position or 0), key=_at)
        found.append((action, proves))
    return found


def _at(played: Played) -> int:
    return played.at


def _by_time(row: tuple[Action, int, int]) -> tuple[int, int, bytes]:
    """Order actions by time; within a second the furthest is first, so that a 0 is after it."""
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
    """Return whether a device can have played so much since what it did before.

    What has the same time within seconds was given it by an upload, not by playing; a time of ours
    says nothing at all.
    """
    before = bisect_right(past, at - STAMP, key=_at)
    if clock == action_times.OURS or not before:
        return True
    return seconds <= FASTEST * (at - past[before - 1].at) + SLACK


def reaches_end(action: Action, seconds: float) -> bool:
    """Say whether an action ends where the recording does, as the app knows it."""
    return action.position is not None and action.position >= (action.total or seconds) - END


def _wipes(at: int, media: int, last: Played | None) -> bool:
    return bool(last and last.media == media and last.position > 0 and at - last.at <= WIPE)


class Step(NamedTuple):
    """One thing that was done with a recording, for the place where to go on; tenths."""

    at: int
    device: int
    kind: str
    proves: str
    tenths: int


def says_where(kind: str, proves: str) -> bool:
    """Say whether an action can be a step: the others say nothing of the place."""
    return kind == "new" or proves in {INTERVAL, POSITION, FINISHED}


def resume(steps: Sequence[Step]) -> tuple[int, int] | None:
    """Return (tenths, since when) where to go on; `steps` are the newest first.

    The last one stands, unless it is a device that says 0 just after it was further.
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
    """Return the same of new steps and of what was known before, as far as that tells it.

    None where the steps before have to be asked: a place of 0 may have been lost only, and two
    steps in one second are told apart by more than that.
    """
    found = resume(steps)
    if found and found[0] > 0 and found[1] > before[1]:
        return found
    is_older = found is None or found[1] < before[1]
    return before if is_older and before[0] > 0 else None


def following(last: int, now: int) -> int:
    """Return the number of an upload: about the second, and greater by two than any before it.

    Kasts asks since one more than it was told: what came right after must not be that one.
    """
    return max(now, last + 2)


def may_ask_since(before: int, mine: int, seen: int) -> int:
    """Return what to answer an upload: its own number, if nobody wrote what this app lacks."""
    return mine if before <= seen else seen


def spelled(password: str) -> str:
    """Return a password as it is shown, in groups."""
    return "-".join(password[at : at + GROUP] for at in range(0, len(password), GROUP))


def normal(password: str) -> str:
    """Return what counts of a password, however it was typed."""
    return "".join(char for char in typed_text.latin(password) if char.isascii() and char.isalnum())


def since(text: str | None) -> int:
    """Return a number that an app sent, 0 where it is none; milliseconds are seconds."""
    try:
        found = int(float(text or 0))
    except (ValueError, OverflowError):
        return 0
    found = found // 1000 if found >= action_times.MILLISECONDS else found
    return max(0, min(found, TOP))
