"""Front matter: the YAML 1.2 between `---` lines at the head of a Markdown file, with its lines.

The only door to ruamel.yaml. Text in, values or findings out; no files are opened here. Values are
read without their lines; the tree of nodes is asked only where an error needs one.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

from episodes import broken, wording
from episodes.findings import Finding, SourceError
from episodes.rulebook import found
from episodes.values import CONTROL, Facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.wording import Location

F = TypeVar("F", bound=Facts)

LIMIT = 2_000  # values in one front matter: far beyond any real one, far below a YAML bomb
DEEP = 100  # levels of nesting that the parser is trusted with
_INDENTED = re.compile(r"^(?: {40}|(?: *[-?]\s){20})", re.MULTILINE)
_BOMB = "front matter is too large, too deep, or repeats itself (& and *)"


class _Constructor(SafeConstructor):
    """Leaves 2026-02-30 and the like as text, so that the key that holds them can be named."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Return text, and keys with text, at once; nearly all is, and asking takes long."""
        if node.ctag is _Resolver.DEFAULT_SCALAR_TAG:
            return node.value
        if node.ctag is _Resolver.DEFAULT_MAPPING_TAG and node.anchor is None:
            names = [key.value for key, _ in node.value if key.ctag is _Resolver.DEFAULT_SCALAR_TAG]
            if len(set(names)) == len(node.value):
                values = [self.construct_object(value, deep) for _, value in node.value]
                return dict(zip(names, values, strict=True))
        return super().construct_object(node, deep)

    def construct_or_keep(self, node: Any) -> Any:
        """Return the number or date, or the text where it is none."""
        kind = node.tag.rpartition(":")[2]
        try:
            return getattr(SafeConstructor, f"construct_yaml_{kind}")(self, node)
        except (ValueError, OverflowError):
            return node.value


for _kind in ("int", "float", "timestamp"):
    _Constructor.add_constructor(f"tag:yaml.org,2002:{_kind}", _Constructor.construct_or_keep)


class _Resolver(VersionedResolver):
    """Knows that all front matter is YAML 1.2, instead of asking again for each value."""

    processing_version = (1, 2)

    @cached_property
    def versioned_resolver(self) -> Any:
        """Return the patterns that tell numbers and dates from text."""
        return super().versioned_resolver


_YAML = YAML(typ="safe")
_YAML.Constructor, _YAML.Resolver = _Constructor, _Resolver


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
    if _too_deep(matter):
        raise SourceError(found("matter-large", path, "", _BOMB, line=1))
    try:
        values = _YAML.load(matter)
    except MarkedYAMLError as error:
        raise SourceError(_broken(error, matter, path)) from None
    except (YAMLError, RecursionError, ValueError, OverflowError) as error:
        text = " ".join(str(error).split())[:120] or "nested too deeply"
        raise SourceError(found("matter-yaml", path, "", f"is not YAML: {text}", line=1)) from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise SourceError(
            found("matter-missing", path, "", "front matter must be `key: value` lines", line=1)
        )
    _refuse_bomb(values, path)
    return {_key_text(key): _with_text_keys(value) for key, value in values.items()}


def _too_deep(matter: str) -> bool:
    """Say whether brackets or dashes nest beyond any real use: the C library would crash on it."""
    brackets = matter.count("[") + matter.count("{")
    if brackets <= DEEP and not _INDENTED.search(matter):
        return False  # what is not written far to the right is not nested far down
    depth = 0
    try:
        for event in _YAML.parse(matter):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > DEEP:
                return True
    except YAMLError:
        pass  # the loader says what is wrong
    return False


def _broken(error: MarkedYAMLError, matter: str, path: str) -> Finding:
    problem = error.problem or "cannot be read"
    here, above = error.problem_mark, error.context_mark
    mark = above if "could not find expected" in problem else here or above
    line = mark.line + 1 if mark else 1
    if twice := re.search(r'duplicate key "([^"]*)"', problem):
        return found("matter-twice", path, twice[1], "is written twice", line=line)
    text = matter.split("\n")[line - 1 : line]
    seen, fix = broken.explain(problem, *text or [""])
    return found("matter-yaml", path, "", seen, line=line, fix=fix)


def _refuse_bomb(values: dict[Any, Any], path: str) -> None:
    """Raise SourceError where there are more values or levels than any real use has.

    What aliases repeat counts each time.
    """
    stack: list[tuple[Any, int]] = [(values, 0)]
    count = 0
    while stack:
        value, depth = stack.pop()
        count += 1
        if count > LIMIT or depth > DEEP:
            raise SourceError(found("matter-large", path, "", _BOMB, line=1))
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            stack.extend((each, depth + 1) for each in inner)


def _with_text_keys(value: Any) -> Any:
    """Return the value with every key as it is written: `1` and `2026-05-03` are keys too."""
    if isinstance(value, dict):
        return {_key_text(key): _with_text_keys(each) for key, each in value.items()}
    return [_with_text_keys(each) for each in value] if isinstance(value, list) else value


def _key_text(key: object) -> str:
    return "null" if key is None else str(key)


def parse(kind: type[F], parts: Parts, path: str) -> F:
    """Read front matter as `kind`. Raises SourceError with every finding, each at its line."""
    values = load(parts.matter, path)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        tree = _located(parts.matter)
        wrong = (_explain(kind, detail, tree, path) for detail in error.errors())
        raise SourceError(*dict.fromkeys(wrong)) from None


def lines_of(matter: str, locations: Iterable[Location]) -> list[int]:
    """Return the line on which each key stands, or that of the nearest key above it."""
    wanted = list(locations)
    named = any(str(location[0]) in matter for location in wanted)  # what is missing has no line
    tree = _located(matter) if named else None
    return [_line(tree, location) for location in wanted]


def _located(matter: str) -> Any:
    """Return the tree of nodes, which know their lines; None where it cannot be read."""
    try:
        return _YAML.compose(matter)
    except (YAMLError, RecursionError):
        return None


def _line(tree: Any, location: Location) -> int:
    line = 1
    for step in location:
        places = _places(tree)
        if str(step) not in places:
            break
        line, tree = places[str(step)]
    return line


def _places(tree: Any) -> dict[str, tuple[int, Any]]:
    """Return (line, node) of what stands directly in a mapping or a list, by key or position."""
    if isinstance(tree, MappingNode):
        return {str(key.value): (key.start_mark.line + 1, each) for key, each in tree.value}
    if isinstance(tree, SequenceNode):
        return {str(i): (each.start_mark.line + 1, each) for i, each in enumerate(tree.value)}
    return {}


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
    places = _places(_located(matter))
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
    places = _places(_located(matter))
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
