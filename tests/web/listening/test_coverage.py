"""Coverage: any order, any doubles, any pieces give the same as counting tenths one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.listening import coverage
from web.listening.coverage import SEAM, Run

RUNS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 60)).map(lambda it: (it[0], it[0] + it[1])),
    max_size=12,
)
ODD = st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9)), max_size=6)


def by_counting(runs: list[Run]) -> set[int]:
    """Return the tenths that were heard, and those of gaps that are a seam."""
    heard = {tenth for start, end in runs for tenth in range(start, end)}
    found = set(heard)
    for tenth in sorted(heard):
        following = next((each for each in range(tenth + 1, tenth + SEAM + 2) if each in heard), 0)
        found |= set(range(tenth, following))
    return found


def tenths(found: coverage.Coverage) -> set[int]:
    return {tenth for start, end in found for tenth in range(start, end)}


@given(RUNS)
def test_coverage_is_what_counting_gives(runs: list[Run]) -> None:
    found = coverage.union(runs)
    assert tenths(found) == by_counting(runs)
    assert coverage.seconds(found) == len(tenths(found)) / 10


@given(st.lists(RUNS, max_size=5), st.randoms())
def test_order_doubles_and_pieces_change_nothing(parts: list[list[Run]], random: object) -> None:
    whole = coverage.union(*parts)
    shuffled = [list(part) for part in parts] * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    grown = coverage.NOTHING
    for part in shuffled:
        before, grown = grown, coverage.union(grown, part)
        assert tenths(before) <= tenths(grown), "it never shrinks"
    assert grown == whole


@given(RUNS, RUNS, RUNS)
def test_union_is_commutative_associative_and_idempotent(
    one: list[Run], two: list[Run], three: list[Run]
) -> None:
    a, b, c = coverage.union(one), coverage.union(two), coverage.union(three)
    assert coverage.union(a, b) == coverage.union(b, a)
    assert coverage.union(coverage.union(a, b), c) == coverage.union(a, coverage.union(b, c))
    assert coverage.union(a, a) == a


@given(RUNS, ODD)
def test_what_cannot_be_adds_nothing_impossible(runs: list[Run], odd: list[Run]) -> None:
    found = coverage.union(runs, odd)
    for start, end in coverage.union(runs):
        assert any(first <= start and end <= last for first, last in found)
    assert all(0 <= start < end <= coverage.LONGEST for start, end in found)


@given(RUNS)
def test_what_is_packed_is_read_back(runs: list[Run]) -> None:
    found = coverage.union(runs)
    assert coverage.unpack(coverage.pack(found)) == found


@given(RUNS, st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(runs: list[Run], place: int, change: int) -> None:
    packed = bytearray(coverage.pack(coverage.union(runs)))
    packed[place % len(packed)] ^= change
    with pytest.raises(coverage.DamagedError):
        coverage.unpack(bytes(packed))


@pytest.mark.parametrize("data", [b"", b"x", b"\x00"])
def test_what_is_too_short_is_damaged(data: bytes) -> None:
    with pytest.raises(coverage.DamagedError):
        coverage.unpack(data)


@given(RUNS, st.integers(0, 50))
def test_nothing_is_heard_beyond_the_end(runs: list[Run], seconds: int) -> None:
    cut = coverage.within(coverage.union(runs), seconds)
    assert tenths(cut) == {each for each in tenths(coverage.union(runs)) if each < seconds * 10}


def test_a_recording_heard_whole_takes_a_few_bytes() -> None:
    assert len(coverage.pack(coverage.union([coverage.run(0, 40 * 60)]))) == 6
