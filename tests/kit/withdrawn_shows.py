"""Makes shows in which an episode is withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.building import pipeline
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.building.context import BuildResult

SAID = "Words that somebody took back"
GUEST = (
    '\ncontributors:\n  - {credit: "Alíce  Sample", role: guest, consent: {given_on: 2026-01-01}}'
)

PAGE = "episodes/02-talk.html"


def credited(show: Path) -> Path:
    """Credit Alíce Sample in the second episode of a show."""
    add(show, 2, GUEST.strip())
    path = show / "episodes" / "02-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("Some *notes*", SAID), "utf-8")
    return show


def add(show: Path, number: int, lines: str) -> None:
    """Put lines into an episode's head."""
    path = show / "episodes" / f"{number:02}-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("number:", f"{lines}\nnumber:", 1), "utf-8")


def take_back(show: Path, number: int = 2, said: str = "2026-11-01") -> None:
    add(show, number, f"withdrawn: {said}")


def build(show: Path, *, verify: bool = False) -> BuildResult:
    return pipeline.build(show, now=NOW, verify=verify)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def rules(show: Path) -> list[tuple[str, str]]:
    return [(each.rule, each.key) for each in pipeline.check(show, NOW)]
