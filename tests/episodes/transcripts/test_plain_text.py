"""Plain transcripts: names and times as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.transcripts import plain_text
from episodes.transcripts import read as transcripts
from episodes.transcripts.row_times import SpokenWords


@pytest.mark.parametrize(
    "text",
    [
        "[00:00:00] Ann Lee: Hello there.\n[00:00:05] Ben: And me.\n",
        "0:00 Ann Lee: Hello\nthere.\n\n0:05 Ben: And me.\n",
        "(00:00) Ann Lee\nHello there.\n\n(00:05) Ben\nAnd me.\n",  # Otter, Word on the web
        "Ann Lee   0:00\nHello there.\nBen   0:05\nAnd me.\n",  # Teams
        "Ann Lee [00:00:00]: Hello there.\n\nBen [00:00:05]: And me.\n",
        "00:00:00.000\nAnn Lee: Hello there.\n\n00:00:05,000\nBen: And me.\n",
    ],
)
def test_times_and_names_are_read_wherever_they_stand(text: str) -> None:
    first, second = plain_text.parse(text).said
    assert first[:4] == (0, 5, "Hello there.", "Ann Lee")
    assert second[:1] == (5,)
    assert second[2:4] == ("And me.", "Ben")
    assert second.end > 5


def test_what_has_no_time_shares_that_of_its_neighbours() -> None:
    text = "0:00 Ann: 12345\n\nBen: 1234567890\n\n1:00 Ann: x\n"
    assert [each[:2] for each in plain_text.parse(text).said] == [(0, 20), (20, 60), (60, 61)]


def test_a_script_without_times_begins_anew_at_each_name() -> None:
    text = "Ann: Hello\nyou.\nBen: And me.\n\nStill me.\n"
    assert plain_text.parse(text).said == [
        SpokenWords(0, 0, "Hello you.", "Ann", 1),
        SpokenWords(0, 0, "And me.", "Ben", 3),
        SpokenWords(0, 0, "Still me.", "Ben", 5),
    ]


def test_half_a_time_is_none() -> None:
    for text in ("0:00:01.:5 x", "0:00:99 x", "2:1 is the ratio", "0:61:00 x", "0:00:00:75:1 x"):
        assert plain_text.parse(f"{text}\n").said[0].text == text


def test_a_time_in_words_is_none() -> None:
    text = "Ann: We meet at\n10:30 on Monday.\n"
    assert plain_text.parse(text).said == [
        SpokenWords(0, 0, "We meet at 10:30 on Monday.", "Ann", 1)
    ]


def test_a_name_above_holds_for_the_paragraphs_below() -> None:
    said = plain_text.parse("Ann 0:03\n\nHello.\n\nAgain.\n").said
    assert [each.speaker for each in said] == ["Ann", "Ann"]
    assert said[0].start == 3


PIECES = st.lists(
    st.sampled_from(["0:00", "[1:02:03]", "(9:99)", "Ann", "Ann:", " ", "\n", "\n\n", ":", "-", "x",
                     "\u2028", "٣:٣٣", "999:59", "0:00.5", "Ann Lee 0:03"]), max_size=25
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(PIECES | st.text(max_size=60))
def test_hostile_scripts_never_raise_and_lose_no_time(text: str) -> None:
    for said in plain_text.parse(text).said:
        assert said.text
        assert said.line >= 1
        assert said.end >= said.start or said.end == 0 or said.start > 0
    transcripts.parse_transcript(text, "t.txt")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 500),
            st.sampled_from(["Ann", "Ben Lee"]),
            st.lists(st.sampled_from(["one", "two,", "three.", "ü"]), min_size=1).map(" ".join),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_with_times_is_read_back(rows: list[tuple[int, str, str]]) -> None:
    at, text, wanted = 0, "", []
    for length, name, words in rows:
        text += f"[{at // 60}:{at % 60:02}] {name}: {words}\n"
        wanted.append((at, words, name))
        at += length
    assert [(each.start, each.text, each.speaker) for each in plain_text.parse(text).said] == wanted


FIRST = "0:03 Ann Lee\nHello there.\n\n0:07 Ben\nAnd me.\n"
BEHIND = "Ann Lee   0:03\nHello there.\n\nBen   0:07\nAnd me.\n"
RANGED = "0:00:03:00 - 0:00:07:00\nAnn Lee\nHello there.\n\n0:00:07:00 - 0:00:09:12\nBen\nAnd me.\n"


@pytest.mark.parametrize("talk", [FIRST, BEHIND, RANGED])
@pytest.mark.parametrize(
    "above",
    [
        "Transcript",
        "# Transcript",
        "Talking it over",
        "Weekly meeting-20260503_100000-Meeting Recording\n3 May 2026, 10:00AM\n12m 30s",
        "Interview with Ann\n\nDate: 3 May 2026\n\nAttendees: Ann, Ben",
        "Audio file\ntalk.mp3\n\nTranscript",
        "Ann Lee started transcription",
        "This text was made by a program.",
    ],
)
def test_what_stands_above_the_first_words_is_left_out_and_told(above: str, talk: str) -> None:
    script = plain_text.parse(f"{above}\n\n{talk}")
    assert [(each.start, each.speaker, each.text) for each in script.said] == [
        (3, "Ann Lee", "Hello there."),
        (7, "Ben", "And me."),
    ]
    ((line, message),) = script.left_out
    assert line == 1
    assert f'"{above.splitlines()[0]}"' in message


def test_words_above_the_first_time_stay() -> None:
    for above in ("Ann: Welcome to this.", "Welcome to a talk that is long enough.\n\nReally."):
        first = "0:00" if ":" in above else "0:30"
        script = plain_text.parse(f"{above}\n\n{first} Ben: Thanks.\n\n0:40 Ann: Bye.\n")
        words = " ".join(each.text for each in script.said)
        assert words.endswith("Thanks. Bye.")
        assert "".join(above.removeprefix("Ann: ").split()) in "".join(words.split())
        assert script.left_out == []


def test_what_a_program_puts_below_the_last_words_is_left_out_and_told() -> None:
    script = plain_text.parse(f"{BEHIND}\nAnn Lee stopped transcription\n")
    assert [each.text for each in script.said] == ["Hello there.", "And me."]
    assert script.left_out == [(7, '"Ann Lee stopped transcription"')]


@pytest.mark.parametrize(
    "name",
    ["Speaker One (she/her)", "speaker o'two", "Meeting room 4", "J.R.", "A. B. Lee", "ann",
     "Dr. O’Bob-Bob", "Zoë van der Guest", "某人", "Имя Фамилия", "SPEAKER_00",
     "Lee, Ann (NHS)", "ann lee | NHS 🌻"],
)  # fmt: skip
def test_names_of_zoom_are_speakers(name: str) -> None:
    rows = [f"{name}: Welcome.", f"Ben: Thanks, {name}.", f"{name}: Bye."]
    cues = "".join(f"00:0{n}.000 --> 00:0{n + 1}.000\n{row}\n\n" for n, row in enumerate(rows))
    for text in (f"WEBVTT\n\n{cues}", cues, "\n\n".join(rows)):
        read, found = transcripts.parse_transcript(text, "t.txt")
        assert found == []
        assert [(cue.speaker, cue.text) for cue in read.cues] == [
            (name, "Welcome."), ("Ben", f"Thanks, {name}."), (name, "Bye."),
        ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "**Ann:** Hello.\n\n**Ben:** And me.\n",
        "[00:00:00] **Ann:** Hello.\n\n[00:00:05] **Ben:** And me.\n",
        "Ann  00:00\nHello.\n\nBen  12:05\nAnd me.\n",
        "*Ann*: Hello.\n\n__Ben__: And me.\n",
        "Ann:\nHello.\n\nBen:\nAnd me.\n",
        "- Ann: Hello.\n- Ben: And me.\n",
        "Transcript\n\nAnn: Hello.\n\nBen: And me.\n",
        "Ann：Hello.\n\nBen：And me.\n",
        "ann: Hello.\n\nben: And me.\n",
    ],
)
def test_names_are_read_however_a_script_sets_them_off(text: str) -> None:
    said = plain_text.parse(text).said
    assert [(each.speaker.title(), each.text) for each in said] == [
        ("Ann", "Hello."),
        ("Ben", "And me."),
    ]


def test_one_word_behind_a_time_is_no_name_without_words() -> None:
    said = plain_text.parse("[0:00] Ann: Hello.\n[0:05] Yes\n[0:06] Ben: Fine.\n").said
    assert [(each.speaker, each.text) for each in said] == [
        ("Ann", "Hello."), ("Ann", "Yes"), ("Ben", "Fine."),
    ]  # fmt: skip


def test_a_time_in_what_is_said_is_no_beginning() -> None:
    text = "0:00 Ann: We meet\n10:30 on Monday.\n\n0:05 Ben: Yes.\n\n0:09 Ann: Good.\n"
    assert [each.text for each in plain_text.parse(text).said] == [
        "We meet 10:30 on Monday.", "Yes.", "Good.",
    ]  # fmt: skip


def test_what_meet_puts_below_the_last_words_is_left_out_and_told() -> None:
    text = (
        "00:00:00\n\nAnn: Hello.\n\n00:05:00\n\nBen: Bye.\n\nMeeting ended after 00:06:10 👋\n\n"
        "This editable transcript was computer generated and might contain errors. "
        "People can also change the text after it was created.\n"
    )
    script = plain_text.parse(text)
    assert [each.text for each in script.said] == ["Hello.", "Bye."]
    assert [line for line, _ in script.left_out] == [9, 11]


@pytest.mark.parametrize("said", ["10:30 is when we meet.", "7:30 breakfast", "John 3:16 says it."])
def test_a_late_time_among_times_in_brackets_is_somebodys_word(said: str) -> None:
    for count, at in ((12, 9), (12, 3), (4, 3)):
        rows = [f"[{minute * 36 // count}:00] Ann: Hello." for minute in range(count)]
        rows[at:at] = [said]
        script = plain_text.parse("\n\n".join(rows))
        assert len([each for each in script.said if said in each.text]) == 1


def test_one_time_of_zero_alone_is_no_word() -> None:
    text = "Team talk\n00:00:00\n\nAnn: Hello.\n\nBen: Bye.\n\nMeeting ended after 00:03:10 👋\n"
    script = plain_text.parse(text)
    assert [(each.start, each.end, each.text) for each in script.said] == [
        (0, 0, "Hello."), (0, 0, "Bye."),
    ]  # fmt: skip
    assert [line for line, _ in script.left_out] == [1, 8]


def test_names_before_late_times_are_names_if_they_come_again() -> None:
    rows = ["Music plays."]
    rows += [f"{name}  {minute}:15\nHello." for minute, name in enumerate(["Ann", "Ben"] * 3, 2)]
    said = plain_text.parse("\n\n".join(rows)).said
    assert [each.speaker for each in said] == ["", *["Ann", "Ben"] * 3]


def test_a_diary_that_is_read_has_no_times() -> None:
    rows = ["6:00 I get up.", "7:30 The bus.", "9:15 Rounds.", "12:30: lunch"]
    assert [each.text for each in plain_text.parse("\n\n".join(rows)).said] == rows


@pytest.mark.parametrize("sign", ["\u200b", "\u200f", "\u202b", "\ufeff"])
def test_a_sign_that_nobody_sees_hides_no_name(sign: str) -> None:
    said = plain_text.parse(f"{sign}أحمد: مرحبا\n\n{sign}Ben: yo\n").said
    assert [each.speaker for each in said] == ["أحمد", "Ben"]
