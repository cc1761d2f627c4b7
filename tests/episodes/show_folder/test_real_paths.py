"""Links to themselves: one sentence from each command, and no traceback, on every Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from episodes.show_folder.real_paths import is_endless, real_path
from podcast.cli import main

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = (
    "build", "check", "demo", "import", "next", "offline", "order", "preview", "publish --to there",
    "review", "rollback", "history", "withdraw", "new show", "revise --note x", "web serve",
    "check --json", "build --public", "move https://podcast.example.org/x/ --show",
)  # fmt: skip


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, the one we are in, with links that never end, one by way of another."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "there").symlink_to("back")
    (tmp_path / "back").symlink_to("there")
    (tmp_path / "broken").symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_link_without_an_end_is_known_and_followed_no_further(links: Path) -> None:
    assert [is_endless(links / each) for each in ("loop", "there", "back")] == [True] * 3
    assert not is_endless(links / "broken")
    assert real_path(links / "loop").name == "loop"
    assert real_path(links / "broken") == links / "nowhere"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["loop", "there", "there/below"])
def test_every_command_refuses_a_link_to_itself_in_a_sentence(
    links: Path, command: str, name: str
) -> None:
    result = CliRunner().invoke(main, [*command.split(), name])
    assert result.exit_code in {1, 2}, result.output
    assert isinstance(result.exception, SystemExit), result.exception
