"""Defines the options that several commands share: a show, an episode of one, a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

FEW = 3  # files that an error names
RECORDING, TRANSCRIPT = "recording", "transcript"  # kinds of file


class OwnFile(click.Path):
    """A file that exists; the error says how to name it, and which such files there are."""

    def __init__(self, kind: str) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Raises BadParameter if there is no such file."""
        path = Path(value)
        if not path.exists() and not path.is_symlink():
            where = "this folder" if path.parent == Path() else str(path.parent)
            self.fail(
                f"there is no file {path.name!r} in {where}. Type the name of your own "
                f"{self._kind}, or drag the file into this window.{self._similar(path.parent)}",
                param,
                ctx,
            )
        return super().convert(value, param, ctx)

    def _similar(self, folder: Path) -> str:
        """Name the files of this kind in a folder."""
        from episodes.audio.formats import RECORDINGS
        from episodes.show_folder.file_choice import TRANSCRIPTS

        endings = RECORDINGS if self._kind == RECORDING else TRANSCRIPTS
        try:
            names = sorted(each.name for each in folder.iterdir() if _is(each, endings))
        except OSError:
            return ""
        more = f" and {len(names) - FEW:,} more" if len(names) > FEW else ""
        return f" There is: {', '.join(names[:FEW])}{more}." if names else ""


def _is(path: Path, endings: tuple[str, ...]) -> bool:
    return path.suffix.lower() in endings and path.name.isprintable()


SHOW = click.argument(
    "show", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[SHOW]"
)
SHOW_OF = click.option(
    "--show",
    type=click.Path(file_okay=False, path_type=Path),
    help="The show folder. Default: that of EPISODE, or the one you are in.",
)
ALL = click.option(
    "--all", "every", is_flag=True, help="List every finding. Default: similar ones share a line."
)
