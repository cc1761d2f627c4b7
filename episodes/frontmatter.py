"""Front matter: the YAML 1.2 between `---` lines at the head of a Markdown file, with its lines.

The only door to ruamel.yaml. Text in, values or findings out; no files are opened here. Reading
uses the fast loader; the round-trip loader is asked only where an error needs its line.
"""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent

from episodes.facts import Facts
from episodes.findings import Finding, Level, SourceError
from episodes.values import CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

F = TypeVar("F", bound=Facts)
Location = tuple[str | int, ...]

LIMIT = 2_000  # values in one front matter: far beyond any real one, far below a YAML bomb
DEEP = 100  # levels of nesting that the parser is trusted with
_FAST = YAML(typ="safe")
_START = "write `---` on the first line, then `title: ...`, then `---` on a line of its own"


class Parts(NamedTuple):
    """A Markdown file in its two parts; `body_line` is the line on which the body begins."""

    matter: str
    body: str
    body_line: int
    findings: list[Finding]


def split(text: str, path: str) -> Parts:
    """Split a file into front matter and body, without control characters.

    Raises SourceError where the front matter is missing or not closed.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text, findings = _strip_control(text, path)
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise SourceError(Finding(path, "", f"has no front matter; {_START}", line=1))
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in {"---", "..."}:
            matter = "\n".join(["", *lines[1:number], ""])  # the first line keeps its number
            return Parts(matter, "\n".join(lines[number + 1 :]), number + 2, findings)
    raise SourceError(Finding(path, "", f"front matter is never closed; {_START}", line=1))


def _strip_control(text: str, path: str) -> tuple[str, list[Finding]]:
    findings = [
        Finding(
            path,
            "",
            f"has a control character (U+{ord(found[0]):04X}) that no feed can carry; it was left "
            "out, remove it",
            Level.WARNING,
            text.count("\n", 0, found.start()) + 1,
        )
        for found in CONTROL.finditer(text)
    ]
    return (CONTROL.sub("", text) if findings else text), findings[:5]


def load(matter: str, path: str) -> dict[str, Any]:
    """Read YAML as plain values. Raises SourceError with the line of the fault."""
    if _too_deep(matter):
        raise SourceError(
            Finding(path, "", "front matter is nested too deeply; write less", line=1)
        )
    try:
        values = _FAST.load(matter)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SourceError(Finding(path, "", _broken(error), line=line)) from None
    except (YAMLError, RecursionError, ValueError, OverflowError) as error:
        text = " ".join(str(error).split())[:120] or "nested too deeply"
        raise SourceError(Finding(path, "", f"is not YAML: {text}", line=1)) from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise SourceError(Finding(path, "", f"front matter must be `key: value` lines; {_START}"))
    if _too_many(values):
        message = "front matter repeats itself without end (& and *); write the values out"
        raise SourceError(Finding(path, "", message, line=1))
    return values


def _too_deep(matter: str) -> bool:
    """Say whether brackets or dashes nest beyond any real use: the C library would crash on it."""
    if sum(map(matter.count, ("[", "{", "- ", "? "))) <= DEEP:
        return False
    depth = deepest = 0
    try:
        for event in _FAST.parse(matter):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            deepest = max(deepest, depth)
    except YAMLError:
        pass  # the loader says what is wrong, unless it was deep before it was wrong
    return deepest > DEEP


def _broken(error: MarkedYAMLError) -> str:
    problem = error.problem or "cannot be read"
    if "duplicate key" in problem:
        return f"{problem.replace('found ', '')}; a key may be written once, keep one of them"
    hint = {
        "mapping values are not allowed": 'put a text that has ": " in it in quotes',
        "could not find expected ':'": "write `key: value`, with a space after the colon",
        "found character '\\t'": "use spaces, not tabs",
        "found character that cannot start": "put the text in quotes",
        "found unexpected end of stream": "close the quotes or the bracket",
        "did not find expected <document": "put the value in quotes",
        "did not find expected": "check quotes, brackets and how far each line is moved in",
        "found unexpected ':'": 'put times and other texts that have ":" in them in quotes',
        "found undefined alias": "put a text that starts with * in quotes",
    }
    fix = next((fix for start, fix in hint.items() if start in problem), "check this line")
    return f"is not YAML here ({problem}); {fix}"


def _too_many(values: object) -> bool:
    """Say whether there are more than LIMIT values, counting what aliases repeat."""
    stack, count = [values], 0
    while stack and count <= LIMIT:
        value = stack.pop()
        count += 1
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return count > LIMIT


def parse(kind: type[F], parts: Parts, path: str) -> F:
    """Read front matter as `kind`. Raises SourceError with every finding, each at its line."""
    values = load(parts.matter, path)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        tree = _located(parts.matter)
        found = (_explain(kind, detail, tree, path) for detail in error.errors())
        raise SourceError(*dict.fromkeys(found)) from None


def line_of(matter: str, location: Location) -> int:
    """Return the line on which a key stands, or that of the nearest key above it."""
    return _line(_located(matter), location)


def _located(matter: str) -> Any:
    try:
        return YAML(typ="rt").load(matter)
    except (YAMLError, RecursionError, ValueError):
        return None


def _line(tree: Any, location: Location) -> int:
    line = 1
    for step in location:
        where = getattr(getattr(tree, "lc", None), "data", None) or {}
        if step not in where:
            break
        line = where[step][0] + 1
        tree = tree[step]
    return line


def _explain(kind: type[Facts], detail: Any, tree: Any, path: str) -> Finding:
    location = tuple(detail["loc"])
    key = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in location).lstrip(".")
    return Finding(path, key, _words(kind, location, detail), line=_line(tree, location))


def _words(kind: type[Facts], location: Location, detail: Any) -> str:
    """Say what pydantic found in words for somebody who has never heard of it."""
    name, context = detail["type"], detail.get("ctx", {})
    shown = _shown(detail["input"])
    if name == "extra_forbidden":
        known = _known(kind, location)
        near = get_close_matches(str(location[-1]), known, 1, 0.5)
        return (
            f"no such key; did you mean `{near[0]}`?"
            if near
            else (f"no such key; the keys here are {', '.join(known)}")
        )
    if name == "missing":
        return f"is missing; write `{location[-1]}: ...`" + _about(kind, location)
    if name == "value_error":
        return f"{shown} {context['error']}"
    if name == "literal_error":
        return (
            f"{shown} is not one of the choices; write {context['expected'].replace(chr(39), '')}"
        )
    words = {
        "string_type": "write it as text, in quotes if need be",
        "string_too_short": "write something here, or remove the line",
        "string_too_long": f"make it {context.get('max_length')} characters or fewer",
        "string_pattern_mismatch": "write it on one line",
        "bool_type": "write true or false",
        "bool_parsing": "write true or false",
        "tuple_type": "write a list: each item on a line of its own that begins with `- `",
        "dict_type": "write `number: name` lines below it, each moved in",
        "model_type": "write its keys below it, each moved in",
        "model_attributes_type": "write its keys below it, each moved in",
        "too_long": f"write at most {context.get('max_length')}",
        "greater_than_equal": f"write a number of {context.get('ge')} or more",
        "less_than_equal": f"write a number of {context.get('le')} or less",
    }
    if name.startswith("int_"):
        return f"{shown} is not a whole number; write one, like 3"
    return f"{shown} does not fit; {words.get(name, str(detail['msg']).lower())}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str) if value is not None else "nothing"
    return text if len(text) <= 60 else text[:57] + "..."


def _known(kind: type[Facts], location: Location) -> list[str]:
    model = _model_at(kind, location[:-1])
    return list(model.model_fields) if model else []


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


def insert(text: str, key: str, value: str, after: str) -> str:
    """Return the file with the line `key: value` below the top-level key `after`.

    No other byte changes; a dump of the whole would move quotes, comments and indents. Raises
    SourceError where the result would not read back as the same values and the new one.
    """
    parts = split(text, "")
    before = load(parts.matter, "")
    start = text.find("---")
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text[start:].splitlines(keepends=True)
    at = _end_of(parts.matter, after)
    lines.insert(at, f"{key}: {value}{ending}")
    result = text[:start] + "".join(lines)
    if load(split(result, "").matter, "") != {**before, key: value}:
        raise SourceError(Finding("", key, f"could not be added; write `{key}: {value}` yourself"))
    return result


def _end_of(matter: str, key: str) -> int:
    """Return how many lines to keep above a new one: up to the end of `key`, else the first."""
    tree = _located(matter)
    starts: list[int] = sorted(place[0] for place in tree.lc.data.values()) if tree else []
    if not tree or key not in tree.lc.data:
        return 1
    following = [line for line in starts if line > tree.lc.data[key][0]]
    if not following:
        return len(matter.rstrip().split("\n"))
    end = following[0]
    lines = matter.split("\n")
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end
