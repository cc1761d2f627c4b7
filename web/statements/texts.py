"""The statements as text: the organisation's own where it has them, otherwise the one we ship."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from episodes import notes
from episodes.findings import EarmarkError
from episodes.quantities import quantity

if TYPE_CHECKING:
    from pathlib import Path

    from web.settings import Settings

TITLES = {
    "privacy": "Privacy",
    "keeping": "How long",
    "complain": "Complain",
    "accessibility": "Accessibility",
}
EDIT = "EDIT:"  # begins a passage that only the organisation can write
_TEMPLATES = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True)
_TEMPLATES.globals["quantity"] = quantity


class Statement(NamedTuple):
    """A statement as HTML below its heading."""

    heading: str
    body: str


def shipped(name: str) -> str:
    """Return the text that we ship, as the organisation finds it to edit."""
    return (resources.files("web.statements") / f"{name}.md").read_text(encoding="utf-8")


def copy(folder: Path) -> list[Path]:
    """Put every text where the organisation edits it; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in TITLES:
        path = folder / f"{name}.md"
        if not path.exists():
            path.write_text(shipped(name), encoding="utf-8")
            made.append(path)
    return made


def unfinished(settings: Settings) -> list[tuple[Path, int]]:
    """Return the texts with passages that wait for the organisation's words, and how many."""
    paths = [settings.texts / f"{name}.md" for name in TITLES]
    found = [
        (path, path.read_text(encoding="utf-8").count(EDIT)) for path in paths if path.is_file()
    ]
    return [(path, number) for path, number in found if number]


def without_edits(text: str) -> str:
    """Return a text without passages that wait for the organisation's words, nor empty headings."""
    blocks = re.split(r"\n\s*\n", text)
    kept = [block for block in blocks if not re.match(r"[>\s*_#-]*EDIT\b", block)]
    kept = ["\n".join(line for line in block.splitlines() if EDIT not in line) for block in kept]
    filled = [
        block
        for block, after in zip(kept, [*kept[1:], "# end"], strict=True)
        if not block.startswith("##") or "\n" in block or _level(after) > _level(block)
    ]
    return "\n\n".join(filled)


def _level(block: str) -> int:
    """Return the level of a heading; a paragraph is below them all."""
    match = re.match("#+", block)
    return len(match[0]) if match else 9


def read(settings: Settings, name: str) -> Statement:
    """Return a statement. Raises EarmarkError that names the file where it cannot be shown."""
    path = settings.texts / f"{name}.md"
    written = path.read_text(encoding="utf-8") if path.is_file() else shipped(name)
    text = without_edits(written) if EDIT in written else written
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
        raise EarmarkError(f"{path}: {error}") from None
    first, _, rest = filled.lstrip().partition("\n")
    heading = first.lstrip("# ").strip() if first.startswith("# ") else TITLES[name]
    body = notes.render(rest if first.startswith("# ") else filled, top=1)
    if text != written:
        waiting = f"{_plain(settings.organisation)} is still writing parts of this page. "
        body = notes.render(f"{waiting}Questions: {_contact(settings.contact)}", top=1) + body
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
