"""Tests that a download is read in short steps while it is sent, and never cut off unnoticed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from tests.kit.clients import sync_clients
from tests.kit.companion import sync_reports
from tests.kit.companion.cast import GUIDS
from web.accounts import erasure_store
from web.accounts.store import Learner
from web.database.refusals import AwayError
from web.export import action_store, collection, formats, zip_file
from web.limits import heavy_requests
from web.limits.bounded_queue import BoundedQueue
from web.listening import store as listening
from web.reflections import store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.companion.cast import House, Person

ACTIONS, BATCH, NOTES = 25, 4, 7


@pytest.fixture
def alice(house: House, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Alice, whose app reported more than is read at a time."""
    monkeypatch.setattr(store, "BATCH", 2)
    monkeypatch.setattr(zip_file, "PIECE", 100)
    small = action_store._BATCH._statement.limit(BATCH).offset(None)  # type: ignore[attr-defined]
    monkeypatch.setattr(action_store, "_BATCH", Asked(small))
    person = house.learner("Alice")
    who = sync_clients.let_in(house.companion, person.id, person.key)
    sync_reports.report(
        house, who, *(sync_clients.play(at + 1, at, talk=at % 2) for at in range(ACTIONS))
    )
    for at in range(NOTES):
        person.visitor.save(GUIDS[0], f"number {at}")
    return person


class Asked:
    """A statement that is not compiled beforehand, so that its limit can be another."""

    def __init__(self, statement: object) -> None:
        self._statement = statement

    def rows(self, connection, values):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
        return [tuple(row) for row in connection.execute(self._statement, values)]


def unpack(body: bytes) -> zipfile.ZipFile:
    packed = zipfile.ZipFile(io.BytesIO(body))
    assert packed.testzip() is None
    return packed


def test_every_batch_is_in_the_files_once(alice: Person) -> None:
    answer = alice.visitor.post("/take-away")
    assert answer.header("Content-Length") == "", "nobody knows it yet"
    packed = unpack(answer.body)
    rows = list(csv.DictReader(io.StringIO(packed.read("reported.csv").decode("utf-8-sig"))))
    positions = [int(row["position"]) for row in rows]
    assert sorted(positions) == [*range(1, ACTIONS + 1)]
    document = json.loads(packed.read("notes.json"))
    assert [int(each["position"]) for each in document["reported"]] == positions
    assert {row["episode"] for row in rows} == {"Talk 1", "Talk 2"}
    text = packed.read("notes.html").decode()
    assert [text.count(f"number {at}<") for at in range(NOTES)] == [1] * NOTES


def test_no_transaction_is_open_while_a_piece_is_sent(house: House, alice: Person) -> None:
    open_now: list[int] = []
    event.listen(house.database.engine, "begin", lambda _: open_now.append(1))
    event.listen(house.database.engine, "rollback", lambda _: open_now.pop())
    learner = Learner(alice.id, alice.key)
    with house.app.test_request_context():
        everything = collection.collect_everything(house.companion, learner)
        pieces = 0
        for _ in zip_file.zip_pieces(everything, ["page"], house.companion.now().date()):
            pieces += 1
            assert not open_now
            assert house.database.inside == 0
    assert pieces > 5


def test_what_is_deleted_while_it_is_sent_is_no_longer_read(house: House, alice: Person) -> None:
    learner = Learner(alice.id, alice.key)
    everything = collection.collect_everything(house.companion, learner)
    actions, notes = iter(everything.reported), iter(everything.kept)
    next(actions), next(notes)
    with house.database.writing() as connection:
        assert listening.listener_of(connection, alice.id)
        erasure_store.erase_learner(connection, alice.id, house.companion.now().date())
    assert len(list(actions)) == BATCH - 1
    assert len(list(notes)) == 1


@pytest.mark.parametrize("error", [AwayError("the database is away"), ValueError("Alice's words")])
def test_a_download_that_breaks_off_is_no_zip_and_logs_no_words(
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    def break_off(*_: object) -> Iterator[str]:
        yield "x" * 10_000
        raise error

    monkeypatch.setattr(formats, "csv_pieces", break_off)
    with pytest.raises(Exception, match=r"cut off|away") as raised:
        alice.visitor.post("/take-away")
    assert "Alice" not in str(raised.value) + caplog.text


def test_what_is_wrong_before_the_first_piece_gets_its_page(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> formats.Everything:
        raise AwayError("the database is away")

    monkeypatch.setattr(collection, "collect_everything", away)
    assert alice.visitor.post("/take-away").status == 503


def test_few_pieces_are_made_at_once_and_none_after_the_first_is_refused() -> None:
    queue = BoundedQueue(1, 0, RuntimeError)
    first, second = queue.each_in_slot(iter([b"1", b"2"])), queue.each_in_slot(iter([b"3", b"4"]))
    assert next(first) == b"1"
    assert next(second) == b"3", "nobody holds a slot while a piece is sent"
    with queue.slot(), pytest.raises(RuntimeError):
        next(queue.each_in_slot(iter([b"5"])))
    assert [*first, *second] == [b"2", b"4"]


def test_a_download_that_nobody_reads_to_its_end_gives_its_place_back() -> None:
    for _ in range(heavy_requests.STREAMS + 1):
        stream = heavy_requests.stream(iter([b"1", b"2"]))
        assert next(stream) == b"1"
        del stream
