"""Draws random codes that spell no word and that nobody misreads; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Without vowels and Y no word comes about, without 3 and 4 none that reads them as E and A; without
# 0, 1, I, L and O nobody takes one for another.
UNAMBIGUOUS = "256789BCDFGHJKMNPQRSTVWXZ"
# Short words of chats that need no vowel, and digits that stand for something.
_HARSH = ("KMS", "KKK", "FCK", "FKN", "CNT", "BTCH", "NGGR", "SHT", "DTH", "666", "88", "KLL")
# What a text with vowels in it, such as the secret of an app in base32, is looked through for.
_HARSH_WORDS = (
    "AXE", "BAD", "BLED", "BLOOD", "BOMB", "BURN", "COFFIN", "COKE", "CRY", "CUNT", "CUT", "DEAD",
    "DEATH", "DIE", "DRUG", "DUMB", "DYING", "END", "EVIL", "FAG", "FAIL", "FAT", "FEAR", "FUCK",
    "GAS", "GORE", "GRAVE", "GUN", "HANG", "HARM", "HATE", "HELL", "HURT", "JUMP", "KILL", "KNIFE",
    "KYS", "LOSER", "MAD", "MUTE", "NAZI", "NIG", "NOOSE", "PAIN", "PIG", "PILL", "PUNCH", "RAPE",
    "RAZOR", "SAD", "SCAR", "SEX", "SHAME", "SHIT", "SICK", "SLASH", "SLIT", "SLUT", "STAB",
    "TOMB", "UGLY", "WEAK", "WHORE", "WOUND", "WRIST",
)  # fmt: skip


def draw(count: int, choice: Callable[[Sequence[str]], str], alphabet: str = UNAMBIGUOUS) -> str:
    """Return so many characters, each as likely as the next, that spell nothing harsh."""
    while True:
        text = "".join(choice(alphabet) for _ in range(count))
        if is_harmless(text):
            return text


def is_harmless(text: str) -> bool:
    """Return whether no harsh word stands in a random text, however it is grouped or written."""
    plain = "".join(char for char in text.upper() if char.isalnum())
    return not any(word in plain for word in (*_HARSH, *_HARSH_WORDS))
