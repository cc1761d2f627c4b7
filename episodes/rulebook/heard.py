"""Rules for recordings, pictures, chapters and transcripts."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import (
    APPLE_ART,
    APPLE_AUDIO,
    APPLE_CHAPTERS,
    CHAPTERS,
    LOUDNESS,
    OWN,
    RSS,
    TRANSCRIPT,
    WEBVTT,
    Rule,
)

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

_AUDIO = {
    "audio-missing": Rule(ERROR, "Every episode has a recording.",
        "put one beside episode.md (WAV, FLAC, MP3, M4A, Opus)", RSS),
    "audio-kind": Rule(ERROR, "A recording is audio.", "export it again", APPLE_AUDIO),
    "audio-ending": Rule(ERROR, "A recording's name ends in what it is.",
        "rename it", APPLE_AUDIO),
    "audio-read": Rule(ERROR, "A recording can be read from its beginning to its end.",
        "check that the file is there and that you may read it, and build again", OWN),
    "audio-damaged": Rule(ERROR, "A recording is whole.", "export it again", APPLE_AUDIO),
    "audio-silent": Rule(ERROR, "A recording has sound in it.",
        "check which microphone was recorded", LOUDNESS),
    "audio-twice": Rule(ERROR, "Every episode has a recording of its own.",
        "put the right one", RSS),
    "audio-long": Rule(WARNING, "What is over twenty minutes is seldom heard in one break.",
        "could it be two episodes?", OWN),
}  # fmt: skip
_ART = {
    "art-missing": Rule(ERROR, "A show has a cover; directories refuse one without.",
        "put a square cover.jpg (1400 to 3000 pixels) beside show.md", APPLE_ART),
    "art-format": Rule(ERROR, "A picture is a JPEG or a PNG.", "save it as JPEG or PNG", APPLE_ART),
    "art-damaged": Rule(ERROR, "A picture is whole.", "save it again", APPLE_ART),
    "art-square": Rule(ERROR, "A picture is square; apps would cut it.",
        "make it square, 1400 to 3000 pixels wide and high", APPLE_ART),
    "art-size": Rule(ERROR, "A picture is 1400 to 3000 pixels wide.",
        "make it 1400 to 3000 pixels wide and high", APPLE_ART),
    "art-colours": Rule(ERROR, "A picture is RGB, not for printing.", "save it as RGB", APPLE_ART),
    "art-alpha": Rule(ERROR, "A picture has no transparency; apps fill it as they like.",
        "fill the background and save it without alpha", APPLE_ART),
}  # fmt: skip
_CHAPTERS = {
    "chapters-start": Rule(ERROR, "The first chapter starts at 0:00.",
        "write `start: \"0:00\"`; apps leave the rest out", APPLE_CHAPTERS),
    "chapters-few": Rule(WARNING, "Chapters are three or more, or none.",
        "Apple and Spotify then show none, add some or leave all out", APPLE_CHAPTERS),
    "chapters-order": Rule(ERROR, "Each chapter starts after the one before.",
        "sort them", CHAPTERS),
    "chapters-beyond": Rule(ERROR, "Chapters lie within the recording.",
        "correct the time, or take the chapter out", CHAPTERS),
}  # fmt: skip
_TRANSCRIPT = {
    "transcript-empty": Rule(ERROR, "A transcript has words in it.",
        "write what is said, or remove the file", TRANSCRIPT),
    "transcript-time": Rule(ERROR, "Each cue of a transcript has its time.",
        "write a line like 00:01:02.000 --> 00:01:05.500 above it", WEBVTT),
    "transcript-speakers": Rule(WARNING, "A transcript says who speaks.",
        "write `<v Name>` or `Name: ` before the words", TRANSCRIPT),
    "transcript-backwards": Rule(WARNING, "A cue ends after it starts.",
        "write the earlier time first", WEBVTT),
    "transcript-overlap": Rule(WARNING, "A cue starts when the one above it is over.",
        "correct one of the two times", WEBVTT),
    "transcript-beyond": Rule(WARNING, "A transcript ends with its recording.",
        "is it the transcript of another recording?", TRANSCRIPT),
}  # fmt: skip
RULES = {**_AUDIO, **_ART, **_CHAPTERS, **_TRANSCRIPT}
