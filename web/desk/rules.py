"""Checks a join code's terms, a lead's name and a lead's password; pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from episodes.translations import ngettext, number
from episodes.translations import text as _
from web import typed_text
from web.accounts.join_codes import FEWEST_USES

if TYPE_CHECKING:
    from datetime import date

DAYS, MOST_DAYS = 28, 366  # that a join code is open
USES, MOST_USES = 200, 5000
SPARE = 20  # a code is good for 0 to 19 people more: where it ends tells nobody whether one came
NAME = 60  # characters at most
PASSWORD = 12  # characters at least; rules on kinds of characters help nobody (NIST 800-63B)

OPEN, WITHDRAWN, EXPIRED = "open", "withdrawn", "expired"


def wrong_days(days: int | None) -> str:
    """Return what is wrong with the days for which a join code would work, or ""."""
    if days is not None and 1 <= days <= MOST_DAYS:
        return ""
    return _(
        "A join code works for 1 to %(most)s days. Choose a last day in that time.", most=MOST_DAYS
    )


def wrong_uses(uses: int | None) -> str:
    """Return what is wrong with the number of people that a join code would be for, or ""."""
    if uses is not None and uses < FEWEST_USES:
        return ngettext(
            "A join code is for at least %(num)s person. With fewer, people could work out whose "
            "account is whose.",
            "A join code is for at least %(num)s people. With fewer, people could work out whose "
            "account is whose.",
            FEWEST_USES,
        )
    if uses is None or uses > MOST_USES:
        return _(
            "A join code is for %(fewest)s to %(most)s people. Enter a number in that range.",
            fewest=number(FEWEST_USES),
            most=number(MOST_USES),
        )
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
    """Return what is wrong with a name to sign in with, or ""."""
    if 1 <= len(name) <= NAME and name.isprintable() and same(name):
        return ""
    return _("Enter a name of 1 to %(most)s characters.", most=NAME)


def wrong_password(password: str, name: str) -> str:
    """Return what is wrong with a password, or ""."""
    if len(password) < PASSWORD:
        return ngettext(
            "Use at least %(num)s character. Four random words work well.",
            "Use at least %(num)s characters. Four random words work well.",
            PASSWORD,
        )
    if same(password) == same(name):
        return _("Your password cannot be the same as your name.")
    return ""
