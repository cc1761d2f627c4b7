"""Every text that is drawn by chance and shown to somebody: it says nothing that hurts."""

from __future__ import annotations

import ast
import math
import secrets
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.text import random_text
from podcast.creating import show
from web import crypto
from web.accounts import join_codes, phrases, word_list
from web.desk import two_factor
from web.sync import apps

ROOT = Path(__file__).parents[2]
# What the review of the companion saw in phrases, and more of each kind.
SEEN = """
slashed scarring cut blade penknife wound mutilated strangle suffocate drown poison unloved
unwanted ashamed despair bleak undying gallows purge starved skinny captive junkie opium grope
revolver casket widow zombie helpless hatred bully jump rope overkill self alone exit
headstone scalping clobber unsheathe neglector culpable riddance throwaway overstuff duress
"""
# Where something is drawn, and why nobody reads a word in it: a text that people read is drawn by
# `random_text.draw`, checked by `is_harmless`, or made of the words of `phrases.drawn`.
DRAWS = {
    "podcast/publishing/session.py": "hex, the name of a release",
    "podcast/show_folder/show_lock.py": "hex, in a lock file",
    "podcast/creating/companion_settings.py": "keys",
    "podcast/creating/show.py": "random_text.draw",
    "web/accounts/word_list.py": "phrases.drawn",
    "web/accounts/store.py": "hex, an id",
    "web/accounts/erasure_store.py": "hex, an id",
    "web/application.py": "hex, of a log",
    "web/forms/resubmission.py": "the token of a form",
    "web/cookies.py": "an order of paths",
    "web/desk/two_factor.py": "random_text.is_harmless; a salt",
    "web/desk/invitations.py": "random_text.draw; the token of a link",
    "web/desk/store.py": "hex, an id",
    "web/crypto.py": "keys and nonces",
    "web/limits/rate_limits.py": "a key",
    "web/listening/store.py": "a number",
    "web/listening/views.py": "hex, an id",
    "web/nextcloud/views.py": "tokens of links and programs",
    "web/reflections/store.py": "hex, an id",
    "web/sync/apps.py": "random_text.draw; hex, an id",
}


def test_no_word_of_a_new_phrase_is_about_what_hurts() -> None:
    assert not set(SEEN.split()) & set(word_list.drawn())
    assert word_list.left_out() <= set(word_list.words()), "each is a word of the list"
    for _ in range(2000):
        assert not set(word_list.new().split()) & word_list.left_out()


def test_words_that_are_left_out_cost_little() -> None:
    assert math.log2(len(word_list.drawn()) ** phrases.WORDS) > 63.4
    assert set(word_list.words()) - set(word_list.drawn()) == word_list.left_out()


def test_every_word_that_is_left_is_drawn_as_often() -> None:
    seen = []
    words = word_list.drawn()
    phrases.make_phrase(words, lambda among: seen.append(among) or among[0])  # type: ignore[func-returns-value]
    assert seen == [words] * phrases.WORDS, "one even choice of all of them for each word"
    assert len(set(words)) == len(words)


def test_no_two_words_side_by_side_make_one_that_is_left_out() -> None:
    kept = set(word_list.drawn())
    harsh = word_list.left_out() | {"suicide", "overdose", "selfharm", "killyourself", "bloodbath"}
    made = {word for word in harsh for at in range(1, len(word))
            if word[:at] in kept and word[at:] in kept}  # fmt: skip
    assert made == set()


def test_a_phrase_of_before_with_a_word_that_is_left_out_opens_what_it_opened() -> None:
    assert (
        word_list.read("slashed unwanted crayon bleak cut") == "slashed unwanted crayon bleak cut"
    )
    assert crypto.normal("Slashed unwanted CRAYON bleak cut") == b"slashedunwantedcrayonbleakcut"


def test_no_text_without_meaning_can_spell_a_word() -> None:
    assert not set("AEIOUY0134L") & set(random_text.UNAMBIGUOUS)
    for code in ("KMSB-2222", "22KK-K222", "BB66-6BBB"):
        assert not random_text.is_harmless(code), "also over the line between two groups"


@pytest.mark.parametrize(
    "new",
    [
        lambda: join_codes.make_code(secrets.choice),
        lambda: apps.spelled(apps.new_password()),
        lambda: two_factor.spelled(two_factor.new_secret()),
        show.random_path,
    ],
    ids=["join code", "app password", "secret of an app", "address of an unlisted show"],
)
def test_what_is_drawn_is_harmless(new: object) -> None:
    for _ in range(500):
        assert random_text.is_harmless(new())  # type: ignore[operator]


def test_a_draw_is_even_over_what_is_harmless() -> None:
    drawn = Counter(random_text.draw(3, secrets.choice, "KMS") for _ in range(26 * 200))
    assert len(drawn) == 25, "all of 27 but KMS and KKK"
    assert max(drawn.values()) < 2 * min(drawn.values())


@given(st.lists(st.sampled_from(random_text.UNAMBIGUOUS), min_size=40, max_size=40))
def test_whatever_chance_gives_a_code_stays_one(chances: list[str]) -> None:
    rest = iter(chances + list("2B9C5D8F" * 5))
    code = join_codes.make_code(lambda _: next(rest))
    assert join_codes.normal_code(code)
    assert random_text.is_harmless(code)


def test_every_place_that_draws_something_is_known() -> None:
    found = set()
    for path in sorted(ROOT.glob("*/**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.split("/")[0] in {"episodes", "feed", "podcast", "web"}:
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            used = {each.attr for each in tree
                    if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name)
                    and each.value.id in {"secrets", "random"}}  # fmt: skip
            if used & {
                "choice",
                "choices",
                "token_hex",
                "token_urlsafe",
                "token_bytes",
                "randbelow",
                "randint",
                "sample",
                "shuffle",
            }:
                found.add(name)
    assert found == set(DRAWS), "say in DRAWS who reads what is drawn there"


def test_no_word_of_the_list_begins_another_so_that_any_five_can_be_told_apart() -> None:
    letters = sorted(crypto.normal(word).decode() for word in word_list.words())
    assert not [one for one, next_ in pairwise(letters) if next_.startswith(one)]
