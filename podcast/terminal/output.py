"""Prints findings, for all commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from episodes.findings import Finding, Level, errors_in
from podcast import atomic_files
from podcast.terminal import findings as finding_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

COLOURS = {
    Level.ERROR: "red",
    Level.WARNING: "yellow",
    Level.NOTE: "blue",
    None: "bright_black",
}
NARROWEST = 40  # characters; below that, lines are left to the terminal


def show(findings: Iterable[Finding], *, every: bool = False, headings: bool = True) -> bool:
    """Print findings, errors first; `every` prints each on a line of its own.

    Returns whether any line is about several findings.
    """
    rows = list(finding_lines.lines(findings, every=every, headings=headings))
    for line in rows:
        click.secho(_fitted(line.text), fg=COLOURS[line.level], err=True)
    return any(line.number > 1 for line in rows)


def brief(findings: Iterable[Finding], folder: Path | None = None) -> None:
    """Print the errors, and how many warnings there are, with the command that lists them."""
    open_ = [each for each in findings if not each.waived]
    errors = errors_in(open_)
    show(errors, headings=False)
    if not open_:
        return
    named = f" {atomic_files.typed(folder)}" if folder and folder != Path() else ""
    hint = f" `earmark check{named}` lists them." if len(errors) < len(open_) else ""
    click.echo(_fitted(f"{finding_lines.count(open_)}{hint}"), err=True)


def _fitted(text: str) -> str:
    """Break a line between words if the terminal is too narrow for it."""
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
