"""Reads and writes releases, the records of each publish that the target keeps for a rollback."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.errors import EarmarkError
from episodes.site_layout import RECORDS, is_published_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CURRENT = f"{RECORDS}current.json"
LOCK = f"{RECORDS}lock.json"
EARLIER = (f"{RECORDS}releases/", f"{RECORDS}kept/")  # what a rollback needs
VERSION = 1
LINES = 200  # of history
NAMED = timedelta(days=30)  # how long apps may still use an old feed

_RENAME = (
    "rename it there, and publish again: what is public stays, but the history of releases starts "
    "again, and you cannot roll back to an earlier one"
)
_ID = re.compile(r"[\w-]{1,80}")  # ids and digests become names of files
DIGEST = re.compile(r"[0-9a-f]{64}")
Row = tuple[str, int, str]  # SHA-256, bytes, mark at the target


class HistoryLine(NamedTuple):
    """One line of history: its time in UTC, and a random name for the folder that published."""

    id: str
    at: datetime
    by: str
    what: str
    episodes: int
    said: tuple[str, ...] = ()
    back: str | None = None  # the release that a rollback restored


class Release(NamedTuple):
    """The record of one publish; the newest line of history is its own."""

    history: tuple[HistoryLine, ...]
    files: dict[str, Row]
    undone: str | None = None  # content of the release rolled back, which timers must not publish
    withdrawn: tuple[str, ...] = ()  # guids of withdrawn episodes
    leaving: tuple[str, ...] = ()  # names of files to delete because of them
    since: str | None = None  # the release of the last withdrawal: no earlier one comes back

    def blocks_rollback_to(self, line: HistoryLine) -> bool:
        """Return whether a release has an episode that was withdrawn later."""
        ids = [each.id for each in self.history]
        return self.since in ids and ids.index(line.id) > ids.index(self.since)

    @property
    def line(self) -> HistoryLine:
        """The line of history about this release."""
        return self.history[0]

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file."""
        return {name: row[0] for name, row in self.files.items()}

    @property
    def content(self) -> str:
        """A digest of all names and contents."""
        return content_digest(self.digests)


def content_digest(digests: Mapping[str, str]) -> str:
    """Return a digest of a set of files, given their digests by name."""
    rows = "\n".join(f"{name} {digest}" for name, digest in sorted(digests.items()))
    return hashlib.sha256(rows.encode()).hexdigest()


def next_release(before: Release | None, files: dict[str, Row], line: HistoryLine) -> Release:
    """Return the release that follows `before`."""
    history = (line, *(before.history if before else ()))[:LINES]
    return Release(history=history, files=files, since=before.since if before else None)


def release_id(now: datetime, chance: str) -> str:
    """Return the id of a release: sorted by time; `chance` keeps two of one second apart."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{chance}"


class DamagedError(EarmarkError):
    """The record of a release is not as Earmark writes it."""


def parse(data: bytes, where: str) -> Release:
    """Read a release. Raises DamagedError, or EarmarkError if a newer Earmark wrote it."""
    try:
        document: dict[str, Any] = json.loads(data)
        if int(document["version"]) > VERSION:
            raise EarmarkError(f"{where} was written by a newer Earmark; update this one")
        history = tuple(_line(row) for row in document["history"])
        files = {_name(name): _row(row) for name, row in document["files"].items()}
        undone, since = document["undone"], document.get("since")
        taken, left = (tuple(map(str, document.get(each, ()))) for each in ("withdrawn", "leaving"))
        return Release((history[0], *history[1:]), files, undone and str(undone), taken,
                       tuple(map(_leaving, left)), since and str(since))  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError,
            RecursionError):  # fmt: skip
        raise DamagedError(f"{where} is damaged, even when it is read again; {_RENAME}") from None


def _line(row: dict[str, Any]) -> HistoryLine:
    line = HistoryLine(**row)
    words = (line.id, line.by, line.what, *line.said, *([line.back] if line.back else ()))
    if not all(isinstance(each, str) for each in words) or not _ID.fullmatch(line.id):
        raise TypeError
    at = datetime.fromisoformat(row["at"]).astimezone(UTC)
    return line._replace(at=at, said=tuple(line.said), episodes=int(line.episodes))


def _name(name: str) -> str:
    """Return the name of a public file; raise ValueError for others, which somebody wrote in."""
    if not is_published_name(name):
        raise ValueError
    return name


def _leaving(name: str) -> str:
    """Return the name of a file to delete; raise ValueError for files that are not Earmark's."""
    if not name.startswith(EARLIER):
        return _name(name)
    return name


def _row(row: list[Any]) -> Row:
    digest, size, mark = row
    if not DIGEST.fullmatch(digest):
        raise ValueError
    return digest, int(size), str(mark)


def read_document(data: bytes | None) -> dict[str, Any]:
    """Read a JSON object that may be missing or damaged: then it is empty."""
    try:
        value = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def render(release: Release) -> bytes:
    """Write a release, one line for each release of the history and for each file."""
    history = [json.dumps(line._asdict() | {"at": line.at.isoformat()}) for line in release.history]
    files = [
        f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(release.files.items())
    ]
    head = f'{{"version": {VERSION}, "undone": {json.dumps(release.undone)},\n'
    optional = {key: getattr(release, key) for key in ("withdrawn", "leaving", "since")}
    head += "".join(f'"{key}": {json.dumps(value)},\n' for key, value in optional.items() if value)
    head += '"history": [\n'
    middle = '\n],\n"files": {\n'
    return (head + ",\n".join(history) + middle + ",\n".join(files) + "\n}}\n").encode()


def name_of_earlier(line: HistoryLine) -> str:
    """Return the name under which a release that is not the newest is kept."""
    return f"{EARLIER[0]}{line.id}.json"


def name_of_kept(digest: str) -> str:
    """Return the name under which an overwritten file is kept for a rollback."""
    return f"{EARLIER[1]}{digest}"


def recent_lines(history: Iterable[HistoryLine], now: datetime) -> list[HistoryLine]:
    """Return the releases whose feed an app may have read in the last thirty days.

    A release was public until the next one; the newest still is.
    """
    lines, until = [], now
    for line in history:
        if now - until < NAMED:
            lines.append(line)
        until = line.at
    return lines
