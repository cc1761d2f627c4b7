"""Reads the actions that apps report, whatever the protocol, and writes their times; pure."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from web.sync import action_times

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 10_000_000  # bytes of a decompressed body: a whole history in one upload
LARGEST_LIST = 250_000_000  # bytes of a decompressed list of actions, read one by one
MOST = 5_000  # actions written in one transaction: nobody else waits a second for it
KINDS = {"play", "new", "download", "delete"}
KEYS = ("podcast", "episode", "guid", "device", "action", "timestamp", "started", "position",
        "total")  # fmt: skip
LONGEST = 24 * 3600  # seconds: no recording is longer than a day
TYPES = {"desktop", "laptop", "mobile", "server", "other"}


class Action(NamedTuple):
    """One action of an app, as Earmark reads it; times are seconds since 1970.

    `digest` is of the values as they were sent, so that an action sent twice counts once.
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
    """Read the actions that an app reports; drop anything that is not an action."""
    rows = document if isinstance(document, list) else []
    return settled([pair for row in rows if (pair := action(row, key))], now)


def settled(pairs: Sequence[tuple[Action, int | None]], now: int) -> list[Action]:
    """Return actions with the times that count, in the same order; see `action_times.settle`."""
    sent: dict[str, list[int | None]] = {}
    for each, time in pairs:
        sent.setdefault(each.device, []).append(time)
    times = {device: iter(action_times.settle(every, now)) for device, every in sent.items()}
    return [each._replace(**next(times[each.device])._asdict()) for each, _ in pairs]


def action(row: object, key: bytes) -> tuple[Action, int | None] | None:
    """Return an action without its time, and the time that the app sent."""
    if not isinstance(row, dict):
        return None
    podcast, episode = text(row.get("podcast")), text(row.get("episode"))
    kind = text(row.get("action")).lower()
    if kind not in KINDS or not podcast or not (episode or row.get("guid")):
        return None
    sent = json.dumps([row.get(name) for name in KEYS], default=str).encode()
    places = [_whole(row.get(name)) if kind == "play" else None for name in KEYS[6:]]
    started, position, total = places
    parsed = Action(
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
    return parsed, action_times.parse(row.get("timestamp"))


def is_action(row: object) -> bool:
    """Return whether a row has what every action has, of whatever podcast and kind."""
    if not isinstance(row, dict):
        return False
    episode = row.get("episode", row.get("guid"))
    return all(isinstance(each, str) for each in (row.get("podcast"), row.get("action"), episode))


def text(value: object) -> str:
    """Return a text that can be stored: without lone surrogates and NUL characters."""
    stripped = value.strip() if isinstance(value, str) else ""
    return stripped.encode("utf-8", "replace").decode().replace("\0", "")


def _whole(value: object) -> int | None:
    """Return a number of seconds; None if it is not a number or unknown (apps send -1)."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= LONGEST else None  # never true of NaN


def format_time(moment: int) -> str:
    """Return a time as every app can parse it: UTC, without zone or fraction."""
    return datetime.fromtimestamp(moment, UTC).isoformat()[:19]  # four times as fast as strftime
