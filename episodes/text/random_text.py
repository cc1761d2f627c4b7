"""Draws random codes that spell no word and that nobody misreads; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# No vowels and no Y, so that there are no words; no 3 and 4, which can be read as E and A; no 0, 1,
# I, L and O, which look alike.
UNAMBIGUOUS = "256789BCDFGHJKMNPQRSTVWXZ"
# Short words of chats that need no vowel, and digits that stand for something.
_HARSH = ("KMS", "KKK", "FCK", "FKN", "CNT", "BTCH", "NGGR", "SHT", "DTH", "666", "88", "KLL")
# For texts with vowels, such as secrets in base32.
_HARSH_WORDS = (
    "AXE", "BAD", "BLED", "BLOOD", "BOMB", "BURN", "COFFIN", "COKE", "CRY", "CUNT", "CUT", "DEAD",
    "DEATH", "DIE", "DRUG", "DUMB", "DYING", "END", "EVIL", "FAG", "FAIL", "FAT", "FEAR", "FUCK",
    "GAS", "GORE", "GRAVE", "GUN", "HANG", "HARM", "HATE", "HELL", "HURT", "JUMP", "KILL", "KNIFE",
    "KYS", "LOSER", "MAD", "MUTE", "NAZI", "NIG", "NOOSE", "PAIN", "PIG", "PILL", "PUNCH", "RAPE",
    "RAZOR", "SAD", "SCAR", "SEX", "SHAME", "SHIT", "SICK", "SLASH", "SLIT", "SLUT", "STAB",
    "TOMB", "UGLY", "WEAK", "WHORE", "WOUND", "WRIST",
)  # fmt: skip


def draw(count: int, choice: Callable[[Sequence[str]], str], alphabet: str = UNAMBIGUOUS) -> str:
    """Return `count` random characters, evenly distributed, that spell nothing harsh."""
    while True:
        text = "".join(choice(alphabet) for _ in range(count))
        if is_harmless(text):
            return text


def is_harmless(text: str) -> bool:
    """Return whether a random text contains no harsh word, in any grouping or case."""
    plain = "".join(char for char in text.upper() if char.isalnum())
    return not any(word in plain for word in (*_HARSH, *_HARSH_WORDS))
