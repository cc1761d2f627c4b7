"""Explains values that do not fit: turns pydantic's errors into rules and plain words.

Each error says what is there and what to write instead.
"""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.frontmatter.value_types import Facts, WrongValueError
from episodes.frontmatter.yaml_errors import INVISIBLE, describe_invisible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Location = tuple[str | int, ...]


_FIXES = {
    "string_type": "write it as text, in quotes if needed",
    "string_too_short": "write something here, or remove the line",
    "string_too_long": "make it {max_length} characters or fewer",
    "string_pattern_mismatch": "write it on one line; a path in double quotes needs /, not \\",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "tuple_type": "write a list: each item on its own line, which begins with `- `",
    "dict_type": "write `key: value` lines below it, each indented",
    "model_type": "write its keys below it, each indented",
    "model_attributes_type": "write its keys below it, each indented",
    "too_long": "write at most {max_length}",
    "greater_than_equal": "write a number of {ge} or more",
    "less_than_equal": "write a number of {le} or less",
}


class Wording(NamedTuple):
    """The rule that is broken, what is wrong, and what to do."""

    rule: str
    seen: str
    fix: str = ""


def explain_value(kind: type[Facts], location: Location, detail: Any) -> Wording:
    """Explain an error of pydantic to people who have never heard of it."""
    name, value = detail["type"], detail["input"]
    if name == "extra_forbidden":
        if hidden := INVISIBLE.search(str(location[-1])):
            fix = "delete the line and type it again"
            return Wording("key-unknown", describe_invisible(hidden[0]), fix)
        return Wording("key-unknown", "is not a key that Earmark knows", _unknown(kind, location))
    if name == "missing":
        fix = f"write `{location[-1]}: ...`" + _about(kind, location)
        return Wording("key-missing", "is missing", fix)
    if value is None:
        fix = (
            "write something after the dash, or remove it" if isinstance(location[-1], int) else ""
        )
        return Wording("value-empty", "is empty", fix)
    if name == "too_long" and isinstance(value, str):
        name = "string_too_long"
    if misread := _misread(kind, location, name, value):
        return misread
    problem = _problem(name, detail.get("ctx", {}), str(detail["msg"]))
    return problem._replace(seen=f"{_shown(value)} {problem.seen}")


def _misread(kind: type[Facts], location: Location, name: str, value: Any) -> Wording | None:
    """Explain a text that was read as another type, or that has invisible characters."""
    if name == "string_type" and isinstance(value, dict) and len(value) == 1:
        return _with_colon(*next(iter(value.items())))
    if name.startswith("model_") and (model := _model_at(kind, location)):
        fix = f"write its keys below it, each indented: {', '.join(model.model_fields)}"
        return Wording("value-kind", f"{_shown(value)} does not fit", fix)
    long = name.endswith("too_long")
    hidden = INVISIBLE.search(value) if isinstance(value, str) and not long else None
    fix = "delete the line and type it again"
    return Wording("value-text", describe_invisible(hidden[0]), fix) if hidden else None


def _problem(name: str, context: dict[str, Any], message: str) -> Wording:
    if name == "value_error":
        error = context["error"]
        if isinstance(error, WrongValueError):
            return Wording(error.rule, error.seen, error.fix)
        seen, _, fix = str(error).partition("; ")
        return Wording("value-kind", seen, fix)
    if name == "literal_error":
        choices = context["expected"].replace("'", "")
        return Wording("value-choice", "is not one of the choices", f"write {choices}")
    if name.startswith("int_"):
        return Wording("value-number", "is not a whole number")
    rule = "value-long" if name.endswith("too_long") else "value-kind"
    return Wording(rule, "does not fit", _FIXES.get(name, message.lower()).format(**context))


def _with_colon(key: str, value: object) -> Wording:
    """Explain that a text was read as `key: value`."""
    whole = f"{key}: {value}" if isinstance(value, str) else ""
    fix = f'put all of it in quotes: "{whole}"' if whole and len(whole) < 120 else ""
    return Wording("value-text", "has a colon in its text, or begins with { or ?", fix)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _unknown(kind: type[Facts], location: Location) -> str:
    model = _model_at(kind, location[:-1])
    known = list(model.model_fields) if model else []
    near = get_close_matches(str(location[-1]).lower(), known, 1, 0.5)
    if near:
        return f"did you mean `{near[0]}`?"
    listed = ", ".join(known) if len(known) < 12 else "those of `earmark schema --markdown`"
    return f"the keys here are {listed}"


def _about(kind: type[Facts], location: Location) -> str:
    model = _model_at(kind, location[:-1])
    field = model.model_fields.get(str(location[-1])) if model else None
    return f" ({field.description.rstrip('.')})" if field and field.description else ""


def _model_at(kind: type[Facts], location: Sequence[str | int]) -> type[Facts] | None:
    for step in location:
        if isinstance(step, str):
            if step not in kind.model_fields:
                return None
            inner = next(_models(kind.model_fields[step].annotation), None)
            if inner is None:
                return None
            kind = inner
    return kind


def _models(annotation: Any) -> Iterator[type[Facts]]:
    if isinstance(annotation, type) and issubclass(annotation, Facts):
        yield annotation
    for part in getattr(annotation, "__args__", ()) or ():
        yield from _models(part)
