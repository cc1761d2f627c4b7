"""Asks before audio that is public changes or goes: first the plan, then "Publish? [Y/n]".

No lock is held while a person thinks: the plan is made again afterwards, and must be the same.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from episodes.findings import EarmarkError
from podcast.publishing import outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.publishing.desk import Done
    from podcast.publishing.publisher import Agree

    Run = Callable[[Agree | None], Done]


def possible() -> bool:
    """Return whether there is somebody to ask: a timer or CI has no terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(run: Run) -> Done | None:
    """Print the plan, ask if audio changes, and publish. Return None if the answer is no."""

    def agree(planned: Done) -> bool:
        asked = planned.audio_changes
        outcome.plan(planned, "This will publish to" if asked else "Publishing to")
        return not asked

    done = run(agree)
    if done.done or not done.plan:
        return done
    if not click.confirm("Publish?", default=True):
        click.echo("Nothing was published.")
        return None

    def same(planned: Done) -> bool:
        if planned.plan != done.plan:
            raise EarmarkError(
                f"nothing was published: the show or {planned.words} changed while you were "
                "asked; publish again to see what will happen now"
            )
        return True

    return run(same)
