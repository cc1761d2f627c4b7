"""How loud a recording was is told in words."""

from __future__ import annotations

import pytest

from episodes.audio.loudness import Loudness
from podcast.terminal import loudness_lines


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (-26.5, -19.2, "was a little quiet, made even (-26.5 to -19.2 LUFS)"),
        (-29.5, -19.0, "was quiet, made even (-29.5 to -19.0 LUFS)"),
        (-19.6, -19.0, "was loud enough, made even (-19.6 to -19.0 LUFS)"),
        (-48.7, -19.1, "was very quiet, made even (-48.7 to -19.1 LUFS)"),
        (-14.0, -19.0, "was a little loud, made even (-14.0 to -19.0 LUFS)"),
        (-3.0, -19.0, "was very loud, made even (-3.0 to -19.0 LUFS)"),
    ],
)
def test_levels_are_told_in_words(before: float, after: float, sentence: str) -> None:
    assert loudness_lines.describe(Loudness(before, -3, 9), Loudness(after, -3, 9)) == sentence


def test_a_name_that_is_there_twice_is_told_with_its_folder() -> None:
    rows = [
        ("episodes/01-a/r.wav", "x"),
        ("episodes/02-b/r.wav", "y"),
        ("episodes/03-c/s.wav", "z"),
    ]
    assert [name for name, _ in loudness_lines.named(rows)] == [
        "episodes/01-a/r.wav", "episodes/02-b/r.wav", "s.wav"
    ]  # fmt: skip
