"""Renders each `--help` as the reference in README.md and docs/commands.md."""

from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner

from podcast import rule_reference
from podcast.cli import main
from podcast.commands.sections import SECTIONS

START = "<!-- help: made by `make docs`, compared by a test -->"
END = "<!-- end of help -->"


def help_of(*words: str) -> str:
    """Return what `earmark ... --help` prints, at 88 columns."""
    result = CliRunner().invoke(main, [*words, "--help"], prog_name="earmark", terminal_width=88)
    return result.output.rstrip() + "\n"


def readme(text: str) -> str:
    """Return the README with the help of the command in its place."""
    block = f"{START}\n```text\n{help_of()}```\n{END}"
    before, _, rest = text.partition(START)
    return f"{before}{block}{rest.partition(END)[2]}"


def commands() -> str:
    """Return the page of every command."""
    parts = ["# Commands\n\nMade by `make docs` from the commands' own help.\n", _part((), 2)]
    for section, names in SECTIONS.items():
        parts.append(f"\n## {section}\n")
        for name in names:
            parts += [_part(words, 3) for words in _walk(main.commands[name], (name,))]
    return "".join(parts)


def _part(words: tuple[str, ...], level: int) -> str:
    title = " ".join(("earmark", *words))
    return f"\n{'#' * level} `{title}`\n\n```text\n{help_of(*words)}```\n"


def _walk(command: click.Command, words: tuple[str, ...]) -> list[tuple[str, ...]]:
    commands = [words]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            commands += _walk(inner, (*words, name))
    return commands


if __name__ == "__main__":
    page = Path("README.md")
    page.write_text(readme(page.read_text(encoding="utf-8")), encoding="utf-8")
    Path("docs/commands.md").write_text(commands(), encoding="utf-8")
    Path("docs/rules.md").write_text(rule_reference.markdown(), encoding="utf-8")
