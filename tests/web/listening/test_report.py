"""What a page reports, end to end: its token adds for one listener and one episode, no more."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kit.companion import cast
from tests.kit.companion.cast import GUIDS, NOON, Clock, House, Person
from web import crypto
from web.listening import coverage, progress, rules, store
from web.listening.progress import EpisodeProgress
from web.listening.rules import Sitting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from web.database.engine import Database
    from web.settings import Settings


@pytest.fixture
def alice(house: House) -> Person:
    return record(house.learner("Alice"))


@pytest.fixture
def bob(house: House) -> Person:
    return record(house.learner("Bob"))


@pytest.fixture
def settings_file(tmp_path: Path, database: Database) -> Settings:
    return cast.settings(tmp_path, database)


def record(person: Person) -> Person:
    person.visitor.get("/notes")
    assert person.visitor.post("/recording/on").status == 303
    return person


def token(person: Person, guid: str = GUIDS[0]) -> str:
    """Open the page that plays; return its token."""
    page = person.visitor.get(f"/listen/{quote(guid, safe='')}")
    found = re.search(r'data-token="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def send(house: House, by: str, *runs: list[Any], sequence: int = 0, **more: Any) -> int:
    """Report as a page does, without a cookie; return the status."""
    said = {"token": by, "sequence": sequence, "runs": runs, "place": None, "ended": False}
    body = json.dumps(said | more).encode()
    answer = house.nobody().send("POST", "/heard", {"Content-Type": "text/plain"}, body)
    assert answer.body == b"", "it tells nothing"
    return answer.status


def known(house: House, person: Person, guid: str = GUIDS[0]) -> EpisodeProgress:
    with house.database.reading() as connection:
        listener = store.listener_of(connection, person.id)
        return progress.progress_of(connection, listener, {}).get(guid, EpisodeProgress(0))


def test_a_page_adds_for_its_listener_and_its_episode_only(
    house: House, alice: Person, bob: Person
) -> None:
    assert send(house, token(alice), [0, 60]) == 204
    assert known(house, alice).measured == 600
    assert known(house, alice, GUIDS[1]) == EpisodeProgress(0)
    assert known(house, bob) == EpisodeProgress(0)


def test_a_token_that_is_not_ours_adds_nothing(house: House, alice: Person, bob: Person) -> None:
    good = token(alice)
    sealed = base64.urlsafe_b64decode(good)
    with house.database.reading() as connection:
        listener = store.listener_of(connection, alice.id)
    sitting = Sitting(listener, 1, b"s" * 16, int(NOON.timestamp())).dump()
    forged = [
        "", "x", "é", "=" * 9, good[:-4], good + "AAAA", good.swapcase(),
        base64.urlsafe_b64encode(sitting).decode(),
        base64.urlsafe_b64encode(crypto.seal(b"k" * 32, sitting, "listening")).decode(),
        base64.urlsafe_b64encode(crypto.seal(bob.key, sitting, "listening")).decode(),
        *(_flipped(sealed, at) for at in range(len(sealed))),
    ]  # fmt: skip
    assert {send(house, each, [0, 60]) for each in forged} == {400}
    assert known(house, alice) == EpisodeProgress(0)
    assert send(house, good, [0, 60]) == 204


def _flipped(sealed: bytes, at: int) -> str:
    changed = bytearray(sealed)
    changed[at] ^= 1
    return base64.urlsafe_b64encode(changed).decode()


def test_what_is_sent_again_counts_once(house: House, alice: Person) -> None:
    mine = token(alice)
    assert [send(house, mine, [0, 60]) for _ in range(3)] == [204] * 3
    assert send(house, mine, [0, 300]) == 204, "the same number with more in it is the same"
    assert (known(house, alice).measured, known(house, alice).played) == (600, 600)


def test_a_page_that_is_replayed_can_claim_no_more_than_it_was_open_for(
    house: House, alice: Person, clock: Clock
) -> None:
    mine = token(alice)
    for sequence in range(20):
        assert send(house, mine, [0, 60], sequence=sequence) == 204
    assert known(house, alice).played == 600
    clock.wait(seconds=48)  # two minutes more, at the highest speed
    for sequence in range(20, 40):
        send(house, mine, [0, 60], sequence=sequence)
    assert known(house, alice).played == 1800


@pytest.mark.parametrize(
    "run",
    [[-10, 20], [20, 10], [20, 20], [-60, -1], [400, 500], [0, 1e5], [0, 86401]],
)
def test_what_cannot_have_been_heard_changes_nothing(
    house: House, alice: Person, run: list[float]
) -> None:
    assert send(house, token(alice), run) == 204
    assert known(house, alice).measured == 0
    assert known(house, alice).played == 0


def test_beyond_the_end_there_is_nothing_to_hear(house: House, alice: Person) -> None:
    assert send(house, token(alice), [290, 340]) == 204
    assert known(house, alice).measured == 100


def test_the_place_stays_within_the_recording(house: House, alice: Person) -> None:
    for sequence, (place, left) in enumerate(((1e6, 3000), (-50, 0), (12.3, 123))):
        assert send(house, token(alice), sequence=sequence, place=place) == 204
        assert known(house, alice).place == left


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"[" * 50_000, b'{"token":NaN}', b"\xff\xfe", b"1" * 63_000,
     b'{"token":"x","sequence":0,"runs":[[0,1e400]]}', b"x" * 70_000],
)  # fmt: skip
def test_what_is_no_message_is_refused_in_silence(house: House, body: bytes) -> None:
    assert house.nobody().send("POST", "/heard", {}, body).status == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60,
          deadline=None)  # fmt: skip
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=12,
    )
)
def test_nothing_that_runs_could_be_breaks_it_or_claims_too_much(
    house: House, alice: Person, runs: Any
) -> None:
    assert send(house, token(alice), sequence=0, runs=runs) in {204, 400}
    assert known(house, alice).measured <= 3000


def test_it_neither_opens_a_session_nor_keeps_one_open(
    house: House, alice: Person, clock: Clock
) -> None:
    mine = token(alice)
    clock.wait(minutes=14)
    assert send(house, mine, [0, 60]) == 204
    clock.wait(minutes=2)
    assert send(house, mine, [60, 120], sequence=1) == 204, "the recording goes on"
    assert alice.visitor.get("/notes").status != 200, "the notes are closed"
    assert known(house, alice).measured == 1200
    answer = house.nobody().get("/notes", {"Authorization": f"Bearer {mine}"})
    assert answer.status != 200


def test_a_cookie_without_a_token_adds_nothing(house: House, alice: Person) -> None:
    body = json.dumps({"token": "", "sequence": 0, "runs": [[0, 9]]}).encode()
    assert alice.visitor.send("POST", "/heard", {}, body).status == 400


def test_a_token_lives_for_some_hours(house: House, alice: Person, clock: Clock) -> None:
    mine = token(alice)
    clock.wait(hours=rules.HOURS)
    assert send(house, mine, [0, 60]) == 204
    clock.wait(seconds=1)
    assert send(house, mine, [60, 120], sequence=1) == 410


@pytest.mark.parametrize("back", [2, 60, 200, 280, 3600, 7 * 3600, -7 * 3600])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_is_set_while_a_page_plays_loses_nothing(
    settings_file: Settings, back: int, *, restarted: bool
) -> None:
    """The page played four minutes before, and half a minute after."""
    clock, watch = Clock(), Clock()
    house = cast.house(settings_file, clock=clock, seconds=watch.seconds)
    alice = record(house.learner("Alice"))
    mine = token(alice)
    for each in (clock, watch):
        each.wait(seconds=240)
    assert send(house, mine, [0, 120]) == 204
    clock.wait(seconds=-back)
    if restarted:
        house.close()
        house = cast.house(settings_file, clock=clock)
    for each in (clock, watch):
        each.wait(seconds=30)
    status = send(house, mine, [120, 270], sequence=1)
    heard = known(house, alice).measured
    house.close()
    if restarted and back < 0:
        assert (status, heard) == (410, 1200), "nobody can tell that it was not open for so long"
    else:
        assert (status, heard) == (204, 2700)


def switch_off(person: Person) -> None:
    person.visitor.post("/recording/off")


def switch_off_and_on(person: Person) -> None:
    switch_off(person)
    record(person)


def erase(person: Person) -> None:
    person.visitor.post("/delete-everything")


@pytest.mark.parametrize("leave", [switch_off, switch_off_and_on, erase])
def test_who_stopped_recording_is_not_recorded_by_a_page_left_open(
    house: House, alice: Person, leave: Callable[[Person], None]
) -> None:
    mine = token(alice)
    send(house, mine, [0, 60])
    leave(alice)
    assert send(house, mine, [60, 120], sequence=1) == 403
    assert known(house, alice) == EpisodeProgress(0)


def test_what_is_kept_of_a_message_is_what_it_said(house: House, alice: Person) -> None:
    send(house, token(alice), [1.26, 7.5], [30, 41.04])
    with house.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT runs, tenths FROM events").all()
    assert [(coverage.unpack(runs), tenths) for runs, tenths in rows] == [
        (((13, 75), (300, 410)), 172)
    ]
