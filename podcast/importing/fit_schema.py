"""Removes values of a feed that front matter cannot hold, and reports each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from episodes.frontmatter import value_errors
from episodes.frontmatter.value_types import Facts
from feed.reader.result import Loss

if TYPE_CHECKING:
    from collections.abc import Sequence

F = TypeVar("F", bound=Facts)

LISTED = 100  # entries of a list that are kept; a front matter has room for so many
CHAPTERS = 255
_TRIES = 6


def fit(
    kind: type[F], said: Mapping[str, Any], line: int, what: str, losses: list[Loss]
) -> tuple[dict[str, Any], F] | None:
    """Return the values that fit, and what they are read as; None where too little is left."""
    values = {key: deepcopy(value) for key, value in said.items()}
    for key, value in values.items():
        most = CHAPTERS if key == "chapters" else LISTED
        if isinstance(value, list) and len(value) > most:
            losses.append(Loss(line, what, f"has {len(value)} {key}; {most} were kept"))
            del value[most:]
    for _ in range(_TRIES):
        try:
            return values, kind.model_validate(values)
        except ValidationError as error:
            _leave_out(kind, values, error, Loss(line, what, ""), losses)
    return None


def _leave_out(
    kind: type[Facts], values: Any, error: ValidationError, place: Loss, losses: list[Loss]
) -> None:
    """Take out each value that does not fit; one that lacks something goes as a whole."""
    gone: list[tuple[str | int, ...]] = []
    for detail in error.errors():
        where = tuple(step for step in detail["loc"] if step != "[key]")
        lacking = detail["type"] == "missing"
        way = where[:-1] if lacking and len(where) > 1 else where
        if way in gone:
            continue
        gone.append(way)
        _, seen, _ = value_errors.explain_value(kind, where, detail)
        key = ".".join(str(step + 1 if isinstance(step, int) else step) for step in where)
        losses.append(place._replace(why=f"{key} {seen}, and was left out"))
    for way in sorted(gone, key=_order, reverse=True):
        _remove(values, way)


def _order(way: Sequence[str | int]) -> list[tuple[bool, int, str]]:
    return [(isinstance(s, int), s if isinstance(s, int) else 0, str(s)) for s in way]


def _remove(values: Any, way: Sequence[str | int]) -> None:
    """Remove what a way leads to or, where it leads astray, the key at its beginning."""
    inner = values
    try:
        for step in way[:-1]:
            inner = inner[step]
        del inner[way[-1]]
    except (KeyError, IndexError, TypeError):
        values.pop(way[0], None)
