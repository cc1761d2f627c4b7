"""What was typed to fill a key is found; what says something short is left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.frontmatter.value_types import number_to_dial
from feed.checks import placeholders
from feed.checks.placeholders import fills
from podcast.building import pipeline
from tests.kit.broken_shows import MD, SHOW, Harm, block, both, edit, line
from tests.kit.shows import NOW


@pytest.mark.parametrize(
    "text",
    ["No", "no.", "None", "None.", "N/A", "n/a", "na", "nil", "Nothing", "-", "–", "…", "?", "x",
     "XXX", "TBC", "(tbc)", "[TBC]", "to do", "TODO: write this", "To be confirmed", "“TBA”",
     "lorem ipsum dolor sit amet", "N / A", "/", "*", "not applicable", "No content note"],
)  # fmt: skip
def test_a_text_that_says_nothing_is_known(text: str) -> None:
    assert fills(text)


@pytest.mark.parametrize(
    "text",
    ["No means no", "Nothing to lose", "2020", "1.10", "Why?", "X-rays", "A", "None of us", "到",
     "Q", "Tobacco", "Nina", "Xanthe", "todolist", "Noon"],
)  # fmt: skip
def test_a_text_that_says_something_is_left_alone(text: str) -> None:
    assert not fills(text)


@pytest.mark.parametrize("text", sorted(placeholders._NOTHING | placeholders._LATER))
@pytest.mark.parametrize("written", ["{}", "({})", "{}.", "{} / ", "- {} -"])
def test_each_phrase_is_known_whatever_its_first_word(text: str, written: str) -> None:
    assert fills(written.format(text))
    assert fills(written.format(text.upper()))


def check(show: Path) -> list[Finding]:
    try:
        return pipeline.check(show, NOW)
    except SourceError as error:
        return error.findings


def note(text: str) -> Harm:
    return block(MD, "content_note", f"content_note: {text}")


@pytest.mark.parametrize(
    ("harm", "rule", "level", "key"),
    [
        *((note(word), "note-nothing", "error", "content_note")
          for word in ("No", "N/A", "nothing", "'-'", "n/a", "nil", "TBC", "todo", "x", "None.")),
        (note("Talks of death"), "note-short", "warning", "content_note"),
        (block(MD, "prompts", "prompts: [What, if anything, will you try]"), "prompt-short",
         "warning", "prompts[1]"),
        (line(MD, "title", "title: TBC"), "text-placeholder", "warning", "title"),
        (edit(MD, "limits: One hospital.", "limits: n/a"), "text-placeholder", "warning",
         "references[1].limits"),
        (edit(SHOW, "credit: Example team", "credit: To be confirmed"), "text-placeholder",
         "warning", "contributors[1].credit"),
        (edit(SHOW, '"116 123"', "3001233393"), "phone-uk", "warning", "support[1].phone"),
    ],
)  # fmt: skip
def test_what_says_nothing_is_found_where_it_stands(
    make_show: Callable[..., Path], harm: Harm, rule: str, level: str, key: str
) -> None:
    show = make_show()
    harm(show)
    found = [each for each in check(show) if each.rule == rule]
    assert (found[0].level, found[0].key) == (level, key)


@pytest.mark.parametrize(
    "phone", ["08001111", "0300 123 3393", "116 123", "111", "112", "999", "+353 1 234 5678",
              "1-800 5", "(0800) 1111", "+44 (0)20 7946 0018"]
)  # fmt: skip
def test_a_number_as_it_is_rung_in_the_uk_is_right(
    make_show: Callable[..., Path], phone: str
) -> None:
    show = make_show()
    edit(SHOW, '"116 123"', phone)(show)
    assert not [each for each in check(show) if each.key == "support[1].phone"]


@pytest.mark.parametrize("phone", ["85258", "62277", "741741"])
def test_a_number_for_texts_has_no_0(make_show: Callable[..., Path], phone: str) -> None:
    show = make_show()
    edit(SHOW, '"116 123"', phone)(show)
    assert not [each for each in check(show) if each.rule == "phone-uk"]


def test_what_only_looks_like_nothing_is_left_alone(make_show: Callable[..., Path]) -> None:
    show = make_show()
    line(SHOW, "language", "language: no")(show)  # Norwegian
    block(MD, "prompts", "prompts:\n  - Who could help?\n  - What now?")(show)
    edit(SHOW, "credit: Example team", "credit: X")(show)
    line(MD, "title", "title: 1-2-1 at 10:30, 24-hour care")(show)
    rules = {"text-placeholder", "prompt-short", "title-number"}
    assert not [each for each in check(show) if each.rule in rules]


def test_a_number_of_another_country_needs_no_0(make_show: Callable[..., Path]) -> None:
    show = make_show()
    both(edit(SHOW, '"116 123"', "988"), line(SHOW, "language", "language: en-us"))(show)
    assert not [each for each in check(show) if each.rule == "phone-uk"]


@pytest.mark.parametrize(
    ("phone", "rung"),
    [("08001111", "08001111"),
     ("(0800) 1111", "08001111"), ("+44 (0)20 7946 0018", "+442079460018"),
     ("+442079460018", "+442079460018"), ("116 123", "116123"), ("020-7946 (00)18", "02079460018")],
)  # fmt: skip
def test_a_phone_is_told_what_to_dial(phone: str, rung: str) -> None:
    assert number_to_dial(phone) == rung
