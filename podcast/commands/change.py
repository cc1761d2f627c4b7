"""Defines the commands that change what is published already."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podcast.changing.confirm import YES, confirm_change
from podcast.commands import options
from podcast.commands.options import SHOW_OF, OwnFile

if TYPE_CHECKING:
    from collections.abc import Iterable

AUDIO = click.option(
    "--audio",
    type=OwnFile(options.RECORDING),
    help="The new recording. It is copied; the old file stays.",
)
TRANSCRIPT = click.option(
    "--transcript", type=OwnFile(options.TRANSCRIPT), help="The new transcript. It is copied too."
)


@click.command()
@click.argument("episode")
@click.option("--note", required=True,
              help="What was wrong and what is right, in a sentence for listeners.")  # fmt: skip
@AUDIO
@TRANSCRIPT
@SHOW_OF
@YES
def revise(  # noqa: PLR0913 - what can be said of a revision
    episode: str, note: str, audio: Path | None, transcript: Path | None, show: Path | None, *,
    yes: bool,
) -> None:  # fmt: skip
    """Correct EPISODE and tell listeners what changed.

    It stays the same episode, with a dated correction. Give a new recording or transcript, or
    correct the file yourself first and give only the note. EPISODE can be a number, a folder name
    or path, a title, a slug or a guid.
    """
    from podcast.changing import revise as revisions

    ready = revisions.prepare(show, episode, note, audio, transcript, datetime.now(UTC))
    _print(ready.warnings)
    what, known = f"Correct “{ready.title}”", ready.published.released
    if confirm_change(what, revisions.subscriber_notices(ready), yes=yes, released=known):
        _print(revisions.write(ready))


@click.command()
@click.argument("episode")
@AUDIO
@click.option("--title", help="The new title. Default: the old one.")
@click.option("--date", metavar="DATE",
              help="When it appears, like 2026-05-03 18:30. Default: the newest.")  # fmt: skip
@SHOW_OF
@YES
def reissue(  # noqa: PLR0913 - what can be said of a reissue
    episode: str, audio: Path | None, title: str | None, date: str | None, show: Path | None, *,
    yes: bool,
) -> None:  # fmt: skip
    """Publish EPISODE again as a new episode.

    The old one links to it. Its folder is a copy of the old one, with a new guid and a new date.
    To correct an episode that stays the same, use `earmark revise`.
    """
    from podcast.changing import reissue as reissues

    ready = reissues.prepare(show, episode, audio, title, date, datetime.now(UTC))
    _print(ready.warnings)
    what, known = f"Publish “{ready.title}” again as a new episode", ready.published.released
    if confirm_change(what, reissues.subscriber_notices(ready), yes=yes, released=known):
        _print(reissues.write(ready))


@click.command()
@click.argument("new_address")
@click.option("--show", type=click.Path(file_okay=False, path_type=Path), default=".",
              help="The show folder. Default: the folder you are in.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Where to put files for the old address. Default: moved/.")  # fmt: skip
@YES
def move(new_address: str, show: Path, out: Path | None, *, yes: bool) -> None:
    """Move the show and its subscribers to NEW_ADDRESS.

    Writes the address into show.md, builds the show, and makes a folder for the old address: the
    redirects, a feed and pages that link to the new one, and instructions. Publishes nothing.
    """
    from podcast.changing import move as moves
    from podcast.show_folder import lockfile
    from podcast.terminal.progress import Display

    now = datetime.now(UTC)
    ready = moves.prepare(show, new_address, out, now)
    what, known = f"Move to {ready.address}", bool(lockfile.read(ready.show).published)
    if confirm_change(what, moves.subscriber_notices(ready), yes=yes, released=known):
        _print(moves.write(ready, now, Display()))


@click.command()
@click.argument("episodes", nargs=-1, metavar="[EPISODE]...")
@click.option("--contributor", metavar="NAME",
              help="Withdraw every episode that credits NAME.")  # fmt: skip
@click.option("--reason", metavar="TEXT",
              help="A reason to show on the page. Optional.")  # fmt: skip
@SHOW_OF
@YES
def withdraw(
    episodes: tuple[str, ...],
    contributor: str | None,
    reason: str | None,
    show: Path | None,
    *,
    yes: bool,
) -> None:
    """Withdraw EPISODE: the next publish deletes its audio.

    Its page stays, with the sources of support. EPISODE can be a number, a folder name or path, a
    title, a slug or a guid.
    """
    from podcast.changing import withdraw as withdrawals

    request = withdrawals.WithdrawRequest(episodes, contributor, reason)
    _print(withdrawals.withdraw(show, request, datetime.now(UTC), yes=yes))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
