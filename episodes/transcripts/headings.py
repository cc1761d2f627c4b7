"""Detects lines of a transcript that nobody says: titles, dates, lists, boilerplate."""

from __future__ import annotations

import re

from episodes.transcripts import speakers

_AT_ONCE = 3.0  # seconds: before the first time nobody can have said much
_LABEL = re.compile(
    r"(?:attendees|participants|present|apologies|speakers?|interviewe[re]s?|date|time|duration|"
    r"length|title|subject|topic|meeting|location|place|recorded(?: on)?|recording|audio file|file|"
    r"transcript(?:ion)?(?: by)?|transcribed by|language)\s?[:：]",
    re.IGNORECASE,
)
_DAY = (
    r"(?:\w{6,9},? )?\d{1,4}(?:st|nd|rd|th)?[ /.-]\w{1,9}[ /.,-]{1,2}\d{2,4}"
    r"(?:,? \d{1,2}[:.]\d\d(?: ?[ap]m)?)?"
)
_HEADING = re.compile(
    rf"#{{1,6}}\s.*|{_DAY}|(?:\d{{1,2}}h )?\d{{1,3}}m \d{{1,2}}s"
    r"|(?:full |edited |auto(?:matic)?(?:ally)?[ -]?(?:generated )?)?"
    r"(?:transcript|transcription|audio file)(?:\s(?:of|for)\s.*)?[.:]?",
    re.IGNORECASE,
)
_PROGRAM = re.compile(  # Teams, Otter, Meet
    r".{1,80}\s(?:started|stopped) transcription|Transcribed by https?://otter\.ai/?"
    r"|(?:Meeting|Transcription) ended after \d{1,3}:\d\d:\d\d(?:\s\W{1,4})?"
    r"|This editable transcript was computer[- ]generated and might contain errors\. "
    r"People can also change the text after it was created\."
)
_SENTENCE = re.compile(r".*[.?!…。？！][\"'”’)]?")
_SHORT = 12  # words that a heading has at most


def is_said(words: str, start: float) -> bool:
    """Return whether a line above the first time, at `start`, is somebody's words."""
    if is_heading(words) or is_of_program(words):
        return False
    named = speakers.SPEAKER.fullmatch(words)
    return _sentence(named[2] if named else words) and bool(named or start > _AT_ONCE)


def _sentence(words: str) -> bool:
    return bool(_SENTENCE.fullmatch(words)) or len(words.split()) > _SHORT


def is_heading(words: str) -> bool:
    """Return whether a line is a title, a date or a list of people."""
    labelled = _LABEL.match(words) and not _SENTENCE.fullmatch(words)
    return bool(labelled or _HEADING.fullmatch(words))


def is_of_program(words: str) -> bool:
    """Return whether a program wrote a line before the first words or after the last."""
    return bool(_PROGRAM.fullmatch(words))
