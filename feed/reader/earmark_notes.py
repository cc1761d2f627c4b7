"""Parses show notes that Earmark wrote itself back into front matter: see `feed/show_notes.py`.

There each part has a line of its own, in a fixed order, under a heading in one of our languages.
Notes that do not parse exactly like this were written by a person, and stay unchanged.
"""

from __future__ import annotations

import html
import re
from typing import Any, NamedTuple

from episodes import translations
from episodes.translations import text as _
from feed import show_notes

GENERATOR = "Earmark"
LONGEST = 255  # characters of a line of front matter
_WORDS = r"[^<]*"
_ROW = r"(?:[^<]|<(?!/?li>))*"
_ROWS = rf"((?:<li>{_ROW}</li>)+)"
_LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
_ITEM = re.compile(rf"<li>({_ROW})</li>")
_FORMER_SKIP = re.compile(r"(?P<what>.*): from (?P<start>[\d:]+), go to (?P<end>[\d:]+)", re.DOTALL)
# The words of Earmark's first feeds, which somebody may still import, and today's words.
_FORMER = (
    ("<strong>Questions from listeners answered here<", f"<strong>{show_notes.ANSWERS}<"),
    (">Reflect on this episode</a></p>", f">{show_notes.REFLECT}</a></p>"),
    ("<strong>What it rests on<", f"<strong>{show_notes.SOURCES}<"),
    ("<p>Questions, corrections, answers: write", "<p>Questions or corrections: write"),
)
_KINDS = ("research", "guidance", "lived experience", "practice", "statistics")
_BRINGS = ("lived experience", "practice", "research")


def _skip() -> str:
    times = {"start": r"(?P<start>[\d:]+)", "end": r"(?P<end>[\d:]+)"}
    return _pattern(show_notes.PART, **times, what="(?P<what>.*)")


def _linked() -> str:
    link = r'<a href="(?P<link>[^"]*)">(?P<title>[^<]*)</a>'
    return rf"(?:(?P<by>[^<]*)\. )?{link}{_behind()}"


def _unlinked() -> str:
    return rf"(?P<title>[^<]*?){_behind()}"


def _behind() -> str:
    kinds = "|".join(re.escape(_(each)) for each in _KINDS)
    return rf"(?: \((?P<year>\d{{4}})\))?, (?P<kind>{kinds})\.(?: (?P<limits>[^<]*))?"


def _brought() -> str:
    return rf"\([^(),]+(?:, ({'|'.join(re.escape(_(each)) for each in _BRINGS)}))?\)$"


def _pattern(message: str, **groups: str) -> str:
    """Return the pattern of a sentence, with a group for each value."""
    pattern = re.escape(_(message, **{name: f"\0{name}\0" for name in groups}))
    for name, group in groups.items():
        pattern = pattern.replace(re.escape(f"\0{name}\0"), group)
    return pattern


def _listed(title: str) -> str:
    return rf"(?:\n<p><strong>{_pattern(title)}</strong></p><ul>{_ROWS}</ul>)?"


def _head() -> str:
    return (
        rf"(?:<p><strong>{_pattern(show_notes.BEFORE)}</strong> (?P<note>{_WORDS})</p>\n"
        rf"(?:<p>{_pattern(show_notes.SKIP)}</p><ul>(?P<skip>(?:<li>{_WORDS}</li>)+)</ul>\n)?)?"
        rf"<p>(?P<summary>{_WORDS})</p>"
    )


def _tail() -> str:
    first = (show_notes.OUTCOMES, show_notes.ANSWERS, show_notes.ELSEWHERE, show_notes.PROMPTS)
    licence = rf'(?:<a href="[^"]*">)?(?P<licence>{_WORDS})(?:</a>)?'
    written = rf'<a href="(?P<write>[^"]*)">{_WORDS}</a>'
    return (
        rf"(?:\n<p><strong>{_pattern(show_notes.CHAPTERS)}</strong></p><p>(?:[^<]|<(?!/?p>))*</p>)?"
        + "".join(map(_listed, first))
        + rf'\n<p><a href="([^"]*)">{_pattern(show_notes.REFLECT)}</a></p>'
        + "".join(map(_listed, (show_notes.CREDITS, show_notes.SOURCES)))
        + rf"(?:\n<p>{_pattern(show_notes.LICENCE, licence=licence)}</p>)?"
        + rf"(?:\n<p>{_pattern(show_notes.WRITE, address=written)}</p>)?"
        + _listed(show_notes.HELP)
        + r"\Z"
    )


class Own(NamedTuple):
    """The values in our notes: `facts` of the episode, and those of the `show`.

    `brings` is the kind of knowledge of each person, in the order of the credits.
    """

    facts: dict[str, Any]
    show: dict[str, Any]
    notes: str
    brings: tuple[str, ...]


def split(notes: str) -> Own | None:
    """Parse the notes of an episode; return None if Earmark did not write them like this."""
    modern = notes
    for former, now in _FORMER:
        modern = modern.replace(former, now)
    tries = [(notes, each) for each in translations.languages()]
    for text, language in [*tries, (modern, translations.SOURCE)]:
        with translations.using(language):
            if own := _split(text):
                return own
    return None


def _split(text: str) -> Own | None:
    head = re.match(_head(), text, re.DOTALL)
    tail = re.compile(_tail(), re.DOTALL).search(text, head.end()) if head else None
    if not head or not tail:
        return None
    outcomes, answers, prompts, reflect, credits_, rests, licence, write, support = tail.group(
        1, 2, 4, 5, 6, 7, "licence", "write", tail.re.groups
    )
    facts: dict[str, Any] = {"summary": html.unescape(head["summary"])}
    if head["note"] is not None:
        skips = _skips(head["skip"])
        facts["content_note"] = {"text": html.unescape(head["note"])}
        facts["content_note"] |= {"skip": skips} if skips else {}
    facts |= {"outcomes": _words(outcomes), "answers": _words(answers), "prompts": _words(prompts)}
    facts["references"] = [_reference(row) for row in _items(rests)]
    facts["support"] = [_support(row, _(" or ")) for row in _items(support)]
    facts["licence"] = html.unescape(licence or "")
    companion = re.match(r"(.*/)reflect/[^/]+\Z", html.unescape(reflect))
    feedback = html.unescape(write or "").removeprefix("mailto:")
    show = {"feedback": feedback, "companion": companion[1] if companion else ""}
    brings = [(re.search(_brought(), row) or ["", ""])[1] or "" for row in _items(credits_)]
    known = {key: value for key, value in facts.items() if value}
    notes = text[head.end() : tail.start()].strip()
    return Own(known, show, notes, tuple(_word(each, _BRINGS) for each in brings))


def _items(rows: str | None) -> list[str]:
    return _ITEM.findall(rows or "")


def _words(rows: str | None) -> list[str]:
    return [html.unescape(row) for row in _items(rows)]


def _word(shown: str, words: tuple[str, ...]) -> str:
    """Return the front-matter word with this translation in a language, "" if there is none."""
    return next((each for each in words if _(each) == shown), "")


def _skips(rows: str | None) -> list[dict[str, Any]]:
    matches = (
        re.fullmatch(_skip(), row, re.DOTALL) or _FORMER_SKIP.fullmatch(row) for row in _words(rows)
    )
    return [each.groupdict() for each in matches if each]


def _reference(row: str) -> dict[str, Any]:
    """Parse a reference; without a link, its author cannot be told from its title."""
    match = re.fullmatch(_linked() if "<" in row else _unlinked(), row)
    if not match:
        return {}
    values = {key: html.unescape(value) for key, value in match.groupdict().items() if value}
    values["kind"] = _word(match["kind"], _KINDS)
    return values | ({"year": int(values["year"])} if "year" in values else {})


def _support(row: str, or_: str) -> dict[str, Any]:
    """Parse a source of support: its name, the ways to reach it, then its hours and a note.

    Everything after the last way is one note: its parts were joined with commas.
    """
    name, _, rest = row.removeprefix("<strong>").partition("</strong>: ")
    values: dict[str, Any] = {"name": html.unescape(name)}
    ways = list(_LINK.finditer(rest))
    for way in ways:
        phone = way[1].startswith("tel:")
        values["phone" if phone else "link"] = html.unescape(way[2] if phone else way[1])
    first, last = (ways[0], ways[-1]) if ways else (None, None)
    before = rest[: first.start()] if first and not first[1].startswith("tel:") else ""
    between = rest[first.end() : last.start()] if first and last and first is not last else before
    values["text"] = html.unescape(between.removeprefix(or_).removesuffix(or_))
    behind = rest[last.end() :] if last else rest
    if behind.startswith(or_):
        values["text"], behind = html.unescape(behind.removeprefix(or_)), ""
    note = html.unescape(behind.removeprefix(", "))
    while len(note) > LONGEST and ", " in note:  # the hours were a part of it
        note, _, more = note.rpartition(", ")
        values["more"] = ", ".join(filter(None, (more, values.get("more"))))
    if more := values.pop("more", ""):
        values["hours"], note = note, more
    values["note"] = note
    return {key: value for key, value in values.items() if value}
