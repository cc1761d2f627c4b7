"""Merges roll-up captions, in which each cue repeats the end of the previous one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from episodes.transcripts.cues import Cue

LOOK = 40  # pairs of cues by which it is decided
_LONGEST = 60  # words of a caption's lines
_AT_ONCE = 0.1  # seconds: no person sees a cue as short as this
_FEW = 3  # words that two sentences rarely share by chance


def is_rolling(cues: Sequence[Cue]) -> bool:
    """Return whether most cues begin with the end of the previous one and then add words."""
    pairs = list(pairwise(cues[: LOOK + 1]))
    again = [same for pair in pairs if (same := _said_again(*pair))]
    if max(again, default=0) < _FEW:
        return False
    rolling = len(again) + sum(_stands_still(*pair) for pair in pairs)
    return rolling >= 2 and rolling * 2 >= len(pairs)


def _said_again(before: Cue, cue: Cue) -> int:
    """Return how many words of the previous cue a cue repeats, if it adds any."""
    if cue.text.partition(" ")[0] not in before.text or cue.speaker != before.speaker:
        return 0  # nearly always, and quickly
    one, two = before.text.split(), cue.text.split()
    same = _overlap(one, two)
    return same if same < len(two) and (same >= _FEW or same == len(one)) else 0


def _stands_still(before: Cue, cue: Cue) -> bool:
    """Return whether a cue only repeats the end of the previous one for a moment."""
    return 0 < cue.end - cue.start <= _AT_ONCE and before.text.endswith(cue.text)


def merge_rolling(cues: Sequence[Cue]) -> list[Cue]:
    """Return roll-up cues with each word once."""
    kept: list[Cue] = []
    shown: list[str] = []
    for cue in cues:
        words = cue.text.split()
        rest = words[_overlap(shown, words) :]
        shown = words
        if rest:
            kept.append(cue._replace(text=" ".join(rest)))
        elif kept:
            kept[-1] = kept[-1]._replace(end=max(kept[-1].end, cue.end))
    return kept


def _overlap(before: list[str], words: list[str]) -> int:
    """Return how many words end one caption and begin the next."""
    most = min(len(before), len(words), _LONGEST)
    return next((size for size in range(most, 0, -1) if before[-size:] == words[:size]), 0)
