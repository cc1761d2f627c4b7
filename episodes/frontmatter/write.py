"""Writes front matter: one key a line in the order of the schema, lists row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.frontmatter.value_types import Facts

_PLAIN = re.compile(r"[A-Za-z][\w.,'()&/+;!?éèüöäßñ’ -]*[\w.,'()!?]|[A-Za-z]")
_BARE = re.compile(r"[^\W\d_][\w-]*(?: [\w-]+)*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029\ufeff"}


def write(kind: type[Facts], values: Mapping[str, Any], comments: Mapping[str, str]) -> str:
    """Return front matter, with the `---` lines around it.

    `comments` go above their key, or replace it if it has no value; "" goes first.
    """
    lines = ["---", *_comment(comments.get("", ""))]
    for key in kind.model_fields:
        lines += _comment(comments.get(key, ""))
        if key in values:
            lines += _entry(key, values[key])
    return "\n".join([*lines, "---", ""])


def _comment(text: str) -> Iterator[str]:
    yield from (f"# {line}" for line in text.split("\n") if line)


def _entry(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        yield f"{key}:" if value else f"{key}: []"
        yield from (f"  - {_flow(each, top=True)}" for each in value)
    elif key == "date":  # the one value that must stay a YAML date
        yield f"{key}: {value}"
    elif isinstance(value, Mapping) and key == "seasons":
        yield f"{key}:"
        yield from (f"  {number}: {_scalar(title)}" for number, title in value.items())
    else:
        yield f"{key}: {_flow(value, top=True)}"


def _flow(value: Any, *, top: bool = False) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(_pairs(value.items()))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value, top=top)


def _pairs(rows: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    return (f"{key}: {_flow(value)}" for key, value in rows)


def _scalar(value: Any, *, top: bool = True) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return json.dumps(value)
    text = str(value)
    fits = _PLAIN.fullmatch(text) if top else None
    plain = _BARE.fullmatch(text) or (fits and len(text) < 100)
    if plain and text.lower() not in _WORDS:
        return text
    return _in_quotes(text)


def quoted(text: str) -> str:
    """Return any text as one YAML value on one line, in quotes, with single spaces."""
    return _in_quotes(" ".join(text.split()))


def _in_quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_ESCAPED)
