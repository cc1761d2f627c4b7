"""Files that are no whole backup: each gets one sentence, and nothing is touched."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.errors import EarmarkError
from tests.kit.companion import database_rows
from tests.kit.companion.database_rows import NEWEST, NOW, PEPPER
from web.maintenance import backup, backup_format, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.database_rows import Making
    from web.database.engine import Database


@pytest.fixture
def file(make_database: Making, tmp_path: Path) -> Path:
    database = make_database("sqlite")
    database_rows.fill(database)
    backup.write(database, PEPPER, tmp_path / "backup.gz", NOW)
    return tmp_path / "backup.gz"


@pytest.fixture
def full(make_database: Making) -> Database:
    """A database with accounts, which a wrong file must not touch."""
    database = make_database("sqlite")
    database_rows.fill(database)
    return database


def whole(*lines: object) -> bytes:
    """Return such lines with the trailer that belongs to them."""
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    tables = [line["table"] for line in lines if isinstance(line, dict) and "table" in line]
    rows = {table: sum(isinstance(line, list) for line in lines) for table in tables}
    trailer = {"rows": rows, "sha256": hashlib.sha256(data).hexdigest()}
    return gzip.compress(data + json.dumps(trailer).encode() + b"\n")


HEADER = {"earmark": "backup", "format": 1, "revision": NEWEST, "day": "2026-11-01"}
LEARNERS = {"table": "erased", "columns": {"id": "text", "on": "day"}}
FOREIGN = {
    "nothing": b"",
    "text": b"Dear diary\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "packed text": gzip.compress(b"Dear diary\n"),
    "packed nothing": gzip.compress(b""),
    "other JSON": gzip.compress(b'{"earmark": 7}\n'),
    "a list": gzip.compress(b'["earmark"]\n'),
    "deep JSON": gzip.compress(b"[" * 100_000),
}
DAMAGED = {
    "header alone": gzip.compress(json.dumps(HEADER).encode()),
    "no day": whole(HEADER | {"day": "soon"}),
    "rows of no table": whole(HEADER, ["x", "2026-11-01"]),
    "too few values": whole(HEADER, LEARNERS, ["x"]),
    "too many values": whole(HEADER, LEARNERS, ["x", "2026-11-01", 1]),
    "no such day": whole(HEADER, LEARNERS, ["x", "2026-02-30"]),
    "a number for a text": whole(HEADER, LEARNERS, [7, "2026-11-01"]),
    "half a letter": whole(HEADER, LEARNERS, ["\ud800", "2026-11-01"]),
    "a zero in a text": whole(HEADER, LEARNERS, ["\0", "2026-11-01"]),
    "no id": whole(HEADER, LEARNERS, [None, "2026-11-01"]),
    "an unknown kind": whole(HEADER, {"table": "erased", "columns": {"id": "colour"}}, ["x"]),
    "a huge number": whole(HEADER, {"table": "t", "columns": {"n": "number"}}, [2**63]),
    "half a number": whole(HEADER, {"table": "t", "columns": {"n": "number"}}, [0.5]),
    "no base64": whole(HEADER, {"table": "t", "columns": {"b": "bytes"}}, ["&"]),
    "columns in a list": whole(HEADER, {"table": "t", "columns": ["n"]}, ["x"]),
    "a table without a name": gzip.compress(json.dumps(HEADER).encode() + b'\n{"table":[]}\n'),
    "a lonely number": whole(HEADER, 7),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_a_file_of_another_kind_is_no_backup(full: Database, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert_refused(full, path, "is not an Earmark backup")


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_lines_that_nobody_wrote_are_damage(full: Database, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert_refused(full, path, "is damaged or incomplete; use another backup")


def test_a_file_that_is_not_there_or_is_a_folder_is_named(full: Database, tmp_path: Path) -> None:
    assert_refused(full, tmp_path / "none.gz", "none.gz cannot be read: No such file or directory")
    assert_refused(full, tmp_path, "cannot be read: Is a directory")


def test_a_format_of_a_later_earmark_is_told_apart_from_damage(
    full: Database, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(whole(HEADER | {"format": 2, "day": None}))
    assert_refused(full, path, "was made by a later version of Earmark; install that version")


@pytest.mark.slow
def test_a_backup_that_was_cut_short_is_noticed_wherever_it_was_cut(
    full: Database, file: Path
) -> None:
    data = file.read_bytes()
    assert_lines_end_with_the_trailer(data)
    for length in range(len(data)):
        file.write_bytes(data[:length])
        with pytest.raises(EarmarkError, match=r"damaged or incomplete|is not an Earmark backup"):
            restore.examine(file, PEPPER)
    assert_refused(full, file, "is damaged or incomplete; use another backup")


def assert_lines_end_with_the_trailer(data: bytes) -> None:
    assert "sha256" in json.loads(gzip.decompress(data).splitlines()[-1])


def test_lines_left_out_or_put_behind_are_noticed(full: Database, file: Path) -> None:
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    for number in range(1, len(lines)):
        file.write_bytes(gzip.compress(b"".join(lines[:number] + lines[number + 1 :])))
        assert_refused(full, file, "is damaged or incomplete")
    file.write_bytes(gzip.compress(b"".join(lines)) + gzip.compress(b"[1]\n"))
    assert_refused(full, file, "is damaged or incomplete")
    file.write_bytes(gzip.compress(b"".join(lines)) + b"more")
    assert_refused(full, file, "is damaged or incomplete")


@pytest.mark.slow
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_that_flipped_is_noticed_or_changes_nothing(
    file: Path, where: float, bit: int
) -> None:
    data = bytearray(file.read_bytes())
    before = list(backup_format.Archive(file).rows())
    data[int(where * len(data))] ^= 1 << bit
    changed = file.with_name("changed")
    changed.write_bytes(data)
    try:
        assert list(backup_format.Archive(changed).rows()) == before
    except EarmarkError as error:
        assert "\n" not in str(error)


def test_a_line_without_end_does_not_fill_the_memory(
    full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_format, "LONGEST", 1000)
    path = tmp_path / "file"
    path.write_bytes(whole(HEADER, LEARNERS, ["x" * 1000, "2026-11-01"]))
    assert_refused(full, path, "is damaged or incomplete")


def assert_refused(database: Database, file: Path, sentence: str) -> None:
    before = database_rows.contents(database)
    with pytest.raises(EarmarkError) as caught:
        restore.read(database, PEPPER, file, replace=True)
    assert sentence in str(caught.value)
    assert database_rows.contents(database) == before
