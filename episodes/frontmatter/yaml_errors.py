"""Explains a line that YAML cannot parse, to people who have never heard of YAML."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

_PAIR = re.compile(r"(\s*(?:- )?[\w-]+):\s+(\S.*)")
_ITEM = re.compile(r"(\s*)-\s+(\S.*)")
_SIGNS = "@%`&*!|>?-]},#"  # with a meaning in YAML at the start of a value
_INSIDE = "?:#[{\"'"  # with a meaning in YAML within [ ] and { }
INVISIBLE = re.compile(
    "[\xa0\xad\u034f\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff]"
)
_NO_COLON = (
    "has no colon with a space after it",
    "write `key: value`, or indent it more than the line above if that one continues here",
)
_LINE = re.compile(r"[ \t]*(?:#|- |-$|[^\s:#][^:]*:(?:[ \t]|$))")
_STRUCTURE = re.compile(r"[ \t-]*(?:\w[\w-]*:?[ \t]*)?", re.ASCII)  # up to where a value begins
_STAR = re.compile(r"\s*\*\s")
_OPENS = re.compile(r"( *)(?:- +[\w-]+: +|- +|[\w-]+: +)([\"'])")
_SHORTENED = re.compile(r"'(?:tis|twas|til|cause|em|bout|n|round|\d)\b", re.IGNORECASE)
_FIX = "put all of it in quotes"
_LIST = "start a list on the next line, with every item indented the same"
_HINTS = {
    "remark without a space": (
        "has a # straight after a quote or a bracket",
        "put all of it in quotes, or put a space before a comment",
    ),
    "escape": (
        "has a backslash in double quotes, which starts a code",
        "write / instead, or use single quotes",
    ),
    "hexdecimal": (
        "has a backslash in double quotes, which starts a code",
        "write / instead, or use single quotes",
    ),
    "could not find expected ':'": _NO_COLON,
    "found character that cannot start": (
        "begins with a character that has a special meaning here",
        "put text that begins with @, % or ` in quotes",
    ),
    "found unexpected end of stream": (
        "has a quote or bracket that is never closed",
        "close it",
    ),
    "block sequence entries are not allowed": ("has a `- ` where a list cannot start", _LIST),
    "mapping keys are not allowed": ('begins with "? ", which has a special meaning in YAML', _FIX),
    "did not find expected <document": (
        "has text after its end",
        "put the whole value in quotes",
    ),
    "expected alphabetic or numeric": (
        "begins with a character that has a special meaning here",
        "put text that begins with * or & in quotes",
    ),
    "mapping values are not allowed": (
        "has one colon too many, or is indented too far",
        "indent it like the lines around it, or put text that runs over several lines in quotes",
    ),
    "did not find expected": (
        "does not fit the lines around it",
        "check the quotes, the brackets and the indent of each line",
    ),
    "found unexpected ':'": (
        "has one colon too many",
        'put times and other text with ":" in it in quotes',
    ),
    "found undefined alias": (
        "begins with a character that has a special meaning here",
        "put text that begins with * in quotes",
    ),
    "could not determine a constructor": (
        "begins with a character that has a special meaning here",
        "put text that begins with ! in quotes",
    ),
}


def line_of_cause(problem: str, lines: list[str], at: int) -> int:
    """Return the line, from 0, that caused an error that the parser reported further down."""
    for line in range(min(at, len(lines) - 1), max(at - 3, 0), -1):
        if hidden_character(lines[line]):
            return line
    if "mapping values are not allowed" in problem and at < len(lines):
        above = next((n for n in range(at - 1, 0, -1) if lines[n].strip()), 0)
        right = _LINE.match(lines[at]) and len(re.findall(r":(?:[ \t]|$)", lines[at])) == 1
        if above and right and not _LINE.match(lines[above]) and not _moved(lines, above):
            return above
    if (opened := _never_closed(lines, at)) is not None:
        return opened
    if "expected <document" in problem:
        first = next((n for n, line in enumerate(lines) if line.strip()), 0)
        return first if lines[first][:1] == " " else at
    return at


def _never_closed(lines: list[str], at: int) -> int | None:
    """Return the line at or above `at` with a quote that includes the lines below."""
    for number, line in enumerate(lines[:at]):
        opens = _OPENS.match(line)
        if not opens or line.count(opens[2], opens.start(2)) != 1:
            continue
        below = lines[number + 1]
        if below.strip() and len(below) - len(below.lstrip(" ")) <= len(opens[1]):
            return number
    return None


def _moved(lines: list[str], at: int) -> bool:
    """Return whether a line continues the text of the line above."""
    return at > 1 and lines[at][:1] in (" ", "#")


def explain_problem(problem: str, line: str) -> tuple[str, str]:
    """Return what is wrong with a line and what to write instead, as far as known."""
    if "\t" in line[: len(line) - len(line.lstrip())] or re.match(r"[\s-]*\t", line):
        return "begins with a tab", "use spaces to indent it"
    if char := hidden_character(line):
        return describe_invisible(char), "delete the line and type it again"
    if "expected <document" in problem and line[:1] == " ":
        return "is indented more than the lines below it", "delete the spaces before it"
    if "mapping values are not allowed" in problem and not re.search(r":(?:[ \t]|$)", line):
        return _NO_COLON
    if re.search(r"[:{\[,]\s*[“”„]", line):
        return "has curly quotes, which YAML reads as text", 'type straight ones: "0:12"'
    hints = [hint for start, hint in _HINTS.items() if start in problem]
    if _STAR.match(line):
        hints = [
            (
                'begins with "*", which has a special meaning in YAML',
                "begin each item of a list with `- `",
            )
        ]
    return _pair(problem, line) or next(iter(hints), (f"cannot be read ({problem})", ""))


def hidden_character(line: str) -> str:
    """Return an invisible character where YAML expects spaces, a dash or a colon."""
    for char in islice(INVISIBLE.finditer(line[:200]), 5):
        if _STRUCTURE.fullmatch(line, 0, char.start()):
            return char[0]
    return line[-1:] if INVISIBLE.fullmatch(line[-1:]) else ""


def describe_invisible(char: str) -> str:
    """Return a sentence that names an invisible character."""
    name = unicodedata.name(char, "character").lower()
    return f"has an invisible character ({name}, U+{ord(char):04X})"


def _pair(problem: str, line: str) -> tuple[str, str] | None:
    """Explain an error in the value of `key: value` or `- value`."""
    pair = _PAIR.fullmatch(line.rstrip()) or _ITEM.fullmatch(line.rstrip())
    if (
        not pair
        or "could not find expected" in problem
        or ("escape" in problem or "hexdecimal" in problem)
    ):
        return None
    key, text = pair[0][: pair.start(2)].strip(), pair[2]
    if text[0] in "[{" and (text[-1] in "]}" or not re.search(r"[\]}]\s*[^\s\]},#]", text)):
        return _inside(text)
    if better := _quoted(text):
        fix = f"put all of it in quotes: {key} {better}" if len(better) < 120 else _FIX
        if text[0] == "-":
            return _HINTS["block sequence entries are not allowed"][0], f"{_LIST}, or {fix}"
        if text[0] in _SIGNS or text[0] in "[{":
            return f'begins with "{text[0]}", which has a special meaning in YAML', fix
        colon = re.search(r":(\s|$)", text)
        return "has a colon in its text" if colon else "has quotes inside its text", fix
    return None


def _inside(text: str) -> tuple[str, str] | None:
    """Return the character inside brackets that needs quotes."""
    ends = "[ ]" if text[0] == "[" else "{ }"
    each = ", or write each on its own line with `- `" if text[0] == "[" else ""
    if unseen := INVISIBLE.search(text):
        return describe_invisible(unseen[0]), "delete the line and type it again"
    bare = text[1:] if text[0] == "[" else re.sub(r":(?=\s)", "", text[1:])  # of `key: value`
    char = next((char for char in _INSIDE if char in bare), "")
    if ends[-1] not in text:
        return f"has {ends[0]} that is never closed", f"close it with {ends[-1]}"
    if not char or (char in "\"'" and text.count(char) % 2 == 0):
        return None
    return f"has a {char} inside {ends}", f"put each text in quotes{each}"


def _quoted(text: str) -> str:
    """Return a text in the quotes that it needs; "" if it needs none."""
    mixed = text[0] in "'\"" and (len(text) == 1 or text[-1] != text[0] or text[0] in text[1:-1])
    colon = text[0] not in "'\"" and re.search(r":(\s|$)", text)
    if not (mixed or colon or text[0] in _SIGNS or text[0] in "[{"):
        return ""
    inner = _unwrapped(text) if text[0] in "'\"" else text
    plain = '"' not in inner and "\\" not in inner
    return f'"{inner}"' if plain else f"""'{inner.replace("'", "''")}'"""


def _unwrapped(text: str) -> str:
    """Return a text without quotes around all of it."""
    quote, inner = text[0], text[1:-1] if text[-1] in "'\"" else text[1:]
    at = inner.find(quote)
    closes = at > 0 and not inner[at - 1].isspace() and not inner[at + 1 : at + 2].isalnum()
    short = text[-1] != quote and _SHORTENED.match(text)
    return text if closes or short or not inner else inner
