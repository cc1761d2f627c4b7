"""Installs the packages of .ci/locked/ into this Python's environment and shows progress.

Run by make, with the Python of the environment: `.venv/bin/python .ci/install.py base`.
"""

from __future__ import annotations

import io
import queue
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ROOT / ".ci" / "locked"
PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off",
       "--no-build-isolation"]  # fmt: skip
OPENING = {
    "base": "Setting up Earmark takes about two minutes the first time.",
    "test": "Adding what the quick tests need takes about half a minute.",
    "check": "Adding what `make check` needs takes about a minute.",
    "all": "Adding what `make test-all` needs takes about three minutes.",
    "lock": "Adding what `make lock` needs takes about half a minute.",
    "lowest": "Installing the lowest versions that setup.cfg allows takes about two minutes.",
    "newest": "Installing the newest versions takes about two minutes.",
}
QUIET = 5  # seconds without output from pip before we print that it still works
COLLECTED = re.compile(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)")


class Display:
    """Shows one changing line in a terminal, and a few lines in a log."""

    def __init__(self) -> None:
        self._screen = sys.stdout.isatty()
        self._last = ""

    def show(self, line: str, *, always: bool = False) -> None:
        """Replace the previous line."""
        if self._screen:
            sys.stdout.write(f"\r\033[K  {line}")
        elif always and line != self._last:
            sys.stdout.write(f"  {line}\n")
        self._last = line
        sys.stdout.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._screen:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()


def lines_of(stream: IO[str]) -> queue.Queue[str | None]:
    """Return a queue that a thread fills with a stream's lines; None marks the end."""
    lines: queue.Queue[str | None] = queue.Queue()

    def fill() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=fill, daemon=True).start()
    return lines


def install(arguments: list[str], total: int, display: Display) -> None:
    """Run pip and show progress; if it fails, print all of its output and exit."""
    process = subprocess.Popen(
        [*PIP, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    lines, written, seen, waited = lines_of(process.stdout or io.StringIO()), [], 0, 0
    step = "looking for packages"
    while True:
        try:
            line = lines.get(timeout=QUIET)
        except queue.Empty:
            waited += QUIET
            display.show(f"{step} ({waited} seconds)", always=True)
            continue
        if line is None:
            break
        written.append(line)
        if found := COLLECTED.match(line):
            seen, waited = seen + 1, 0
            step = f"downloading {seen}{f' of {total}' if total else ''}: {found[1]}"
            display.show(step, always=seen % 10 == 0)
        elif line.startswith("Installing collected packages"):
            step, waited = f"unpacking packages: {line.count(',') + 1}", 0
            display.show(step, always=True)
    display.end()
    if process.wait():
        sys.exit(
            "".join(written)
            + "\nThe installation failed. If the network was the reason, try again."
        )


def locked(name: str) -> tuple[list[str], int]:
    """Return pip's arguments for a lock file, and the number of its packages."""
    path = LOCKED / f"{name}.txt"
    total = len(re.findall(r"^\w", path.read_text(encoding="utf-8"), re.MULTILINE))
    return ["--require-hashes", "-r", str(path)], total


def main(name: str) -> None:
    """Install the build tools, the packages of a lock file, and Earmark itself."""
    print(OPENING[name], flush=True)
    display = Display()
    install(*locked("build"), display)
    if name == "newest":
        install(["--upgrade", "--editable", ".[test]"], 0, display)
        return
    install(*locked(name), display)
    install(["--no-deps", "--editable", "."], 0, display)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in OPENING:
        sys.exit(f"usage: install.py {' | '.join(OPENING)}")
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
