"""Matches what was typed for EPISODE with the episodes of a show. Pure."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from episodes.model import Episode

FEW = 8  # folders named in a message
_NUMBER = re.compile(r"#?(?:s?(?P<season>\d{1,9})[.xe])?(?P<number>\d{1,9})", re.IGNORECASE)

Number = tuple[int | None, int]  # season, None if none was typed, and number


def matches(typed: str, names: Sequence[str], known: Iterable[Episode]) -> list[str]:
    """Return the folders that match by the first of these criteria that any folder matches.

    The folder's name, slug or guid; its number, with or without zeros and season; the title in any
    case; the beginning of the folder's name.
    """
    every = tuple(known)
    plain = typed.strip().rstrip("/\\")
    small = plain.casefold()
    criteria = (
        [name for name in names if name in {plain, f"episodes/{plain}"}],
        [each.folder for each in every if plain in {each.slug, each.guid}],
        _numbered(plain, names, every),
        [each for each in names if _short(each).casefold() == small],
        [each.folder for each in every if each.facts.title.casefold() == small],
        [each for each in names if small and _short(each).casefold().startswith(f"{small}-")],
    )
    return next((list(dict.fromkeys(folders)) for folders in criteria if folders), [])


def _numbered(plain: str, names: Sequence[str], known: Iterable[Episode]) -> list[str]:
    """Return the folders that begin with a number, and the episodes that have it."""
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return []
    season, number = _number(match)
    if season is None:
        folders = [name for name in names if _first_number(_short(name)) == number]
        return folders + [each.folder for each in known if each.facts.number == number]
    return [
        each.folder for each in known if each.facts.number == number and each.facts.season == season
    ]


def _number(match: re.Match[str]) -> Number:
    return int(match["season"]) if match["season"] else None, int(match["number"])


def _first_number(name: str) -> int | None:
    """Return the number at the start of a folder's name, unless it is a date."""
    match = re.match(r"(\d{1,9})(?!\d|-\d\d-\d\d)", name)
    return int(match[1]) if match else None


def _short(folder: str) -> str:
    return folder.rpartition("/")[2]


def explain_unknown(typed: str, names: Sequence[str]) -> str:
    """Return a message that no episode matches, with all episodes or the closest."""
    message = f'no episode is called "{typed[:100]}"'
    if not names:
        return f"{message}; there are no episodes yet"
    shorts = [_short(name) for name in names]
    near = shorts
    if len(shorts) > FEW:
        near = difflib.get_close_matches(typed[:100], shorts, 3, 0.4) or shorts[:FEW]
    rest = len(shorts) - len(near)
    more = f" ({rest:,} more in episodes/)" if rest else ""
    return f"{message}; write the name of its folder, like {_listed(near)}{more}"


def explain_several(typed: str, folders: Sequence[str], known: Iterable[Episode]) -> str:
    """Return a message about the episodes that match, if there are several."""
    titles = {each.folder: each.facts.title for each in known}
    shown = [
        f"{_short(name)} (“{titles[name]}”)" if name in titles else _short(name)
        for name in folders[:FEW]
    ]
    rest = len(folders) - len(shown)
    more = f" and {rest:,} more" if rest else ""
    return (
        f'"{typed[:100]}" matches {len(folders)} episodes: {", ".join(shown)}{more}; write the '
        "name of the folder you mean"
    )


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
