"""No word disappears: what each form takes in stands in each form put out, and no markup does."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from docx import Document
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from episodes.errors import EarmarkError
from episodes.findings import errors_in
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.model import Episode, Media, Show
from episodes.text.timecodes import format_clock, format_seconds
from episodes.transcripts import docx, rollup_captions, same_words, write
from episodes.transcripts import read as transcripts
from episodes.transcripts.read import Cue, Transcript
from feed import pages, transcript_page
from tests.kit.shows import NOW


class Turn(NamedTuple):
    """What one speaker says, line by line."""

    speaker: str
    lines: list[list[str]]


NASTY = (
    "-->", "<", ">", "&", "&amp;", "&lt;b&gt;", "<b>", "</i>", "<v", "<laughs>", "</v>", "<00:00>",
    "00:00:01.000", "0:12", "[0:12]", "10:30", "42", "1", "2.", "WEBVTT", "NOTE", "STYLE", "{", "}",
    "Ann:", "note:", "Ben", "--", "—", "…", "'", '"', "\\N", "#", "*", "**b**", "align:start",
    "position:0%", "İ", "ß", "漢字", "مرحبا", "é", "🌻", "[br]", "c>d",
    "https://example.org/?a=1&b=2", "start\u2028", "\ufeffx",
    "00:00:01,000", "a<b", "=", "\u200b",
)  # fmt: skip
LETTERS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co"]),
    min_size=1, max_size=8,
)  # fmt: skip
WORDS = st.lists(
    (LETTERS | st.sampled_from(NASTY)).map(lambda each: "".join(each.split())),
    min_size=1, max_size=6,
)  # fmt: skip
NAMES = st.sampled_from(
    ["Ann", "Ben Lee", "Dr. O’Bob-Bob (she/her)", "Meeting room 4", "speaker o'two", "J.R.",
     "Zoë van der Guest", "Speaker 2", "某人", "Имя", "SPEAKER_00"]
)  # fmt: skip
TURNS = st.lists(
    st.builds(Turn, NAMES, st.lists(WORDS, min_size=1, max_size=3)), min_size=1, max_size=5
)
ONE_LINE = st.lists(
    st.builds(Turn, NAMES, st.lists(WORDS, min_size=1, max_size=1)), min_size=1, max_size=5
)


def expected(turns: list[Turn]) -> list[str]:
    """Return every name, where it changes, and every word."""
    said: list[str] = []
    before = ""
    for turn in turns:
        said += [] if turn.speaker == before else [*turn.speaker.split()]
        said += [each for line in turn.lines for each in line]
        before = turn.speaker
    assume(not any(line[0] == "[0:12]" for turn in turns for line in turn.lines))  # a time
    return bare(said)


def bare(said: list[str]) -> list[str]:
    """Return words without the colon behind them: one is written behind a name."""
    return [each.rstrip(":") for each in said]


# Read back what is put out, by nothing of Earmark's


def _named(rows: list[tuple[str, str]]) -> list[str]:
    said: list[str] = []
    before = ""
    for speaker, text in rows:
        said += speaker.split() if speaker != before else []
        said += text.split()
        before = speaker
    return said


def of_vtt(text: str) -> list[str]:
    rows = []
    for block in text.removeprefix("WEBVTT\n\n").removesuffix("\n").split("\n\n"):
        timing, words = block.split("\n", 1)
        assert re.fullmatch(r"[\d:.]+ --> [\d:.]+", timing)
        voice = re.match(r"<v ([^<>]*)>", words)
        assert "-->" not in words
        rest = words[voice.end() :] if voice else words
        assert "<" not in rest
        rows.append((html.unescape(voice[1]) if voice else "", html.unescape(rest)))
    return _named(rows)


def of_srt(text: str, names: set[str]) -> list[str]:
    said: list[str] = []
    for number, block in enumerate(text.removesuffix("\n").split("\n\n"), 1):
        first, timing, words = block.split("\n", 2)
        assert first == str(number)
        assert re.fullmatch(r"[\d:,]+ --> [\d:,]+", timing)
        assert not re.search(r"\d:\d.* --> |^--> .*\d:\d", words, re.MULTILINE), "a time in words"
        said += words.split()
    return said


def of_json(text: str) -> list[str]:
    listed = json.loads(text)["segments"]
    return _named([(each.get("speaker", ""), each["body"]) for each in listed])


def of_page(text: str) -> list[str]:
    """Return the words of the transcript alone."""
    body = text.partition("<main>")[2].partition("</main>")[0]
    body = re.sub(r"<time[^>]*>[^<]*</time>", "", body)
    rows, speaker = [], ""
    for kind, words in re.findall(r"<(cite|p)>([^<]*)</\1>", body):
        if kind == "cite":
            speaker = html.unescape(words).removesuffix(":")
        else:
            rows.append((speaker, html.unescape(words)))
    assert not re.sub(r"<(cite|p)>[^<]*</\1>", "", body).strip()
    return _named(rows)


def of_episode(text: str) -> list[str]:
    body = text.partition('id="transcript"')[2].partition("</details>")[0]
    rows = []
    for who, words in re.findall(r'<p class="who">(.*?)</p>\n<p>(.*?)</p>', body, re.DOTALL):
        name = re.sub(r" ?<a .*", "", who, flags=re.DOTALL)
        rows.append((html.unescape(name), html.unescape(re.sub(r"</?span[^<>]*>", "", words))))
    return _named(rows)


FACTS = ShowFacts(
    title="Night", author="Example Trust", summary="Short talks.", language="en-gb",
    guid="5b6d2b6c-4c2c-5f38-9f39-6d9bb4b8e1d2",
)  # fmt: skip
SHOW = Show(facts=FACTS, description="", address="https://podcast.example.org/night/", art=None)
EPISODE = Episode(
    slug="01-talk", folder="episodes/01-talk", recording="recording.mp3", notes="",
    facts=EpisodeFacts.model_validate(
        {"title": "Talk", "guid": "g", "date": datetime(2026, 10, 1), "summary": "A talk.",  # noqa: DTZ001
         "content_note": "none", "language": "en-gb", "support": [], "contributors": [],
         "reviewed_on": date(2026, 9, 1)}
    ), published=NOW,
    media=Media(file="media/a.mp3", length=9, type="audio/mpeg", seconds=9, digest="0"),
)  # fmt: skip


def told(read: Transcript) -> list[list[str]]:
    """Return the words of each form that is put out."""
    names = {cue.speaker for cue in read.cues}
    forms: list[list[str]] = []
    if read.timed:
        srt = of_srt(write.render_srt(read), names)
        want = of_json(write.render_json(read))
        assert bare(srt) == bare(want)
        forms += [of_vtt(write.render_vtt(read)), want]
    forms.append(of_page(transcript_page.render(SHOW, EPISODE, read).decode()))
    forms.append(of_episode(pages.episode(SHOW, EPISODE, read, None, None).decode()))
    return forms


# Write each form as it is properly written


def clocks(turns: list[Turn]) -> list[tuple[float, float, Turn]]:
    return [(4.0 * at, 4.0 * at + 3.5, turn) for at, turn in enumerate(turns)]


def escaped(line: list[str]) -> str:
    return html.escape(" ".join(line), quote=False)


def as_vtt(turns: list[Turn]) -> str:
    blocks = ["WEBVTT - a title\nKind: captions\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0",
              "STYLE\n::cue { color: red }", "REGION\nid:one", "NOTE by nobody"]  # fmt: skip
    for start, end, turn in clocks(turns):
        lines = [f"<c.yellow>{escaped(line)}</c>" for line in turn.lines]
        lines[0] = f"<00:00:00.960>{lines[0]}<i></i>"
        times = f"{format_clock(start)} --> {format_clock(end)} align:start position:0%"
        blocks.append(f"a name of it\n{times}\n<v.loud {escaped([turn.speaker])}>"
                      + "\n \n".join(lines) + "</v>")  # fmt: skip
        blocks.append("NOTE\nbetween")
    return "\n\n".join(blocks) + "\n"


def as_srt(turns: list[Turn], gap: str = "\n\n") -> str:
    blocks = []
    for number, (start, end, turn) in enumerate(clocks(turns), 1):
        times = f"{format_clock(start)} --> {format_clock(end)}".replace(".", ",")
        words = "\n".join(f"<i>{escaped(line)}</i>" for line in turn.lines)
        blocks.append(f"{number}\n{times}\n{{\\an8}}{turn.speaker}: {words}")
    return gap.join(blocks) + "\n"


def as_podcast_json(turns: list[Turn]) -> str:
    rows = [{"speaker": turn.speaker, "startTime": start, "endTime": end,
             "body": "\n".join(" ".join(line) for line in turn.lines)}
            for start, end, turn in clocks(turns)]  # fmt: skip
    return json.dumps({"version": "1.0.0", "segments": rows})


def as_whisper_json(turns: list[Turn]) -> str:
    rows = [{"id": 1, "speaker": turn.speaker, "start": start, "end": end,
             "text": " " + " ".join(" ".join(line) for line in turn.lines)}
            for start, end, turn in clocks(turns)]  # fmt: skip
    return json.dumps({"text": "All of it.", "segments": rows, "language": "en"})


def as_sbv(turns: list[Turn]) -> str:
    return "\n\n".join(
        f"{format_clock(start)[1:]},{format_clock(end)[1:]}\n{turn.speaker}: {' '.join(line)}"
        for start, end, turn in clocks(turns)
        for line in turn.lines
    )


def as_frames(turns: list[Turn]) -> str:
    return "\n\n".join(
        f"{format_clock(start)[:-4]}:00 - {format_clock(end)[:-4]}:12\n"
        f"{turn.speaker}: {' '.join(line)}"
        for start, end, turn in clocks(turns)
        for line in turn.lines
    )


def as_script(turns: list[Turn]) -> str:
    return "\n\n".join(
        f"[{format_seconds(start)}] {turn.speaker}: {' '.join(line)}"
        for start, _, turn in clocks(turns)
        for line in turn.lines
    )


def as_bare_script(turns: list[Turn]) -> str:
    return "\n\n".join(f"{turn.speaker}: {' '.join(line)}" for turn in turns for line in turn.lines)


FORMS: dict[str, Callable[[list[Turn]], str]] = {
    "t.vtt": as_vtt, "t.srt": as_srt, "close.srt": lambda turns: as_srt(turns, "\n"),
    "t.json": as_podcast_json, "whisper.json": as_whisper_json, "frames.txt": as_frames,
    "sbv.txt": as_sbv, "timed.txt": as_script, "bare.txt": as_bare_script,
}  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=60, deadline=None)
@given(turns=TURNS, end=ENDS, mark=st.sampled_from(["", "\ufeff"]))
def test_every_word_of_every_form_stands_in_every_form(
    name: str, turns: list[Turn], end: str, mark: str
) -> None:
    text = FORMS[name](turns).replace("\n", end) if name[-4:] != "json" else FORMS[name](turns)
    read, found = transcripts.parse_transcript(mark + text, name)
    assume(
        not rollup_captions.is_rolling(read.cues)
        and not any("repeats" in each.rule for each in found)
    )
    assert errors_in(found) == []
    for form in told(read):
        assert bare(form) == expected(turns)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=TURNS, how=st.sampled_from([as_script, as_bare_script, as_sbv]))
def test_every_word_of_a_word_document_stands_in_every_form(
    tmp_path: Path, turns: list[Turn], how: Callable[[list[Turn]], str]
) -> None:
    made = Document()
    for paragraph in how(turns).split("\n\n"):
        made.add_paragraph(paragraph)
    made.save(str(tmp_path / "t.docx"))
    read, found = docx.read(tmp_path / "t.docx", "t.docx")
    assert errors_in(found) == []
    for form in told(read):
        assert bare(form) == expected(turns)


TIMES = st.sampled_from(
    ["10:30", "7:30", "21:00", "John 3:16", "Luke 4:20", "9:41", "12:30:", "Psalm 119:10"]
)
SAID = st.sampled_from(["says this", "we met.", "Yes.", "Ann: Hello.", "is when we begin"])


@settings(max_examples=200, deadline=None)
@given(
    paragraphs=st.lists(st.tuples(st.just("") | TIMES, SAID), min_size=1, max_size=9),
    name=st.sampled_from(["", "Ann: "]),
)
def test_times_that_are_said_between_paragraphs_are_words(
    paragraphs: list[tuple[str, str]], name: str
) -> None:
    rows = [f"{name}Welcome to this talk.", *(" ".join(each).strip() for each in paragraphs)]
    read, _ = transcripts.parse_transcript("\n\n".join(rows), "t.txt")
    said = " ".join(f"{cue.speaker}: {cue.text}" for cue in read.cues).replace(":", " ").split()
    assert not read.timed
    assert set(" ".join(rows).replace(":", " ").split()) <= set(said)


@pytest.mark.parametrize("harm", ["lost", "changed", "swapped", "twice"])
@pytest.mark.parametrize("ending", ["vtt", "srt", "json"])
def test_a_build_stops_if_a_word_is_lost_or_stands_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ending: str, harm: str
) -> None:
    def harmed(read: Transcript) -> str:
        one, two, *rest = read.cues
        words = {
            "lost": (one._replace(text="one two"), two, *rest),
            "changed": (one._replace(text="one two thrée"), two, *rest),
            "swapped": (one._replace(text=two.text), two._replace(text=one.text), *rest),
            "twice": (one, one, two, *rest),
        }
        text: str = written(read._replace(cues=words[harm]))
        return text

    read = Transcript((Cue(0, 1, "one two three", "Ann"), Cue(1, 2, "four & <five>", "Ann")))
    write.render(read)
    written = getattr(write, f"render_{ending}")
    monkeypatch.setattr(write, f"render_{ending}", harmed)
    with pytest.raises(EarmarkError, match="would not have the same words"):
        write.render(read)


def test_a_page_without_a_word_stops_the_build() -> None:
    read = Transcript((Cue(0, 1, "a < b &copy=2", "Ann"), Cue(1, 2, "It’s \"so\" & 'so'", "Ben")))
    written = {
        "<main>": transcript_page.render(SHOW, EPISODE, read),
        'id="transcript"': pages.episode(SHOW, EPISODE, read, None, None),
    }
    for begins, page in written.items():
        same_words.prove_page(read, page.decode(), "HTML", begins)
        for harmed in (page.replace(b"a &lt; b", b"a b"), page.replace(b"quot;so", b"quot;")):
            assert harmed != page
            with pytest.raises(EarmarkError, match="the HTML transcript would not have"):
                same_words.prove_page(read, harmed.decode(), "HTML", begins)
