"""Compares what people typed or pasted, whichever keyboard it came from; pure.

One letter of a text becomes what counts of it: width and ligatures (NFKD), case, digits of other
scripts, the shapes of quotation marks, hyphens and spaces are made one; accents go, and so do signs
that nobody sees. Marks that are letters stay: vowels of Devanagari or Thai, the dots of Japanese.

It is for comparing only. What somebody wrote is kept, shown and exported as they typed it.
"""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = (
    "'`\u00b4\u1ffd\u02b9\u02bb\u02bc\u02bd\u02c8"
    "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u05f3\ua78c\uff07"
)
QUOTES = (
    '"\u00ab\u00bb\u02ba\u02ee\u201c\u201d\u201e\u201f\u2033\u2036'
    "\u275d\u275e\u300c\u300d\u300e\u300f\u301d\u301e\u301f\u05f4\uff02"
)
HYPHENS = "\u2212\u2043\u02d7"  # besides the category Pd
JOINS = "'\"-"  # what a text that was folded has of them
# Letters that Unicode does not take apart, as people type them who lack the key.
ALONE = {"\u0131": "i", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0127": "h", "\u0167": "t",
         "\u00e6": "ae", "\u0153": "oe", "\u2044": "/", "\u0640": "", "\u00d7": "x",
         # Of Persian and Urdu keyboards, and Arabic ones: the same letters to their readers.
         "\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9",
         "\u06c1": "\u0647"}  # fmt: skip
# Signs that nobody sees and that Unicode counts as letters or marks (Default_Ignorable_Code_Point).
UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
# Letters of other scripts that look like one of ours: what a form takes for Latin, once folded.
_LOOKALIKES = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04bb"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abekmhopctyxijsdqwhabezhikmnoptyx",
)
MOST_CACHED = 20_000  # characters: a language has far fewer, a hostile text may have all


def fold(text: str) -> str:
    """Return what counts of a text when it is compared; a time that grows as its length does."""
    if text.isascii() and text.isprintable():
        return text.casefold().replace("`", "'")
    folded = "".join([_FOLDED[number] for number in map(ord, text)])
    if not unicodedata.is_normalized("NFD", folded):
        folded = _in_order(folded)
    return unicodedata.normalize("NFC", folded)


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return fold(text).split()


def loose(folded: str) -> str:
    """Return a folded text without apostrophes, quotation marks and hyphens."""
    return folded.translate(_WITHOUT_JOINS)


def spaced(folded: str) -> str:
    """Return a folded text without apostrophes and quotation marks, and a space for a hyphen."""
    return " ".join(folded.translate(_SPACED).split())


def rejoined(text: str) -> str:
    """Return a text with words put together that the end of a line parts, as a PDF does."""
    return _LINE_ENDS.sub(r"\1", text)


def latin(text: str) -> str:
    """Return a folded text with the letters of other scripts that look like ours as ours."""
    return fold(text).translate(_LOOKALIKES)


def digits(text: str) -> str:
    """Return the digits of a text, of whichever script, as 0 to 9."""
    return "".join(char for char in fold(text) if "0" <= char <= "9")


def seen(text: str) -> str:
    """Return a line as it is kept: one space between words, and no sign that nobody sees."""
    return " ".join("".join(char for char in text if not is_unseen(char)).split())


def is_unseen(char: str) -> bool:
    """Return whether nobody sees a sign: joiners, marks of direction, selectors, controls."""
    if char in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85":
        return False  # space
    return unicodedata.category(char) in {"Cf", "Cc", "Cs"} or bool(UNSEEN.match(char))


def _fold_one(char: str) -> str:
    """Return what counts of one character."""
    if is_unseen(char):
        return ""
    if shape := _shape_of(char):
        return shape
    apart = unicodedata.normalize("NFKD", _plain(unicodedata.normalize("NFKD", char)).casefold())
    known = "".join(ALONE.get(each, each) for each in _plain(apart))
    return known if known == char else "".join(map(_fold_one, known))


def _shape_of(char: str) -> str:
    """Return the sign that a sign or a digit is one shape of, "" for a letter."""
    if char in APOSTROPHES:
        return "'"
    if char in QUOTES:
        return '"'
    if char in HYPHENS or unicodedata.category(char) == "Pd":
        return "-"
    if char.isspace() or char == "\u2800":  # the blank of Braille
        return " "
    digit = unicodedata.decimal(char, None)
    return "" if digit is None else str(digit)


def _plain(text: str) -> str:
    return "".join(char for char in text if not _is_accent(char))


def _is_accent(char: str) -> bool:
    """Return whether a mark is an accent or a point, not a letter of its script.

    Accents have a class of 200 and more (the iota below a Greek letter is one too, and a letter);
    the points of Hebrew and Arabic are 10 to 36.
    """
    kind = unicodedata.combining(char)
    return (kind >= 200 and char != "\u0345") or 10 <= kind <= 36


class _Table(dict[int, str]):
    def __missing__(self, number: int) -> str:
        folded = _fold_one(chr(number))
        if len(self) < MOST_CACHED:
            self[number] = folded
        return folded


_FOLDED = _Table()
_WITHOUT_JOINS = str.maketrans("", "", JOINS)
_SPACED = str.maketrans("-", " ", "'\"")
_LINE_ENDS = re.compile(r"(?<=\w)([-\u00ad\u2010\u2011])[ \t]*\r?\n[ \t]*(?=\w)")


def _in_order(text: str) -> str:
    """Return a text with each run of marks in Unicode's order.

    `normalize` does the same, in a time that grows as the square of the run.
    """
    ordered: list[str] = []
    run: list[str] = []
    for char in text:
        if unicodedata.combining(char):
            run.append(char)
            continue
        ordered += sorted(run, key=unicodedata.combining)
        ordered.append(char)
        run.clear()
    return "".join(ordered + sorted(run, key=unicodedata.combining))
