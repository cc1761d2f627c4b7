"""Converts each value of front matter to the type of its key.

A key for text gets exactly what was written; other keys get the number, date or boolean that YAML
reads. A text that YAML cut short is a finding.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args, get_origin

from episodes.frontmatter.plain_scalars import Plain
from episodes.frontmatter.value_errors import Location, Wording
from episodes.frontmatter.value_types import FORMS, Facts

if TYPE_CHECKING:
    from collections.abc import Iterable

Wrong = dict[Location, Wording]

LONGEST = 100  # characters of a text in a suggested fix
_NUMBERED = re.compile(r"#[^\s#]")  # like `number: #3`, of which YAML leaves nothing
_REMARKS = {"#", "# ", "#\t"}  # how a remark begins that nobody takes for a part of a link


class Shape(NamedTuple):
    """What a value may be at one place of the schema; several kinds in a union."""

    text: bool = False  # any text
    form: bool = False  # in a format that cannot contain a comment
    word: bool = False  # one of a few words, none with a comment in it
    model: type[Facts] | None = None
    inner: Any = None  # the Shape of the items of a list or mapping


def fit_scalars(kind: type[Facts], values: dict[str, Any], wrong: Wrong) -> dict[str, Any]:
    """Return values in the types of `kind`; add to `wrong` those that YAML changed."""
    fitted: dict[str, Any] = _fit(values, Shape(model=kind), (), wrong)
    return fitted


def _fit(value: Any, shape: Shape, at: Location, wrong: Wrong) -> Any:
    if isinstance(value, dict):
        inner = _fields(shape.model) if shape.model else {}
        other = shape.inner or Shape(text=not shape.model)
        return {
            key: each
            if type(each) is str  # most need no check
            else _fit(each, inner.get(key, other), (*at, key), wrong)
            for key, each in value.items()
        }
    if isinstance(value, list):
        other = shape.inner or Shape()
        return [_fit(each, other, (*at, i), wrong) for i, each in enumerate(value)]
    if not isinstance(value, Plain):
        return value
    if shape.form and value and value.lost[:2] in _REMARKS:
        return str(value)
    if shape.text and (problem := _problem(value)):
        wrong[at] = problem
    elif not shape.text and not value and _NUMBERED.match(value.lost):
        seen = f'is only "{_short(value.lost)}": "#" starts a comment'
        wrong[at] = Wording("value-text", seen, "write it without the #")
    elif (shape.text or shape.word) and value.meant is not None:
        return str(value)
    return value.meant


def _problem(value: Plain) -> Wording | None:
    whole = f"{value} {value.lost}".strip()
    if value.lost[:1] == "#":
        seen = f'is cut off before "{_short(value.lost)}", because " #" starts a comment'
        if not value:
            seen = f'is only "{_short(value.lost)}": "#" starts a comment'
        quoted = f": {_quoted(whole)}" if len(whole) <= LONGEST else ""
        fix = f"put all of it in quotes{quoted}; or put a comment on its own line"
        if value and value.lost[:2] in _REMARKS:
            own = "put the comment on its own line"
            fix = f"{own}; or, if it is text, all of it in quotes{quoted}"
        return Wording("value-text", seen, fix)
    if value.lost == "-":
        seen = "continues on the next line, which begins with `- `"
        fix = "indent it like the item above it, or put all of it in quotes"
        return Wording("value-text", seen, fix)
    if value.lost:
        seen = f'begins with "{value.lost}", which has a special meaning in YAML'
        return Wording("value-text", seen, "put all of it in quotes")
    if value.meant is None:
        seen = f'"{value}" means “nothing” in YAML'
        return Wording("value-text", seen, f"remove the line, or put the word in quotes: '{value}'")
    return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _quoted(text: str) -> str:
    return f'"{text}"' if not {'"', "\\"} & set(text) else "'" + text.replace("'", "''") + "'"


@lru_cache
def _fields(kind: type[Facts]) -> dict[str, Shape]:
    return {
        name: _annotated(field.annotation, *field.metadata)
        for name, field in kind.model_fields.items()
    }


def _shape(annotation: Any) -> Shape:
    """Return the shape of a type, or of the input of its validator."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "json_schema_input_type"):
        taken = annotation.json_schema_input_type
        return _shape(taken) if get_args(taken) else Shape()
    if origin is Annotated:
        return _annotated(*parts)
    if origin is Literal:
        return Shape(word=all(isinstance(part, str) for part in parts))
    if origin in {tuple, dict}:
        return Shape(inner=_shape(parts[-1] if origin is dict else parts[0]))
    if isinstance(annotation, type):
        model = annotation if issubclass(annotation, Facts) else None
        return Shape(text=annotation is str, model=model)
    return _joined(map(_shape, parts))


def _annotated(annotation: Any, *more: Any) -> Shape:
    """Return the shape of an annotated type."""
    form = any(getattr(each, "func", None) in FORMS for each in more)
    shape = _joined(map(_shape, (annotation, *more)))
    return shape._replace(form=form or shape.form)


def _joined(shapes: Iterable[Shape]) -> Shape:
    """Return the shape of a union."""
    every = list(shapes)
    return Shape(
        any(each.text for each in every),
        any(each.form for each in every),
        any(each.word for each in every),
        next((each.model for each in every if each.model), None),
        next((each.inner for each in every if each.inner), None),
    )
