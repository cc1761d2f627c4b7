"""What a join code's terms, a lead's name and a lead's password may be; pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from web import typed_text
from web.accounts.rules import FEWEST_USES

if TYPE_CHECKING:
    from datetime import date

DAYS, MOST_DAYS = 28, 366  # that a join code is open
USES, MOST_USES = 200, 5000
SPARE = 20  # a code is good for 0 to 19 people more: where it ends tells nobody whether one came
NAME = 60  # letters at most
PASSWORD = (
    12  # letters at least; no rule on kinds of letters makes a password better (NIST 800-63B)
)
INVITED = 7 * 24 * 3600  # seconds that an invitation is good for

OPEN, WITHDRAWN, EXPIRED = "open", "withdrawn", "expired"


def wrong_days(days: int | None) -> str:
    """Say what is wrong with the days that a join code would be open, "" where nothing is."""
    if days is not None and 1 <= days <= MOST_DAYS:
        return ""
    return f"A join code is open for 1 to {MOST_DAYS} days. Choose a last day within them."


def wrong_uses(uses: int | None) -> str:
    """Say what is wrong with the number of people that a join code would be for."""
    if uses is not None and uses < FEWEST_USES:
        return (
            f"A join code is for at least {FEWEST_USES} people: one for fewer would tell who is "
            "behind an account."
        )
    if uses is None or uses > MOST_USES:
        return f"A join code is for {FEWEST_USES} to {MOST_USES} people. Write a number."
    return ""


def state(today: date, expires: date, withdrawn: date | None) -> str:
    """Return the state of a join code that a lead sees. How often it was used is not part of it."""
    if withdrawn is not None:
        return WITHDRAWN
    return OPEN if today <= expires else EXPIRED


def tidy(name: str) -> str:
    """Return a name as it is kept: without what only the typing left in it."""
    return typed_text.seen(unicodedata.normalize("NFC", name))


def same(name: str) -> str:
    """Return what counts of a name: phones begin it with a capital, unasked.

    Two names that look the same are the same, whatever scripts their letters are from.
    """
    return " ".join(typed_text.latin(name).split())


def wrong_name(name: str) -> str:
    """Say what is wrong with a name to sign in with, "" where nothing is."""
    if 1 <= len(name) <= NAME and name.isprintable() and same(name):
        return ""
    return f"A name has 1 to {NAME} letters."


def wrong_password(password: str, name: str) -> str:
    """Say what is wrong with a password, "" where nothing is."""
    if len(password) < PASSWORD:
        return f"A password has at least {PASSWORD} letters or other signs: four words will do."
    if same(password) == same(name):
        return "The name is known to others: the password must be something else."
    return ""
