"""The fuzzer: hostile shows in large number, and what must hold for each of them.

`make fuzz` runs it; `python -m tests.fuzz.fuzz --seed S --first N --shows 1` repeats one
show. A show is checked, and some are built, in a worker process of limited memory, as the command
would do it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.testing import CliRunner
from lxml import etree, html
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from episodes.site_layout import is_published_name
from podcast.cli import main
from tests.fuzz import hostile_shows
from tests.kit import seeds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

SECONDS = 10  # of computing for one show
HANGS = 30  # seconds after which a worker is given up
MEMORY = 3 << 30  # bytes
LINKS = (
    "http:",
    "https:",
    "mailto:",
    "tel:",
    "data:,",
    "podcast:",
    "overcast:",
    "pktc:",
    "gpodder:",
)
ACTIVE = {"script", "iframe", "object", "embed", "base", "style", "svg", "math"}
SCRIPTS = ("static/page.js", "static/player.js", "static/index.js")
KEPT = Path("build/fuzz")
PLACES = {"SHOW": "show", "TARGET": "target", "ZIP": "packed.zip"}
TO = ("SHOW", "--to", "TARGET")
KNOWN = ("show/.earmark",)
BUILT = (*KNOWN, "show/public", "show/earmark.lock")
PUBLISHED = (*BUILT, "target")
# command, what beside it it may change, how often
COMMANDS: dict[tuple[str, ...], tuple[tuple[str, ...], int]] = {
    ("check", "SHOW"): (KNOWN, 60),
    ("check", "SHOW", "--json"): (KNOWN, 10),
    ("check", "SHOW", "--fix"): ((*KNOWN, "show/show.md", "show/episodes/"), 4),
    ("next", "SHOW"): (KNOWN, 4),
    ("build", "SHOW"): (BUILT, 14),
    ("publish", *TO): (PUBLISHED, 7),
    ("publish", *TO, "--prune", "--take-over", "--again"): (PUBLISHED, 5),
    ("publish", *TO, "--dry-run"): (BUILT, 2),
    ("rollback", *TO): (PUBLISHED, 6),
    ("history", *TO): (KNOWN, 2),
    ("offline", "episodes/01-talk", "--show", "SHOW", "--to", "ZIP"): ((*BUILT, "packed.zip"), 6),
}
BUILDS = {"build", "publish", "offline"}


class Find(NamedTuple):
    """What went wrong with the show of that number."""

    number: int
    how: str
    what: str


class Broken(Exception):  # noqa: N818 - a show was broken
    """Something that must hold does not."""


def look(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return (mode, size, mtime) of all that lies in a folder; nothing is opened or followed."""
    found = {}
    for place, folders, files in os.walk(os.fsencode(folder)):
        for name in folders + files:
            path = os.path.join(place, name)  # noqa: PTH118 - names need not be text
            there = os.lstat(path)
            size = 0 if os.path.isdir(path) else there.st_size  # noqa: PTH112
            mtime = 0 if os.path.isdir(path) else there.st_mtime_ns  # noqa: PTH112
            found[os.fsdecode(os.path.relpath(path, os.fsencode(folder)))] = (
                there.st_mode,
                size,
                mtime,
            )
    return found


def restore(good: Path, base: Path) -> None:
    """Put the good show into its place, by links to its files."""
    if base.exists():
        shutil.rmtree(base)
    shutil.copytree(good, base, symlinks=True, copy_function=os.link)


def judge(base: Path, command: tuple[str, ...], before: dict[str, Any], result: Any) -> None:
    """Raise Broken where the command did what it must not."""
    said = result.output
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    if result.exit_code not in {0, 1} or "Traceback" in said:
        raise Broken(f"exit code {result.exit_code}: {said[-500:]}")
    if hostile_shows.SECRET.decode() in said:
        raise Broken("what lies outside is printed")
    if "--json" in command and result.exit_code == 0:
        json.loads(result.stdout)
    after = look(base)
    _judge_places(command, before, after)
    if command[0] in BUILDS and result.exit_code == 0:
        public = base / "show" / "public"
        for path in sorted(public.rglob("*")):
            if is_published_name(
                path.relative_to(public).as_posix()
            ):  # what else lies there is not looked at
                _judge_built(path)
    _judge_published(base)


def _judge_published(base: Path) -> None:
    """Look for what lies outside in what was published or packed."""
    for path in (base / "target").rglob("*"):
        if path.is_file() and not path.is_symlink() and hostile_shows.SECRET in path.read_bytes():
            raise Broken(f"{path.name} publishes what lies outside")
    packed = base / "packed.zip"
    if packed.exists() and hostile_shows.SECRET in packed.read_bytes():
        raise Broken("what lies outside is packed")


def _judge_places(command: tuple[str, ...], before: dict[str, Any], after: dict[str, Any]) -> None:
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    allowed = COMMANDS[command][0]
    for name in changed:
        if not name.startswith(allowed):
            raise Broken(f"{name} was changed")
        if name in after and name.endswith((".part", ".ffmeta")):
            raise Broken(f"{name} is half-written")


def _judge_built(path: Path) -> None:
    """Look into a built file."""
    if not path.is_file():
        return
    data = path.read_bytes()
    if hostile_shows.SECRET in data:
        raise Broken(f"{path.name} tells what lies outside")
    if path.suffix == ".xml":
        for node in etree.fromstring(data).iter("link", "{*}link"):
            _judge_link(path, node.text or node.get("href") or "")
    elif path.suffix == ".json":
        json.loads(data)
    elif path.suffix == ".html":
        _judge_page(path, html.document_fromstring(data))


def _judge_page(path: Path, page: Any) -> None:
    for node in page.iter(etree.Element):
        own = node.tag == "script" and (node.get("src") or "").endswith(SCRIPTS)
        own = own or (node.tag == "svg" and (node.get("class") == "segno" or _is_icon(node)))
        if node.tag in ACTIVE and not own:
            raise Broken(f"{path.name} has a {node.tag}: {etree.tostring(node)[:200]!r}")
        for name, value in node.attrib.items():
            if name.startswith("on") or name in {"style", "srcdoc", "formaction"}:
                raise Broken(f"{path.name} has {name}={value}")
            if name in {"href", "src", "action"}:
                _judge_link(path, value)


def _is_icon(svg: Any) -> bool:
    """Return whether a drawing is one of ours: a single path that nobody can press."""
    inside = [(each.tag, set(each.attrib)) for each in svg.iterdescendants()]
    return svg.get("class") in {"icon", "icon full"} and inside == [("path", {"d"})]


def _judge_link(path: Path, value: str) -> None:
    scheme = "".join(value.split()).partition("/")[0].partition("#")[0].lower()
    if ":" in scheme and not scheme.startswith(LINKS):
        raise Broken(f"{path.name} links to {value!r}")


def attempt(good: Path, base: Path, found: seeds.Seeds, name: str) -> None:
    """Harm the good show as this name has it and run a command. Raises what went wrong."""
    chance = random.Random(name)  # noqa: S311 - not a secret
    restore(good, base)
    ways = hostile_shows.harm(base / "show", chance, found)
    commands = list(COMMANDS)
    (command,) = chance.choices(commands, [COMMANDS[each][1] for each in commands])
    if "recording" in ways and command[0] in BUILDS and chance.random() < 0.9:
        command = ("check", "SHOW")  # encoding takes long
    how = f"{' '.join(command)} after {', '.join(ways)}"
    before, start = look(base), time.process_time()
    try:
        typed = [str(base / PLACES[word]) if word in PLACES else word for word in command]
        result = CliRunner().invoke(main, typed)
        judge(base, command, before, result)
        if (took := time.process_time() - start) > SECONDS:
            raise Broken(f"took {took:.0f} seconds")  # noqa: TRY301 - it is noted with the others
    except BaseException as error:
        error.add_note(how)
        raise


def work(
    good: Path, base: Path, found: seeds.Seeds, names: list[tuple[int, str]], say: Connection
) -> None:
    """Try each show in this process, and say what came of it: (number, what went wrong or "")."""
    import gc
    import traceback

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("error", UserWarning)
    warnings.simplefilter("error", RuntimeWarning)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115
    for number, name in names:
        say.send((number, None))
        try:
            attempt(good, base, found, name)
            what = ""
        except BaseException as error:  # whatever it is, it is a find
            what = "".join(traceback.format_exception(error))
        gc.unfreeze()  # a build freezes what it made: mostly nothing follows it
        say.send((number, what))
        if what:
            say.recv()  # the show is kept before the next one takes its place
    say.close()


class Fuzzer:
    """Runs shows from `first` on, one worker after the other where one crashes or hangs."""

    def __init__(self, seed: int, place: Path, kept: Path) -> None:
        self.seed, self.base, self.kept = seed, place / "base", kept
        self.good = place / "good"
        self.seeds = seeds.make(place / "seeds")
        hostile_shows.make(self.base, self.seeds)
        self.base.rename(self.good)
        self.done = 0

    def run(self, first: int, count: int) -> Iterator[tuple[int, Find | None]]:
        """Yield each number with what was found, if anything."""
        last = first + count
        while first < last:
            batch = range(first, min(first + 2000, last))
            for number, find in self._batch(batch):
                first = number + 1
                self.done += 1
                yield number, find

    def _batch(self, numbers: range) -> Iterator[tuple[int, Find | None]]:
        """Run one worker; it ends where it crashes or hangs, and the find says so."""
        here, there = multiprocessing.Pipe()
        names = [(number, f"{self.seed}/{number}") for number in numbers]
        arguments = (self.good, self.base, self.seeds, names, there)
        # Not a fork: Progress and pytest have threads, and the limit counts what was there before.
        worker = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
        worker.start()
        there.close()
        number, ended = numbers[0], False
        try:
            while not ended:
                if not here.poll(HANGS):
                    yield number, self._keep(number, f"hangs for {HANGS} seconds")
                    return
                number, what = here.recv()
                if what is None:
                    continue
                yield number, self._keep(number, what) if what else None
                if what:
                    here.send(None)
                ended = number == numbers[-1]
        except EOFError:
            worker.join()
            yield number, self._keep(number, f"the worker crashed ({worker.exitcode})")
        finally:
            worker.kill()
            worker.join()

    def _keep(self, number: int, what: str) -> Find:
        """Keep the show as it was left, with what went wrong."""
        kept = self.kept / f"{self.seed}-{number}"
        kept.mkdir(parents=True, exist_ok=True)
        (kept / "what.txt").write_text(what, encoding="utf-8", errors="backslashreplace")
        subprocess.run(["cp", "-a", str(self.base), str(kept)], check=False, capture_output=True)
        return Find(number, str(kept), "; ".join(what.strip().split("\n")[-2:]))


@click.command()
@click.option("--shows", default=100_000, show_default=True)
@click.option("--seed", default=None, type=int, help="Otherwise by chance; it is printed.")
@click.option("--first", default=0, help="The number of the first show.")
@click.option("--kept", default=KEPT, type=click.Path(path_type=Path), show_default=True)
def fuzz(shows: int, seed: int | None, first: int, kept: Path) -> None:
    """Check and build hostile shows, and keep those that break what must hold."""
    seed = random.randrange(10**6) if seed is None else seed  # noqa: S311 - not a secret
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    finds: list[Find] = []
    click.echo(f"seed {seed}")
    with tempfile.TemporaryDirectory() as place, Progress(*columns) as progress:
        start, fuzzer = time.monotonic(), Fuzzer(seed, Path(place), kept)
        task = progress.add_task(f"seed {seed}", total=shows)
        try:
            for number, find in fuzzer.run(first, shows):
                if find:
                    finds.append(find)
                    progress.console.print(f"show {number}: {find.what} ({find.how})", markup=False)
                progress.update(task, advance=1, description=f"seed {seed}, {len(finds)} finds")
                if fuzzer.done % 1000 == 0 and not progress.console.is_terminal:
                    rate = fuzzer.done / (time.monotonic() - start)
                    progress.console.print(
                        f"{fuzzer.done:,} shows, {len(finds)} finds, {rate:.1f} a second"
                    )
        except KeyboardInterrupt:
            click.echo("Stopped.")
        rate = fuzzer.done / (time.monotonic() - start)
    click.echo(
        f"{fuzzer.done:,} hostile shows of seed {seed}: {len(finds)} finds, {rate:.1f} a second"
    )
    sys.exit(1 if finds else 0)


if __name__ == "__main__":
    fuzz()
