"""The statements as text: the organisation's own where it has them, otherwise the one we ship."""

from __future__ import annotations

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


def unfinished(settings: Settings) -> list[Path]:
    """Return the texts in which something still asks to be edited."""
    paths = [settings.texts / f"{name}.md" for name in TITLES]
    return [path for path in paths if path.is_file() and EDIT in path.read_text(encoding="utf-8")]


def read(settings: Settings, name: str) -> Statement:
    """Return a statement. Raises EarmarkError that names the file where it cannot be shown."""
    path = settings.texts / f"{name}.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else shipped(name)
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
    return Statement(heading, notes.render(rest if first.startswith("# ") else filled, top=1))


def _contact(contact: str) -> str:
    return f"<{contact}>" if "://" in contact else f"[{contact}](mailto:{contact})"


def _plain(text: str) -> str:
    """Return text without what Markdown would read as a sign of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#&" else sign for sign in text)
