"""YAML 1.2 as it stands in front matter: plain values, and the line on which each stands.

The only door to ruamel.yaml. Values are read without their lines; the tree of nodes is asked only
where somebody needs one.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

from episodes import broken
from episodes.findings import SourceError
from episodes.rulebook import found

if TYPE_CHECKING:
    from episodes.findings import Finding
    from episodes.wording import Location

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


def located(matter: str) -> Any:
    """Return the tree of nodes, which know their lines; None where it cannot be read."""
    try:
        return _YAML.compose(matter)
    except (YAMLError, RecursionError):
        return None


def line_of(tree: Any, location: Location) -> int:
    """Return the line of a key, or that of the nearest key above it."""
    line = 1
    for step in location:
        inside = places(tree)
        if str(step) not in inside:
            break
        line, tree = inside[str(step)]
    return line


def places(tree: Any) -> dict[str, tuple[int, Any]]:
    """Return (line, node) of what stands directly in a mapping or a list, by key or position."""
    if isinstance(tree, MappingNode):
        return {str(key.value): (key.start_mark.line + 1, each) for key, each in tree.value}
    if isinstance(tree, SequenceNode):
        return {str(i): (each.start_mark.line + 1, each) for i, each in enumerate(tree.value)}
    return {}
