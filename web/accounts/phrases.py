"""Makes phrases, and reads one that somebody typed: which word of it cannot be right; pure.

The list of words is public and no account is looked for here: what this says tells nothing of them.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from episodes.translations import ngettext
from episodes.translations import text as _
from web import typed_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

WORDS = 5  # of 6,578: 63.4 bits, behind a scrypt each
LONGEST = 1000  # characters that are read; five words are 50
# Words of the list that stand before a phrase, or behind it.
LABELS = {"phrase", "password", "word", "words", "earmark"}
_SHORTEST, _LONGEST = 3, 9  # letters of a word of the list
_CLOSE = 0.7  # of 1, as difflib measures


class Typed(NamedTuple):
    """What was typed: the phrase in it, or else what is wrong, in a sentence."""

    phrase: str
    fault: str


def make_phrase(words: Sequence[str], choice: Callable[[Sequence[str]], str]) -> str:
    """Return a new phrase."""
    return " ".join(choice(words) for _ in range(WORDS))


def read(text: str, known: Collection[str], suggested: Iterable[str]) -> Typed:
    """Return the phrase in a text; `known` are the words of the list, `suggested` those to name.

    Numbers, commas, line breaks, capitals, accents and hyphens do not count, nor does a label.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return Typed("", _("That is too long. Paste only your five words."))
    plain = typed_text.latin(text)
    after = plain.rpartition(":")[2]
    for part in (plain, after, plain.rpartition("=")[2], re.sub(r"\([^()]*\)", " ", plain)):
        if len(words := _parted("".join(_letters(part)), known)) == WORDS:
            return Typed(" ".join(words), "")
    tokens = _tokens(after, known)
    tokens = tokens if len(tokens) >= WORDS - 1 else _tokens(plain, known)
    for run in _runs(tokens, known):
        unlabelled = _without_label(run)
        if len(unlabelled) == WORDS:
            return Typed(" ".join(unlabelled), "")
    return Typed("", _fault(tokens, known, suggested))


def _letters(text: str) -> list[str]:
    return re.findall("[a-z]+", text)


def _parted(letters: str, known: Collection[str]) -> list[str]:
    """Return the words that letters without spaces are, [] if they are none.

    No word begins another, so that there is one way at most.
    """
    words: list[str] = []
    at = 0
    while at < len(letters) and len(words) <= WORDS:
        sizes = range(_SHORTEST, _LONGEST + 1)
        word = next((w for size in sizes if (w := letters[at : at + size]) in known), "")
        if not word:
            return []
        words.append(word)
        at += len(word)
    return words if at == len(letters) else []


def _tokens(text: str, known: Collection[str]) -> list[str]:
    """Return the words of a text; what a hyphen parts is one word or two, whichever is known."""
    tokens: list[str] = []
    for chunk in re.findall(r"[^\W\d_][^\s,;.:|/\\()\[\]\d]*", text):
        letters = "".join(_letters(chunk))
        tokens += _parted(letters, known) or (
            _letters(chunk) if _is_several(chunk) else [typed_text.loose(chunk)]
        )
    return [token for token in tokens if token]


def _is_several(chunk: str) -> bool:
    """Return whether hyphens part words, and are not within one ("t-shirt")."""
    return "-" in chunk and all(len(part) >= _SHORTEST for part in _letters(chunk))


def _runs(tokens: Sequence[str], known: Collection[str]) -> list[list[str]]:
    """Return the words of the list that follow each other without another word between."""
    runs: list[list[str]] = [[]]
    for token in tokens:
        if token in known:
            runs[-1].append(token)
        else:
            runs.append([])
    return [run for run in runs if run]


def _without_label(run: list[str]) -> list[str]:
    """Return a run without a label at one of its ends, or before each word."""
    if len(run) == WORDS + 1 and run[0] in LABELS:
        return run[1:]
    if len(run) == WORDS + 1 and run[-1] in LABELS:
        return run[:-1]
    is_each = len(run) == 2 * WORDS and len({*run[::2]} & LABELS) == len({*run[::2]}) == 1
    return run[1::2] if is_each else run


def _fault(tokens: Sequence[str], known: Collection[str], suggested: Iterable[str]) -> str:
    if not tokens:
        return _("Type the five words of your phrase.")
    unknown = [token for token in tokens if token not in known]
    if unknown and len(tokens) <= 2 * WORDS:
        return _unknown(unknown[0], suggested)
    return ngettext(
        "That is %(num)s word. Your phrase has %(wanted)s.",
        "That is %(num)s words. Your phrase has %(wanted)s.",
        len(tokens),
        wanted=WORDS,
    )


def _unknown(word: str, suggested: Iterable[str]) -> str:
    shown = word if len(word) <= 2 * _LONGEST else word[: 2 * _LONGEST] + "\u2026"
    near = [each for each in suggested if _may_be(each, word)]
    close = get_close_matches(word, near, n=1, cutoff=_CLOSE)
    if close:
        return _(
            "\u201c%(word)s\u201d is not one of our words. Did you mean \u201c%(near)s\u201d?",
            word=shown,
            near=close[0],
        )
    return _("\u201c%(word)s\u201d is not one of our words. Check its spelling.", word=shown)


def _may_be(each: str, word: str) -> bool:
    """Return whether a word is worth a closer look: one or two letters longer, and a like end."""
    return abs(len(each) - len(word)) <= 2 and (each[0] == word[0] or each[-2:] == word[-2:])
