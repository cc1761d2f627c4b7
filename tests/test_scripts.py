"""Plain transcripts: names and times as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes import scripts, transcripts
from episodes.scripts import Said


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
    first, second = scripts.parse(text).said
    assert first[:4] == (0, 5, "Hello there.", "Ann Lee")
    assert second[:1] == (5,)
    assert second[2:4] == ("And me.", "Ben")
    assert second.end > 5


def test_what_has_no_time_shares_that_of_its_neighbours() -> None:
    text = "0:00 Ann: 12345\n\nBen: 1234567890\n\n1:00 Ann: x\n"
    assert [each[:2] for each in scripts.parse(text).said] == [(0, 20), (20, 60), (60, 61)]


def test_a_script_without_times_begins_anew_at_each_name() -> None:
    text = "Ann: Hello\nyou.\nBen: And me.\n\nStill me.\n"
    assert scripts.parse(text).said == [
        Said(0, 0, "Hello you.", "Ann", 1),
        Said(0, 0, "And me.", "Ben", 3),
        Said(0, 0, "Still me.", "Ben", 5),
    ]


def test_half_a_time_is_none() -> None:
    for text in ("0:00:01.:5 x", "0:00:99 x", "2:1 is the ratio", "0:61:00 x", "0:00:00:75:1 x"):
        assert scripts.parse(f"{text}\n").said[0].text == text


def test_a_time_in_words_is_none() -> None:
    text = "Ann: We meet at\n10:30 on Monday.\n"
    assert scripts.parse(text).said == [Said(0, 0, "We meet at 10:30 on Monday.", "Ann", 1)]


def test_a_name_above_holds_for_the_paragraphs_below() -> None:
    said = scripts.parse("Ann 0:03\n\nHello.\n\nAgain.\n").said
    assert [each.speaker for each in said] == ["Ann", "Ann"]
    assert said[0].start == 3


PIECES = st.lists(
    st.sampled_from(["0:00", "[1:02:03]", "(9:99)", "Ann", "Ann:", " ", "\n", "\n\n", ":", "-", "x",
                     "\u2028", "٣:٣٣", "999:59", "0:00.5", "Ann Lee 0:03"]), max_size=25
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(PIECES | st.text(max_size=60))
def test_hostile_scripts_never_raise_and_lose_no_time(text: str) -> None:
    for said in scripts.parse(text).said:
        assert said.text
        assert said.line >= 1
        assert said.end >= said.start or said.end == 0 or said.start > 0
    transcripts.parse(text, "t.txt")


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
    assert [(each.start, each.text, each.speaker) for each in scripts.parse(text).said] == wanted
