"""What is wrong with a transcript is said once, at its line."""

from __future__ import annotations

import pytest

from episodes import proofreading, transcripts
from episodes.findings import Finding, Level
from episodes.people import Person

HEAD = "WEBVTT\n\n"
ANN, BEN = Person(credit="Ann Lee", role="host"), Person(credit="Ben O'Neill", role="guest")


def cue(start: int, end: int, words: str, speaker: str = "Ann Lee") -> str:
    return f"00:{start:02}.000 --> 00:{end:02}.000\n<v {speaker}>{words}\n\n"


def found(text: str, language: str = "en-gb", people: tuple[Person, ...] = (ANN, BEN)) -> list[str]:
    read, wrong = transcripts.parse(text, "t.vtt")
    assert wrong == []
    said = proofreading.lint(read, "t.vtt", 60, people, language)
    assert {each.level for each in said} <= {Level.WARNING}
    return [f"{each.line}: {each.said}" for each in said]


@pytest.mark.parametrize("speaker", ["Ann Lee", "Ann", "ANN LEE", "Ben", "Host", "O'Neill"])
def test_a_contributor_may_be_called_by_a_part_of_the_name_or_the_role(speaker: str) -> None:
    assert found(HEAD + cue(0, 1, "Hello.", speaker)) == []


def test_a_speaker_who_is_no_contributor_is_one_warning_with_the_nearest_name() -> None:
    text = HEAD + cue(0, 1, "A.", "Anne Lee") + cue(1, 2, "B.", "Anne Lee") + cue(2, 3, "C.", "Zoë")
    assert found(text) == [
        '3: the speaker "Anne Lee" is none of the contributors; is it Ann Lee?',
        (
            '9: the speaker "Zoë" is none of the contributors; add them, or write the name that '
            "stands there"
        ),
    ]
    assert found(text, people=()) == []
    assert found(HEAD + cue(0, 1, "A.", "Ann O'Neill")), "half of one and half of another"
    assert found(HEAD + cue(0, 1, "A.", "Hots"))[0].endswith("is it host?")


def test_words_that_nobody_can_read_in_time_are_one_warning() -> None:
    fast = "Many words that nobody could ever read in one second."
    text = HEAD + cue(0, 1, fast) + cue(1, 2, "Short.") + cue(2, 3, fast) + cue(3, 9, fast)
    (said,) = found(text)
    assert said.startswith("3: asks to read 53 characters a second, people manage 25 (and 1 more")


@pytest.mark.parametrize(
    ("header", "language", "says"),
    [
        ("Language: en", "en-gb", ""),
        ("Language: cy", "en-gb", "says that its language is cy, the episode's is en-gb"),
        ("Kind: captions\nLanguage: cy-GB", "cy", ""),
        ("Language: English", "en", ""),
    ],
)
def test_a_transcript_in_another_language_is_a_warning(
    header: str, language: str, says: str
) -> None:
    said = found(f"WEBVTT\n{header}\n\n" + cue(0, 1, "Hello."), language)
    assert bool(said) is bool(says)
    assert not says or says in said[0]


@pytest.mark.parametrize(
    ("words", "language", "says"),
    [
        ("Здравствуйте, как дела?", "ru", ""),
        ("Здравствуйте, как дела?", "en-gb", "is written in Cyrillic letters"),
        ("Good morning to you all.", "ur", "is written in Latin letters"),
        ("Good morning to you all.", "pl", ""),
        ("こんにちは、今日は世界。おはようございます", "ja", ""),
    ],
)
def test_a_transcript_in_other_letters_is_a_warning(words: str, language: str, says: str) -> None:
    said = found(HEAD + cue(0, 5, words), language)
    assert bool(said) is bool(says)
    assert not says or says in said[0]


def test_a_draft_is_a_warning_until_it_is_read() -> None:
    draft = f"{HEAD}NOTE earmark: draft\nRead it.\n\n" + cue(0, 1, "Hello.")
    (said,) = found(draft)
    assert said.startswith("3: is a draft that nobody has read yet")
    assert found(draft.replace("earmark: draft", "earmark: read")) == []


def test_no_more_than_ten_wrong_times_are_listed() -> None:
    text = HEAD + "".join(cue(n + 2, n, "A.") for n in range(20))
    read, _ = transcripts.parse(text, "t.vtt")
    said = proofreading.lint(read, "t.vtt", 60, (ANN,), "en")
    assert len(said) == 10
    assert isinstance(said[0], Finding)
