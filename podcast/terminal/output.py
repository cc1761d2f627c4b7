"""Prints findings: the one place where a command says what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from episodes.findings import Finding, Level, errors_in
from podcast import atomic_files
from podcast.terminal import findings as telling

if TYPE_CHECKING:
    from collections.abc import Iterable

COLOURS = {
    Level.ERROR: "red",
    Level.WARNING: "yellow",
    Level.NOTE: "blue",
    None: "bright_black",
}
NARROWEST = 40  # columns; below that a terminal breaks lines as it likes


def show(findings: Iterable[Finding], *, every: bool = False, headings: bool = True) -> bool:
    """Print findings, errors first; `every` prints each on a line of its own.

    Return whether a line stands for several.
    """
    rows = list(telling.lines(findings, every=every, headings=headings))
    for line in rows:
        click.secho(_fitted(line.text), fg=COLOURS[line.level], err=True)
    return any(line.number > 1 for line in rows)


def brief(findings: Iterable[Finding], folder: Path | None = None) -> None:
    """Print the errors, and how many warnings there are, with the command that lists them."""
    found = [each for each in findings if not each.waived]
    stops = errors_in(found)
    show(stops, headings=False)
    if not found:
        return
    named = f" {atomic_files.typed(folder)}" if folder and folder != Path() else ""
    hint = f" `earmark check{named}` lists them." if len(stops) < len(found) else ""
    click.echo(_fitted(f"{telling.count(found)}{hint}"), err=True)


def _fitted(text: str) -> str:
    """Break a line between words where a terminal is too narrow for it; elsewhere leave it."""
    if not sys.stderr.isatty():
        return text
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns
    if width < NARROWEST or len(text) < width:
        return text
    return textwrap.fill(
        text, width - 1, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
