"""What the tests of changes share: a show, and how a lead types a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from podcast.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    """A show of two short episodes."""
    return make_show(2)


@pytest.fixture
def earmark() -> Callable[..., Result]:
    """Return a function that runs the command as it is typed; nobody is there to be asked."""

    def run(*arguments: object, says: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], input=says)

    return run
