"""Does each chapter get its own words, once and in order?"""

from __future__ import annotations

from episodes.frontmatter.chapter import Chapter
from episodes.transcripts.read import Cue, Transcript
from episodes.transcripts.sections import divide_transcript


def chapter(start: float, title: str) -> Chapter:
    return Chapter.model_validate({"start": start, "title": title})


def test_a_paragraph_ends_where_a_chapter_begins() -> None:
    cues = tuple(Cue(at, at + 1, f"word {at}", "Ann") for at in range(4))
    later, first = chapter(2, "Later"), chapter(1, "First")
    sections = divide_transcript(Transcript(cues), [later, first])
    assert [each.chapter for each in sections] == [None, first, later]
    words = [[cue.text for _, cues in each.paragraphs for cue in cues] for each in sections]
    assert words == [["word 0"], ["word 1"], ["word 2", "word 3"]]


def test_a_chapter_comes_once_where_cues_overlap() -> None:
    cues = (Cue(0, 5, "a", "Ann"), Cue(3, 4, "b", "Ben"), Cue(2, 3, "c", "Ann"))
    sections = divide_transcript(Transcript(cues), [chapter(0, "First"), chapter(3, "Second")])
    assert [each.chapter and each.chapter.title for each in sections] == ["First", "Second"]
    assert [cue.text for _, cues in sections[1].paragraphs for cue in cues] == ["b", "c"]


def test_without_chapters_there_is_one_section_and_without_words_none() -> None:
    cue = Cue(0, 1, "a", "Ann")
    assert [each.chapter for each in divide_transcript(Transcript((cue,)), [])] == [None]
    assert divide_transcript(Transcript(), []) == []
