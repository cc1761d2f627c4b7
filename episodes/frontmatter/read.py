"""Reads front matter: the YAML 1.2 between `---` lines at the head of a Markdown file.

It opens no files. Values are parsed without their lines; the slower tree of nodes is built only if
a line is needed.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError

from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.frontmatter import scalar_types, value_errors, yaml, yaml_errors
from episodes.frontmatter.value_types import CONTROL, Facts
from episodes.rules import finding
from episodes.text import charset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.frontmatter.value_errors import Location

F = TypeVar("F", bound=Facts)

_LINES = "\x85\u2028\u2029"  # line breaks for libyaml
_UNSEEN = re.compile(f"{CONTROL.pattern[:-1]}{_LINES}]")
_DASHES = re.compile(r"\s*[-‐‑‒–—―−]+\s*")  # three hyphens as some editors change them
_OPENED = ("could not find expected", "unexpected end of stream", "expected ',' or")
FAR = 10  # first lines in which misplaced front matter is searched for
_BOMB = "front matter is too large, too deep, or repeats itself (& and *)"


class MarkdownParts(NamedTuple):
    """A Markdown file in two parts; `body_line` is the line on which the body begins."""

    matter: str
    body: str
    body_line: int
    findings: list[Finding]


def split_file(text: str, path: str) -> MarkdownParts:
    """Split a file into front matter and body, without control characters.

    Raises SourceError if the front matter is missing or not closed.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise SourceError(_no_matter(lines, path))
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in {"---", "..."}:
            matter = "\n".join(["", *lines[1:number], ""])  # keeps line numbers
            _refuse_unseen(matter, path)
            body, findings = _strip_control("\n".join(lines[number + 1 :]), path, number + 2)
            return MarkdownParts(matter, body, number + 2, findings)
    raise SourceError(_never_closed(lines, path))


def _no_matter(lines: list[str], path: str) -> Finding:
    """Return the finding about a file that does not begin with `---`."""
    first, seen, fix = lines[0], "has no front matter", ""
    begins = [line.rstrip() for line in lines[:FAR]]
    if hidden := yaml_errors.INVISIBLE.search(first[: first.find("-") + 1]):
        seen, fix = (
            yaml_errors.describe_invisible(hidden[0]),
            "delete it, so that the file begins with ---",
        )
    elif _DASHES.fullmatch(first):
        seen, fix = f'begins with "{first.strip()}"', "type three hyphens: ---"
    elif "---" in begins and all(line in {"", "```", "```yaml", "```yml"} for line in
                                 begins[: begins.index("---")]):  # fmt: skip
        seen, fix = "has something above its first ---", "delete everything above it"
    return finding("matter-missing", path, "", seen, line=1, fix=fix)


def _never_closed(lines: list[str], path: str) -> Finding:
    """Return the finding about front matter without an end."""
    for number, line in enumerate(lines[1:], 2):
        if _DASHES.fullmatch(line) or line.strip() == "---":
            seen = (
                f'has "{line.strip()}" where the front matter ends'
                if line.strip() != "---"
                else ("has spaces before the --- that ends the front matter")
            )
            fix = "type three hyphens at the start of the line: ---"
            return finding("matter-missing", path, "", seen, line=number, fix=fix)
    fix = "write --- on a line of its own below the last key"
    return finding("matter-missing", path, "", "front matter is never closed", line=1, fix=fix)


def _refuse_unseen(matter: str, path: str) -> None:
    """Raise SourceError if front matter has characters that YAML or a feed cannot carry."""
    unseen = [
        finding(
            "matter-character",
            path,
            "",
            f"has a {'line separator' if each[0] in _LINES else 'control character'} "
            f"(U+{ord(each[0]):04X}), which you cannot see",
            line=matter.count("\n", 0, each.start()) + 1,
        )
        for each in islice(_UNSEEN.finditer(matter), 5)
    ]
    if unseen:
        raise SourceError(*unseen)


def _strip_control(body: str, path: str, first: int) -> tuple[str, list[Finding]]:
    findings = [
        finding(
            "control-character",
            path,
            "",
            f"has a control character (U+{ord(each[0]):04X}) that a feed cannot carry",
            line=body.count("\n", 0, each.start()) + first,
        )
        for each in islice(CONTROL.finditer(body), 5)
    ]
    body = body.replace("\x85", " ")  # a line break that HTML does not have
    return (charset.without_control(body) if findings else body), findings


def load_values(matter: str, path: str) -> dict[str, Any]:
    """Parse YAML into plain values. Raises SourceError with the line of the fault."""
    try:
        values = yaml.load(matter)
    except yaml.TooManyValuesError:
        raise SourceError(finding("matter-large", path, "", _BOMB, line=1)) from None
    except yaml.MarkedYAMLError as error:
        raise SourceError(_broken(error, matter, path)) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        text = " ".join(str(error).split())[:120] or "nested too deeply"
        raise SourceError(
            finding("matter-yaml", path, "", f"is not YAML: {text}", line=1)
        ) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SourceError(
            finding("matter-missing", path, "", "front matter must be `key: value` lines", line=1)
        )
    return values


def _broken(error: yaml.MarkedYAMLError, matter: str, path: str) -> Finding:
    problem = error.problem or "cannot be read"
    problem_at, above = error.problem_mark, error.context_mark
    opened = any(start in problem for start in _OPENED)
    mark = above if opened and above else problem_at or above
    lines = matter.split("\n")
    line = yaml_errors.line_of_cause(problem, lines, mark.line if mark else 0)
    if twice := re.search(r'duplicate key "([^"]*)"', problem):
        return finding("matter-twice", path, twice[1], "is written twice", line=line + 1)
    seen, fix = yaml_errors.explain_problem(problem, lines[line] if line < len(lines) else "")
    return finding("matter-yaml", path, "", seen, line=line + 1, fix=fix)


def parse_facts(kind: type[F], parts: MarkdownParts, path: str) -> F:
    """Parse front matter as `kind`. Raises SourceError with every finding and its line."""
    wrong: scalar_types.Wrong = {}
    values = scalar_types.fit_scalars(kind, load_values(parts.matter, path), wrong)
    try:
        facts = kind.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            location = tuple(part for part in detail["loc"] if part != "[key]")
            if not any(location[: len(each)] == each for each in list(wrong)):
                wrong[location] = value_errors.explain_value(kind, location, detail)
    if not wrong:
        return facts
    tree = yaml.compose(parts.matter)
    findings = (_finding(location, problem, tree, path) for location, problem in wrong.items())
    raise SourceError(*dict.fromkeys(findings))


def lines_of(matter: str, locations: Iterable[Location]) -> list[int]:
    """Return the line of each key, or of its nearest parent."""
    listed = list(locations)
    named = any(str(location[0]) in matter for location in listed)  # a missing key has no line
    tree = yaml.compose(matter) if named else None
    return [_line(tree, location) for location in listed]


def _line(tree: Any, location: Location) -> int:
    line = 1
    for step in location:
        children = yaml.child_places(tree)
        if str(step) not in children:
            break
        line, tree = children[str(step)]
    return line


def _finding(location: Location, problem: value_errors.Wording, tree: Any, path: str) -> Finding:
    key = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in location).lstrip(".")
    rule, seen, fix = problem
    return finding(rule, path, key, seen, line=_line(tree, location), fix=fix)
