"""A recording of three hours: far longer than anybody should have to listen, and it works."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import pytest

from episodes.findings import Level
from podcast.building import pipeline
from tests.kit.broken_shows import MD, MP3, ONE, edit
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.long(3)


@pytest.mark.slow
def test_three_hours_are_a_warning_and_are_built(make_show: Callable[..., Path]) -> None:
    show = make_show(1)
    (show / MP3).unlink()
    with wave.open(str(show / ONE / "long.wav"), "wb") as file:
        file.setparams((1, 1, 8_000, 0, "NONE", ""))
        file.writeframes(bytes([128, 200, 128, 56] * 2_000) * (3 * 3600))
    edit(MD, "audio: recording.mp3", "audio: long.wav")(show)
    result = pipeline.build(show, now=NOW)
    (found,) = [each for each in result.findings if each.rule != "transcript-short"]
    assert (found.path, found.key, found.level) == (MD, "audio", Level.WARNING)
    assert "is 3:00:00 long; consider making two episodes of it" in found.said
    assert b"<itunes:duration>10800</itunes:duration>" in (show / "public/feed.xml").read_bytes()
