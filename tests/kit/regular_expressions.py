"""Finds every regular expression of the house in its source, and texts that make one slow."""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
from itertools import chain, product
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.kit.shows import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PACKAGES = ("episodes", "feed", "podcast", "web")
SHORT, LONG = 20_000, 100_000  # letters
SUSPECT, STUCK = 0.004, 0.2  # seconds on the short text; a pattern that needs less time is fine
SLOW, GROWTH = 0.05, 12  # seconds on the long text, and how often the time of the short one
_METHODS = ("match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_USE = re.compile(rf"\b[A-Z_]+\.(?:{'|'.join(_METHODS)})\b")  # of a pattern of another module
_LETTERS = "aA0 \n\t\"'<>&;:.,@[](){}-_=/\\#*`~!?|+%^$é\u2028"


Text = tuple[str, str, str]  # what to begin with, what to repeat, what to end with


class Used(NamedTuple):
    """A pattern, the file that has it, and the methods it is used with there."""

    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def every() -> list[Used]:
    """Return every pattern of the packages."""
    texts = {path: path.read_text("utf-8") for path in _files()}
    nodes = {
        path: list(ast.walk(ast.parse(text))) for path, text in texts.items()
        if "import re" in text or _USE.search(text)
    }  # fmt: skip
    methods = _methods(chain.from_iterable(nodes.values()))
    found = [
        each for path, inner in nodes.items() if "import re" in texts[path]
        for each in _of(path, inner, methods)
    ]  # fmt: skip
    return list({(each.pattern, each.methods): each for each in found}.values())


def _files() -> list[Path]:
    return [path for each in PACKAGES for path in sorted((ROOT / each).rglob("*.py"))]


def _methods(nodes: Iterable[ast.AST]) -> dict[str, set[str]]:
    """Return how each name is used, like `_TAG.sub(…)`, `lines.TAG.sub`, `map(_TAG.sub, …)`."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            found.setdefault(_name(node.value), set()).add(node.attr)
    return found


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _of(path: Path, nodes: list[ast.AST], methods: dict[str, set[str]]) -> Iterator[Used]:
    where = path.relative_to(ROOT).as_posix()
    if "migrations" in where:
        return
    module = importlib.import_module(where.removesuffix(".py").replace("/", "."))
    own, seen = _methods(nodes), set[re.Pattern[Any]]()
    for name, value in vars(module).items():
        for pattern in _compiled(value):
            used = (own if name.startswith("_") else methods).get(name)
            seen.add(pattern)
            yield Used(where, pattern, frozenset(used or {"search", "fullmatch"}))
    for node in nodes:
        if isinstance(node, ast.Call) and _is_of_re(node.func):
            yield from _called(where, node, vars(module), seen)


def _is_of_re(call: ast.expr) -> bool:
    """Return whether a call begins with `re.`, like that of `re.compile(…).search`."""
    while isinstance(call, ast.Attribute | ast.Call):
        call = call.value if isinstance(call, ast.Attribute) else call.func
    return isinstance(call, ast.Name) and call.id == "re"


def _compiled(value: Any) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns in a value of a module: itself, in a list or in a table."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _compiled([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _compiled(each)


def _called(
    where: str, node: ast.Call, known: dict[str, Any], seen: set[re.Pattern[Any]]
) -> Iterator[Used]:
    """Yield the pattern of `re.sub(…)`; names that only a function knows stand for a letter."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name not in {*_METHODS, "compile"}:
        return
    flags = [each for each in (*node.args[1:], *(one.value for one in node.keywords))
             if "re." in ast.unparse(each)]  # fmt: skip
    said = eval(ast.unparse(node.args[0]), _Known(known))  # noqa: S307 - our own source
    given = eval(ast.unparse(flags[0]), _Known(known)) if flags else 0  # noqa: S307 - the same
    pattern = re.compile(said, given)
    methods = {"search", "fullmatch"} if name == "compile" else {name}
    if name != "compile" or pattern not in seen:
        yield Used(f"{where}:{node.lineno}", pattern, frozenset(methods))


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        if hasattr(__builtins__, name) or name in dir(__import__("builtins")):
            raise KeyError(name)
        return "a"


def slow(used: Used) -> str:
    """Return the beginning of a text on which a pattern takes long; "" where there is none."""
    return _slow(used, _texts(used.pattern))


def slow_on_equal_letters(used: Used) -> str:
    """Return the same, of texts that repeat one letter or one word of the pattern."""
    again = [*_LETTERS, *_parts(used.pattern)]
    return _slow(used, (("", each, "\0!") for each in dict.fromkeys(again)))


def _slow(used: Used, texts: Iterable[Text]) -> str:
    for method, (begin, again, end) in product(sorted(used.methods), texts):
        short, long = (begin + again * (size // len(again)) + end for size in (SHORT, LONG))
        if (taken := _seconds(used.pattern, method, short)) < SUSPECT:
            continue
        first = taken if taken > STUCK * 5 else _least(used.pattern, method, short)
        if first > STUCK or (first > SUSPECT / 4 and _grows(used.pattern, method, long, first)):
            return f"{used.where}: {used.pattern.pattern!r:.60}: {method} {begin + again * 3!r}"
    return ""


def _grows(pattern: re.Pattern[Any], method: str, text: str, first: float) -> bool:
    return all(_seconds(pattern, method, text) > max(SLOW, GROWTH * first) for _ in range(3))


def _least(pattern: re.Pattern[Any], method: str, text: str) -> float:
    """Return the least of several times: a busy computer makes none of them shorter."""
    return min(_seconds(pattern, method, text) for _ in range(3))


def _seconds(pattern: re.Pattern[Any], method: str, text: str) -> float:
    said: Any = text.encode("utf-8") if isinstance(pattern.pattern, bytes) else text
    began = time.thread_time()
    if method in {"match", "search", "fullmatch"}:
        getattr(pattern, method)(said)
    else:
        for _ in pattern.finditer(said):
            pass
    return time.thread_time() - began


def _texts(pattern: re.Pattern[Any]) -> Iterator[Text]:
    """Yield what to begin with, what to repeat, and what to end with."""
    parts = _parts(pattern)
    prefixes = ["", *parts[:12], "".join(parts[:2]), "".join(parts[:3])]
    again = list(dict.fromkeys([*_LETTERS, *parts]))
    pairs = [one + other for one, other in product(parts[:12], parts[:12]) if one != other]
    pairs += [one + other for one, other in product(parts[:8], "a0 \n\"'<;.")]
    rows = [*product(dict.fromkeys(prefixes), again), *(("", each) for each in pairs)]
    yield from ((begin, each, "\0!") for begin, each in dict.fromkeys(rows))


def _parts(pattern: re.Pattern[Any]) -> list[str]:
    """Return the words that a pattern looks for, and a letter of each of its sets."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    found: list[str] = []
    _walk(tree, found)
    return list(dict.fromkeys(filter(None, found)))


_CATEGORIES = {
    codes.CATEGORY_DIGIT: "0", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a", codes.CATEGORY_NOT_SPACE: "a", codes.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


def _walk(tree: Any, found: list[str]) -> None:
    run = ""
    for code, given in tree:
        if code is codes.LITERAL:
            run += chr(given)
            continue
        found.append(run)
        run = ""
        if code is codes.IN:
            found.extend(_in(given))
        else:
            for each in _inner(given):
                _walk(each, found)
    found.append(run)


def _inner(given: Any) -> Iterator[Any]:
    if isinstance(given, parser.SubPattern):
        yield given
    elif isinstance(given, list | tuple):
        for each in given:
            yield from _inner(each)


def _in(given: Any) -> list[str]:
    found = []
    for code, each in given:
        if code is codes.LITERAL:
            found.append(chr(each))
        elif code is codes.RANGE:
            found.append(chr(each[0]))
        elif code is codes.CATEGORY:
            found.append(_CATEGORIES.get(each, "a"))
    return found[:4]
