"""Lists the rules for recordings, pictures, chapters and transcripts."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import (
    ANTENNAPOD,
    APPLE_ART,
    APPLE_AUDIO,
    APPLE_CHAPTERS,
    CAPTIONS,
    CHAPTERS,
    DEAF,
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
    "audio-missing": Rule(ERROR, "Every episode must have a recording.",
        "put one beside episode.md (WAV, FLAC, MP3, M4A, Opus)", RSS),
    "audio-kind": Rule(ERROR, "A recording must be audio.",
        "export it again", APPLE_AUDIO),
    "audio-ending": Rule(ERROR, "The name of a recording must end in the format that it really "
        "has.",
        "rename it", APPLE_AUDIO),
    "audio-read": Rule(ERROR, "Earmark must be able to read a recording from beginning to end.",
        "check that the file exists and that you are allowed to read it, then build again", OWN),
    "audio-damaged": Rule(ERROR, "A recording must be complete and undamaged.",
        "export it again", APPLE_AUDIO),
    "audio-silent": Rule(ERROR, "A recording must have sound in it.",
        "check which microphone was recorded", LOUDNESS),
    "audio-level": Rule(ERROR, "The published file must reach its target loudness, from "
        "beginning to end.",
        "take out clicks and bangs with an audio editor, then export it again", LOUDNESS),
    "audio-cut": Rule(WARNING, "A recording should not be cut short.",
        "listen to the end; if something is missing, copy it from the recorder again", OWN),
    "audio-tracks": Rule(WARNING, "A recording should have one audio track.",
        "if you meant another track, export that one alone", OWN),
    "audio-opposite": Rule(WARNING, "Left and right should not cancel each other out. They do if "
        "one cable was wired the wrong way round; one loudspeaker then plays almost nothing.",
        "invert one side in an audio editor, then export it again", LOUDNESS),
    "audio-side": Rule(WARNING, "Both sides of a stereo recording should have sound.",
        "write `recordings: {channels: mono}`", OWN),
    "audio-quiet": Rule(WARNING, "A recording should be loud enough that making it louder does not "
        "bring out the hiss.",
        "listen to it; next time put the microphone nearer", LOUDNESS),
    "audio-stopped": Rule(ERROR, "The program ffmpeg must be able to finish.",
        "close other programs, then build again", OWN),
    "audio-twice": Rule(ERROR, "Every episode must have its own recording.",
        "put the right recording there, or delete the folder if it is a copy", RSS),
    "audio-elsewhere": Rule(WARNING, "A recording should be on the same site as the show. Another "
        "server can change or remove it, and sees who listens.",
        "put the recording beside episode.md, or waive this", OWN),
    "audio-long": Rule(WARNING, "An episode should be 20 minutes or less: a longer one seldom "
        "fits into a break.",
        "consider making two episodes of it", OWN),
}  # fmt: skip
_ART = {
    "art-missing": Rule(ERROR, "Every show must have a cover: directories refuse a show without "
        "one.",
        "put a square cover.jpg (1400 to 3000 pixels) beside show.md", APPLE_ART),
    "art-format": Rule(ERROR, "A picture must be a JPEG or a PNG.",
        "save it as JPEG or PNG", APPLE_ART),
    "art-damaged": Rule(ERROR, "A picture must be complete and undamaged.",
        "save it again", APPLE_ART),
    "art-square": Rule(ERROR, "A picture must be square: apps would crop it.",
        "make it square, 1400 to 3000 pixels wide and high", APPLE_ART),
    "art-size": Rule(ERROR, "A picture must be at least 1400 pixels wide and high, or 600 for a "
        "chapter. A file over 100 MB is too large.",
        "make it 1400 to 3000 pixels wide and high", APPLE_ART),
    "art-colours": Rule(WARNING, "A picture should be RGB, not in colours for printing.",
        "Earmark converts its colours to RGB; check the result, or save it as RGB", APPLE_ART),
    "art-alpha": Rule(WARNING, "A picture should not be transparent: apps fill the gaps as they "
        "like.",
        "Earmark puts it on white; for another background, fill it and save it without "
        "transparency", APPLE_ART),
    "art-scaled": Rule(NOTE, "A picture should be at most 3000 pixels wide.",
        "you do not have to do anything: Earmark publishes a smaller copy", APPLE_ART),
    "art-metadata": Rule(NOTE, "Published pictures should not reveal where or by whom they were "
        "taken.",
        "Earmark leaves this out of the published copy; your own file still has it", OWN),
}  # fmt: skip
_CHAPTERS = {
    "chapters-start": Rule(ERROR, "The first chapter must start at 0:00.",
        "set it to 0:00, or apps leave out what comes before it", APPLE_CHAPTERS),
    "chapters-few": Rule(WARNING, "An episode should have three chapters or more, or none.",
        "Apple and Spotify show none if there are fewer than three: add some, or remove them all",
        APPLE_CHAPTERS),
    "chapters-order": Rule(ERROR, "Each chapter must start later than the previous one.",
        "sort them by time", CHAPTERS),
    "chapters-beyond": Rule(ERROR, "Every chapter must start within the recording.",
        "correct the time, or remove the chapter", CHAPTERS),
    "chapters-title": Rule(WARNING, "The title of a chapter should be short enough for every app.",
        "shorten it", CHAPTERS),
    "chapters-many": Rule(ERROR, "An episode must have at most 255 chapters: an audio file cannot "
        "hold more.",
        "join some of them", ID3_CHAPTERS),
    "chapters-empty": Rule(ERROR, "A chapter file must have chapters in it.",
        "write some, or remove the file", CHAPTERS),
    "chapters-line": Rule(ERROR, "Each line of a chapter file must be a time and a title.",
        "write it like `1:15 Why now`", PODLOVE),
    "chapters-file": Rule(ERROR, "A chapter file in JSON or XML must be complete and valid.",
        "export it again", CHAPTERS),
    "chapters-elsewhere": Rule(WARNING, "The picture of a chapter should be on the same site as "
        "the show: another site would see every listener.",
        "put it beside episode.md and write its file name", OWN),
    "chapters-hidden": Rule(WARNING, "Chapters should not be hidden: some apps show them without a "
        "title.",
        "remove `toc: false`, or the chapter", ANTENNAPOD),
    "chapters-brought": Rule(NOTE, "Check which chapters are published.",
        "to use others, list them under `chapters:` in episode.md; for none, write `chapters: []`",
        OWN),
}  # fmt: skip
_TRANSCRIPT = {
    "transcript-empty": Rule(ERROR, "A transcript must have words in it.",
        "write what people say, or remove the file", TRANSCRIPT),
    "transcript-form": Rule(ERROR, "A transcript must be in a format that Earmark can read.",
        "export it as WebVTT (.vtt) or SRT (.srt), or save it as plain text (.txt)", TRANSCRIPT),
    "transcript-left-out": Rule(NOTE, "Check which lines of a transcript are not published.",
        "if somebody says this, put it below the first time stamp, or after a speaker's name", OWN),
    "transcript-repeats": Rule(WARNING, "A transcript should have each line only once.",
        "check that no words are missing", WEBVTT),
    "transcript-clock": Rule(WARNING, "Times should not be among the words of a transcript.",
        "write all times in the same way, like [0:12] Name: or 00:00:12.000 --> 00:00:15.000",
        TRANSCRIPT),
    "transcript-short": Rule(WARNING, "A transcript should include everything that people say "
        "in the recording.",
        "check whether it belongs to another recording, or covers only part of this one", DEAF),
    "transcript-other": Rule(ERROR, "A transcript must belong to its recording, not to another "
        "one.",
        "name the right file with `transcript:`, or correct its times", TRANSCRIPT),
    "transcript-time": Rule(ERROR, "Each cue of a transcript must have its times.",
        "write a line like 00:01:02.000 --> 00:01:05.500 above it", WEBVTT),
    "transcript-speakers": Rule(WARNING, "A transcript should say who speaks.",
        "write `<v Name>` or `Name: ` before the words", TRANSCRIPT),
    "transcript-backwards": Rule(WARNING, "A cue should end later than it starts.",
        "write the earlier time first", WEBVTT),
    "transcript-overlap": Rule(WARNING, "A cue should not start before the previous one ends.",
        "correct one of the two times", WEBVTT),
    "transcript-beyond": Rule(WARNING, "A transcript should not run on after the recording ends.",
        "check whether it belongs to another recording", TRANSCRIPT),
    "transcript-fast": Rule(WARNING, "Words should stay on the screen long enough to read.",
        "let the cue end later, or check its times", CAPTIONS),
    "transcript-names": Rule(WARNING, "A transcript should call people by the names in their "
        "credits.",
        "add them to `contributors:`, or use the name that is there", OWN),
    "transcript-language": Rule(WARNING, "A transcript should be in the language of its episode.",
        "write `language:` in episode.md, or correct it here", LANGUAGES),
    "transcript-draft": Rule(WARNING, "Somebody should read and correct a transcript that a "
        "program wrote.",
        "read it while you listen to the recording, correct it, then remove this note or write "
        "`NOTE earmark: read`", OWN),
    "transcript-json": Rule(ERROR, "A transcript in JSON must have segments, each with times and "
        "words.",
        "export it as WebVTT (.vtt) or SRT (.srt) instead", TRANSCRIPT),
    "transcript-word": Rule(ERROR, "A transcript from Word must be an undamaged .docx file.",
        "save it again in Word as .docx, or save it as plain text", OWN),
}  # fmt: skip
RULES = {**_AUDIO, **_ART, **_CHAPTERS, **_TRANSCRIPT}
