"""Asks a yes-or-no question that Ctrl-C ends at any moment.

Python notes a signal, and acts on it later. A signal that comes after the question is printed, but
a moment before the wait for the answer begins, waits for the answer too: Ctrl-C seems to do
nothing. So a timer interrupts the wait now and then, and Python acts on the signal.
"""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

WAKE = 0.1  # seconds
ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


def confirm(question: str, *, default: bool = False) -> bool:
    """Ask, and return whether the answer is yes. Raises click.Abort at the end of the input."""
    while True:
        click.echo(f"{question} [{'Y/n' if default else 'y/N'}]: ", nl=False)
        answer = _line().strip().lower()
        if answer in ANSWERS or not answer:
            return ANSWERS.get(answer, default)
        click.echo("Answer y or n.")


def _line() -> str:
    """Return the line that was typed; "?" if it is not text."""
    try:
        with _interrupted():
            line = sys.stdin.readline()  # not input(): an interruption makes it lose what was typed
    except UnicodeDecodeError:
        return "?"
    if not line:
        raise click.Abort
    return line


@contextmanager
def _interrupted() -> Iterator[None]:
    """Interrupt every wait now and then, so that Python acts on signals."""
    if sys.platform == "win32":  # no such timer
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, WAKE, WAKE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
