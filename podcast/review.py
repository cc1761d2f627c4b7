"""Reviews a show: checks its links, and lists each episode that is due with the reasons."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from episodes import links, review
from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.show_folder import read, text_files
from podcast.link_check import check_links
from podcast.show_folder import read_source

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from episodes.model import Show
    from episodes.review import Due, SourcePlace
    from podcast.link_check import CheckProgress, LinkChecker


class Reviewed(NamedTuple):
    """What came of it; `asked` is how many links were asked.

    It is None where they were left out, or where nothing at all was reached: then this computer may
    be offline, and no link is told of.
    """

    show: Show
    dues: list[Due]
    lost: list[Finding]
    asked: int | None

    @property
    def overdue(self) -> bool:
        """Say whether something has to be done at once."""
        return any(due.urgency is review.Urgency.OVERDUE and not due.waived for due in self.dues)


def review_show(
    folder: Path, now: datetime, checker: LinkChecker | None, progress: CheckProgress
) -> Reviewed:
    """Review a show; its links too where there is a `checker`.

    Raises SourceError where there is no show, or its `show.md` cannot be read.
    """
    seen = read_source.read_show(folder)
    dues, asked = review.find_dues(seen.show, now), None
    if checker:
        known = links.links_in(seen.show)
        verdicts = check_links((link.address for link in known), checker, progress)
        if not verdicts or any(verdict.reached for verdict in verdicts.values()):
            dues = review.sort_dues([*dues, *links.dues_of(known, verdicts)])
            asked = len(known)
    return Reviewed(seen.show, _located(folder, dues), seen.errors, asked)


def _located(folder: Path, dues: list[Due]) -> list[Due]:
    """Fill in the lines of keys, and of addresses in notes."""
    keys: dict[str, set[str]] = defaultdict(set)
    for due in dues:
        for source in due.places:
            keys[source.path].add(source.key)
    lines: dict[tuple[str, str], int] = {}
    for path, names in keys.items():
        named = sorted(names - {""})
        numbers = read.lines_of_keys(folder, path, named) if named else []
        lines |= {(path, key): number for key, number in zip(named, numbers, strict=True)}
    return [
        due._replace(places=tuple(_with_line(folder, due, each, lines) for each in due.places))
        for due in dues
    ]


def _with_line(
    folder: Path, due: Due, source: SourcePlace, lines: dict[tuple[str, str], int]
) -> SourcePlace:
    if source.line:
        return source
    if source.key:
        return source._replace(line=lines[source.path, source.key])
    return source._replace(line=_line_with(folder, source.path, due.what))


def _line_with(folder: Path, path: str, address: str) -> int:
    """Return the first line that has an address in it; 0 where it is written otherwise."""
    try:
        text = text_files.read_text(folder, path)
    except SourceError:
        return 0
    return next((at for at, line in enumerate(text.splitlines(), 1) if address in line), 0)
