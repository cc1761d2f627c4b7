"""Prints the orders of a show side by side, and as JSON."""

from __future__ import annotations

import json
import os
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from feed import app_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.model import Episode
    from feed.app_order import Orders, View

MEANT = "As intended"
UPWARDS = "(read upwards)"
GAP, NARROW = 3, 9  # characters between two columns, and in one whose heading is broken
FEW = 6  # folders named in a sentence
ADVICE = {
    app_order.DATE: "Dates: publish each full episode a minute or more after the previous one.",
    app_order.SERIAL: "Numbers: in a show of `type: serial`, `season:` and `number:` go up with "
    "the dates.",
    app_order.FILES: "File names come from the folders. Begin folders with 01-, 02- before you "
    "publish them; do not rename them later, or their pages would move.",
}


class AppColumn(NamedTuple):
    """The order in some kinds of app.

    names: of these kinds.
    upwards: whether people begin at the bottom.
    episodes: in this order.
    astray: the folders of episodes that are out of place.
    """

    names: list[str]
    upwards: bool
    episodes: tuple[Episode, ...]
    astray: frozenset[str]


def show(orders: Orders) -> None:
    """Print the order in each kind of app, and advice."""
    console = Console(highlight=False)
    if not orders.meant:
        console.print("There are no episodes yet.")
        return
    columns = _columns(orders)
    cells = [[_cell(each, orders, one.astray) for each in one.episodes] for one in columns]
    needed = sum(max(map(cell_len, _lines(*row))) + GAP for row in zip(columns, cells, strict=True))
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = max(console.width, needed)  # a file is as wide as it has to be
    narrow = needed > console.width
    if narrow:
        cells[1:] = [_marks(one, orders) for one in columns[1:]]
        cells[0] = [
            _marked(cell, mark)
            for cell, mark in zip(cells[0], _marks(columns[0], orders), strict=True)
        ]
    table = _table(columns, cells, console.width, ordered=orders.ordered, narrow=narrow)
    console.print(table)
    if narrow and cells[0][0].plain.startswith("("):
        console.print("\nThe numbers in brackets are those of the first column.")
    for line in ("", *_apps(orders), "", *_advice(orders)):
        console.print(line, markup=False)


def _lines(column: AppColumn, cells: list[Text]) -> list[str]:
    return [*column.names, UPWARDS if column.upwards else "", *(cell.plain for cell in cells)]


def _table(
    columns: list[AppColumn], cells: list[list[Text]], width: int, *, ordered: bool, narrow: bool
) -> Table:
    """Return the table; if it is narrow, only the first column has titles."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    if narrow:
        most = max(cell_len(cell.plain) for cell in cells[0])
        table.width = min(width, most + len(columns) * (NARROW + GAP))
    for at, column in enumerate(columns):
        begin = [UPWARDS] if column.upwards and ordered else []
        heading = "\n".join([*column.names, *begin])
        if narrow and at:
            words = textwrap.wrap(", ".join(column.names), NARROW)
            heading = "\n".join([*words, *(each for one in begin for each in one.split())])
        ratio = None if narrow and at else 1
        table.add_column(heading, no_wrap=True, ratio=ratio, vertical="bottom")
    for row in zip_longest(*cells, fillvalue=Text()):
        table.add_row(*row)
    return table


def _columns(orders: Orders) -> list[AppColumn]:
    """Return the columns; kinds of app with the same order share one."""
    alike: dict[object, AppColumn] = {}
    first = (MEANT, tuple(orders.meant), False, frozenset[str]())
    views = [
        (each.name, tuple(each.episodes), each.upwards, frozenset(each.astray))
        for each in orders.views
    ]
    for name, episodes, upwards, astray in [first, *views] if orders.ordered else views:
        key = (tuple(each.folder for each in episodes), upwards, astray)
        alike.setdefault(key, AppColumn([], upwards, episodes, astray)).names.append(name)
    return list(alike.values())


def _cell(episode: Episode, orders: Orders, astray: Iterable[str]) -> Text:
    wrong, later = episode.folder in astray, episode.folder in orders.coming
    coming = f"(from {episode.facts.date:%Y-%m-%d}) " if later else ""
    text = f"{'! ' if wrong else ''}{label(episode)} {coming}{episode.facts.title}"
    return _text(text, wrong=wrong, later=later)


def _text(text: str, *, wrong: bool, later: bool) -> Text:
    return Text(text, style="bold red" if wrong else "dim" if later else "", overflow="ellipsis")


def _marks(column: AppColumn, orders: Orders) -> list[Text]:
    """Return the marks of episodes before their titles: their numbers, unless two are alike."""
    labels = [label(each) for each in orders.meant]
    if len(set(labels)) < len(labels):
        labels = [f"({number})" for number in range(1, len(labels) + 1)]
    by_folder = {each.folder: mark for each, mark in zip(orders.meant, labels, strict=True)}
    return [
        _text(
            f"{'! ' if each.folder in column.astray else ''}{by_folder[each.folder]}",
            wrong=each.folder in column.astray,
            later=each.folder in orders.coming,
        )
        for each in column.episodes
    ]


def _marked(cell: Text, mark: Text) -> Text:
    """Put a mark before a title, unless it has it."""
    if cell.plain.startswith(f"{mark.plain} "):
        return cell
    return Text(f"{mark.plain.removeprefix('! ')} {cell.plain}", cell.style, overflow="ellipsis")


def label(episode: Episode) -> str:
    """Return the shortest number of an episode: 2.3 is the third of season 2."""
    facts = episode.facts
    kind = {"trailer": "trailer:", "bonus": "bonus:"}.get(facts.type)
    number = str(facts.number or "?")
    return kind or (f"{facts.season}.{number}" if facts.season else number)


def _apps(orders: Orders) -> Iterator[str]:
    width = max(len(view.name) for view in orders.views)
    for view in orders.views:
        yield f"{view.name:{width}}  {view.apps}"


def _advice(orders: Orders) -> Iterator[str]:
    """Yield conclusions and advice, one sentence each."""
    for older, newer in orders.joined:
        yield (
            f"AntennaPod takes {older.folder} and {newer.folder} for the same: they have one "
            f"title and one day. Change one of them."
        )
    if not orders.ordered:
        yield "An episodic show has no order to keep: apps show the newest first."
        return
    wrong = [view for view in orders.views if view.astray]
    for view in wrong:
        folders = sorted(folder.rpartition("/")[2] for folder in view.astray)
        more = f" and {len(folders) - FEW:,} more" if len(folders) > FEW else ""
        listed = ", ".join(folders[:FEW])
        yield f"! {view.name}: out of place or unpredictable: {listed}{more}."
    advice = dict.fromkeys(ADVICE[_cause(view)] for view in wrong)
    yield from advice
    if orders.right:
        yield "Every kind of app keeps the intended order."
    else:
        yield "`earmark check` shows which line to change; `earmark check --fix` fixes what it can."


def _cause(view: View) -> str:
    return app_order.DATE if view.name == app_order.PLACE else view.name


def document(orders: Orders) -> str:
    """Return the orders as JSON; episodes are named by their folders."""
    views = [
        {
            "name": view.name,
            "apps": view.apps,
            "begin": "bottom" if view.upwards else "top",
            "episodes": [each.folder for each in view.episodes],
            "astray": sorted(view.astray),
        }
        for view in orders.views
    ]
    rows = [
        {
            "folder": each.folder,
            "title": each.facts.title,
            "season": each.facts.season,
            "number": each.facts.number,
            "type": each.facts.type,
            "date": each.published.isoformat(),
            "coming": each.folder in orders.coming,
        }
        for each in orders.meant
    ]
    joined = [[older.folder, newer.folder] for older, newer in orders.joined]
    result = {"ordered": orders.ordered, "right": orders.right, "meant": rows, "views": views}
    return json.dumps({**result, "joined": joined}, indent=1, ensure_ascii=False)
