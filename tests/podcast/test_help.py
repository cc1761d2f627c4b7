"""The help of the command: grouped, and no line of it cut."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import click
import pytest

from podcast import cli_reference as manual
from podcast.cli import main
from podcast.commands.sections import SECTIONS, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator


def commands(group: click.Group, *words: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield " ".join((*words, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, *words, name)


EVERY = dict(commands(main))


def test_every_command_is_in_one_section() -> None:
    assert sorted(chain(*SECTIONS.values())) == sorted(main.commands)


def test_every_command_is_where_the_table_says_and_has_its_name() -> None:
    assert {name: command.name for name, command in main.commands.items()} == {
        name: name for name in main.commands
    }


def test_sections_and_commands_are_in_the_order_in_which_they_are_needed() -> None:
    help_text = manual.help_of()
    places = [help_text.index(f"\n{title}:\n") for title in SECTIONS]
    assert places == sorted(places)
    rows = [line.split()[0] for line in help_text[places[0] :].splitlines() if line[:2] == "  "]
    assert rows == list(chain(*SECTIONS.values()))


@pytest.mark.parametrize("name", EVERY)
def test_the_first_line_of_help_is_a_whole_short_sentence(name: str) -> None:
    first = (EVERY[name].help or "").partition("\n")[0]
    assert first.endswith("."), first
    assert len(first) < SHORT, f"{len(first)} characters: {first}"
    assert EVERY[name].get_short_help_str(SHORT).rstrip(".") == first.rstrip(".")


@pytest.mark.parametrize("name", EVERY)
def test_every_option_says_in_sentences_what_it_does(name: str) -> None:
    for option in EVERY[name].params:
        if isinstance(option, click.Option):
            said = option.help or ""
            assert said.endswith("."), f"{option.opts}: {said}"
            assert "otherwise" not in said, f"{option.opts}: {said}"
