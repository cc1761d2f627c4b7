"""Checks transcripts: times, speed, speakers, language, drafts that nobody read."""

from __future__ import annotations

import math
import re
import unicodedata
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from episodes.rules import finding
from episodes.text.timecodes import format_seconds
from episodes.transcripts import speakers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from episodes.findings import Finding
    from episodes.frontmatter.people import Person
    from episodes.transcripts.read import Cue, Transcript

COVERED, OVER = 0.7, 1.2  # shares of the recording: less is a part of it, more is another one
SLACK = 5.0  # seconds that are too few to say anything about
SLOWEST, FASTEST = 1.5, 40  # characters a second that anybody speaks, pauses and music included
READABLE = 25  # characters a second that a practised reader follows
SHORT = 25  # characters that are taken in at a glance
_BRACKETS = re.compile(r"\([^()]{0,99}\)")
_CLOCK = re.compile(  # no "10:30", which people say
    r"(?<![\w:/])(?:\d{1,3}:\d\d:\d\d(?:[.,:;]\d{1,3})?|\d{1,3}:\d\d[.,]\d{2,3}"
    r"|[\[(]\d{1,3}:\d\d[\])]|00?:\d\d)(?![\w:])"
    r"|\{\\\w{1,20}"
)
_NOTE = re.compile(r"[\[(][^\W\d][^\W\d \[\]()]{0,30}(?: [^\W\d]{1,30}){0,3},? [\d:.]{4,12}[\])]")
_LETTERS = {
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk"), "CYRILLIC"),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb"), "ARABIC"),
    **dict.fromkeys(("zh", "ja", "ko"), "CJK HIRAGANA KATAKANA HANGUL"),
    **dict.fromkeys(("hi", "mr", "ne"), "DEVANAGARI"),
    **dict.fromkeys(("am", "ti"), "ETHIOPIC"), **dict.fromkeys(("he", "yi"), "HEBREW"),
    "sr": "CYRILLIC LATIN", "ku": "LATIN ARABIC", "pa": "GURMUKHI ARABIC", "bn": "BENGALI",
    "gu": "GUJARATI", "ta": "TAMIL", "te": "TELUGU", "el": "GREEK", "th": "THAI",
    "ka": "GEORGIAN", "hy": "ARMENIAN", "my": "MYANMAR", "km": "KHMER", "lo": "LAO",
    "si": "SINHALA",
}  # fmt: skip


def lint(
    transcript: Transcript,
    path: str,
    seconds: float | None,
    people: Sequence[Person] = (),
    language: str = "",
) -> list[Finding]:
    """Find what causes trouble for readers and apps.

    `seconds` is the length of the recording, `people` are its contributors, `language` is spoken.
    """
    whole = [*_whole(transcript, path, language), *_speakers(transcript, path, people)]
    whole += [*_clocks(transcript, path), *(_covers(transcript, path, seconds) if seconds else ())]
    times = [*_times(transcript, path, seconds), *_speed(transcript, path)]
    return whole + times[:10]


def _whole(transcript: Transcript, path: str, language: str) -> Iterator[Finding]:
    if transcript.draft:
        message = "is a draft that nobody has read yet"
        yield finding("transcript-draft", path, "", message, line=transcript.draft)
    declared, spoken = (each.lower().partition("-")[0] for each in (transcript.language, language))
    if spoken and declared != spoken and re.fullmatch("[a-z]{2,3}", declared):
        message = (
            f"says that its language is {transcript.language}, but the episode's is {language}"
        )
        yield finding("transcript-language", path, "", message, line=1)
    elif letters := _foreign(transcript, spoken):
        message = f"is written in {letters} letters, but the episode's language is {language}"
        fix, line = "write `language:` in episode.md", transcript.cues[0].line
        yield finding("transcript-language", path, "", message, line=line, fix=fix)


def _foreign(transcript: Transcript, language: str) -> str:
    """Return the script of the first words if it is not that of the language."""
    words = "".join(cue.text for cue in transcript.cues[:8])[:400]
    letters = [sign for sign in words if sign.isalpha()][:40]
    if not language or len(letters) < 10:
        return ""
    names = [_alphabet(sign) for sign in letters]
    most = max(set(names), key=names.count)
    expected = _LETTERS.get(language, "LATIN").split()
    return "" if most in expected or names.count(most) < len(names) / 2 else most.capitalize()


@lru_cache(maxsize=1024)
def _alphabet(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


def _speakers(transcript: Transcript, path: str, people: Sequence[Person]) -> Iterator[Finding]:
    """Find speakers who are not contributors, each once."""
    first = {cue.speaker: cue.line for cue in reversed(transcript.cues)}
    if transcript.cues and set(first) == {""}:
        yield _nameless(transcript, path)
        return
    credited = [person.credit for person in people]
    known = [name_parts(each.credit) | {each.role} for each in people]
    for speaker, line in sorted(first.items(), key=lambda each: each[1]) if people else ():
        if speaker and not any(name_parts(speaker) <= names for names in known):
            near = _nearest(speaker, (*credited, *sorted(set().union(*known))))
            fix = f"is it {near}?" if near else ""
            message = f'the speaker "{speaker[:60]}" is not one of the contributors'
            yield finding("transcript-names", path, "", message, line=line, fix=fix)


def _nameless(transcript: Transcript, path: str) -> Finding:
    """Return the finding that there are no speakers, with a possible name."""
    line, message = transcript.cues[0].line, "does not name the speakers"
    for cue in transcript.cues:
        if name := speakers.doubtful_name(cue.text):
            line, message = (
                cue.line,
                f'does not name the speakers ("{name}" was not recognised as a name)',
            )
            break
    return finding("transcript-speakers", path, "", message, line=line)


@lru_cache(maxsize=1024)  # the same people speak in many episodes
def _nearest(speaker: str, names: tuple[str, ...]) -> str:
    """Return the credit closest to a speaker's name, "" if there is none."""
    small = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(speaker.casefold(), list(small), 1, 0.6)
    return small[near[0]] if near else ""


def name_parts(name: str) -> set[str]:
    """Return the words of a name in lower case: "Ann" can stand for "Ann Lee".

    Words in brackets, as in "Ann (she/her)", are left out.
    """
    return set(re.findall(r"\w+", _BRACKETS.sub("", name.casefold()) or name.casefold()))


def _clocks(transcript: Transcript, path: str) -> Iterator[Finding]:
    """Find times among the words: one finding, at the first."""
    shown = [(cue, mark) for cue in transcript.cues
             if ":" in cue.text and (mark := _CLOCK.search(_NOTE.sub("", cue.text)))]  # fmt: skip
    if shown:
        cue, mark = shown[0]
        more = f" (and {len(shown) - 1} more like it)" if len(shown) > 1 else ""
        message = f'has a time among its words ("{mark[0].strip()}"){more}'
        yield finding("transcript-clock", path, "", message, line=cue.line)


def _over(transcript: Transcript, seconds: float) -> bool:
    """Return whether a transcript is so long that it belongs to another recording."""
    last = max(cue.start for cue in transcript.cues)  # where some forms end, is a guess
    return last > seconds * OVER and last > seconds + SLACK


def _covers(transcript: Transcript, path: str, seconds: float) -> Iterator[Finding]:
    """Find a transcript of another recording, or of only a part of this one."""
    if not transcript.cues:
        return
    last = max(transcript.cues, key=lambda cue: cue.end)
    letters = sum(len(cue.text) for cue in transcript.cues)
    length = format_seconds(seconds)
    if not transcript.timed:
        if letters < seconds * SLOWEST - SLACK or letters > (seconds + SLACK) * FASTEST:
            few = letters < seconds * SLOWEST
            message = f"has {'only ' if few else ''}{letters} characters for {length} of audio"
            yield finding("transcript-short" if few else "transcript-beyond", path, "", message)
    elif _over(transcript, seconds):
        message = f"runs to {format_seconds(last.end)}, but the recording ends at {length}"
        yield finding("transcript-other", path, "", message, line=last.line)
    else:
        end = max(last.end, last.start + len(last.text) / READABLE * 2)  # some ends are a guess
        covered = min(end, seconds) - min(cue.start for cue in transcript.cues)
        if covered < seconds * COVERED and covered < seconds - SLACK:
            message = f"covers {format_seconds(covered)} of {length}"
            yield finding("transcript-short", path, "", message, line=last.line)


def _times(transcript: Transcript, path: str, seconds: float | None) -> Iterator[Finding]:
    before: Cue | None = None
    other = seconds and transcript.cues and _over(transcript, seconds)
    for cue in transcript.cues if transcript.timed else ():
        if cue.end <= cue.start:
            message = "ends before it starts"
            yield finding("transcript-backwards", path, "", message, line=cue.line)
        elif before and cue.start < before.end - 0.001:
            message = f"starts before the previous one ends ({format_seconds(before.end)})"
            yield finding("transcript-overlap", path, "", message, line=cue.line)
        if seconds and cue.end > seconds + 1 and not other:
            message = f"starts after the end of the recording ({format_seconds(seconds)})"
            yield finding("transcript-beyond", path, "", message, line=cue.line)
        before = cue


def _speed(transcript: Transcript, path: str) -> Iterator[Finding]:
    """Find words that nobody can read in time: one finding, at the first."""
    fast = [
        (len(cue.text) / (cue.end - cue.start), cue)
        for cue in transcript.cues
        if cue.end > cue.start and len(cue.text) > SHORT
        and len(cue.text) > (cue.end - cue.start) * READABLE
    ]  # fmt: skip
    if fast:
        speed, cue = fast[0]
        more = f" (and {len(fast) - 1} more like it)" if len(fast) > 1 else ""
        message = f"needs {math.ceil(speed)} characters a second; people can read {READABLE}"
        message += more
        yield finding("transcript-fast", path, "", message, line=cue.line)
