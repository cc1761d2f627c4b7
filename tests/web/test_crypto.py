"""The keys: what a phrase opens, and that nothing else opens it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import crypto

PEPPER = b"p" * 32


def test_a_phrase_opens_the_same_however_it_was_typed() -> None:
    once = crypto.derive("correct horse yo-yo staple drop-down", PEPPER)
    assert crypto.derive("  Correct-Horse  YOYO\nstaple dropdown. ", PEPPER) == once


def test_another_phrase_or_another_pepper_opens_something_else() -> None:
    once = crypto.derive("one two three four five", PEPPER)
    assert crypto.derive("one two three four fine", PEPPER) != once
    assert crypto.derive("one two three four five", b"q" * 32) != once


def test_what_finds_a_learner_is_not_what_opens_their_key() -> None:
    opened = crypto.derive("one two three four five", PEPPER)
    assert opened.lookup != opened.wrapping
    assert len(opened.lookup) == len(opened.wrapping) == crypto.SIZE


@given(st.binary(max_size=2000), st.lists(st.text(max_size=20), max_size=4))
def test_what_is_sealed_opens_as_it_was(data: bytes, about: list[str]) -> None:
    key = crypto.random()
    assert crypto.unseal(key, crypto.seal(key, data, *about), *about) == data


@pytest.mark.parametrize(
    "about", [(), ("alice",), ("alice", "note-2"), ("bob", "note-1"), ("ali", "cenote-1")]
)
def test_a_sealed_text_opens_in_no_other_row_and_for_nobody_else(about: tuple[str, ...]) -> None:
    key = crypto.random()
    sealed = crypto.seal(key, b"mine", "alice", "note-1")
    with pytest.raises(crypto.WrongKeyError):
        crypto.unseal(key, sealed, *about)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    key = b"k" * 32
    sealed = bytearray(crypto.seal(key, b"some words", "row"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(crypto.WrongKeyError):
        crypto.unseal(key, bytes(sealed), "row")


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 12])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(crypto.WrongKeyError):
        crypto.unseal(b"k" * 32, sealed)


def test_the_length_of_a_sealed_text_says_little() -> None:
    lengths = {len(crypto.seal(b"k" * 32, b"x" * size)) for size in range(200)}
    assert len(lengths) == 1


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    assert crypto.seal(b"k" * 32, b"x") != crypto.seal(b"k" * 32, b"x")
