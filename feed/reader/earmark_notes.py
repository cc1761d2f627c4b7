"""The notes that Earmark wrote itself, taken apart again: the way back from `feed/show_notes.py`.

Each part stands on a line of its own there, in one order, under a heading that is a constant. What
does not come apart exactly so is somebody's own notes, and stays as it is.
"""

from __future__ import annotations

import html
import re
from typing import Any, NamedTuple

from feed import show_notes

GENERATOR = "Earmark"
LONGEST = 255  # signs of a line of front matter
_WORDS = r"[^<]*"
_ROW = r"(?:[^<]|<(?!/?li>))*"
_ROWS = rf"((?:<li>{_ROW}</li>)+)"
_LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
_ITEM = re.compile(rf"<li>({_ROW})</li>")
_SKIP = re.compile(r"(.*): from ([\d:]+), go to ([\d:]+)", re.DOTALL)
_BRINGS = re.compile(r"\([a-z]+(?:, (lived experience|practice|research))?\)$")
_KINDS = "research|guidance|lived experience|practice|statistics"
_BEHIND = rf"(?: \((?P<year>\d{{4}})\))?, (?P<kind>{_KINDS})\.(?: (?P<limits>[^<]*))?"
_LINKED = re.compile(
    rf'(?:(?P<by>[^<]*)\. )?<a href="(?P<link>[^"]*)">(?P<title>[^<]*)</a>{_BEHIND}'
)
_UNLINKED = re.compile(rf"(?P<title>[^<]*?){_BEHIND}")


def _listed(title: str) -> str:
    return rf"(?:\n<p><strong>{re.escape(title)}</strong></p><ul>{_ROWS}</ul>)?"


_HEAD = re.compile(
    rf"(?:<p><strong>{show_notes.BEFORE}</strong> (?P<note>{_WORDS})</p>\n"
    rf"(?:<p>{show_notes.SKIP}</p><ul>(?P<skip>(?:<li>{_WORDS}</li>)+)</ul>\n)?)?"
    rf"<p>(?P<summary>{_WORDS})</p>",
    re.DOTALL,
)
_TAIL = re.compile(
    rf"(?:\n<p><strong>{show_notes.CHAPTERS}</strong></p><p>(?:[^<]|<(?!/?p>))*</p>)?"
    + "".join(
        map(
            _listed,
            (show_notes.OUTCOMES, show_notes.ANSWERS, show_notes.ELSEWHERE, show_notes.PROMPTS),
        )
    )
    + rf'\n<p><a href="([^"]*)">{show_notes.REFLECT}</a></p>'
    + "".join(map(_listed, (show_notes.CREDITS, show_notes.RESTS)))
    + rf'(?:\n<p>{show_notes.LICENCE}(?:<a href="[^"]*">)?({_WORDS})(?:</a>)?</p>)?'
    + rf'(?:\n<p>{show_notes.WRITE}<a href="([^"]*)">{_WORDS}</a></p>)?'
    + _listed(show_notes.HELP)
    + r"\Z",
    re.DOTALL,
)


class Own(NamedTuple):
    """What our notes say: `facts` of the episode, `show` what stands in them of the show.

    `brings` is the kind of knowledge of each person, in the order of the credits.
    """

    facts: dict[str, Any]
    show: dict[str, Any]
    notes: str
    brings: tuple[str, ...]


def split(said: str) -> Own | None:
    """Take the notes of an episode apart; None where Earmark did not write them like this."""
    head = _HEAD.match(said)
    tail = _TAIL.search(said, head.end()) if head else None
    if not head or not tail:
        return None
    outcomes, answers, _, prompts, reflect, credits_, rests, licence, write, support = tail.groups()
    facts: dict[str, Any] = {"summary": html.unescape(head["summary"])}
    if head["note"] is not None:
        skips = _skips(head["skip"])
        facts["content_note"] = {"text": html.unescape(head["note"])}
        facts["content_note"] |= {"skip": skips} if skips else {}
    facts |= {"outcomes": _words(outcomes), "answers": _words(answers), "prompts": _words(prompts)}
    facts["references"] = [_reference(row) for row in _items(rests)]
    facts["support"] = [_support(row) for row in _items(support)]
    facts["licence"] = html.unescape(licence or "")
    companion = re.match(r"(.*/)reflect/[^/]+\Z", html.unescape(reflect))
    feedback = html.unescape(write or "").removeprefix("mailto:")
    show = {"feedback": feedback, "companion": companion[1] if companion else ""}
    brings = tuple((_BRINGS.search(row) or ["", ""])[1] or "" for row in _items(credits_))
    known = {key: value for key, value in facts.items() if value}
    return Own(known, show, said[head.end() : tail.start()].strip(), brings)


def _items(rows: str | None) -> list[str]:
    return _ITEM.findall(rows or "")


def _words(rows: str | None) -> list[str]:
    return [html.unescape(row) for row in _items(rows)]


def _skips(rows: str | None) -> list[dict[str, Any]]:
    found = (_SKIP.fullmatch(row) for row in _words(rows))
    return [{"start": each[2], "end": each[3], "what": each[1]} for each in found if each]


def _reference(row: str) -> dict[str, Any]:
    """Read a reference; who wrote one without a link cannot be told from its title."""
    found = _LINKED.fullmatch(row) if "<" in row else _UNLINKED.fullmatch(row)
    if not found:
        return {}
    said = {key: html.unescape(value) for key, value in found.groupdict().items() if value}
    return said | ({"year": int(said["year"])} if "year" in said else {})


def _support(row: str) -> dict[str, Any]:
    """Read a source of support: its name, the ways to reach it, then when and for whom.

    What stands behind the last way is one note: its parts were joined with commas.
    """
    name, _, rest = row.removeprefix("<strong>").partition("</strong>: ")
    found: dict[str, Any] = {"name": html.unescape(name)}
    ways = list(_LINK.finditer(rest))
    for way in ways:
        phone = way[1].startswith("tel:")
        found["phone" if phone else "link"] = html.unescape(way[2] if phone else way[1])
    first, last = (ways[0], ways[-1]) if ways else (None, None)
    before = rest[: first.start()] if first and not first[1].startswith("tel:") else ""
    between = rest[first.end() : last.start()] if first and last and first is not last else before
    found["text"] = html.unescape(between.removeprefix(" or ").removesuffix(" or "))
    behind = rest[last.end() :] if last else rest
    if behind.startswith(" or "):
        found["text"], behind = html.unescape(behind.removeprefix(" or ")), ""
    note = html.unescape(behind.removeprefix(", "))
    while len(note) > LONGEST and ", " in note:  # hours were one of them
        note, _, more = note.rpartition(", ")
        found["more"] = ", ".join(filter(None, (more, found.get("more"))))
    if more := found.pop("more", ""):
        found["hours"], note = note, more
    found["note"] = note
    return {key: value for key, value in found.items() if value}
