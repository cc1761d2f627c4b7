"""One show, one writer: a lock that ends with its process, and crosses a shared drive."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from episodes.errors import EarmarkError, SourceError
from podcast import atomic_files
from podcast.building import pipeline
from podcast.cache import identity
from podcast.show_folder import show_lock

HOLDER = """
import sys
from pathlib import Path
from podcast.show_folder import show_lock
with show_lock.hold(Path(sys.argv[1]), "build"):
    print("held", flush=True)
    sys.stdin.readline()
"""
ELSEWHERE = {"command": "publish", "computer": "f" * 16, "process": 1, "since": "", "word": "x"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "show.md").write_text("", encoding="utf-8")
    return tmp_path


def another(folder: Path) -> subprocess.Popen[str]:
    """Start a process that holds the show until it reads a line or is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def note(folder: Path, **changed: object) -> Path:
    """Leave the note of another computer."""
    path = folder / ".earmark" / show_lock.NOTE
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(ELSEWHERE | changed) + "\n", encoding="utf-8")
    return path


def test_a_second_command_waits_a_little_and_is_refused_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with another(folder) as process:
        with pytest.raises(show_lock.BusyError) as refused, show_lock.hold(folder, "publish", 0.3):
            pass
        process.communicate("\n")
    said = str(refused.value)
    assert said.startswith("`earmark build` has been running in this folder since ")
    assert f"(on this computer, process {process.pid})" in said
    assert said.endswith("; wait until it has finished, and run this again")
    assert capsys.readouterr().err.count("; waiting\n") == 1


def test_a_second_command_carries_on_when_the_first_has_finished(folder: Path) -> None:
    with another(folder) as process:
        process.communicate("\n")
    with show_lock.hold(folder, "publish", 0):
        assert show_lock.is_held(folder)
    assert not (folder / ".earmark" / show_lock.NOTE).exists()


def test_a_process_that_was_killed_blocks_nobody(folder: Path) -> None:
    with another(folder) as process:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert (folder / ".earmark" / show_lock.NOTE).exists()
    with show_lock.hold(folder, "publish", 0):
        pass


def test_another_computer_on_a_shared_drive_is_waited_for(folder: Path) -> None:
    note(folder)
    with (
        pytest.raises(show_lock.BusyError, match=r"`earmark publish` .* \(on another computer\)"),
        show_lock.hold(folder, "build", 0),
    ):
        pass


def test_another_computer_that_gives_no_sign_is_forgotten_whatever_clocks_say(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_lock, "SILENT", 0.2)
    path = note(folder)
    os.utime(path, (4_000_000_000, 4_000_000_000))  # its clock was years ahead
    with show_lock.hold(folder, "build", 30):
        assert show_lock.is_held(folder)


def test_a_sign_of_life_is_waited_for_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show_lock, "SILENT", 60)
    monkeypatch.setattr(show_lock, "BEAT", 0.02)
    with show_lock.hold(folder, "build"):
        path = folder / ".earmark" / show_lock.NOTE
        first = path.read_bytes()
        until = time.monotonic() + 30
        while path.read_bytes() in {first, b""} and time.monotonic() < until:
            time.sleep(0.01)
        assert path.read_bytes().startswith(first.partition(b"\n")[0])
        assert path.read_bytes() != first


def test_who_was_taken_over_writes_nothing_more(folder: Path) -> None:
    with show_lock.hold(folder, "build"):
        show_lock.refuse_if_taken_over(folder)
        note(folder)
        with pytest.raises(show_lock.LostError, match="run the command again"):
            show_lock.refuse_if_taken_over(folder)
    assert json.loads((folder / ".earmark" / show_lock.NOTE).read_text("utf-8")) == ELSEWHERE


def test_a_build_that_was_taken_over_leaves_the_old_feed(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (show / "public" / "feed.xml").read_bytes()
    text = (show / "show.md").read_text("utf-8")
    (show / "show.md").write_text(text.replace("Night shift", "Day shift"), "utf-8")
    monkeypatch.setattr(show_lock, "is_held", lambda _: False)
    with pytest.raises(show_lock.LostError):
        pipeline.build(show)
    assert (show / "public" / "feed.xml").read_bytes() == before


def test_a_command_inside_a_command_is_no_second_one(folder: Path) -> None:
    with show_lock.hold(folder, "publish"), show_lock.hold(folder, "build", 0):
        pass


def test_a_folder_without_a_show_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(SourceError), show_lock.hold(tmp_path, "build"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b"\xff", b"[" * 5_000, b"{}\n" * 5_000])
def test_a_note_without_sense_is_forgotten_in_its_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(show_lock, "SILENT", 0.1)
    note(folder).write_bytes(said)
    with show_lock.hold(folder, "build", 30):
        pass


def test_a_half_written_file_of_somebody_at_work_stays(tmp_path: Path) -> None:
    with another_writer() as process:
        here, pid = identity.computer()[:6], process.pid
        alive = tmp_path / f".feed.xml.{here}-{pid}-abcdef.part"
        remote = tmp_path / f".feed.xml.ffffff-{pid}-abcdef.part"
        for path in (alive, remote):
            path.write_bytes(b"half")
        atomic_files.sweep(tmp_path)
        assert alive.exists()
        assert remote.exists()
        process.communicate("\n")
    atomic_files.sweep(tmp_path)
    assert not alive.exists()
    os.utime(remote, (1, 1))
    atomic_files.sweep(tmp_path)
    assert not remote.exists()


def another_writer() -> subprocess.Popen[str]:
    """Start a process that does nothing until it reads a line."""
    return subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_the_name_of_an_unfinished_file_fits_on_every_disk(tmp_path: Path) -> None:
    for name in ("ä" * 127, "x" * 255):
        part = atomic_files.unfinished(tmp_path / name)
        part.write_bytes(b"")
        atomic_files.write(tmp_path / name, b"whole")


def break_lock(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Let the operating system refuse its lock."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(FileLock, "acquire", refused)


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_drive_without_locks_is_written_with_the_note_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    break_lock(monkeypatch, code)
    with show_lock.hold(folder, "build", 0):
        assert show_lock.is_held(folder)
        assert (folder / ".earmark" / show_lock.NOTE).exists()
    note(folder)
    with pytest.raises(show_lock.BusyError), show_lock.hold(folder, "build", 0):
        pass


def test_an_error_of_a_drive_is_no_lack_of_space(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, fix in ((errno.EIO, "; fix that"), (errno.ENOSPC, "; free some space")):
        break_lock(monkeypatch, code)
        with pytest.raises(EarmarkError, match=fix), show_lock.hold(folder, "build", 0):
            pass
