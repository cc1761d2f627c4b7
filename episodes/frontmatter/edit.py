"""Changes one value of front matter, and proves by reading back that no other byte changed."""

from __future__ import annotations

import re
from typing import Any

from episodes.errors import SourceError
from episodes.frontmatter import yaml
from episodes.frontmatter.read import load_values, split_file
from episodes.rules import finding


def insert_key(text: str, path: str, key: str, value: str, after: str) -> str:
    """Return the file with the line `key: value` below the top-level key `after`.

    `value` is YAML on one line. No other byte changes; dumping the whole would change quotes,
    comments and indents. Raises SourceError if the result does not read back as the same values and
    the new one.
    """
    matter = split_file(text, path).matter
    line, at = f"{key}: {value}", _line_after(matter, after)
    return _replace_lines(text, path, (at, at), [line], load_values(line, path))


def set_key(text: str, path: str, key: str, value: str, after: str) -> str:
    """Return the file with `key: value` replacing the key, or below `after`.

    `value` is YAML on one line; it also replaces a list or mapping of several lines. Otherwise as
    `insert_key`.
    """
    matter = split_file(text, path).matter
    if (between := _line_range(matter, key)) is None:
        return insert_key(text, path, key, value, after)
    line = f"{key}: {value}"
    return _replace_lines(text, path, between, [line], load_values(line, path))


def append_item(text: str, path: str, key: str, value: str, after: str) -> str:
    """Return the file with `value` as the last item of the list `key`, or as a new list.

    `value` is YAML on one line; a new list goes below `after`. Existing items keep every byte.
    Otherwise as `insert_key`.
    """
    matter = split_file(text, path).matter
    present = load_values(matter, path).get(key) or []
    new = load_values(f"{key}: [{value}]", path)
    values = {key: [*present, *new[key]] if isinstance(present, list) else new[key]}
    between = _line_range(matter, key)
    _, node = yaml.child_places(yaml.compose(matter)).get(key, (0, None))
    flow = getattr(node, "flow_style", False)
    if between is None:
        at = _line_after(matter, after)
        return _replace_lines(text, path, (at, at), [f"{key}:", f"  - {value}"], values)
    if flow and not present:
        return _replace_lines(text, path, between, [f"{key}:", f"  - {value}"], values)
    if flow:
        line, column = node.end_mark.line, node.end_mark.column - 1
        whole = matter.split("\n")[line]
        whole = f"{whole[:column].rstrip()}, {value}{whole[column:]}"
        return _replace_lines(text, path, (line, line + 1), [whole], values)
    item = f"{' ' * (node.start_mark.column if present else 2)}- {value}"
    at = between[1] if present else between[0] + 1
    return _replace_lines(text, path, (at, at), [item], values)


def delete_key(text: str, path: str, key: str) -> str:
    """Return the file without the top-level key `key`; no other byte changes.

    Raises SourceError.
    """
    between = _line_range(split_file(text, path).matter, key)
    return text if between is None else _replace_lines(text, path, between, [], {key: None})


def _replace_lines(
    text: str, path: str, between: tuple[int, int], new: list[str], values: dict[str, Any]
) -> str:
    """Replace the lines of front matter from the first number to the second.

    The result must read back as the old values with `values`, in which None is a removed key.
    """
    expected = {**load_values(split_file(text, path).matter, path), **values}
    start = text.find("---")
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text[start:])
    ending = lines[0][len(lines[0].rstrip("\r\n")) :]
    lines[slice(*between)] = [f"{line}{ending}" for line in new]
    result = text[:start] + "".join(lines)
    if _read_back(result, path) != {
        key: value for key, value in expected.items() if value is not None
    }:
        key, change = next(iter(values)), "added" if new else "removed"
        fix = f"write `{'` and `'.join(new)}` yourself" if new else f"remove `{key}:` yourself"
        raise SourceError(
            finding("key-missing", path, key, f"could not be {change}", line=1, fix=fix)
        )
    return result


def _read_back(text: str, path: str) -> dict[str, Any] | None:
    try:
        values = load_values(split_file(text, path).matter, path)
    except SourceError:
        return None
    return {key: value for key, value in values.items() if value is not None}


def _line_range(matter: str, key: str) -> tuple[int, int] | None:
    """Return the numbers of lines above a top-level key, and above what follows it."""
    children = yaml.child_places(yaml.compose(matter))
    return (children[key][0] - 1, _line_after(matter, key)) if key in children else None


def _line_after(matter: str, key: str) -> int:
    """Return the number of lines above a new one: to the end of `key`, else 1."""
    children = yaml.child_places(yaml.compose(matter))
    if key not in children:
        return 1
    following = sorted(line for line, _ in children.values() if line > children[key][0])
    lines = matter.split("\n")
    end = following[0] - 1 if following else len(lines)
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end
