"""Scripts, styles and templates use nothing that a browser of eight years ago cannot read.

A word of a later language ends a whole script before its first line, and a function that is missing
ends it where it is called. The baseline: the language of 2019 (Safari 12, Chrome 70, Firefox 63).
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGE = 2019
SCRIPTS = sorted(shows.ROOT.glob("*/static/*.js"))
STYLES = sorted(shows.ROOT.glob("*/static/*.css"))
TEMPLATES = sorted(
    [*shows.ROOT.glob("web/templates/**/*.html"), *shows.ROOT.glob("feed/templates/**/*.html")]
)
# What is no word of the language of 2019.
LATER_WORDS = (
    r"\?\.(?!\d)", r"\?\?", r"\|\|=", r"&&=", r"\b\d+_\d", r"\bimport\s*[({.*]", r"\bstatic\s*\{",
    r"[\s.]#[a-z]\w*\s*[=(;]", r"\d+n\b",
)  # fmt: skip
# What came into browsers later, or not into all of them. `submitter` is asked for in one place.
LATER_FEATURES = (
    "AbortController", "AbortSignal", "requestSubmit", "structuredClone", "queueMicrotask",
    "BroadcastChannel", "ResizeObserver", "IntersectionObserver", "globalThis", "localStorage",
    "sessionStorage", "indexedDB", "randomUUID", "crypto.", "navigator.locks", "wakeLock",
    "Promise.any", "allSettled", "withResolvers", "Object.hasOwn", "fromEntries", "groupBy",
    "Array.fromAsync", ".at(", ".replaceAll(", ".matchAll(", ".flat(", ".flatMap(", ".findLast",
    ".toSorted(", ".toReversed(", ".toSpliced(", ".with(", ".replaceChildren(", ".showModal(",
    ".showPopover(", ".checkVisibility(", ".inert", ".trimEnd(", ".trimStart(", "Intl.",
    "CSS.", ".animate(", ".finally(", "WeakRef", "URL.canParse", "scheduler.", "navigation.",
    "startViewTransition", "toggleAttribute", "getAnimations", "Symbol.dispose", "BigInt",
)  # fmt: skip
# Taken where it is there; `test_missing_functions.py` tries a browser without it.
GUARDED = {"exits.js": {"BroadcastChannel"}}
# A rule with a selector that a browser does not know is left out as a whole.
LATER_STYLES = (
    r":has\(", r":is\(", r":where\(", r":not\([^)]*,", r"color-mix\(", r"oklch\(", r"oklab\(",
    r"light-dark\(", r"@layer", r"@container", r"@scope", r"@starting-style", r"\b\d+[dsl]v[hw]\b",
    r"^\s*&", r"\binset\s*:", r"@media[^{]*[<>]=?", r":popover-open",
    r":modal", r":user-invalid",
)  # fmt: skip
LATER_MARKUP = (r"<dialog\b", r"\spopover\b", r"\sinert\b", r"until-found", r"<search\b",
                r"\scommandfor\b", r'type="module"')  # fmt: skip


def code(path: Path) -> str:
    """Return a script without its remarks and texts."""
    text = path.read_text(encoding="utf-8")
    parts = r'(//[^\n]*|/\*.*?\*/)|("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')'
    return re.sub(parts, lambda found: " " if found[1] else '""', text, flags=re.DOTALL)


def later(text: str) -> list[str]:
    """Return what in a script a browser of the baseline does not know."""
    words = [each for each in LATER_WORDS if re.search(each, text)]
    return words + [each for each in LATER_FEATURES if each in text]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_script_uses_nothing_that_came_later(path: Path) -> None:
    assert {*later(code(path))} == GUARDED.get(path.name, set())


def test_what_came_later_is_seen() -> None:
    for line in ("a?.b", "a ?? b", "a ||= b", "AbortSignal.timeout(1)", "x.at(-1)", "1_000",
                 "form.requestSubmit(b)", 'text.replaceAll("a", "b")', "list.flat()"):  # fmt: skip
        assert later(line), line
    assert later("a ? .5 : b || c && d") == []


def test_the_button_that_was_pressed_is_asked_for_in_one_place() -> None:
    asked = [path.name for path in SCRIPTS if ".submitter" in code(path)]
    assert asked == ["exits.js"]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_style_hides_nothing_where_a_feature_is_missing(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [each for each in LATER_STYLES if re.search(each, text, re.MULTILINE)] == []
    # A list with a selector that is not known is left out as a whole.
    selectors = [found.strip() for found in re.findall(r"([^{};]+)\{", text)]
    lists = [each for each in selectors if ":focus-visible" in each and "," in each]
    assert [each for each in lists if not each.startswith("@")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_page_needs_no_element_that_came_later(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [each for each in LATER_MARKUP if re.search(each, text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_script_is_of_the_language_of_the_baseline(path: Path) -> None:
    shows.npm("acorn")
    program = (
        "const text = require('fs').readFileSync(process.argv[1], 'utf8');"
        "require('acorn').parse(text, { ecmaVersion: %d });"
    )
    done = subprocess.run(
        [shows.program("node"), "-e", program % LANGUAGE, str(path)],
        check=False, capture_output=True, text=True, cwd=shows.ROOT / "tests", timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
