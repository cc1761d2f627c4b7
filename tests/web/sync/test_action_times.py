"""Times of plays, by whatever clock: nothing that a device did play is lost to its time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit.clients.sync_clients import play
from web.listening import coverage
from web.sync import action_times, actions, evidence, totals
from web.sync.evidence import Played
from web.sync.totals import ReportedAction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from web.listening.coverage import Coverage

KEY, NOW, LENGTH = b"k" * 32, 1_795_000_000, 1800
Sent = dict[str, Any]


def talk(number: int, started: int, position: int, timestamp: Any = None) -> Sent:
    """Return a play as an app sends it; without a time if there is none."""
    sent = play(position, started, guid=f"guid-{number}", device="pc", total=LENGTH)
    del sent["timestamp"]
    return sent if timestamp is None else sent | {"timestamp": timestamp}


class Account:
    """What one device reported, upload after upload, as the database keeps it."""

    def __init__(self) -> None:
        self.past: list[Played] = []
        self.known: set[bytes] = set()
        self.runs: dict[int, list[Coverage]] = {}

    def upload(self, sent: Sequence[Sent], now: int = NOW) -> None:
        known = {each.digest: each for each in actions.actions([*sent], now, KEY)}
        fresh = [each for digest, each in known.items() if digest not in self.known]
        self.known |= set(known)
        batch = [(each, int(each.guid[5:]), LENGTH * 10) for each in fresh]
        media = {each.digest: number for each, number, _ in batch}
        for action, proves in evidence.judged(batch, self.past):
            report = ReportedAction(proves, action.started, action.position, action.total)
            number = media[action.digest]
            self.runs.setdefault(number, []).append(
                totals.totals_of_action(report, LENGTH * 10).runs
            )
            if action.clock == action_times.OWN and proves in {
                evidence.INTERVAL,
                evidence.POSITION,
            }:
                self.past.append(Played(action.at, number, action.position or 0))

    def heard(self) -> dict[int, Coverage]:
        every = {number: coverage.union(*runs) for number, runs in self.runs.items()}
        return {number: runs for number, runs in every.items() if runs}

    def minutes(self) -> list[int]:
        return [coverage.tenths(runs) // 600 for _, runs in sorted(self.heard().items())]


ENDS = [NOW - 6000, NOW - 4500, NOW - 1500]  # three talks of twenty minutes, one after the other
AHEAD = [end + 7500 for end in ENDS]


def iso(seconds: int, hours: int = 0) -> str:
    return datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours))).isoformat()


WRITTEN: dict[str, Callable[[int], Any]] = {
    "seconds": lambda at: at,
    "seconds as text": str,
    "seconds with a fraction as text": lambda at: f"{at}.5",
    "milliseconds": lambda at: at * 1000,
    "milliseconds as text": lambda at: f"{at * 1000}",
    "nanoseconds": lambda at: at * 10**9,
    "ISO": iso,
    "ISO elsewhere": lambda at: iso(at, -11),
    "ISO without a zone": lambda at: iso(at)[:19],
    "RFC 822": lambda at: format_datetime(datetime.fromtimestamp(at, UTC)),
    "RFC 822 elsewhere": lambda at: format_datetime(
        datetime.fromtimestamp(at, timezone(timedelta(hours=13)))
    ),
    "HTTP": lambda at: format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True),
    "asctime": lambda at: datetime.fromtimestamp(at, UTC).ctime(),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_every_way_to_write_a_time_is_the_time(written: str) -> None:
    assert action_times.parse(WRITTEN[written](NOW - 100)) == NOW - 100


@pytest.mark.parametrize(
    "stamps",
    [
        [None] * 3, [NOW] * 3, [NOW - 5000] * 3, [NOW + 10**6] * 3, [0] * 3, [-1] * 3, [""] * 3,
        ["yesterday"] * 3, [{}] * 3, [NOW - 2, NOW - 1, NOW], ENDS, AHEAD,
        [end + 3600 for end in ENDS], [end + 14 * 3600 for end in ENDS],
        [2_145_916_800 + end - NOW for end in ENDS],  # 2038
        ["9999-12-31T22:00:00", "9999-12-31T22:30:00Z", "9999-12-31T23:59:59Z"],
        ["0001-01-01T00:00:00"] * 3, [600, 2400, 4200],  # 1970: a clock that was never set
        [NOW - 9000, "9999-12-31T23:59:59Z", None], [NOW + 60, "2038-01-19T03:14:08Z", 10**30],
        *[[write(end) for end in ENDS] for write in WRITTEN.values()],
        *[[write(end) for end in AHEAD] for write in WRITTEN.values()],
    ],
    ids=lambda stamps: str(stamps)[:40],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 3])
def test_three_talks_of_twenty_minutes_are_sixty(stamps: list[Any], size: int) -> None:
    three = Account()
    sent = [talk(number, 0, 1200, stamp) for number, stamp in enumerate(stamps, 1)]
    for at in range(0, 3, size):
        three.upload(sent[at : at + size])
    assert three.minutes() == [20, 20, 20]
    pieces = Account()
    sent = [talk(1, 600 * number, 600 * number + 600, stamp) for number, stamp in enumerate(stamps)]
    for at in range(0, 3, size):
        pieces.upload(sent[at : at + size])
    assert pieces.minutes() == [30]


def test_a_batch_ahead_keeps_its_distances() -> None:
    settled = action_times.settle([NOW + 60, None, NOW + 3600, NOW - 60, NOW + 10**9], NOW)
    assert [each.at - NOW for each in settled] == [-3540, 0, 0, -3660, 0]
    assert [each.clock for each in settled] == [
        action_times.AHEAD,
        action_times.OURS,
        action_times.AHEAD,
        action_times.AHEAD,
        action_times.FAR,
    ]


def test_a_time_of_ours_judges_nothing_that_comes_later() -> None:
    account = Account()
    account.upload([talk(1, 0, 1200)])
    account.upload([talk(2, 0, 1200, NOW + 60)], NOW + 60)
    account.upload([talk(3, 0, 1200, NOW + 5000)], NOW + 120)
    assert account.minutes() == [20, 20, 20]


def test_an_app_that_gives_its_own_times_cannot_play_faster_than_there_is_time() -> None:
    account = Account()
    account.upload([talk(1, 0, 1200, NOW - 60), talk(2, 0, 1200, NOW)])
    assert account.minutes() == [20]


SPANS = st.tuples(
    st.integers(0, 3 * 3600), st.integers(1, 3), st.integers(0, LENGTH - 1),
    st.integers(1, LENGTH), st.sampled_from([0.5, 1, 2, 3]),
)  # fmt: skip


@st.composite
def _histories(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """Return (talk, from, to, when it ended) of what one device played, one after the other."""
    found, now = [], NOW - 30 * 24 * 3600
    for pause, number, started, length, speed in draw(st.lists(SPANS, max_size=12)):
        end = min(started + length, LENGTH)
        now += pause + 6 + int((end - started) / speed)
        found.append((number, started, end, now))
    return found


@settings(deadline=None)
@given(
    _histories(), st.sampled_from(sorted(WRITTEN)), st.randoms(use_true_random=False),
    st.none() | st.sampled_from([0, 2, 3600, 20 * 3600, 27 * 3600, 10**9, -(10**9), -(10**6)]),
)  # fmt: skip
def test_what_a_device_did_play_is_heard_in_any_order_by_any_clock_and_once(
    history: list[tuple[int, int, int, int]], written: str, chance: random.Random, error: int | None
) -> None:
    sent = [
        talk(number, started, end, None if error is None else WRITTEN[written](at + error))
        for number, started, end, at in history
    ]
    right = {
        number: coverage.union(*([(a * 10, b * 10)] for each, a, b, _ in history if each == number))
        for number in {each[0] for each in history}
    }
    doubled = [*sent, *chance.sample(sent, len(sent) // 2)]
    chance.shuffle(doubled)
    account = Account()
    while doubled:
        size = chance.randint(1, 5)
        account.upload(doubled[:size], NOW + chance.randint(0, 3600))
        doubled = doubled[size:]
    assert account.heard() == right


ANYTHING = st.lists(
    st.tuples(
        st.integers(1, 3), st.integers(-5, 4000), st.integers(-5, 10**5),
        st.none() | st.integers(-(10**12), 10**12) | st.integers(NOW - 9000, NOW + 9000)
        | st.text(max_size=30) | st.floats(),
    ),
    max_size=20,
)  # fmt: skip


@given(ANYTHING, st.randoms(use_true_random=False))
def test_a_lying_app_gets_at_most_the_length_and_no_more_by_another_order(
    lies: list[tuple[int, int, int, Any]], chance: random.Random
) -> None:
    sent = [talk(number, a, b, time) for number, a, b, time in lies]
    first, second, timeless = Account(), Account(), Account()
    first.upload(sent)
    chance.shuffle(sent)
    second.upload(sent)
    assert first.heard() == second.heard(), "the order within an upload says nothing"
    timeless.upload([talk(number, a, b) for number, a, b, _ in lies])
    for number, runs in first.heard().items():
        assert coverage.tenths(runs) <= LENGTH * 10
        whole = timeless.heard()[number]
        assert coverage.union(runs, whole) == whole, "times taken away lessen nothing"


def test_times_are_read_quickly_whatever_they_are() -> None:
    for sign in ("1", " ", ":", "-", "+", "0 ", "Mon, "):
        assert action_times.parse(sign * 100_000) is None or sign == "1"
