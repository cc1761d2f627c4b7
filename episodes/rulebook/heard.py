"""Rules for recordings, pictures, chapters and transcripts."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import (
    ANTENNAPOD,
    APPLE_ART,
    APPLE_AUDIO,
    APPLE_CHAPTERS,
    CAPTIONS,
    CHAPTERS,
    ID3_CHAPTERS,
    LANGUAGES,
    LOUDNESS,
    OWN,
    PODLOVE,
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
    "audio-level": Rule(ERROR, "What is published is as loud as it should be, from its beginning "
        "to its end.", "take out clicks and bangs with an audio editor, and export it again",
        LOUDNESS),
    "audio-stopped": Rule(ERROR, "Nothing stops ffmpeg before it has finished.",
        "close other programs, and build again", OWN),
    "audio-twice": Rule(ERROR, "Every episode has a recording of its own.",
        "put the right one, or delete the folder if it is a copy", RSS),
    "audio-elsewhere": Rule(WARNING, "A recording lies where the show does: what another server "
        "changes or removes is beyond our hands, and it sees who listens.",
        "put the recording beside episode.md, or waive this", OWN),
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
        "let it start at 0:00, apps leave the rest out", APPLE_CHAPTERS),
    "chapters-few": Rule(WARNING, "Chapters are three or more, or none.",
        "Apple and Spotify then show none, add some or leave all out", APPLE_CHAPTERS),
    "chapters-order": Rule(ERROR, "Each chapter starts after the one before.",
        "sort them", CHAPTERS),
    "chapters-beyond": Rule(ERROR, "Chapters lie within the recording.",
        "correct the time, or take the chapter out", CHAPTERS),
    "chapters-title": Rule(WARNING, "A chapter's title is short enough for every player.",
        "shorten it", CHAPTERS),
    "chapters-many": Rule(ERROR, "Chapters are 255 at most: no recording can count more.",
        "join some of them, apps read at most 255", ID3_CHAPTERS),
    "chapters-empty": Rule(ERROR, "A file of chapters has chapters in it.",
        "write some, or remove the file", CHAPTERS),
    "chapters-line": Rule(ERROR, "Each line of a list of chapters is a time and a title.",
        "write it like `1:15 Why now`", PODLOVE),
    "chapters-file": Rule(ERROR, "Chapters in JSON or XML are as the program wrote them.",
        "export it again", CHAPTERS),
    "chapters-elsewhere": Rule(WARNING, "A chapter's picture is not on another site, which would "
        "see every listener.", "put it beside episode.md and write its file name", OWN),
    "chapters-hidden": Rule(WARNING, "No chapter is hidden: some apps show it without a title.",
        "remove `toc: false`, or the chapter", ANTENNAPOD),
    "chapters-brought": Rule(NOTE, "A lead knows which chapters are published.",
        "list `chapters:` in episode.md to say others, `chapters: []` for none", OWN),
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
    "transcript-fast": Rule(WARNING, "Words stand long enough to be read.",
        "let it end later, or check its times", CAPTIONS),
    "transcript-names": Rule(WARNING, "A transcript calls people what their credits call them.",
        "add them, or write the name that stands there", OWN),
    "transcript-language": Rule(WARNING, "A transcript is in the language of its episode.",
        "write `language:` in episode.md, or mend it here", LANGUAGES),
    "transcript-draft": Rule(WARNING, "Somebody has read what a program wrote.",
        "read it along with the recording, correct it, then remove this note or write "
        "`NOTE earmark: read`", OWN),
    "transcript-json": Rule(ERROR, "A transcript in JSON has segments, each with times and words.",
        'write {"version": "1.0.0", "segments": [...]}', TRANSCRIPT),
    "transcript-word": Rule(ERROR, "A transcript from Word is a .docx, and whole.",
        "save it in Word as .docx again, or save it as plain text", OWN),
}  # fmt: skip
RULES = {**_AUDIO, **_ART, **_CHAPTERS, **_TRANSCRIPT}
