"""upload.sh brings a show to web space, the feed last, and can be stopped at any moment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from podcast.building import pipeline
from podcast.building.context import ProgressReport
from podcast.publishing import destination, publish, upload_order
from tests.kit import shows

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow
SCRIPT = shows.ROOT / "docs" / "hosting" / "upload.sh"
ADDRESS = "https://podcast.example.org/night/"
LARGE = "media/03-long-0123456789ab.mp3"
# Runs the real rsync so many times, then fails as a line that breaks does.
BREAKING = """\
#!/bin/sh
count=$(cat "{count}")
if [ "$count" -eq 0 ]; then echo "the line broke" >&2; exit 12; fi
echo $((count - 1)) > "{count}"
exec "{rsync}" "$@"
"""


class Space(NamedTuple):
    """A show, the folder that it is published to, and the web space that gets a copy."""

    show: Path
    folder: Path
    web: Path

    def publish(self) -> None:
        built = pipeline.build(self.show, now=shows.NOW)
        given = destination.DestinationOptions(str(self.folder))
        publish.publish(
            self.show, built, given, publish.PublishOptions(), shows.NOW, ProgressReport()
        )

    def command(self, *options: str) -> list[str]:
        return ["sh", str(SCRIPT), str(self.folder), f"{self.web}/", *options]

    def upload(self, *options: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the script; `path` has programs that go before others."""
        paths = os.pathsep.join(([str(path)] if path else []) + [os.environ["PATH"]])
        return subprocess.run(
            self.command(*options),
            env={**os.environ, "PATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self) -> dict[str, bytes]:
        """Everything in the web space that a web server would serve."""
        found = (path for path in self.web.rglob("*") if path.is_file())
        names = ((path.relative_to(self.web).as_posix(), path) for path in found)
        return {name: path.read_bytes() for name, path in names if "/." not in f"/{name}"}

    def whole(self) -> dict[str, bytes]:
        """Everything that is to be there in the end."""
        return Space(self.show, self.folder, self.folder).files()


@pytest.fixture
def space(make_show: Callable[..., Path], tmp_path: Path) -> Space:
    """A show of two episodes, published and uploaded once."""
    shows.program("rsync")
    space = Space(make_show(2), tmp_path / "site", tmp_path / "web")
    space.publish()
    done = space.upload()
    assert done.returncode == 0, done.stderr
    assert space.files() == space.whole()
    return space


@pytest.fixture
def changed(space: Space, tone: Path) -> Space:
    """The same show, published with a third episode and another title, not yet uploaded."""
    shows.add_episode(space.show, 3, tone)
    page = space.show / "episodes" / "01-talk" / "episode.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Talk A", "Talk One"), "utf-8")
    space.publish()
    assert space.files() != space.whole()
    return space


def _alive(files: dict[str, bytes]) -> bool:
    """Say whether everything is there that the feed names."""
    named = re.findall(rb'"' + ADDRESS.encode() + rb'([^"?#]+)"', files["feed.xml"])
    assert len(named) > 5
    return all(name.decode() in files for name in named)


def test_the_records_and_other_hidden_files_stay_at_home(space: Space) -> None:
    assert (space.folder / ".published" / "current.json").is_file()
    assert not (space.web / ".published").exists()


def test_the_files_can_be_read_by_a_web_server(space: Space) -> None:
    (space.folder / "feed.xml").chmod(0o600)
    (space.folder / "media").chmod(0o700)
    assert space.upload().returncode == 0
    assert (space.web / "feed.xml").stat().st_mode & 0o777 == 0o644
    assert (space.web / "media").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("passes", [0, 1, 2])
def test_a_line_that_breaks_between_two_passes_leaves_the_old_feed_whole(
    changed: Space, tmp_path: Path, passes: int
) -> None:
    before, after = changed.files(), changed.whole()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "count").write_text(f"{passes}\n", encoding="ascii")
    wrapper = programs / "rsync"
    real = shows.program("rsync")
    wrapper.write_text(BREAKING.format(count=programs / "count", rsync=real), encoding="utf-8")
    wrapper.chmod(0o755)
    done = changed.upload(path=programs)
    assert (done.returncode, done.stderr) == (12, "the line broke\n")
    files = changed.files()
    assert files["feed.xml"] == before["feed.xml"]
    assert _alive(files)
    assert (files["catalogue.json"] == after["catalogue.json"]) is (passes == 2)
    if passes:
        assert {**files, **{name: after[name] for name in ("catalogue.json", "feed.xml")}} == {
            **before,
            **after,
        }
        assert _alive({**files, "feed.xml": after["feed.xml"]})
    assert changed.upload().returncode == 0
    assert changed.files() == {**before, **after}


def _wait_for_the_rest(group: int) -> None:
    """Wait until what a killed program started is over too: it still puts its files away."""
    until = time.monotonic() + 60
    with suppress(ProcessLookupError):
        while True:
            os.killpg(group, 0)
            assert time.monotonic() < until
            time.sleep(0.05)


def test_an_upload_that_is_killed_leaves_no_half_file_and_goes_on(changed: Space) -> None:
    before = changed.files()
    large = changed.folder / LARGE
    large.write_bytes(os.urandom(8_000_000))
    process = subprocess.Popen(
        changed.command("--bwlimit=1000"), start_new_session=True, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while not any(changed.web.rglob(".*03-long*")):  # on its way, under another name
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(60) != 0
    _wait_for_the_rest(process.pid)
    files = changed.files()
    assert LARGE not in files
    assert files["feed.xml"] == before["feed.xml"]
    assert _alive(files)
    assert all(data in {before.get(name), changed.whole()[name]} for name, data in files.items())
    assert changed.upload().returncode == 0
    assert changed.files() == {**before, **changed.whole()}
    assert not list(changed.web.rglob(".~tmp~"))


def test_what_no_feed_names_any_more_stays(changed: Space) -> None:
    before = changed.files()
    assert changed.upload().returncode == 0
    gone = next(path for path in changed.folder.glob("media/01-*"))
    gone.unlink()
    assert changed.upload().returncode == 0
    assert before.keys() <= changed.files().keys()


def test_who_asks_for_it_can_delete_what_is_gone_and_nothing_else(changed: Space) -> None:
    shutil.copytree(changed.folder / ".published", changed.web / ".published")
    assert changed.upload().returncode == 0
    gone = next(path for path in changed.folder.glob("media/01-*"))
    gone.unlink()
    assert changed.upload("--delete").returncode == 0
    assert changed.files() == changed.whole()
    assert (changed.web / ".published" / "current.json").is_file()


def test_a_second_upload_sends_nothing(space: Space) -> None:
    done = space.upload("--itemize-changes")
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_not_a_published_show_is_refused(space: Space, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "not-there"):
        done = space._replace(folder=folder).upload()
        assert done.returncode == 1
        assert "earmark publish --to" in done.stderr
    assert subprocess.run(["sh", SCRIPT], capture_output=True, check=False).returncode == 2


def test_an_order_of_turns_that_the_script_can_keep(space: Space) -> None:
    last = sorted(space.whole(), key=upload_order.position_of)[-2:]
    assert last == ["catalogue.json", "feed.xml"]


def test_a_path_with_spaces_is_a_path(space: Space, tmp_path: Path) -> None:
    odd = Space(space.show, tmp_path / "my site", tmp_path / "my web")
    shutil.copytree(space.folder, odd.folder)
    assert odd.upload().returncode == 0
    assert odd.files() == odd.whole()
