"""Parses YAML 1.2 into plain values, or into nodes that know their lines.

The only module that uses ruamel.yaml. Nearly all front matter is plain: text, numbers and dates in
lists and mappings. Such values come straight from the parser's events, in a third of the time;
anything else (anchors, tags, keys that are no text or repeat, faults) goes through ruamel.yaml's
own constructor, which reports what is wrong.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
except ImportError:  # PyPy has only the parser that is written in Python
    CParser = None

from episodes.frontmatter import plain_scalars
from episodes.frontmatter.plain_scalars import Plain

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MarkedYAMLError", "TooManyValuesError", "YAMLError", "child_places", "compose", "load"]

LIMIT = 2_000  # values in one front matter: far beyond any real one, far below a YAML bomb
DEEP = 100  # levels of nesting that the parser can safely read
_INDENTED = re.compile(r"^(?: {40}|(?: *[-?]\s){20})", re.MULTILINE)


class TooManyValuesError(Exception):
    """More values or levels than any real use has; aliases count each time."""


class _Meanings(SafeConstructor):
    """Leaves 2026-02-30 and the like as text, so that the finding can name its key."""

    def construct_or_keep(self, node: Any) -> Any:
        """Return the number or date, or the text if it is neither."""
        kind = node.tag.rpartition(":")[2]
        try:
            return getattr(SafeConstructor, f"construct_yaml_{kind}")(self, node)
        except (ValueError, OverflowError):
            return node.value


for _kind in ("int", "float", "timestamp"):
    _Meanings.add_constructor(f"tag:yaml.org,2002:{_kind}", _Meanings.construct_or_keep)


class _Constructor(_Meanings):
    """Keeps unquoted values as they are written, and invalid dates as text."""

    document = ""  # that is read

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Return a value; an unquoted or tagged one as a Plain."""
        if not isinstance(node, ScalarNode):
            _refuse_joined(self.document, node)
            return super().construct_object(node, deep)
        start, end = node.start_mark.index, node.end_mark.index
        _refuse_joined(self.document, node)
        _refuse_swallowed(self.document, node)
        written = node.style not in _MARKED
        cut = plain_scalars.remark_between(self.document, start, end) if written else ""
        if end > start and self.document[start] in "!&":
            cut = self.document[start]
        meant = super().construct_object(node, deep) if node.tag not in _WORDS else node.value
        same = type(meant) is str or (meant is None and not node.value)
        return meant if same and not cut else Plain(node.value, meant, cut)


class _Resolver(VersionedResolver):
    """Uses YAML 1.2 for every value, without looking up the version each time."""

    processing_version = (1, 2)

    @cached_property
    def versioned_resolver(self) -> Any:
        """Return the patterns of numbers and dates."""
        return super().versioned_resolver


_YAML = YAML(typ="safe")
_YAML.Constructor, _YAML.Resolver = _Meanings, _Resolver
_MARKED = ("'", '"', "|", ">")  # styles that mark where a text begins and ends
_PATTERNS: dict[str, list[tuple[str, re.Pattern[str]]]] = _Resolver().versioned_resolver
_KEYS = {"", "<<"}  # that are no text
_WORDS = {"tag:yaml.org,2002:merge", "tag:yaml.org,2002:value"}  # << and =


def load(text: str) -> Any:
    """Return plain values with text keys. Raises TooManyValuesError, YAMLError, ValueError."""
    try:
        return _Plain(text).document()
    except (_UnusualError, YAMLError, ValueError):
        return _thoroughly(text)


class _UnusualError(Exception):
    """Something that needs ruamel.yaml's own constructor."""


class _Plain:
    """Reads a plain document from the parser's events."""

    def __init__(self, text: str) -> None:
        self._event: Callable[[], Any] = (
            CParser(text).get_event if CParser else iter(_YAML.parse(text)).__next__
        )
        self._left = LIMIT
        self._text = text
        self._near = plain_scalars.near_remarks(text)

    def document(self) -> Any:
        """Return its value. Raises _UnusualError, YAMLError."""
        self._event()  # the stream begins
        start = self._event()
        if type(start) is StreamEndEvent:
            return None
        if type(start) is not DocumentStartEvent or start.explicit:
            raise _UnusualError
        value = self._value(self._event(), 0)
        self._event()  # the document ends
        if type(self._event()) is not StreamEndEvent:
            raise _UnusualError
        return value

    def _value(self, event: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > DEEP:
            raise _UnusualError
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if event.anchor is not None or event.ctag is not None:
            raise _UnusualError
        return self._mapping(depth + 1) if kind is MappingStartEvent else self._list(depth + 1)

    def _mapping(self, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while type(event := self._event()) is not MappingEndEvent:
            key = self._key(event)
            if key in values:
                raise _UnusualError
            values[key] = self._value(self._event(), depth)
        self._refuse_joined(event)
        return values

    def _refuse_joined(self, event: Any) -> None:
        if plain_scalars.is_joined(self._text, event.end_mark.index):
            raise _UnusualError

    def _list(self, depth: int) -> list[Any]:
        values = []
        while type(event := self._event()) is not SequenceEndEvent:
            values.append(self._value(event, depth))
        self._refuse_joined(event)
        return values

    def _key(self, event: Any) -> str:
        if type(event) is not ScalarEvent or event.anchor is not None or event.ctag is not None:
            raise _UnusualError
        key: str = event.value
        start, end = event.start_mark, event.end_mark
        if event.implicit[0] and (key in _KEYS or end.index - start.index != len(key)):
            raise _UnusualError
        return key

    def _scalar(self, event: Any) -> Any:
        if event.anchor is not None or event.ctag is not None:
            raise _UnusualError
        value, start, end = event.value, event.start_mark, event.end_mark
        if not event.implicit[0]:
            if start.line != end.line and event.style in {"'", '"'}:
                raise _UnusualError
            self._refuse_joined(event)
            return value
        if end.index - start.index != len(value) and self._text[start.index] in "!&":
            raise _UnusualError
        near = end.line in self._near or start.line in self._near or start.line != end.line
        cut = plain_scalars.remark_between(self._text, start.index, end.index) if near else ""
        meant = value if value[:1] not in _PATTERNS else _meant(value)
        if cut:
            return Plain(value, meant.meant if type(meant) is Plain else meant, cut)
        return meant if value else None


@lru_cache(maxsize=4096)
def _meant(value: str) -> Any:
    """Return a plain scalar with its number, date, boolean or null."""
    for tag, pattern in _PATTERNS[value[:1]]:
        if pattern.match(value):
            if tag in _WORDS:
                raise _UnusualError
            node = ScalarNode(tag=tag, value=value)
            meant = _YAML.constructor.construct_document(node)
            return value if type(meant) is str and value else Plain(value, meant)
    return value


def _thoroughly(text: str) -> Any:
    if _too_deep(text):
        raise TooManyValuesError
    reader = YAML(typ="safe")
    reader.Constructor = type("_Of", (_Constructor,), {"document": text})
    reader.Resolver = _Resolver
    values = reader.load(text)
    _refuse_bomb(values)
    return _with_text_keys(values)


def _refuse_swallowed(text: str, node: Any) -> None:
    """Raise MarkedYAMLError if an unclosed quote includes the lines below."""
    start, end = node.start_mark, node.end_mark
    over = node.style in {"'", '"'} and start.line != end.line
    if over and plain_scalars.swallows_lines(text, start.index, end.index):
        raise MarkedYAMLError(problem="found unexpected end of stream", problem_mark=start)


def _refuse_joined(text: str, node: Any) -> None:
    """Raise MarkedYAMLError if a # comes straight after a quote or a bracket."""
    if plain_scalars.is_joined(text, node.end_mark.index):
        raise MarkedYAMLError(problem="remark without a space", problem_mark=node.start_mark)


def _too_deep(text: str) -> bool:
    """Return whether nesting is so deep that the C library would crash."""
    brackets = text.count("[") + text.count("{")
    if brackets <= DEEP and not _INDENTED.search(text):
        return False  # short lines cannot be deeply nested
    depth = 0
    try:
        for event in _YAML.parse(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > DEEP:
                return True
    except YAMLError:
        pass  # the loader reports what is wrong
    return False


def _refuse_bomb(values: Any) -> None:
    stack: list[tuple[Any, int]] = [(values, 0)]
    count = 0
    while stack:
        value, depth = stack.pop()
        count += 1
        if count > LIMIT or depth > DEEP:
            raise TooManyValuesError
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            stack.extend((each, depth + 1) for each in inner)


def _with_text_keys(value: Any) -> Any:
    """Return the value with every key as it is written, also `1` and `2026-05-03`."""
    if isinstance(value, dict):
        return {_key_text(key): _with_text_keys(each) for key, each in value.items()}
    return [_with_text_keys(each) for each in value] if isinstance(value, list) else value


def _key_text(key: object) -> str:
    return str(key)


def compose(text: str) -> Any:
    """Return the tree of nodes, which know their lines; None if it cannot be parsed."""
    try:
        return _YAML.compose(text)
    except (YAMLError, RecursionError):
        return None


def child_places(tree: Any) -> dict[str, tuple[int, Any]]:
    """Return (line, node) of each child of a mapping or list, by key or index."""
    if isinstance(tree, MappingNode):
        return {str(key.value): (key.start_mark.line + 1, each) for key, each in tree.value}
    if isinstance(tree, SequenceNode):
        return {str(i): (each.start_mark.line + 1, each) for i, each in enumerate(tree.value)}
    return {}
