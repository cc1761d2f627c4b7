"""A language that nobody speaks: every sentence in brackets and 40 % longer, made from the .pot.

What a page shows outside ⟦ ⟧ is a word that nobody can translate, or content; the shows of these
tests have their content in « ».
"""

from __future__ import annotations

import re
import runpy
from contextlib import contextmanager
from typing import TYPE_CHECKING

from episodes import translations
from tests.kit.shows import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

LANGUAGE = "tlh"  # Klingon: in ISO 639, and unknown to Babel, so that days stay as they are
_KEPT = re.compile(r"(<[^>]*>|%\(\w+\)s|%%|&\w+;)")
_MONTH = rf"(?:{'|'.join(translations.MONTHS)})\s\d{{4}}"
_CODE = "[A-Z]{4}-[A-Z]{4}"
_WORD = r"\b\d[0-9a-f]{8}\b"  # of a learner of `gathering`
_PLAIN = re.compile(rf"{_WORD}|(?:\d+\s)?{_MONTH}|{_CODE}|https?://\S+|\S+@\S+|\d[\d.,:×]*")

# Text outside all brackets, and what the page says to those who do not see it.
OUTSIDE = """(leftOut) => {
  const found = [], open = "⟦«", close = "⟧»";
  const look = (text, where) => {
    let run = "";
    for (const sign of text) {
      if (open.includes(sign)) where.depth++;
      else if (close.includes(sign)) where.depth--;
      else if (where.depth <= 0) run += sign;
      if (where.depth > 0 && run) { found.push(run); run = ""; }
    }
    if (run) found.push(run);
  };
  const page = { depth: 0 };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest(leftOut)) continue;
    look(walker.currentNode.data, page);
  }
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest(leftOut)) continue;
    for (const name of ["aria-label", "alt", "title", "placeholder", "data-copied", "data-refused"])
      if (element.hasAttribute(name)) look(element.getAttribute(name), { depth: 0 });
  }
  look(document.title, { depth: 0 });
  return found;
}"""
# What is wider than its place, and cut there.
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const style = getComputedStyle(e);
  return e.checkVisibility() && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1
    && style.overflowX !== "visible" && style.overflowX !== "auto" && e.localName !== "input";
}).map((e) => e.outerHTML.slice(0, 120))"""


def longer(message: str) -> str:
    """Return a sentence in brackets, 40 % longer; its HTML and the names of its values are kept."""
    words = sum(len(part) for part in _KEPT.split(message)[::2])
    more = " ".join("longer" for _ in range(-(-words * 2 // 5 // 7)))
    return f"⟦{message} {more}⟧".replace(" ⟧", "⟧")


@contextmanager
def spoken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this process have the catalogue of that language."""
    words = runpy.run_path(str(ROOT / ".ci" / "words.py"))
    catalogue = words["gather"]()
    for message in catalogue:
        if message.id:
            many = isinstance(message.id, tuple)
            message.string = tuple(map(longer, message.id)) if many else longer(message.id)
    file = folder / LANGUAGE / "LC_MESSAGES" / "earmark.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(words["compiled"](catalogue))
    with monkeypatch.context() as patched:
        patched.setattr(translations, "FOLDER", folder)
        translations.find.cache_clear()
        yield
    translations.find.cache_clear()


def untranslated(runs: list[str], allowed: frozenset[str] = frozenset()) -> set[str]:
    """Return the words among what stands outside all brackets: no days, numbers and addresses."""
    found = (" ".join(_PLAIN.sub(" ", run).split()).strip(" ,;:.–·×←→()+/-“”‘’") for run in runs)
    return {each for each in found if re.search(r"[^\W\d_]{2}", each)} - allowed
