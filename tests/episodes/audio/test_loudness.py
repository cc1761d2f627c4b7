"""What ffmpeg says of loudness is read."""

from __future__ import annotations

from episodes.audio import loudness


def test_every_part_of_what_ffmpeg_says_is_read_and_none_before_it_begins() -> None:
    def summary(name: str, value: float) -> str:
        peak = "  True peak:\n    Peak:  -3.0 dBFS\n"
        return f"[ebur128@{name} @ 0x1] Summary:\n  I:  {value} LUFS\n{peak}"

    log = f"{summary('mono', -70.0)}Stream mapping:\n"
    log += summary("mono", -40.0) + summary("stereo", -20.0) + summary("mono", -30.0)
    known = loudness.parse_loudness(log, "mono", 3)
    assert known
    assert (known.integrated, known.parts, known.gap) == (-30.0, 2, 20.0)
    assert known.opposite
    assert loudness.parse_loudness("Stream mapping:\n", "mono", 3) is None
