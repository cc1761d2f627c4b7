"""What is wrong with a transcript is said once, at its line."""

from __future__ import annotations

import pytest

from episodes.findings import Finding, Level
from episodes.frontmatter.people import Person
from episodes.transcripts import lint
from episodes.transcripts import read as transcripts

HEAD = "WEBVTT\n\n"
ANN, BEN = Person(credit="Ann Lee", role="host"), Person(credit="Ben O'Neill", role="guest")


def cue(start: int, end: int, words: str, speaker: str = "Ann Lee") -> str:
    return f"00:{start:02}.000 --> 00:{end:02}.000\n<v {speaker}>{words}\n\n"


def found(text: str, language: str = "en-gb", people: tuple[Person, ...] = (ANN, BEN)) -> list[str]:
    read, wrong = transcripts.parse_transcript(text, "t.vtt")
    assert wrong == []
    said = lint.lint(read, "t.vtt", None, people, language)
    assert {each.level for each in said} <= {Level.WARNING}
    return [f"{each.line}: {each.said}" for each in said]


@pytest.mark.parametrize("speaker", ["Ann Lee", "Ann", "ANN LEE", "Ben", "Host", "O'Neill"])
def test_a_contributor_may_be_called_by_a_part_of_the_name_or_the_role(speaker: str) -> None:
    assert found(HEAD + cue(0, 1, "Hello.", speaker)) == []


def test_a_speaker_who_is_no_contributor_is_one_warning_with_the_nearest_name() -> None:
    text = HEAD + cue(0, 1, "A.", "Anne Lee") + cue(1, 2, "B.", "Anne Lee") + cue(2, 3, "C.", "Zoë")
    assert found(text) == [
        '3: the speaker "Anne Lee" is not one of the contributors; is it Ann Lee?',
        (
            '9: the speaker "Zoë" is not one of the contributors; add them to `contributors:`, or '
            "use the name that is there"
        ),
    ]
    assert found(text, people=()) == []
    assert found(HEAD + cue(0, 1, "A.", "Ann O'Neill")), "half of one and half of another"
    assert found(HEAD + cue(0, 1, "A.", "Hots"))[0].endswith("is it host?")


def test_words_that_nobody_can_read_in_time_are_one_warning() -> None:
    fast = "Many words that nobody could ever read in one second."
    text = HEAD + cue(0, 1, fast) + cue(1, 2, "Short.") + cue(2, 3, fast) + cue(3, 9, fast)
    (said,) = found(text)
    assert said.startswith("3: needs 53 characters a second; people can read 25 (and 1 more")


@pytest.mark.parametrize(
    ("header", "language", "says"),
    [
        ("Language: en", "en-gb", ""),
        ("Language: cy", "en-gb", "says that its language is cy, but the episode's is en-gb"),
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
    read, _ = transcripts.parse_transcript(text, "t.vtt")
    said = lint.lint(read, "t.vtt", None, (ANN,), "en")
    assert len(said) == 10
    assert isinstance(said[0], Finding)


LENGTH = 60


def of_length(text: str, seconds: float = LENGTH) -> list[tuple[str, Level]]:
    read, _ = transcripts.parse_transcript(text, "t.txt")
    said = lint.lint(read, "t.txt", seconds)
    rules = ("transcript-short", "transcript-other", "transcript-beyond")
    return [(each.rule, each.level) for each in said if each.rule in rules]


@pytest.mark.parametrize(
    ("last", "rules"),
    [
        (6, [("transcript-short", Level.WARNING)]),
        (41, [("transcript-short", Level.WARNING)]),
        (43, []),
        (60, []),
        (70, [("transcript-beyond", Level.WARNING)]),
        (80, [("transcript-other", Level.ERROR)]),
        (3000, [("transcript-other", Level.ERROR)]),
    ],
)
def test_the_transcript_of_another_recording_is_found_by_its_length(
    last: int, rules: list[tuple[str, Level]]
) -> None:
    clock = f"{(last - 2) // 60:02}:{(last - 2) % 60:02}.000 --> {last // 60:02}:{last % 60:02}.000"
    text = f"00:00.000 --> 00:02.000\nWords.\n\n{clock}\nWords.\n"
    assert of_length(HEAD + text) == rules


def test_the_end_of_a_long_last_paragraph_is_not_taken_for_the_end_of_the_words() -> None:
    assert of_length(f"0:00 Ann: {'Some words and more. ' * 40}\n") == []


@pytest.mark.parametrize(
    ("size", "rules"),
    [
        (40, [("transcript-short", Level.WARNING)]),
        (800, []),
        (9_000, [("transcript-beyond", Level.WARNING)]),
    ],
)
def test_a_transcript_without_times_is_compared_by_its_words(
    size: int, rules: list[tuple[str, Level]]
) -> None:
    assert of_length(f"Ann: {'word ' * (size // 5)}\n") == rules


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("and at 00:12:31 it ends", "00:12:31"), ("see 00:00:03,000", "00:00:03,000"),
        ("Ben [12:31] yes", "[12:31]"), ("at 01:02:03:12", "01:02:03:12"), ("Ann 0:12", "0:12"),
        ("We meet at 10:30 on Monday.", ""), ("a ratio of 2:1", ""), ("John 3:16", ""),
        ("https://example.org/12:00:00", ""),
    ],
)  # fmt: skip
def test_a_time_that_stayed_among_the_words_is_a_warning(words: str, shown: str) -> None:
    said = [each for each in found(HEAD + cue(0, 5, words)) if "a time among" in each]
    assert len(said) == bool(shown)
    assert not shown or f'("{shown}")' in said[0]


def test_what_was_taken_for_no_name_is_quoted() -> None:
    text = f"{HEAD}00:00.000 --> 00:05.000\nann from leeds: Hi.\n\n00:05.000 --> 00:09.000\nYes.\n"
    assert found(text) == [
        (
            '3: does not name the speakers ("ann from leeds" was not recognised as a name); '
            "write `<v Name>` or `Name: ` before the words"
        )
    ]


@pytest.mark.parametrize(
    "note", ["[inaudible 00:05:12]", "(crosstalk 0:12)", "[music, 00:01:02.5]"]
)
def test_a_time_in_a_note_of_what_is_heard_is_no_finding(note: str) -> None:
    for text, wrong in ((f"And {note} so on.", False), (f"And {note} 00:05:12 so on.", True)):
        said = transcripts.Transcript((transcripts.Cue(0, 9, text, "Ann"),))
        found = lint.lint(said, "t.vtt", None)
        assert bool(found) is wrong
