"""Phrases and join codes: what they look like, and when a code is open."""

from __future__ import annotations

import math
from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import crypto
from web.accounts import join_codes, phrases, word_list

TODAY = date(2026, 11, 23)


def test_a_phrase_is_five_of_7772_words() -> None:
    words = word_list.words()
    assert len(set(words)) == 7772
    phrase = word_list.new()
    assert len(phrase.split()) == 5
    assert set(phrase.split()) <= set(words)
    assert math.log2(len(words) ** phrases.WORDS) > 64
    assert word_list.new() != phrase


def test_no_word_begins_another_so_that_spaces_do_not_matter() -> None:
    letters = sorted(crypto.normal(word).decode() for word in word_list.words())
    assert len(set(letters)) == 7772
    assert not [one for one, next_ in pairwise(letters)
                if next_.startswith(one)]  # fmt: skip


def test_a_code_has_no_signs_that_people_take_for_another() -> None:
    for lookalikes in ("0O", "1IL"):
        assert len(set(lookalikes) & set(join_codes.SIGNS)) <= 1
    assert not [pair for pair in combinations("0O1IL", 2) if set(pair) <= set(join_codes.SIGNS)]


@given(st.randoms())
def test_a_code_is_known_however_it_is_typed(random: object) -> None:
    code = join_codes.make_code(random.choice)  # type: ignore[attr-defined]
    signs = join_codes.normal_code(code)
    assert len(signs) == join_codes.CODE
    for typed in (code.lower(), code.replace("-", " "), f" {code} ", code.replace("-", "\u2013")):
        assert join_codes.normal_code(typed) == signs


@pytest.mark.parametrize("typed", ["", "ABC", "ABCD-234", "ABCD-23456", "ABCD-234O", "'; DROP--"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert not join_codes.normal_code(typed)


def test_a_code_is_open_until_its_last_day_its_last_use_or_its_withdrawal() -> None:
    assert join_codes.is_open(TODAY, TODAY, None, 1)
    assert not join_codes.is_open(TODAY, date(2026, 11, 22), None, 1)
    assert not join_codes.is_open(TODAY, TODAY, None, 0)
    assert not join_codes.is_open(TODAY, TODAY, TODAY, 1)
