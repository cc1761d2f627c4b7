"""Measures P2, P3 and P4: rebuilding pages and feed, against hugo with equal templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import recordings
import shows
import sites
from table import Row, compare
from timing import Run, command, exponent, remove, rounds
from workspace import EARMARK, Workspace, program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EPISODES = 1000


@dataclass(frozen=True)
class Pair:
    """The same show twice: ours, already built with its recordings, and a site for hugo."""

    show: Path
    site: Path
    count: int

    @property
    def ours(self) -> Callable[[], float]:
        """Time one build."""
        return command(EARMARK, "build", self.show)

    @property
    def hugo(self) -> Callable[[], float]:
        """Time one build of the site."""
        return command(program("hugo"), "--quiet", folder=self.site)


def make(space: Workspace, count: int) -> Pair:
    """Make both, and build both once."""
    show = space.folder / f"show-{count}"
    site = space.folder / f"site-{count}"
    pair = Pair(show, site, count)
    if not show.is_dir():
        recordings.hurried(show, count, space.cache)
        sites.make(site, count)
        pair.ours()
        pair.hugo()
        _check(pair)
    return pair


def _check(pair: Pair) -> None:
    """Exit unless both have the same content."""
    told = [
        (len(list(pages)), feed.read_bytes().count(b"<item>"))
        for pages, feed in (
            ((pair.show / "public/episodes").glob("*.html"), pair.show / "public/feed.xml"),
            ((pair.site / "public/episodes").glob("*/index.html"), pair.site / "public/index.xml"),
        )
    ]
    if told != [(pair.count, pair.count)] * 2:
        raise SystemExit(f"the two are not equal: {told}")


def _nothing(pair: Pair) -> tuple[Run, Run]:
    return Run(pair.ours), Run(pair.hugo)


def _notes(pair: Pair) -> tuple[Run, Run]:
    name = shows.talk(pair.count // 2).name
    return (
        Run(pair.ours, edit(pair.show / "episodes" / name / "episode.md")),
        Run(pair.hugo, edit(pair.site / "content" / "episodes" / name / "index.md")),
    )


def edit(path: Path) -> Callable[[], None]:
    """Return a function that adds a sentence to a file, or removes it again."""
    plain = path.read_text(encoding="utf-8")
    longer = plain + "\nOne more sentence, with *emphasis*.\n"

    def edit() -> None:
        now = path.read_text(encoding="utf-8")
        path.write_text(longer if now == plain else plain, encoding="utf-8")

    return edit


def _all(pair: Pair) -> tuple[Run, Run]:
    def forget() -> None:
        """Delete everything but the recordings and their cache."""
        for path in (pair.show / "public").iterdir():
            if path.name != "media":
                remove(path)
        remove(pair.show / ".earmark" / "build.json", pair.show / ".earmark" / "episodes.json")

    return (
        Run(pair.ours, forget),
        Run(pair.hugo, lambda: remove(pair.site / "public", pair.site / "resources")),
    )


def _measure(  # noqa: PLR0913 - a row of the table
    space: Workspace,
    name: str,
    work: str,
    runs: Callable[[Pair], tuple[Run, Run]],
    must: float,
    aim: float,
) -> list[Row]:
    large, small = (make(space, space.count(many)) for many in (EPISODES, EPISODES // 10))
    ours, hugo = rounds(*runs(large), times=space.times)
    [less] = rounds(runs(small)[0], times=space.times)
    growth = exponent(less, ours)
    size = f"{large.count:,} episodes"
    return [compare(name, work, size, "hugo", (ours, hugo), must, aim, growth)]


def unchanged(space: Workspace) -> list[Row]:
    """Measure P2: nothing changed."""
    return _measure(space, "P2", "rebuild, nothing changed", _nothing, 0.1, 0.04)


def edited(space: Workspace) -> list[Row]:
    """Measure P3: the show notes of one episode changed."""
    return _measure(space, "P3", "rebuild, notes of one changed", _notes, 0.25, 0.15)


def from_nothing(space: Workspace) -> list[Row]:
    """Measure P4: everything but the recordings from nothing."""
    return _measure(space, "P4", "feed and pages from nothing", _all, 1.35, 1.1)
