"""The orders of a show side by side, as a terminal shows them, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from feed import orders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.model import Episode
    from feed.orders import Orders, View

MEANT = "As it is meant"
FEW = 6  # folders that are named
ADVICE = {
    orders.DATE: "Dates: let each full episode appear a minute or more after the one before it.",
    orders.SERIAL: "Numbers: let `season:` and `number:` go up with the dates, in a show of "
    "`type: serial`.",
    orders.FILES: "File names are those of folders. Begin folders with 01-, 02- before you publish "
    "them; afterwards leave them, or their pages would move.",
}


def show(told: Orders) -> None:
    """Print what each kind of app shows, and what to do."""
    console = Console(highlight=False)
    if not told.meant:
        console.print("There is no episode yet.")
        return
    columns = _columns(told)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for names, upwards, _ in columns:
        begin = "\n(read upwards)" if upwards and told.ordered else ""
        table.add_column("\n".join(names) + begin, no_wrap=True, ratio=1, vertical="bottom")
    for row in range(len(told.meant)):
        table.add_row(*(cells[row] if row < len(cells) else "" for _, _, cells in columns))
    console.print(table)
    for line in ("", *_apps(told), "", *_said(told)):
        console.print(line, markup=False)


def _columns(told: Orders) -> list[tuple[list[str], bool, list[Text]]]:
    """Return (headings, whether one begins at the bottom, cells); what is alike is one column."""
    alike: dict[object, tuple[list[str], bool, list[Text]]] = {}
    first = (MEANT, tuple(told.meant), False, frozenset[str]())
    views = [(each.name, each.episodes, each.upwards, each.astray) for each in told.views]
    for name, episodes, upwards, astray in [first, *views] if told.ordered else views:
        key = (tuple(each.folder for each in episodes), upwards, astray)
        cells = [_cell(each, told, astray) for each in episodes]
        alike.setdefault(key, ([], upwards, cells))[0].append(name)
    return list(alike.values())


def _cell(episode: Episode, told: Orders, astray: Iterable[str]) -> Text:
    wrong, later = episode.folder in astray, episode.folder in told.coming
    coming = f"(from {episode.facts.date:%Y-%m-%d}) " if later else ""
    text = f"{'! ' if wrong else ''}{label(episode)} {coming}{episode.facts.title}"
    return Text(text, style="bold red" if wrong else "dim" if later else "", overflow="ellipsis")


def label(episode: Episode) -> str:
    """Return the number of an episode as short as it can be told: 2.3 is the third of season 2."""
    facts = episode.facts
    kind = {"trailer": "trailer:", "bonus": "bonus:"}.get(facts.type)
    number = str(facts.number or "?")
    return kind or (f"{facts.season}.{number}" if facts.season else number)


def _apps(told: Orders) -> Iterator[str]:
    width = max(len(view.name) for view in told.views)
    for view in told.views:
        yield f"{view.name:{width}}  {view.apps}"


def _said(told: Orders) -> Iterator[str]:
    """Yield what this comes to, and what to do, one sentence each."""
    for older, newer in told.joined:
        yield (
            f"AntennaPod takes {older.folder} and {newer.folder} for the same: one title on one "
            "day. Change one of the two."
        )
    if not told.ordered:
        yield "An episodic show has no order to keep: apps show the newest first."
        return
    wrong = [view for view in told.views if view.astray]
    for view in wrong:
        folders = sorted(folder.rpartition("/")[2] for folder in view.astray)
        more = f" and {len(folders) - FEW:,} more" if len(folders) > FEW else ""
        listed = ", ".join(folders[:FEW])
        yield f"! {view.name}: out of place, or anybody's guess: {listed}{more}."
    advice = dict.fromkeys(ADVICE[_cause(view)] for view in wrong)
    yield from advice
    if told.right:
        yield "Every kind of app keeps the order that is meant."
    else:
        yield "`earmark check` says which line to change; `earmark check --fix` mends what it can."


def _cause(view: View) -> str:
    return orders.DATE if view.name == orders.PLACE else view.name


def document(told: Orders) -> str:
    """Return the orders as JSON; episodes are named by their folders."""
    views = [
        {
            "name": view.name,
            "apps": view.apps,
            "begin": "bottom" if view.upwards else "top",
            "episodes": [each.folder for each in view.episodes],
            "astray": sorted(view.astray),
        }
        for view in told.views
    ]
    rows = [
        {
            "folder": each.folder,
            "title": each.facts.title,
            "season": each.facts.season,
            "number": each.facts.number,
            "type": each.facts.type,
            "date": each.published.isoformat(),
            "coming": each.folder in told.coming,
        }
        for each in told.meant
    ]
    joined = [[older.folder, newer.folder] for older, newer in told.joined]
    said = {"ordered": told.ordered, "right": told.right, "meant": rows, "views": views}
    return json.dumps({**said, "joined": joined}, indent=1, ensure_ascii=False)
