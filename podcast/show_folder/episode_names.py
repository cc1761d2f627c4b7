"""Matches what was typed for EPISODE with the episodes of a show. Pure."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from episodes.model import Episode

FEW = 8  # folders that are named
_NUMBER = re.compile(r"#?(?:s?(?P<season>\d{1,9})[.xe])?(?P<number>\d{1,9})", re.IGNORECASE)

Number = tuple[int | None, int]  # season, where one was typed, and number


def matches(wanted: str, names: Sequence[str], known: Iterable[Episode]) -> list[str]:
    """Return the folders that fit, by the first of these that any fits.

    The folder's name, slug or guid; its number, with or without zeros and season; the title, in
    capitals or not; the beginning of the folder's name.
    """
    every = tuple(known)
    plain = wanted.strip().rstrip("/\\")
    small = plain.casefold()
    ways = (
        [name for name in names if name in {plain, f"episodes/{plain}"}],
        [each.folder for each in every if plain in {each.slug, each.guid}],
        _numbered(plain, names, every),
        [each for each in names if _short(each).casefold() == small],
        [each.folder for each in every if each.facts.title.casefold() == small],
        [each for each in names if small and _short(each).casefold().startswith(f"{small}-")],
    )
    return next((list(dict.fromkeys(found)) for found in ways if found), [])


def _numbered(plain: str, names: Sequence[str], known: Iterable[Episode]) -> list[str]:
    """Return the folders that begin with a number, and the episodes that have it."""
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return []
    season, number = _number(found)
    if season is None:
        begun = [name for name in names if _begins(_short(name)) == number]
        return begun + [each.folder for each in known if each.facts.number == number]
    return [
        each.folder for each in known if each.facts.number == number and each.facts.season == season
    ]


def _number(found: re.Match[str]) -> Number:
    return int(found["season"]) if found["season"] else None, int(found["number"])


def _begins(name: str) -> int | None:
    """Return the number with which a folder's name begins; a date is none."""
    found = re.match(r"(\d{1,9})(?!\d|-\d\d-\d\d)", name)
    return int(found[1]) if found else None


def _short(folder: str) -> str:
    return folder.rpartition("/")[2]


def unknown(wanted: str, names: Sequence[str]) -> str:
    """Say that no episode fits, and which there are: all, or the closest."""
    said = f'no episode is called "{wanted[:100]}"'
    if not names:
        return f"{said}; there are no episodes yet"
    shorts = [_short(name) for name in names]
    near = shorts
    if len(shorts) > FEW:
        near = difflib.get_close_matches(wanted[:100], shorts, 3, 0.4) or shorts[:FEW]
    rest = len(shorts) - len(near)
    more = f" ({rest:,} more in episodes/)" if rest else ""
    return f"{said}; write the name of its folder, like {_listed(near)}{more}"


def several(wanted: str, folders: Sequence[str], known: Iterable[Episode]) -> str:
    """Say which episodes fit what was typed, where it is more than one."""
    titles = {each.folder: each.facts.title for each in known}
    shown = [
        f"{_short(name)} (“{titles[name]}”)" if name in titles else _short(name)
        for name in folders[:FEW]
    ]
    rest = len(folders) - len(shown)
    more = f" and {rest:,} more" if rest else ""
    return (
        f'"{wanted[:100]}" matches {len(folders)} episodes: {", ".join(shown)}{more}; write the '
        "name of the folder you mean"
    )


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
