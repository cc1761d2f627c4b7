"""Collects the sentences that people read in episodes/locale/earmark.pot, for translators.

`make words` writes it, brings every catalogue (.po) up to date and compiles it (.mo). With --check
nothing is written, and what is stale is named.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, extract, mofile, pofile
from babel.plural import to_gettext

from web.reflections import question_sets

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "episodes" / "locale"
TEMPLATE = LOCALES / "earmark.pot"
PACKAGES = ("podcast", "episodes", "feed", "web")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
JINJA = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false",
         "trim_blocks": "true", "lstrip_blocks": "true"}  # fmt: skip
UNSTABLE = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Project-Id-Version",
            "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team")  # fmt: skip
HEADER = "# Earmark's sentences. `make words` writes this; see docs/house.md."


def gather() -> Catalog:
    """Return every sentence of the code, the templates and the question sets, file by file."""
    found = Catalog(header_comment=HEADER, fuzzy=False)
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*"))]
    for path in paths:
        if method := METHODS.get(path.suffix):
            _add(found, path, method)
    for each in question_sets.known().values():
        for message in (each.title, each.about, *each.questions):
            found.add(message, None, [(f"web/reflections/models/{each.id}.yaml", 0)])
    return found


def _add(found: Catalog, path: Path, method: str) -> None:
    place = (path.relative_to(ROOT).as_posix(), 0)
    with path.open("rb") as file:
        rows = list(extract.extract(method, file, KEYWORDS, ("For translators:",), JINJA))
    for _line, message, comments, context in rows:
        found.add(message, None, [place], auto_comments=comments, context=context)


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file, without line numbers, dates and versions."""
    file = io.BytesIO()
    pofile.write_po(file, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    lines = file.getvalue().splitlines(keepends=True)
    unstable = tuple(f'"{name}'.encode() for name in UNSTABLE)
    return b"".join(line for line in lines if not line.startswith(unstable))


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue in gettext's binary format."""
    file = io.BytesIO()
    mofile.write_mo(file, catalogue)
    return file.getvalue()


def updated(path: Path, template: Catalog) -> Catalog:
    """Return a language's catalogue with the current sentences and CLDR's plural forms."""
    code = path.parent.parent.name
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=code)
    catalogue.update(template, no_fuzzy_matching=True)
    # Babel's own table is not always that of CLDR; `e` is an exponent, which whole numbers lack.
    forms = re.sub(r"\be\b", "0", to_gettext(Locale.parse(code).plural_form))
    catalogue.mime_headers = [("Plural-Forms", forms)]
    return catalogue


def files() -> dict[Path, bytes]:
    """Return every file of the catalogues with its expected content."""
    template = gather()
    made = {TEMPLATE: written(template)}
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/earmark.po")):
        catalogue = updated(path, template)
        made |= {path: written(catalogue), path.with_suffix(".mo"): compiled(catalogue)}
    return made


def main(*, check: bool) -> None:
    """Write the files that are out of date, or name them."""
    made = files()
    stale = [path for path, data in made.items() if not path.is_file() or path.read_bytes() != data]
    if check and stale:
        names = ", ".join(path.relative_to(ROOT).as_posix() for path in stale)
        sys.exit(f"{names}: not up to date; run `make words` and commit what it writes")
    for path in () if check else stale:
        path.write_bytes(made[path])
        print(path.relative_to(ROOT).as_posix())


if __name__ == "__main__":
    main(check="--check" in sys.argv[1:])
