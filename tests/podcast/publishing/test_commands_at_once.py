"""Real commands on one show at once, some of them killed: a whole show, or a plain refusal."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from episodes.audio import mp3_frames
from podcast.show_folder import lockfile
from tests.kit.published_shows import whole
from tests.kit.shows import add_episode, sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow
ROUNDS = 12
PUBLISH = ("publish", "--quiet", "--to")
COMMANDS = (("build",), ("build", "--verify"), PUBLISH, ("offline", "01-talk"))
KILLED = -signal.SIGKILL


def _start(command: tuple[str, ...], show: Path, place: Path) -> subprocess.Popen[str]:
    rest = [str(place)] if command[-1] == "--to" else []
    named = ["--show", str(show), "--to", str(place.with_suffix(".zip"))]
    rest += named if command[0] == "offline" else [str(show)]
    run = "from podcast.cli import main; main()"
    line = [sys.executable, "-c", run, *command, *rest]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _audible(show: Path, folder: Path) -> None:
    """Each recording that the lock file names has the sound that it names, and not nothing."""
    nothing = mp3_frames.digest_of(mp3_frames.Frames(show / "show.md", 0, 0))
    for entry in lockfile.read(show).episodes.values():
        digest = mp3_frames.digest_of(mp3_frames.find_frames(folder / entry.file))
        assert digest == entry.audio
        assert digest != nothing


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_any_commands_at_once_end_in_a_whole_show(
    make_show: Callable[..., Path], tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
    show, site = make_show(0), tmp_path / "site"
    for number in (1, 2, 3):
        add_episode(show, number, sound(tmp_path / f"{number}.flac", 3 + number))
    for _ in range(2):
        count = chance.choice([2, 2, 3])
        running = [_start(chance.choice(COMMANDS), show, site) for _ in range(count)]
        if chance.random() < 0.5:
            victim = chance.choice(running)
            try:
                victim.wait(chance.random() * 3)
            except subprocess.TimeoutExpired:
                victim.kill()
        said = [process.communicate(timeout=180)[0] for process in running]
        for process, text in zip(running, said, strict=True):
            assert process.returncode in {0, 1, KILLED}, text
            assert "Traceback" not in text
            if process.returncode == 1:
                assert "has been running in this folder" in text, text
    for command in (("build",), PUBLISH):
        last = _start(command, show, site)
        text = last.communicate(timeout=180)[0]
        assert last.returncode == 0, text
    _audible(show, show / "public")
    _audible(show, site)
    assert len(whole(site)) == 3
    shutil.rmtree(show)
