"""What people type on other keyboards is the same: in codes, phrases, names, digits and search."""

from __future__ import annotations

import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from web import typed_text
from web.accounts import join_codes, word_list
from web.desk import rules as desk
from web.desk import two_factor
from web.reflections import rules as reflections
from web.sync import apps

if TYPE_CHECKING:
    from collections.abc import Callable

UNSEEN = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\ufe0f\u034f\U000e0061"
)
SHAPES = {"'": "\u2018\u2019\u02bc\u2032`\u00b4\uff07", '"': "\u201c\u201d\u201e\u00ab\u00bb\uff02",
          "-": "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63", " ": "\u00a0\u202f\u2009\u3000"}  # fmt: skip
QUICK = 1.0  # seconds; it takes a fiftieth of that


def _shaped(text: str, pick: int) -> str:
    return "".join(SHAPES[c][pick % len(SHAPES[c])] if c in SHAPES else c for c in text)


def _sprinkled(text: str, pick: int) -> str:
    return UNSEEN[pick % len(UNSEEN)].join(f" {text} ")[1:-1]


def _wide(text: str, _: int) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


KEYBOARDS: dict[str, Callable[[str, int], str]] = {
    "capitals": lambda text, _: text.upper(),
    "small": lambda text, _: text.lower(),
    "taken apart": lambda text, _: unicodedata.normalize("NFD", text),
    "put together": lambda text, _: unicodedata.normalize("NFC", text),
    "shapes": _shaped,
    "unseen": _sprinkled,
    "wide": _wide,
}
other_keyboards = st.lists(
    st.tuples(st.sampled_from(sorted(KEYBOARDS)), st.integers(0, 99)), max_size=4
)


def on_another(text: str, keyboards: list[tuple[str, int]]) -> str:
    for name, pick in keyboards:
        text = KEYBOARDS[name](text, pick)
    return text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), other_keyboards)
@example(
    "We don't ask \"why\" - Zo\u00eb's caf\u00e9, stra\u00dfe, \u0130\u0131, \u039f\u03b4\u03cc\u03c2",
    [("capitals", 0), ("unseen", 3)],
)
def test_a_text_of_another_keyboard_counts_the_same(
    text: str, keyboards: list[tuple[str, int]]
) -> None:
    assert typed_text.fold(on_another(text, keyboards)) == typed_text.fold(text)


@given(st.text(max_size=60))
def test_what_counts_of_a_text_counts_the_same_again(text: str) -> None:
    folded = typed_text.fold(text)
    assert typed_text.fold(folded) == folded


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), other_keyboards)
def test_each_word_of_a_note_is_found_however_it_is_looked_for(
    text: str, keyboards: list[tuple[str, int]]
) -> None:
    found = note(f"before {text} behind")
    for word in text.split():
        counts = typed_text.fold(word).strip()  # a macron by itself is a space and an accent
        assert reflections.matches(found, on_another(word, keyboards)) or not counts
    assert found.answers[0][1] == f"before {text} behind", "the note stays as it was typed"


def note(*answers: str) -> reflections.Note:
    return reflections.Note("guid-1", "Talk", "what", tuple(("What?", each) for each in answers))


NOTES = (
    "We don\u2019t ask \u201cwhy\u201d first.",
    "Training about self\u2011harm, not to over\u2010react.",
    "Zoe\u0308 talked in the cafe\u0301.",
    "Ask a sec\u00adond time.",
)


@pytest.mark.parametrize(
    ("words", "number"),
    [("don't", 0), ('"why"', 0), ("self-harm", 1), ("over-react", 1), ("Zo\u00eb", 2),
     ("caf\u00e9", 2), ("cafe", 2), ("second", 3), ("dont", 0), ("self harm", 1), ("selfharm", 1),
     ("sel\u00adf-harm", 1), ("we don't", 0), ("overreact", 1),
     ("\u2018why\u2019", 0), ("ZOE CAF\u00c9", 2), ("\u201cfirst.\u201d", 0)],
)  # fmt: skip
def test_ones_own_words_are_found(words: str, number: int) -> None:
    found = [at for at, text in enumerate(NOTES) if reflections.matches(note(text), words)]
    assert found == [number]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("of self-\nharm", "self-harm"), ("of self- \r\n harm", "selfharm"),
        ("an exam-\nple", "example"), ("an exam\u00ad\nple", "example"), ("of self harm", "self-harm"),
        ("of self  harm", "self\u2011harm"), ("they re-\nenter", "re-enter"),
    ],
)  # fmt: skip
def test_a_word_is_found_whether_a_hyphen_a_space_or_a_line_parts_it(text: str, words: str) -> None:
    assert reflections.matches(note(text), words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the rapist", "therapist"), ("harm less", "harmless"), ("self, and harm", "self-harm"),
        ("themself-\n\nHarm", "selfharm"),
    ],
)  # fmt: skip
def test_what_is_two_words_is_not_found_as_one(text: str, words: str) -> None:
    assert not reflections.matches(note(text), words)


@pytest.mark.parametrize("words", ["\u200b", "\u0301", "\u00ad\u200d"])
def test_what_nobody_sees_does_not_find_everything(words: str) -> None:
    assert not reflections.matches(note("nothing of it"), words)


def test_a_sign_alone_is_looked_for_as_it_is() -> None:
    assert reflections.matches(note("he said \u00abno\u00bb"), '"')
    assert not reflections.matches(note("he said no"), '"')
    assert not reflections.matches(note("he said no"), "-")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stra\u00dfe", "STRASSE"), ("\u0130stanbul", "istanbul"), ("yard\u0131m", "YARDIM"),
        ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03cc\u03c2"), ("\u064a\u064e\u0648\u0652\u0645", "\u064a\u0648\u0645"), ("s\u00f8rg", "sorg"),
        ("\ufb01nd", "find"), ("\uff76\uff9e", "\u30ac"), ("\u1112\u1161\u11ab", "\ud55c"), ("\u0665\u0666", "56"),
        ("\u0643\u062a\u0627\u0628\u064a", "\u06a9\u062a\u0627\u0628\u06cc"), ("\u0639\u0644\u0649", "\u0639\u0644\u06cc"), ("10\u00d710", "10x10"),
        ("\u0e01\u0e38\u0e48", "\u0e01\u0e48\u0e38"), ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645"), ("\u039f\u1fbd", "\u039f"),
    ],
)  # fmt: skip
def test_of_other_scripts_the_same_is_the_same(one: str, other: str) -> None:
    assert typed_text.fold(one).strip() == typed_text.fold(other).strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0915\u093f", "\u0915\u0941"),  # vowels of Devanagari are marks, and letters
        ("\u0e01\u0e34", "\u0e01\u0e38"),  # of Thai too
        ("\u304b", "\u304c"), ("\u306f", "\u3071"),  # ka and ga, ha and pa
        ("\uac00", "\uac01"), ("a", "\u00e6"), ("\u4e00", "\u30fc"), ("sleep", "sheep"),
    ],
)  # fmt: skip
def test_what_is_another_letter_stays_another(one: str, other: str) -> None:
    assert typed_text.fold(one) != typed_text.fold(other)


@pytest.mark.parametrize(
    "text",
    ["a", "'", "\u00e9", "\u3099\u0334", "\u094d\u093c", "\u0e48\u0e38", "\ufdfa", "\u3300", "\uac00", "\u200b", "e\u0301\u0323", "\U0001f9d1\u200d"],
)  # fmt: skip
def test_twenty_thousand_characters_take_no_time(text: str) -> None:
    began = time.perf_counter()
    typed_text.fold(text * (20_000 // len(text)))
    assert time.perf_counter() - began < QUICK


@pytest.mark.parametrize("text", ["\u3099\u0334", "\u094d\u093c", "\u0e48\u0e38"])
def test_the_time_grows_as_the_text_does(text: str) -> None:
    began = time.perf_counter()
    typed_text.fold(text * 100_000)
    assert time.perf_counter() - began < 2 * QUICK, "a tenth of that; the square would be a minute"


CODE = "ABCD2345"
PASTED = [
    "ABCD-2345.", "ABCD-2345,", "(ABCD-2345)", "\u201cABCD-2345\u201d", "ABCD-2345\u200b", "\ufeffABCD-2345",
    "ABCD\u00ad2345", "ABCD\u22122345", "\u200eABCD-2345", "abcd 2345", "a b c d 2 3 4 5", "ABCD-\n2345", "[ABCD-2345]",
    "<ABCD-2345>", "Join code: ABCD-2345", "Join code:ABCD-2345.", "JOIN CODE ABCD-2345", "Beitrittscode: ABCD-2345", "Code d\u2019acc\u00e8s : abcd-2345",
    "\u53c2\u52a0\u30b3\u30fc\u30c9\uff1aABCD-2345", "\u0627\u0644\u0631\u0645\u0632: ABCD-\u0662\u0663\u0664\u0665", "\u041a\u043e\u0434 \u0410\u0412\u0421D-2345", "\uff21\uff22\uff23\uff24\uff0d\uff12\uff13\uff14\uff15",
    "https://notes.example.org/join/ABCD-2345", "https://notes.example.org/notes/join/abcd-2345/?from=poster#top", "notes.example.org/join/ABCD%2D2345",
    "The code is ABCD-2345 \u2013 see you on Monday 12 May", "ABCD-2345 Take care", "ABCD_2345", "ABCD\u20132345\u2026", "*ABCD-2345*", "ABCD--2345", "ABCD-2345 ABCD-2345",
    "/join/ABCD-2345)", "mailto:?body=ABCD-2345", "ABCD\u2011\u20602345",
]  # fmt: skip


@pytest.mark.parametrize("typed", PASTED)
def test_a_join_code_is_read_however_it_was_copied(typed: str) -> None:
    assert join_codes.normal_code(typed) == CODE
    assert join_codes.shown_code(typed) == "ABCD-2345"


@pytest.mark.parametrize(
    "typed", ["", "ABCD", "ABCD-234", "ABCD-23456", "ABCD-234O", "join code", "' OR 1=1 --", "/join/", ":" * 400, "\u200b" * 400]
)  # fmt: skip
def test_what_holds_no_join_code_is_none(typed: str) -> None:
    assert not join_codes.normal_code(typed)


@given(st.randoms(use_true_random=False), other_keyboards)
def test_every_code_counts_the_same_on_every_keyboard(
    random: object, keyboards: list[tuple[str, int]]
) -> None:
    code = join_codes.make_code(random.choice)  # type: ignore[attr-defined]
    assert join_codes.normal_code(on_another(code, keyboards)) == code.replace("-", "")


PHRASE = "crayon abacus zoom zebra yield"


@pytest.mark.parametrize(
    "typed",
    [
        PHRASE, PHRASE.upper(), "crayonabacuszoomzebrayield", "Crayon-Abacus-Zoom-Zebra-Yield", "crayon,abacus,zoom,zebra,yield",
        "1. crayon\n2. abacus\n3. zoom\n4. zebra\n5. yield\n", "1: crayon 2: abacus 3: zoom 4: zebra 5: yield", f"Your phrase: {PHRASE}", f"Your phrase {PHRASE}", f"My five words are {PHRASE}.",
        f"\u201c{PHRASE}\u201d", f"{PHRASE} (keep this safe)", f"phrase={PHRASE}", f"\u5bc6\u7801\uff1a{PHRASE}", "cray on abacus zoom zebra yield", "\u0441rayon abacus z\u043eom zebra yield",
        "cr\u00e1yon\u00a0abacus zo\u200bom z\u00ebbra yi\u00adeld", "crayon\tabacus\r\nzoom \u2013 zebra \u2013 yield", f"{PHRASE} \U0001f600", f"Earmark {PHRASE}", f"{PHRASE} - Earmark",
        "word 1: crayon word 2: abacus word 3: zoom word 4: zebra word 5: yield",
    ],
)  # fmt: skip
def test_a_phrase_is_read_however_it_was_kept(typed: str) -> None:
    assert word_list.read(typed) == PHRASE
    assert word_list.fault(typed) == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("crayom abacus zoom zebra yield", "\u201ccrayom\u201d is not one of our words. Did you mean \u201ccrayon\u201d?"),
        ("crayon abacus zoom zebra yeild", "\u201cyeild\u201d is not one of our words. Did you mean \u201cyield\u201d?"),
        ("1: crayom 2: abacus 3: zoom 4: zebra 5: yield", "\u201ccrayom\u201d is not one of our words. Did you mean \u201ccrayon\u201d?"),
        ("crayon abacus zoom zebra", "That is 4 words. Your phrase has 5."),
        ("crayon abacus zoom zebra yield yield", "That is 6 words. Your phrase has 5."),
        ("crayon", "That is 1 word. Your phrase has 5."),
        ("", "Type the five words of your phrase."),
        ("12 34", "Type the five words of your phrase."),
        ("qqqqxxj abacus zoom zebra yield", "\u201cqqqqxxj\u201d is not one of our words. Check its spelling."),
        ("t-shirt abacus zoom zebra yield", "\u201ctshirt\u201d is not one of our words. Did you mean \u201cshirt\u201d?"),
        ("\u5bc6\u7801 abacus zoom zebra yield", "\u201c\u5bc6\u7801\u201d is not one of our words. Check its spelling."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_phrase_is_said(typed: str, said: str) -> None:
    assert word_list.read(typed) == ""
    assert word_list.fault(typed) == said


@given(st.text(max_size=400))
def test_any_text_is_a_phrase_or_has_a_fault(text: str) -> None:
    assert bool(word_list.read(text)) != bool(word_list.fault(text))
    assert len(word_list.fault(text)) < 150


@given(st.integers(), other_keyboards)
def test_every_phrase_is_the_same_on_every_keyboard(
    _: int, keyboards: list[tuple[str, int]]
) -> None:
    phrase = word_list.new()
    assert word_list.read(on_another(phrase, keyboards)) == phrase


def test_no_suggestion_is_a_word_that_is_left_out() -> None:
    for word in sorted(word_list.left_out())[::20]:
        fault = word_list.fault(f"{word[:-1]}q abacus zoom zebra yield")
        assert not any(f"mean \u201c{each}\u201d" in fault for each in word_list.left_out())


@pytest.mark.parametrize(
    "text",
    ["(" * 1000, "a-" * 500, ":" * 1000, "crayon " * 140, "zz " * 330, "a" * 1000, "\u0301" * 1000],
)
def test_no_phrase_takes_long_to_read(text: str) -> None:
    began = time.perf_counter()
    word_list.fault(text)
    join_codes.normal_code(text)
    assert time.perf_counter() - began < QUICK


@pytest.mark.parametrize(
    "typed",
    [
        "123 456",
        "123-456",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
        "\u200e123\u200b456",
        "code: 123456.",
    ],
)
def test_the_digits_of_an_app_are_read_in_any_script(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two_factor, "code_at", lambda _, step: "123456" if step == 10 else "000000")
    assert two_factor.step_of(b"secret", typed, 10 * two_factor.SECONDS, 0) == 10


@pytest.mark.parametrize(
    "typed",
    [
        "Zo\u00eb Guest",
        "zoe guest",
        " ZOE\u00a0\u200bGUEST ",
        "Zoe\u0308 Guest",
        "Z\u043e\u0435 Guest",
    ],
)
def test_a_lead_is_known_however_their_name_was_typed(typed: str) -> None:
    assert desk.same(typed) == desk.same("Zo\u00eb Guest")


def test_a_name_is_kept_as_it_was_typed_without_what_nobody_sees() -> None:
    assert desk.tidy(" \u200bZo\u00eb  O\u2019Bob\ufeff ") == "Zo\u00eb O\u2019Bob"
    assert desk.wrong_name(desk.tidy("\u200b")) != ""


def test_an_app_password_is_read_from_any_keyboard() -> None:
    assert apps.normal("\uff22\uff23d2\u20115678 \u200b") == apps.normal("bcd2-5678") == "bcd25678"
