"""Reads the policy texts: the organisation's own files, otherwise those shipped with Earmark."""

from __future__ import annotations

import os
import re
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from episodes.errors import EarmarkError
from episodes.text import markdown
from episodes.text.quantities import quantity
from episodes.translations import marked
from episodes.translations import text as _

if TYPE_CHECKING:
    from pathlib import Path

    from web.settings import Settings

TITLES = {
    "privacy": marked("Privacy"),
    "keeping": marked("How long we keep things"),
    "complain": marked("Complaints"),
    "accessibility": marked("Accessibility"),
}
# What begins a passage that only the organisation can write, half-edited too: EDIT, **EDIT**: ...
BEGINS = re.compile(r"[>\s*_#|+\d.)-]{0,40}\bEDIT\b")
WITHIN = re.compile(r"\bEDIT[*_]*:")
ITEM = re.compile(r"\s*([*+-]|\d+[.)])\s|\s*[#|]")  # a line that does not go on with the one before
_TEMPLATES = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True)
_TEMPLATES.globals["quantity"] = quantity


class Statement(NamedTuple):
    """A statement as HTML below its heading."""

    heading: str
    body: str


def shipped(name: str) -> str:
    """Return the text that we ship, as the organisation finds it to edit."""
    return (resources.files("web.policies") / f"{name}.md").read_text(encoding="utf-8")


def copy(folder: Path) -> list[Path]:
    """Copy every text to where the organisation edits it; existing files stay."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in TITLES:
        path = folder / f"{name}.md"
        if not path.exists():
            path.write_text(shipped(name), encoding="utf-8")
            written.append(path)
    return written


def unfinished(settings: Settings) -> list[tuple[Path, int]]:
    """Return the texts with passages that the organisation still has to write, and their number.

    Raises EarmarkError if a text cannot be read.
    """
    paths = [settings.texts / f"{name}.md" for name in TITLES]
    counts = [(path, sum(map(_waits, _own(path).splitlines()))) for path in paths]
    return [(path, number) for path, number in counts if number]


def check(settings: Settings) -> None:
    """Raise EarmarkError that names the text which cannot be shown."""
    for name in TITLES:
        read(settings, name)


def _own(path: Path) -> str:
    """Return the organisation's text, "" if it has none. Raises EarmarkError."""
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a mark before all
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise EarmarkError(f"{path}: is not UTF-8; save it again with the encoding UTF-8") from None
    except OSError as error:
        raise EarmarkError(f"{path}: {os.strerror(error.errno or 0)}") from None


def _waits(line: str) -> bool:
    return bool(BEGINS.match(line) or WITHIN.search(line))


def without_edits(text: str) -> str:
    """Return a text without passages that wait for the organisation's words, nor empty headings.

    A passage ends with its paragraph, its item of a list, or its row of a table.
    """
    kept = [_kept(block) for block in re.split(r"\n\s*\n", text)]
    kept = [block for block in kept if block]
    filled = [
        block
        for block, after in zip(kept, [*kept[1:], "# end"], strict=True)
        if not block.startswith("##") or "\n" in block or _level(after) > _level(block)
    ]
    return "\n\n".join(filled)


def _kept(block: str) -> str:
    lines, waits = [], False
    for line in block.splitlines():
        waits = bool(BEGINS.match(line)) or (waits and not ITEM.match(line))
        if not waits and not WITHIN.search(line):
            lines.append(line)
    return "\n".join(lines)


def _level(block: str) -> int:
    """Return the level of a heading; a paragraph is below them all."""
    match = re.match("#+", block)
    return len(match[0]) if match else 9


def read(settings: Settings, name: str) -> Statement:
    """Return a statement. Raises EarmarkError with the file if it cannot be shown."""
    path = settings.texts / f"{name}.md"
    written = _own(path) or shipped(name)
    text = without_edits(written) if any(map(_waits, written.splitlines())) else written
    try:
        filled = _TEMPLATES.from_string(text).render(
            organisation=_plain(settings.organisation),
            contact=_contact(settings.contact),
            idle_minutes=settings.idle_minutes,
            backups_kept_days=settings.backups_kept_days,
            unused_years=settings.unused_years,
            journal_kept_years=settings.journal_kept_years,
        )
    except TemplateError as error:
        line = f"line {error.lineno}: " if isinstance(error, TemplateSyntaxError) else ""
        raise EarmarkError(
            f"{path}: {line}{error}; check each {{{{ and {{% in it, or delete the file to use "
            "Earmark's own text"
        ) from None
    first, rest = [*filled.lstrip().split("\n", 1), ""][:2]
    heading = first.lstrip("# ").strip() if first.startswith("# ") else TITLES[name]
    body = markdown.render(rest if first.startswith("# ") else filled, top=1)
    if text != written:
        waiting = _(
            "%(organisation)s is still writing parts of this page. Questions: %(contact)s",
            organisation=_plain(settings.organisation),
            contact=_contact(settings.contact),
        )
        body = markdown.render(waiting, top=1) + body
    return Statement(heading, _labelled(body))


def _labelled(body: str) -> str:
    """Return HTML whose cells say their column's heading, for screens too narrow for a table."""
    before, *tables = body.split("<table>")
    return before + "".join(
        f'<table role="table">{_table(*t.partition("</table>"))}' for t in tables
    )


def _table(rows: str, end: str, after: str) -> str:
    heads = [each.partition("</th>")[0] for each in re.split(r"<th\b[^<>]*>", rows)[1:]]
    return '<tr role="row">'.join(_row(each, heads) for each in rows.split("<tr>")) + end + after


def _row(row: str, heads: list[str]) -> str:
    first, *cells = row.split("<td>")
    names = iter(f'<td role="cell" data-label="{name}">' for name in heads)
    return first + "".join(f"{next(names, '<td>')}{cell}" for cell in cells)


def _contact(contact: str) -> str:
    return f"<{contact}>" if "://" in contact else f"[{contact}](mailto:{contact})"


def _plain(text: str) -> str:
    """Return text without what Markdown would read as a sign of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#&" else sign for sign in text)
