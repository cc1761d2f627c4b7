"""Transcripts: what leads write is read as cues, written as VTT, and complained of by line."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from episodes.audio.tags import Header
from episodes.errors import EarmarkError
from episodes.findings import Level
from episodes.transcripts import lint, rollup_captions, subtitles, write
from episodes.transcripts import read as transcripts
from episodes.transcripts.read import Cue, Transcript
from podcast.cache.probes import AudioProbe
from tests.kit.shows import ROOT

GOLDEN = sorted((ROOT / "tests" / "golden" / "transcripts").glob("*.srt"))
BAD = sorted((ROOT / "tests" / "golden" / "transcripts").glob("*.bad"))


@pytest.mark.parametrize("source", GOLDEN, ids=lambda path: path.stem)
def test_a_transcript_is_written_as_vtt(source: Path) -> None:
    read, found = transcripts.parse_transcript(source.read_bytes().decode(), source.name)
    assert found == []
    assert write.render_vtt(read) == source.with_suffix(".vtt").read_text(encoding="utf-8")


@pytest.mark.parametrize("source", BAD, ids=lambda path: path.stem)
def test_every_fault_of_a_transcript_is_found_at_its_line(source: Path) -> None:
    read, found = transcripts.parse_transcript(source.read_bytes().decode(), "t.vtt")
    found += lint.lint(read, "t.vtt", 60)
    said = "".join(f"{finding}\n" for finding in found)
    assert said == source.with_suffix(".txt").read_text(encoding="utf-8")


def test_plain_text_is_read_with_its_speakers() -> None:
    text = (
        "Anna: Hello there.\nMore words.\n\nStill Anna.\n\nBen O'Neill: And me.\n\nnote: small.\n"
    )
    read, found = transcripts.parse_transcript(text, "t.txt")
    assert found == []
    assert not read.timed
    assert [(cue.speaker, cue.text, cue.line) for cue in read.cues] == [
        ("Anna", "Hello there. More words.", 1),
        ("Anna", "Still Anna.", 4),
        ("Ben O'Neill", "And me.", 6),
        ("Ben O'Neill", "note: small.", 8),
    ]


def test_the_ending_in_capitals_is_the_same_kind() -> None:
    _, found = transcripts.parse_transcript("Words without a time.\n", "T.VTT")
    assert [finding.line for finding in found] == [1]


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", "WEBVTT\n", "\x00\x01"])
def test_a_transcript_without_words_is_an_error(text: str) -> None:
    read, found = transcripts.parse_transcript(text, "t.txt")
    assert read == Transcript()
    assert [finding.level for finding in found] == [Level.ERROR]
    assert "has no words in it" in found[0].said


def test_entities_are_resolved_and_never_break_a_line() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v A&#10;&#10;B>R&amp;D &lt;b&gt;&#10;x &amp;amp;\n"
    (cue,) = transcripts.parse_transcript(text, "t.vtt")[0].cues
    assert (cue.speaker, cue.text) == ("A B", "R&D <b> x &amp;")


def test_long_words_and_hyphens_are_never_torn() -> None:
    text = f"{'well-known ' * 12}https://example.org/{'a-b' * 40}"
    cue = Cue(0, 1, text, "Anna")
    read, _ = transcripts.parse_transcript(write.render_vtt(Transcript((cue,))), "t.vtt")
    assert read.cues[0].text == text


def test_lines_of_captions_fit_a_phone() -> None:
    cue = Cue(0, 1, "one two three four five " * 20, "Anna")
    lines = write.render_vtt(Transcript((cue,))).replace("<v Anna>", "").split("\n")
    assert max(map(len, lines)) <= write.LINE


def test_paragraphs_join_what_one_speaker_says() -> None:
    cues = (Cue(0, 2, "One.", "A"), Cue(2, 4, "Two.", "A"), Cue(4, 6, "Three.", "B"))
    joined = transcripts.to_paragraphs(Transcript(cues))
    assert [(each.speaker, len(each.cues)) for each in joined] == [("A", 2), ("B", 1)]


def test_a_long_paragraph_ends_with_a_sentence() -> None:
    cues = tuple(Cue(n * 10, n * 10 + 10, "word." if n % 2 else "word", "A") for n in range(12))
    joined = transcripts.to_paragraphs(Transcript(cues))
    assert [len(each.cues) for each in joined] == [4, 4, 4]
    assert all(each.cues[-1].text == "word." for each in joined)


# Round trips and hostile text -----------------------------------------------------------------

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co"]),
    min_size=1,
    max_size=20,
)
# A code of SubRip is no word in any format (docs/decisions/0036).
SAID = (
    st.lists(WORDS, min_size=1, max_size=15)
    .map(" ".join)
    .filter(lambda text: not subtitles.CODE.search(text))
)
CUES = st.builds(
    lambda start, length, text, speaker: Cue(start / 1000, (start + length) / 1000, text, speaker),
    st.integers(0, 40_000_000),
    st.integers(0, 100_000),
    SAID,
    SAID,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(CUES, min_size=1, max_size=4))
def test_what_is_written_as_vtt_is_read_as_the_same_cues(cues: list[Cue]) -> None:
    assume(not rollup_captions.is_rolling(cues))
    read, found = transcripts.parse_transcript(write.render_vtt(Transcript(tuple(cues))), "t.vtt")
    assert found == []
    assert [cue._replace(line=0) for cue in read.cues] == cues


@settings(max_examples=50, deadline=None)
@given(st.lists(CUES, min_size=1, max_size=4))
def test_what_is_written_as_json_is_read_as_the_same_cues(cues: list[Cue]) -> None:
    read, found = transcripts.parse_transcript(write.render_json(Transcript(tuple(cues))), "t.json")
    assert found == []
    assert [cue._replace(line=0) for cue in read.cues] == cues


NAMED = st.builds(
    lambda start, length, words, speaker: Cue(
        start / 1000, (start + length) / 1000, " ".join(words), speaker
    ),
    st.integers(0, 40_000_000),
    st.integers(1, 100_000),
    st.lists(st.sampled_from(["one", "two,", "three.", "grüßen", "5", "&"]), min_size=1),
    st.sampled_from(["Ann", "Ben Lee"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMED, min_size=1, max_size=5))
def test_what_is_written_as_srt_is_read_as_the_same_words_of_the_same_people(
    cues: list[Cue],
) -> None:
    written = write.render_srt(Transcript(tuple(cues)))
    read, found = transcripts.parse_transcript(written, "t.srt")
    assume(not any(each.rule == "transcript-repeats" for each in found))
    assert found == []
    for block in written.strip().split("\n\n"):
        lines = block.split("\n")[2:]
        assert len(lines) <= write.SRT_LINES
        assert max(map(len, lines)) <= write.SRT_LINE
    parts = list(read.cues)
    for cue in cues:
        first = parts[0]
        words = ""
        while words != cue.text:
            part = parts.pop(0)
            words = f"{words} {part.text}".strip()
            assert part.speaker == cue.speaker
        assert (first.start, part.end) == (cue.start, cue.end)
    assert parts == []


def test_srt_names_a_speaker_where_another_begins() -> None:
    cues = (Cue(0, 1, "One.", "Ann"), Cue(1, 2, "Two.", "Ann"), Cue(2, 3, "Three.", "Ben"))
    assert write.render_srt(Transcript(cues)) == (
        "1\n00:00:00,000 --> 00:00:01,000\nAnn: One.\n\n"
        "2\n00:00:01,000 --> 00:00:02,000\nTwo.\n\n"
        "3\n00:00:02,000 --> 00:00:03,000\nBen: Three.\n"
    )


def test_json_is_that_of_the_namespace() -> None:
    cues = (Cue(0.5, 2, 'A "word".', "Ann"), Cue(2, 3, "B."))
    assert json.loads(write.render_json(Transcript(cues))) == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Ann", "startTime": 0.5, "endTime": 2, "body": 'A "word".'},
            {"startTime": 2, "endTime": 3, "body": "B."},
        ],
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"segments": 5}', 1),
        ("{", 1),
        ("[" * 100_000, 1),
        (('{"segments": [\n{"startTime": 0, "endTime": 1, "body": "A"},\n'
         '{"startTime": "x", "endTime": 1, "body": "B"}]}'), 3),
        ('{"segments": [{"startTime": 0, "endTime": 1e999, "body": "A"}]}', 1),
        ('{"segments": [5]}', 0),
    ],
)  # fmt: skip
def test_faults_of_json_are_found_at_their_line(text: str, line: int) -> None:
    _, found = transcripts.parse_transcript(text, "t.json")
    assert found[0].line == line


@pytest.mark.parametrize("lines", [[], ["one"], ["one two three four"]])
def test_a_writer_that_loses_or_repeats_a_word_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    read = Transcript((Cue(0, 1, "one two three", "Ann"), Cue(1, 2, "four", "Ben")))
    write.render(read)
    monkeypatch.setattr(write, "_wrap", lambda *_: iter(lines))
    with pytest.raises(EarmarkError, match="would not have the same words"):
        write.render(read)


PIECES = st.lists(
    st.sampled_from(
        ["<v ", "<v.a ", "-->", "\n", "\n\n", "00:00:01.000", ":", " ", "&", "&#10;", "&#xb;", "<",
         ">", "NOTE", "WEBVTT\n\n", "9", "٣", "A: ", "\u2028", "\xa0", "\x85", ",", "x", "\x00",
         "</v>", "1\n00:00:01,000 --> 00:00:02,000\n", "{", '"segments":[', '"body":"\\ud800"', "}",
         "[0:01] "]
    ), max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    text=PIECES | st.text(max_size=60), name=st.sampled_from(["t.vtt", "t.srt", "t.txt", "t.json"])
)
def test_hostile_text_never_raises_and_settles_when_written(text: str, name: str) -> None:
    read, found = transcripts.parse_transcript(text, name)
    lint.lint(read, name, 10.0)
    transcripts.to_paragraphs(read)
    assert bool(read.cues) or found
    if read.timed and not rollup_captions.is_rolling(read.cues):
        write.render(read)
        again, _ = transcripts.parse_transcript(write.render_vtt(read), "t.vtt")
        assert [cue.text for cue in again.cues] == [cue.text for cue in read.cues]


CUE = "00:00:01.000 --> 00:00:02,500"
USUAL = st.lists(
    st.sampled_from(
        [f"{CUE}\n", f"{CUE} align:left\n", "7\n", "<v Ann>", "<v  Ben  Lee >", "<v.x C>", "</v>",
         "Said. ", "two  spaces", "\xa0", "\u2028", "\x85", "\t", " ", "\n", "\n\n", "\n \n",
         "\n\n\n", "A: b", "&amp;", "<i>", ">", "-->", "NOTE x\n", "WEBVTT\n\n",
         "01:02.003 --> 99:59.999\n"]
    ), max_size=24,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(text=USUAL | PIECES, name=st.sampled_from(["t.vtt", "t.txt"]))
def test_usual_cues_are_read_as_any_others_are(text: str, name: str) -> None:
    read = transcripts.parse_transcript(text, name)
    with mock.patch.object(subtitles, "_USUAL", re.compile("(?!)")):
        assert transcripts.parse_transcript(text, name) == read


@pytest.mark.parametrize("piece", ["<v ", "<v.", "<", "< ", "A ", "A: ", "00:", "-->", "&", "<v  "])
def test_a_large_hostile_line_is_read_in_time(piece: str) -> None:
    began = time.monotonic()
    line = piece * (200_000 // len(piece))
    transcripts.parse_transcript(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{line}\n", "t.vtt")
    transcripts.parse_transcript(line, "t.txt")
    assert time.monotonic() - began < 5


def test_hours_of_thousands_of_digits_are_no_time() -> None:
    text = f"WEBVTT\n\n{'9' * 5000}:00:00.000 --> 00:01.000\nWords\n"
    _, found = transcripts.parse_transcript(text, "t.vtt")
    assert found[0].line == 3
    assert "is not a time" in found[0].said


@pytest.mark.parametrize(("sure", "rules"), [(True, {"transcript-other"}), (False, set())])
def test_a_length_that_nobody_could_hear_makes_no_finding(sure: bool, rules: set[str]) -> None:
    """Where the sound cannot be decoded, the length is only what the file says."""
    header = Header("mp3", 60.0, 128_000, 44_100, 2, sure, ())
    seconds = AudioProbe((1, 1, 1), header, "", {}).seconds
    read = Transcript((Cue(0, 100, "Hello there. " * 20, "Ann"), Cue(200, 220, "Bye.", "Ben")))
    found = lint.lint(read, "t.vtt", seconds)
    assert {each.rule for each in found} == rules
