"""Groups the commands of `earmark --help` by what a lead does with them."""

from __future__ import annotations

import click

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
