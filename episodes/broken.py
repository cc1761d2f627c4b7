"""A line that YAML cannot read, in words for somebody who has never heard of YAML."""

from __future__ import annotations

import re

_PAIR = re.compile(r"(\s*(?:- )?[\w-]+):\s+(\S.*?)\s*")
_HINTS = {
    "could not find expected ':'": ("has no colon with a space after it", "write `key: value`"),
    "found character that cannot start": (
        "begins with a sign that means something else here",
        "put a text that begins with @, % or ` in quotes",
    ),
    "found unexpected end of stream": (
        "opens a quote or a bracket that is never closed",
        "close it",
    ),
    "did not find expected <document": (
        "goes on after its end",
        "put the whole value in quotes",
    ),
    "expected alphabetic or numeric": (
        "begins with a sign that means something else here",
        "put a text that starts with * or & in quotes",
    ),
    "mapping values are not allowed": (
        "has a colon too many, or is moved in too far",
        "move it in as far as the lines around it",
    ),
    "did not find expected": (
        "does not fit to the lines around it",
        "check quotes, brackets and how far each line is moved in",
    ),
    "found unexpected ':'": (
        "has a colon too many",
        'put times and other texts that have ":" in them in quotes',
    ),
    "found undefined alias": (
        "begins with a sign that means something else here",
        "put a text that starts with * in quotes",
    ),
    "could not determine a constructor": (
        "begins with a sign that means something else here",
        "put a text that starts with ! in quotes",
    ),
}


def explain(problem: str, line: str) -> tuple[str, str]:
    """Return what is wrong with a line, and what to write instead, as far as that is known."""
    if "\t" in line[: len(line) - len(line.lstrip())] or re.match(r"[\s-]*\t", line):
        return "begins with a tab", "use spaces to move it in"
    pair = _PAIR.fullmatch(line)
    if pair and (better := _quoted(pair[2])):
        seen = "has a colon in its text" if ": " in pair[2] else "has quotes within its text"
        return seen, f"put all of it in quotes: {pair[1].strip()}: {better}"
    if re.search(r"[:{\[,]\s*[“”„]", line):
        return "has curly quotes, which are letters here", 'type straight ones: "0:12"'
    for start, hint in _HINTS.items():
        if start in problem:
            return hint
    return f"cannot be read ({problem})", ""


def _quoted(text: str) -> str:
    """Return a text in the quotes that it needs; "" where it needs none, or is no plain text."""
    bare = text.strip("'\"")
    mixed = text[0] in "'\"" and (text[-1] != text[0] or text[0] in bare)
    if text[0] in "[{|>&*!" or not (mixed or (text[0] not in "'\"" and ": " in text)):
        return ""
    inner = bare if text[0] == "'" or (text[0] == '"' and '"' not in bare) else text
    return f'"{inner}"' if '"' not in inner else f"""'{inner.replace("'", "''")}'"""
