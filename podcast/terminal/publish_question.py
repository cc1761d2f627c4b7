"""Asks before published audio changes or is deleted: first the plan, then "Publish? [Y/n]".

No lock is held while a person thinks: the plan is computed again afterwards, and must be the same.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from episodes.errors import EarmarkError
from podcast.terminal import publish_result
from podcast.terminal.confirm import confirm

if TYPE_CHECKING:
    from podcast.publishing.publish import Agree
    from podcast.publishing.session import PublishResult


def can_ask() -> bool:
    """Return whether anybody can answer: a timer or CI has no terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def show_plan(planned: PublishResult) -> bool:
    """Print the plan, and return whether it needs no answer."""
    asked = planned.audio_changes
    publish_result.print_plan(planned, "This will publish to" if asked else "Publishing to")
    return not asked


def ask_to_publish() -> bool:
    """Ask, and return whether the answer is yes."""
    if confirm("Publish?", default=True):
        return True
    click.echo("Nothing was published.")
    return False


def require_same_plan(shown: PublishResult) -> Agree:
    """Return a check that raises EarmarkError unless the plan is still the one shown."""

    def check(planned: PublishResult) -> bool:
        if planned.plan != shown.plan:
            raise EarmarkError(
                f"nothing was published: the show or {planned.words} changed before you answered; "
                f"publish again to see what will happen now"
            )
        return True

    return check
