"""Groups the commands of `earmark --help` by what a lead does with them; imports each when used."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHORT = 60  # characters of a line of help, which the list of commands never cuts
SECTIONS = {
    "Start": ("new", "import", "demo"),
    "Make": ("preview", "check", "transcribe", "build", "offline"),
    "Publish": ("publish", "next", "history", "rollback", "doctor"),
    "Change": ("revise", "reissue", "withdraw", "move"),
    "Look after": ("review", "order"),
    "Companion": ("web",),
    "Other": ("schema",),
}


class CommandTable(MutableMapping[str, click.Command]):
    """Maps the name of a command to the command; imports its module the first time."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        """Take the name of each command, with its `module:function`."""
        self._commands: dict[str, click.Command | str] = {**homes}

    def __getitem__(self, name: str) -> click.Command:
        """Return a command. Raises KeyError if there is none of this name."""
        command = self._commands[name]
        if isinstance(command, str):
            module, _, function = command.partition(":")
            self._commands[name] = command = cast(
                "click.Command", getattr(import_module(module), function)
            )
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)


class Sections(click.Group):
    """Lists its commands in sections."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their sections."""
        order = [name for names in SECTIONS.values() for name in names]
        return sorted(super().list_commands(ctx), key=order.index)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each kind of command, all with columns of one width."""
        width = max(map(len, self.list_commands(ctx)))
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([
                    (name.ljust(width), self.commands[name].get_short_help_str(SHORT))
                    for name in names
                ])  # fmt: skip
