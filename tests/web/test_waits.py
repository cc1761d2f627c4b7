"""No thread of the companion waits without a limit: each call that can wait names one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "web").rglob("*.py"))
# How many arguments each needs, so that a limit is among them.
NEEDS = {"wait": 1, "wait_for": 2, "join": 1, "get": 1, "result": 1, "communicate": 1,
         "acquire": 2, "connect": 1, "create_connection": 2, "urlopen": 3}  # fmt: skip
LIMITS = {"timeout", "blocking"}
FOR_EVER = "TIMEOUT_MAX"  # 292 years are no limit
SLOW = {"reading", "writing", "sleep", "request", "derive", "verify", "hash", "wait"}


def unlimited(source: str) -> list[str]:
    """Return the calls and blocks of a module that may wait for ever."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = {each.arg for each in node.keywords}
            needs = NEEDS.get(node.func.attr, 0)
            if node.func.attr == "connect" and ast.unparse(node.func) != "sqlite3.connect":
                needs = 0  # of an engine: its pool has the limit
            has_none = len(node.args) < needs and not named & LIMITS and None not in named
            if has_none or FOR_EVER in ast.unparse(node):
                found.append(ast.unparse(node))
        if isinstance(node, ast.With):
            found += [each for item in node.items if (each := _block(node, item))]
    return found


def _block(node: ast.With, item: ast.withitem) -> str:
    """Return a block that holds a lock or a semaphore for longer than it takes to look."""
    held = ast.unparse(item.context_expr)
    if "gate" in held or "semaphore" in held.lower():
        return held
    if not held.endswith(("_lock", "_changed")):
        return ""
    inside = {
        each.func.attr
        for each in ast.walk(ast.Module(node.body, []))
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
    }
    waits = inside & SLOW - ({"wait"} if held.endswith("_changed") else set())
    return f"with {held}: {', '.join(sorted(waits))}" if waits else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_waits_without_a_limit(path: Path) -> None:
    assert unlimited(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["lock.acquire()", "event.wait()", "thread.join()", "queue.get()", "future.result()",
     "changed.wait_for(lambda: True)", "queue.get(timeout=threading.TIMEOUT_MAX)",
     "sqlite3.connect()", "with _gate:\n    pass",
     "with self._lock:\n    time.sleep(1)", "with self._lock:\n    database.writing()"],
)  # fmt: skip
def test_each_way_to_wait_for_ever_is_seen(source: str) -> None:
    assert unlimited(source)


@pytest.mark.parametrize(
    "source",
    ["lock.acquire(timeout=1)", "event.wait(1)", "thread.join(2)", "', '.join(names)",
     "found.get('x')", "with self._changed:\n    self._changed.wait(rest)"],
)  # fmt: skip
def test_a_wait_with_a_limit_is_none(source: str) -> None:
    assert unlimited(source) == []
