"""No sentence that people read has the name of a class of Python's in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path for name in ("episodes", "feed", "podcast", "web") for path in (ROOT / name).rglob("*.py")
)
# What goes into the log of the server, where a programmer looks for it.
OF_LOGS = {("web/forms/form_replay.py", "where"), ("web/database/refusals.py", "reason")}
CAUGHT = {"error", "exception", "cause", "fault"}


def named(source: str) -> list[tuple[int, str]]:
    """Return the line and the function of each class name of an error that is no part of a log."""
    tree = ast.parse(source)
    logged = {
        id(inner)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith(("log.", "logging."))
        for inner in ast.walk(call)
    }
    owner = {
        id(inner): function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for inner in ast.walk(function)
    }
    return [
        (getattr(node, "lineno", 0), owner.get(id(node), ""))
        for node in ast.walk(tree)
        if id(node) not in logged and _is_name_of_error(node)
    ]


def _is_name_of_error(node: ast.AST) -> bool:
    if isinstance(node, ast.FormattedValue):  # {error!r} writes KeyError('x')
        return node.conversion == ord("r") and ast.unparse(node.value) in CAUGHT
    if isinstance(node, ast.Call):
        return ast.unparse(node) in {f"repr({name})" for name in CAUGHT}
    if not isinstance(node, ast.Attribute) or node.attr not in {"__name__", "__qualname__"}:
        return False
    return ast.unparse(node.value) in {
        text for name in CAUGHT for text in (f"type({name})", f"{name}.__class__")
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_message_names_a_class_of_errors(path: Path) -> None:
    where = path.relative_to(ROOT).as_posix()
    found = named(path.read_text(encoding="utf-8"))
    assert [line for line, function in found if (where, function) not in OF_LOGS] == []


@pytest.mark.parametrize(
    "source",
    ['f"no answer ({type(error).__name__})"', "text or type(error).__name__", 'f"{error!r}"',
     "str(error.__class__.__name__)", "repr(error)"],
)  # fmt: skip
def test_each_way_to_name_one_is_seen(source: str) -> None:
    assert named(source)


def test_the_log_may_name_it() -> None:
    assert named('log.error("x %s", type(error).__name__)') == []
