"""Runs the ffmpeg program: limits what it opens and how long it runs, and reads its log."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from collections import deque
from functools import cache
from typing import IO, TYPE_CHECKING, NamedTuple

from episodes.audio import containers, riff
from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STALL = 120.0  # seconds without progress after which a program is stopped, for a small file
SLOWEST = 20_000  # bytes a second that even a slow computer works through
LONGEST = 600.0  # seconds that any program may take, however small its file
LINGER = 5.0  # seconds to read the last output of a program that has ended
_READ = 2_000_000  # bytes a second at which files are read before decoding
_FIRST, _LAST = 500, 5_000  # lines of a log that are kept


class FfmpegError(EarmarkError):
    """The ffmpeg program failed on a recording; the text is its message."""


class StoppedError(FfmpegError):
    """The ffmpeg program was stopped, or ended early, through no fault of the recording."""


class CancelledError(EarmarkError):
    """Somebody pressed Ctrl-C while ffmpeg ran."""


class Output(NamedTuple):
    """The output of a program: `lines` of stdout, `log` of stderr, `seconds` processed."""

    lines: list[str]
    log: str
    seconds: float


@cache
def program() -> str:
    """Return the path of ffmpeg: the one on PATH, else that of imageio-ffmpeg."""
    if path := shutil.which("ffmpeg"):
        return path
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def encoder(library: str = "libmp3lame") -> str:
    """Return the version of the encoder: two versions give different bytes."""
    try:
        version = subprocess.run(
            [program(), "-version"], capture_output=True, text=True, check=False, timeout=STALL
        )
    except subprocess.TimeoutExpired:
        raise StoppedError("ffmpeg does not answer, so it was stopped") from None
    match = re.search(r"version (\S+)", version.stdout)
    return f"ffmpeg {match[1] if match else 'unknown'} {library}"


def input_arguments(path: Path) -> list[str]:
    """Return the arguments that open a file in its own format, and no other file.

    Raises FfmpegError if it is not a recording, OSError.
    """
    kind = containers.detect_kind(path)
    if not kind:
        raise FfmpegError("Invalid data: it is in no audio format that Earmark knows")
    samples = riff.read(path, kind)
    how = ["-f", containers.DEMUXERS[kind]]
    if samples and samples.wrong:
        how = _without_sizes(samples, how, kind)
    return [*how, *open_arguments(f"file:{path}")]


def _without_sizes(samples: riff.Samples, how: list[str], kind: str) -> list[str]:
    """Return the arguments that read samples to the end of the file."""
    if kind == "wav":
        return [*how, "-ignore_length", "1"]
    if not samples.raw:
        return how
    form = ["-ar", str(samples.rate), "-ac", str(samples.channels)]
    return ["-f", samples.raw, *form, "-skip_initial_bytes", str(samples.start)]


def open_arguments(address: str) -> list[str]:
    """Return the arguments that open a file or pipe, without access to URLs."""
    return ["-protocol_whitelist", "file,pipe", "-i", address]


_running: set[subprocess.Popen[str]] = set()
_lock = threading.Lock()
_cancelled = threading.Event()


def cancel() -> None:
    """Stop all running programs and let none start, after Ctrl-C."""
    _cancelled.set()
    with _lock:
        for process in _running:
            process.kill()


def resume() -> None:
    """Let programs start again after `cancel`."""
    _cancelled.clear()


def run(
    arguments: list[str],
    size: int,
    progress: Callable[[float], None] | None = None,
    feed: list[str] | None = None,
) -> Output:
    """Run ffmpeg over a file of `size` bytes, and return its output.

    `feed` are the arguments of a second ffmpeg, whose output is the input. Raises FfmpegError with
    the last error in the log, StoppedError if it was killed or made no progress, CancelledError.
    """
    watch = _Watch(size, progress)
    processes: list[_Process] = []
    try:
        if feed:
            processes.append(_Process(feed))
        inlet = processes[0].popen.stdout if feed else None
        main = _Process(["-progress", "pipe:1", *arguments], inlet, watch)
        processes.append(main)
        threading.Thread(target=watch.keep, args=(processes,), daemon=True).start()
        for each in reversed(processes):
            each.popen.wait()
    finally:
        watch.over.set()
        for each in processes:
            each.end()
    if _cancelled.is_set():
        raise CancelledError
    if watch.why:
        raise StoppedError(watch.why)
    for each in processes:
        each.check()
    return Output(main.lines, main.log.text, watch.last)


class _Watch:
    """Stops programs that make no progress or take too long."""

    def __init__(self, size: int, progress: Callable[[float], None] | None) -> None:
        self.over = threading.Event()
        self.why = ""
        self.last = 0.0
        self._progress = progress
        self._stall, self._longest = STALL + size / _READ, LONGEST + size / SLOWEST
        self._began = self._moved = time.monotonic()

    def line(self, line: str) -> bool:
        """Process a line; return whether it reports progress."""
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.strip().isdecimal():
            seconds = int(value) / 1e6
            if seconds > self.last:
                self.last, self._moved = seconds, time.monotonic()
            if self._progress:
                self._progress(seconds)
        return key in _KEYS or key.startswith("stream_")

    def keep(self, processes: list[_Process]) -> None:
        """Watch until the programs have ended, or stop them with a reason."""
        step = min(1.0, self._stall / 4)
        while not self.over.wait(step):
            now = time.monotonic()
            if now - self._moved > self._stall:
                self.why = f"ffmpeg made no progress for {self._stall:.0f} seconds; it was stopped"
            elif now - self._began > self._longest:
                self.why = f"ffmpeg was not ready after {self._longest / 60:.0f} minutes; "
                self.why += "it was stopped"
            if self.why:
                for each in processes:
                    each.popen.kill()
                return


_KEYS = {"out_time_us", "out_time_ms", "out_time", "bitrate", "total_size", "dup_frames",
         "drop_frames", "speed", "progress", "frame", "fps"}  # fmt: skip


class _Log:
    """The first and last lines of stderr: a broken file can cause millions."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=_LAST)

    def add(self, line: str) -> None:
        """Add a line."""
        (self._first if len(self._first) < _FIRST else self._last).append(line[:1000])

    @property
    def text(self) -> str:
        """All lines that were kept."""
        return "".join((*self._first, *self._last))


class _Process:
    """A running program, and the threads that read its output.

    Without a `watch`, stdout is left for another program to read.
    """

    def __init__(
        self, arguments: list[str], inlet: IO[str] | None = None, watch: _Watch | None = None
    ) -> None:
        if _cancelled.is_set():
            raise CancelledError
        command = [program(), "-hide_banner", "-nostdin", "-nostats", *arguments]
        self.popen = subprocess.Popen(
            command, stdin=inlet or subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace",
        )  # fmt: skip
        with _lock:
            _running.add(self.popen)
        if inlet:
            inlet.close()  # our copy; the writer must notice if the reader ends
        self.lines: list[str] = []
        self.log = _Log()
        self._watch = watch
        self._readers = [threading.Thread(target=_read, args=(self.popen.stderr, self.log.add))]
        if watch:
            self._readers.append(
                threading.Thread(target=_read, args=(self.popen.stdout, self._take))
            )
        for reader in self._readers:
            reader.daemon = True
            reader.start()

    def _take(self, line: str) -> None:
        if self._watch and not self._watch.line(line):
            self.lines.append(line)

    def end(self) -> None:
        """Kill it if it is running, and close its pipes."""
        with _lock:
            _running.discard(self.popen)
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        for reader in self._readers:
            reader.join(LINGER)  # a child process may hold the pipe open
        for pipe in (self.popen.stdout, self.popen.stderr):
            if pipe and not any(reader.is_alive() for reader in self._readers):
                pipe.close()

    def check(self) -> None:
        """Raise FfmpegError or StoppedError if it failed."""
        code, log = self.popen.returncode, self.log.text
        if code in {0, _PIPE} or (not self._watch and "Broken pipe" in log):
            return  # the other one ended first, and says why
        if code < 0:
            reason = ": out of memory?" if code == -9 else ""
            raise StoppedError(f"ffmpeg was stopped (signal {-code}{reason})")
        if _MEMORY.search(log):
            raise StoppedError("ffmpeg did not have enough memory")
        raise FfmpegError(last_error(log))


_PIPE = -13  # SIGPIPE
_MEMORY = re.compile(r"(?i)cannot allocate memory|out of memory|failed to map segment")


def _read(pipe: IO[str] | None, take: Callable[[str], None]) -> None:
    try:
        for line in pipe or ():
            take(line)
    except (OSError, ValueError):
        pass  # it was closed, because the program has ended


def last_error(log: str) -> str:
    """Return the line of ffmpeg's log that says what went wrong, without memory addresses."""
    lines = [re.sub(r"\[[^][]*@ 0x[0-9a-f]+\]\s*", "", line).strip() for line in log.splitlines()]
    wrong = [line for line in lines if re.search(r"(?i)invalid|error|no such|fail|space", line)]
    return (wrong or [line for line in lines if line] or ["it gave no reason"])[-1][:160]
