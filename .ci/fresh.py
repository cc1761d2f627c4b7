"""Runs the README's two commands as on a fresh machine: in a new clone, with an empty home.

With each Python that Earmark supports `make demo`, until its page and its feed answer, and `make
test`; then the quick tests with the lowest versions that setup.cfg allows.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
SERVED = ("", "feed.xml", "catalogue.json", "companion/")
STARTED = 900  # seconds until the demo must answer, on a busy machine
SILENCE = 110  # most seconds without output while something is installed
STOPPED = 60  # seconds allowed from Ctrl-C to the end
CACHES = {".cache", ".rustup"}  # pip runs rustc, and rustup then makes a folder
ASKED = "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2])"


def python(version: str) -> str | None:
    """Return the program of a Python, from PATH or from pyenv, or None if there is none."""
    for chosen in (None, *pyenv(version)):
        env = os.environ | ({"PYENV_VERSION": chosen} if chosen else {})
        program = shutil.which(f"python{version}")
        if not program:
            continue
        answer = subprocess.run(
            [program, "-c", ASKED], env=env, capture_output=True, text=True, check=False
        )
        if answer.returncode == 0 and answer.stdout.split()[-1] == version:
            return answer.stdout.rsplit(maxsplit=1)[0]
    return None


def pyenv(version: str) -> list[str]:
    """Return pyenv's versions that match."""
    program = shutil.which("pyenv")
    if not program:
        return []
    listed = subprocess.run(
        [program, "versions", "--bare"], capture_output=True, text=True, check=False
    )
    return [each for each in listed.stdout.split() if each.startswith(f"{version}.")]


def machine(folder: Path, program: str) -> dict[str, str]:
    """Return the environment of a fresh machine: an empty home, no settings."""
    home = folder / "home"
    home.mkdir()
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYENV_VERSION", "MAKEFLAGS", "MAKELEVEL",
            "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")  # fmt: skip
    kept = {key: value for key, value in os.environ.items() if key not in ours}
    # A shared cache, so that packages are downloaded once for all Pythons.
    return kept | {
        "HOME": str(home),
        "PYTHON": program,
        "PIP_CACHE_DIR": str(folder.parent / "pip"),
    }


def clone(folder: Path) -> Path:
    """Clone the committed state."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "earmark")], check=True)
    return folder / "earmark"


class Demo:
    """A running `make demo`, its output, and its longest silence in seconds."""

    def __init__(self, checkout: Path, env: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/"
        self.lines: list[str] = []
        self.silence = 0.0
        self.process = subprocess.Popen(
            ["make", "demo"], cwd=checkout, env=env | {"PORT": str(port)}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        last = time.monotonic()
        for line in self.process.stdout or ():
            self.silence, last = max(self.silence, time.monotonic() - last), time.monotonic()
            self.lines.append(line)
            print(f"    {line}", end="", flush=True)

    def answer(self, path: str) -> None:
        """Wait until a URL answers."""
        until = time.monotonic() + STARTED
        while True:
            try:
                with urllib.request.urlopen(self.address + path, timeout=30) as response:
                    if response.status == 200 and response.read():
                        return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"make demo: {self.address}{path} does not answer")
                time.sleep(0.2)

    def stop(self) -> int:
        """Press Ctrl-C, as a terminal does it, and return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(STOPPED)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            sys.exit("make demo: does not end at Ctrl-C")


def demo(checkout: Path, env: dict[str, str]) -> None:
    """Run `make demo` until every URL that it promises answers, then stop it."""
    running = Demo(checkout, env)
    try:
        for path in SERVED:
            running.answer(path)
    finally:
        code = running.stop()
    written = "".join(running.lines)
    if code not in {2, 130, -signal.SIGINT}:  # make returns 2 if its command returned 130
        sys.exit(f"make demo: ended with {code} after Ctrl-C")
    if "Traceback" in written or "Setting up Earmark" not in written:
        sys.exit("make demo: a traceback, or no first line that says how long it takes")
    if running.silence > SILENCE:
        sys.exit(f"make demo: {running.silence:.0f} seconds without a word")
    again = subprocess.run(
        ["make", "--dry-run", "demo"],
        cwd=checkout,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    if len(again.stdout.splitlines()) != 1:
        sys.exit(f"make demo: installs again what is installed:\n{again.stdout}")
    if left := sorted({each.name for each in Path(env["HOME"]).iterdir()} - CACHES):
        sys.exit(f"make demo: leaves {', '.join(left)} in the home folder")


def timed(words: str, began: tuple[float, os.times_result]) -> None:
    """Print the wall time and the CPU time of a step."""
    clock, before = began
    after = os.times()
    used = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    print(f"== {words}: {time.monotonic() - clock:.0f} s, {used:.0f} s of processor", flush=True)


def run(*command: str, checkout: Path, env: dict[str, str]) -> None:
    """Run a command; exit if it fails."""
    began = time.monotonic(), os.times()
    if code := subprocess.run(command, cwd=checkout, env=env, check=False).returncode:
        sys.exit(f"{' '.join(command)} with {env['PYTHON']}: ended with {code}")
    timed(" ".join(command), began)


def main() -> None:
    """Run the two commands with every Python, and the lowest versions with the first."""
    # A shell that runs us in the background ignores Ctrl-C, and our children would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    programs = {version: python(version) for version in PYTHONS}
    if missing := [version for version, program in programs.items() if not program]:
        sys.exit(
            f"missing: Python {', '.join(missing)}: install it (`pyenv install {missing[0]}`, or "
            f"the packages python{missing[0]} and python{missing[0]}-venv) so that "
            f"`python{missing[0]} --version` answers"
        )
    with tempfile.TemporaryDirectory(prefix="earmark-fresh-") as name:
        for version, program in programs.items():
            print(f"== Python {version}: {program}", flush=True)
            folder = Path(name, version)
            folder.mkdir()
            env, checkout = machine(folder, str(program)), clone(folder)
            began = time.monotonic(), os.times()
            demo(checkout, env)
            timed("make demo", began)
            run("make", "test", checkout=checkout, env=env)
            if version == PYTHONS[0]:
                run("make", "lowest", checkout=checkout, env=env)
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
