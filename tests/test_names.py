"""The signs on the doors: what modules, classes, functions and folders may be called, and the map.

docs/house.md, "Names", says why. Each failure is one plain sentence.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.test_house import MODULES, ROOT, name, tree

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = sorted({path.parent for path in MODULES})
ACTIVITIES = {"building", "publishing", "creating", "changing", "importing", "listening",
              "safeguarding", "recording"}  # fmt: skip
# Folders with fewer than three modules, because a capability needs no more.
SMALL = {"web/home", "web/export", "web/policies", "web/gpodder", "web/nextcloud",
         "web/migrations"}  # fmt: skip
# Steps of the database have numbers, not names.
NUMBERED = "web/migrations/versions"
PRIVATE = {"place", "places", "turn", "told", "said", "found", "heard", "here", "made",
           "wanted"}  # fmt: skip
BARE = {"of", "one", "take", "put", "look", "keep", "told", "add", "begin", "found", "tell"}
# Class names that are in the house more than once, each with its reason.
TWICE = {
    "BusyError": "each names what is busy by its module, and is caught by that name",
    "DamagedError": "the same, for what is damaged",
    "FullError": "the same, for what is full",
    "Lead": "the lead who signed in, and the lead's row",
    "Session": "boto3's, and a learner's or lead's",
}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_a_noun_of_the_field(path: Path) -> None:
    words = path.stem.split("_")
    if name(path.parent) == NUMBERED:
        return
    for word in words:
        assert not word.endswith("ing") or word in ACTIVITIES, f"{name(path)} is called in -ing"
    assert not PRIVATE & {*words, path.stem}, f"{name(path)} has a private word for a name"
    assert path.stem != path.parent.name, f"{name(path)} has the name of its folder"
    standard = path.stem in sys.stdlib_module_names
    assert not standard, f"{name(path)} has the name of a standard module"


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_folder_is_no_corridor_and_no_cupboard(folder: Path) -> None:
    stems = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    most = 12 if name(folder) == "podcast" else 20
    assert len(stems) <= most, f"{name(folder)} has {len(stems)} modules; {most} are enough"
    few = name(folder) in {*SMALL, NUMBERED}
    assert few or len(stems) >= 3, f"{name(folder)} is a folder for {len(stems)} files"
    for stem in stems:
        for other in {f"{stem}s", f"{stem}e", f"{stem}r"} & stems:
            raise AssertionError(f"{name(folder)}/{stem} and {other} are one letter apart")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_public_function_is_a_verb_and_its_object(path: Path) -> None:
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef):
            assert node.name not in BARE, f"{name(path)}: {node.name}() does not say what"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_locals_are_called_after_what_they_hold(path: Path) -> None:
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]
    nodes = [node for function in functions for node in ast.walk(function)]
    held = {
        each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    held |= {each.arg for each in nodes if isinstance(each, ast.arg)}
    private = (PRIVATE - {"place", "places"}) & held  # a Place is where a date is written
    assert not private, f"{name(path)} has private words for locals: {private}"


def test_no_class_name_is_in_the_house_twice_without_a_reason() -> None:
    homes = defaultdict(list)
    for path in MODULES:
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name(path))
    for each, paths in homes.items():
        assert len(paths) == 1 or each in TWICE, f"class {each} is in {', '.join(paths)}"
    counts = Counter({each: len(paths) for each, paths in homes.items()})
    once = [each for each in TWICE if counts[each] < 2]
    assert not once, f"take {once} out of the list: only one class has this name now"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_with_a_verb_what_it_does(path: Path) -> None:
    if path.stem == "__init__" or name(path.parent) == NUMBERED:
        return
    text = (ast.get_docstring(tree(path)) or "").split("\n")[0]
    first = text.split(" ")[0]
    assert re.fullmatch(r"[A-Z][a-z]+s,?", first), f'{name(path)} begins with "{first}", no verb'


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_each_folder_is_on_the_map(folder: Path) -> None:
    text = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    assert f"`{name(folder)}/`" in text, f"docs/house.md does not name {name(folder)}/"


def test_each_path_that_documents_name_is_there() -> None:
    documents = [ROOT / each for each in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    documents += [path for path in (ROOT / "docs").rglob("*") if path.suffix in {".md", ".conf"}]
    named = re.compile(r"(?<![\w/.])((?:podcast|episodes|feed|web|tests)/[\w/]+\.(?:py|md|txt))\b")
    for path in documents:
        for each in named.findall(path.read_text(encoding="utf-8")):
            assert (ROOT / each).is_file(), f"{name(path)} names {each}, which is not there"


def test_the_rules_and_their_checks_have_the_same_names() -> None:
    rules = {path.stem for path in (ROOT / "episodes/rules").glob("*.py")}
    checks = {path.stem for path in (ROOT / "feed/checks").glob("*.py")}
    alone = {"__init__", "rule", "context", "placeholders", "address_privacy"}
    assert checks - rules <= alone, f"no rules for the checks of {checks - rules - alone}"
