"""Says why a database refused, in words that hold nothing of what people wrote.

The first line of a driver's message names files, tables and servers. Some of PostgreSQL's also
quote a value: of those the log gets the name of the error and its SQLSTATE alone.
"""

from __future__ import annotations

from episodes.errors import EarmarkError

# Classes of SQLSTATE whose messages quote no value: connection, read only, authorisation, no such
# database, rollback, resources, lock, operator, system, damage.
CLASSES = {"08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX"}
# No such table, and no right to it: another database stands in its place.
STATES = {"42P01", "42501"}
KINDS = {"OperationalError", "InterfaceError", "InternalError"}
MISSING = ("no such table", "no such column")
LONGEST = 300  # characters
# What another connection would be told, too: locks, time, room. Anything else may be of this one.
BUSY = ("40", "53", "55", "57014", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL")


class AwayError(EarmarkError):
    """The database refuses or does not respond; a later attempt may succeed."""

    of_connection = False
    """Whether a new connection may succeed where this one was refused."""


def is_refusal(error: BaseException) -> bool:
    """Return whether a driver's error is the database's doing, not that of a statement."""
    state = getattr(error, "sqlstate", None)
    if state:
        return state[:2] in CLASSES or state in STATES
    name = getattr(error, "sqlite_errorname", None)
    if name == "SQLITE_ERROR":  # said of every statement that it does not understand
        return str(error).startswith(MISSING)
    if type(error).__module__ == "sqlite3":
        return name is not None and not name.startswith("SQLITE_CONSTRAINT")
    return any(each.__name__ in KINDS for each in type(error).__mro__)


def refused(error: BaseException, secret: str | None = None) -> AwayError:
    """Return what a driver's refusal becomes.

    A connection that was opened while nothing could be written goes on refusing for ever: any that
    refuses is given up, unless another would be told the same.
    """
    away = AwayError(f"the database says: {reason(error, secret)}")
    named = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or ""
    away.of_connection = not named.startswith(BUSY)
    return away


def reason(error: BaseException, secret: str | None = None) -> str:
    """Return one line for the log; `secret` never stands in it."""
    kind, state = type(error).__name__, getattr(error, "sqlstate", None)
    named = state or getattr(error, "sqlite_errorname", None)
    if not is_refusal(error):
        return f"{kind} ({named})" if named else kind
    line = _first_line(str(error))
    if secret:
        line = line.replace(secret, "***")
    return f"{line} ({named})" if named else line


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = " ".join(lines[:2]) if lines and lines[0].endswith(":") else (lines or ["no reason"])[0]
    return "".join(sign if sign.isprintable() else " " for sign in line)[:LONGEST]


class GoneError(EarmarkError):
    """An account was deleted, or a lead removed, while a form of theirs was on its way."""
