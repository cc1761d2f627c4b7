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

LISTED = 100  # items of a list that are kept
CHAPTERS = 255
_TRIES = 6


def fit(
    kind: type[F], given: Mapping[str, Any], line: int, what: str, losses: list[Loss]
) -> tuple[dict[str, Any], F] | None:
    """Return the values that fit, and the facts they are; None if too little is left.

    `line` and `what` name the episode in the losses.
    """
    values = {key: deepcopy(value) for key, value in given.items()}
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
    kind: type[Facts], values: Any, error: ValidationError, loss: Loss, losses: list[Loss]
) -> None:
    """Remove each value that does not fit; one that lacks a key goes as a whole."""
    removed: list[tuple[str | int, ...]] = []
    for detail in error.errors():
        location = tuple(step for step in detail["loc"] if step != "[key]")
        is_missing = detail["type"] == "missing"
        path = location[:-1] if is_missing and len(location) > 1 else location
        if path in removed:
            continue
        removed.append(path)
        _, seen, _ = value_errors.explain_value(kind, location, detail)
        key = ".".join(str(step + 1 if isinstance(step, int) else step) for step in location)
        losses.append(loss._replace(why=f"{key} {seen}, and was left out"))
    for path in sorted(removed, key=_order, reverse=True):  # the last first: indexes stay right
        _remove(values, path)


def _order(path: Sequence[str | int]) -> list[tuple[bool, int, str]]:
    return [(isinstance(s, int), s if isinstance(s, int) else 0, str(s)) for s in path]


def _remove(values: Any, path: Sequence[str | int]) -> None:
    """Remove the value at a path or, if it is not there, the first key of the path."""
    inner = values
    try:
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
    except (KeyError, IndexError, TypeError):
        values.pop(path[0], None)
