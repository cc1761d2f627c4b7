"""Writes and reads backup files: gzip and lines of JSON, the same from every database.

First a header, then each table with its columns and their kinds, followed by its rows, and last the
count of rows with the SHA-256 of all lines before: a file that was cut short or changed is noticed.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import json
import zlib
from datetime import date
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

FORMAT = 1
LONGEST = 64 * 1024 * 1024  # bytes of a line: whatever is longer was not written here
BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError, EOFError, zlib.error)


class ForeignError(EarmarkError):
    """This file is no backup of Earmark."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is not an Earmark backup")


class DamagedError(EarmarkError):
    """This backup was cut short or changed."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is damaged or incomplete; use another backup")


class LaterError(EarmarkError):
    """This backup was made by a later Earmark."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} was made by a later version of Earmark; install that version")


class Row(NamedTuple):
    """A row of a table, by the names of its columns."""

    table: str
    values: dict[str, object]


class Counts(NamedTuple):
    """What a backup holds, or a database after a restore.

    `kept_out` counts what was erased since and did not come back; `notes` are sentences.
    """

    learners: int
    leads: int
    reflections: int
    kept_out: int = 0
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        counts = f"learners: {self.learners}, leads: {self.leads}, notes: {self.reflections}"
        if self.kept_out:
            counts += f"; deleted since, and not restored: {self.kept_out}"
        return counts


def packing(stream: IO[bytes]) -> IO[bytes]:
    """Return what packs its lines into a stream; to be closed before that."""
    # No name and no time inside: a backup says its day, and nothing finer.
    return cast("IO[bytes]", gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0))


class Writer:
    """Writes a backup, table by table, into what `packing` gives."""

    def __init__(self, lines: IO[bytes], revision: str, day: date) -> None:
        self._lines = lines
        self._sum = hashlib.sha256()
        self.rows: dict[str, int] = {}
        self._write(
            {"earmark": "backup", "format": FORMAT, "revision": revision, "day": day.isoformat()}
        )

    def add(self, table: str, kinds: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
        """Write a table; `kinds` says of each column: text, number, bytes or day."""
        self._write({"table": table, "columns": dict(kinds)})
        self.rows[table] = 0
        for row in rows:
            self._write([_told(value) for value in row])
            self.rows[table] += 1

    def finish(self) -> None:
        """Write the count and the sum."""
        self._write({"rows": self.rows, "sha256": self._sum.hexdigest()})

    def _write(self, line: object) -> None:
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        self._sum.update(data)
        self._lines.write(data)


class Archive:
    """A backup to read; `columns` of each table are known when `rows` came to its end.

    Everything raises EarmarkError where the file cannot be read, and a subclass where it is
    foreign, damaged or later; nothing else.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.columns: dict[str, set[str]] = {}
        with _sentences(file), gzip.open(file) as lines:
            first = lines.readline(LONGEST)
            try:
                header = json.loads(first)
                if header["earmark"] != "backup" or not isinstance(header["format"], int):
                    raise ValueError
            except BROKEN:
                raise ForeignError(file) from None
            if header["format"] > FORMAT:
                raise LaterError(file)
            self.revision = str(header["revision"])
            self.day = date.fromisoformat(header["day"])

    def rows(self) -> Iterator[Row]:
        """Yield every row. Raises DamagedError, after the last row or earlier."""
        with _sentences(self.file), gzip.open(self.file) as lines:
            header = lines.readline(LONGEST)
            yield from self._rows(lines, hashlib.sha256(header))

    def _rows(self, lines: gzip.GzipFile, so_far: hashlib._Hash) -> Iterator[Row]:
        table, kinds, counted = "", dict[str, str](), dict[str, int]()
        while line := lines.readline(LONGEST):
            document = json.loads(line)
            if isinstance(document, list):
                counted[table] += 1
                named = zip(kinds.items(), document, strict=True)
                yield Row(table, {name: _meant(kind, value) for (name, kind), value in named})
            elif "table" in document:
                table, kinds = document["table"], dict(document["columns"])
                counted[table] = 0
                self.columns[table] = set(kinds)
            elif document != {"rows": counted, "sha256": so_far.hexdigest()} or lines.read(1):
                raise ValueError
            else:
                return
            so_far.update(line)
        raise EOFError


def _told(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def _meant(kind: str, value: object) -> object:
    """Return what a value stands for. Raises ValueError or TypeError where it is of another kind.

    Numbers and texts must be such that every database takes them.
    """
    if value is None:
        return None
    if kind == "number":
        if type(value) is int and abs(value) < 2**63:
            return value
        raise ValueError
    if not isinstance(value, str):
        raise TypeError
    if kind == "bytes":
        return base64.b64decode(value, validate=True)
    if kind == "day":
        return date.fromisoformat(value)
    if kind == "text" and b"\0" not in value.encode():
        return value
    raise ValueError


@contextlib.contextmanager
def _sentences(file: Path) -> Iterator[None]:
    """Turn whatever a wrong file makes go wrong into an EarmarkError."""
    try:
        yield
    except gzip.BadGzipFile:
        raise _whose(file) from None
    except OSError as error:
        raise EarmarkError(f"{file} cannot be read: {error.strerror}") from None
    except BROKEN:
        raise DamagedError(file) from None


def _whose(file: Path) -> EarmarkError:
    """Tell damage that begins after the first bytes from a file of another kind."""
    with contextlib.suppress(OSError), file.open("rb") as start:
        if start.read(2) == b"\x1f\x8b":
            return DamagedError(file)
    return ForeignError(file)
