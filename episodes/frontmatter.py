"""Front matter: the YAML 1.2 between `---` lines at the head of a Markdown file, with its lines.

Text in, values or findings out; no files are opened here. Values are read without their lines; the
tree of nodes is asked only where an error needs one.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError

from episodes import broken, wording, yaml
from episodes.findings import Finding, SourceError
from episodes.rulebook import found
from episodes.values import CONTROL, Facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.wording import Location

F = TypeVar("F", bound=Facts)

_BOMB = "front matter is too large, too deep, or repeats itself (& and *)"


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
        raise SourceError(found("matter-missing", path, "", "has no front matter", line=1))
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in {"---", "..."}:
            matter = "\n".join(["", *lines[1:number], ""])  # the first line keeps its number
            matter = re.sub("[\x85\u2028\u2029]", " ", matter)  # libyaml counts them as lines
            return Parts(matter, "\n".join(lines[number + 1 :]), number + 2, findings)
    raise SourceError(found("matter-missing", path, "", "front matter is never closed", line=1))


def _strip_control(text: str, path: str) -> tuple[str, list[Finding]]:
    findings = [
        found(
            "control-character",
            path,
            "",
            f"has a control character (U+{ord(each[0]):04X}) that no feed can carry",
            line=text.count("\n", 0, each.start()) + 1,
        )
        for each in islice(CONTROL.finditer(text), 5)
    ]
    return (CONTROL.sub("", text) if findings else text), findings


def load(matter: str, path: str) -> dict[str, Any]:
    """Read YAML as plain values. Raises SourceError with the line of the fault."""
    try:
        values = yaml.load(matter)
    except yaml.TooLargeError:
        raise SourceError(found("matter-large", path, "", _BOMB, line=1)) from None
    except yaml.MarkedYAMLError as error:
        raise SourceError(_broken(error, matter, path)) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        text = " ".join(str(error).split())[:120] or "nested too deeply"
        raise SourceError(found("matter-yaml", path, "", f"is not YAML: {text}", line=1)) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SourceError(
            found("matter-missing", path, "", "front matter must be `key: value` lines", line=1)
        )
    return values


def _broken(error: yaml.MarkedYAMLError, matter: str, path: str) -> Finding:
    problem = error.problem or "cannot be read"
    here, above = error.problem_mark, error.context_mark
    mark = above if "could not find expected" in problem else here or above
    line = mark.line + 1 if mark else 1
    if twice := re.search(r'duplicate key "([^"]*)"', problem):
        return found("matter-twice", path, twice[1], "is written twice", line=line)
    text = matter.split("\n")[line - 1 : line]
    seen, fix = broken.explain(problem, *text or [""])
    return found("matter-yaml", path, "", seen, line=line, fix=fix)


def parse(kind: type[F], parts: Parts, path: str) -> F:
    """Read front matter as `kind`. Raises SourceError with every finding, each at its line."""
    values = load(parts.matter, path)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        tree = yaml.compose(parts.matter)
        wrong = (_explain(kind, detail, tree, path) for detail in error.errors())
        raise SourceError(*dict.fromkeys(wrong)) from None


def lines_of(matter: str, locations: Iterable[Location]) -> list[int]:
    """Return the line on which each key stands, or that of the nearest key above it."""
    wanted = list(locations)
    named = any(str(location[0]) in matter for location in wanted)  # what is missing has no line
    tree = yaml.compose(matter) if named else None
    return [_line(tree, location) for location in wanted]


def _line(tree: Any, location: Location) -> int:
    line = 1
    for step in location:
        places = yaml.places(tree)
        if str(step) not in places:
            break
        line, tree = places[str(step)]
    return line


def _explain(kind: type[Facts], detail: Any, tree: Any, path: str) -> Finding:
    location = tuple(part for part in detail["loc"] if part != "[key]")
    key = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in location).lstrip(".")
    rule, seen, fix = wording.explain(kind, location, detail)
    return found(rule, path, key, seen, line=_line(tree, location), fix=fix)


def insert(text: str, path: str, key: str, value: str, after: str) -> str:
    """Return the file with the line `key: value` below the top-level key `after`.

    `value` is YAML on one line. No other byte changes; a dump of the whole would move quotes,
    comments and indents. Raises SourceError where the result would not read back as the same values
    and the new one.
    """
    matter = split(text, path).matter
    return _with_line(text, path, key, value, (_end_of(matter, after),) * 2)


def put(text: str, path: str, key: str, value: str, after: str) -> str:
    """Return the file with `key: value` in the place of what the key said, or below `after`.

    `value` is YAML on one line; a list or a mapping of several lines gives way to it. Otherwise as
    `insert`.
    """
    matter = split(text, path).matter
    places = yaml.places(yaml.compose(matter))
    if key not in places:
        return insert(text, path, key, value, after)
    return _with_line(text, path, key, value, (places[key][0] - 1, _end_of(matter, key)))


def _with_line(text: str, path: str, key: str, value: str, between: tuple[int, int]) -> str:
    """Put a line of front matter in the place of those from the first number to the second."""
    before = load(split(text, path).matter, path)
    start = text.find("---")
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text[start:])
    ending = lines[0][len(lines[0].rstrip("\r\n")) :]
    lines[slice(*between)] = [f"{key}: {value}{ending}"]
    result = text[:start] + "".join(lines)
    if _reread(result, path) != {**before, **load(f"{key}: {value}", path)}:
        fix = f"write `{key}: {value}` yourself"
        raise SourceError(found("key-missing", path, key, "could not be added", line=1, fix=fix))
    return result


def _reread(text: str, path: str) -> dict[str, Any] | None:
    try:
        return load(split(text, path).matter, path)
    except SourceError:
        return None


def _end_of(matter: str, key: str) -> int:
    """Return how many lines to keep above a new one: up to the end of `key`, else the first."""
    places = yaml.places(yaml.compose(matter))
    if key not in places:
        return 1
    following = sorted(line for line, _ in places.values() if line > places[key][0])
    if not following:
        return len(matter.rstrip().split("\n"))
    end = following[0] - 1
    lines = matter.split("\n")
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end
