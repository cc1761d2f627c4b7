"""WebVTT, SRT and what programs make of them: right words, or one clear error."""

from __future__ import annotations

import time

import pytest

from episodes.transcripts import read as transcripts
from episodes.transcripts.read import Cue

YOUTUBE = """\
WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:03.429 align:start position:0%
{0}
Welcome<00:00:00.960><c> to</c><00:00:01.520><c> this</c>

00:00:03.429 --> 00:00:03.439 align:start position:0%
Welcome to this
{0}

00:00:03.439 --> 00:00:05.749 align:start position:0%
Welcome to this
short<00:00:03.760><c> talk</c>

00:00:05.749 --> 00:00:05.759 align:start position:0%
short talk
{0}

00:00:05.759 --> 00:00:08.000 align:start position:0%
short talk
about<00:00:06.100><c> listening</c>
"""


def read(text: str, name: str = "t.srt") -> list[Cue]:
    """Return the cues without their lines, of a text with nothing wrong in it."""
    found, wrong = transcripts.parse_transcript(text, name)
    assert [each.message for each in wrong if each.level == "error"] == []
    return [cue._replace(line=0) for cue in found.cues]


@pytest.mark.parametrize("padding", [" \n", "\n"], ids=["padded", "without padding"])
def test_captions_of_youtube_are_read_once_without_their_marks(padding: str) -> None:
    text = YOUTUBE.replace("{0}\n", padding if padding.strip("\n") else "")
    found, wrong = transcripts.parse_transcript(text, "t.vtt")
    assert [cue.text for cue in found.cues] == ["Welcome to this", "short talk", "about listening"]
    assert [each.rule for each in wrong] == ["transcript-repeats"]


@pytest.mark.parametrize(
    "rows",
    [
        ["Yes.", "Yes.", "Yes.", "Yes."],
        ["No no no", "no no no", "No."],
        ["We shall overcome", "We shall overcome", "some day", "We shall overcome"],
        ["I", "I think", "that is so", "I think so", "too"],
    ],
)
def test_words_that_somebody_says_again_stay(rows: list[str]) -> None:
    text = "".join(f"00:0{n}.000 --> 00:0{n + 1}.000\n{row}\n\n" for n, row in enumerate(rows))
    found, wrong = transcripts.parse_transcript(f"WEBVTT\n\n{text}", "t.vtt")
    assert [cue.text for cue in found.cues] == rows
    assert wrong == []


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n \n", "\n\n\n", "\r\n", "\r\n\r\n", "\n\t\n"])
def test_a_line_of_times_begins_a_cue_whatever_stands_above(gap: str) -> None:
    rows = ["1\n00:00:00,000 --> 00:00:03,000\nWelcome.", "2\n00:00:03,000 --> 00:00:06,000\nIt is",
            "3\n00:00:06,000 --> 00:00:09,000\nshort."]  # fmt: skip
    assert read(gap.join(rows)) == [
        Cue(0, 3, "Welcome."), Cue(3, 6, "It is"), Cue(6, 9, "short."),
    ]  # fmt: skip


def test_a_number_that_somebody_says_is_no_number_of_a_cue() -> None:
    text = "00:00.000 --> 00:01.000\nHow many?\n42\n00:01.000 --> 00:02.000\nYes.\n"
    assert [cue.text for cue in read(text)] == ["How many? 42", "Yes."]
    text = "1\n" + text.replace("42", "42\n2")
    assert [cue.text for cue in read(text)] == ["How many? 42", "Yes."]


@pytest.mark.parametrize(
    ("timing", "start", "end"),
    [
        ("00:00:01,000 --> 00:00:02,500", 1, 2.5),
        ("00:00:01.000 --> 00:00:02.500", 1, 2.5),
        ("00:01,000 --> 00:02,500", 1, 2.5),
        ("0:00:01.0 --> 0:00:02.5", 1, 2.5),
        ("00:00:01 --> 00:00:02", 1, 2),
        ("00:00:01.000000-->00:00:02.500000", 1, 2.5),
        ("00:00:01:05 --> 00:00:02:24", 1.2, 2.96),
        ("00:00:01;15 --> 00:00:02;29", 1.5, 2.967),
        ("[00:01.000 --> 00:02.500]", 1, 2.5),
        ("00:00:01,000 --> 00:00:02,500 X1:40 X2:600 Y1:20 Y2:50", 1, 2.5),
        ("00:00:01.000 --> 00:00:02.500 line:-1 position:50%,center align:middle", 1, 2.5),
        ("75:00.000 --> 75:01.000", 4500, 4501),
    ],
)
def test_times_are_read_however_they_are_written(timing: str, start: float, end: float) -> None:
    assert read(f"1\n{timing}\nWords.\n") == [Cue(start, end, "Words.")]


def test_words_behind_the_times_are_words() -> None:
    text = "00:00:01,000 --> 00:00:02,000 align:start Hello there\n[00:02 --> 00:03]  Thanks.\n"
    assert [cue.text for cue in read(text)] == ["Hello there", "Thanks."]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{\\an8}Hello", "Hello"),
        ("{\\i1}Hello{\\i0} {\\pos(1,2)}you", "Hello you"),
        ('<font color="#fff">Hello</font>', "Hello"),
        ("<i>a<b>b</b></i><u>c</u><s>d</s>", "abcd"),
        ("ha<00:00:00.500>lf <c.a.b>x</c>", "half x"),
        ("one<br>two<br/>three", "one two three"),
        ("<ruby>漢<rt>kan</rt></ruby>", "漢 kan"),
        ("<lang en-GB>tea</lang>", "tea"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<laughs> a <b and c> d", "<laughs> a <b and c> d"),
        ("a < b > c <> </>", "a < b > c <> </>"),
        ("5 --> 6 {brace} {", "5 --> 6 {brace} {"),
    ],
)
def test_markup_goes_and_everything_else_stays(written: str, words: str) -> None:
    assert read(f"1\n00:00:00,000 --> 00:00:03,000\n{written}\n") == [Cue(0, 3, words)]


def test_two_voices_in_one_cue_are_two_speakers() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ann>Yes.</v> <v.loud Ben>And me.</v>\n"
    assert read(text, "t.vtt") == [
        Cue(0, 1.455, "Yes.", "Ann"), Cue(1.455, 4, "And me.", "Ben"),
    ]  # fmt: skip


def test_what_a_format_says_of_itself_is_no_word() -> None:
    text = (
        "WEBVTT A title\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\nSTYLE\n::cue {}\n\n"
        "REGION\nid:a\n\nNOTE\na comment\n\nan id\n00:00.000 --> 00:01.000\nHello.\n\nNOTE x\n"
    )
    assert read(text, "t.vtt") == [Cue(0, 1, "Hello.")]


@pytest.mark.parametrize("block", ["NOTEWORTHY words", "STYLE of care", "REGIONS", "Some words"])
def test_words_without_a_time_are_an_error_and_never_lost_silently(block: str) -> None:
    _, wrong = transcripts.parse_transcript(
        f"WEBVTT\n\n{block}\n\n00:00.000 --> 00:01.000\nA.\n", "t.vtt"
    )
    assert [(each.rule, each.line) for each in wrong] == [("transcript-time", 3)]


def test_alike_faults_are_a_few_findings() -> None:
    _, wrong = transcripts.parse_transcript("Words.\n\n" * 50, "t.srt")
    assert len(wrong) == 4
    assert "and 46 more like it" in wrong[-1].message


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>', "TTML"),
        ('<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"/>', "TTML"),
        ("[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,Hi", "ASS"),
        ("{0}{25}Hello\n{26}{50}There", "MicroDVD"),
        ("<SAMI><BODY></BODY></SAMI>", "SAMI"),
        ("{\\rtf1\\ansi Hello}", "RTF"),
        ("<!DOCTYPE html><html><p>Hello</p></html>", "a web page"),
        ("Scenarist_SCC V1.0\n\n00:00:00:00 9420", "SCC"),
        ('<?xml version="1.0"?><fcpxml version="1.9"/>', "XML"),
    ],
)
@pytest.mark.parametrize("name", ["t.txt", "t.srt", "t.vtt"])
def test_a_form_that_is_not_read_is_one_error_that_names_it(
    text: str, form: str, name: str
) -> None:
    read, wrong = transcripts.parse_transcript(text, name)
    assert read.cues == ()
    assert [each.rule for each in wrong] == ["transcript-form"]
    assert form in wrong[0].message


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"text": "All", "segments": [{"start": 0.0, "end": 3.0, "text": " One."}]}', "t.json"),
        ('[{"start": 0, "end": 3, "text": "One."}]', "t.txt"),
        ('{"transcription": [{"offsets": {"from": 0, "to": 3000}, "text": " One."}]}', "t.json"),
        ('{"segments": [{"startTime": 0, "endTime": 3, "body": "One."}]}', "t.txt"),
        ("start\tend\ttext\n0\t3000\tOne.\n", "t.txt"),
        ("[00:00.000 --> 00:03.000]  One.\n", "t.txt"),
        ("0:00:00.000,0:00:03.000\nOne.\n", "t.txt"),
        ("00:00:00:00 - 00:00:03:00\nOne.\n", "t.txt"),
        ("00:00:00,000 - 00:00:03,000 One.\n", "t.txt"),
    ],
)
def test_what_whisper_youtube_and_premiere_write_is_read(text: str, name: str) -> None:
    assert read(text, name) == [Cue(0, 3, "One.")]


LARGE = {
    "vtt": "WEBVTT\n\n" + "00:01.000 --> 00:02.000\n<v Ann>Some words that are said.\n\n" * 54_000,
    "srt": "1\n00:01,000 --> 00:02,000\n<i>Ann: Some</i> {\\an8}words that are said.\n" * 45_000,
    "rolling": "WEBVTT\n\n" + YOUTUBE.partition("en\n\n")[2].replace("{0}", " ") * 5_000,
    "script": "[0:01] Ann: Some words that are said.\n\n" * 75_000,
    "bare": "Ann: Some words that are said.\nMore of them.\n\n" * 60_000,
    "lines": "\n" * 3_000_000, "arrows": "-->" * 1_000_000, "digits": "1:1" * 1_000_000,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", LARGE)
def test_three_megabytes_are_read_in_time(kind: str) -> None:
    began = time.process_time()
    transcripts.parse_transcript(LARGE[kind], "t.txt")
    assert time.process_time() - began < 15


def test_who_speaks_in_captions_of_webex_is_a_speaker() -> None:
    cue = '{} "{}" (123)\n00:00:0{}.000 --> 00:00:0{}.500\n{}'
    text = "\n\n".join(["WEBVTT", cue.format(1, "Ann Lee", 1, 1, "Hi."),
                        cue.format(2, "Ben", 2, 2, "<v Cy>Me.")])  # fmt: skip
    read, found = transcripts.parse_transcript(text, "t.vtt")
    assert found == []
    assert [(cue.speaker, cue.text) for cue in read.cues] == [("Ann Lee", "Hi."), ("Cy", "Me.")]


@pytest.mark.parametrize("arrow", ["->", "–>", "—>", "→", "--->"])
@pytest.mark.parametrize("number", ["1", "1."])
def test_an_arrow_or_a_number_that_a_program_changed_is_read(arrow: str, number: str) -> None:
    times = f"00:00:01,000 {arrow} 00:00:02,000"
    text = f"{number}\n{times}\nWe meet\n10:30 -> 11:30\n10:30 → 11:30\n"
    read, found = transcripts.parse_transcript(text, "t.srt")
    assert found == []
    assert [cue.text for cue in read.cues] == ["We meet 10:30 -> 11:30 10:30 → 11:30"]


@pytest.mark.parametrize("word", ["?a=1&copy=2&reg=3", "AT&T", "&notit;", "R&D;", "&;", "&#;"])
def test_what_only_looks_like_an_entity_is_a_word(word: str) -> None:
    for head, name in (("WEBVTT\n\n", "t.vtt"), ("1\n", "t.srt")):
        text = f"{head}00:00:01.000 --> 00:00:02.000\nSee {word}\n"
        read, _ = transcripts.parse_transcript(text, name)
        assert [cue.text for cue in read.cues] == [f"See {word}"]


@pytest.mark.parametrize("word", ["Remember", "Note", "Warning", "First"])
def test_a_word_that_begins_a_sentence_is_no_speaker(word: str) -> None:
    rows = ["Ann: Hello.", f"{word}: do this.", ">> Ben: Yes."]
    cues = "\n\n".join(f"00:0{at}.000 --> 00:0{at}.500\n{row}" for at, row in enumerate(rows))
    for text in (f"WEBVTT\n\n{cues}", "\n\n".join(rows)):
        read, _ = transcripts.parse_transcript(text, "t.txt")
        assert [(cue.speaker, cue.text) for cue in read.cues] == [
            ("Ann", "Hello."), ("Ann", f"{word}: do this."), ("Ben", "Yes."),
        ]  # fmt: skip


@pytest.mark.parametrize("end", ["\n\n", "\r\r\n", "\n \n"])
@pytest.mark.parametrize("head", ["WEBVTT\n\n", ""])
def test_captions_with_a_blank_line_behind_each_line_are_read(head: str, end: str) -> None:
    cues = (
        "1\n00:00:01.000 --> 00:00:02.000\nHello\nthere\n\n2\n00:00:03.000 --> 00:00:04.000\nBye\n"
    )
    read, found = transcripts.parse_transcript((head + cues).replace("\n", end), "t.srt")
    assert found == []
    assert [cue.text for cue in read.cues] == ["Hello there", "Bye"]
    assert read.cues[0].line == (7 if head else 3)


@pytest.mark.parametrize("head", ["webvtt", "\ufeff\ufeffWEBVTT", "\n\nWEBVTT", "WEBVTT a - b"])
def test_a_head_of_webvtt_is_read_however_it_is_written(head: str) -> None:
    cue = "00:01.000\u00a0-->\u00a000:02.000\nWEBVTT is a form\n"
    read, found = transcripts.parse_transcript(f"{head}\n\n{cue}\nWEBVTT\n\n{cue}", "t.vtt")
    assert found == []
    assert [cue.text for cue in read.cues] == ["WEBVTT is a form"] * 2


@pytest.mark.parametrize(
    "text",
    ["start,end,text\n0,1,Hi\n", '"Speaker","Start time","Transcript"\n', "Time;Text\n1;Hi\n"],
)
def test_a_table_is_one_error_and_a_sentence_is_none(text: str) -> None:
    _, found = transcripts.parse_transcript(text, "t.txt")
    assert [each.message for each in found] == ["is a table (CSV)"]
    said = "Ann: At the start, the text.\n\nTime, and again: text, text.\n"
    assert transcripts.parse_transcript(said, "t.txt")[1] == []
